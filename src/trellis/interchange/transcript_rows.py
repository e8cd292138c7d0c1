"""Read a table of who said what, and when if it says so, from CSV."""

import csv
import io

from trellis.diagnosis.talk.lines import Line
from trellis.interchange.problems import Problem, Severity, shorten
from trellis.interchange.transcript_cues import seconds_of, speaker_and_text

COLUMNS = {
    "speaker": ("speaker", "speakername", "name", "who", "role"),
    "text": ("text", "utterance", "transcript", "content", "sentence", "words", "said"),
    "start": ("start", "starttime", "startseconds", "begin", "in", "timestamp", "time"),
    "end": ("end", "endtime", "endseconds", "stop", "out"),
}
NEEDED = ("speaker", "text")
_DELIMITERS = ",;\t"


def read_rows(text: str, file: str) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a table and what departs from the format, by its line in the file."""
    first = text.lstrip("\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(_DELIMITERS, key=first.count))
    try:
        records = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return [], [
            Problem(file, reader.line_num, "", shorten(str(error)), "cells between commas",
                    "Look for a quotation mark that is never closed, or export it again.",
                    "transcript.table_unread")
        ]  # fmt: skip
    header = records[0][1] if records else []
    places = columns_of(header)
    missing = [name for name in NEEDED if name not in places]
    if missing:
        return [], [_missing(file, name, header) for name in missing]
    lines: list[Line] = []
    problems: list[Problem] = []
    for at, row in records[1:]:
        line = _line(row, places, at, file, problems)
        if line:
            lines.append(line)
    return lines, problems


def is_table_of_talk(data: bytes) -> bool:
    """Return whether the first line of a CSV file names a speaker and a text."""
    first = data.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    places = columns_of(first.split(max(_DELIMITERS, key=first.count)))
    return "speaker" in first.lower() and set(NEEDED) <= places.keys()


def columns_of(header: list[str]) -> dict[str, int]:
    """Return the place of each column that is known, the first of a kind."""
    simple = ["".join(sign for sign in name.lower() if sign.isalpha()) for name in header]
    return {
        name: min(simple.index(alias) for alias in aliases if alias in simple)
        for name, aliases in COLUMNS.items()
        if any(alias in simple for alias in aliases)
    }


def _line(
    row: list[str], places: dict[str, int], at: int, file: str, problems: list[Problem]
) -> Line | None:
    """Return what a row says; None if it says nothing."""
    if len(row) <= max(places["speaker"], places["text"]):
        problems.append(
            Problem(file, at, "", shorten(", ".join(row)), "a cell for speaker and text",
                    "Left aside.", "transcript.row_short", Severity.NOTICE)
        )  # fmt: skip
        return None
    who, said = (" ".join(row[places[name]].split()) for name in NEEDED)
    if not who:
        who, said = speaker_and_text(said)
    if not said:
        return None
    start, end = (_time(row, places, name, at, file, problems) for name in ("start", "end"))
    if start is not None and end is not None and end < start:
        end = start
    return Line(who, said, start, end)


def _time(
    row: list[str], places: dict[str, int], name: str, at: int, file: str, problems: list[Problem]
) -> float | None:
    place = places.get(name, len(row))
    said = row[place].strip() if place < len(row) else ""
    try:
        return seconds_of(said) if said else None
    except ValueError:
        problems.append(
            Problem(file, at, name, shorten(said), "seconds, or hours:minutes:seconds",
                    "Read as without a time.", "transcript.times_unread", Severity.NOTICE)
        )  # fmt: skip
        return None


def _missing(file: str, name: str, header: list[str]) -> Problem:
    return Problem(
        file, 1, name, shorten(", ".join(header)), f"a column {name}",
        "Name the columns speaker and text, and start and end (seconds) if you have them.",
        "transcript.column_missing",
    )  # fmt: skip
