"""Read test results in any vendor's layout: a saved mapping says what each column means."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from trellis.interchange.columns import FileSpec
from trellis.interchange.csv_text import ROW, CsvText
from trellis.interchange.district import ASSESSMENT_RESULTS, OBJECTIVE_RESULTS
from trellis.interchange.headers import FORBIDDEN
from trellis.interchange.problems import Problem, Severity, shorten
from trellis.interchange.student_numbers import IDENTIFIER, SOURCED_ID, STUDENT, USER_IDS

Table = Literal["assessment_results", "objective_results"]
# What a student's second test of the same year, term and subject is: a mistake to be listed, or
# a retake, of which one counts.
Retakes = Literal["listed", "latest", "highest"]
TABLES: dict[str, FileSpec] = {s.name: s for s in (ASSESSMENT_RESULTS, OBJECTIVE_RESULTS)}
# The word that stands for: rows with this word are not brought.
LEFT_OUT = "-"
# A row without these is a student who was not tested: it is left out, and said.
MEASURES = {"assessment_results": ("scale_score",), "objective_results": ("items", "correct")}
# School years begin in July and are named by the year in which they end.
FIRST_MONTH, WINTER, SPRING = 7, (12, 1, 2), (3, 4, 5, 6)

# Name of a way to write dates -> what a cell looks like, how it is parsed, an example.
DATES: dict[str, tuple[str, str, str]] = {
    "year-month-day": (r"^\d{4}/\d{1,2}/\d{1,2}$", "%Y/%m/%d", "2025-09-14"),
    "month/day/year": (r"^\d{1,2}/\d{1,2}/\d{4}$", "%m/%d/%Y", "9/14/2025"),
    "day/month/year": (r"^\d{1,2}/\d{1,2}/\d{4}$", "%d/%m/%Y", "14/9/2025"),
    "month/day/short year": (r"^\d{1,2}/\d{1,2}/\d{2}$", "%m/%d/%y", "9/14/25"),
    "day-month name-year": (r"^\d{1,2}/[A-Za-z]{3}/\d{4}$", "%d/%b/%Y", "14-Sep-2025"),
    "digits": (r"^\d{8}$", "%Y%m%d", "20250914"),
}
DAY = r"^([0-9A-Za-z/.\-]+?)(?:[T ]\d{1,2}:.*)?$"
PERCENTILE = r"^[<>]?\s*(\d+(?:\.\d+)?)\s*(?:st|nd|rd|th|%)?$"
THOUSANDS = r"^(\d{1,3}(?:,\d{3})+(?:\.\d+)?)$"
# A problem in a wide file names so many columns at most.
WIDEST_NAMED = 3
# Ways to read a school year and a term that stand in no column of their own.
YEAR_IT_ENDS, YEAR_IT_BEGINS = "the year in which it ends", "the year in which it begins"
OF_THE_TERM, OF_THE_DAY = "the year of a term, like Fall 2025", "from the day of the test"
AS_WORDS = "in words"
TAKEN_AGAIN = "If students take the test again, say in the mapping which try counts."
FORMATS: dict[str, tuple[str, ...]] = {
    "tested_on": tuple(DATES),
    "school_year": (YEAR_IT_ENDS, YEAR_IT_BEGINS, OF_THE_TERM, OF_THE_DAY),
    "term": (AS_WORDS, OF_THE_DAY),
}
# Words of vendors and of ours, the first that is found in the cell.
TERMS = (
    (r"fall|autumn|boy\b|beginning of", "fall"),
    (r"winter|moy\b|middle of|mid-?year", "winter"),
    (r"spring|eoy\b|end of|summative", "spring"),
)
SUBJECTS = (
    (r"\bmath", "math"),
    (r"\bela\b|\breading|\blanguage arts|\benglish|\bliteracy|\bela/", "ela"),
)
SAID = {"term": TERMS, "subject": SUBJECTS}

Text = Annotated[str, Field(max_length=200)]


class Reading(BaseModel):
    """How one of our columns is read: from a column of the file, or the same in every row.

    `words` translates what stands in the column, whatever its capitals; `-` leaves the row out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: Text = ""
    constant: Text = ""
    format: Text = ""
    words: dict[Text, Text] = Field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        return bool(self.column or self.constant)


class ColumnMapping(BaseModel):
    """What the columns of a vendor's layout mean.

    `blocks` are for wide files, with a column for each subject or objective: each block reads
    every row once more, with readings of its own over those of `fields`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: Table
    header: tuple[str, ...] = Field(min_length=2, max_length=2000)
    fields: dict[str, Reading]
    blocks: tuple[dict[str, Reading], ...] = Field(default=(), max_length=400)
    retakes: Retakes = "listed"

    @model_validator(mode="after")
    def _names_what_exists(self) -> "ColumnMapping":
        for readings in (self.fields, *self.blocks):
            for name, reading in readings.items():
                if name not in self.spec.names:
                    raise ValueError(f"{self.table} has no column {name}.")
                if reading.format and not _is_way_to_read(name, reading.format):
                    raise ValueError(f"{name} cannot be read as “{reading.format}”.")
                if reading.column and reading.column not in self.header:
                    raise ValueError(f"The header has no column “{reading.column}”.")
        return self

    @property
    def spec(self) -> FileSpec:
        return TABLES[self.table]

    @property
    def every_block(self) -> tuple[dict[str, Reading], ...]:
        return tuple(self.fields | block for block in self.blocks) or (self.fields,)

    @property
    def student_kind(self) -> str:
        """Say what the column of students holds."""
        return self.fields.get(STUDENT, Reading()).format or SOURCED_ID

    @property
    def columns_read(self) -> frozenset[str]:
        blocks = self.every_block
        return frozenset(r.column for readings in blocks for r in readings.values() if r.column)


def with_test(mapping: ColumnMapping, name: str) -> ColumnMapping:
    """Name the test by the mapping's own name, where the mapping does not say it."""
    told = any("test" in readings for readings in mapping.every_block)
    if told or "test" not in mapping.spec.names:
        return mapping
    return mapping.model_copy(update={"fields": mapping.fields | {"test": Reading(constant=name)}})


def _is_way_to_read(name: str, format: str) -> bool:
    if name == STUDENT:
        return format in (SOURCED_ID, IDENTIFIER) or format.startswith(USER_IDS)
    return format in FORMATS.get(name, ())


def fingerprint(header: Iterable[str]) -> str:
    """Return what a layout is recognized by: its column names, whatever their order."""
    return sha256("\x1f".join(sorted(name.strip() for name in header)).encode()).hexdigest()


def fits(mapping: ColumnMapping, header: Iterable[str]) -> bool:
    """Return whether a file has every column that the mapping reads."""
    return bool(mapping.columns_read) and mapping.columns_read <= set(header)


def best_fit(
    mappings: Mapping[str, ColumnMapping], header: Sequence[str]
) -> tuple[str, ColumnMapping] | None:
    """Choose the mapping for a header: of the same columns first, else the one that reads most."""
    same = fingerprint(header)
    fitting = [(name, m) for name, m in mappings.items() if fits(m, header)]
    return max(
        fitting,
        key=lambda one: (fingerprint(one[1].header) == same, len(one[1].columns_read)),
        default=None,
    )


def apply_mapping(text: CsvText, mapping: ColumnMapping, file: str) -> CsvText:
    """Turn a vendor's file into ours as text, so that the ordinary check judges it.

    A cell that cannot be read stays as it is: its problem then shows what the file says. Rows
    are those of the vendor's file.
    """
    refused = refused_columns(text.header)
    missing = sorted(mapping.columns_read - set(text.header))
    problems = [*text.problems, *(_rating(file, name) for name in refused),
                *(_gone(file, name) for name in missing)]  # fmt: skip
    if missing or refused or not text.header:
        return CsvText(mapping.spec.names, pl.DataFrame(), tuple(problems), records=text.records)
    rows = map_rows(text.rows, mapping)
    brought = rows[ROW].n_unique()
    if brought < text.rows.height:
        problems.append(left_out(file, text.rows.height, brought))
    unread = text.records - text.rows.height
    return CsvText(mapping.spec.names, rows, tuple(problems), brought + unread)


def map_rows(rows: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    """Turn rows of a vendor's text into rows of ours; each row for itself, so batch by batch.

    Rows that the mapping leaves out, or that say nothing of a test, are not returned.
    """
    blocks = mapping.every_block
    made = [_block(rows, readings, mapping) for readings in blocks]
    return made[0] if len(made) == 1 else pl.concat(made).sort(ROW, maintain_order=True)


def refused_columns(header: Iterable[str]) -> list[str]:
    """Return the columns of a test's file that would bring an evaluation of a teacher.

    A level or a tier stands for the student here: it is not read, and refuses nothing.
    """
    return [name for name in header if _about_a_teacher(name)]


def read_by(file: str, name: str) -> Problem:
    """Say by which mapping a file was read."""
    return Problem(
        file, 1, "", f"the layout of “{name}”", "a layout that Trellis knows",
        "It was read by this mapping. Look at what would change before you apply it.",
        "mapping.used", Severity.NOTICE,
    )  # fmt: skip


def in_the_files_words(problems: Iterable[Problem], mapping: ColumnMapping) -> list[Problem]:
    """Name the file's own columns in problems of mapped rows, and say what the mapping expects."""
    # A row of a wide file is read once for each subject: what is wrong with it is said once.
    return list(dict.fromkeys(_in_its_words(problem, mapping) for problem in problems))


# cells -----------------------------------------------------------------------------------


def _block(
    rows: pl.DataFrame, readings: Mapping[str, Reading], mapping: ColumnMapping
) -> pl.DataFrame:
    cells = {name: _cell(name, readings) for name in mapping.spec.names}
    made = rows.select(ROW, *(cell.alias(name) for name, cell in cells.items()))
    skipped = pl.any_horizontal(
        (pl.col(name) == LEFT_OUT).fill_null(False) for name in ("subject", "term") if name in cells
    )
    untested = pl.all_horizontal(pl.col(name).is_null() for name in MEASURES[mapping.table])
    return made.filter(~skipped, ~untested)


def _cell(name: str, readings: Mapping[str, Reading]) -> pl.Expr:
    reading = readings.get(name, Reading())
    if not reading.column:
        return pl.lit(reading.constant or None, pl.String)
    raw = pl.col(reading.column).str.strip_chars()
    raw = pl.when(raw != "").then(raw)
    cell = _read(name, raw, reading, readings)
    known = {word.strip().casefold(): said for word, said in reading.words.items() if said}
    if not known:
        return cell
    return raw.str.to_lowercase().replace_strict(known, default=cell, return_dtype=pl.String)


def _read(name: str, raw: pl.Expr, reading: Reading, readings: Mapping[str, Reading]) -> pl.Expr:
    match name:
        case "tested_on":
            return _date(raw, reading.format)
        case "school_year" if reading.format == OF_THE_DAY:
            return _year_of(_day(reading, readings))
        case "term" if reading.format == OF_THE_DAY:
            return _term_of(_day(reading, readings))
        case "school_year":
            return _year(raw, reading.format)
        case "term" | "subject":
            return _said(raw, SAID[name])
        case "grade":
            return _grade(raw)
        case "percentile":
            return pl.coalesce(
                raw.str.extract(r"^[<>]?\s*(\d+(?:\.\d+)?)\s*(?:st|nd|rd|th|%)?$"), raw
            )
        case "scale_score" | "standard_error" | "items" | "correct":
            # A thousand is written 1,025 by some and 1025.0 by others.
            whole = raw.str.extract(r"^(\d+)\.0+$")
            thousands = raw.str.extract(r"^(\d{1,3}(?:,\d{3})+(?:\.\d+)?)$").str.replace_all(
                ",", ""
            )
            return pl.coalesce(whole, thousands, raw)
        case _:
            return raw


def _date(raw: pl.Expr, name: str) -> pl.Expr:
    """Read the day of a date that may carry a time; what is none stays as it stands."""
    shape, parsed, _ = DATES[name or "year-month-day"]
    day = raw.str.extract(r"^([0-9A-Za-z/.\-]+?)(?:[T ]\d{1,2}:.*)?$").str.replace_all(
        r"[.\-]", "/"
    )
    day = pl.when(day.str.contains(shape)).then(day)
    return pl.coalesce(day.str.to_date(parsed, strict=False).dt.to_string("%Y-%m-%d"), raw)


def day_of(cells: pl.Expr) -> pl.Expr:
    """Cut the time off a date and write its parts with slashes."""
    return cells.str.extract(DAY).str.replace_all(r"[.\-]", "/")


def _day(reading: Reading, readings: Mapping[str, Reading]) -> pl.Expr:
    """Return the day of the test, read in the way of `tested_on`."""
    raw = pl.col(reading.column).str.strip_chars()
    return _date(raw, readings.get("tested_on", Reading()).format).str.to_date(
        "%Y-%m-%d", strict=False
    )


def _year_of(day: pl.Expr) -> pl.Expr:
    after = (day.dt.month() >= FIRST_MONTH).cast(pl.Int32)
    return (day.dt.year() + after).cast(pl.String)


def _term_of(day: pl.Expr) -> pl.Expr:
    month = day.dt.month()
    return (
        pl.when(month.is_in(WINTER)).then(pl.lit("winter"))
        .when(month.is_in(SPRING)).then(pl.lit("spring"))
        .when(month.is_not_null()).then(pl.lit("fall"))
    )  # fmt: skip


def _year(raw: pl.Expr, name: str) -> pl.Expr:
    ending = raw.str.extract(r"20\d\d\s*[-–/]\s*(?:20)?(\d\d)(?:\D|$)")
    alone = raw.str.extract(r"(?:^|\D)(20\d\d)(?:\D|$)").cast(pl.Int64, strict=False)
    if name == YEAR_IT_BEGINS:
        alone = alone + 1
    elif name == OF_THE_TERM:
        alone = alone + raw.str.contains(f"(?i){TERMS[0][0]}").cast(pl.Int64)
    return pl.coalesce("20" + ending, alone.cast(pl.String), raw)


def _said(raw: pl.Expr, words: Sequence[tuple[str, str]]) -> pl.Expr:
    found = [
        pl.when(raw.str.contains(f"(?i){pattern}")).then(pl.lit(word)) for pattern, word in words
    ]
    return pl.coalesce(*found, raw)


def _grade(raw: pl.Expr) -> pl.Expr:
    number = raw.str.extract(r"(?i)^(?:grade\s*)?0*(\d{1,2})(?:st|nd|rd|th)?(?:\s*grade)?$")
    return (
        pl.when(raw.str.contains(r"(?i)^(k|kg|kindergarten|grade k|0+)$")).then(pl.lit("KG"))
        .when(raw.str.contains(r"(?i)^(pk|pre-?k)$")).then(pl.lit("PK"))
        .otherwise(pl.coalesce(number.str.zfill(2), raw))
    )  # fmt: skip


# problems --------------------------------------------------------------------------------


def _in_its_words(problem: Problem, mapping: ColumnMapping) -> Problem:
    names = [name for name in problem.field.split(", ") if name in mapping.spec.names]
    if not names:
        return problem
    columns = (_column_of(name, mapping) for name in names)
    field = ", ".join(dict.fromkeys(column for column in columns if column))
    said = replace(problem, field=field)
    if problem.code == mapping.spec.twice and mapping.table == "assessment_results":
        return replace(said, advice=f"{problem.advice} {TAKEN_AGAIN}")
    reading = mapping.every_block[0].get(names[0], Reading())
    if len(names) > 1 or not reading.column or names[0] == STUDENT:
        return said
    if reading.format:
        like = f", like {DATES[reading.format][2]}" if reading.format in DATES else ""
        return replace(
            said, expected=f"{names[0]} read as {reading.format}{like}",
            advice="Correct the cell, or choose another format in the mapping.",
        )  # fmt: skip
    if names[0] in SAID:
        return replace(
            said, advice="Say in the mapping what this word means, or leave its rows out there."
        )
    return said


def _column_of(name: str, mapping: ColumnMapping) -> str:
    """Name the file's column; in a wide file it may be one of several; what is in none has none."""
    columns = {r[name].column: None for r in mapping.every_block if name in r and r[name].column}
    if name == "test" and not columns:
        return ""
    return " or ".join(columns) if 0 < len(columns) <= WIDEST_NAMED else name


def _about_a_teacher(name: str) -> bool:
    """Tell a column about a teacher's evaluation from one about a student's level in a test."""
    snake = re.sub(r"[\s.\-]+", "_", name.strip()).lower()
    return bool(FORBIDDEN.search(snake)) and bool(
        re.search(r"teacher|educator|staff|evaluat|apprais|appr(_|$)|effectiveness", snake)
    )


def _rating(file: str, name: str) -> Problem:
    return Problem(
        file, 1, name, name, "no evaluation or employment action about a person",
        "Remove the column. Trellis has no place for ratings of people.", "header.forbidden_column",
    )  # fmt: skip


def _gone(file: str, name: str) -> Problem:
    return Problem(
        file, 1, name, "no such column", f"the column {name}, which the mapping reads",
        "Export the file with this column, or change the mapping.", "header.missing_column",
    )  # fmt: skip


def left_out(file: str, read: int, kept: int) -> Problem:
    """Say how many rows a mapping leaves out."""
    return Problem(
        file, 0, "", shorten(f"{read - kept:,} of {read:,} rows"), "rows with a result that the "
        "mapping brings", "They hold no result, or a subject or term that the mapping leaves out. "
        "They were left out.", "row.left_out", Severity.NOTICE,
    )  # fmt: skip


def tries_left_out(file: str, count: int, rule: Retakes) -> Problem:
    """Say how many results of a test that was taken again do not count."""
    counts = {"latest": "the latest try", "highest": "the highest result"}.get(rule, "one try")
    return Problem(
        file, 0, "", f"{count:,} results of a test taken again", f"{counts} of each student",
        "The others were left out, as the mapping says. Change it if another try counts.",
        "row.retake", Severity.NOTICE,
    )  # fmt: skip
