"""Five answers in a fixed order, and what goes with them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from trellis.efficacy import verdict
from trellis.efficacy.effects import CannotEstimate, Design, Effect, Outcome
from trellis.efficacy.verdict import (
    PRACTICE_PRIOR,
    CannotTellYet,
    Check,
    Harms,
    Helps,
    NoMeaningfulDifference,
    NotAFairComparison,
    Verdict,
)

FAIR = (Check("draw", holds=True, finding="The draw's record is complete."),)


def an_effect(low: float, high: float, design: Design = Design.LOTTERY, n: int = 200) -> Effect:
    middle, df = (low + high) / 2, 100.0
    error = (high - low) / 2 / float(stats.t.ppf(0.975, df))
    return Effect(middle, low, high, error, df, n, n // 2, n - n // 2, n, n // 2, design)


def decided(effect: Effect | CannotEstimate, *, trend_checked: bool = False) -> Verdict:
    return verdict.decide(effect, smallest_effect=0.15, checks=FAIR, trend_checked=trend_checked)


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [
        (0.05, 0.40, Helps),
        (0.20, 0.60, Helps),
        (-0.40, -0.05, Harms),
        (-0.10, 0.12, NoMeaningfulDifference),
        (0.02, 0.12, NoMeaningfulDifference),  # above zero, yet too small to matter: comes first
        (-0.10, 0.30, CannotTellYet),
        (-0.30, 0.30, CannotTellYet),
    ],
)
def test_the_interval_decides(low: float, high: float, kind: type) -> None:
    assert isinstance(decided(an_effect(low, high)), kind)


def test_a_failed_check_comes_before_any_number_and_is_named() -> None:
    failed = Check("baseline", holds=False, finding="The groups differed at the start.")

    found = verdict.decide(an_effect(0.2, 0.6), smallest_effect=0.15, checks=(*FAIR, failed))

    assert found == NotAFairComparison(failed)


def test_fewer_than_twenty_measured_never_carry_a_verdict() -> None:
    assert isinstance(decided(an_effect(0.5, 0.9, n=20)), Helps)
    assert isinstance(decided(an_effect(0.5, 0.9, n=19)), CannotTellYet)


def test_before_and_after_alone_never_says_more_than_cannot_tell() -> None:
    found = decided(an_effect(0.5, 0.9, Design.BEFORE_AFTER))

    assert isinstance(found, CannotTellYet)
    assert "without the program" in found.reason


def test_whole_schools_need_five_that_started_and_a_trend_that_was_checked() -> None:
    few = replace(an_effect(0.2, 0.6, Design.STAGGERED), treated_clusters=4)
    enough = replace(few, treated_clusters=5)

    assert "Only 4 schools started" in getattr(decided(few, trend_checked=True), "reason", "")
    assert "Parallel trends" in getattr(decided(enough), "reason", "")
    assert isinstance(decided(enough, trend_checked=True), Helps)


def test_cannot_tell_says_what_could_be_seen_and_how_many_would_settle_it() -> None:
    found = decided(an_effect(-0.2, 0.3, n=100))

    assert isinstance(found, CannotTellYet)
    error = 0.25 / float(stats.t.ppf(0.975, 100))
    seen = (float(stats.t.ppf(0.975, 100)) + float(stats.t.ppf(0.8, 100))) * error
    assert found.detectable == pytest.approx(seen)
    assert found.units_to_settle == np.ceil(100 * (seen / 0.15) ** 2)


def test_what_could_not_be_estimated_cannot_be_told() -> None:
    found = decided(CannotEstimate("Only 3 drawn were measured.", n=3, design=Design.LOTTERY))

    assert found == CannotTellYet("Only 3 drawn were measured.")


def test_the_five_words() -> None:
    kinds = (
        Helps(),
        Harms(),
        NoMeaningfulDifference(),
        CannotTellYet(""),
        NotAFairComparison(FAIR[0]),
    )

    assert [verdict.word(k) for k in kinds] == [
        "helps",
        "harms",
        "no meaningful difference",
        "cannot tell yet",
        "not a fair comparison",
    ]


def test_the_chance_that_it_matters_is_bayes_with_the_printed_prior() -> None:
    effect = an_effect(-0.05, 0.35)

    ours = verdict.chance_above(effect, 0.15, PRACTICE_PRIOR)

    def posterior(x: float) -> float:
        likelihood = stats.norm.pdf(effect.estimate, x, effect.standard_error)
        return float(stats.norm.pdf(x, 0.25, 0.25) * likelihood)

    above = integrate.quad(posterior, 0.15, 3)[0]
    assert ours == pytest.approx(above / integrate.quad(posterior, -3, 3)[0], abs=1e-6)


def test_each_outcome_has_its_printed_prior_or_none() -> None:
    assert verdict.prior_for(Outcome.PRACTICE) == PRACTICE_PRIOR
    assert verdict.prior_for(Outcome.MATH) == verdict.TEST_PRIOR
    assert verdict.prior_for(Outcome.RETENTION) is None
