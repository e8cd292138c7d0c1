"""Draw marks of visits from the many-facet model itself, with the truth, to hold estimates against.

The district of `trellis simulate` is drawn otherwise; these worlds are for studies of one model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.int64]
THRESHOLDS = (-1.5, 0.0, 1.5)


@dataclass(frozen=True, slots=True)
class World:
    """How a world of visits is made; standard deviations in logits.

    visits : lessons seen of each teacher, each by one visitor
    unbalanced : some visitors make many times as many visits as others, instead of all alike
    """

    teachers: int
    visitors: int
    elements: int = 8
    visits: int = 3
    sd_teacher: float = 0.9
    sd_element: float = 0.45
    sd_lesson: float = 0.5
    sd_visitor: float = 0.4
    unbalanced: bool = False
    thresholds: Sequence[float] = THRESHOLDS


@dataclass(frozen=True, slots=True)
class Drawn:
    """Marks and their truth.

    teacher, lesson, visitor, element, level : (n,) places; levels from 0
    truth : (teachers, elements + 1) theta + gamma, theta last
    severity : (visitors,) of those who made a visit
    """

    teacher: Places
    lesson: Places
    visitor: Places
    element: Places
    level: Places
    truth: Array
    severity: Array


def draw(world: World, rng: np.random.Generator) -> Drawn:
    """Return marks of every element in every visit."""
    lessons, size = world.teachers * world.visits, world.elements
    theta = rng.normal(0.3, world.sd_teacher, world.teachers)
    gamma = rng.normal(0, world.sd_element, (world.teachers, size))
    difficulty = np.linspace(-0.6, 0.6, size) if size > 1 else np.zeros(1)
    by, severity = _visitors(world, lessons, rng)
    lesson, element = np.divmod(np.arange(lessons * size), size)
    teacher, visitor = lesson // world.visits, by[lesson]
    eta = theta[teacher] + gamma[teacher, element] - difficulty[element] - severity[visitor]
    eta += rng.normal(0, world.sd_lesson, lessons)[lesson]
    level = _levels(eta, np.asarray(world.thresholds), rng)
    truth = np.column_stack([theta[:, None] + gamma, theta])
    return Drawn(teacher, lesson, visitor, element, level, truth, severity)


def _visitors(world: World, lessons: int, rng: np.random.Generator) -> tuple[Places, Array]:
    """Return who sees each lesson, without holes, and their severities."""
    if world.unbalanced:
        busy = rng.pareto(1.2, world.visitors) + 0.05
        by = rng.choice(world.visitors, lessons, p=busy / busy.sum())
    else:
        by = rng.permutation(lessons) % world.visitors
    seen, by = np.unique(by, return_inverse=True)
    return by.astype(np.int64), rng.normal(0, world.sd_visitor, len(seen))


def _levels(eta: Array, thresholds: Array, rng: np.random.Generator) -> Places:
    steps = np.arange(len(thresholds) + 1)
    logits = steps * eta[:, None] - np.concatenate([[0.0], np.cumsum(thresholds)])
    chance = np.exp(logits - logits.max(axis=1, keepdims=True))
    upto = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    return np.asarray((rng.random(len(eta))[:, None] > upto).sum(axis=1), dtype=np.int64)
