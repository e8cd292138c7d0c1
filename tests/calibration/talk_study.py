"""Simulate lessons of a known kind of talk, and count how often the ranges hold the truth.

`make calibrate` runs the full study and writes docs/methods/calibration-talk.md; the suite runs a
short version of the same functions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trellis.stats.stretches import Array, mean, median, share

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "calibration-talk.md"
SIZES = (20, 40, 80, 160)
LONG = 400_000  # units of the one endless lesson that gives the true share
HEAD = """# How often the ranges of classroom talk hold the truth

Lessons are drawn from a kind of talk whose share, mean or median is known; {n:,} lessons for each
cell. A 95 % range should hold the truth 93 to 97 times in 100. *Alone*: each unit is drawn by
itself. *In runs*: a question or an answer is of the kind of the one before with a chance of 3 in
10; turns are longer in some phases of a lesson than in others (autocorrelation .5).
Monte Carlo error about {error:.1f} points.
Written by `make calibrate`; the worlds are in `tests/calibration/talk_study.py`.

| figure | world | {sizes} |
|---|---|{dashes}|
"""

Draw = Callable[[np.random.Generator, int], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class World:
    """A kind of talk: parts and wholes of its units in a row, and its true value."""

    figure: str
    name: str
    draw: Draw
    truth: float


def yes_or_no(rate: float, stays: float) -> Draw:
    """Return questions that ask for thinking, or exchanges that are taken up."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        drawn, fresh = rng.random(n) < rate, rng.random(n) >= stays
        fresh[0] = True
        last = np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
        return drawn[last].astype(np.float64), np.ones(n)

    return draw


def turns(phases: float) -> Draw:
    """Return students' words of all words, turn by turn; both speak by turns, long tails."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        phase = _autoregressive(rng, n, phases)
        teacher = np.arange(n) % 2 == 0
        level = np.where(teacher, 2.8 + 0.3 * phase, 1.8 - 0.3 * phase)
        words = np.ceil(np.exp(level + 0.8 * rng.standard_normal(n)))
        return np.where(teacher, 0.0, words), words

    return draw


def lengths(phases: float) -> Draw:
    """Return the words of students' turns."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
        phase = _autoregressive(rng, n, phases)
        return np.exp(1.8 + 0.3 * phase + 0.7 * rng.standard_normal(n)), np.ones(n)

    return draw


def pauses(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Return seconds after a question; the true median is 1."""
    return np.exp(0.8 * rng.standard_normal(n)), np.ones(n)


def worlds() -> Iterator[World]:
    """Yield every kind of talk of the study."""
    for rate in (0.1, 0.25, 0.5):
        for name, stays in (("alone", 0.0), ("in runs", 0.3)):
            yield World(f"share of {100 * rate:.0f} %", name, yes_or_no(rate, stays), rate)
    for name, phases in (("alone", 0.0), ("in runs", 0.5)):
        parts, wholes = turns(phases)(np.random.default_rng(1), LONG)
        truth = float(parts.sum() / wholes.sum())
        yield World("students' share of words", name, turns(phases), truth)
    for name, phases in (("alone", 0.0), ("in runs", 0.5)):
        parts, _ = lengths(phases)(np.random.default_rng(2), LONG)
        yield World("mean words of a turn", name, lengths(phases), float(parts.mean()))
    yield World("median pause", "alone", pauses, 1.0)


def coverage(world: World, n: int, lessons: int, seed: int = 3) -> float:
    """Return how often the range holds the truth over so many lessons of n units."""
    rng = np.random.default_rng([seed, n])
    return float(np.mean([_holds(world, *world.draw(rng, n)) for _ in range(lessons)]))


def main(lessons: int = 4000) -> dict[tuple[str, str, int], float]:
    """Run the full study, write its table, return the coverage of every cell."""
    found, rows = {}, []
    for world in worlds():
        cells = {n: coverage(world, n, lessons) for n in SIZES}
        found |= {(world.figure, world.name, n): value for n, value in cells.items()}
        said = " | ".join(f"{100 * value:.1f}" for value in cells.values())
        rows.append(f"| {world.figure} | {world.name} | {said} |")
    head = HEAD.format(
        n=lessons, error=100 * (0.95 * 0.05 / lessons) ** 0.5,
        sizes=" | ".join(f"{n} units" for n in SIZES), dashes="---|" * (len(SIZES) - 1) + "---",
    )  # fmt: skip
    TABLE.write_text(head + "\n".join(rows) + "\n")
    return found


def _holds(world: World, parts: Array, wholes: Array) -> bool:
    if world.figure.startswith("mean"):
        return mean(parts)[1].holds(world.truth)
    if world.figure.startswith("median"):
        return median(parts)[1].holds(world.truth)
    return share(parts, wholes).interval.holds(world.truth)


def _autoregressive(rng: np.random.Generator, n: int, keeps: float) -> Array:
    """Return a standard normal series of which a part is kept from unit to unit."""
    noise = rng.standard_normal(n)
    found = np.empty(n)
    found[0] = noise[0]
    for i in range(1, n):
        found[i] = keeps * found[i - 1] + np.sqrt(1 - keeps**2) * noise[i]
    return found
