"""A second, plain smoother for the practice model: Kalman filter and Rauch-Tung-Striebel.

Written apart from the product, with loops and an explicit state vector: 11 elements that walk,
then one entry that stands still for each lesson, visitor, class, administration and the own
intercept. Only the tests use it.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.diagnosis.practice import Settings
from trellis.stats.gaussian import Array

K = len(ELEMENTS)


def smooth(looks: Sequence[Look], settings: Settings, on: date) -> tuple[Array, Array]:
    """Return mean (11,) and covariance (11, 11) of the elements on a day, all looks used."""
    v = settings.variances
    effects = _effects(looks, settings)
    names = list(effects)
    size = K + len(names)
    days = sorted({look.on for look in looks} | {on, settings.origin})

    mean = np.zeros(size)
    cov = np.zeros((size, size))
    cov[:K, :K] = v.general + v.element * np.eye(K)
    for j, name in enumerate(names):
        cov[K + j, K + j] = effects[name]

    predicted, filtered = [], []
    before = settings.origin
    for day in days:
        step = np.zeros((size, size))
        years = (day - before).days / 365.25
        step[:K, :K] = years * (v.drift_general + v.drift_element * np.eye(K))
        cov = cov + step
        predicted.append((mean.copy(), cov.copy()))
        for look in looks:
            if look.on == day:
                mean, cov = _update(mean, cov, look, names, settings)
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
    mean, cov = found[on]
    usual = np.array([settings.usual[Source.VISIT, e] for e in ELEMENTS])
    return usual + mean[:K], cov[:K, :K]


def _effects(looks: Sequence[Look], settings: Settings) -> dict[tuple[str, str], float]:
    v = settings.variances
    effects: dict[tuple[str, str], float] = {}
    for look in looks:
        if look.source == Source.VISIT:
            effects["lesson", look.piece] = v.lesson
            effects["visitor", look.by] = v.visitor
        elif look.source == Source.CLASS_FEEDBACK:
            effects["class", look.by] = v.klass
            effects["administration", look.piece] = v.administration
            effects["view", ""] = v.view
            effects["view", look.element] = v.view_element
        else:
            effects["own", ""] = v.self_intercept
    return effects


def _update(
    mean: Array, cov: Array, look: Look, names: list[tuple[str, str]], settings: Settings
) -> tuple[Array, Array]:
    v = settings.variances
    h = np.zeros(len(mean))
    h[ELEMENTS.index(look.element)] = 1.0
    if look.source == Source.VISIT:
        noise = v.visit
        mine = [("lesson", look.piece), ("visitor", look.by)]
    elif look.source == Source.CLASS_FEEDBACK:
        noise = v.feedback
        mine = [
            ("class", look.by),
            ("administration", look.piece),
            ("view", ""),
            ("view", look.element),
        ]
    else:
        noise = v.self_reading
        mine = [("own", "")]
    for name in mine:
        h[K + names.index(name)] = 1.0
    innovation = look.level - settings.usual[look.source, look.element] - h @ mean
    variance = h @ cov @ h + noise + look.known_variance
    gain = cov @ h / variance
    return mean + gain * innovation, cov - np.outer(gain, h @ cov)
