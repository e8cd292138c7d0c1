"""Find the variances of the practice model: penalized marginal likelihood, pooled over teachers.

Every number is searched on the log scale (rho: logit) and held by a normal penalty around where it
leans: the shipped default, or, by element, what its neighbors share. The slope is exact:
d loss / d V = (V^-1 - V^-1 r r' V^-1) / 2, summed over the parts of V.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from trellis.diagnosis.practice_model import PARTS, SOURCES, Design, Numbers, covariance
from trellis.stats.gaussian import Array, Ints, cholesky, inverted

PULL = 0.7  # SD of a log variance around its shipped default
LOOSE = 1.0  # the same where nothing was shipped
APART = 0.5  # SD of an element's own part around what elements share, relative
SPREAD_APART = 0.3  # SD of the log relative spread of an element's lesson noise
REACH = 6.0  # of a search, in SDs of a penalty: farther off a covariance may have no inverse


@dataclass(frozen=True, slots=True)
class Shape:
    """Which numbers are searched.

    rank : factors that elements share, 0 to 2
    parts : (p, 2) part and source of each variance or loading that is searched
    pairs : (m, 2) source and element of each relative spread
    pull : SD of the penalty on each log variance; pulls : (p,) the same by part
    """

    rank: int
    parts: Ints
    pairs: Ints
    pull: float
    pulls: Array


@dataclass(frozen=True, slots=True)
class Slopes:
    """Sums of d loss by what V is made of."""

    B: Array
    Q: Array
    parts: Array  # by log, (7, S)
    spread: Array  # by log, (S, K)


def search(
    designs: Sequence[Design],
    weights: Sequence[Array | None],
    start: Numbers,
    shape: Shape,
    rounds: int,
    lean: Numbers,
) -> Numbers:
    """Return numbers of more penalized likelihood, searched from `start`, leaning on `lean`."""
    center = _packed(lean, shape)
    held = _held(shape, len(start.own))

    def loss(x: Array) -> tuple[float, Array]:
        h = _unpacked(x, start, shape)
        value, slopes = 0.0, _nothing(len(h.own))
        for d, w in zip(designs, weights, strict=True):
            value += _add(d, h, w, slopes)
        away = (x - center) / held
        return value + 0.5 * float(away @ away), _by_number(x, h, slopes, shape) + away / held

    found = minimize(
        loss,
        _packed(start, shape),
        jac=True,
        method="L-BFGS-B",
        bounds=[(c - REACH * sd, c + REACH * sd) for c, sd in zip(center, held, strict=True)],
        options={"maxiter": rounds, "ftol": 1e-6},
    )
    return _unpacked(np.asarray(found.x), start, shape)


def expected(
    designs: Sequence[Design],
    weights: Sequence[Array | None],
    likeliest: Numbers,
    shape: Shape,
) -> Numbers:
    """Return how much teachers differ and move in the mean, given the evidence.

    The likeliest of an uncertain variance is too small: with its mean instead, an interval is as
    wide as one that averages over all variances that the evidence allows (to the second order of
    their logarithm). What looks add is known from many of them, and stays. The doubt is normal on
    the scale of the search, its curvature from the products of units' slopes.

    Source: Kass & Steffey (1989), JASA 84, 717-726, 3; Berndt et al. (1974) for the curvature.
    """
    x, k = _packed(likeliest, shape), len(likeliest.own)
    slopes = np.array(
        [_slope(x, d, w, likeliest, shape) for d, w in zip(designs, weights, strict=True)]
    )
    cov = np.linalg.inv(slopes.T @ slopes + np.diag(_held(shape, k) ** -2.0))
    doubt = np.diag(cov)
    alone = 3 + np.arange(k)
    own = likeliest.own * np.exp((doubt[0] + doubt[alone] + 2 * cov[0, alone]) / 2)
    factors = likeliest.factors
    if shape.rank:
        at = 3 + k
        g = np.exp((x[at] + doubt[at] / 2) / 2)
        of_elements = at + 1 + np.arange(shape.rank * k)
        center = x[of_elements] + cov[at, of_elements] + (of_elements <= at + k)
        factors = g * center.reshape(shape.rank, k)
        own = own + g**2 * doubt[of_elements].reshape(shape.rank, k).sum(axis=0)
    return replace(
        likeliest, factors=factors, own=own,
        drift=float(likeliest.drift * np.exp(doubt[1] / 2)),
    )  # fmt: skip


def _slope(x: Array, d: Design, weights: Array | None, like: Numbers, shape: Shape) -> Array:
    """Return the slope of one teacher's loss by the numbers in the order of `_packed`."""
    slopes = _nothing(len(like.own))
    _add(d, like, weights, slopes)
    return _by_number(x, like, slopes, shape)


def _nothing(k: int) -> Slopes:
    s = len(SOURCES)
    return Slopes(np.zeros((k, k)), np.zeros((k, k)), np.zeros((len(PARTS), s)), np.zeros((s, k)))


def _add(d: Design, h: Numbers, weights: Array | None, slopes: Slopes) -> float:
    """Add one teacher's slopes, and return the negative log likelihood without its constant."""
    cover = covariance(d, h, weights)
    factor = cholesky(cover.total)
    inverse = inverted(factor)
    alpha = inverse @ d.residuals
    value = float(np.log(np.diag(factor)).sum()) + 0.5 * float(d.residuals @ alpha)
    half = inverse
    half -= alpha[:, None] * alpha
    half *= 0.5
    loading = h.parts[0, d.s]
    k, s = len(h.own), len(SOURCES)
    where = np.eye(k)[d.e] * loading[:, None]
    slopes.B[...] += where.T @ half @ where
    slopes.Q[...] += where.T @ (half * d.k) @ where
    spread = h.spread[d.s, d.e]
    noise = half * (spread[:, None] * spread)
    if weights is not None:
        noise /= weights[:, None]
    patterns = (
        (half, cover.state), (half, d.view), (half, d.view_element), (half, d.by),
        (noise, d.piece), (noise, d.piece_element),
    )  # fmt: skip
    each = [np.einsum("ij,ij->i", part, pattern) for part, pattern in patterns]
    each[0] *= 2.0
    # Where a severity is known, its variance is not searched.
    each[PARTS.index("by")] *= np.isnan(d.known_by)
    each.append(noise.diagonal())
    for part, row in enumerate(each):
        by_source = np.bincount(d.s, row, minlength=s)
        slopes.parts[part] += by_source * (1.0 if part == 0 else h.parts[part])
    lesson = 2.0 * np.einsum("ij,ij->i", half, cover.lesson)
    slopes.spread[...] += np.bincount(d.s * k + d.e, lesson, minlength=s * k).reshape(s, k)
    return value


def _packed(h: Numbers, shape: Shape) -> Array:
    """Return numbers as one vector: log b, log q, logit rho, own by element, factors, parts."""
    b0 = np.exp(np.mean(np.log(h.own)))
    x = [np.log([b0, h.drift]), [np.log(h.shared / (1 - h.shared))], np.log(h.own / b0)]
    if shape.rank:
        g0 = max(float(np.mean(h.factors[0])), 1e-3)
        x += [[2 * np.log(g0)], h.factors[0] / g0 - 1.0]
        if shape.rank == 2:
            x.append(h.factors[1] / g0)
    x.append(np.log(h.parts[shape.parts[:, 0], shape.parts[:, 1]]))
    x.append(np.log(h.spread[shape.pairs[:, 0], shape.pairs[:, 1]]))
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in x])


def _unpacked(x: Array, like: Numbers, shape: Shape) -> Numbers:
    """Return the vector as numbers; what is not searched stays as in `like`."""
    k = len(like.own)
    own = np.exp(x[0] + x[3 : 3 + k])
    at, factors = 3 + k, np.zeros((0, k))
    if shape.rank:
        g0 = np.exp(x[at] / 2)
        factors = g0 * (1.0 + x[at + 1 : at + 1 + k])[None, :]
        at += 1 + k
        if shape.rank == 2:
            factors = np.vstack([factors, g0 * x[at : at + k]])
            at += k
    parts, spread = like.parts.copy(), like.spread.copy()
    p = len(shape.parts)
    parts[shape.parts[:, 0], shape.parts[:, 1]] = np.exp(x[at : at + p])
    spread[shape.pairs[:, 0], shape.pairs[:, 1]] = np.exp(x[at + p :])
    rho = 1.0 / (1.0 + np.exp(-x[2]))
    return Numbers(factors, own, float(np.exp(x[1])), float(rho), parts, spread)


def _by_number(x: Array, h: Numbers, slopes: Slopes, shape: Shape) -> Array:
    """Return the slopes by the numbers in the order of `_packed`."""
    k = len(h.own)
    own = np.diag(slopes.B) * h.own
    trace, whole = float(np.trace(slopes.Q)), float(slopes.Q.sum())
    drift = h.drift * (h.shared * whole + (1 - h.shared) * trace)
    rho = h.drift * (whole - trace) * h.shared * (1 - h.shared)
    found = [[float(own.sum()), drift, rho], own]
    if shape.rank:
        g0 = np.exp(x[3 + k] / 2)
        by_factor = 2.0 * h.factors @ slopes.B
        found += [[0.5 * float((h.factors * by_factor).sum())], g0 * by_factor[0]]
        if shape.rank == 2:
            found.append(g0 * by_factor[1])
    found.append(slopes.parts[shape.parts[:, 0], shape.parts[:, 1]])
    found.append(slopes.spread[shape.pairs[:, 0], shape.pairs[:, 1]])
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in found])


def _held(shape: Shape, k: int) -> Array:
    """Return the SD of each number's penalty, in the order of `_packed`."""
    held = [[shape.pull, shape.pull, 1.5], np.full(k, APART)]
    if shape.rank:
        held += [[shape.pull], np.full(k, APART)]
        if shape.rank == 2:
            held.append(np.full(k, APART))
    held += [shape.pulls, np.full(len(shape.pairs), SPREAD_APART)]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in held])
