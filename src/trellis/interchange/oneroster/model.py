"""Hold what a OneRoster bundle says, every cell of every file, with its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster.standard import Mode, Version
from trellis.interchange.problems import Problem


@dataclass(frozen=True, slots=True)
class Part:
    """Where a table of a bundle came from.

    Attributes
    ----------
    file : name of the file, as its findings say it.
    records : rows below the header, also those that could not be split into cells.
    usable : False if the file as a whole cannot be trusted; then none of its rows counts.
    lost : names of rows that could not be split into cells, as far as they can be told. Who names
        one of them names a row that is there: one finding, at the row itself, says what to mend.
    """

    file: str
    records: int
    usable: bool
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle as it was read.

    Two bundles are equal when they say the same: version, modes, properties and the cells of their
    tables. Where a row stood and what was found is not part of what a bundle says.

    Attributes
    ----------
    modes : by name, of every file that the version knows.
    tables : by name, each with all columns of the standard, then those of another version and
        `metadata.*`, and the column `row`. Lists are lists, dates are dates; empty is null.
    properties : what else the manifest says (`source.systemName`, ...), in its order.
    findings : every departure from the standard.
    line_end : what ended a row, so that it is written so again.
    parts : by name of the table.
    """

    version: Version
    modes: Mapping[str, Mode]
    tables: Mapping[str, pl.DataFrame]
    properties: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Problem, ...] = ()
    line_end: str = "\r\n"
    parts: Mapping[str, Part] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bundle):
            return NotImplemented
        mine, theirs = (
            (b.version, dict(b.modes), dict(b.properties), sorted(b.tables)) for b in (self, other)
        )
        return mine == theirs and all(
            _cells(table).equals(_cells(other.tables[name])) for name, table in self.tables.items()
        )

    __hash__ = None  # type: ignore[assignment]  # holds frames, which have no hash


def _cells(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop(ROW, strict=False)
