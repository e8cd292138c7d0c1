"""Read the learning objectives that results refer to from a CASE package, one a row."""

from dataclasses import dataclass

import polars as pl

from trellis.interchange.case.models import CFItem, Package
from trellis.interchange.case.read import read_package
from trellis.interchange.case.tree import arrange
from trellis.interchange.problems import Problem

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "identifier": pl.String,
    "code": pl.String,
    "statement": pl.String,
    "short_statement": pl.String,
    "subject": pl.String,
    "grades": pl.List(pl.String),
    "parent": pl.String,
    "position": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Objectives:
    """The objectives of a package in reading order, with parent and place from `isChildOf` alone.

    Attributes
    ----------
    package : the package, whole; None where the file is none.
    """

    title: str
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    package: Package | None = None


def read_case(data: bytes, file: str) -> Objectives:
    """Read a package leniently; each departure names its place in the document."""
    read = read_package(data, file)
    if read.package is None:
        return Objectives("", pl.DataFrame(schema=SCHEMA), read.problems)
    title = read.package.CFDocument.title
    return Objectives(title, objective_rows(read.package), read.problems, read.package)


def objective_rows(package: Package) -> pl.DataFrame:
    """Return the items of a package, named as results name them."""
    names = {item.identifier: known_as(item) for item in package.items}
    rows = [
        {
            "identifier": names[placed.item.identifier],
            "code": placed.item.humanCodingScheme,
            "statement": placed.item.fullStatement,
            "short_statement": placed.item.abbreviatedStatement,
            "subject": next(iter(placed.item.subject or ()), None),
            "grades": placed.item.educationLevel or [],
            "parent": names.get(placed.parent or ""),
            "position": place,
        }
        for place, placed in enumerate(arrange(package).placed)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def known_as(item: CFItem) -> str:
    """Return the name under which the source knows an item: files of results use that one."""
    source = (item.extensions or {}).get("sourceIdentifier")
    return source if isinstance(source, str) and source else item.identifier
