"""Say, before a program starts, the smallest effect that a design could see."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy import stats

from trellis.efficacy.effects import Effect, IntArray, Outcome

POWER = 0.80
SIZE = 0.05

# Share of the variance between teachers that last year's same measure explains. Practice: four
# visits each year; tests: the class's residual of prior years. Conservative ends of what published
# designs report; retention has no earlier self.
EXPLAINED = {
    Outcome.PRACTICE: 0.40,
    Outcome.CLASS_FEEDBACK: 0.40,
    Outcome.MATH: 0.45,
    Outcome.ELA: 0.45,
    Outcome.RETENTION: 0.0,
}
# Share of the variance between teachers of one district that lies between schools.
BETWEEN_SCHOOLS = 0.15
EXPLAINED_BETWEEN_SCHOOLS = 0.50


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect seen in 4 of 5 repetitions, with what it was computed from."""

    effect: float
    degrees_of_freedom: float
    treated: int
    comparison: int
    assumptions: str


def multiplier(degrees_of_freedom: float) -> float:
    """How many standard errors an effect must have to be seen: t(.975) + t(.8)."""
    t = stats.t(max(degrees_of_freedom, 1.0))
    return float(t.ppf(1 - SIZE / 2) + t.ppf(POWER))


def within_blocks(drawn: IntArray, waiting: IntArray, outcome: Outcome) -> Detectable | None:
    """Smallest effect of a lottery within blocks (schools), from the draw's counts alone.

    The blocked individual formula (PowerUp!, Dong and Maynard 2013, design 2.1) with unequal
    blocks: variance = (1 - R2) sum_b (n_b / N)^2 (1 / m_b + 1 / (n_b - m_b)), df = N - J - 2.
    With equal blocks this is M * sqrt((1 - R2) / (P (1 - P) J n)). None where no block has both.
    """
    both = (drawn > 0) & (waiting > 0)
    m, w = drawn[both].astype(float), waiting[both].astype(float)
    freedom = float(m.sum() + w.sum() - len(m) - 2)
    if freedom < 1:
        return None
    share = (m + w) / (m + w).sum()
    r2 = EXPLAINED[outcome]
    error = sqrt((1 - r2) * float(np.sum(share**2 * (1 / m + 1 / w))))
    said = f"the same measure a year before explains {r2:.0%} of the differences between teachers"
    return Detectable(multiplier(freedom) * error, freedom, int(m.sum()), int(w.sum()), said)


def whole_schools(started: int, waiting: int, teachers_per_school: float) -> Detectable | None:
    """Smallest effect where whole schools start (PowerUp!, two-level cluster assignment).

    MDES = M sqrt( rho (1 - R2_2) / (P (1 - P) J) + (1 - rho) (1 - R2_1) / (P (1 - P) J n) ),
    df = J - 2 - covariates at the school level (here one).
    """
    schools = started + waiting
    freedom = schools - 3
    if min(started, waiting) < 1 or freedom < 1:
        return None
    spread = started * waiting / schools
    rho, r2 = BETWEEN_SCHOOLS, EXPLAINED_BETWEEN_SCHOOLS
    error = sqrt(rho * (1 - r2) / spread + (1 - rho) * (1 - r2) / (spread * teachers_per_school))
    said = (
        f"{rho:.0%} of the differences between teachers lie between schools, and the year before "
        f"explains {r2:.0%} of them; {teachers_per_school:.0f} teachers measured in each school"
    )
    return Detectable(multiplier(freedom) * error, float(freedom), started, waiting, said)


def seen_by(effect: Effect) -> float:
    """Smallest effect that a study with this estimate's precision could have seen."""
    return multiplier(effect.degrees_of_freedom) * effect.standard_error


def size_to_settle(effect: Effect, smallest_effect: float) -> int:
    """Independent units needed for the smallest effect that matters, at the present spread."""
    needed = effect.clusters * (seen_by(effect) / smallest_effect) ** 2
    return ceil(needed)
