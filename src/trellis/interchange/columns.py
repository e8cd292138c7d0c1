"""Describe the columns of a file once: names, kinds, words, references and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from trellis.interchange.problems import Severity

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
    "free",
]


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
    asked : the standard asks for a value, yet a row is of use without it.
    private : read and written by the library, never handed to whoever stores things.
    synonyms : old words and what they are read as.
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
    asked: bool = False
    private: bool = False
    synonyms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition between columns: `breaks` is true for the rows that break it.

    Attributes
    ----------
    once : say it at the first row alone, with the number of rows.
    """

    field: str
    code: str
    breaks: pl.Expr
    expected: str
    advice: str
    severity: Severity = Severity.ERROR
    once: bool = False


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
    groups : columns by which the rows of a file of any size are kept together, of few different
        values; empty for those of the key after the first.
    defines : (kind of thing, column that names it) for references from other files.
    extra_prefix : unknown columns with this prefix are kept as text (OneRoster's `metadata.`).
    separator : between the entries of a list.
    foreign : written by other systems: what is certain is read on, what is too much left aside.
    old_names : what columns were called before.
    elsewhere : columns of another version of the format, kept where they stand.
    twice : code of a second row of the same key.
    standard : name and version of the format, for people.
    gone : true for rows that say of a thing that it is gone; they need nothing but its name.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    defines: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    scoped: tuple[Reference, ...] = ()
    extra_prefix: str = ""
    separator: str = ";"
    foreign: bool = False
    old_names: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[Column, ...] = ()
    twice: str = "row.duplicate"
    standard: str = "the reference of district files"
    gone: pl.Expr | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.optional)

    @property
    def grouped_by(self) -> tuple[str, ...]:
        return self.groups or self.key[1:]

    @property
    def references(self) -> tuple[Reference, ...]:
        plain = tuple(Reference(c.name, c.refers) for c in self.columns if c.refers)
        return plain + self.scoped
