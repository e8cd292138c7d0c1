"""Give a range to ratios along a sequence whose neighbors hang together, such as a lesson's turns.

The sequence is cut into a few long stretches; what differs between stretches says how much the
whole could differ. Long stretches hold most of what hangs together, so they count as independent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom
from scipy.stats import t as student

from trellis.stats.errors import TrellisNumbersError
from trellis.stats.estimate import Interval

Array = NDArray[np.float64]
# Few and long: with 8, intervals of sequences of 30 to 250 units cover 93 to 97 %; with 20, the
# stretches are so short that neighbors on both sides of a cut still hang together.
STRETCHES = 8
FEWEST = 2 * STRETCHES


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio between 0 and 1 with its interval.

    Attributes
    ----------
    value : sum of parts over sum of wholes.
    interval : Wilson's, with an effective n in the place of n and Student's t in that of z.
    effective : as many independent yes-or-no answers would say as much; above 0, at most the
        number of units.
    """

    value: float
    interval: Interval
    effective: float


def share(parts: Array, wholes: Array, level: float = 0.95) -> Share:
    """Return sum(parts) / sum(wholes) with its interval.

    Parameters
    ----------
    parts, wholes : (n,) in the order of the sequence, 0 <= parts <= wholes

    Raises
    ------
    TrellisNumbersError
        if there are fewer than `FEWEST` units, or nothing to divide by

    References
    ----------
    Ratio of sums: Cochran (1977), Sampling Techniques, eq. 2.39, over batch means. Interval:
    Wilson (1927) with an effective n, as Korn & Graubard (1998) do for surveys.
    """
    value, se = _ratio(parts, wholes)
    n = float(len(parts))
    spread = value * (1 - value)
    effective = spread / se**2 if spread > 0 and se > 0 else n
    t = float(student.ppf(0.5 + level / 2, STRETCHES - 1))
    shrink = 1 + t**2 / effective
    center = (value + t**2 / (2 * effective)) / shrink
    half = t / shrink * float(np.sqrt(spread / effective + t**2 / (4 * effective**2)))
    low, high = min(max(center - half, 0.0), value), max(min(center + half, 1.0), value)
    # Capped only where it leaves: capping the interval, too, would make it cover too much.
    return Share(value, Interval(low, high, level), min(n, effective))


def mean(values: Array, level: float = 0.95) -> tuple[float, Interval]:
    """Return the mean of positive values (n,) with its interval, even on the scale of logarithms.

    Raises
    ------
    TrellisNumbersError
        if there are fewer than `FEWEST` values, or their mean is not above 0
    """
    value, se = _ratio(values, np.ones(len(values)))
    if value <= 0:
        raise TrellisNumbersError("A mean on the scale of logarithms needs values above 0.")
    times = float(np.exp(student.ppf(0.5 + level / 2, STRETCHES - 1) * se / value))
    return value, Interval(value / times, value * times, level)


def median(values: Array, level: float = 0.95) -> tuple[float, Interval]:
    """Return the median of values (n,) and an interval between two of them, free of any shape.

    Raises
    ------
    TrellisNumbersError
        if there are too few values for the level: 6 for 95 %

    References
    ----------
    Order statistics: Conover (1999), Practical Nonparametric Statistics, section 3.2.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    below = int(binom.ppf((1 - level) / 2, n, 0.5)) if n else 0
    if below == 0 or 2 * binom.cdf(below - 1, n, 0.5) > 1 - level:
        raise TrellisNumbersError(f"{n} values are too few for a median that is {level:.0%} sure.")
    low, high = float(ordered[below - 1]), float(ordered[n - below])
    return float(np.median(ordered)), Interval(low, high, level)


def _ratio(parts: Array, wholes: Array) -> tuple[float, float]:
    """Return the ratio of sums and its standard error from the sums of the stretches."""
    n = len(parts)
    if n < FEWEST:
        raise TrellisNumbersError(f"A range needs {FEWEST} units in a row; there are {n}.")
    total = float(wholes.sum())
    if total <= 0:
        raise TrellisNumbersError("There is nothing to take a share of.")
    value = float(parts.sum()) / total
    starts = np.linspace(0, n, STRETCHES, endpoint=False).round().astype(int)
    rest = np.add.reduceat(parts, starts) - value * np.add.reduceat(wholes, starts)
    return value, float(np.sqrt(STRETCHES / (STRETCHES - 1) * (rest**2).sum())) / total
