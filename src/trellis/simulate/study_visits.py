"""Let trained visitors see consenting teachers, four times a year, from the year before on."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from trellis.simulate.days import Year, day_in
from trellis.simulate.instruments import (
    DELIVERER_SHIFT,
    INTAKE_BIAS,
    SECTION_SD,
    VISITOR_SD,
    Ints,
    mark_visits,
)
from trellis.simulate.involvement import Involvement
from trellis.simulate.people import NOBODY, People
from trellis.simulate.traits import Bools, Floats

VISITS_A_YEAR = 4
MISSED = 0.04
# About 85 % in all: those who enter a draw agree more often.
CONSENT, CONSENT_OF_VOLUNTEERS = 0.77, 0.96
SECTIONS_SEEN = 3
DELIVERER_VISITS = 2


@dataclass(frozen=True, slots=True)
class StudyVisits:
    """Marks of study visits, V visits.

    Attributes
    ----------
    year : (V,) school year; visits happen from January on, after every draw and start.
    visitor : (V,) id of the visitor.
    by_deliverer : (V,) whether the program's own consultant made the marks.
    levels : (V, 11) indexes of level words.
    """

    teacher: Ints
    year: Ints
    day: list[date]
    visitor: list[str]
    by_deliverer: Bools
    levels: Ints


def consenting(rng: np.random.Generator, people: People, done: Involvement) -> Bools:
    """Return (J,) who agrees to study visits; those who enter a draw agree more often."""
    entered = np.zeros(len(people.teachers), dtype=bool)
    entered[[t.teacher for t in done.tickets]] = True
    return rng.random(len(entered)) < np.where(entered, CONSENT_OF_VOLUNTEERS, CONSENT)


def visit_teachers(
    rng: np.random.Generator,
    people: People,
    consents: Bools,
    practice: Floats,
    intake: Floats,
    done: Involvement,
    calendar: list[Year],
) -> StudyVisits:
    """Make every study visit.

    Parameters
    ----------
    practice : (J, 1 + years, 11) true practice, the year before the first one first.
    intake : (J, 1 + years) standing of the students before the year, SDs.
    calendar : the 1 + years school years.
    """
    windows = [_window(year) for year in calendar]
    open_years = np.array([bool(days) for days in windows])
    trained = _trained(rng, people, _present(people) & consents[:, None] & open_years)
    own = _delivered(rng, people, done, consents, open_years)
    teacher, y = (np.concatenate(pair) for pair in zip(trained[:2], own[:2], strict=True))
    section = rng.normal(0, SECTION_SD, (*practice.shape[:2], SECTIONS_SEEN))
    shift = np.concatenate([trained[3], own[3]]) + INTAKE_BIAS * intake[teacher, y]
    shift += section[teacher, y, rng.integers(SECTIONS_SEEN, size=len(teacher))]
    chance = rng.random(len(y))
    return StudyVisits(
        teacher,
        np.array([year.name for year in calendar])[y],
        [windows[i][int(u * len(windows[i]))] for i, u in zip(y, chance, strict=True)],
        trained[2] + own[2],
        np.arange(len(teacher)) >= len(trained[0]),
        mark_visits(rng, practice[teacher, y], shift),
    )


# Teacher and year index of each visit, the visitor, and points that the visitor adds.
_Looks = tuple[Ints, Ints, list[str], Floats]


def _trained(rng: np.random.Generator, people: People, here: Bools) -> _Looks:
    teacher, y = (np.repeat(index, VISITS_A_YEAR) for index in np.nonzero(here))
    kept = rng.random(len(teacher)) >= MISSED
    teacher, y = teacher[kept], y[kept]
    names = [a.id for a in people.with_role("study visitor")]
    # Visitors take turns, so that the four visits to a teacher are made by four people.
    turn = (np.arange(len(teacher)) + np.cumsum(rng.random(len(teacher)) < 0.3)) % len(names)
    severity = rng.normal(0, VISITOR_SD, len(names))
    return teacher, y, [names[n] for n in turn], severity[turn]


def _delivered(
    rng: np.random.Generator,
    people: People,
    done: Involvement,
    consents: Bools,
    open_years: Bools,
) -> _Looks:
    """Return the visits in which Northstar's consultants mark their own teachers."""
    looks = [
        (p.teacher, people.years.index(p.year) + 1, p.partner_id)
        for p in done.partnerships
        if p.kind == "consultant" and consents[p.teacher]
        for _ in range(DELIVERER_VISITS)
    ]
    looks = [look for look in looks if open_years[look[1]]]
    names = [a.id for a in people.with_role("consultant")]
    severity = rng.normal(0, VISITOR_SD, len(names))
    # Centered: what is planted is what they have in common, not who happens to be strict.
    added = dict(zip(names, DELIVERER_SHIFT + severity - severity.mean(), strict=True))
    teacher = np.array([t for t, _, _ in looks], dtype=np.int64)
    y = np.array([y for _, y, _ in looks], dtype=np.int64)
    return teacher, y, [n for _, _, n in looks], np.array([added[n] for _, _, n in looks])


def _window(year: Year) -> list[date]:
    return year.between(day_in(year.name, 1, 12), day_in(year.name, 5, 15))


def _present(people: People) -> Bools:
    """Return (J, 1 + years) who teaches here; in the year before, those who had come by then."""
    here = (people.schools_of() != NOBODY).T
    before = np.array([t.hired < people.years[0] for t in people.teachers]) & here[:, 0]
    return np.column_stack([before, here])
