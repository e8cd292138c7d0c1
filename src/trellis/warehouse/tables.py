"""Name the tables of the warehouse: columns, what a new file replaces, and how they are split."""

from dataclasses import dataclass

import polars as pl

YEAR = "school_year"
# Tables that may be too large for memory.
LARGE = ("assessment_results",)
PROVENANCE: dict[str, type[pl.DataType]] = {
    "import_id": pl.String,
    "file": pl.String,
    "row": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes
    ----------
    columns : names and types, without provenance.
    replaces : a file that brings rows replaces all rows with the same values here.
    names : with those, what names one row: of a file in part, the rest of the old rows stay.
    keys : columns that hold pseudonyms, with the kind of thing each names.
    split : columns by which its rows are split into files. Where they are those that a new file
        replaces, replacing is changing files, and nothing old is read.
    """

    name: str
    columns: dict[str, type[pl.DataType]]
    replaces: tuple[str, ...]
    names: tuple[str, ...]
    keys: dict[str, str]
    split: tuple[str, ...]

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        return self.columns | PROVENANCE


def _table(
    name: str, replaces: tuple[str, ...], names: tuple[str, ...], /, **columns: type[pl.DataType]
) -> Table:
    kinds = {"student": "person", "teacher": "person", "adult": "person", "section": "section"}
    keys = {column: kinds[column] for column in columns if column in kinds}
    by_year = (YEAR,) if YEAR in columns else ()
    return Table(name, columns, replaces, names, keys, replaces if name in LARGE else by_year)


_ANSWERS = dict.fromkeys(("enrolled", "never", "rarely", "sometimes", "often", "always"), pl.Int64)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        # A student's test. `adult` and `teacher` are persons: one key for whoever they are.
        _table(
            "assessment_results", ("school_year", "term", "subject", "test"), ("student",),
            student=pl.String, school_year=pl.Int64, term=pl.String, tested_on=pl.Date,
            subject=pl.String, grade=pl.String, scale_score=pl.Float64, standard_error=pl.Float64,
            percentile=pl.Float64, test=pl.String,
        ),
        # Items of one objective that a student answered, and how many correctly.
        _table(
            "objective_results", ("section", "line_item"), ("student",),
            student=pl.String, section=pl.String, school_year=pl.Int64, objective_id=pl.String,
            line_item=pl.String, scored_on=pl.Date, items=pl.Int64, correct=pl.Int64,
        ),
        # Who sat in whose section.
        _table(
            "rosters", ("section",), ("student",),
            section=pl.String, teacher=pl.String, student=pl.String, school_id=pl.String,
            school_year=pl.Int64, subject=pl.String, grade=pl.String,
        ),
        _table(
            "class_feedback", ("section", "given_on"), ("item",),
            section=pl.String, teacher=pl.String, school_year=pl.Int64, given_on=pl.Date,
            item=pl.String, element=pl.String, **_ANSWERS,
        ),
        _table(
            "study_visits", ("study_visit_id",), ("element",),
            study_visit_id=pl.String, visited_on=pl.Date, school_year=pl.Int64, teacher=pl.String,
            adult=pl.String, made_by=pl.String, program_id=pl.String, element=pl.String,
            level=pl.Int64,
        ),
        # Participation in offers, one row a teacher and offer.
        _table(
            "participation", ("offer_id",), ("teacher",),
            offer_id=pl.String, program_id=pl.String, school_year=pl.Int64, teacher=pl.String,
            state=pl.String, minutes=pl.Int64, useful=pl.String, tried_in_class=pl.String,
        ),
        # Countable facts of partnerships, one row a partnership and school year.
        _table(
            "partnership_exposures", ("partnership_id",), ("school_year",),
            partnership_id=pl.String, teacher=pl.String, adult=pl.String, kind=pl.String,
            program_id=pl.String, school_year=pl.Int64, sessions=pl.Int64, minutes=pl.Int64,
        ),
        _table(
            "draws", ("offer_id",), ("teacher",),
            offer_id=pl.String, program_id=pl.String, school_year=pl.Int64, teacher=pl.String,
            block=pl.String, probability=pl.Float64, drawn=pl.Boolean, seed=pl.Int64,
            drawn_at=pl.Datetime,
        ),
        _table(
            "rollouts", ("program_id",), ("school_id",),
            program_id=pl.String, school_id=pl.String, starts_on=pl.Date,
        ),
        _table(
            "costs", ("program_id", "school_year"), ("ingredient",),
            program_id=pl.String, school_year=pl.Int64, ingredient=pl.String, category=pl.String,
            quantity=pl.Float64, unit=pl.String, unit_price_usd=pl.Float64, price_year=pl.Int64,
            source=pl.String,
        ),
        _table(
            "staff_moves", ("school_year",), ("teacher", "school_id"),
            teacher=pl.String, school_id=pl.String, school_year=pl.Int64,
            years_experience=pl.Int64, grades=pl.String, subjects=pl.String, next_year=pl.String,
        ),
        _table(
            "consents", ("teacher", "purpose"), ("given_on",),
            teacher=pl.String, purpose=pl.String, given_on=pl.Date, withdrawn_on=pl.Date,
        ),
    )
}  # fmt: skip


def empty(table: str) -> pl.DataFrame:
    """Return a table without rows."""
    return pl.DataFrame(schema=TABLES[table].schema)
