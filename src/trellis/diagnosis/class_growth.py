"""Sum up how the students of one class grew, with the interval that their number allows.

Context about students for their own teacher: never an insight about the teacher, never stored as a
property of a teacher, never added up by teacher. Docs: docs/methods/growth.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, norm

from trellis.stats import Estimate, Interval, TrellisNumbersError
from trellis.stats.gaussian import Array

FEWEST_STUDENTS = 10
LEVEL = 0.95
SPREAD = 100 / np.sqrt(12)  # 28.87: standard deviation of percentiles that are spread evenly
LOWEST, HIGHEST = 1.0, 99.0
DESIGN = "growth of these students among students with the same earlier scores"


@dataclass(frozen=True, slots=True)
class ClassGrowth:
    """Mean and median growth percentile of a class, each with its 95 % interval."""

    mean: Estimate
    median: Estimate


def summarize(percentiles: Sequence[float]) -> ClassGrowth:
    """Return the growth of a class of at least 10 students with a growth percentile.

    The mean has mean +- 1.96 x 28.87 / sqrt(n); the median has the interval between binomial order
    statistics, interpolated so that it covers 95 % whatever n is (Hettmansperger & Sheather 1986).

    Raises
    ------
    TrellisNumbersError
        if there are fewer than 10, or a percentile lies outside 1 to 99
    """
    found = np.sort(np.asarray(percentiles, dtype=np.float64))
    n = len(found)
    if n < FEWEST_STUDENTS:
        raise TrellisNumbersError(
            f"{n} students of this class have a growth percentile; a class is summed up from "
            f"{FEWEST_STUDENTS} on."
        )
    if not ((found >= LOWEST) & (found <= HIGHEST)).all():
        raise TrellisNumbersError("A growth percentile lies between 1 and 99.")
    mean = float(found.mean())
    half = float(norm.ppf(0.5 + LEVEL / 2)) * SPREAD / np.sqrt(n)
    around = Interval(max(LOWEST, mean - half), min(HIGHEST, mean + half), LEVEL)
    return ClassGrowth(
        mean=Estimate(mean, around, n, DESIGN),
        median=Estimate(float(np.median(found)), _of_median(found), n, DESIGN),
    )


def _of_median(found: Array) -> Interval:
    """Return the interpolated sign interval: between the kth and the next order statistic."""
    n = len(found)
    # The kth from both ends cover at least the level together, the next ones at most the level.
    k = int(binom.ppf((1 - LEVEL) / 2, n, 0.5))
    outer = 1 - 2 * float(binom.cdf(k - 1, n, 0.5))
    inner = 1 - 2 * float(binom.cdf(k, n, 0.5))
    part = (outer - LEVEL) / (outer - inner)
    share = (n - k) * part / (k + (n - 2 * k) * part)
    low = (1 - share) * found[k - 1] + share * found[k]
    high = (1 - share) * found[n - k] + share * found[n - k - 1]
    return Interval(float(low), float(high), LEVEL)
