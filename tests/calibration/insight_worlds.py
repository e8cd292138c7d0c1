"""Make districts whose truth is known, for the study of how often insights mislead.

A world is drawn by its own few lines, not by the model that reads it: visits are rounded to level
words, drift may have a memory, and visitors may be strict and look only at what they care for.
What is true of a teacher is what visits of all the district's visitors would find in the mean: a
level that lies beyond the words' ends is seen by nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from scipy.special import ndtr

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.stats.gaussian import Array

ORIGIN = date(2023, 8, 1)
SINCE = date(2025, 8, 1)
TODAY = date(2026, 3, 11)
GOAL_SET = date(2025, 2, 1)
STEP = 10  # days between two points of a true path
STEPS_A_YEAR = 365.25 / STEP
USUAL = 1.6
ASKED = (0, 2, 3, 5, 7)  # places of the elements that classes are asked about
STUDENTS = 24
ANSWER_VARIANCE = 0.6
SEEN_IN_A_VISIT = 3
DISTRICT_VISITORS = 12


@dataclass(frozen=True, slots=True)
class World:
    """A kind of district; variances in squared level units, drift a year.

    memory : correlation of one step of drift with the next (0: a random walk)
    visits : fewest and most visits a teacher in nearly three years
    elements : at how many elements a teacher's visitors look
    unbalanced : visitors look at their own three elements, and one makes most of the visits
    """

    name: str
    general: float = 0.0
    element: float = 0.0
    drift: float = 0.0
    memory: float = 0.0
    view: float = 0.0
    lesson: float = 0.06
    visitor: float = 0.03
    visit: float = 0.20
    visits: tuple[int, int] = (2, 10)
    elements: int = 11
    asks: int = 6
    unbalanced: bool = False
    teachers: int = 200


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one teacher: levels (steps, 11), and what students see otherwise.

    path : where she is; found : what visits find of it in the long run
    view : of all that she does
    view_element : (11,) of each element beside that
    """

    path: Array
    found: Array
    view: float
    view_element: Array

    def level(self, on: date) -> Array:
        """Return what visits find of each element on a day in the long run, (11,)."""
        return np.asarray(self.found[_step(on)])

    def at(self, on: date) -> Array:
        """Return where each element is on a day, (11,)."""
        return np.asarray(self.path[_step(on)])


def _step(on: date) -> int:
    return (on - ORIGIN).days // STEP


@dataclass(frozen=True, slots=True)
class Teacher:
    """One simulated teacher: her looks, the truth, and the element of her goal."""

    looks: tuple[Look, ...]
    truth: Truth
    goal: str


@dataclass(frozen=True, slots=True)
class _Visitors:
    severity: Array
    favorites: list[Array] = field(default_factory=list)


def district(world: World, rng: np.random.Generator) -> list[Teacher]:
    """Return the teachers of one district."""
    visitors = _Visitors(
        rng.normal(0, world.visitor**0.5, DISTRICT_VISITORS),
        [rng.choice(len(ELEMENTS), SEEN_IN_A_VISIT, replace=False)
         for _ in range(DISTRICT_VISITORS)],
    )  # fmt: skip
    return [_teacher(world, f"t{i}", visitors, rng) for i in range(world.teachers)]


def _teacher(world: World, name: str, visitors: _Visitors, rng: np.random.Generator) -> Teacher:
    path = _path(world, rng)
    truth = Truth(path, _in_the_long_run(world, path, visitors), *_view(world, rng))
    mine = rng.choice(len(ELEMENTS), world.elements, replace=False)
    looks = [*_visits(world, name, truth, mine, visitors, rng), *_answers(world, name, truth, rng)]
    return Teacher(tuple(looks), truth, ELEMENTS[mine[0]])


def _path(world: World, rng: np.random.Generator) -> Array:
    """Return true levels; with a memory, drift keeps its yearly variance but runs smoothly."""
    steps = (TODAY - ORIGIN).days // STEP + 1
    pushes = rng.normal(0, (world.drift / STEPS_A_YEAR) ** 0.5, (steps, len(ELEMENTS)))
    moves = np.zeros_like(pushes)
    for i in range(1, steps):
        moves[i] = world.memory * moves[i - 1] + (1 - world.memory) * pushes[i]
    start = rng.normal(0, world.general**0.5) + rng.normal(0, world.element**0.5, len(ELEMENTS))
    return np.asarray(USUAL + start + np.cumsum(moves, axis=0))


def _in_the_long_run(world: World, path: Array, visitors: _Visitors) -> Array:
    """Return the mean word, 0 to 3, of very many visits by all visitors."""
    sd = (world.lesson + world.visit) ** 0.5
    by_all = path + visitors.severity[:, None, None]
    return np.asarray(sum(ndtr((by_all - (word - 0.5)) / sd) for word in (1, 2, 3)).mean(axis=0))


def _view(world: World, rng: np.random.Generator) -> tuple[float, Array]:
    half = (world.view / 2) ** 0.5
    return float(rng.normal(0, half)), rng.normal(0, half, len(ELEMENTS))


def _visits(
    world: World, name: str, truth: Truth, mine: Array, visitors: _Visitors,
    rng: np.random.Generator,
) -> list[Look]:  # fmt: skip
    count = int(rng.integers(world.visits[0], world.visits[1] + 1))
    mine_first = rng.choice(DISTRICT_VISITORS, 3, replace=False)
    looks = []
    for k in range(count):
        on = ORIGIN + timedelta(days=40 + int(880 * (k + rng.uniform()) / count))
        who = mine_first[0 if world.unbalanced and rng.uniform() < 0.8 else k % 3]
        seen = visitors.favorites[who] if world.unbalanced else mine
        lesson = rng.normal(0, world.lesson**0.5)
        for e in rng.choice(seen, SEEN_IN_A_VISIT, replace=False):
            noise = rng.normal(0, world.visit**0.5)
            level = truth.at(on)[e] + lesson + visitors.severity[who] + noise
            word = float(np.clip(round(level), 0, 3))
            looks.append(Look(f"{name} v{k}", Source.VISIT, ELEMENTS[e], on, word, f"v{who}"))
    return looks


def _answers(world: World, name: str, truth: Truth, rng: np.random.Generator) -> list[Look]:
    klass, by = rng.normal(0, 0.03**0.5), f"{name} class"
    looks = []
    for k in range(world.asks):
        on = ORIGIN + timedelta(days=70 + 870 * k // max(world.asks - 1, 1))
        shared = klass + rng.normal(0, 0.1)
        for e in ASKED:
            sampling = ANSWER_VARIANCE / STUDENTS
            noise = rng.normal(0, (0.02 + sampling) ** 0.5)
            otherwise = truth.view + truth.view_element[e]
            level = truth.at(on)[e] + 0.3 + otherwise + shared + noise
            looks.append(
                Look(f"{by} {on}", Source.CLASS_FEEDBACK, ELEMENTS[e], on,
                     float(np.clip(level, 0, 3)), by, sampling, STUDENTS)
            )  # fmt: skip
    return looks


def seen(teachers: Sequence[Teacher]) -> list[tuple[Look, ...]]:
    """Return all teachers' looks."""
    return [teacher.looks for teacher in teachers]
