"""Turn an estimate into one of five answers, in a fixed order, and say what would settle it."""

from dataclasses import dataclass
from typing import assert_never

from scipy import stats

from trellis.efficacy.detectable import seen_by, size_to_settle
from trellis.efficacy.effects import (
    FEWEST_MEASURED,
    CannotEstimate,
    Design,
    Effect,
    Outcome,
    schools,
)

NO_COMPARISON = "There is no comparison: what changed may have changed without the program."
FEWEST_STARTED_SCHOOLS = 5  # with fewer, interval formulas for whole schools cannot be relied on


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of a fair comparison, whether it holds, and a sentence with what was found."""

    name: str
    holds: bool
    finding: str


@dataclass(frozen=True, slots=True)
class Helps:
    """The interval lies above zero."""


@dataclass(frozen=True, slots=True)
class Harms:
    """The interval lies below zero."""


@dataclass(frozen=True, slots=True)
class NoMeaningfulDifference:
    """The interval lies within the smallest effect that matters, on both sides."""


@dataclass(frozen=True, slots=True)
class CannotTellYet:
    """The data do not decide: why, what could have been seen, and how much would settle it."""

    reason: str
    detectable: float | None = None
    units_now: int | None = None
    units_to_settle: int | None = None


@dataclass(frozen=True, slots=True)
class NotAFairComparison:
    """A check of the comparison failed, so that no interval could mean what it says."""

    failed: Check


Verdict = Helps | Harms | NoMeaningfulDifference | CannotTellYet | NotAFairComparison


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of such programs before this one is looked at (standard deviations)."""

    mean: float
    sd: float
    words: str


PRACTICE_PRIOR = Prior(
    0.25, 0.25, "programs like this usually change practice by 0 to 0.5 standard deviations"
)
TEST_PRIOR = Prior(
    0.05, 0.05, "programs like this usually change test results by 0 to 0.1 standard deviations"
)


def decide(
    effect: Effect | CannotEstimate,
    *,
    smallest_effect: float,
    checks: tuple[Check, ...],
    trend_checked: bool = False,
) -> Verdict:
    """Decide from the two-sided 95 % interval without a prior; the order of the cases matters."""
    failed = next((c for c in checks if not c.holds), None)
    if failed is not None:
        return NotAFairComparison(failed)
    if isinstance(effect, CannotEstimate):
        return CannotTellYet(effect.reason)
    if effect.design is Design.BEFORE_AFTER:
        return CannotTellYet(NO_COMPARISON)  # and no number of teachers would settle it
    barred = _barred(effect, trend_checked=trend_checked)
    if barred is not None:
        return _cannot_tell(effect, smallest_effect, barred)
    if -smallest_effect < effect.low and effect.high < smallest_effect:
        return NoMeaningfulDifference()
    if effect.low > 0:
        return Helps()
    if effect.high < 0:
        return Harms()
    reason = "The interval holds both “no difference” and a difference that would matter."
    return _cannot_tell(effect, smallest_effect, reason)


def word(verdict: Verdict) -> str:
    """The verdict in the words that are used everywhere."""
    match verdict:
        case Helps():
            return "helps"
        case Harms():
            return "harms"
        case NoMeaningfulDifference():
            return "no meaningful difference"
        case CannotTellYet():
            return "cannot tell yet"
        case NotAFairComparison():
            return "not a fair comparison"
        case _:
            assert_never(verdict)


def prior_for(outcome: Outcome) -> Prior | None:
    """The printed prior of an outcome; none for retention, of which too little is known."""
    match outcome:
        case Outcome.PRACTICE | Outcome.CLASS_FEEDBACK:
            return PRACTICE_PRIOR
        case Outcome.MATH | Outcome.ELA:
            return TEST_PRIOR
        case Outcome.RETENTION:
            return None
        case _:
            assert_never(outcome)


def chance_above(effect: Effect, threshold: float, prior: Prior) -> float:
    """P(effect > threshold) after combining the printed normal prior with the estimate."""
    precision = 1 / prior.sd**2 + 1 / effect.standard_error**2
    mean = (prior.mean / prior.sd**2 + effect.estimate / effect.standard_error**2) / precision
    return float(stats.norm.sf(threshold, loc=mean, scale=precision**-0.5))


def chance_not_positive(effect: Effect) -> float:
    """P(effect <= 0) from the estimate alone, without a prior."""
    return float(stats.t.sf(effect.estimate / effect.standard_error, effect.degrees_of_freedom))


def _barred(effect: Effect, *, trend_checked: bool) -> str | None:
    """Why no interval of this design may carry a verdict, if so."""
    if effect.n < FEWEST_MEASURED:
        return (
            f"Only {effect.n} outcomes were measured; a verdict needs at least {FEWEST_MEASURED}."
        )
    match effect.design:
        case Design.STAGGERED:
            return _barred_schools(effect, trend_checked=trend_checked)
        case Design.LOTTERY | Design.MATCHED | Design.BEFORE_AFTER:
            return None
        case _:
            assert_never(effect.design)


def _barred_schools(effect: Effect, *, trend_checked: bool) -> str | None:
    if effect.treated_clusters < FEWEST_STARTED_SCHOOLS:
        return (
            f"Only {schools(effect.treated_clusters)} started; with fewer than "
            f"{FEWEST_STARTED_SCHOOLS} no interval can be relied on."
        )
    if not trend_checked:
        return "Parallel trends cannot be checked, and without that only a lottery can say more."
    return None


def _cannot_tell(effect: Effect, smallest_effect: float, reason: str) -> CannotTellYet:
    return CannotTellYet(
        reason,
        detectable=seen_by(effect),
        units_now=effect.clusters,
        units_to_settle=size_to_settle(effect, smallest_effect),
    )
