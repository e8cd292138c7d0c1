"""Write the files of a whole state, one district after the other, in the memory of one.

Each district is drawn from the seed and its own number, so it comes out the same whichever
districts are written before it, or at all. There are no named people and no planted truth here:
it is for size. `district` makes the demonstration.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl

from trellis.interchange import oneroster
from trellis.simulate.days import day_in, first_day, last_day, school_year_of
from trellis.simulate.growth import (
    ANNUAL_GROWTH,
    CARRY,
    ERROR_VARIANCE,
    MISSED_TEST,
    REPORTED_ERROR,
    SCALE_SD,
    SUBJECTS,
    TERMS,
    TESTED_GRADES,
    TRUE_VARIANCE,
)
from trellis.simulate.roster import HEADERS, LEAD
from trellis.simulate.tables import as_bytes, from_rows, table
from trellis.simulate.traits import Floats, Subject

TEST_DAYS = {"fall": (9, 10), "winter": (1, 21), "spring": (5, 12)}
TAUGHT = ("math", "ela", "science", "social studies", "arts", "music", "health", "technology")
GRADES = 13  # kindergarten to 12
SECTION_SIZE, SCHOOL_SIZE = 24, 450
# Districts are many and small, with a few large ones among them.
MEDIAN_DISTRICT, SPREAD, SMALLEST, LARGEST = 2_000, 1.1, 60, 120_000
LEVELS = (("elementary", range(6)), ("middle", range(6, 9)), ("high", range(9, 13)))

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class District:
    """One district of the state."""

    number: int
    students: int

    @property
    def id(self) -> str:
        return f"d{self.number:04}"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: districts, rows of all their files, and how long it took."""

    districts: int
    rows: int
    seconds: float


def write_state(
    folder: Path, *, students: int, seed: int, today: date, years: int, progress: Progress
) -> Written:
    """Write a folder of files for each district."""
    began = time.perf_counter()
    rows, done = 0, 0
    for number, one in enumerate(districts(students, seed), start=1):
        progress(f"district {number}", done, students)
        rows += write_district(folder / one.id, one, seed=seed, today=today, years=years)
        done += one.students
    return Written(number, rows, time.perf_counter() - began)


def districts(students: int, seed: int) -> Iterator[District]:
    """Draw districts until they have so many students together."""
    number = 0
    while students > 0:
        number += 1
        drawn = MEDIAN_DISTRICT * np.exp(SPREAD * _rng(seed, number, 0).standard_normal())
        size = min(students, int(np.clip(drawn, SMALLEST, LARGEST)))
        yield District(number, size)
        students -= size


def write_district(folder: Path, district: District, *, seed: int, today: date, years: int) -> int:
    """Write a OneRoster bundle and the tests of some school years; return the rows of all."""
    folder.mkdir(parents=True, exist_ok=True)
    year = school_year_of(today)
    learners = _learners(district, seed)
    frames = _roster(district, learners, year, seed)
    modes: dict[str, oneroster.Mode] = {
        name: "bulk" if name in frames else "absent" for name in oneroster.FILES["1.2"]
    }
    oneroster.write(oneroster.Bundle("1.2", modes, frames, {}), folder / "oneroster.zip")
    rows = sum(frame.height for frame in frames.values())
    header = True
    with (folder / "assessment_results.csv").open("wb") as stream:
        for frame in tests(district, learners, seed=seed, today=today, years=years):
            text = as_bytes(frame)
            stream.write(text if header else text.split(b"\r\n", 1)[1])
            header = False
            rows += frame.height
    return rows


def tests(
    district: District, learners: pl.DataFrame, *, seed: int, today: date, years: int
) -> Iterator[pl.DataFrame]:
    """Yield each administration of a test: all students of a year, term and subject."""
    last = school_year_of(today)
    for s, subject in enumerate(SUBJECTS):
        standing = np.sqrt(TRUE_VARIANCE) * _rng(district_seed(seed, district), 1, s).normal(
            size=learners.height
        )
        for back in reversed(range(years)):
            change = _rng(district_seed(seed, district), 2 + back, s)
            left_over = np.sqrt(TRUE_VARIANCE * (1 - CARRY**2))
            standing = CARRY * standing + change.normal(0, left_over, learners.height)
            for t, term in enumerate(TERMS):
                on = day_in(last - back, *TEST_DAYS[term])
                if on <= today:
                    yield _administration(learners, standing, subject, back, t, on, change)


def district_seed(seed: int, district: District) -> int:
    """Return a seed of one district alone."""
    return int(_rng(seed, district.number, 1).integers(2**62))


def _rng(*parts: int) -> np.random.Generator:
    return np.random.default_rng(parts)


def _administration(
    learners: pl.DataFrame, standing: Floats, subject: Subject, back: int, term: int, on: date,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    grade = learners["grade"].to_numpy() - back
    tested = np.isin(grade, TESTED_GRADES) & (rng.random(len(grade)) >= MISSED_TEST)
    height = np.cumsum(ANNUAL_GROWTH[subject])
    at, true = grade[tested], standing[tested]
    level = height[at - 1] + term / 2 * (height[at] - height[at - 1])
    read = level + true + rng.normal(0, np.sqrt(ERROR_VARIANCE), len(at))
    error = SCALE_SD * REPORTED_ERROR * (1 + 0.08 * np.abs(true) ** 2)
    return pl.DataFrame(
        {
            "student_id": learners["id"].filter(pl.Series(tested)),
            "school_year": pl.Series([school_year_of(on)]).new_from_index(0, len(at)),
            "term": pl.Series([TERMS[term]]).new_from_index(0, len(at)),
            "tested_on": pl.Series([on]).new_from_index(0, len(at)),
            "subject": pl.Series([subject]).new_from_index(0, len(at)),
            "grade": pl.Series([f"{g:02}" for g in range(GRADES)]).gather(at),
            "scale_score": np.round(170 + SCALE_SD * read).astype(np.int64),
            "standard_error": np.round(error, 1),
        }
    )


# the roster ------------------------------------------------------------------------------


def _learners(district: District, seed: int) -> pl.DataFrame:
    """Return students: `id`, `grade`, `school` and `group` (those who sit in the same sections)."""
    rng = _rng(district_seed(seed, district), 0)
    grade = rng.integers(0, GRADES, district.students)
    frames = []
    for level, grades in LEVELS:
        here = np.flatnonzero(np.isin(grade, grades))
        schools = max(1, round(len(here) / SCHOOL_SIZE))
        school = pl.Series(rng.integers(1, schools + 1, len(here)))
        at = pl.format("{}-{}-{}", pl.lit(district.id), pl.lit(level), school)
        frames.append(pl.DataFrame({"place": here, "grade": grade[here]}).with_columns(school=at))
    return (
        pl.concat(frames)
        .sort("school", "grade", "place")
        .with_columns(
            pl.format("{}-s{}", pl.lit(district.id), "place").alias("id"),
            (pl.int_range(pl.len()).over("school", "grade") // SECTION_SIZE).alias("group"),
        )
    )


def _roster(
    district: District, learners: pl.DataFrame, year: int, seed: int
) -> dict[str, pl.DataFrame]:
    # Sections of one grade and subject in a school share a teacher by fives.
    sections = (
        learners.select("school", "grade", "group")
        .unique(maintain_order=True)
        .join(pl.DataFrame({"subject": TAUGHT}), how="cross")
        .with_columns(
            pl.format("{}-g{}-{}-{}", "school", "grade", _tag("subject"), "group").alias("id"),
            pl.format("{}-t{}-{}-{}", "school", "grade", _tag("subject"), pl.col("group") // 5)
            .alias("teacher"),
        )
    )  # fmt: skip
    teachers = sections.select(id="teacher", school="school").unique(maintain_order=True)
    schools = learners["school"].unique(maintain_order=True)
    people = pl.concat(
        [
            teachers.with_columns(role=pl.lit("teacher"), grade=pl.lit(None, pl.String)),
            learners.select("id", "school", role=pl.lit("student"), grade=_code(pl.col("grade"))),
        ]
    )
    return {
        "orgs": _orgs(district, schools),
        "academicSessions": _session(year),
        "courses": _courses(district, year),
        "classes": _classes(sections, year),
        "users": _users(district, people, seed),
        "roles": _of("roles", sourcedId="role-" + people["id"], userSourcedId=people["id"],
                     roleType=["primary"] * people.height, role=people["role"],
                     orgSourcedId=people["school"]),
        "enrollments": _enrollments(learners, sections),
    }  # fmt: skip


def _of(name: str, /, **columns: pl.Series | list[str]) -> pl.DataFrame:
    return table(LEAD + HEADERS[name], columns)


def _tag(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(" ", "-")


def _code(grade: pl.Expr) -> pl.Expr:
    return pl.when(grade == 0).then(pl.lit("KG")).otherwise(grade.cast(pl.String).str.zfill(2))


def _orgs(district: District, schools: pl.Series) -> pl.DataFrame:
    titles = schools.str.replace("^d0*", "School ").str.replace_all("-", " ")
    return _of(
        "orgs",
        sourcedId=[district.id, *schools],
        name=[f"District {district.number}", *titles],
        type=["district", *["school"] * len(schools)],
        parentSourcedId=["", *[district.id] * len(schools)],
    )


def _session(year: int) -> pl.DataFrame:
    row = (f"y{year}", "", "", f"{year - 1}-{year % 100:02}", "schoolYear", first_day(year),
           last_day(year), "", year)  # fmt: skip
    return from_rows(LEAD + HEADERS["academicSessions"], [row])


def _courses(district: District, year: int) -> pl.DataFrame:
    rows = [
        (_course(subject, grade), "", "", f"{subject.title()} {grade}", "", district.id, subject)
        for subject in TAUGHT
        for grade in range(GRADES)
    ]
    names, _, _, titles, _, orgs, subjects = zip(*rows, strict=True)
    return _of(
        "courses", sourcedId=list(names), schoolYearSourcedId=[f"y{year}"] * len(rows),
        title=list(titles), orgSourcedId=list(orgs), subjects=list(subjects),
    )  # fmt: skip


def _course(subject: str, grade: int) -> str:
    return f"{subject.replace(' ', '-')}-{grade}"


def _classes(sections: pl.DataFrame, year: int) -> pl.DataFrame:
    said = sections.select(
        "id", "school", "subject",
        title=pl.format("{}, grade {}, section {}", pl.col("subject").str.to_titlecase(), "grade",
                        "group"),
        grades=_code(pl.col("grade")), course=pl.format("{}-{}", _tag("subject"), "grade"),
    )  # fmt: skip
    return _of(
        "classes", sourcedId=said["id"], title=said["title"], grades=said["grades"],
        courseSourcedId=said["course"], classType=["scheduled"] * said.height,
        schoolSourcedId=said["school"], termSourcedIds=[f"y{year}"] * said.height,
        subjects=said["subject"],
    )  # fmt: skip


def _users(district: District, people: pl.DataFrame, seed: int) -> pl.DataFrame:
    text = files("trellis.simulate").joinpath("data/names.json").read_text("utf-8")
    known: dict[str, list[str]] = json.loads(text)
    rng = _rng(district_seed(seed, district), 99)
    given, family = (
        pl.Series(known[kind]).gather(rng.integers(len(known[kind]), size=people.height))
        for kind in ("given", "family")
    )
    adult = pl.col("role") == "teacher"
    mail = people.select(pl.when(adult).then(pl.col("id") + "@state.example"))
    return _of(
        "users", sourcedId=people["id"], enabledUser=["true"] * people.height,
        username=people["id"], givenName=given, familyName=family,
        email=mail.to_series(), grades=people["grade"], primaryOrgSourcedId=people["school"],
    )  # fmt: skip


def _enrollments(learners: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    keys = ["school", "grade", "group"]
    sitting = learners.select(*keys, user="id").join(
        sections.select(*keys, section="id"), on=keys, how="inner", maintain_order="left_right"
    )
    both = pl.concat(
        [
            sections.select(section="id", school="school", user="teacher", role=pl.lit("teacher")),
            sitting.select("section", "school", "user", role=pl.lit("student")),
        ]
    )
    names = both.select(pl.format("e-{}-{}", "section", "user")).to_series()
    return _of("enrollments", sourcedId=names, classSourcedId=both["section"],
               schoolSourcedId=both["school"], userSourcedId=both["user"],
               role=both["role"])  # fmt: skip
