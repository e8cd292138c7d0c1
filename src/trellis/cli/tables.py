"""Say what is wrong with a header, and write files of `trellis compute` whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

SEMICOLONS = " The header has semicolons between its cells; save the file with commas."


def separator(header: Sequence[str]) -> str:
    """Return a sentence about a header that no comma splits, to stand behind what is missing."""
    return SEMICOLONS if len(header) == 1 and ";" in header[0] else ""


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Open a file to write that has its name only when all of it is there."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
