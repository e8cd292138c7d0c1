"""Read a file of evidence about practice: each row checked, and told as the model reads it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

from trellis.diagnosis.looks import NOBODY, Look, Source, class_answers, talk_rate

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
            return _rows(csv.DictReader(stream, strict=True))
    except UnicodeDecodeError as error:
        raise UnsoundRowsError([f"{path.name} is not UTF-8 text: save it as CSV UTF-8."]) from error
    except csv.Error as error:
        raise UnsoundRowsError([f"{path.name} cannot be read as CSV: {error}."]) from error
    except OSError as error:
        raise UnsoundRowsError([f"{path} cannot be opened: {error.strerror}."]) from error


def _rows(reader: "csv.DictReader[str]") -> list[Row]:
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise UnsoundRowsError(
            [f"The header lacks {', '.join(missing)}. Columns: {', '.join(NEEDED + OPTIONAL)}."]
        )
    rows: list[Row] = []
    problems: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in enumerate(reader, start=2):
        found = list(_problems(cells, number))
        key = tuple((cells.get(name) or "").strip() for name in
                    ("teacher", "date", "element", "source", "lesson", "visitor"))  # fmt: skip
        if not found and key in seen:
            found = [f"Row {number} repeats row {seen[key]}: the same teacher, date, element, "
                     "source, lesson and visitor. Keep one of them."]  # fmt: skip
        seen.setdefault(key, number)
        problems += found
        if not found:
            rows.append(_row(cells, number))
    if not rows and not problems:
        problems = ["The file holds no evidence: it has a header and no rows."]
    if problems:
        raise UnsoundRowsError(problems)
    return rows


def _problems(cells: Mapping[str, str | None], number: int) -> Iterator[str]:
    """Yield what is wrong with one row."""
    if None in cells or any(cells[name] is None for name in NEEDED):
        yield f"Row {number} has more or fewer cells than the header."
        return
    at = f"Row {number}, column"
    for name in ("teacher", "element"):
        if not (cells[name] or "").strip():
            yield f"{at} {name}: it is blank."
    if _date(cells["date"]) is None:
        yield f"{at} date: {cells['date']!r} is not a date. Write it as 2026-03-11."
    source = SOURCES.get((cells["source"] or "").strip())
    if source is None:
        yield f"{at} source: {cells['source']!r} is none of {', '.join(SOURCES)}."
        return
    value, n = _number(cells["value"]), _number(cells.get("n"))
    low, high = SCALES[source]
    if value is None:
        yield f"{at} value: {cells['value']!r} is not a finite number."
    elif not low <= value <= high:
        yield f"{at} value: {cells['value']} lies outside {low:g} to {high:g}."
    if (cells.get("n") or "").strip() and (n is None or n < 1 or n != int(n)):
        yield f"{at} n: {cells.get('n')!r} is not a whole number of at least 1."
    elif source == Source.TALK and n is None:
        yield f"{at} n: a rate of talk needs the number that it is out of."


def _row(cells: Mapping[str, str | None], number: int) -> Row:
    text = {name: (cells.get(name) or "").strip() for name in NEEDED + OPTIONAL}
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


def _date(cell: str | None) -> date | None:
    try:
        return date.fromisoformat((cell or "").strip())
    except ValueError:
        return None


def _number(cell: str | None) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float((cell or "").strip())
    except ValueError:
        return None
    return value if isfinite(value) else None
