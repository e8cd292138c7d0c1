"""Make small districts with a known effect, to see how often the estimators are right."""

from dataclasses import dataclass

import numpy as np

from trellis.efficacy.effects import FloatArray
from trellis.efficacy.lottery import Draws
from trellis.efficacy.staggered import Panel

RELIABILITY = 0.66  # four looks by four visitors: the measured outcome is that noisy
YEARS = (2024, 2025, 2026)


def a_lottery(
    rng: np.random.Generator,
    *,
    effect: float = 0.0,
    schools: int = 10,
    cohorts: int = 3,
    per_block: int = 8,
    missing: float = 0.15,
) -> Draws:
    """Three fall draws within schools; those not drawn may draw again; some are never measured.

    The planted effect is in standard deviations of the measured outcome without the program.
    """
    practice = rng.normal(0, 1, (schools, per_block * (cohorts + 1))) + rng.normal(
        0, 0.4, (schools, 1)
    )
    rows: list[tuple[int, int, bool, float, float, float]] = []
    for school in range(schools):
        waiting: list[int] = []
        for cohort in range(cohorts):
            fresh = range(cohort * per_block, (cohort + 1) * per_block)
            pool = np.array([*waiting[: per_block // 2], *fresh])
            seats = max(1, len(pool) // 2)
            drawn = np.isin(pool, rng.choice(pool, seats, replace=False))
            waiting = [int(i) for i in pool[~drawn]]
            for i, won in zip(pool, drawn, strict=True):
                rows.append(
                    (
                        school * 1000 + int(i),
                        school * 10 + cohort,
                        bool(won),
                        seats / len(pool),
                        _seen(rng, practice[school, i], missing)
                        + effect * bool(won) * _measured_sd(),
                        _seen(rng, practice[school, i], missing),
                    )
                )
    person, block, won_, p, y, x = zip(*rows, strict=True)
    return Draws(
        np.array(person), np.array(block), np.array(won_), np.array(p), np.array(y), np.array(x)
    )


def _measured_sd() -> float:
    return float(np.sqrt((1 + 0.4**2) / RELIABILITY))


def _seen(rng: np.random.Generator, true: float, missing: float) -> float:
    noise = float(np.sqrt((1 + 0.4**2) * (1 / RELIABILITY - 1)))
    return float("nan") if rng.random() < missing else true + rng.normal(0, noise)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How many schools start in 2025, in 2026, and not at all."""

    first: int
    second: int
    never: int


def a_rollout(
    rng: np.random.Generator,
    rollout: Rollout,
    *,
    effect: float = 0.0,
    teachers: int = 25,
    shock: float = 0.15,
) -> Panel:
    """Schools that start at different times, each with its own level and its own yearly shocks.

    The planted effect is in standard deviations between teachers of all schools in a year.
    """
    starts = np.repeat([2025, 2026, 0], [rollout.first, rollout.second, rollout.never])
    levels = rng.normal(0, 0.4, len(starts))
    rows: list[tuple[int, int, int, float]] = []
    for school, start in enumerate(starts):
        person = rng.normal(0, np.sqrt(0.5), teachers)
        for year in YEARS:
            year_level = levels[school] + rng.normal(0, shock)
            on = start > 0 and year >= start
            seen = year_level + person + rng.normal(0, np.sqrt(0.5), teachers)
            rows += [(school, year, int(start), y + effect * on * _teacher_sd(shock)) for y in seen]
    table: FloatArray = np.array(rows)
    school_, period, start_, outcome = table.T
    return Panel(school_.astype(int), period.astype(int), start_.astype(int), outcome)


def _teacher_sd(shock: float) -> float:
    return float(np.sqrt(1 + 0.4**2 + shock**2))
