"""Say how a student grew among students with the same history: student growth percentiles.

    Q_tau(y_t | history) = b0(tau) + sum_k bs(x_{t-k}) b_k(tau),   tau = .005, .015, ..., .995

bs is the cubic B-spline of R's `splines::bs` without its first column, most recent prior first. A
student's percentile is how many of the 100 conditional quantiles lie below the score (Betebenner
2009); knots, rounding and clipping are those of the R package SGP. Fit and score are apart: the
coefficients of one cohort can be stored and applied to other students.

Nothing here speaks of a teacher: growth is context about students. Docs: docs/methods/growth.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.stats import norm

from trellis.stats import TrellisNumbersError, quantiles
from trellis.stats.gaussian import Array

Percentiles = NDArray[np.int64]

TAUS = (np.arange(1, 101) - 0.5) / 100
KNOTS_AT = (0.2, 0.4, 0.6, 0.8)
STRETCH = 0.1  # of the range of scores, at each end
KNOT_DIGITS = 3
DIGITS = 5  # to which predictions are rounded before they are compared with a score
LOWEST, HIGHEST = 1, 99
DEGREE = 3
# Below this many students for each coefficient the outer percentiles are hardly about them at all.
FEWEST_PER_COEFFICIENT = 10
LEVEL = 0.95
ROWS_AT_ONCE = 4096  # so that their predictions stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Spline:
    """Where the spline of one subject and grade bends: inner knots and boundaries, in scores."""

    knots: tuple[float, ...]
    boundaries: tuple[float, float]

    def __post_init__(self) -> None:
        low, high = self.boundaries
        line = (low, *self.knots, high)
        if not np.isfinite(line).all() or not low < high or list(line) != sorted(line):
            raise TrellisNumbersError(
                f"Knots must ascend and lie inside boundaries that differ; these are {self.knots} "
                f"and {self.boundaries}."
            )

    @property
    def columns(self) -> int:
        """How many columns the basis has."""
        return len(self.knots) + DEGREE

    def outside(self, scores: Array) -> int:
        """Return how many of the scores lie outside the boundaries."""
        return int(np.sum((scores < self.boundaries[0]) | (scores > self.boundaries[1])))


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What was fitted to one cohort with one number of priors.

    splines : one for each prior, most recent first
    values : (100, p), p = 1 + columns of all splines; a row for each of TAUS
    students : whose scores were fitted
    gap : largest relative duality gap: how far the loss can be above the least one
    not_unique : for how many of the 100 quantiles another fit may be as good
    left_out : columns that added nothing, because the scores have too few different values
    """

    splines: tuple[Spline, ...]
    values: Array
    students: int
    gap: float
    not_unique: int
    left_out: int

    @property
    def order(self) -> int:
        """How many priors there are."""
        return len(self.splines)


def spline_of(scores: Array) -> Spline:
    """Return the knots and boundaries of the scores (n,) of one subject and grade, as SGP does.

    Raises
    ------
    TrellisNumbersError
        if the scores are all the same
    """
    lowest, highest = float(scores.min()), float(scores.max())
    if lowest == highest:
        raise TrellisNumbersError(f"all {len(scores)} scores are {lowest:g}")
    wider = STRETCH * (highest - lowest)
    knots = np.quantile(scores, KNOTS_AT)
    # Python's round, like R's, decides by the number itself and not by its thousandfold.
    return Spline(
        tuple(round(float(knot), KNOT_DIGITS) for knot in knots),
        (round(lowest - wider, KNOT_DIGITS), round(highest + wider, KNOT_DIGITS)),
    )


def basis(scores: Array, spline: Spline) -> Array:
    """Return the (n, columns) basis at the scores; outside the boundaries the outer cubics go on.

    Equal to R's `bs(x, knots=, Boundary.knots=)` up to rounding.
    """
    low, high = spline.boundaries
    line = np.array([low] * (DEGREE + 1) + [*spline.knots] + [high] * (DEGREE + 1))
    different, place = np.unique(scores, return_inverse=True)
    every = BSpline(line, np.eye(spline.columns + 1), DEGREE, extrapolate=True)(different)
    return np.asarray(every[:, 1:][place])


def fit(history: Array, current: Array, splines: Sequence[Spline]) -> Coefficients:
    """Fit the 100 conditional quantiles of one cohort.

    Parameters
    ----------
    history : (n, k) prior scores, most recent first
    current : (n,) scores whose growth is asked
    splines : k, one for each prior

    Raises
    ------
    TrellisNumbersError
        if there are too few students, the scores are all the same, or no fit could be verified
    """
    refuse_few(len(current), len(splines))
    columns = 1 + sum(spline.columns for spline in splines)
    if current.min() == current.max():
        raise TrellisNumbersError(f"all {len(current)} scores of the year are {current[0]:g}")
    different, students = _merged(np.column_stack([history, current]))
    found = quantiles.fit(
        _design(different[:, :-1], splines), different[:, -1], TAUS, students.astype(np.float64)
    )
    return Coefficients(
        splines=tuple(splines),
        values=found.coefficients,
        students=len(current),
        gap=found.gap,
        not_unique=found.not_unique,
        left_out=columns - len(found.kept),
    )


def refuse_few(students: int, order: int) -> None:
    """Refuse a cohort with fewer than 10 students for each coefficient."""
    fewest = FEWEST_PER_COEFFICIENT * (1 + order * (len(KNOTS_AT) + DEGREE))
    if students < fewest:
        raise TrellisNumbersError(
            f"students with these scores are too few, {students} where at least {fewest} are needed"
        )


def score(coefficients: Coefficients, history: Array, current: Array) -> Percentiles:
    """Return the growth percentiles (n,), 1 to 99, of students with these scores.

    A percentile counts the predictions, rounded to 5 digits, below the score; sorting them within
    a student, as SGP does, leaves that count as it is.
    """
    return _among(coefficients, history, [current])[0]


def interval(
    coefficients: Coefficients,
    history: Array,
    current: Array,
    error_of_history: Array,
    error_of_current: Array,
) -> tuple[Percentiles, Percentiles]:
    """Return the 95 % intervals (n,), (n,) that come from the tests' standard errors.

    error_of_history (n, k) and error_of_current (n,) are conditional standard errors of
    measurement. A percentile never falls as the score rises, so the error of this year's score is
    carried exactly: the percentiles at both ends of its interval. The error of a prior counts as
    far as it moves the predicted median (half the difference between a standard error above and
    below), added in squares.
    """
    variance = error_of_current**2
    for k, error in enumerate(error_of_history.T):
        moved = []
        for sign in (-1, 1):
            other = history.copy()
            other[:, k] += sign * error
            moved.append(_design(other, coefficients.splines) @ coefficients.values[49:51].mean(0))
        variance = variance + ((moved[1] - moved[0]) / 2) ** 2
    half = float(norm.ppf(0.5 + LEVEL / 2)) * np.sqrt(variance)
    low, high = _among(coefficients, history, [current - half, current + half])
    return low, high


def _among(
    coefficients: Coefficients, history: Array, scores: Sequence[Array]
) -> list[Percentiles]:
    found = [np.empty(len(one), dtype=np.int64) for one in scores]
    for rows in _slices(len(history)):
        design = _design(history[rows], coefficients.splines)
        cuts = np.round(design @ coefficients.values.T, DIGITS)
        for one, result in zip(scores, found, strict=True):
            below = np.count_nonzero(cuts < one[rows, None], axis=1)
            result[rows] = np.clip(below, LOWEST, HIGHEST)
    return found


def _slices(rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, rows, ROWS_AT_ONCE))


def _design(history: Array, splines: Sequence[Spline]) -> Array:
    """Return the (n, p) design: one, then the basis of each prior."""
    parts = [basis(column, spline) for column, spline in zip(history.T, splines, strict=True)]
    return np.hstack([np.ones((len(history), 1)), *parts])


def _merged(rows: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return the different rows, in order, and how often each occurs."""
    code = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        different, place = np.unique(column, return_inverse=True)
        # Codes are made small again after each column, so that they can never overflow.
        code = np.unique(code * len(different) + place, return_inverse=True)[1]
    _, first, count = np.unique(code, return_index=True, return_counts=True)
    return rows[first], count
