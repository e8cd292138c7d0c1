"""Fit the variances of a Gaussian whose covariance is a sum of known patterns.

Each unit u has residuals r_u ~ N(0, D_u + sum_k theta_k C_uk). The marginal likelihood is pooled
over units and penalized toward given starting values on the log scale, so that few units lean on
the starting values and many units on their own data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import minimize

from trellis.stats.errors import TrellisNumbersError
from trellis.stats.gaussian import Array, cholesky

LOWEST = np.log(1e-6)  # a variance below 1e-6 changes nothing that a person could see
HIGHEST = np.log(1e3)


@dataclass(frozen=True, slots=True)
class Unit:
    """One independent unit: residuals (n,), patterns (k, n, n), known variances (n,)."""

    residuals: Array
    patterns: Array
    known: Array


def fit_variances(units: Sequence[Unit], start: Array, pull: float, rounds: int = 40) -> Array:
    """Return the k variances that maximize the penalized pooled likelihood.

    Parameters
    ----------
    units : independent units
    start : (k,) variances to lean on, all positive
    pull : standard deviation of log variance around log start (smaller = leans harder)
    rounds : most iterations of the quasi-Newton search

    Raises
    ------
    TrellisNumbersError
        if a start is not positive or the likelihood cannot be evaluated there
    """
    if np.any(start <= 0):
        raise TrellisNumbersError("Starting variances must be positive.")
    if not units:
        return start.copy()
    log_start = np.log(start)

    def loss(log_theta: Array) -> tuple[float, Array]:
        theta = np.exp(log_theta)
        value, gradient = 0.0, np.zeros_like(theta)
        for unit in units:
            part, slope = _unit_loss(unit, theta)
            value += part
            gradient += slope
        lean = (log_theta - log_start) / pull
        return value + 0.5 * float(lean @ lean), gradient * theta + lean / pull

    found = minimize(
        loss,
        log_start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LOWEST, HIGHEST)] * len(start),
        options={"maxiter": rounds, "ftol": 1e-7},
    )
    return np.exp(np.asarray(found.x))


def _unit_loss(unit: Unit, theta: Array) -> tuple[float, Array]:
    """Return the negative log likelihood of a unit (no constant) and its slope in theta."""
    cov = np.tensordot(theta, unit.patterns, axes=1)
    cov[np.diag_indices_from(cov)] += unit.known
    factor = cholesky(cov)
    inverse, _ = lapack.dpotri(factor, lower=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = inverse @ unit.residuals
    value = float(np.log(np.diag(factor)).sum()) + 0.5 * float(unit.residuals @ alpha)
    flat = unit.patterns.reshape(len(theta), -1)
    slope = 0.5 * (flat @ (inverse - np.outer(alpha, alpha)).ravel())
    return value, slope
