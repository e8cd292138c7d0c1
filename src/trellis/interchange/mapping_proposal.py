"""Propose what the columns of an unknown file mean, from its header and its first rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from trellis.interchange import mapping as m
from trellis.interchange.csv_text import ROW, CsvText
from trellis.interchange.mapping import LEFT_OUT, ColumnMapping, Reading, Table

ROWS_LOOKED_AT = 500
FEWEST_COLUMNS = 2
MOST_WORDS = 40  # more different words than this are no list of subjects
Kind = Literal[
    "empty", "date", "number", "percentile", "school year", "term", "subject", "grade",
    "identifier", "words", "text",
]  # fmt: skip

# A code of a standard, as in “4.NF.A.1 Earned”.
CODE = (
    r"(?:^|[^A-Za-z0-9])((?:K|HS[A-Z]?|\d{1,2})[.\-][A-Z]{1,4}(?:[.\-][A-Za-z0-9]{1,3})*)"
    r"(?:$|[^A-Za-z0-9])"
)
# How a column of as many items as there were calls itself.
TOTAL = r"(?i)possible|total|items|max|out of|asked|given"
GRADE = r"(?i)^(grade\s*)?(pk|k|kg|kindergarten|\d{1,2})(st|nd|rd|th)?( grade)?$"


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """What the first rows say about one column.

    Attributes
    ----------
    formats : ways to write dates that fit every cell seen; two of them are a question.
    words : the different cells, where there are few.
    greatest : of a column of numbers.
    """

    name: str
    kind: Kind
    examples: tuple[str, ...]
    formats: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    greatest: float | None = None

    @property
    def is_ambiguous(self) -> bool:
        return len(self.formats) > 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to begin with, and what was seen of each column."""

    mapping: ColumnMapping
    columns: tuple[SeenColumn, ...]

    @property
    def looks_like_results(self) -> bool:
        told = _told(self.mapping)
        if self.mapping.table == "objective_results" and self.mapping.blocks:
            return {"student_id", "correct"} <= told  # how many items there were can be said once
        return {"student_id", *m.MEASURES[self.mapping.table]} <= told


def propose(text: CsvText, table: Table | None = None) -> Proposal:
    """Look at the first rows of a file and propose a mapping of its columns.

    Which of our tables it fills is told by `table`, else by what its columns look like.
    """
    rows = text.rows.head(ROWS_LOOKED_AT)
    columns = tuple(_seen(name, rows[name]) for name in text.header if name != ROW)
    if table:
        return Proposal(_mapping(table, columns), columns)
    found = Proposal(_mapping("assessment_results", columns), columns)
    by_objective = Proposal(_mapping("objective_results", columns), columns)
    if by_objective.looks_like_results and not found.looks_like_results:
        return by_objective
    return found


def results_in(text: CsvText) -> Proposal | None:
    """Return a proposal if a file looks like results of a test, in whatever layout."""
    if len(text.header) < FEWEST_COLUMNS or not text.rows.height:
        return None
    proposal = propose(text)
    return proposal if proposal.looks_like_results else None


# what is seen ----------------------------------------------------------------------------


def _seen(name: str, cells: pl.Series) -> SeenColumn:
    stripped = cells.str.strip_chars()
    filled = stripped.filter(stripped.is_not_null() & (stripped != ""))
    distinct = filled.unique(maintain_order=True)
    examples = tuple(distinct.head(2).to_list())
    words = tuple(sorted(distinct.to_list())) if len(distinct) <= MOST_WORDS else ()
    if not len(filled):
        return SeenColumn(name, "empty", ())
    formats = tuple(_formats(filled))
    kind = "date" if formats else _kind(name, filled, len(distinct))
    greatest = filled.cast(pl.Float64, strict=False).max() if kind == "number" else None
    largest = greatest if isinstance(greatest, float) else None
    return SeenColumn(name, kind, examples, formats, words, largest)


def _formats(cells: pl.Series) -> Iterable[str]:
    """Yield each way to write dates in which every cell is a day of this age."""
    days = pl.select(m.day_of(pl.lit(cells))).to_series()
    for name, (shape, parsed, _) in m.DATES.items():
        if not days.str.contains(shape).fill_null(False).all():
            continue
        read = days.str.to_date(parsed, strict=False)
        if read.dt.year().is_between(1990, 2100).fill_null(False).all():
            yield name


def _kind(name: str, cells: pl.Series, distinct: int) -> Kind:
    low = name.lower()
    named = "percentile" in low or re.search(r"(^|[^a-z])n?pr($|[^a-z])", low)
    if named and _all(cells, m.PERCENTILE):
        return "percentile"
    if "grade" in low and _all(cells, GRADE):
        return "grade"
    if _all(cells, r"(?i)^20\d\d(\s*[-–/]\s*(20)?\d\d)?$"):
        return "school year"
    if re.search(r"(^|[^a-z])id($|[^a-z])|identifier|id$|number$|ssid", low) and distinct > 1:
        return "identifier"
    if cells.str.replace_all(",", "").cast(pl.Float64, strict=False).is_not_null().all():
        return "number"
    if _all(cells, f"(?i){'|'.join(pattern for pattern, _ in m.TERMS)}"):
        return "term"
    if _all(cells, f"(?i){'|'.join(p for p, _ in m.SUBJECTS)}|science|social|language usage"):
        return "subject"
    return "words" if distinct <= MOST_WORDS else "text"


def _all(cells: pl.Series, pattern: str) -> bool:
    return bool(cells.str.contains(pattern).all())


# what is proposed ------------------------------------------------------------------------

# Our column -> what its name is like elsewhere, best first; what it is never; of which kinds.
_CHANGE = r"growth|project|goal|target|change|conditional|predict|prior|previous"
_NAMES: dict[str, tuple[tuple[str, ...], str, tuple[Kind, ...]]] = {
    "student_id": (
        (r"^student_?id$", r"student.*(local|district|school).*id", r"local.*student",
         r"student.*(id|identifier|number)", r"^(sis|local).*id", r"ssid|state.*id"),
        r"teacher|staff|school_?id|section|test|name", ("identifier", "number", "text", "words"),
    ),
    "tested_on": (
        (r"complet.*date", r"test.*date", r"date.*(complet|taken|test)", r"(taken|start).*date",
         r"^date$", r"date"),
        r"birth|dob|enroll|export|report", ("date",),
    ),
    "school_year": (
        (r"(school|academic).?year", r"^year$|testing.?year", r"term.?name|^term$|window"),
        r"", ("school year", "term", "words"),
    ),
    "term": (
        (r"term", r"window|season|period", r"administration"), r"", ("term", "words"),
    ),
    "subject": (
        (r"^subject$", r"subject|discipline|content.?area",
         r"measurement.?scale|^course$|test.?name"),
        r"", ("subject", "words"),
    ),
    "grade": (
        (r"^(student|enrolled|tested)?.?grade(.?level)?$", r"grade"),
        r"equivalent|gpa|placement|school", ("grade", "number", "words"),
    ),
    "scale_score": (
        (r"rit.?score", r"(overall|unified|total).*scale.?score", r"scaled?.?score", r"^ss$",
         r"(test|total|overall).?score", r"score"),
        rf"{_CHANGE}|error|sem|percentile|level|lexile|quantile|raw|low|high|rit ?to",
        ("number",),
    ),
    "test": (
        (r"^assessment.?(name|title|family)?$", r"^test$"), r"date|score|grade", ("words",),
    ),
    "standard_error": (
        (r"standard.?err|std.?err", r"(^|[^a-z])(c?sem)($|[^a-z])"), _CHANGE, ("number",),
    ),
    "percentile": (
        (r"(test|national|norm|achievement)?.*percentile", r"(^|[^a-z])n?pr($|[^a-z])"),
        _CHANGE + r"|sgp", ("percentile", "number"),
    ),
    "objective_id": (
        (r"objective.*(id|code)", r"(standard|skill).*(id|code)", r"objective|standard|skill"),
        r"score|error|student", ("identifier", "words", "text"),
    ),
    "items": ((r"items?.*(total|possible|asked|given)|(points|items).?possible", r"^items$|total"),
              _CHANGE, ("number",)),
    "correct": ((r"correct", r"(points|items).?(earned|right)"), r"percent|incorrect", ("number",)),
    "section_id": ((r"section.*(id|identifier)|class.?id",), r"", ("identifier", "text", "words")),
}  # fmt: skip


def _mapping(table: Table, columns: Sequence[SeenColumn]) -> ColumnMapping:
    chosen = {name: _choose(name, columns) for name in m.TABLES[table].names}
    fields = {
        name: _reading(name, column, chosen.get("tested_on"))
        for name, column in chosen.items()
        if column
    }
    day = chosen.get("tested_on")
    for name in ("school_year", "term"):
        if name not in fields and name in m.TABLES[table].names and day:
            fields[name] = Reading(column=day.name, format=m.OF_THE_DAY)
    if table == "assessment_results":
        blocks = _blocks_by_subject(columns, fields)
    else:
        codes = {c.name: code for c in columns if (code := _code_in(c)) is not None}
        blocks = () if "objective_id" in fields else blocks_by_objective(columns, codes)
        if blocks:
            fields = {n: one for n, one in fields.items() if n not in ("items", "correct")}
    header = tuple(column.name for column in columns)
    return ColumnMapping(table=table, header=header, fields=fields, blocks=blocks)


def _choose(name: str, columns: Sequence[SeenColumn]) -> SeenColumn | None:
    patterns, never, kinds = _NAMES[name]
    fitting = [
        c for c in columns
        if c.kind in kinds and not (never and re.search(never, c.name.lower()))
    ]  # fmt: skip
    for pattern in patterns:
        for kind in kinds:
            for column in fitting:
                if column.kind == kind and re.search(pattern, column.name.lower()):
                    return column
    return None


def _reading(name: str, column: SeenColumn, day: SeenColumn | None) -> Reading:
    if name == "tested_on":
        return Reading(column=column.name, format=column.formats[0])
    if name == "school_year":
        return _year_reading(column, day)
    if name == "term":
        return Reading(column=column.name, format=m.AS_WORDS)
    if name == "subject":
        return Reading(column=column.name, words=_unclear_subjects(column.words))
    return Reading(column=column.name)


def _year_reading(column: SeenColumn, day: SeenColumn | None) -> Reading:
    has_range = all(re.search(r"20\d\d\s*[-–/]", word) for word in column.words or ("",))
    if column.kind == "school year" or has_range:
        return Reading(column=column.name, format=m.YEAR_IT_ENDS)
    if any(re.search(r"20\d\d", word) for word in column.words):
        return Reading(column=column.name, format=m.OF_THE_TERM)
    if day:
        return Reading(column=day.name, format=m.OF_THE_DAY)
    return Reading()


def _unclear_subjects(words: Sequence[str]) -> dict[str, str]:
    """Leave out what is neither math nor English; of two tests of English keep reading."""
    reads = any("reading" in word.lower() for word in words)
    unclear = {}
    for word in words:
        known = any(re.search(pattern, word.lower()) for pattern, _ in m.SUBJECTS)
        if not known or (reads and "language usage" in word.lower()):
            unclear[word] = LEFT_OUT
    return unclear


def _blocks_by_subject(
    columns: Sequence[SeenColumn], fields: dict[str, Reading]
) -> tuple[dict[str, Reading], ...]:
    """Recognize a wide file: no column of subjects, but a column of results for each subject."""
    if "subject" in fields:
        return ()
    blocks = []
    for pattern, subject in m.SUBJECTS:
        own = [c for c in columns if re.search(pattern, _spaced(c.name))]
        found = {n: _choose(n, own) for n in ("scale_score", "standard_error", "percentile",
                                              "tested_on")}  # fmt: skip
        if found["scale_score"]:
            readings = {n: _reading(n, c, None) for n, c in found.items() if c}
            blocks.append({"subject": Reading(constant=subject), **readings})
    return tuple(blocks) if len(blocks) > 1 else ()


def _code_in(column: SeenColumn) -> str | None:
    found = re.search(CODE, column.name) if column.kind == "number" else None
    return found[1] if found else None


def blocks_by_objective(
    columns: Sequence[SeenColumn], objectives: Mapping[str, str]
) -> tuple[dict[str, Reading], ...]:
    """Read the columns of each objective: items that were right and, of two, all that there were.

    `objectives` says by column of which objective it is. Of two columns of one objective the one
    with the greater numbers holds how many items there were.
    """
    of: dict[str, list[SeenColumn]] = {}
    for column in columns:
        if objective := objectives.get(column.name):
            of.setdefault(objective, []).append(column)
    return tuple(_block_of(objective, found) for objective, found in of.items())


def _block_of(objective: str, columns: Sequence[SeenColumn]) -> dict[str, Reading]:
    correct, *others = sorted(
        columns, key=lambda c: (bool(re.search(TOTAL, c.name)), c.greatest or 0.0)
    )
    block = {"objective_id": Reading(constant=objective), "correct": Reading(column=correct.name)}
    return block | {"items": Reading(column=others[-1].name)} if others else block


def _spaced(name: str) -> str:
    """Part the words of a column's name, so that a pattern finds where a word begins."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\-]", " ", name).lower()


def _told(mapping: ColumnMapping) -> set[str]:
    return {name for r in mapping.every_block for name, one in r.items() if one.says_something}
