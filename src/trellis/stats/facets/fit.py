"""Fit a many-facet rating-scale model: effects, their variances, and how sure each is.

log-odds of adjacent levels = theta_t + gamma_ti + delta_o - beta_i - lambda_r - tau_k

theta, gamma, delta and lambda are normal. Effects are the mean of a Gaussian variational
approximation (Opper & Archambeau 2009, Neural Computation 21, 786-792): Newton steps whose
derivatives are smoothed over what is not known of a mark's place. Variances are the fixed point of
the restricted likelihood (Schall 1991, Biometrika 78, 719-727). That the variances are themselves
estimated widens every interval (Kass & Steffey 1989, JASA 84, 717-726, eq. 3.2).
"""

from dataclasses import dataclass, replace

import numpy as np

from trellis.stats.errors import TrellisNumbersError
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.layout import Layout
from trellis.stats.facets.posterior import (
    Moments,
    moments,
    reading_variance,
    readings,
    visitor_variance,
)
from trellis.stats.facets.system import System, local_variance, solve
from trellis.stats.gaussian import Array

USUAL = Variances(teacher=0.6, element=0.2, lesson=0.2, visitor=0.15)
LEAN = 1.0  # a variance leans on the usual one as if on one teacher, cell, lesson or visitor more
MOST_ROUNDS = 300
SETTLING = 2  # first rounds, in which variances stay as they are
LONGEST_STEP = 2.0  # logits
CLOSE = 1e-3  # logits: far below any standard error
CLOSE_VARIANCE = 1e-3  # of a variance, relative
NUDGE = 0.15  # of a log variance, to see what depends on it
UNPOOLED = 25.0  # variance of severities that hardly leans, yet keeps one-sided visitors finite


@dataclass(frozen=True, slots=True)
class Facets:
    """A fitted many-facet model; all in logits.

    effects : posterior means
    variances : of teachers, teacher by element, lessons and visitors
    log_variance_cov : (4, 4) covariance of the logarithms of the variances
    reading, reading_variance : (teachers, elements + 1) theta + gamma; theta last
    severity, severity_se : (visitors,) from a visitor's marks alone, not pooled; sum to zero
    fixed, fixed_cov : usual places and thresholds (elements + top - 1,) with their covariance
    information : mean information of a mark
    """

    effects: Effects
    variances: Variances
    log_variance_cov: Array
    reading: Array
    reading_variance: Array
    severity: Array
    severity_se: Array
    fixed: Array
    fixed_cov: Array
    information: float


@dataclass(frozen=True, slots=True)
class _At:
    """Where the search stands."""

    effects: Effects
    variances: Variances
    unsure: Array
    system: System


def fit(layout: Layout) -> Facets:
    """Return the fitted model.

    Raises
    ------
    TrellisNumbersError
        if the search does not settle
    """
    at = _settled(layout)
    doubt, cov = _doubt(layout, at)
    severity, se = _unpooled(layout, at)
    inner = slice(layout.visitors, None)
    return Facets(
        effects=at.effects,
        variances=at.variances,
        log_variance_cov=cov,
        reading=readings(layout, at.effects, at.variances),
        reading_variance=reading_variance(layout, at.variances, at.system) + doubt,
        severity=severity,
        severity_se=se,
        fixed=np.concatenate([at.effects.usual, at.effects.kappa]),
        fixed_cov=at.system.rest[inner, inner],
        information=at.system.information,
    )


def _settled(layout: Layout) -> _At:
    at = _move(layout, Effects.none(layout), USUAL, np.zeros(len(layout.level)))
    for turn in range(MOST_ROUNDS):
        at = _move(layout, at.effects, at.variances, at.unsure)
        if turn < SETTLING:
            continue
        new = _update(moments(layout, at.effects, at.variances, at.system), at.variances)
        change = float(np.abs(np.log(new / at.variances.array())).max())
        if at.system.step.largest() < CLOSE and change < CLOSE_VARIANCE:
            return at
        at = replace(at, variances=Variances.of(new))
    raise TrellisNumbersError(
        "The fit did not settle. Are there visitors or elements with a handful of marks, all alike?"
    )


def _move(layout: Layout, effects: Effects, variances: Variances, unsure: Array) -> _At:
    """Return where one Newton step leads."""
    system = solve(layout, effects, variances, unsure)
    by = min(1.0, LONGEST_STEP / max(system.step.largest(), CLOSE))
    return _At(effects.plus(system.step, by), variances, local_variance(layout, system), system)


def _update(m: Moments, variances: Variances) -> Array:
    effective = np.maximum(m.sizes - m.variances / variances.array(), 0.0)
    return np.asarray((m.squares + LEAN * USUAL.array()) / (effective + LEAN))


def _slope(layout: Layout, at: _At) -> Array:
    """Return the slope of the restricted log likelihood, its lean included, in log variances."""
    m = moments(layout, at.effects, at.variances, at.system)
    total = m.squares + m.variances + LEAN * USUAL.array()
    return np.asarray((total / at.variances.array() - m.sizes - LEAN) / 2)


def _doubt(layout: Layout, at: _At) -> tuple[Array, Array]:
    """Return what doubt of the variances adds to each reading's variance, and that doubt."""
    before = _slope(layout, at), readings(layout, at.effects, at.variances)
    curvature, moved = [], []
    for j in range(4):
        nudged = at.variances.array()
        nudged[j] *= np.exp(NUDGE)
        there = _move(layout, at.effects, Variances.of(nudged), at.unsure)
        there = _move(layout, there.effects, there.variances, there.unsure)
        curvature.append((before[0] - _slope(layout, there)) / NUDGE)
        moved.append((readings(layout, there.effects, there.variances) - before[1]) / NUDGE)
    cov = _inverse_of_positive(np.array(curvature))
    by = np.array(moved)
    return np.einsum("jtm,jk,ktm->tm", by, cov, by), cov


def _inverse_of_positive(curvature: Array) -> Array:
    """Return the inverse; directions that the marks hardly speak of keep the lean's own doubt."""
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    values = np.maximum(values, LEAN / 2)
    return np.asarray((vectors / values) @ vectors.T)


def _unpooled(layout: Layout, at: _At) -> tuple[Array, Array]:
    """Return severities that do not lean on each other, about their mean, with standard errors."""
    if layout.visitors == 1:
        return np.zeros(1), np.sqrt(visitor_variance(layout, at.system))
    free = replace(at.variances, visitor=UNPOOLED)
    there = _move(layout, at.effects, free, at.unsure)
    for _ in range(MOST_ROUNDS):
        if there.system.step.largest() < CLOSE:
            break
        there = _move(layout, there.effects, free, there.unsure)
    cov = there.system.rest[: layout.visitors, : layout.visitors]
    cov = cov - cov.mean(axis=0)
    cov = cov - cov.mean(axis=1, keepdims=True)
    severity = there.effects.visitor - there.effects.visitor.mean()
    return severity, np.sqrt(np.diag(cov))
