"""Let partners meet and visit, and write down what they saw."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files

import numpy as np

from trellis.simulate.classes import Section
from trellis.simulate.days import Year, day_in, pick_days
from trellis.simulate.instruments import (
    OWN_COACH_SHIFT,
    SECTION_SD,
    VISITOR_SD,
    Ints,
    mark_visits,
)
from trellis.simulate.involvement import ANA, CHI, Partnership
from trellis.simulate.people import People
from trellis.simulate.practice_truth import ANA_EARLY_STRENGTH, ANA_NEXT_STEP, ANA_STRENGTH
from trellis.simulate.traits import ELEMENTS, Floats

SESSIONS_A_YEAR = {"coach": 9, "mentor": 12, "peer": 4, "consultant": 6}
VISITS_A_YEAR = {"coach": (2, 4), "mentor": (2, 3), "peer": (1, 2), "consultant": (1, 2)}
KINDNESS = {"coach": OWN_COACH_SHIFT, "mentor": OWN_COACH_SHIFT, "peer": 0.1, "consultant": 0.2}
MODES, MODES_UP_TO = ("in person", "video call", "message"), (0.78, 0.93)
MINUTES = (20, 25, 30, 40, 45, 50)
MOVES = (
    "planning together",
    "modeling",
    "co-teaching",
    "visit and feedback",
    "looking at student work",
    "looking at data",
    "rehearsal",
    "reflective conversation",
    "resource finding",
)
FORMER_COACH = "coach02"
BENS_SESSIONS_THIS_WEEK = 4
# What stands in Ben's calendar from today on: days ahead, time, minutes.
BENS_CALENDAR = ((0, "10:20", 30), (0, "14:40", 30), (1, "11:30", 40), (2, "08:00", 30))
SCHOOL_DAYS_A_YEAR = 170
SATURDAY = 5
# From "developing" on, what is noticed is of the later kind.
FIRST_LATE_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a partner.

    Attributes
    ----------
    marks : element -> index of the level word.
    """

    id: str
    partnership: Partnership
    on: date
    section_id: str
    reason: str
    marks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Session:
    """One coaching contact."""

    id: str
    partnership_id: str
    on: date
    minutes: int
    mode: str
    moves: str
    starts_at: str = ""
    state: str = "held"


def anas_partnerships(people: People, today: date) -> list[Partnership]:
    """Return the two partnerships that Ana has had and that are over, for her story."""
    second, third = people.years[1], people.years[2]
    holders = people.holders[2]
    neighbor = next(
        int(t)
        for p, t in zip(people.positions, holders, strict=True)
        if p.school == 0
        and p.grade == 5
        and p.kind == "homeroom"
        and people.teachers[t].hired < third
    )
    told = [
        Partnership(
            f"p{second % 100}-ana",
            second,
            ANA,
            FORMER_COACH,
            -1,
            "coach",
            day_in(second, 10, 7),
            day_in(third, 1, 30),
            ANA_EARLY_STRENGTH,
            "",
        ),
        Partnership(
            f"p{third % 100}-ana",
            third,
            ANA,
            people.teachers[neighbor].id,
            neighbor,
            "peer",
            day_in(third, 11, 3),
            day_in(third, 2, 27),
            "instruction.checks",
            "",
        ),
    ]
    return [
        replace(p, ended_on=p.ended_on if p.ended_on and p.ended_on <= today else None)
        for p in told
        if p.started_on <= today
    ]


# Month, day, who, level of strength, early strength and next step, and of one other element.
_ANAS_VISITS_BEFORE = (
    (11, 6, "coach", 2, 2, 1, "instruction.checks", 2),
    (2, 12, "coach", 2, 2, 1, "content.tasks", 2),
    (4, 9, "chi", 3, 3, 1, "culture.expectations", 2),
)
_ANAS_VISITS_THIS_YEAR = (
    (9, 17, "coach", 3, 2, 1, "instruction.facilitation", 2),
    (10, 8, "chi", 3, 2, 1, "content.tasks", 2),
    (11, 5, "coach", 3, 3, 2, "instruction.checks", 2),
    (12, 3, "neighbor", 3, 2, 2, "culture.expectations", 2),
    (1, 21, "neighbor", 3, 3, 2, "instruction.feedback", 2),
    (2, 11, "chi", 3, 3, 2, "agency.perseverance", 2),
)


def anas_visits(
    people: People, partnerships: list[Partnership], sections: dict[int, list[Section]], today: date
) -> list[Visit]:
    """Return the visits of Ana's story, all in her math class."""
    hers = [p for p in partnerships if p.teacher == ANA]
    visits = []
    told = [(people.years[1], v) for v in _ANAS_VISITS_BEFORE]
    told += [(people.years[2], v) for v in _ANAS_VISITS_THIS_YEAR]
    for n, (year, (month, day, who, strong, early, step, other, level)) in enumerate(told):
        on = day_in(year, month, day)
        if on > today:
            continue
        partnership = next(p for p in hers if _is_with(p, who) and (who != "chi" or p.year == year))
        math = next(s for s in sections[year] if s.teacher == ANA and s.subject == "math")
        marks = {ANA_STRENGTH: strong, ANA_EARLY_STRENGTH: early, ANA_NEXT_STEP: step, other: level}
        reason = "asked for" if who == "chi" else "planned"
        visits.append(Visit(f"va-{n + 1:02d}", partnership, on, math.id, reason, marks))
    return visits


def _is_with(partnership: Partnership, who: str) -> bool:
    if who == "coach":
        return partnership.kind == "coach"
    return (partnership.partner_teacher == CHI) == (who == "chi") and partnership.kind == "peer"


def meet(
    rng: np.random.Generator,
    partnerships: list[Partnership],
    calendar: dict[int, Year],
    today: date,
) -> list[Session]:
    """Hold the sessions of every partnership."""
    sessions: list[Session] = []
    for partnership in partnerships:
        ends = partnership.ended_on or today
        days = [d for year in calendar.values() for d in year.between(partnership.started_on, ends)]
        full = SESSIONS_A_YEAR[partnership.kind] * len(days) / SCHOOL_DAYS_A_YEAR
        for on in pick_days(rng, days, max(1, round(rng.normal(full, 1.2)))):
            sessions.append(_session(rng, len(sessions), partnership, on))
    sessions += _bens_week(rng, len(sessions), partnerships, calendar, today)
    return sessions + _bens_calendar(len(sessions), partnerships, today)


def _bens_week(
    rng: np.random.Generator,
    serial: int,
    partnerships: list[Partnership],
    calendar: dict[int, Year],
    today: date,
) -> list[Session]:
    """Give Ben some sessions in the week of today."""
    monday = today - timedelta(days=today.weekday())
    days = calendar[max(calendar)].between(monday, today)
    bens = [p for p in partnerships if p.partner_id == "ben" and p.ended_on is None]
    return [
        _session(rng, serial + n, partnership, days[n % len(days)])
        for n, partnership in enumerate(bens[:BENS_SESSIONS_THIS_WEEK] if days else [])
    ]


def _bens_calendar(serial: int, partnerships: list[Partnership], today: date) -> list[Session]:
    """Put into Ben's calendar what he and four of his partners planned from today on."""
    bens = [p for p in partnerships if p.partner_id == "ben" and p.ended_on is None]
    coming = [(today + timedelta(days=ahead), at, minutes) for ahead, at, minutes in BENS_CALENDAR]
    return [
        Session(f"m{serial + n + 1:05d}", p.id, on, minutes, "in person", "", at, "planned")
        for n, (p, (on, at, minutes)) in enumerate(
            zip(bens[BENS_SESSIONS_THIS_WEEK:], coming, strict=False)
        )
        if on.weekday() < SATURDAY
    ]


def _session(rng: np.random.Generator, n: int, partnership: Partnership, on: date) -> Session:
    mode = MODES[int(np.searchsorted(MODES_UP_TO, rng.random()))]
    minutes = 10 if mode == "message" else MINUTES[int(rng.integers(len(MINUTES)))]
    moves = sorted(MOVES[i] for i in rng.permutation(len(MOVES))[: int(rng.integers(1, 4))])
    return Session(f"m{n + 1:05d}", partnership.id, on, minutes, mode, ";".join(moves))


def visit_partners(
    rng: np.random.Generator,
    people: People,
    partnerships: list[Partnership],
    practice: Floats,
    sections: dict[int, list[Section]],
    calendar: dict[int, Year],
    today: date,
) -> list[Visit]:
    """Make the visits of every partnership but Ana's, whose story is told elsewhere."""
    planned: list[tuple[Partnership, date]] = []
    for partnership in partnerships:
        if partnership.teacher == ANA:
            continue
        days = calendar[partnership.year].between(
            partnership.started_on, partnership.ended_on or today
        )
        low, high = VISITS_A_YEAR[partnership.kind]
        count = round(int(rng.integers(low, high + 1)) * len(days) / SCHOOL_DAYS_A_YEAR + 0.25)
        planned += [(partnership, on) for on in pick_days(rng, days, min(count, len(days)))]
    teacher = np.array([p.teacher for p, _ in planned], dtype=np.int64)
    y = np.array([people.years.index(p.year) + 1 for p, _ in planned], dtype=np.int64)
    severity = _severity(rng, partnerships)
    shift = np.array([severity[p.partner_id] + KINDNESS[p.kind] for p, _ in planned])
    shift += rng.normal(0, SECTION_SD, len(planned))
    levels = mark_visits(rng, practice[teacher, y], shift)
    by_year = {year: _by_teacher(found) for year, found in sections.items()}
    return [
        _visit(rng, n, partnership, on, levels[n], by_year[partnership.year][partnership.teacher])
        for n, (partnership, on) in enumerate(planned)
    ]


def _severity(rng: np.random.Generator, partnerships: list[Partnership]) -> dict[str, float]:
    partners = sorted({p.partner_id for p in partnerships})
    return dict(zip(partners, rng.normal(0, VISITOR_SD, len(partners)).tolist(), strict=True))


def _by_teacher(sections: list[Section]) -> dict[int, list[Section]]:
    found: dict[int, list[Section]] = {}
    for section in sections:
        found.setdefault(section.teacher, []).append(section)
    return found


def _visit(
    rng: np.random.Generator,
    n: int,
    partnership: Partnership,
    on: date,
    levels: Ints,
    sections: list[Section],
) -> Visit:
    others = [e for e in ELEMENTS if e != partnership.focus]
    more = rng.choice(others, size=int(rng.integers(1, 3)), replace=False)
    marks = {e: int(levels[ELEMENTS.index(e)]) for e in (partnership.focus, *map(str, more))}
    reason = "asked for" if rng.random() < 0.25 else "planned"
    section = sections[int(rng.integers(len(sections)))]
    return Visit(f"v{n + 1:05d}", partnership, on, section.id, reason, marks)


class Noticings:
    """A bank of noticings: concrete, strength-based, no student named."""

    def __init__(self, rng: np.random.Generator) -> None:
        text = files("trellis.simulate").joinpath("data/noticings.json").read_text("utf-8")
        self._bank: dict[str, dict[str, list[str]]] = json.loads(text)
        self._rng = rng

    def one(self, element: str, level: int) -> str:
        """Return a noticing for an element at a level."""
        said = self._bank[element]["early" if level < FIRST_LATE_LEVEL else "late"]
        return said[int(self._rng.integers(len(said)))]
