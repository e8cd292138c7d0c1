"""Give the annual test scores of students: the rows that growth from year to year is read from."""

import polars as pl

TERM = "spring"


def annual_scores(results: pl.LazyFrame, *, term: str = TERM) -> pl.LazyFrame:
    """Return one row for each student, year, subject and test: that of one term of the year.

    Columns: `student` (pseudonym), `year` (in which the school year ends), `subject`, `test` (null
    where it has no name), `grade`, `score` (scale score), `csem` (its standard error in the same
    units; null where the file said none), `percentile` (of the publisher; null without norms),
    `tested_on`. Scores of two tests have no scale in common: keep to one, or to each by itself.

    Parameters
    ----------
    results : `assessment_results` of the warehouse.
    term : `spring` for a test at the end of the year.
    """
    return (
        results.filter(pl.col("term") == term)
        .select(
            "student", pl.col("school_year").alias("year"), "subject", "test", "grade",
            pl.col("scale_score").alias("score"), pl.col("standard_error").alias("csem"),
            "percentile", "tested_on",
        )
        .sort("student", "subject", "test", "year")
    )  # fmt: skip
