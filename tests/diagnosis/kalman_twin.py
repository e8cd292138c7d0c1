"""A second, plain smoother for the practice model: Kalman filter and Rauch-Tung-Striebel.

Written apart from the product, with loops and an explicit state vector: K elements that walk, then
one entry that stands still for whatever several looks share: a lesson, an element within a lesson,
a visitor or class, what a source sees differently for good, and doubts about usual levels. Only
the tests use it.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice_settings import Settings
from trellis.stats.gaussian import Array

Key = tuple[str, ...]


def smooth(
    looks: Sequence[Look],
    settings: Settings,
    on: date,
    weights: Mapping[str, float] | None = None,
) -> tuple[Array, Array]:
    """Return mean (K,) and covariance (K, K) of the elements on a day, all looks used.

    weights : by which the noise of each piece is divided; 1 if not given
    """
    elements = settings.elements
    k = len(elements)
    origin = settings.origin or min(look.on for look in looks)
    shared = {look: _shared(look, settings, (weights or {}).get(look.piece, 1.0)) for look in looks}
    still: dict[Key, float] = {}
    for parts in shared.values():
        still |= {key: variance for key, (variance, _) in parts.items()}
    names = list(still)
    days = sorted({look.on for look in looks} | {on, origin})

    walk = settings.drift * (settings.shared * np.ones((k, k)) + (1 - settings.shared) * np.eye(k))
    mean = np.zeros(k + len(names))
    cov = np.zeros((len(mean), len(mean)))
    cov[:k, :k] = np.diag(settings.own)
    for factor in settings.factors:
        cov[:k, :k] += np.outer(factor, factor)
    for j, name in enumerate(names):
        cov[k + j, k + j] = still[name]

    predicted, filtered = [], []
    before = origin
    for day in days:
        step = np.zeros_like(cov)
        step[:k, :k] = (day - before).days / 365.25 * walk
        cov = cov + step
        predicted.append((mean.copy(), cov.copy()))
        for look in looks:
            if look.on == day:
                h = np.zeros(len(mean))
                instrument = settings.instruments[look.source]
                h[elements.index(look.element)] = instrument.loading
                for key, (_, times) in shared[look].items():
                    h[k + names.index(key)] = times
                own = instrument.own * settings.spread.get((look.source, look.element), 1.0) ** 2
                own /= (weights or {}).get(look.piece, 1.0)
                innovation = look.level - _usual(look, settings) - h @ mean
                variance = h @ cov @ h + own + _sampling(look, settings)
                gain = cov @ h / variance
                mean, cov = mean + gain * innovation, cov - np.outer(gain, h @ cov)
        filtered.append((mean.copy(), cov.copy()))
        before = day

    later_mean, later_cov = filtered[-1]
    found = {days[-1]: (later_mean, later_cov)}
    for i in range(len(days) - 2, -1, -1):
        m, P = filtered[i]
        m_next, P_next = predicted[i + 1]
        gain = P @ np.linalg.pinv(P_next)
        later_mean = m + gain @ (later_mean - m_next)
        later_cov = P + gain @ (later_cov - P_next) @ gain.T
        found[days[i]] = (later_mean, later_cov)
    usual, told = _told(settings, names)
    mean, cov = found[on]
    return usual + told @ mean, told @ cov @ told.T


def _told(settings: Settings, still: Sequence[Key]) -> tuple[Array, Array]:
    """Return usual levels (K,) and what each element's level takes of the state vector, (K, m)."""
    elements, k = settings.elements, len(settings.elements)
    anchors = [settings.anchor(e) for e in elements]
    usual = np.array([settings.usual[a, e] for a, e in zip(anchors, elements, strict=True)])
    told = np.zeros((k, k + len(still)))
    told[:, :k] = np.diag([settings.instruments[a].loading for a in anchors])
    for i, pair in enumerate(zip(anchors, elements, strict=True)):
        for key, times in _doubts(settings, {pair: 1.0}).items():
            told[i, k + still.index(key)] = times
    return usual, told


def _doubts(settings: Settings, takes: Mapping[object, float]) -> dict[Key, float]:
    """Return the multiple of each independent doubt that so much of levels and reasons takes."""
    names = [*sorted(settings.usual), *sorted(settings.reasons)]
    return {
        ("doubt", str(j)): sum(
            takes.get(name, 0.0) * row[j]
            for name, row in zip(names, settings.levels_left, strict=True)
        )
        for j in range(len(settings.levels_left))
    }


def _usual(look: Look, settings: Settings) -> float:
    usual = settings.usual[look.source, look.element] + settings.reasons.get(look.reason, 0.0)
    if look.source == Source.VISIT and look.by in settings.severities:
        usual += settings.severities[look.by].mean
    return usual


def _sampling(look: Look, settings: Settings) -> float:
    if look.source == Source.TALK and look.element in settings.rates:
        p = settings.rates[look.element]
        return 1 / ((look.n + 1) * p * (1 - p))
    return look.known_variance


def _shared(look: Look, settings: Settings, weight: float) -> dict[Key, tuple[float, float]]:
    """Return variance and multiple of each thing that a look shares with others."""
    i = settings.instruments[look.source]
    spread = settings.spread.get((look.source, look.element), 1.0)
    by = i.by
    if look.source == Source.VISIT and look.by in settings.severities:
        by = settings.severities[look.by].variance
    found: dict[Key, tuple[float, float]] = {
        ("by", look.source, look.by): (by, 1.0),
        ("piece", look.source, look.piece): (i.piece / weight, spread),
        ("piece", look.source, look.piece, look.element): (i.piece_element / weight, spread),
    }
    if look.source != settings.anchor(look.element):
        found["steady", look.source] = (i.steady, 1.0)
        found["steady", look.source, look.element] = (i.steady_element, 1.0)
    return found | {key: (1.0, times) for key, times in _doubts_of(look, settings).items()}


def _doubts_of(look: Look, settings: Settings) -> dict[Key, float]:
    takes: dict[object, float] = {(look.source, look.element): 1.0}
    if look.reason in settings.reasons:
        takes[look.reason] = 1.0
    if look.source == Source.VISIT and look.by in settings.severities and settings.levels_left:
        follows = settings.severities[look.by].follows
        names = [*sorted(settings.usual), *sorted(settings.reasons)]
        for name, times in zip(names, follows, strict=True):
            takes[name] = takes.get(name, 0.0) + times
    return _doubts(settings, takes)
