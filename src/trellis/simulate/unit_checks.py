"""Give classes short unit checks, each on one learning objective."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import expit

from trellis.simulate.classes import Section
from trellis.simulate.days import Year, day_in
from trellis.simulate.growth import Standing
from trellis.simulate.instruments import Ints
from trellis.simulate.involvement import ANA
from trellis.simulate.objectives import Objective
from trellis.simulate.traits import Floats

CHECKED_GRADES = range(9)
CHECKS_PER_OBJECTIVE = 2
MISSED = 0.06
ABILITY_SLOPE, CLASS_SD, CLASS_BY_OBJECTIVE_SD, OBJECTIVE_SD = 0.9, 0.25, 0.45, 0.6
# Ana's class: explaining a comparison of fractions is clearly next.
ANAS_OBJECTIVE, ANAS_DEVIATION = "M.4.4", -1.3


@dataclass(frozen=True, slots=True)
class UnitCheck:
    """A check of one objective in one class.

    Attributes
    ----------
    students : (n,) those who took it.
    correct : (n,) items answered correctly.
    """

    id: str
    section: Section
    objective: Objective
    on: date
    items: int
    students: Ints
    correct: Ints
    deviation: float


def check_units(
    rng: np.random.Generator,
    sections: list[Section],
    objectives: dict[tuple[str, int], list[Objective]],
    standing: Standing,
    y: int,
    year: Year,
) -> list[UnitCheck]:
    """Give every class its unit checks, as far as the year has happened."""
    difficulty = {
        o.id: float(d)
        for listed in objectives.values()
        for o, d in zip(listed, rng.normal(0.5, OBJECTIVE_SD, len(listed)), strict=True)
    }
    checks: list[UnitCheck] = []
    for section in sections:
        if section.subject not in ("math", "ela") or section.grade not in CHECKED_GRADES:
            continue
        listed = objectives[section.subject, section.grade]
        true = _standing_of(standing, section, y)
        whole = float(rng.normal(0, CLASS_SD))
        deviations = rng.normal(0, CLASS_BY_OBJECTIVE_SD, len(listed))
        days = _days(year, len(listed) * CHECKS_PER_OBJECTIVE)
        for n, on in enumerate(days):
            objective = listed[n // CHECKS_PER_OBJECTIVE]
            deviation = float(deviations[n // CHECKS_PER_OBJECTIVE])
            if section.teacher == ANA and objective.code == ANAS_OBJECTIVE:
                deviation = ANAS_DEVIATION
            took = np.flatnonzero(rng.random(len(true)) >= MISSED)
            items = int(rng.integers(4, 9))
            logit = difficulty[objective.id] + whole + deviation + ABILITY_SLOPE * true[took]
            correct = rng.binomial(items, expit(logit))
            checks.append(
                UnitCheck(
                    f"li{len(checks) + 1:05d}",
                    section,
                    objective,
                    on,
                    items,
                    section.students[took],
                    correct,
                    deviation,
                )
            )
    return checks


def _standing_of(standing: Standing, section: Section, y: int) -> Floats:
    before = standing.before["math" if section.subject == "math" else "ela"]
    return np.asarray(before[y, section.students])


def _days(year: Year, count: int) -> list[date]:
    """Spread checks evenly from September to early March; those after today are missing."""
    if not year.days:
        return []
    start, end = day_in(year.name, 9, 10), day_in(year.name, 3, 6)
    step = (end - start) / max(count - 1, 1)
    wanted = [start + step * n for n in range(count)]
    held = [max((d for d in year.days if d <= day), default=None) for day in wanted]
    return [d for d, day in zip(held, wanted, strict=True) if d and year.days[-1] >= day]
