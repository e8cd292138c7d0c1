"""Describe the columns of a file once, and check a whole file against that at column speed."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from trellis.interchange.csv_text import ROW, CsvText
from trellis.interchange.problems import Problem, Severity, shorten

Kind = Literal[
    "id",
    "text",
    "prose",
    "date",
    "moment",
    "time",
    "integer",
    "number",
    "boolean",
    "list",
    "url",
    "skip",
]

# Longest text that is kept, by kind; the database columns are made for these.
LONGEST = {"id": 100, "text": 200, "prose": 10_000, "list": 2_000, "url": 500}

# A spreadsheet runs a cell that begins so when the file is opened again.
FORMULA = r"^\s*[=+\-@]"

EXPECTED: dict[str, str] = {
    "date": "a date as YYYY-MM-DD",
    "moment": "a date and time in UTC as YYYY-MM-DDTHH:MM:SSZ",
    "time": "a time of day as HH:MM",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
INVALID = {
    "date": "date", "moment": "datetime", "time": "time", "integer": "number", "number": "number",
    "boolean": "boolean",
}  # fmt: skip

# Words of evaluation and employment. Trellis has no place for them about a person,
# so a file that brings one is refused before anything of it is read.
FORBIDDEN = re.compile(
    r"(^|_)(ratings?|rated|apprais\w*|appr|summative|effectiveness|evaluations?|tiers?|value_?added|vam"
    r"|disciplin\w*|terminat\w*|dismiss\w*|non_?renew\w*|probation\w*|tenure\w*|merit|bonus|layoff"
    r"|rank|ranking|pip|improvement_plan|employment_action|personnel_action"
    r"|performance_(level|score|band))(_|$)"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    Attributes
    ----------
    words : allowed words; with kind `list`, of each entry.
    refers : kind of thing that the cell names (`person`, `school`, ...).
    least, most : inclusive bounds of a number.
    extensible : words that begin with `ext:` are allowed too (OneRoster).
    longest : most characters, where the kind's own limit is too wide.
    optional : a file may leave the whole column out; its cells are then empty.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    words: tuple[str, ...] = ()
    refers: str = ""
    least: float | None = None
    most: float | None = None
    extensible: bool = False
    longest: int | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition between columns: `breaks` is true for the rows that break it."""

    field: str
    code: str
    breaks: pl.Expr
    expected: str
    advice: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names a thing of some kind, in the rows where `when` holds.

    Attributes
    ----------
    dispensable : the row is of use without it, so an unknown name is only a notice.
    """

    column: str
    kind: str
    when: pl.Expr | None = None
    dispensable: bool = False


@dataclass(frozen=True, slots=True)
class FileSpec:
    """What one CSV file promises.

    Attributes
    ----------
    scoped : references that hold only in some rows.
    key : columns that together name a row; no two rows share them.
    defines : (kind of thing, column that names it) for references from other files.
    extra_prefix : unknown columns with this prefix are read past (OneRoster's `metadata.`).
    separator : between the entries of a list.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    defines: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    scoped: tuple[Reference, ...] = ()
    extra_prefix: str = ""
    separator: str = ";"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.optional)

    @property
    def references(self) -> tuple[Reference, ...]:
        plain = tuple(Reference(c.name, c.refers) for c in self.columns if c.refers)
        return plain + self.scoped


@dataclass(frozen=True, slots=True)
class Checked:
    """A file after its check: typed rows (sound or not) and every problem found."""

    rows: pl.DataFrame
    problems: tuple[Problem, ...]


def forbidden_columns(header: tuple[str, ...], known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the columns that would bring an evaluation or an employment action."""
    unknown = [name for name in header if name not in known]
    return tuple(name for name in unknown if FORBIDDEN.search(_snake(name)))


def check(text: CsvText, spec: FileSpec, file: str) -> Checked:
    """Hold the cells of a file against its specification and give them their types."""
    header = list(_header_problems(text.header, spec, file)) if text.header else []
    if header or not set(spec.needed) <= set(text.rows.columns):
        return Checked(no_rows(spec), (*text.problems, *header))
    left_out = [name for name in spec.names if name not in text.rows.columns]
    with_all = text.rows.with_columns(pl.lit(None, pl.String).alias(name) for name in left_out)
    raw = with_all.select(ROW, *spec.names)
    typed = raw.select(ROW, *(_typed(c, spec) for c in spec.columns if c.kind != "skip"))
    problems = [
        *text.problems,
        *_cell_problems(raw, spec, file),
        *_duplicates(raw, spec, file),
        *_rule_problems(typed, spec, file),
    ]
    return Checked(typed, tuple(problems))


# header ----------------------------------------------------------------------------------


def _header_problems(header: tuple[str, ...], spec: FileSpec, file: str) -> Iterator[Problem]:
    banned = forbidden_columns(header, spec.names)
    for name in banned:
        yield forbidden_problem(file, name)
    for name in header:
        extra = spec.extra_prefix and name.startswith(spec.extra_prefix)
        if name not in spec.names and name not in banned and not extra:
            yield _unknown_column(file, name, spec, header)
    for name in spec.needed:
        if name not in header:
            yield Problem(
                file, 1, name, "no such column", f"a column {name}",
                "Add the column; it may be empty where nothing is known."
                if not _required(spec, name)
                else "Add the column and fill it in each row.",
                "header.missing_column",
            )  # fmt: skip


def forbidden_problem(file: str, name: str) -> Problem:
    """Refuse a column about evaluation or employment, with the reason."""
    return Problem(
        file, 1, name, name, "no evaluation rating, tier or employment action about a person",
        "Remove the column. Trellis supports growth and stays apart from evaluation: "
        "it has no place for ratings of people, and files that carry them are refused whole.",
        "header.forbidden_column",
    )  # fmt: skip


def _unknown_column(file: str, name: str, spec: FileSpec, header: tuple[str, ...]) -> Problem:
    missing = [known for known in spec.names if known not in header]
    folded = {known.lower(): known for known in missing}
    near = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.7)
    advice = (
        f"Rename it to {folded[near[0]]}; names are written exactly so."
        if near
        else "Remove the column; Trellis has no use for it."
    )
    return Problem(
        file,
        1,
        name,
        name,
        "only the columns " + ", ".join(spec.names),
        advice,
        "header.unknown_column",
    )


def _required(spec: FileSpec, name: str) -> bool:
    return next(column.required for column in spec.columns if column.name == name)


def _snake(name: str) -> str:
    bare = name.removeprefix("metadata.")
    return re.sub(r"[\s.\-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare)).lower()


# cells -----------------------------------------------------------------------------------


def _typed(column: Column, spec: FileSpec) -> pl.Expr:
    cell = pl.col(column.name)
    match column.kind:
        case "date":
            return cell.str.to_date("%Y-%m-%d", strict=False)
        case "moment":
            return cell.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_zone="UTC")
        case "time":
            return cell.str.to_time("%H:%M", strict=False)
        case "integer":
            return cell.cast(pl.Int64, strict=False)
        case "number":
            return cell.cast(pl.Float64, strict=False)
        case "boolean":
            return cell.replace_strict({"true": True, "false": False}, default=None)
        case "list":
            return _entries(column, spec).fill_null(pl.lit([], dtype=pl.List(pl.String)))
        case _:
            return cell


def _entries(column: Column, spec: FileSpec) -> pl.Expr:
    parts = pl.col(column.name).str.split(spec.separator)
    return parts.list.eval(pl.element().str.strip_chars()).alias(column.name)


@dataclass(frozen=True, slots=True)
class _Check:
    field: str
    code: str
    bad: pl.Expr
    expected: str
    advice: str
    found: pl.Expr
    severity: Severity = Severity.ERROR


def _cell_problems(raw: pl.DataFrame, spec: FileSpec, file: str) -> Iterator[Problem]:
    checks = [check for column in spec.columns for check in _checks(column, spec)]
    yield from _run(raw, checks, file)


def _run(rows: pl.DataFrame, checks: list[_Check], file: str) -> Iterator[Problem]:
    """Ask every check at once whether it fails anywhere, then look only where it does."""
    if not checks or not rows.height:
        return
    fails = rows.select(check.bad.any().alias(str(i)) for i, check in enumerate(checks)).row(0)
    for check, failed in zip(checks, fails, strict=True):
        if not failed:
            continue
        bad = rows.filter(check.bad).select(ROW, check.found.cast(pl.String).alias("found"))
        for row, found in bad.iter_rows():
            yield Problem(
                file, row, check.field, shorten(found or ""), check.expected, check.advice,
                check.code, check.severity,
            )  # fmt: skip


def _checks(column: Column, spec: FileSpec) -> Iterator[_Check]:
    cell = pl.col(column.name)
    if column.kind == "skip":
        return
    if column.required:
        yield _Check(
            column.name, "row.required", cell.is_null(), "a value",
            "Fill the cell; every row needs it.", pl.lit(""),
        )  # fmt: skip
    if column.kind in EXPECTED:
        yield _type_check(column, spec)
    if column.kind in ("id", "text", "prose", "list"):
        yield _Check(
            column.name, "row.formula", cell.str.contains(FORMULA), "text that is not a formula",
            "The cell begins with =, +, - or @, which a spreadsheet would run. "
            "Begin it with a letter, or remove the sign.", cell,
        )  # fmt: skip
    if column.kind == "url":
        yield _Check(
            column.name, "row.invalid_url", ~cell.str.contains(r"^https?://[^\s<>\"]+$"),
            "a web address", "Begin it with https:// and leave out spaces.", cell,
        )  # fmt: skip
    if column.kind in LONGEST:
        longest = column.longest or LONGEST[column.kind]
        yield _Check(
            column.name, "row.too_long", cell.str.len_chars() > longest,
            f"at most {longest:,} characters", "Shorten the text.",
            pl.format("{} characters", cell.str.len_chars()),
        )  # fmt: skip
    if column.least is not None or column.most is not None:
        yield _range_check(column)
    if column.words:
        yield _words_check(column, spec)


def _type_check(column: Column, spec: FileSpec) -> _Check:
    cell, typed = pl.col(column.name), _typed(column, spec)
    bad = cell.is_not_null() & typed.is_null()
    if column.kind == "date":
        # The parser also takes 2026-3-1 and the year 0001; such dates are slips of the pen.
        in_reach = typed.dt.year().is_between(1930, 2100)
        bad = cell.is_not_null() & (
            typed.is_null() | (cell.str.len_chars() != len("2026-03-01")) | ~in_reach
        )
    if column.kind == "number":
        bad = bad | (cell.is_not_null() & ~typed.is_finite().fill_null(False))
    advice = {
        "date": "Write the year first, with four digits, and months and days with two.",
        "moment": "Write it like 2026-03-04T15:30:00Z.",
        "time": "Write hours from 00 to 23, like 14:40.",
        "boolean": "Write it in small letters.",
    }.get(column.kind, "Write digits only, with a point for decimals.")
    return _Check(
        column.name, f"row.invalid_{INVALID[column.kind]}", bad, EXPECTED[column.kind], advice, cell
    )


def _range_check(column: Column) -> _Check:
    number = pl.col(column.name).cast(pl.Float64, strict=False)
    low, high = column.least, column.most
    bad = pl.lit(False)
    if low is not None:
        bad = bad | (number < low)
    if high is not None:
        bad = bad | (number > high)
    if low is not None and high is not None:
        expected = f"between {low:g} and {high:g}"
    else:
        expected = f"at least {low:g}" if low is not None else f"at most {high:g}"
    return _Check(
        column.name, "row.out_of_range", bad.fill_null(False), expected,
        "Check the number where it comes from and export again.", pl.col(column.name),
    )  # fmt: skip


def _words_check(column: Column, spec: FileSpec) -> _Check:
    cell = pl.col(column.name)

    def unknown(word: pl.Expr) -> pl.Expr:
        known = word.is_in(column.words)
        return ~(known | word.str.starts_with("ext:")) if column.extensible else ~known

    bad = (
        _entries(column, spec).list.eval(unknown(pl.element())).list.any()
        if column.kind == "list"
        else unknown(cell)
    )
    return _Check(
        column.name, "row.unknown_word", bad.fill_null(False), "one of " + ", ".join(column.words),
        "Write one of these words exactly, in small letters and capitals as they stand.", cell,
    )  # fmt: skip


# rows ------------------------------------------------------------------------------------


def _duplicates(raw: pl.DataFrame, spec: FileSpec, file: str) -> Iterator[Problem]:
    if not spec.key or not raw.height:
        return
    key = pl.struct(spec.key)
    again = raw.filter(~key.is_first_distinct() & pl.col(spec.key[0]).is_not_null())
    if not again.height:
        return
    first = raw.group_by(spec.key).agg(pl.col(ROW).min().alias("first"))
    shown = again.join(first, on=spec.key, how="left", nulls_equal=True)
    for row in shown.select(ROW, "first", *spec.key).iter_rows():
        yield duplicate_problem(file, row[0], spec.key, row[2:], row[1])


def duplicate_problem(
    file: str, row: int, key: Sequence[str], values: Sequence[object], first: int
) -> Problem:
    """Say that a row stands in the file a second time."""
    return Problem(
        file, row, ", ".join(key),
        shorten(", ".join(str(value) for value in values if value is not None)),
        "each row once", f"Row {first} says the same; keep one of the two.", "row.duplicate",
    )  # fmt: skip


def _rule_problems(typed: pl.DataFrame, spec: FileSpec, file: str) -> Iterator[Problem]:
    checks = [
        _Check(
            rule.field, rule.code, rule.breaks.fill_null(False), rule.expected, rule.advice,
            pl.col(rule.field),
        )
        for rule in spec.rules
    ]  # fmt: skip
    yield from _run(typed, checks, file)


def no_rows(spec: FileSpec) -> pl.DataFrame:
    """Return a checked file without rows."""
    text = dict.fromkeys(spec.names, pl.String)
    blank = pl.DataFrame(schema={ROW: pl.Int64, **text})
    return blank.select(ROW, *(_typed(c, spec) for c in spec.columns if c.kind != "skip"))
