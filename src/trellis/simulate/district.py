"""Make the demonstration district and write the files that a real one would export."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from trellis.interchange import oneroster
from trellis.simulate import costs, records, reviews
from trellis.simulate.classes import Section, Students, enroll_students, form_sections
from trellis.simulate.coaching import (
    Noticings,
    anas_partnerships,
    anas_visits,
    meet,
    visit_partners,
)
from trellis.simulate.days import Year, day_in, school_year_of, year_until
from trellis.simulate.feedback import ask_classes, perceived_by_item
from trellis.simulate.growth import SUBJECTS, TERMS, Standing, grow, take_test
from trellis.simulate.involvement import Involvement, involve
from trellis.simulate.objectives import case_package, objectives
from trellis.simulate.people import People, fill_positions
from trellis.simulate.practice_truth import plant_ana, true_practice
from trellis.simulate.roster import Roster, bundle
from trellis.simulate.shape import Size, shape_of
from trellis.simulate.study_visits import StudyVisits, consenting, visit_teachers
from trellis.simulate.tables import as_bytes, from_rows
from trellis.simulate.traits import Bools, Floats, Traits, draw_traits
from trellis.simulate.truth import write_truth
from trellis.simulate.unit_checks import ANAS_OBJECTIVE, check_units

DEMONSTRATION_DAY = date(2026, 3, 11)
Progress = Callable[[str, int, int], None]
# Part of every seed: another number here gives other districts for the same seeds. The usual one,
# seed 1 of this number, is looked at in docs/reference/demonstration-district.md.
ALDER_VALLEY = 0
TEST_DAYS = {"fall": (9, 10), "winter": (1, 21), "spring": (5, 12)}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written.

    Attributes
    ----------
    rows : file -> rows; files inside the bundle as `oneroster.zip/users.csv`.
    seconds : how long it took.
    """

    rows: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class District:
    """People, programs and what is true about them; everything that files are made from.

    Attributes
    ----------
    calendar : the year before the first one, and the three school years.
    practice : (J, 1 + years, 11) true practice, the year before the first one first.
    """

    people: People
    traits: Traits
    motivation: Floats
    done: Involvement
    practice: Floats
    calendar: list[Year]


def make_district(size: Size, seed: int, today: date) -> District:
    """Draw the people of the district and let its programs happen."""
    last = school_year_of(today)
    years = (last - 2, last - 1, last)
    people = fill_positions(_rng(seed, 1), shape_of(size), years)
    traits = draw_traits(_rng(seed, 2), len(people.teachers))
    plant_ana(traits)
    motivation = _rng(seed, 3).standard_normal(len(people.teachers))
    done = involve(_rng(seed, 4), people, traits, motivation, today)
    practice = true_practice(_rng(seed, 5), people, traits, done)
    calendar = [year_until(y, today) for y in (years[0] - 1, *years)]
    return District(people, traits, motivation, done, practice, calendar)


def _rng(seed: int, part: int) -> np.random.Generator:
    """Give each part its own stream, so that a change in one leaves the others as they were."""
    return np.random.default_rng([ALDER_VALLEY, seed, part])


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Say nothing."""


def write_district(
    folder: Path,
    *,
    size: Size,
    seed: int,
    today: date,
    truth: Path | None = None,
    progress: Progress = _quiet,
) -> Summary:
    """Write the files of the demonstration district.

    Parameters
    ----------
    folder : where the files go; made if it is not there.
    truth : where the planted truth goes; never inside `folder`, because what is in there is read.
    progress : called with what is being made, steps done and steps in all.
    """
    if truth is not None and folder.resolve() in truth.resolve().parents:
        raise ValueError(
            f"the truth file {truth} must not lie inside the district's folder {folder}"
        )
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    progress("people and programs", 0, 5)
    district = make_district(size, seed, today)
    progress("students and classes", 1, 5)
    school = _Schooling.of(district, seed)
    progress("visits, feedback and tests", 2, 5)
    frames = _frames(district, school, seed, today)
    progress("unit checks and roster", 3, 5)
    members, rows = bundle(_roster(district, school, seed))
    progress("files", 4, 5)
    oneroster.write_zip(folder / "oneroster.zip", members)
    rows |= _write(folder, frames)
    rows |= _write_json(folder, district)
    if truth is not None:
        write_truth(
            truth,
            people=district.people,
            traits=district.traits,
            motivation=district.motivation,
            done=district.done,
            practice=district.practice,
            anas_objective=ANAS_OBJECTIVE,
        )
    progress("done", 5, 5)
    return Summary(rows, time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Schooling:
    """Students, their classes and where they stand."""

    students: Students
    sections: dict[int, list[Section]]
    standing: Standing
    intake: Floats

    @classmethod
    def of(cls, district: District, seed: int) -> "_Schooling":
        people = district.people
        students = enroll_students(_rng(seed, 6), people.shape, len(people.years))
        rng = _rng(seed, 7)
        sections = {
            year: form_sections(rng, people, students, y) for y, year in enumerate(people.years)
        }
        achievement = district.done.lasting_achievement()
        listed = list(sections.values())
        standing = grow(_rng(seed, 8), students, listed, district.traits, achievement)
        return cls(students, sections, standing, _intake(people, listed, students.ability))


def _intake(people: People, sections: list[list[Section]], ability: Floats) -> Floats:
    """Return (J, 1 + years) mean standing of each teacher's students, standardized."""
    total = np.zeros((len(people.teachers), len(sections)))
    count = np.zeros_like(total)
    for y, listed in enumerate(sections):
        for s in listed:
            total[s.teacher, y] += ability[s.students].sum()
            count[s.teacher, y] += len(s.students)
    mean = total / np.maximum(count, 1)
    standardized = np.where(count > 0, mean / mean[count > 0].std(), 0.0)
    return np.column_stack([standardized[:, 0], standardized])


def _roster(district: District, school: _Schooling, seed: int) -> Roster:
    last = len(district.people.years) - 1
    checks = check_units(
        _rng(seed, 9),
        school.sections[district.people.years[-1]],
        objectives(),
        school.standing,
        last,
        district.calendar[-1],
    )
    return Roster(district.people, school.students, school.sections, checks)


def _frames(
    district: District, school: _Schooling, seed: int, today: date
) -> dict[str, pl.DataFrame]:
    people, done = district.people, district.done
    return {
        "staff": records.staff(people, school.sections),
        "role_grants": records.role_grants(people),
        "evaluators": records.evaluators(people),
        "assessment_results": _assessments(district, school, seed, today),
        "class_feedback": _feedback(district, school, seed),
        **_coaching(district, school, seed, today),
        "programs": records.programs(),
        "offers": records.offers(people, done, today),
        "participation": records.participation(people, done),
        "draws": records.draws(people, done),
        "rollouts": records.rollouts(people, done, today),
        **_study(district, school.intake, seed),
        "costs": from_rows(COST_HEADER, costs.cost_rows(done)),
        "resources": records.resources(),
    }


COST_HEADER = (
    "program_id,school_year,ingredient,category,quantity,unit,unit_price_usd,price_year,source"
)


def _assessments(district: District, school: _Schooling, seed: int, today: date) -> pl.DataFrame:
    rng = _rng(seed, 10)
    tests = []
    for y, year in enumerate(district.people.years):
        for term, name in enumerate(TERMS):
            on = day_in(year, *TEST_DAYS[name])
            for subject in SUBJECTS if on <= today else ():
                taken = take_test(rng, school.students, school.standing, subject, y, term)
                tests.append((year, name, on, subject, taken))
    return records.assessment_results(school.students.ids, tests)


def _feedback(district: District, school: _Schooling, seed: int) -> pl.DataFrame:
    rng = _rng(seed, 11)
    perceived = perceived_by_item(rng, district.traits, district.done.lasting_practice())
    return records.class_feedback(
        [
            answer
            for y, year in enumerate(district.people.years)
            for answer in ask_classes(
                rng, perceived, school.sections[year], district.calendar[y + 1], y
            )
        ]
    )


def _coaching(
    district: District, school: _Schooling, seed: int, today: date
) -> dict[str, pl.DataFrame]:
    rng = _rng(seed, 12)
    calendar = {year.name: year for year in district.calendar[1:]}
    own = anas_partnerships(district.people, today)
    listed = district.done.partnerships + own
    visits = anas_visits(district.people, listed, school.sections, today)
    visits += visit_partners(
        rng,
        district.people,
        district.done.partnerships,
        district.practice,
        school.sections,
        calendar,
        today,
    )
    return {
        "partnerships": records.partnerships(district.people, listed),
        "sessions": records.sessions(meet(rng, listed, calendar, today)),
        "visit_notes": records.visit_notes(visits, Noticings(rng)),
    }


def _study(district: District, intake: Floats, seed: int) -> dict[str, pl.DataFrame]:
    rng = _rng(seed, 13)
    consents = consenting(rng, district.people, district.done)
    visits = study(rng, district, consents, intake)
    return {
        "consents": records.consents(rng, district.people, consents),
        "study_visits": records.study_visits(district.people, visits),
    }


def study(
    rng: np.random.Generator,
    district: District,
    consents: Bools,
    intake: Floats,
) -> StudyVisits:
    """Make the study visits of a district."""
    return visit_teachers(
        rng, district.people, consents, district.practice, intake, district.done, district.calendar
    )


def _write(folder: Path, frames: dict[str, pl.DataFrame]) -> dict[str, int]:
    for name, frame in frames.items():
        (folder / f"{name}.csv").write_bytes(as_bytes(frame))
    return {f"{name}.csv": frame.height for name, frame in frames.items()}


def _write_json(folder: Path, district: District) -> dict[str, int]:
    listed = objectives()
    registered = reviews.registrations(district.people.years)
    for name, said in (
        ("learning_objectives.json", case_package(listed)),
        ("reviews.json", registered),
    ):
        text = json.dumps(said, indent=1, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return {
        "learning_objectives.json": sum(map(len, listed.values())),
        "reviews.json": len(registered),
    }
