"""What an estimate of a program's effect must always carry: interval, n, design and caveats."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CONFIDENCE = 0.95
FEWEST_MEASURED = 20  # below this no verdict is given, whatever the interval says


class Design(StrEnum):
    """How a comparison came about; it fixes the strongest verdict that is allowed."""

    LOTTERY = "lottery"
    STAGGERED = "staggered"
    MATCHED = "matched"
    BEFORE_AFTER = "before-after"


class Outcome(StrEnum):
    """What is compared, in the words of a registration."""

    PRACTICE = "practice"
    CLASS_FEEDBACK = "class feedback"
    MATH = "math"
    ELA = "ela"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference in standard deviations of the comparison group, never without its interval.

    Attributes
    ----------
    estimate, low, high : the difference and its two-sided 95 % interval.
    standard_error, degrees_of_freedom : what the interval is made of.
    n : teachers (or, in a lottery, a teacher in a draw) whose outcome was measured.
    treated, comparison : how many of them on each side.
    clusters, treated_clusters : units that were assigned independently, all and treated.
    design : how the comparison came about.
    caveats : full sentences that belong beside the number wherever it is shown.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    degrees_of_freedom: float
    n: int
    treated: int
    comparison: int
    clusters: int
    treated_clusters: int
    design: Design
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CannotEstimate:
    """No number can be given, and why; a value, since it is a normal answer."""

    reason: str
    n: int
    design: Design


@dataclass(frozen=True, slots=True)
class Attrition:
    """Share of assigned units without an outcome: over all, and treated minus comparison."""

    overall: float
    differential: float


def half_width(standard_error: float, degrees_of_freedom: float) -> float:
    """Half of the two-sided 95 % interval of Student's t."""
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2, degrees_of_freedom)) * standard_error


def attrition(treated: BoolArray, measured: BoolArray) -> Attrition:
    """Both numbers that the What Works Clearinghouse asks for, without a boundary."""
    missing = ~measured
    gap = float(missing[treated].mean() - missing[~treated].mean())
    return Attrition(overall=float(missing.mean()), differential=gap)


def schools(count: int) -> str:
    """Say a number of schools in a sentence."""
    return "1 school" if count == 1 else f"{count} schools"
