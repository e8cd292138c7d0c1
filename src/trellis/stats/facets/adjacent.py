"""Smooth the adjacent-category log likelihood of a mark over what is not known of its place.

log P(level k) = k eta - kappa_k - log sum_j exp(j eta - kappa_j), with kappa_0 = kappa_top = 0; so
tau_k = kappa_k - kappa_{k-1} sum to zero (Andrich 1978, Psychometrika 43, eq. 5).
"""

from dataclasses import dataclass

import numpy as np

from trellis.stats.gaussian import Array

POINTS = 5  # Gauss-Hermite: exact to 1e-4 of a slope for places known to one logit
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(POINTS)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
FURTHEST = 400.0  # logits times levels: beyond, a double overflows and nothing changes any more


@dataclass(frozen=True, slots=True)
class Slopes:
    """Expected derivatives of n marks' log likelihood where eta ~ N(mean, variance).

    gradient : (n,) in eta
    weight : (n,) minus the second derivative in eta, positive
    cross : (n, free) minus the mixed derivative in eta and each free kappa
    kappa_gradient : (free,) summed over the marks
    kappa_weight : (free, free) minus the second derivative, summed over the marks
    """

    gradient: Array
    weight: Array
    cross: Array
    kappa_gradient: Array
    kappa_weight: Array


def slopes(levels: Array, counts: Array, mean: Array, variance: Array, kappa: Array) -> Slopes:
    """Return the derivatives, smoothed by Gauss-Hermite quadrature.

    Parameters
    ----------
    levels : (n,) levels 0, 1, ..., top
    counts : (top + 1,) how many marks have each level
    mean, variance : (n,) of eta
    kappa : (top - 1,) free cumulative thresholds
    """
    top, root = len(kappa) + 1, np.sqrt(variance)
    expected, spread = np.zeros_like(mean), np.zeros_like(mean)
    lean = np.zeros((top - 1, len(mean)))
    chance, products = np.zeros(top - 1), np.zeros((top - 1, top - 1))
    for node, share in zip(NODES, WEIGHTS, strict=True):
        p = probabilities(mean + node * root, kappa)
        mine = sum((k * p[k] for k in range(2, top + 1)), start=p[1].copy())
        square = sum((k * k * p[k] for k in range(2, top + 1)), start=p[1].copy())
        expected += share * mine
        spread += share * (square - mine**2)
        for k in range(1, top):
            lean[k - 1] += share * (k - mine) * p[k]
        free = p[1:top]
        chance += share * free.sum(axis=1)
        products += share * (free @ free.T)
    return Slopes(
        levels - expected, spread, -lean.T, chance - counts[1:top], np.diag(chance) - products
    )


def probabilities(eta: Array, kappa: Array) -> Array:
    """Return the probability of each level, (top + 1, *eta.shape)."""
    top = len(kappa) + 1
    odds = np.exp(np.clip(eta, -FURTHEST / top, FURTHEST / top))
    p = np.empty((top + 1, *eta.shape))
    p[0] = 1.0
    for k, tau in enumerate(np.diff(kappa, prepend=0.0, append=0.0), start=1):
        np.multiply(p[k - 1], odds, out=p[k])
        p[k] *= np.exp(-tau)
    p /= p.sum(axis=0)
    return p


def expected_level(eta: Array, kappa: Array) -> Array:
    """Return the mean level, 0 to top, at each eta."""
    p = probabilities(eta, kappa)
    return np.asarray(np.tensordot(np.arange(len(p), dtype=np.float64), p, 1))
