"""Read how the items of frameworks relate, from a package's associations or from a table."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trellis.interchange.case.findings import Findings
from trellis.interchange.case.item_csv import simplified
from trellis.interchange.case.models import CHILD, Package, Shape
from trellis.interchange.case.values import as_shape
from trellis.interchange.problems import Problem

FROM = ("from", "origin", "originidentifier")
TO = ("to", "destination", "destinationidentifier")
HOW = ("relation", "associationtype")


@dataclass(frozen=True, slots=True)
class Relation:
    """That one item relates to another, in the words of the standard. It has no weight."""

    origin: str
    relation: str
    destination: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CrosswalkRead:
    relations: tuple[Relation, ...]
    problems: tuple[Problem, ...]


def relations_in(package: Package) -> tuple[Relation, ...]:
    """Return all that a package relates, but for who stands under whom."""
    return tuple(
        dict.fromkeys(
            Relation(
                one.originNodeURI.identifier, one.associationType,
                one.destinationNodeURI.identifier, one.notes or "",
            )
            for one in package.associations
            if one.associationType != CHILD
        )
    )  # fmt: skip


def read_crosswalk(data: bytes, file: str, known: Mapping[str, str]) -> CrosswalkRead:
    """Read a table `from, relation, to`; `known` gives items by identifier and by code."""
    findings = Findings(file)
    try:
        text = data.decode("utf-8-sig").replace("\x00", "")
        found = tuple(dict.fromkeys(_rows(text, known, findings)))
    except (UnicodeDecodeError, csv.Error) as problem:
        findings.error(
            "bad_csv", "", str(problem), "a CSV file in UTF-8", "Save it again as “CSV UTF-8”."
        )
        found = ()
    return CrosswalkRead(found, findings.problems())


def _rows(text: str, known: Mapping[str, str], findings: Findings) -> Iterator[Relation]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [simplified(name) for name in next(reader, [])]
    places = [_place(header, names) for names in (FROM, HOW, TO)]
    if None in places:
        findings.error(
            "bad_csv", 1, ", ".join(header) or "nothing", "columns from, relation, to",
            "The first row names the columns: from, relation, to, and note if you like.",
        )  # fmt: skip
        return
    at_note = _place(header, ("note", "notes"))
    for number, row in enumerate(reader, 2):
        cells = [row[p].strip() if p is not None and p < len(row) else "" for p in places]
        note = row[at_note].strip() if at_note is not None and at_note < len(row) else ""
        if any(cells):
            yield from _relation(cells, note, number, known, findings)


def _place(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(header) if name in names), None)


def _relation(
    cells: list[str], note: str, at: int, known: Mapping[str, str], findings: Findings
) -> Iterator[Relation]:
    origin, how, destination = cells
    unknown = [name for name in (origin, destination) if name not in known]
    for name in unknown:
        findings.error(
            "unknown_item", at, name, "the identifier or code of an item that is here",
            "Bring its framework first, or correct the name. A code that two items carry cannot "
            "tell which is meant: write the identifier.",
        )  # fmt: skip
    word = as_shape(re.sub(r"\s+", "", how), Shape.RELATION).value
    if not isinstance(word, str) or word == CHILD:
        findings.error(
            "association_type", at, how, "isRelatedTo, exactMatchOf, isPeerOf or isPartOf",
            "Write one of these words.",
        )  # fmt: skip
    elif not unknown and known[origin] != known[destination]:
        yield Relation(known[origin], word, known[destination], note)
