"""Small packages to read: one as it should be, and builders of its parts."""

import json
import zlib
from typing import Any

from trellis.interchange.case.models import Package
from trellis.interchange.case.read import CaseRead, read_package

DOCUMENT = "d0000000-0000-4000-8000-000000000000"
MOMENT = "2025-07-01T12:00:00Z"
BASE = "https://standards.example/ims/case/v1p1"


def name(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def an_item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "identifier": name(number),
        "uri": f"{BASE}/CFItems/{name(number)}",
        "fullStatement": f"Statement {number}",
        "lastChangeDateTime": MOMENT,
    } | more


def an_association(
    origin: str, destination: str, kind: str = "isChildOf", **more: Any
) -> dict[str, Any]:
    number = zlib.crc32(f"{origin} {kind} {destination}".encode()) % 10**7
    return {
        "identifier": more.pop("identifier", name(10**7 + number)),
        "uri": f"{BASE}/CFAssociations/{number}",
        "associationType": kind,
        "originNodeURI": an_end(origin),
        "destinationNodeURI": an_end(destination),
        "lastChangeDateTime": MOMENT,
    } | more


def an_end(identifier: str) -> dict[str, str]:
    return {
        "title": "An end", "identifier": identifier, "uri": f"{BASE}/CFItems/{identifier}"
    }  # fmt: skip


def a_package(**more: Any) -> dict[str, Any]:
    return {
        "CFDocument": {
            "identifier": DOCUMENT,
            "uri": f"{BASE}/CFDocuments/{DOCUMENT}",
            "creator": "Tiny State",
            "title": "Tiny Standards",
            "lastChangeDateTime": MOMENT,
        },
        "CFItems": [an_item(1), an_item(2)],
        "CFAssociations": [
            an_association(name(1), DOCUMENT, sequenceNumber=1),
            an_association(name(2), name(1), sequenceNumber=1),
        ],
    } | more


def read(document: Any) -> CaseRead:
    return read_package(json.dumps(document).encode(), "tiny.json")


def sound(document: Any) -> Package:
    """Read a package in which nothing is to be found."""
    found = read(document)
    assert not found.problems
    assert found.package
    return found.package


def codes(found: CaseRead) -> set[str]:
    return {problem.code for problem in found.problems}
