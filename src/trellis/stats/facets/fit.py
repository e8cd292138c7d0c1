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
from numpy.typing import NDArray

from trellis.stats.errors import TrellisNumbersError
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.layout import Layout
from trellis.stats.facets.posterior import (
    Moments,
    moments,
    reading_variance,
    readings,
    visitor_spread,
)
from trellis.stats.facets.system import System, local_variance, solve
from trellis.stats.gaussian import Array

USUAL = Variances(teacher=0.6, element=0.2, lesson=0.2, visitor=0.15)
LEAN = 0.3  # a variance leans on the usual one as if on a third of a teacher, lesson, ... more
WIDEST = 4.0  # squared logits; variances far above it lean down, or few marks could drive them off
MOST_ROUNDS = 300
SETTLING = 2  # first rounds, in which variances stay as they are
LONGEST_STEP = 2.0  # logits, or of a log variance
CLOSE = 1e-3  # logits: far below any standard error
CLOSE_VARIANCE = 1e-3  # of a variance, relative
NUDGE = 0.15  # of a log variance, to see what depends on it


@dataclass(frozen=True, slots=True)
class Facets:
    """A fitted many-facet model; all in logits.

    effects : posterior means
    variances : of teachers, teacher by element, lessons and visitors
    log_variance_cov : (4, 4) covariance of the logarithms of the variances
    reading, reading_variance : (teachers, elements + 1) theta + gamma; theta last
    severity, severity_se : (visitors,) about the mean of these visitors (of one: of all like them)
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
    of_readings, of_severities, cov = _doubt(layout, at)
    inner = slice(layout.visitors, None)
    return Facets(
        effects=at.effects,
        variances=at.variances,
        log_variance_cov=cov,
        reading=_readings(layout, at),
        reading_variance=reading_variance(layout, at.variances, at.system) + of_readings,
        severity=_severities(at),
        severity_se=np.sqrt(visitor_spread(layout, at.system) + of_severities),
        fixed=np.concatenate([at.effects.usual, at.effects.kappa]),
        fixed_cov=at.system.rest[inner, inner],
        information=at.system.information,
    )


def _settled(layout: Layout) -> _At:
    at = _move(layout, Effects.none(layout), USUAL, np.zeros(len(layout.level)))
    before: tuple[Array, Array] | None = None
    for turn in range(MOST_ROUNDS):
        at = _move(layout, at.effects, at.variances, at.unsure)
        if turn < SETTLING:
            continue
        here = np.log(at.variances.array())
        new = _update(moments(layout, at.effects, at.variances, at.system), at.variances)
        change = np.where(told_apart(layout), np.log(new) - here, 0.0)
        if at.system.step.largest() < CLOSE and np.abs(change).max() < CLOSE_VARIANCE:
            return at
        step = change if before is None else _further(here, change, *before)
        at = replace(at, variances=Variances.of(np.exp(here + step)))
        before = here, change
    raise TrellisNumbersError(
        "The fit did not settle. Are there visitors or elements with a handful of marks, all alike?"
    )


def told_apart(layout: Layout) -> NDArray[np.bool_]:
    """Return (4,) whether marks tell each variance from the others; if not, the usual one stays."""
    return np.array(
        [
            layout.teachers > 1,
            layout.elements > 1,
            layout.lessons > layout.teachers,
            layout.visitors > 1,
        ]
    )


def _further(here: Array, change: Array, was: Array, changed: Array) -> Array:
    """Return the step that two rounds of a slow fixed point lead to (Anderson 1965, depth one)."""
    bend = change - changed
    by = float(bend @ change) / max(float(bend @ bend), CLOSE_VARIANCE**2)
    step = change - by * (here - was + bend)
    return np.asarray(np.clip(step, -LONGEST_STEP, LONGEST_STEP))


def _move(layout: Layout, effects: Effects, variances: Variances, unsure: Array) -> _At:
    """Return where one Newton step leads."""
    system = solve(layout, effects, variances, unsure)
    by = min(1.0, LONGEST_STEP / max(system.step.largest(), CLOSE))
    # Halfway, since wide doubt flattens slopes, which widens doubt: whole steps can swing for ever.
    unsure = (unsure + local_variance(layout, system)) / 2
    return _At(effects.plus(system.step, by), variances, unsure, system)


def _update(m: Moments, variances: Variances) -> Array:
    effective = np.maximum(m.sizes - m.variances / variances.array(), 0.0)
    most = effective + LEAN + variances.array() / WIDEST
    return np.asarray((m.squares + LEAN * USUAL.array()) / most)


def _slope(layout: Layout, at: _At) -> Array:
    """Return the slope of the restricted log likelihood, its lean included, in log variances."""
    m = moments(layout, at.effects, at.variances, at.system)
    v = at.variances.array()
    total = m.squares + m.variances + LEAN * USUAL.array()
    return np.asarray((total / v - m.sizes - LEAN - v / WIDEST) / 2)


def _doubt(layout: Layout, at: _At) -> tuple[Array, Array, Array]:
    """Return what doubt of the variances adds to each reading's and severity's, and that doubt."""
    slope = _slope(layout, at)
    curvature, readings_moved, severities_moved = [], [], []
    for j in range(4):
        nudged = at.variances.array()
        nudged[j] *= np.exp(NUDGE)
        there = _move(layout, at.effects, Variances.of(nudged), at.unsure)
        there = _move(layout, there.effects, there.variances, there.unsure)
        curvature.append((slope - _slope(layout, there)) / NUDGE)
        readings_moved.append((_readings(layout, there) - _readings(layout, at)) / NUDGE)
        severities_moved.append((_severities(there) - _severities(at)) / NUDGE)
    cov = _inverse_of_positive(np.array(curvature))
    by, of = np.array(readings_moved), np.array(severities_moved)
    return (
        np.einsum("jtm,jk,ktm->tm", by, cov, by),
        np.einsum("jr,jk,kr->r", of, cov, of),
        cov,
    )


def _readings(layout: Layout, at: _At) -> Array:
    return readings(layout, at.effects, at.variances)


def _severities(at: _At) -> Array:
    return np.asarray(at.effects.visitor - at.effects.visitor.mean())


def _inverse_of_positive(curvature: Array) -> Array:
    """Return the inverse; directions that the marks hardly speak of keep the lean's own doubt."""
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    values = np.maximum(values, LEAN / 2)
    return np.asarray((vectors / values) @ vectors.T)
