"""The many-facet model's exact posterior, given its variances, by Hamiltonian Monte Carlo.

Nothing is shared with the product: effects are standard normals times their standard deviations,
marks are scored one by one, and many chains run side by side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trellis.simulate.marks import Drawn

Array = NDArray[np.float64]
FLAT = 10.0  # prior SD of usual places and thresholds


@dataclass(frozen=True, slots=True)
class Sampler:
    """Sampler over (teachers, teacher by element, lessons, visitors, usual, kappa), in this order.

    sds : standard deviations of the first four
    """

    drawn: Drawn
    sds: tuple[float, float, float, float]

    def sizes(self) -> list[int]:
        """Return how many of each there are."""
        teachers, elements = self.drawn.truth.shape[0], self.drawn.truth.shape[1] - 1
        lessons, visitors = int(self.drawn.lesson.max()) + 1, len(self.drawn.severity)
        top = int(self.drawn.level.max())
        return [teachers, teachers * elements, lessons, visitors, elements, top - 1]

    def readings(self, chains: int, draws: int, rng: np.random.Generator) -> Array:
        """Return draws of theta + gamma and, last, theta: (n, teachers, elements + 1)."""
        state = rng.normal(0, 0.1, (chains, sum(self.sizes())))
        kept, step = [], 0.14
        for turn in range(draws + 60):
            state = self._move(state, step * rng.uniform(0.7, 1.3), rng)
            if turn >= 60:
                kept.append(self._reading(state))
        return np.concatenate(kept)

    def _parts(self, state: Array) -> list[Array]:
        parts = np.split(state, np.cumsum(self.sizes())[:-1], axis=1)
        return [part * sd for part, sd in zip(parts, (*self.sds, FLAT, FLAT), strict=True)]

    def _reading(self, state: Array) -> Array:
        teacher, own, _, _, usual, _ = self._parts(state)
        middle = usual.mean(axis=1)[:, None]
        by_element = own.reshape(len(state), teacher.shape[1], -1) + teacher[:, :, None]
        whole = np.concatenate([by_element, teacher[:, :, None]], axis=2)
        return whole + middle[:, :, None]

    def _log_density(self, state: Array) -> tuple[Array, Array]:
        d, size = self.drawn, self.sizes()
        teacher, own, lesson, visitor, usual, kappa = self._parts(state)
        cell = d.teacher * size[4] + d.element
        eta = teacher[:, d.teacher] + own[:, cell] + lesson[:, d.lesson] - visitor[:, d.visitor]
        eta = eta + usual[:, d.element]
        steps = np.arange(size[5] + 2)
        below = np.concatenate([0 * kappa[:, :1], kappa, 0 * kappa[:, :1]], axis=1)
        logits = steps * eta[:, :, None] - below[:, None, :]
        logits -= logits.max(axis=2, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=2, keepdims=True)
        chosen = np.take_along_axis(p, d.level[None, :, None], axis=2)[:, :, 0]
        pull = d.level - p @ steps
        hit = steps[1:-1] == d.level[:, None]
        slopes = [
            *(
                self._summed(pull, places, count) * sd * sign
                for places, count, sd, sign in (
                    (d.teacher, size[0], self.sds[0], 1),
                    (cell, size[1], self.sds[1], 1),
                    (d.lesson, size[2], self.sds[2], 1),
                    (d.visitor, size[3], self.sds[3], -1),
                    (d.element, size[4], FLAT, 1),
                )
            ),
            (p[:, :, 1:-1] - hit).sum(axis=1) * FLAT,
        ]
        value = np.log(chosen).sum(axis=1) - 0.5 * (state**2).sum(axis=1)
        return value, np.concatenate(slopes, axis=1) - state

    @staticmethod
    def _summed(pull: Array, places: NDArray[np.int64], count: int) -> Array:
        to = np.zeros((len(places), count))
        to[np.arange(len(places)), places] = 1
        return pull @ to

    def _move(self, state: Array, step: float, rng: np.random.Generator) -> Array:
        scale = np.ones(state.shape[1])
        scale[-(self.sizes()[4] + self.sizes()[5]) :] = 0.3 / FLAT
        momentum = rng.normal(size=state.shape)
        before, slope = self._log_density(state)
        energy = before - 0.5 * (momentum**2).sum(axis=1)
        place, speed = state, momentum + 0.5 * step * scale * slope
        for leap in range(12):
            place = place + step * scale * speed
            after, slope = self._log_density(place)
            speed = speed + step * scale * slope * (1 if leap < 11 else 0.5)
        change = after - 0.5 * (speed**2).sum(axis=1) - energy
        taken = np.log(rng.random(len(state))) < change
        return np.where(taken[:, None], place, state)
