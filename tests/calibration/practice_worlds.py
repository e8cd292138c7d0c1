"""Make worlds of lessons whose truth is known, to hold the practice model against.

They are not drawn from the model that reads them: levels are rounded and cut off at their ends,
rates are counted and may be none at all, noise may be skewed or have odd lessons in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np

from trellis.diagnosis.looks import TOP_LEVEL, Look, Source, talk_rate
from trellis.stats.gaussian import Array

FIRST = date(2022, 9, 1)
VISITORS = 12
DRAWS = 500

Teachers: TypeAlias = "list[tuple[tuple[Look, ...], Array]]"


@dataclass(frozen=True, slots=True)
class World:
    """A kind of district; standard deviations in levels (talk: in halves of a logit).

    lessons : fewest and most lessons of a teacher; days : usual days between two
    alike : correlation of a teacher's elements; drift : variance a year
    step : of the marks, in levels (1: level words); skew : bend of levels toward the low end
    odd : share of lessons with three times the noise
    rates : usual logits; without any the world has visits; none : share of lessons without any
    unbalanced : one visitor makes most of a teacher's visits
    """

    name: str
    elements: int = 5
    teachers: int = 200
    lessons: tuple[int, int] = (2, 12)
    days: int = 20
    between: float = 0.4
    alike: float = 0.5
    drift: float = 0.0
    lesson: float = 0.25
    own: float = 0.5
    visitor: float = 0.15
    step: float = 1.0
    skew: bool = False
    odd: float = 0.0
    rates: tuple[float, ...] = ()
    none: float = 0.0
    unbalanced: bool = False
    usual: tuple[float, float] = (0.8, 2.0)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What all teachers of a district share."""

    usual: Array
    between: Array
    own: Array
    severity: Array = field(repr=False)


def district(world: World, rng: np.random.Generator) -> Teachers:
    """Return each teacher's looks and where she stands on the day of the last of them, (K,).

    That is the level that visits of all visitors would find in the long run, on their own scale.
    """
    k = world.elements
    low, high = world.usual
    drawn = _Drawn(
        np.array(world.rates) if world.rates else rng.permutation(np.linspace(low, high, k)),
        world.between * rng.uniform(0.6, 1.4, k),
        world.own * rng.uniform(0.7, 1.3, k),
        rng.normal(0, world.visitor, VISITORS),
    )
    return [_teacher(world, drawn, f"t{i}", rng) for i in range(world.teachers)]


def _teacher(
    world: World, drawn: _Drawn, name: str, rng: np.random.Generator
) -> tuple[tuple[Look, ...], Array]:
    k, rho = world.elements, world.alike
    x = drawn.between * (rho**0.5 * rng.normal() + (1 - rho) ** 0.5 * rng.normal(size=k))
    on = FIRST + timedelta(days=int(rng.integers(0, 700)))
    usual_visitor = int(rng.integers(VISITORS))
    looks: list[Look] = []
    for number in range(int(rng.integers(world.lessons[0], world.lessons[1] + 1))):
        if number:
            passed = int(rng.integers(1, 2 * world.days))
            on += timedelta(days=passed)
            x = x + rng.normal(0, (world.drift * passed / 365.25) ** 0.5, k)
        noise = 3.0 if rng.random() < world.odd else 1.0
        away = x + noise * (rng.normal(0, world.lesson) + drawn.own * rng.normal(size=k))
        mostly = world.unbalanced and rng.random() < 0.8
        visitor = usual_visitor if mostly else int(rng.integers(VISITORS))
        piece = f"{name} {number}"
        if world.rates:
            looks += _talk(world, drawn, piece, on, away, rng)
        else:
            levels = drawn.usual + away + drawn.severity[visitor]
            looks += _visit(world, levels, piece, on, f"v{visitor}")
    return tuple(looks), _in_the_long_run(world, drawn, x, rng)


def _in_the_long_run(world: World, drawn: _Drawn, x: Array, rng: np.random.Generator) -> Array:
    """Return the mean mark of very many visits, (K,); of talk the usual logit and x in levels."""
    if world.rates:
        return np.asarray(drawn.usual + x)
    shared = rng.normal(0, world.lesson, (DRAWS, 1)) + rng.choice(drawn.severity, (DRAWS, 1))
    away = x + shared + drawn.own * rng.normal(size=(DRAWS, world.elements))
    return np.asarray(_marks(world, drawn.usual + away).mean(axis=0))


def _visit(world: World, levels: Array, piece: str, on: date, by: str) -> list[Look]:
    return [
        Look(piece, Source.VISIT, f"e{e}", on, float(mark), by)
        for e, mark in enumerate(_marks(world, levels))
    ]


def _marks(world: World, levels: Array) -> Array:
    bent = np.exp(levels * 1.2 - 1.8) if world.skew else levels
    return np.asarray(np.clip(np.round(bent / world.step) * world.step, 0, TOP_LEVEL))


def _talk(
    world: World, drawn: _Drawn, piece: str, on: date, away: Array, rng: np.random.Generator
) -> list[Look]:
    looks = []
    for e, logit in enumerate(drawn.usual + 2 * away):
        n = int(rng.integers(20, 150))
        chance = 0.0 if rng.random() < world.none else 1 / (1 + np.exp(-logit))
        level, variance = talk_rate(rng.binomial(n, chance) / n, n)
        looks.append(Look(piece, Source.TALK, f"e{e}", on, level, "talk", variance, n))
    return looks


def looks_of(teachers: Sequence[tuple[tuple[Look, ...], Array]]) -> list[tuple[Look, ...]]:
    """Return the looks alone."""
    return [looks for looks, _ in teachers]
