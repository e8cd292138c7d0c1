"""Count how often the estimators of efficacy are wrong in worlds whose truth is known."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tests.calibration.efficacy_worlds import Rollout, a_lottery, a_rollout
from trellis.efficacy import lottery, staggered
from trellis.efficacy.effects import CannotEstimate, Effect
from trellis.efficacy.verdict import CannotTellYet, Harms, Helps, Verdict, decide

SMALLEST_EFFECT = 0.15
Study = Callable[[np.random.Generator, float], tuple[Effect | CannotEstimate, Verdict]]


@dataclass(frozen=True, slots=True)
class Row:
    """One world, many times over: how often it was covered, called, or left open."""

    world: str
    effect: float
    replications: int
    covered: float
    called_wrongly: float
    helps: float
    cannot_tell: float

    def monte_carlo_error(self, share: float) -> float:
        return sqrt(max(share * (1 - share), 1e-9) / self.replications)


def a_lottery_study(
    rng: np.random.Generator, effect: float
) -> tuple[Effect | CannotEstimate, Verdict]:
    found = lottery.estimate(a_lottery(rng, effect=effect), rng=rng)
    number = found if isinstance(found, CannotEstimate) else found.effect
    return number, decide(number, smallest_effect=SMALLEST_EFFECT, checks=())


def a_small_lottery_study(
    rng: np.random.Generator, effect: float
) -> tuple[Effect | CannotEstimate, Verdict]:
    draws = a_lottery(rng, effect=effect, schools=4, cohorts=1, per_block=10)
    found = lottery.estimate(draws, rng=rng)
    number = found if isinstance(found, CannotEstimate) else found.effect
    return number, decide(number, smallest_effect=SMALLEST_EFFECT, checks=())


def a_rollout_study(rollout: Rollout) -> Study:
    def study(rng: np.random.Generator, effect: float) -> tuple[Effect | CannotEstimate, Verdict]:
        panel = a_rollout(rng, rollout, effect=effect)
        found = staggered.estimate(panel, controls="not_yet_treated", rng=rng)
        if isinstance(found, CannotEstimate):
            return found, decide(found, smallest_effect=SMALLEST_EFFECT, checks=())
        return found.effect, decide(
            found.effect,
            smallest_effect=SMALLEST_EFFECT,
            checks=(),
            trend_checked=found.trend_checked,
        )

    return study


WORLDS: dict[str, Study] = {
    "lottery, 10 schools, 3 cohorts, some draw again": a_lottery_study,
    "lottery, 4 schools, one cohort": a_small_lottery_study,
    "staggered, 20 schools, 6 + 6 start": a_rollout_study(Rollout(6, 6, 8)),
    "staggered, 12 schools, 3 + 3 start": a_rollout_study(Rollout(3, 3, 6)),
    "staggered, 20 schools, 2 + 2 start": a_rollout_study(Rollout(2, 2, 16)),
    "staggered, 40 schools, 10 + 10 start": a_rollout_study(Rollout(10, 10, 20)),
}


def simulate(world: str, effect: float, replications: int, seed: int) -> Row:
    """Repeat one world; "called wrongly" is harms, or helps where the effect is zero."""
    study = WORLDS[world]
    covered = wrong = helps = open_ = measured = 0
    for child in np.random.default_rng(seed).spawn(replications):
        number, verdict = study(child, effect)
        if isinstance(number, Effect):
            measured += 1
            covered += number.low <= effect <= number.high
        helps += isinstance(verdict, Helps)
        open_ += isinstance(verdict, CannotTellYet)
        wrong += isinstance(verdict, Harms) or (effect == 0 and isinstance(verdict, Helps))
    return Row(
        world,
        effect,
        replications,
        covered / max(measured, 1),
        wrong / replications,
        helps / replications,
        open_ / replications,
    )
