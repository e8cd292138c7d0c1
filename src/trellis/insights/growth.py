"""Compute how the students of each class grew to the newest test, from the warehouse's tests.

About classes alone: a figure is stored with its section and nowhere else, and nothing here knows
who teaches it. It loads polars and numpy, so import it where it is used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from django.db import transaction

from trellis.diagnosis.class_growth import FEWEST_STUDENTS, summarize
from trellis.diagnosis.term_growth import TERMS, TermScores, grow_to_newest
from trellis.evidence.queries import section_key, warehouse
from trellis.insights.models import ClassGrowth
from trellis.people.models import Section
from trellis.trust import clock

YEARS_READ = 3  # two windows before the newest one lie within them, even of a yearly test
KINDERGARTEN = ("K", "KG")
NO_NAME = ""


@dataclass(frozen=True, slots=True)
class _Grown:
    """What is known of the growth of one class; the percentiles are its students', in order.

    path is the grade, as a number; the others are named as in `ClassGrowth`.
    """

    section: str
    students: int
    test: str | None
    tested: int | None
    among: int | None
    two_before: int | None
    term: str | None
    tested_on: date | None
    since: date | None
    one_student: float | None
    grades: Sequence[int] | None
    percentiles: Sequence[float] | None


def compute_growth(today: date) -> int:
    """Compute this school year's classes and store them in place of what was there."""
    year = clock.school_year(today)
    sections = Section.objects.filter(school_year=year).values_list("external_id", "pk")
    names = {section_key(external): pk for external, pk in sections}
    rows = [_row(names[one.section], one) for one in _of_classes(year) if one.section in names]
    with transaction.atomic():
        ClassGrowth.objects.filter(section__school_year=year).delete()
        ClassGrowth.objects.bulk_create(rows, batch_size=1000)
    return sum(row.mean is not None for row in rows)


def _of_classes(year: int) -> Iterator[_Grown]:
    """Yield each class whose subject has tests this year, with what is known of its growth."""
    tests = (
        warehouse()
        .read("assessment_results")
        .filter(
            pl.col("school_year").is_between(year - YEARS_READ, year),
            pl.col("scale_score").is_finite(),
        )
    )
    this_year = tests.filter(pl.col("school_year") == year).select("subject", "test").unique()
    given = this_year.sort("subject", "test").collect().rows()
    if not given:
        return
    rosters = _rosters(year)
    subjects = {subject for subject, _test in given}
    grown = pl.concat(
        [
            _of_students(
                tests.filter(pl.col("subject") == subject, pl.col("test").eq_missing(pl.lit(test))),
                year,
            ).with_columns(subject=pl.lit(subject), test=pl.lit(test or NO_NAME))
            for subject, test in given
        ]
    )
    classes = rosters.filter(pl.col("subject").is_in(subjects))
    sizes = classes.group_by("section").len("students")
    figures = (
        classes.join(grown, on=["student", "subject"])
        .group_by("section", "test")
        .agg(
            pl.len().alias("tested"),
            pl.struct("grade", "among").unique().struct.field("among").sum(),
            (pl.col("order") > 1).sum().alias("two_before"),
            pl.col("term").mode().sort().first(),
            pl.col("tested_on").max(),
            pl.col("since").max(),
            pl.col("half").median().alias("one_student"),
            pl.col("grade").unique().sort().alias("grades"),
            pl.col("percentile").alias("percentiles"),
        )
        # One test for a class: the one that most of its students have, the newest of those.
        .sort("section", "tested", "tested_on", "test", descending=[False, True, True, False])
        .unique("section", keep="first", maintain_order=True)
    )
    found = sizes.join(figures, on="section", how="left").sort("section")
    for row in found.select(_Grown.__slots__).iter_rows():
        yield _Grown(*row)


def _rosters(year: int) -> pl.DataFrame:
    """Return who sits in which class, with the subject as tests name it."""
    return (
        warehouse()
        .read("rosters")
        .filter(pl.col("school_year") == year)
        .select("section", "student", pl.col("subject").str.to_lowercase())
        .unique()
        .collect()
    )


def _of_students(tests: pl.LazyFrame, year: int) -> pl.DataFrame:
    """Return the growth of everybody with a test of one kind and subject; no class is known yet."""
    grade = pl.col("grade").str.to_uppercase()
    rows = (
        tests.with_columns(
            level=pl.when(grade.is_in(KINDERGARTEN))
            .then(0)
            .otherwise(grade.cast(pl.Int64, strict=False)),
            place=pl.col("term").replace_strict(
                TERMS, range(len(TERMS)), default=None, return_dtype=pl.Int64
            ),
        )
        .drop_nulls(["level", "place"])
        .unique(["student", "school_year", "term"], keep="last", maintain_order=True)
        .collect()
    )
    grown = grow_to_newest(
        TermScores(
            student=rows["student"].rank("dense").cast(pl.Int64).to_numpy(),
            year=rows["school_year"].to_numpy(),
            term=rows["place"].to_numpy(),
            grade=rows["level"].to_numpy(),
            score=rows["scale_score"].to_numpy(),
            error=rows["standard_error"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        ),
        year,
    )
    newest = rows[grown.rows].select("student", "term", "tested_on", "level")
    return newest.select(
        "student",
        "term",
        "tested_on",
        pl.Series("since", rows[grown.before]["tested_on"], pl.Date),
        pl.col("level").alias("grade"),
        pl.Series("order", grown.order, pl.Int64),
        pl.Series("percentile", grown.percentile, pl.Float64),
        pl.Series("half", grown.half, pl.Float64).fill_nan(None),
        pl.Series("among", grown.among, pl.Int64),
    )


def _row(section: UUID, one: _Grown) -> ClassGrowth:
    row = ClassGrowth(
        section_id=section,
        test=one.test or NO_NAME,
        students=one.students,
        tested=one.tested or 0,
        among=one.among or 0,
        grades=_in_words(one.grades or ()),
        two_before=one.two_before or 0,
        term=one.term or "",
        tested_on=one.tested_on,
        since=one.since,
        computed_at=clock.now(),
    )
    if one.percentiles is None or len(one.percentiles) < FEWEST_STUDENTS:
        return row
    found = summarize(one.percentiles)
    row.mean, row.median = found.mean.value, found.median.value
    row.low, row.high = found.mean.interval.low, found.mean.interval.high
    row.median_low, row.median_high = found.median.interval.low, found.median.interval.high
    row.one_student = one.one_student
    return row


def _in_words(grades: Sequence[int]) -> str:
    said = [str(grade) if grade else "K" for grade in grades]
    if len(said) < 2:
        return f"grade {said[0]}" if said else ""
    return f"grades {', '.join(said[:-1])} and {said[-1]}"
