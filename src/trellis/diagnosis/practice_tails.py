"""Let one odd lesson pull less: a lesson's noise as Student's t, by the weights of its pieces.

The noise of a piece with m marks is N(0, R / w), w ~ Gamma(f / 2, f / 2), so it is multivariate t
with f degrees of freedom. Given the weights all is normal; the weights are found from all looks
that count (EM), so that taking a piece away gives the weights that never knew it.

Source: Lange, Little & Taylor (1989), JASA 84, 881-896, eq. 5-8.
"""

from functools import lru_cache
from math import isinf

import numpy as np
from scipy.stats import gamma

from trellis.diagnosis.practice_model import Cover, Design, Numbers, covariance
from trellis.stats.gaussian import Array, cholesky, inverted

ROUNDS = 8  # by then weights move by less than a hundredth
NODES = 7  # a t distribution as so many normal ones


def weighted(
    d: Design, h: Numbers, freedom: float, given: Array | None = None
) -> tuple[Cover, Array]:
    """Return the covariance of n looks with each piece's noise divided by its weight, and those.

    given : (n,) weights to take instead of finding them
    """
    if given is not None:
        return covariance(d, h, given), given
    cover = covariance(d, h)
    if isinf(freedom) or not len(d.t):
        return cover, np.ones(len(d.t))
    rest = cover.total - cover.lesson
    of_piece = np.ones(int(d.group.max()) + 1)
    for _ in range(ROUNDS):
        of_piece = _weights(d, rest, cover.lesson, of_piece, freedom)
    weights = of_piece[d.group]
    return covariance(d, h, weights), weights


def _weights(d: Design, rest: Array, noise: Array, weights: Array, freedom: float) -> Array:
    """Return (f + m) / (f + E[noise' R^-1 noise]) of each piece from its weight before.

    rest, noise : (n, n) covariance of looks but for the noise of lessons, and R, that of the noise
    """
    inverse = inverted(cholesky(rest + noise / weights[d.group]))
    alpha = inverse @ d.residuals
    # noise = R/w alpha, its posterior covariance R/w - R/w V^-1 R/w; R is 0 between pieces.
    each = alpha * (noise @ alpha) - np.einsum("ij,ij->i", inverse, noise)
    marks = np.bincount(d.group)
    distance = np.bincount(d.group, each) / weights**2 + marks / weights
    return np.asarray((freedom + marks) / (freedom + np.maximum(distance, 0.0)))


@lru_cache(maxsize=16)
def scales(freedom: float) -> tuple[float, ...]:
    """Return by how much a coming lesson's variance is multiplied, in equally likely cases."""
    if isinf(freedom):
        return (1.0,)
    middle = (np.arange(NODES) + 0.5) / NODES
    return tuple(float(1.0 / w) for w in gamma.ppf(middle, freedom / 2, scale=2 / freedom))
