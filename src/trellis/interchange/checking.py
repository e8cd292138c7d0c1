"""Check a whole file against its description at column speed, and give its cells their types."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from trellis.interchange.columns import Column, FileSpec, Rule
from trellis.interchange.csv_text import ROW, CsvText
from trellis.interchange.headers import understand
from trellis.interchange.problems import Problem, Severity, refuses, shorten

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
    "date": "row.invalid_date", "moment": "row.invalid_datetime", "time": "row.invalid_time",
    "integer": "row.invalid_number", "number": "row.invalid_number",
    "boolean": "row.invalid_boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """A file after its check.

    Attributes
    ----------
    rows : typed rows, sound or not.
    usable : False if the file as a whole cannot be understood; no row of it counts then.
    """

    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    usable: bool = True


def check(text: CsvText, spec: FileSpec, file: str) -> Checked:
    """Hold the cells of a file against its description and give them their types."""
    header = understand(text.header, spec, file) if text.header else None
    if header is None or refuses(header.problems) or ROW not in text.rows.columns:
        said = header.problems if header else ()
        return Checked(no_rows(spec), (*text.problems, *said), usable=False)
    spec = replace(spec, columns=(*spec.columns, *header.extra))
    renamed = text.rows.rename({there: here for here, there in header.names.items()})
    left_out = [name for name in spec.names if name not in renamed.columns]
    raw = renamed.with_columns(pl.lit(None, pl.String).alias(name) for name in left_out)
    raw = raw.select(ROW, *spec.names)
    problems = [*text.problems, *header.problems, *_run(raw, _old_words(spec), file)]
    raw = raw.with_columns(pl.col(c.name).replace(c.synonyms) for c in spec.columns if c.synonyms)
    problems += _run(raw, [one for c in spec.columns for one in _checks(c, spec)], file)
    problems += _duplicates(raw, spec, file)
    typed = raw.select(ROW, *(_typed(column, spec) for column in spec.columns))
    # What has the wrong type is empty here; it has been said what is wrong with it.
    wrong = {(p.row, p.field) for p in problems if p.severity is Severity.ERROR}
    broken = _rule_problems(typed, spec.rules, file)
    problems += (problem for problem in broken if (problem.row, problem.field) not in wrong)
    return Checked(typed, tuple(problems))


# types -----------------------------------------------------------------------------------


def _typed(column: Column, spec: FileSpec) -> pl.Expr:
    cell = pl.col(column.name)
    match column.kind:
        case "date":
            return cell.str.to_date("%Y-%m-%d", strict=False)
        case "moment":
            return cell.str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.fZ", strict=False, time_unit="us", time_zone="UTC"
            )
        case "time":
            return cell.str.to_time("%H:%M", strict=False)
        case "integer":
            return cell.cast(pl.Int64, strict=False)
        case "number":
            return cell.cast(pl.Float64, strict=False)
        case "boolean":
            words = {"true": True, "false": False}
            return cell.str.to_lowercase().replace_strict(words, default=None)
        case "list":
            return _entries(column, spec).fill_null(pl.lit([], dtype=pl.List(pl.String)))
        case _:
            return cell


def _entries(column: Column, spec: FileSpec) -> pl.Expr:
    parts = pl.col(column.name).str.split(spec.separator)
    trimmed = parts.list.eval(pl.element().str.strip_chars())
    return trimmed.list.eval(pl.element().filter(pl.element() != "")).alias(column.name)


def no_rows(spec: FileSpec) -> pl.DataFrame:
    """Return a checked file without rows."""
    text = dict.fromkeys(spec.names, pl.String)
    blank = pl.DataFrame(schema={ROW: pl.Int64, **text})
    return blank.select(ROW, *(_typed(column, spec) for column in spec.columns))


# cells -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Check:
    field: str
    code: str
    bad: pl.Expr
    expected: str
    advice: str
    found: pl.Expr
    severity: Severity = Severity.ERROR
    once: bool = False


def _run(rows: pl.DataFrame, checks: list[_Check], file: str) -> Iterator[Problem]:
    """Ask every check at once whether it fails anywhere, then look only where it does."""
    if not checks or not rows.height:
        return
    fails = rows.select(
        check.bad.fill_null(False).any().alias(str(i)) for i, check in enumerate(checks)
    ).row(0)
    for check, failed in zip(checks, fails, strict=True):
        if not failed:
            continue
        bad = rows.filter(check.bad).select(ROW, check.found.cast(pl.String).alias("found"))
        more = f", and so in {bad.height:,} rows" if check.once and bad.height > 1 else ""
        for row, found in (bad.head(1) if check.once else bad).iter_rows():
            yield Problem(
                file, row, check.field, shorten(found or "") + more, check.expected, check.advice,
                check.code, check.severity,
            )  # fmt: skip


def _old_words(spec: FileSpec) -> list[_Check]:
    return [
        _Check(
            column.name, "row.old_word", pl.col(column.name) == old, now,
            f"It is an old word for {now} and was read so.", pl.col(column.name), Severity.NOTICE,
        )
        for column in spec.columns
        for old, now in column.synonyms.items()
    ]  # fmt: skip


def _checks(column: Column, spec: FileSpec) -> Iterator[_Check]:
    cell = pl.col(column.name)
    if column.required or column.asked:
        yield _required(column, spec)
    if column.kind == "free":
        return
    if column.kind in EXPECTED:
        yield _type_check(column, spec)
    if column.kind == "boolean":
        yield _Check(
            column.name, "row.invalid_boolean",
            cell.str.to_lowercase().is_in(["true", "false"]) & (cell != cell.str.to_lowercase()),
            "true or false, in small letters", "It was read as meant. Write it in small letters.",
            cell, Severity.NOTICE,
        )  # fmt: skip
    if column.kind in ("id", "text", "prose", "list"):
        yield _Check(
            column.name, "row.formula", cell.str.contains(FORMULA), "text that is not a formula",
            "The cell begins with =, +, - or @, which a spreadsheet would run. "
            "Begin it with a letter, or remove the sign.", cell,
            Severity.NOTICE if spec.foreign else Severity.ERROR,
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


def _required(column: Column, spec: FileSpec) -> _Check:
    empty = pl.col(column.name).is_null()
    if spec.gone is not None and column.name not in spec.key:
        empty = empty & ~spec.gone.fill_null(False)
    if column.required:
        return _Check(
            column.name, "row.required", empty, "a value", "Fill the cell; every row needs it.",
            pl.lit(""),
        )  # fmt: skip
    return _Check(
        column.name, "row.required", empty, f"a value, which {spec.standard} asks for",
        "The row was read without it. Fill the cell where the file is made.", pl.lit(""),
        Severity.NOTICE,
    )  # fmt: skip


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
        "date": "Write the year first, with four digits, and months and days with two. "
        "Day and month in another order (3/4/2026) cannot be told apart.",
        "moment": "Write it like 2026-03-04T15:30:00Z.",
        "time": "Write hours from 00 to 23, like 14:40.",
        "boolean": "Write true or false.",
    }.get(column.kind, "Write digits only, with a point for decimals.")
    code = INVALID[column.kind]
    return _Check(column.name, code, bad, EXPECTED[column.kind], advice, cell)


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
        yield duplicate_problem(file, row[0], spec, row[2:], row[1])


def duplicate_problem(
    file: str, row: int, spec: FileSpec, values: Sequence[object], first: int
) -> Problem:
    """Say that a row stands in the file a second time."""
    return Problem(
        file, row, ", ".join(spec.key),
        shorten(", ".join(str(value) for value in values if value is not None)),
        "each row once", f"Row {first} says the same; keep one of the two.", spec.twice,
    )  # fmt: skip


def _rule_problems(typed: pl.DataFrame, rules: tuple[Rule, ...], file: str) -> Iterator[Problem]:
    checks = [
        _Check(
            rule.field, rule.code, rule.breaks.fill_null(False), rule.expected, rule.advice,
            pl.col(rule.field), rule.severity, rule.once,
        )
        for rule in rules
    ]  # fmt: skip
    yield from _run(typed, checks, file)
