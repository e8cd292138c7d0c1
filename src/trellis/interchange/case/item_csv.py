"""Read and write the items of a framework as a table, with the headers that OpenSALT knows.

CASE knows no CSV. This is the spreadsheet that OpenSALT takes: headers are compared by their
letters alone, a parent is named by identifier or code, and a level such as 1.2.3 may stand for it.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from trellis.interchange.case.findings import Findings
from trellis.interchange.case.lenient import Object, identifier_in, made_from
from trellis.interchange.case.models import CHILD, UUID, CFItem, Package
from trellis.interchange.case.read import CaseRead, read_plain
from trellis.interchange.case.tree import arrange
from trellis.interchange.spreadsheet import closed, opened

TEXTS = {
    "fullstatement": "fullStatement",
    "humancodingscheme": "humanCodingScheme",
    "listenumeration": "listEnumeration",
    "abbreviatedstatement": "abbreviatedStatement",
    "notes": "notes",
    "language": "language",
    "cfitemtype": "CFItemType",
}
LISTS = {"conceptkeywords": "conceptKeywords", "educationlevel": "educationLevel"}
RELATED = {
    "ispartof": "isPartOf", "replacedby": "replacedBy", "exemplar": "exemplar",
    "precedes": "precedes", "ispeerof": "isPeerOf", "hasskilllevel": "hasSkillLevel",
    "isrelatedto": "isRelatedTo", "exactmatchof": "exactMatchOf",
    "istranslationof": "isTranslationOf",
}  # fmt: skip
OTHERS = {"identifier", "smartlevel", "license", "ischildof", "sequencenumber"}
HEADERS = (
    "Identifier", "Full Statement", "Human Coding Scheme", "Smart Level", "List Enumeration",
    "Abbreviated Statement", "Concept Keywords", "Notes", "Language", "Education Level",
    "CF Item Type", "License", "Is Child Of", "Sequence Number", "Is Part Of", "Replaced By",
    "Exemplar", "Precedes", "Is Peer Of", "Has Skill Level", "Is Related To", "Exact Match Of",
    "Is Translation Of",
)  # fmt: skip
LEVEL = re.compile(r"[0-9]+(\.[0-9]+)*")
SHORT = re.compile(r"[0-9]{1,9}")
UNKNOWN_DAY = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class About:
    """What a table of items does not say and a package must."""

    title: str
    creator: str
    identifier: str = ""

    def document(self) -> Object:
        name = self.identifier or made_from(f"{self.creator} {self.title}")
        return {
            "identifier": name, "uri": f"urn:uuid:{name}", "creator": self.creator,
            "title": self.title, "lastChangeDateTime": UNKNOWN_DAY,
        }  # fmt: skip


def simplified(header: str) -> str:
    """Return the letters of a header, small: "Human Coding Scheme" is humanCodingScheme."""
    return re.sub(r"[^a-z]", "", header.lower())


def read_items(data: bytes, file: str, about: About) -> CaseRead:
    """Read a table of items as a package; nothing raises, nothing is left out in silence."""
    findings = Findings(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.error(
            "bad_csv", "", "bytes that are not UTF-8", "a CSV file in UTF-8",
            "Save the file again as “CSV UTF-8”.",
        )  # fmt: skip
        return CaseRead(None, "", findings.problems())
    rows = list(_rows(text, findings))
    if not rows:
        return CaseRead(None, "", findings.problems())
    return read_plain(_package(rows, about, findings), findings)


@dataclass(slots=True)
class Row:
    """One row of the table, by simplified header, with the identifier of its item."""

    number: int
    cells: Mapping[str, str]
    name: str = ""

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")


def _rows(text: str, findings: Findings) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
    try:
        header = [simplified(name) for name in next(reader, [])]
        if "fullstatement" not in header:
            findings.error(
                "bad_csv", "", ", ".join(header) or "nothing", "a column fullStatement",
                "The first line names the columns: Identifier, Full Statement, Is Child Of …",
            )  # fmt: skip
            return
        _say_unknown(header, findings)
        for number, cells in enumerate(reader, 2):
            if any(cells):
                yield _row(number, header, cells, findings)
    except csv.Error as problem:
        findings.error(
            "bad_csv", "", f"{problem}, line {reader.line_num} of the file",
            "CSV with cells in double quotes", "Save the file again from a spreadsheet.",
        )  # fmt: skip


def _say_unknown(header: Sequence[str], findings: Findings) -> None:
    known = set(TEXTS) | set(LISTS) | set(RELATED) | OTHERS
    for place, name in enumerate(header):
        if name not in known:
            findings.notice(
                "unknown_column", 1, name or f"column {place + 1}",
                "a column of the reference", "The column was left out.",
            )  # fmt: skip
        elif name in header[:place]:
            findings.error("bad_csv", 1, name, "each column once", "Remove one of the two columns.")


def _row(number: int, header: Sequence[str], cells: Sequence[str], findings: Findings) -> Row:
    if len(cells) > len(header) and any(cells[len(header) :]):
        findings.error(
            "bad_csv", number, f"{len(cells)} cells", f"{len(header)} cells, as in the header",
            "Put double quotes around cells that contain a comma.",
        )  # fmt: skip
    return Row(number, {n: _plain(c) for n, c in zip(header, cells, strict=False) if c.strip()})


def _plain(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a cell."""
    text = opened(cell)
    return text if text != cell else cell.strip()


def _package(rows: Sequence[Row], about: About, findings: Findings) -> Object:
    document = about.document()
    top = str(document["identifier"])
    for row in rows:
        row.name = _name(row, top, findings)
    names = _known(rows)
    licenses = {said: made_from(f"{top} license {said}") for said in _licenses(rows)}
    levels = {level: row.name for row in rows if (level := _level(row))}
    associations: list[JsonValue] = []
    numbered = any(row.cell("sequencenumber") for row in rows)
    for place, row in enumerate(rows, 1):
        # Where some rows carry a number, the others come after them, by code.
        number = "" if numbered else _level(row).rpartition(".")[2] or str(place)
        associations += _children(row, number, top, names, levels, findings)
        associations += _relations(row, names)
    package: Object = {
        "CFDocument": document,
        "CFItems": [_item(row, licenses) for row in rows],
        "CFAssociations": associations,
    }
    if licenses:
        package["CFDefinitions"] = {
            "CFLicenses": [
                {
                    "identifier": name, "uri": f"urn:uuid:{name}", "title": said,
                    "licenseText": said, "lastChangeDateTime": UNKNOWN_DAY,
                }
                for said, name in licenses.items()
            ]
        }  # fmt: skip
    return package


def _licenses(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.cell("license") for row in rows if row.cell("license")))


def _known(rows: Sequence[Row]) -> dict[str, str]:
    """Return items by identifier and, where it is one item's alone, by code."""
    codes: dict[str, list[str]] = {}
    for row in rows:
        codes.setdefault(row.cell("humancodingscheme"), []).append(row.name)
    by_code = {code: names[0] for code, names in codes.items() if code and len(names) == 1}
    given = {row.cell("identifier"): row.name for row in rows}
    return by_code | given | {row.name: row.name for row in rows}


def _level(row: Row) -> str:
    return row.cell("smartlevel").rstrip(".")


def _name(row: Row, top: str, findings: Findings) -> str:
    said = row.cell("identifier")
    if UUID.fullmatch(said):
        return said
    if said:
        return said if "/" not in said else identifier_in(said)
    findings.notice(
        "missing", row.number, "", "an identifier",
        "It was made from the code, or else from the level or the statement: keep those as they "
        "are, or results will not find the item again.",
    )  # fmt: skip
    rest = (row.cell(name) for name in ("humancodingscheme", "smartlevel", "fullstatement"))
    return made_from(f"{top} {next(filter(None, rest), str(row.number))}")


def _item(row: Row, licenses: Mapping[str, str]) -> Object:
    item: Object = {"identifier": row.name, "lastChangeDateTime": UNKNOWN_DAY}
    if UUID.fullmatch(row.name):
        item["uri"] = f"urn:uuid:{row.name}"
    for column, name in TEXTS.items():
        if row.cell(column):
            item[name] = row.cell(column)
    for column, name in LISTS.items():
        if row.cell(column):
            marks = "|" if "|" in row.cell(column) else ",;"
            item[name] = list(_split(row.cell(column), marks))
    if said := row.cell("license"):
        name = licenses[said]
        item["licenseURI"] = {"title": said, "identifier": name, "uri": f"urn:uuid:{name}"}
    return item


def _split(cell: str, marks: str) -> Iterator[str]:
    return (part.strip() for part in re.split(f"[{re.escape(marks)}]", cell) if part.strip())


def _children(
    row: Row, number: str, top: str, names: Mapping[str, str], levels: Mapping[str, str],
    findings: Findings,
) -> Iterator[Object]:  # fmt: skip
    """Say under whom a row stands, once: by `isChildOf`, else by its level, else the document."""
    level = _level(row)
    by_level = levels.get(level.rpartition(".")[0], top) if level else top
    said = [names.get(one, one) for one in _split(row.cell("ischildof"), ",;")]
    if level and not LEVEL.fullmatch(level):
        findings.notice(
            "smart_level", row.number, level, "a level such as 1.2.3", "It was left out."
        )
        level, by_level = "", top
    elif level and said and by_level not in said:
        findings.notice(
            "two_hierarchies", row.number, level, "the parent that isChildOf names",
            "The two columns disagree; isChildOf was followed.",
        )  # fmt: skip
    number = row.cell("sequencenumber") or number
    for parent in dict.fromkeys(said or [by_level]):
        child = _association(row.name, CHILD, parent)
        if number:
            child["sequenceNumber"] = int(number) if SHORT.fullmatch(number) else number
        yield child


def _relations(row: Row, names: Mapping[str, str]) -> Iterator[Object]:
    for column, kind in RELATED.items():
        for other in dict.fromkeys(_split(row.cell(column), ",;")):
            yield _association(row.name, kind, names.get(other, other))


def _association(origin: str, kind: str, destination: str) -> Object:
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{origin} {kind} {destination}"))
    return {
        "identifier": name, "uri": f"urn:uuid:{name}", "associationType": kind,
        "originNodeURI": _end(origin), "destinationNodeURI": _end(destination),
        "lastChangeDateTime": UNKNOWN_DAY,
    }  # fmt: skip


def _end(name: str) -> Object:
    uri = name if ":" in name else f"urn:uuid:{name}"
    return {"title": "", "identifier": name, "uri": uri}


def write_items(package: Package) -> bytes:
    """Return the items in reading order; rubrics, extensions and links have no column."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS)
    related: dict[str, dict[str, list[str]]] = {}
    numbers: dict[tuple[str, str], str] = {}
    for one in package.associations:
        origin, other = one.originNodeURI.identifier, one.destinationNodeURI.identifier
        related.setdefault(origin, {}).setdefault(one.associationType, []).append(other)
        if one.associationType == CHILD and one.sequenceNumber is not None:
            numbers.setdefault((origin, other), str(one.sequenceNumber))
    levels: list[int] = []
    for placed in arrange(package).placed:
        here = levels[placed.depth] if placed.depth < len(levels) else 0
        levels = [*levels[: placed.depth], here + 1]
        name = placed.item.identifier
        number = numbers.get((name, placed.parent or package.CFDocument.identifier), "")
        cells = _cells(placed.item, levels, number, related.get(name, {}))
        writer.writerow([closed(cell or "") for cell in cells])
    return out.getvalue().encode()


def _cells(
    item: CFItem, levels: Sequence[int], number: str, related: Mapping[str, Sequence[str]]
) -> list[str | None]:
    return [
        item.identifier, item.fullStatement, item.humanCodingScheme,
        ".".join(str(level) for level in levels), item.listEnumeration, item.abbreviatedStatement,
        _joined(item.conceptKeywords), item.notes, item.language, _joined(item.educationLevel),
        item.CFItemType, item.licenseURI.title if item.licenseURI else "",
        ",".join(related.get(CHILD, ())), number,
        *(",".join(related.get(RELATED[simplified(name)], ())) for name in HEADERS[14:]),
    ]  # fmt: skip


def _joined(words: Sequence[str] | None) -> str:
    said = "|".join(words or ())
    # A last mark tells one word with a comma inside from two words.
    return said + "|" if words and len(words) == 1 and re.search("[,;]", said) else said
