"""Condition a Gaussian on linear readings of it: the smoother, in one exact step.

A fixed-interval smoother of a linear-Gaussian state space is a conditional of one joint normal.
With tens of readings the dense form is shorter, exact, and free of any order of the evidence.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, lapack

from trellis.stats.errors import TrellisNumbersError

Array: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Conditional:
    """What is known of m quantities after n readings.

    mean : (m,) deviation from the prior mean
    cov : (m, m)
    gains : (m, n); mean = gains @ residuals, so each reading's pull is exact
    """

    mean: Array
    cov: Array
    gains: Array


def cholesky(cov: Array) -> Array:
    """Return the lower Cholesky factor, or raise TrellisNumbersError if there is none."""
    factor, info = lapack.dpotrf(cov, lower=1, clean=1)
    if info != 0:
        raise TrellisNumbersError("The readings' covariance is not positive definite.")
    return np.asarray(factor, dtype=np.float64)


def inverted(factor: Array) -> Array:
    """Return the inverse of a matrix from its lower Cholesky factor, (n, n)."""
    inverse, _ = lapack.dpotri(factor, lower=1)
    lower = np.asarray(inverse, dtype=np.float64)  # above the diagonal stays what the factor has: 0
    whole = lower + lower.T
    whole[np.diag_indices_from(whole)] *= 0.5
    return whole


def solved(cov: Array, right: Array) -> Array:
    """Return the inverse of a covariance times vectors, or raise TrellisNumbersError."""
    _, x, info = lapack.dposv(cov, right, lower=1)
    if info != 0:
        raise TrellisNumbersError("The readings' covariance is not positive definite.")
    return np.asarray(x, dtype=np.float64)


def condition(prior: Array, cross: Array, readings: Array, residuals: Array) -> Conditional:
    """Return the conditional of quantities given readings.

    Parameters
    ----------
    prior : (m, m) prior covariance of the quantities
    cross : (m, n) covariance of the quantities with the readings
    readings : (n, n) covariance of the readings, noise included
    residuals : (n,) readings minus their prior means

    Raises
    ------
    TrellisNumbersError
        if the covariance of the readings is not positive definite

    References
    ----------
    Rasmussen & Williams (2006), Gaussian Processes for Machine Learning, eq. 2.25-2.26.
    """
    if residuals.size == 0:
        return Conditional(np.zeros(len(prior)), prior.copy(), np.zeros_like(cross))
    gains = np.asarray(cho_solve((cholesky(readings), True), cross.T)).T
    cov = prior - gains @ cross.T
    return Conditional(gains @ residuals, (cov + cov.T) / 2, gains)


def variance_left(prior: float, cross: Array, readings: Array) -> float:
    """Return the variance of one quantity after readings; cross is (n,), readings (n, n)."""
    if cross.size == 0:
        return prior
    solved = np.asarray(cho_solve((cholesky(readings), True), cross))
    return max(prior - float(cross @ solved), 0.0)
