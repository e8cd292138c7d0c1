"""Read single values as people and programs really write them: dates, numbers, lists, texts."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue

from trellis.interchange.case.models import FITS, RELATIONS, Shape, is_moment


@dataclass(frozen=True, slots=True)
class Left:
    """A value, and the sentence that says what was made of it; None where nothing could be."""

    value: str | int | float | None
    code: str = ""
    advice: str = ""


NOTHING = Left(None)
LONGEST_NUMBER = 300
PUT_RIGHT = "It was written in the form of the standard."


def as_text(found: JsonValue) -> Left:
    """Return a text; a number is written out and a list is joined."""
    if isinstance(found, str):
        return Left(found)
    if isinstance(found, bool):
        return Left(str(found).lower(), "text_wanted", "It was written out as text.")
    if isinstance(found, int | float):
        return Left(str(found), "text_wanted", "It was written out as text.")
    if isinstance(found, list) and found and all(isinstance(one, str) for one in found):
        said = ", ".join(str(one) for one in found)
        return Left(said, "text_wanted", "The list was joined into one text.")
    return NOTHING


def as_number(found: JsonValue, *, whole: bool) -> Left:
    """Return a number; a text that holds nothing else is read as one."""
    if isinstance(found, bool):
        return NOTHING
    if isinstance(found, int):
        return Left(found)
    if isinstance(found, float):
        if not whole:
            return Left(found)
        return Left(int(found), "number_wanted", "It was read as a whole number.") if (
            found.is_integer()
        ) else NOTHING  # fmt: skip
    if isinstance(found, str) and len(found) < LONGEST_NUMBER:
        return _number_in(found.strip(), whole=whole)
    return NOTHING


def _number_in(said: str, *, whole: bool) -> Left:
    advice = "The text was read as a number."
    if re.fullmatch(r"[+-]?[0-9]+(\.0*)?", said):
        return Left(int(said.split(".")[0]), "number_wanted", advice)
    if not whole and re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", said):
        return Left(float(said), "number_wanted", advice)
    return NOTHING


def as_shape(found: JsonValue, shape: Shape) -> Left:
    """Return a text of the wanted shape; near misses are put right."""
    said = as_text(found)
    if not isinstance(said.value, str):
        return NOTHING
    if FITS[shape](said.value):
        return said
    put_right = {
        Shape.MOMENT: _moment, Shape.DAY: _day, Shape.RELATION: _relation, Shape.TARGET: _target,
    }  # fmt: skip
    return put_right[shape](said.value.strip()) if shape in put_right else NOTHING


def _moment(said: str) -> Left:
    """Read a date without time, a time without zone, and the blank that SQL writes for the T."""
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        return NOTHING
    kept = when.isoformat() + ("" if when.tzinfo else "Z")
    # A zone with seconds is a zone of Python, not of the standard.
    return Left(kept, "bad_date", PUT_RIGHT) if is_moment(kept) else NOTHING


def _day(said: str) -> Left:
    try:
        day = date.fromisoformat(said[:10])
    except ValueError:
        return NOTHING
    return Left(day.isoformat(), "bad_date", PUT_RIGHT)


def _relation(said: str) -> Left:
    """Read a type in other letters ("Is Child Of"); a word of one's own becomes an extension."""
    plain = re.sub(r"[^a-z]", "", said.lower())
    known = next((name for name in RELATIONS if name.lower() == plain), None)
    if known:
        return Left(known, "association_type", f"It was read as {known}.")
    return _extension(said, "association_type")


def _target(said: str) -> Left:
    if said.upper() == "CASE":
        return Left("CASE", "target_type", "It was read as CASE.")
    return _extension(said, "target_type")


def _extension(said: str, code: str) -> Left:
    word = re.sub(r"[^A-Za-z0-9._-]", "", said.removeprefix("ext:")).rstrip("-")
    if not word:
        return NOTHING
    return Left(f"ext:{word}", code, f"It was read as the extension ext:{word}.")
