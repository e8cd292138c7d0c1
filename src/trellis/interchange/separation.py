"""Keep the wall: who evaluates a teacher never coaches or visits that teacher that year."""

from collections.abc import Iterator, Mapping

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.problems import Problem

# A school year is named by the year in which it ends; it begins in July.
FIRST_MONTH = 7
OPEN_END = 2100

Tables = Mapping[str, pl.DataFrame]


def kept_apart(brought: Tables, known: Tables, sources: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each person who evaluates a teacher and also coaches or visits there.

    Tables that are known already have no place in a file; they count as row 0.
    """
    evaluators = _together("evaluators", brought, known, _evaluator_columns())
    if not evaluators.height:
        return
    for name, years in (("partnerships", _partnership_years), ("study_visits", _visit_years)):
        meetings = _together(name, brought, known, years())
        yield from _conflicts(evaluators, meetings, name, sources)


def _together(name: str, brought: Tables, known: Tables, columns: list[pl.Expr]) -> pl.DataFrame:
    frames = []
    if name in brought:
        frames.append(brought[name].select(*columns, ROW))
    if name in known:
        frames.append(known[name].select(*columns, pl.lit(0, dtype=pl.Int64).alias(ROW)))
    if frames:
        return pl.concat(frames)
    return pl.DataFrame(schema={"adult": pl.String, "teacher": pl.String, ROW: pl.Int64})


def _evaluator_columns() -> list[pl.Expr]:
    return [
        pl.col("evaluator_id").alias("adult"),
        pl.col("teacher_id").alias("teacher"),
        pl.col("school_year"),
    ]


def _partnership_years() -> list[pl.Expr]:
    return [
        pl.col("partner_id").alias("adult"),
        pl.col("teacher_id").alias("teacher"),
        _school_year("started_on").alias("first"),
        _school_year("ended_on").fill_null(OPEN_END).alias("last"),
    ]


def _visit_years() -> list[pl.Expr]:
    return [
        pl.col("visitor_id").alias("adult"),
        pl.col("teacher_id").alias("teacher"),
        pl.col("school_year").alias("first"),
        pl.col("school_year").alias("last"),
    ]


def _school_year(column: str) -> pl.Expr:
    day = pl.col(column).dt
    return (day.year() + (day.month() >= FIRST_MONTH).cast(pl.Int32)).cast(pl.Int64)


def _conflicts(
    evaluators: pl.DataFrame, meetings: pl.DataFrame, name: str, sources: Mapping[str, str]
) -> Iterator[Problem]:
    if not meetings.height:
        return
    both = evaluators.join(meetings, on=["adult", "teacher"], suffix="_met").filter(
        pl.col("school_year").is_between(pl.col("first"), pl.col("last"))
        & ((pl.col(ROW) > 0) | (pl.col(f"{ROW}_met") > 0))
    )
    seen = both.unique(["adult", "teacher", "school_year"], maintain_order=True)
    columns = ("adult", "teacher", "school_year", ROW, f"{ROW}_met")
    for adult, teacher, year, row, met in seen.select(columns).iter_rows():
        here, there = (name, "evaluators") if met else ("evaluators", name)
        other = row if met else met
        field = {"partnerships": "partner_id", "study_visits": "visitor_id"}[name]
        yield Problem(
            sources[here], met or row, field if met else "evaluator_id",
            f"{adult} with {teacher} in {year - 1}-{year % 100:02d}",
            "a person who does not evaluate this teacher in the same school year",
            f"{_place(there, other, sources)} says that {adult} evaluates, or meets, {teacher} "
            "that year. Coaching stays apart from evaluation: choose another partner or evaluator.",
            "semantic.evaluator_conflict",
        )  # fmt: skip


def _place(name: str, row: int, sources: Mapping[str, str]) -> str:
    return f"{sources[name]}, row {row}," if row else "What is known already"
