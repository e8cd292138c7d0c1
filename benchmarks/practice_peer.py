"""The practice model as a state space for statsmodels: a peer to time, and an oracle for tests.

The state is the K elements, which walk, then one entry that stands still for whatever several looks
share. Each day with looks is one step; looks of a day are its observations, missing where fewer.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from trellis.diagnosis.looks import Look
from trellis.diagnosis.practice_model import expected
from trellis.diagnosis.practice_settings import Settings
from trellis.stats.gaussian import Array


def as_state_space(looks: Sequence[Look], settings: Settings, on: date) -> KalmanSmoother:
    """Return a bound state space of looks with default origin, read by their own sources.

    Looks must be of visits, class feedback or self-reflections; `on` is the last step.
    """
    k = len(settings.elements)
    parts = {look: _parts(look, settings) for look in looks}
    still = {name: v for of in parts.values() for name, v in of.items()}
    place = {name: k + i for i, name in enumerate(still)}
    days = sorted({look.on for look in looks} | {on})
    by_day = [[look for look in looks if look.on == day] for day in days]
    most, size, steps = max(map(len, by_day)), k + len(still), len(days)

    walk = settings.drift * (settings.shared * np.ones((k, k)) + (1 - settings.shared) * np.eye(k))
    start = np.zeros((size, size))
    start[:k, :k] = np.diag(settings.own) + sum(np.outer(f, f) for f in settings.factors)
    start[range(k, size), range(k, size)] = list(still.values())
    origin = settings.origin or days[0]
    start[:k, :k] += (days[0] - origin).days / 365.25 * walk

    model = KalmanSmoother(k_endog=most, k_states=size, k_posdef=size)
    y = np.full((most, steps), np.nan)
    design, noise = np.zeros((most, size, steps)), np.zeros((most, most, steps))
    moves = np.zeros((size, size, steps))
    for t, seen in enumerate(by_day):
        noise[:, :, t] = np.eye(most)
        if t + 1 < steps:
            moves[:k, :k, t] = (days[t + 1] - days[t]).days / 365.25 * walk
        for i, look in enumerate(seen):
            y[i, t] = look.level - expected(look, settings)
            design[i, settings.elements.index(look.element), t] = 1.0
            design[i, [place[name] for name in parts[look]], t] = 1.0
            noise[i, i, t] = settings.instruments[look.source].own + look.known_variance
    model.bind(np.asfortranarray(y))
    model["design"], model["obs_cov"], model["state_cov"] = design, noise, moves
    model["transition"] = model["selection"] = np.eye(size)
    model.initialize_known(np.zeros(size), start)
    return model


def smooth(looks: Sequence[Look], settings: Settings, on: date) -> tuple[Array, Array]:
    """Return mean (K,) and covariance (K, K) of the elements on the last day."""
    k = len(settings.elements)
    found = as_state_space(looks, settings, on).smooth()
    usual = np.array([settings.usual[settings.anchor(e), e] for e in settings.elements])
    return usual + found.smoothed_state[:k, -1], found.smoothed_state_cov[:k, :k, -1]


def _parts(look: Look, settings: Settings) -> dict[tuple[str, ...], float]:
    i = settings.instruments[look.source]
    found: dict[tuple[str, ...], float] = {
        ("by", look.source, look.by): i.by,
        ("piece", look.source, look.piece): i.piece,
        ("piece", look.source, look.piece, look.element): i.piece_element,
    }
    if look.source != settings.anchor(look.element):
        found["steady", look.source] = i.steady
        found["steady", look.source, look.element] = i.steady_element
    return {name: v for name, v in found.items() if v > 0}
