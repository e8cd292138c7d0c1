"""Read a file of evidence about practice: each row checked, and told as the model reads it."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np

from trellis.cli.tables import separator
from trellis.diagnosis.looks import NOBODY, Look, Source, class_answers, talk_rate
from trellis.diagnosis.practice_fit import FEWEST_TO_CHOOSE
from trellis.diagnosis.practice_settings import Settings
from trellis.diagnosis.visit_groups import Group, UnconnectedError, require_one_group

NEEDED = ("teacher", "date", "element", "source", "value")
OPTIONAL = ("lesson", "visitor", "n")
SOURCES = {
    "visit": Source.VISIT,
    "feedback": Source.CLASS_FEEDBACK,
    "self": Source.SELF_REFLECTION,
    "talk": Source.TALK,
}
SCALES: Mapping[Source, tuple[float, float]] = {
    Source.VISIT: (1.0, 4.0),
    Source.SELF_REFLECTION: (1.0, 4.0),
    Source.CLASS_FEEDBACK: (1.0, 5.0),
    Source.TALK: (0.0, 1.0),
}
SPREAD = 0.8  # between students' answers, on 1 to 5
MOST_TOLD = 20
FIRST_YEAR, LAST_YEAR = 1950, 2100  # of a lesson; other years are slips of the pen


class UnsoundRowsError(Exception):
    """A file of evidence cannot be computed; `problems` are sentences by row and column."""

    def __init__(self, problems: list[str]) -> None:
        told = problems[:MOST_TOLD]
        if len(problems) > MOST_TOLD:
            told.append(f"... and {len(problems) - MOST_TOLD:,} more.")
        super().__init__("\n".join(told))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence; `number` is its line in the file, the header being 1."""

    number: int
    teacher: str
    source: str
    look: Look


def read(path: Path) -> list[Row]:
    """Return the rows of a file in their order.

    Raises
    ------
    UnsoundRowsError
        if the file or any of its rows cannot be used; nothing is guessed
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, strict=True)
            return _rows(next(rows, []), rows)
    except UnicodeDecodeError as error:
        raise UnsoundRowsError([f"{path.name} is not UTF-8 text: save it as CSV UTF-8."]) from error
    except csv.Error as error:
        raise UnsoundRowsError([f"{path.name} cannot be read as CSV: {error}."]) from error
    except OSError as error:
        raise UnsoundRowsError([f"{path} cannot be opened: {error.strerror}."]) from error


def _rows(header: Sequence[str], reader: Iterable[list[str]]) -> list[Row]:
    names = _names(header)
    last = max(names.index(name) for name in NEEDED)
    rows: list[Row] = []
    problems: list[str] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, line in enumerate(reader, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if not last < len(line) <= len(names):
            problems.append(f"Row {number} has more or fewer cells than the header.")
            continue
        cells = dict(zip(names, (cell.strip() for cell in line), strict=False))
        if found := list(_problems(cells, number)):
            problems += found
            continue
        row = _row(cells, number)
        of = row.teacher, row.look.on, row.look.element, row.source
        key = *of, cells.get("lesson"), cells.get("visitor")
        if key in seen:
            problems.append(f"Row {number} repeats row {seen[key]}: the same teacher, date, "
                            "element, source, lesson and visitor. Keep one of them.")  # fmt: skip
        seen.setdefault(key, number)
        rows.append(row)
    if not rows and not problems:
        problems = ["The file holds no evidence: it has a header and no rows."]
    if problems:
        raise UnsoundRowsError(problems)
    return rows


def cautions(rows: Sequence[Row], settings: Settings, *, fitted: bool) -> Iterator[str]:
    """Yield what a reader must know beside the numbers."""
    days: dict[str, set[date]] = {}
    for row in rows:
        days.setdefault(row.teacher, set()).add(row.look.on)
    if fitted and len(days) < FEWEST_TO_CHOOSE:
        yield (f"{_teachers(len(days))} to fit the model to: how much teachers, lessons and "
               "visitors differ leans on what is usual.")  # fmt: skip
    if once := sum(len(of) == 1 for of in days.values()):
        yield (f"{_teachers(once)} with evidence of one day only: these states say mostly what "
               "is usual here.")  # fmt: skip
    if len(settings.severities) == 1:
        (visitor,) = settings.severities
        yield (f"{visitor} is the only visitor who saw more than one teacher, so how "
               "strict these marks are cannot be told from how the teachers stand. Every state "
               "carries that doubt; visits by a second person would help.")  # fmt: skip
    if fitted and len(groups := _groups(rows)) > 1:
        yield (f"No visit links {len(groups)} groups of people, such as {groups[0]}, and "
               f"{groups[1]}. How strict the visitors of one are beside those of another is not "
               "known; every state carries that doubt.")  # fmt: skip
    yield from _cautions_of_values(rows)


def _groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Return the groups of people whom no visit links, or nothing if all are linked."""
    pairs = [(row.teacher, row.look.by) for row in rows
             if row.source == "visit" and not row.look.by.startswith(NOBODY)]  # fmt: skip
    if not pairs:
        return ()
    (teachers, teacher), (visitors, visitor) = (
        np.unique(of, return_inverse=True) for of in zip(*pairs, strict=True)
    )
    try:
        require_one_group(teacher, visitor, teachers.tolist(), visitors.tolist())
    except UnconnectedError as apart:
        return apart.groups
    return ()


def _cautions_of_values(rows: Sequence[Row]) -> Iterator[str]:
    values: dict[str, list[float]] = {}
    for row in rows:
        values.setdefault(row.source, []).append(row.look.level)
    for source, levels in values.items():
        if len(levels) > 1 and min(levels) == max(levels):
            yield (f"All values of source {source} are the same. How much they could differ is "
                   "hardly known, and their ranges are as narrow as what was seen.")  # fmt: skip
    lacking = [row.number for row in rows
               if row.source == "feedback" and not row.look.known_variance]  # fmt: skip
    if lacking:
        yield (f"{len(lacking):,} rows of feedback have no n, the first is row {lacking[0]}: they "
               "count as if very many students had answered.")  # fmt: skip


def _teachers(count: int) -> str:
    return "There is one teacher" if count == 1 else f"There are {count:,} teachers"


def _names(header: Sequence[str]) -> list[str]:
    """Return the names of the columns, all that are needed among them and none of ours twice."""
    names = [name.strip() for name in header]
    known = f"Columns: {', '.join(NEEDED + OPTIONAL)}.{separator(names)}"
    if missing := [name for name in NEEDED if name not in names]:
        raise UnsoundRowsError([f"The header lacks {', '.join(missing)}. {known}"])
    if twice := [name for name in NEEDED + OPTIONAL if names.count(name) > 1]:
        raise UnsoundRowsError([f"The header has {', '.join(twice)} more than once. {known}"])
    return names


def _problems(cells: Mapping[str, str], number: int) -> Iterator[str]:
    """Yield what is wrong with one row."""
    at = f"Row {number}, column"
    for name in ("teacher", "element"):
        if not cells[name]:
            yield f"{at} {name}: it is blank."
    on = _date(cells["date"])
    if on is None:
        yield f"{at} date: {cells['date']!r} is not a date. Write it as 2026-03-11."
    elif not FIRST_YEAR <= on.year <= LAST_YEAR:
        yield f"{at} date: {on} is not from {FIRST_YEAR} to {LAST_YEAR}."
    source = SOURCES.get(cells["source"])
    if source is None:
        yield f"{at} source: {cells['source']!r} is none of {', '.join(SOURCES)}."
        return
    value, n = _number(cells["value"]), _number(cells.get("n", ""))
    low, high = SCALES[source]
    if value is None:
        yield f"{at} value: {cells['value']!r} is not a finite number."
    elif not low <= value <= high:
        yield f"{at} value: {cells['value']} lies outside {low:g} to {high:g}."
    if cells.get("n") and (n is None or n < 1 or n != int(n)):
        yield f"{at} n: {cells.get('n')!r} is not a whole number of at least 1."
    elif source == Source.TALK and n is None:
        yield f"{at} n: a rate of talk needs the number that it is out of."


def _row(cells: Mapping[str, str], number: int) -> Row:
    text = {name: cells.get(name, "") for name in NEEDED + OPTIONAL}
    source, on = SOURCES[text["source"]], date.fromisoformat(text["date"])
    value, n = float(text["value"]), int(float(text["n"] or 1))
    level, variance = value - 1.0, 0.0
    if source == Source.CLASS_FEEDBACK:
        level, variance = class_answers(value, SPREAD, n)
        variance = variance if text["n"] else 0.0
    elif source == Source.TALK:
        level, variance = talk_rate(value, n)
    piece = f"{source} {text['lesson']} {on}"
    by = {
        Source.VISIT: text["visitor"] or f"{NOBODY} {piece}",
        Source.CLASS_FEEDBACK: text["lesson"] or "class",
    }.get(source, source.value)
    look = Look(piece, source, text["element"], on, level, by, variance, n)
    return Row(number, text["teacher"], text["source"], look)


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _number(cell: str) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) else None
