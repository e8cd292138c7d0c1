"""Say what happened as the tables that a district keeps beside its roster."""

import json
from collections.abc import Sequence
from datetime import date
from importlib.resources import files

import numpy as np
import polars as pl

from trellis.simulate.classes import Section, leaders_by_school
from trellis.simulate.coaching import Noticings, Session, Visit
from trellis.simulate.days import day_in, last_day
from trellis.simulate.feedback import Feedback
from trellis.simulate.growth import Tests
from trellis.simulate.instruments import FEEDBACK_ITEMS, LEVEL_WORDS
from trellis.simulate.involvement import WORKSHOP_DAYS, Involvement, Partnership, offer_id
from trellis.simulate.objectives import grade_code
from trellis.simulate.people import NOBODY, People
from trellis.simulate.programs import PROGRAMS, PROVIDERS
from trellis.simulate.study_visits import StudyVisits
from trellis.simulate.tables import from_rows
from trellis.simulate.traits import ELEMENTS, Bools

INTERESTS = {
    "teacher": "Teaches the classes and owns the plan",
    "coach": "Coaches teachers who invite it, without evaluating",
    "mentor": "Mentors teachers in their first three years, without evaluating",
    "consultant": "Works beside teachers under the contract with Northstar",
    "school_leader": "Leads the school and makes time for learning",
    "pd_lead": "Runs programs, seats and budgets of professional learning",
    "analyst": "Reviews programs with pseudonymous data",
    "administrator": "Keeps accounts, imports and retention",
}


def staff(people: People, sections: dict[int, list[Section]]) -> pl.DataFrame:
    """One row per teacher and school year."""
    at = people.schools_of()
    rows = []
    for y, year in enumerate(people.years):
        taught: dict[int, tuple[set[int], set[str]]] = {}
        for s in sections[year]:
            grades, subjects = taught.setdefault(s.teacher, (set(), set()))
            grades.add(s.grade)
            subjects.add(s.subject)
        for t in np.flatnonzero(at[y] != NOBODY).tolist():
            grades, subjects = taught.get(t, (set(), set()))
            rows.append(
                (
                    people.teachers[t].id,
                    people.shape.schools[at[y, t]].id,
                    year,
                    people.teachers[t].experience_in(year),
                    ";".join(grade_code(g) for g in sorted(grades)),
                    ";".join(sorted(subjects)),
                    _next_year(at[:, t].tolist(), y),
                )
            )
    header = "person_id,school_id,school_year,years_experience,grades,subjects,next_year"
    return from_rows(header, rows)


def _next_year(schools: list[int], y: int) -> str:
    if y + 1 == len(schools):
        return ""
    if schools[y + 1] == NOBODY:
        return "left"
    return "stayed" if schools[y + 1] == schools[y] else "moved"


def role_grants(people: People) -> pl.DataFrame:
    """One row per role of a person, with dates; a teacher who moved has one for each school."""
    at = people.schools_of()
    rows: list[tuple[object, ...]] = []
    for t, teacher in enumerate(people.teachers):
        for y, year in enumerate(people.years):
            school = int(at[y, t])
            if school == NOBODY or (y > 0 and at[y - 1, t] == school):
                continue
            stays = [k for k in range(y, len(people.years)) if (at[y : k + 1, t] == school).all()]
            left = people.years[stays[-1]] if stays[-1] + 1 < len(people.years) else None
            hired = min(year, teacher.hired) if y == 0 else year
            rows.append(
                (
                    teacher.id,
                    "teacher",
                    "school",
                    people.shape.schools[school].id,
                    day_in(hired, 8, 1),
                    last_day(left) if left else None,
                    INTERESTS["teacher"],
                )
            )
    start = people.years[0] - 1
    for adult in people.adults:
        if adult.role in INTERESTS:
            ends = day_in(people.years[-1], 6, 30) if adult.role == "consultant" else None
            rows.append(
                (
                    adult.id,
                    adult.role,
                    adult.scope_kind,
                    adult.scope_id or None,
                    day_in(start, 8, 1),
                    ends,
                    INTERESTS[adult.role],
                )
            )
    return from_rows(
        "person_id,role,scope_kind,scope_id,starts_on,ends_on,legitimate_interest", rows
    )


def evaluators(people: People) -> pl.DataFrame:
    """One row per teacher and year: the principal, who therefore never coaches her."""
    at = people.schools_of()
    leaders = leaders_by_school(people)
    rows = [
        (leaders[people.shape.schools[at[y, t]].id].id, people.teachers[t].id, year)
        for y, year in enumerate(people.years)
        for t in np.flatnonzero(at[y] != NOBODY)
    ]
    return from_rows("evaluator_id,teacher_id,school_year", rows)


def assessment_results(
    student_ids: list[str], tests: Sequence[tuple[int, str, date, str, Tests]]
) -> pl.DataFrame:
    """One row per student's test."""
    ids = np.array(student_ids)
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "student_id": ids[t.student].tolist(),
                    "school_year": [year] * len(t.student),
                    "term": [term] * len(t.student),
                    "tested_on": [on] * len(t.student),
                    "subject": [subject] * len(t.student),
                    "grade": [grade_code(g) for g in t.grade.tolist()],
                    "scale_score": t.score.astype(np.int64),
                    "standard_error": t.standard_error,
                }
            )
            for year, term, on, subject, t in tests
        ]
    )


def class_feedback(answers: list[Feedback]) -> pl.DataFrame:
    """One row per class and question."""
    rows = [
        (section.id, on, item, element, len(section.students), *counts[i].tolist())
        for answer in answers
        for section, on, counts in zip(answer.sections, answer.given_on, answer.counts, strict=True)
        for i, (item, element) in enumerate(FEEDBACK_ITEMS)
    ]
    return from_rows(
        "section_id,given_on,item,element,enrolled,never,rarely,sometimes,often,always", rows
    )


def partnerships(people: People, listed: list[Partnership]) -> pl.DataFrame:
    """One row per partnership."""
    rows = [
        (
            p.id,
            people.teachers[p.teacher].id,
            p.partner_id,
            p.kind,
            p.started_on,
            p.ended_on,
            p.focus,
            p.program_id,
        )
        for p in listed
    ]
    return from_rows(
        "partnership_id,teacher_id,partner_id,kind,started_on,ended_on,focus_element,program_id",
        rows,
    )


def sessions(held: list[Session]) -> pl.DataFrame:
    """One row per session, countable facts only."""
    rows = [
        (s.id, s.partnership_id, s.state, s.on, s.starts_at, s.minutes, s.mode, s.moves)
        for s in held
    ]
    return from_rows("session_id,partnership_id,state,held_on,starts_at,minutes,mode,moves", rows)


def visit_notes(visits: list[Visit], noticings: Noticings) -> pl.DataFrame:
    """One row per element seen on a visit."""
    rows = [
        (
            v.id,
            v.partnership.id,
            v.on,
            v.section_id,
            v.reason,
            element,
            LEVEL_WORDS[level],
            noticings.one(element, level),
        )
        for v in visits
        for element, level in v.marks.items()
    ]
    return from_rows(
        "visit_id,partnership_id,visited_on,section_id,reason,element,level,noticing", rows
    )


def programs() -> pl.DataFrame:
    """One row per program; nothing of what it truly does."""
    rows = [
        (
            p.id,
            p.title,
            p.provider_id,
            *PROVIDERS[p.provider_id],
            p.description,
            p.theory_of_action,
            p.mechanisms,
            p.elements,
            p.evidence_tier,
            p.evidence_source,
        )
        for p in PROGRAMS
    ]
    return from_rows(
        "program_id,title,provider_id,provider_name,provider_kind,description,theory_of_action,"
        "mechanisms,elements,evidence_tier,evidence_source",
        rows,
    )


_SEATS = {"brightpath-questions": 60, "brightpath-routines": 60, "brightpath-feedback": 60}


def offers(people: People, done: Involvement, today: date) -> pl.DataFrame:
    """One row per program and school year in which it was offered."""
    drawn: dict[str, int] = {}
    for ticket in done.tickets:
        drawn[ticket.offer_id] = drawn.get(ticket.offer_id, 0) + ticket.drawn
    rows = []
    for year in people.years:
        for p in PROGRAMS:
            starts, ends = day_in(year, 9, 8), day_in(year, 5, 29)
            if p.id in WORKSHOP_DAYS:
                starts = ends = day_in(year, *WORKSHOP_DAYS[p.id])
            elif p.assignment in ("lottery", "referred", "volunteers", "matched pairs"):
                starts = day_in(year, 8, 25) if p.place == "online" else day_in(year, 10, 1)
            if starts > today:
                continue
            key = offer_id(p.id, year)
            seats = drawn.get(key, _SEATS.get(p.id))
            rows.append((key, p.id, p.title, year, starts, ends, seats, p.place, p.assignment))
    return from_rows(
        "offer_id,program_id,title,school_year,starts_on,ends_on,seats,place,assignment", rows
    )


def participation(people: People, done: Involvement) -> pl.DataFrame:
    """One row per teacher in an offer."""
    rows = [
        (p.offer_id, people.teachers[p.teacher].id, p.state, p.minutes, p.useful, p.tried)
        for p in done.parts
    ]
    return from_rows("offer_id,teacher_id,state,minutes,useful,tried_in_class", rows)


def draws(people: People, done: Involvement) -> pl.DataFrame:
    """One row per line of a lottery's record."""
    rows = [
        (
            t.offer_id,
            people.teachers[t.teacher].id,
            people.shape.schools[t.school].id,
            round(t.probability, 6),
            t.drawn,
            t.seed,
            t.drawn_at,
        )
        for t in done.tickets
    ]
    return from_rows("offer_id,unit,block,probability,drawn,seed,drawn_at", rows)


def rollouts(people: People, done: Involvement, today: date) -> pl.DataFrame:
    """One row per program that comes school by school, and school."""
    rows = []
    for program_id, turns in done.started.items():
        for school, year in turns.items():
            starts = day_in(year, 9, 8) if year else None
            known = starts if starts and starts <= today else None
            rows.append((program_id, people.shape.schools[school].id, known))
    return from_rows("program_id,school_id,starts_on", rows)


def study_visits(people: People, visits: StudyVisits) -> pl.DataFrame:
    """One row per element of a study visit."""
    count, k = visits.levels.shape
    ids = np.array([t.id for t in people.teachers])[visits.teacher]
    words = np.array(LEVEL_WORDS)
    made_by = np.where(visits.by_deliverer, "deliverer", "trained visitor")
    program = np.where(visits.by_deliverer, "northstar-literacy", "")
    index = np.repeat(np.arange(count), k)
    by_visit = pl.DataFrame(
        {
            "study_visit_id": [f"sv{n + 1:05d}" for n in range(count)],
            "visited_on": visits.day,
            "school_year": visits.year,
            "teacher_id": ids.tolist(),
            "visitor_id": visits.visitor,
            "made_by": made_by.tolist(),
            "program_id": program.tolist(),
        }
    )
    return by_visit[index].with_columns(
        element=pl.Series(list(ELEMENTS) * count),
        level=pl.Series(words[visits.levels.ravel()].tolist()),
    )


def resources() -> pl.DataFrame:
    """One row per resource."""
    text = files("trellis.simulate").joinpath("data/resources.json").read_text("utf-8")
    header = (
        "resource_id,title,kind,summary,elements,grades,subjects,minutes,format,url,"
        "evidence_level,evidence_source,provider_id,license"
    )
    bank: list[dict[str, object]] = json.loads(text)
    return from_rows(header, [tuple(one[name] for name in header.split(",")) for one in bank])


def consents(rng: np.random.Generator, people: People, study: Bools) -> pl.DataFrame:
    """One row per consent, given before anything was seen; a few were withdrawn later."""
    first = people.years[0] - 1
    withdrawn_on = day_in(people.years[-1], 3, 2)
    rows: list[tuple[object, ...]] = []
    for n, teacher in enumerate(people.teachers):
        came = max(first, teacher.hired)
        given = date(first, 1, 9) if came == first else day_in(came, 8, 28)
        if study[n]:
            rows.append((teacher.id, "study visits", given, None))
        if rng.random() < 0.7:
            leaves = withdrawn_on if rng.random() < 0.02 else None
            rows.append((teacher.id, "class feedback", given, leaves))
    return from_rows("teacher_id,purpose,given_on,withdrawn_on", rows)
