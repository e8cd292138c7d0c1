"""Compute where classes stand on learning objectives, from the warehouse's results.

It loads polars and numpy, so import it where it is used.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl
from django.db import transaction

from trellis.diagnosis.mastery import FEWEST_STUDENTS, ClassResult, Readiness, readiness
from trellis.evidence.models import Import, LearningObjective
from trellis.evidence.queries import person_key, section_key, warehouse
from trellis.insights.models import ClassLearning
from trellis.people.models import Section, Student
from trellis.trust import clock

FEWEST_ITEMS = 3  # below that one student's share says nothing
LOOK_AGAIN_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class StudentResult:
    """What one student answered on an objective; for her own teachers alone."""

    name: str
    correct: int
    items: int


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The rows of one file that a class's figure on an objective rests on."""

    file: str
    first: int
    last: int
    count: int
    imported: datetime | None


def compute_classes(today: date) -> int:
    """Compute this school year's classes and store them in place of what was there."""
    year = clock.school_year(today)
    found = readiness(_class_results(year))
    sections = Section.objects.filter(school_year=year).values_list("external_id", "pk")
    names = {section_key(external): pk for external, pk in sections}
    objectives = dict(LearningObjective.objects.values_list("identifier", "pk"))
    rows = [
        _row(one, names[one.klass], objectives[one.objective])
        for one in found
        if one.klass in names and one.objective in objectives
    ]
    with transaction.atomic():
        ClassLearning.objects.filter(section__school_year=year).delete()
        ClassLearning.objects.bulk_create(rows, batch_size=1000)
    return len({row.section_id for row in rows})


def look_again(section: Section, objective: LearningObjective) -> list[StudentResult]:
    """Return the students of a class who had fewer than half of an objective's items right.

    Only for the class's own teachers: the caller has reached the section through its policy.
    """
    results = warehouse().read("objective_results")
    rows = (
        results.filter(
            pl.col("section") == section_key(section.external_id),
            pl.col("objective_id") == objective.identifier,
        )
        .group_by("student")
        .agg(pl.col("correct").sum(), pl.col("items").sum())
        .filter(
            pl.col("items") >= FEWEST_ITEMS,
            pl.col("correct") < LOOK_AGAIN_BELOW * pl.col("items"),
        )
        .collect()
    )
    names = {
        person_key(student.external_id): f"{student.given_name} {student.family_name}"
        for student in Student.objects.filter(enrollments__section=section)
    }
    found = [
        StudentResult(names[student], correct, items)
        for student, correct, items in rows.iter_rows()
        if student in names
    ]
    return sorted(found, key=lambda student: student.name)


def rows_behind(section: Section, objective: LearningObjective) -> list[RowsBehind]:
    """Return which rows of which files hold a class's answers; for its own teachers alone."""
    of_it = (
        warehouse()
        .read("objective_results")
        .filter(
            pl.col("section") == section_key(section.external_id),
            pl.col("objective_id") == objective.identifier,
        )
    )
    row = pl.col("row")
    found = (
        of_it.group_by("import_id", "file")
        .agg(row.min().alias("first"), row.max().alias("last"), pl.len().alias("count"))
        .sort("file", "first")
        .collect()
    )
    imports = Import.objects.filter(pk__in=found["import_id"].to_list())
    moments = {str(pk): at for pk, at in imports.values_list("pk", "finished_at")}
    return [
        RowsBehind(file, first, last, count, moments.get(name))
        for name, file, first, last, count in found.iter_rows()
    ]


def _class_results(year: int) -> list[ClassResult]:
    """Return each class's answers on each objective in a school year."""
    results = warehouse().read("objective_results")
    share = pl.col("correct") / pl.col("items")
    rows = (
        results.filter(pl.col("school_year") == year, pl.col("items") > 0)
        .group_by("section", "objective_id", "student")
        .agg(pl.col("correct").sum(), pl.col("items").sum())
        .group_by("section", "objective_id")
        .agg(
            pl.len().alias("students"),
            share.mean().alias("share"),
            share.var(ddof=0).alias("variance"),
            pl.col("items").mean().alias("mean_items"),
        )
        .filter(pl.col("students") >= FEWEST_STUDENTS)
        .sort("section", "objective_id")
        .collect()
    )
    return [ClassResult(*row) for row in rows.iter_rows()]


def _row(one: Readiness, section: UUID, objective: int) -> ClassLearning:
    return ClassLearning(
        section_id=section,
        objective_id=objective,
        students=one.right.n,
        right=one.right.value,
        low=one.right.interval.low,
        high=one.right.interval.high,
        usual=one.usual,
        behind=one.behind,
        is_next=one.next,
        computed_at=clock.now(),
    )
