"""Simulate districts of classes with known truth: do intervals hold, are flags seldom false?

`make calibrate` runs the full study and writes docs/methods/calibration-mastery.md; the suite runs
a short version of the same functions.
"""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
from scipy.special import expit, logit, ndtri

from trellis.diagnosis.mastery import DELTA, LEVEL, ClassResult, Readiness, readiness
from trellis.stats.gaussian import Array

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "calibration-mastery.md"
LEVELS = (0.80, 0.95)


@dataclass(frozen=True, slots=True)
class World:
    """A kind of district; spreads are standard deviations in logits.

    own : of a class on one objective, beside its level: what is looked for
    ability : of students within a class
    student_own : of one student on one objective, beside her ability
    items : fewest and most items for an objective
    sizes : smallest and largest class
    met : share of the objectives that a class met
    strong_meet_hard : classes that met the harder half are the stronger ones
    """

    name: str
    own: float = 0.0
    level: float = 0.5
    ability: float = 0.8
    student_own: float = 0.0
    items: tuple[int, int] = (6, 6)
    sizes: tuple[int, int] = (18, 28)
    classes: int = 60
    objectives: int = 8
    met: float = 1.0
    strong_meet_hard: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Counts over simulated districts."""

    flags: int
    false: int
    needs: int  # cells that are truly behind by more than delta
    hit: int  # of these, how many were flagged
    classes: int
    with_flag: int
    covered: tuple[int, ...]
    cells: int

    @property
    def false_share(self) -> float:
        """Share of all flags that are false."""
        return self.false / max(self.flags, 1)

    @property
    def any_flag(self) -> float:
        """Share of classes that see a flag."""
        return self.with_flag / self.classes

    def coverage(self, level: float) -> float:
        """Share of intervals that hold the class's true share of items right."""
        return self.covered[LEVELS.index(level)] / self.cells


def study(world: World, *, districts: int, seed: int) -> Found:
    """Simulate districts and hold flags and intervals against the truth."""
    rng = np.random.default_rng(seed)
    counts = np.zeros(6 + len(LEVELS), dtype=int)
    for _ in range(districts):
        results, share, own = district(world, rng)
        counts += _counts(readiness(results), share, own)
    flags, false, needs, hit, with_flag, cells, *covered = (int(x) for x in counts)
    classes = districts * world.classes
    return Found(flags, false, needs, hit, classes, with_flag, tuple(covered), cells)


def district(world: World, rng: np.random.Generator) -> tuple[list[ClassResult], Array, Array]:
    """Return results, true shares of items right, and true own differences, (classes, objectives).

    Both truths are about the students who sit in the class.
    """
    hard = np.linspace(-1.5, 1.0, world.objectives)  # from hard to easy
    level = np.sort(rng.normal(0, world.level, world.classes))
    own = rng.normal(0, world.own, (world.classes, world.objectives))
    share = np.full_like(own, np.nan)
    results = []
    for c in range(world.classes):
        students = int(rng.integers(world.sizes[0], world.sizes[1] + 1))
        ability = rng.normal(0, world.ability, (students, 1))
        theirs = rng.normal(0, world.student_own, (students, world.objectives))
        own[c] += theirs.mean(axis=0)
        p = expit(hard + level[c] + own[c] + ability + theirs - theirs.mean(axis=0))
        share[c] = p.mean(axis=0)
        for s in _met(world, c, rng):
            items = int(rng.integers(world.items[0], world.items[1] + 1))
            right = rng.binomial(items, p[:, s]) / items
            results.append(
                ClassResult(f"{c:04}", f"{s:03}", students, float(right.mean()),
                            float(right.var()), float(items))
            )  # fmt: skip
    return results, share, own


def _met(world: World, c: int, rng: np.random.Generator) -> Array:
    count = max(round(world.met * world.objectives), 2)
    if not world.strong_meet_hard:
        return np.sort(rng.choice(world.objectives, count, replace=False))
    first = 0 if c >= world.classes / 2 else world.objectives - count
    return np.arange(first, first + count)


def _counts(found: tuple[Readiness, ...], share: Array, own: Array) -> Array:
    cells = [(int(r.klass), int(r.objective)) for r in found]
    flagged = np.array([r.next for r in found])
    behind = np.array([own[cell] < -DELTA for cell in cells])
    spread = np.array([_spread(r) for r in found])
    off = np.abs(
        [logit(r.right.value) - logit(share[c]) for r, c in zip(found, cells, strict=True)]
    )
    covered = [int((off <= ndtri(0.5 + level / 2) * spread).sum()) for level in LEVELS]
    with_flag = len({r.klass for r in found if r.next})
    return np.array([
        flagged.sum(), (flagged & ~behind).sum(), behind.sum(), (flagged & behind).sum(),
        with_flag, len(found), *covered,
    ])  # fmt: skip


def _spread(row: Readiness) -> float:
    """Return the standard deviation in logits behind an interval, which is normal there."""
    low, high = logit([row.right.interval.low, row.right.interval.high])
    return float(high - low) / 2 / float(ndtri(0.5 + LEVEL / 2))


NULL = (
    World("no own differences"),
    World("no own differences; 10 students a class", sizes=(10, 10)),
    World("no own differences; 3 items", items=(3, 3)),
    World("no own differences; students differ much", ability=1.5),
    World("no own differences; objectives that few classes met", objectives=40, met=0.1),
    World("no own differences; stronger classes met the harder half", strong_meet_hard=True,
          met=0.5),
    World("no own differences; a school of 6 classes", classes=6),
)  # fmt: skip
DIFFERENT = World("own differences", own=0.5)
PLANTED = (
    replace(DIFFERENT, name="small own differences", own=0.25),
    DIFFERENT,
    replace(DIFFERENT, name="… 10 students a class", sizes=(10, 10)),
    replace(DIFFERENT, name="… classes of 10 to 35, 1 to 12 items", sizes=(10, 35), items=(1, 12)),
    replace(DIFFERENT, name="… 3 items", items=(3, 3)),
    replace(DIFFERENT, name="… students differ much", ability=1.5),
    replace(DIFFERENT, name="… and on each objective their own way", student_own=0.8),
    replace(DIFFERENT, name="… objectives that few classes met", objectives=40, met=0.1),
    replace(DIFFERENT, name="… stronger classes met the harder half", strong_meet_hard=True,
            met=0.5),
    replace(DIFFERENT, name="… a school of 6 classes", classes=6),
)  # fmt: skip


def main() -> dict[World, Found]:
    """Run the full study, write its table, and return what was found by world."""
    worlds = (*NULL, *PLANTED)
    with ProcessPoolExecutor() as pool:
        found = dict(zip(worlds, pool.map(full, worlds, range(len(worlds))), strict=True))
    TABLE.write_text(as_markdown(found))
    return found


def full(world: World, seed: int) -> Found:
    """Study about two thousand classes of a world."""
    return study(world, districts=2000 // world.classes, seed=seed)


def as_markdown(found: Mapping[World, Found]) -> str:
    """Return the page with its two tables."""
    null = [_null_row(world, found[world]) for world in NULL]
    planted = [_planted_row(world, found[world]) for world in PLANTED]
    return "\n".join([HEAD, *null, MIDDLE, *planted, ""])


def _null_row(world: World, f: Found) -> str:
    return f"| {world.name} | {f.classes:,} | {_share(f.any_flag, f.classes)} | {_held(f)} |"


def _planted_row(world: World, f: Found) -> str:
    false, hit = _share(f.false_share, f.flags), f"{f.hit / max(f.needs, 1):.0%}"
    return f"| {world.name} | {f.classes:,} | {f.flags:,} | {false} | {hit} | {_held(f)} |"


def _held(f: Found) -> str:
    return " | ".join(f"{f.coverage(level):.1%}" for level in LEVELS)


def _share(share: float, n: int) -> str:
    """Say a share with its Monte Carlo standard error."""
    return f"{share:.1%} ± {sqrt(max(share * (1 - share), 1e-4) / max(n, 1)):.1%}"


HEAD = """# Calibration of next learning

Written by `make calibrate`: about two thousand simulated classes in each world
(`tests/calibration/mastery_study.py`), in districts of 60 classes with 8 objectives, 18 to 28
students of different ability (SD 0.8 logits) and 6 items each, unless the world says otherwise. ±
is the Monte Carlo standard error. Intervals are of the share of items right of the students who sit
in the class.

## Classes that differ in level alone

Every flag would be false. Intervals hold more than they claim: the spread of own differences leans
on its start and is never quite zero, so that the error is on the side of saying less.

| world | classes | that see a flag | 80 % hold | 95 % hold |
|---|---|---|---|---|"""
MIDDLE = """
## Classes with differences of their own

SD 0.5 logits (0.25 where small). A flag is false if the class is not truly behind by more than 0.2
logits. Bars: at most 10 % of flags are false; 80 % intervals hold 76-84 %, 95 % intervals 93-97 %.

| world | classes | flags | false | needs that are flagged | 80 % hold | 95 % hold |
|---|---|---|---|---|---|---|"""
