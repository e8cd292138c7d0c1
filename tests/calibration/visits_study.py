"""Simulate visits with known truth and count how often the 95 % intervals hold it.

`make calibrate` runs the full study and writes docs/methods/calibration-visits.md; or
`python -m tests.calibration.visits_study [replications]`. The suite runs a short version.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from trellis.simulate.marks import World, draw
from trellis.stats.facets import arrange, fit
from trellis.stats.gaussian import Array

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "calibration-visits.md"
SEED = 2026
SMALL = {"teachers": 40, "visitors": 6, "elements": 5}
NONE = 1e-9
WORLDS: Mapping[str, World] = MappingProxyType(
    {
        "2 visits": World(**SMALL, visits=2),
        "4 visits": World(**SMALL, visits=4),
        "8 visits": World(**SMALL, visits=8),
        "4 visits, unbalanced visitors": World(**SMALL, visits=4, unbalanced=True),
        "4 visits, lessons have no effect": World(**SMALL, visits=4, sd_lesson=NONE),
        "4 visits, lessons differ as teachers do": World(**SMALL, visits=4, sd_lesson=0.9),
        "4 visits, visitors all alike": World(**SMALL, visits=4, sd_visitor=NONE),
        "4 visits, 12 teachers, 3 visitors": World(12, 3, 5, 4),
        "3 visits, 400 teachers, 40 visitors": World(400, 40, 8, 3),
    }
)
FEWER = {"3 visits, 400 teachers, 40 visitors": 10}  # a tenth of the worlds, as many teachers


@dataclass(frozen=True, slots=True)
class Held:
    """Share of intervals that hold the truth, with its Monte Carlo standard error over worlds.

    variances : median of the estimates over the truth (NaN where the truth is nothing)
    """

    worlds: int
    element: tuple[float, float]
    overall: tuple[float, float]
    severity: tuple[float, float]
    variances: Array


def study(world: World, worlds: int, seed: int) -> Held:
    """Draw worlds, fit each on its own, and hold the intervals against the truth."""
    rng = np.random.default_rng(seed)
    shares, variances = [], []
    for _ in range(worlds):
        share, variance = _one(world, rng)
        shares.append(share)
        variances.append(variance)
    mean = np.mean(shares, axis=0)
    error = np.std(shares, axis=0) / np.sqrt(worlds)
    truth = np.array([world.sd_teacher, world.sd_element, world.sd_lesson, world.sd_visitor]) ** 2
    ratio = np.median(variances, axis=0) / np.where(truth > NONE, truth, np.nan)
    found = [(float(m), float(e)) for m, e in zip(mean, error, strict=True)]
    return Held(worlds, found[0], found[1], found[2], ratio)


def _one(world: World, rng: np.random.Generator) -> tuple[list[float], Array]:
    drawn = draw(world, rng)
    levels = np.unique(drawn.level, return_inverse=True)[1]
    places = (drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, levels)
    found = fit(arrange(*places))
    inside = np.abs(found.reading - drawn.truth) <= 1.96 * np.sqrt(found.reading_variance)
    severity = drawn.severity - drawn.severity.mean()
    known = np.abs(found.severity - severity) <= 1.96 * found.severity_se
    shares = [float(one.mean()) for one in (inside[:, :-1], inside[:, -1], known)]
    return shares, found.variances.array()


def main(replications: int = 1000) -> dict[str, Held]:
    """Run the full study, write its table, and return what was found by world."""
    with ProcessPoolExecutor() as pool:
        jobs = {
            name: pool.submit(study, world, replications // FEWER.get(name, 1), SEED + number)
            for number, (name, world) in enumerate(WORLDS.items())
        }
        found = {name: job.result() for name, job in jobs.items()}
    rows = [_line(name, WORLDS[name], held) for name, held in found.items()]
    TABLE.write_text("\n".join([HEAD, *rows, ""]))
    return found


def _line(name: str, world: World, held: Held) -> str:
    cells = " | ".join(f"{m:.1%} ± {e:.1%}" for m, e in (held.element, held.overall, held.severity))
    ratios = ", ".join("–" if np.isnan(r) else f"{r:.2f}" for r in held.variances)
    return f"| {name} | {held.worlds:,} × {world.teachers} | {cells} | {ratios} |"


HEAD = """# Calibration of visits

Written by `make calibrate`. Each world is drawn anew from the model of `visits.md` (teachers .9,
teacher by element .45, lessons .5, visitors .4 logits SD; four levels; 40 teachers, 6 visitors and
5 elements if nothing else is said) and fitted on its own, variances included. The columns say which
share of the 95 % intervals hold the truth, ± the Monte Carlo standard error over worlds. Bar: 93 to
97 %. The last column is the median estimate of each variance over its truth: teachers, teacher by
element, lessons, visitors. Where an effect is nothing at all its variance is still estimated a
little above zero, and intervals err on the side of saying less.

| world | worlds × teachers | an element | overall | a severity | variances / truth |
|---|---|---|---|---|---|"""


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
