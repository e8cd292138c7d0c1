"""What files really get wrong is read past and said, by place, with what was made of it."""

import json
from typing import Any

import pytest

from tests.interchange.case.packages import (
    DOCUMENT,
    a_package,
    an_association,
    an_item,
    codes,
    name,
    read,
)
from trellis.interchange.case.objectives import read_case
from trellis.interchange.case.read import read_package
from trellis.interchange.case.tree import arrange
from trellis.interchange.case.write import write_package
from trellis.interchange.problems import Severity, refuses


def item_with(**more: Any) -> dict[str, Any]:
    return a_package(CFItems=[an_item(1, **more), an_item(2)])


READ_PAST = [
    # what stands in an item, the code of its notice, the property, and what is kept of it
    ({"color": "red"}, "case.unknown_property", "extensions", {"color": "red"}),
    ({"subject": "Math"}, "case.list_wanted", "subject", ["Math"]),
    ({"educationLevel": "04"}, "case.list_wanted", "educationLevel", ["04"]),
    ({"notes": ["a", "b"]}, "case.text_wanted", "notes", "a, b"),
    ({"humanCodingScheme": 4}, "case.text_wanted", "humanCodingScheme", "4"),
    ({"language": None}, "case.null", "language", None),
    ({"statusStartDate": "2025-07-01T00:00:00Z"}, "case.bad_date", "statusStartDate", "2025-07-01"),
    ({"statusStartDate": "7/1/25"}, "case.bad_date", "extensions", {"statusStartDate": "7/1/25"}),
    ({"lastChangeDateTime": "2025-07-01 09:00"}, "case.bad_date", "lastChangeDateTime",
     "2025-07-01T09:00:00Z"),
    ({"fullstatement": "Small", "fullStatement": None}, "case.unknown_property", "extensions",
     {"fullstatement": "Small"}),
    ({"Notes": "Said"}, "case.misspelled", "notes", "Said"),
    ({"CFDocumentURI": {"identifier": DOCUMENT}}, "case.package_uri", "extensions", None),
    ({"licenseURI": "https://l.example/by"}, "case.link_as_text", "notes", None),
    ({"licenseURI": 7}, "case.unreadable", "extensions", {"licenseURI": 7}),
    ({"notes": "nul\x00l"}, "case.bad_character", "notes", "null"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "code", "kept", "value"), READ_PAST)
def test_a_departure_is_read_past_and_said(
    more: dict[str, Any], code: str, kept: str, value: object
) -> None:
    found = read(item_with(**({"abbreviatedStatement": "Short"} | more)))

    assert code in codes(found)
    assert not refuses(found.problems)
    assert found.package
    assert getattr(found.package.items[0], kept) == value


def test_a_finding_names_the_place_by_json_pointer() -> None:
    [problem] = read(item_with(color="red")).problems

    assert (problem.file, problem.field) == ("tiny.json", "/CFItems/0/color")
    assert problem.severity is Severity.NOTICE
    assert problem.advice == "It was kept among the extensions."


def test_what_repeats_from_item_to_item_is_said_once_with_its_count() -> None:
    document = a_package(CFItems=[an_item(n, color="red") for n in range(1, 31)])

    unknown = [p for p in read(document).problems if p.code == "case.unknown_property"]

    assert [p.found for p in unknown] == ["color (and 29 more)"]


REFUSED = [
    ("{", "case.bad_json", ""),
    ("[]", "case.not_a_package", ""),
    ('{"CFItems": []}', "case.not_a_package", ""),
    ('{"CFDocument": {"title": "x", "creator": "y"}}', "case.missing", "/CFDocument/identifier"),
    ('{"a": 1, "a": 2, "CFDocument": {}}', "case.double_property", ""),
    ("[" * 100_000, "case.bad_json", ""),
]


@pytest.mark.parametrize(("text", "code", "field"), REFUSED)
def test_what_is_no_package_is_refused_in_words(text: str, code: str, field: str) -> None:
    found = read_package(text.encode(), "tiny.json")

    assert (code, field) in {(p.code, p.field) for p in found.problems if refuses([p])}


def test_an_item_without_a_statement_or_name_is_left_out_with_an_error() -> None:
    document = a_package()
    del document["CFItems"][0]["fullStatement"]
    del document["CFItems"][1]["identifier"], document["CFItems"][1]["uri"]

    found = read(document)

    assert {p.field for p in found.problems if p.code == "case.missing" and refuses([p])} == {
        "/CFItems/0/fullStatement", "/CFItems/1/identifier",
    }  # fmt: skip


def test_two_different_items_of_one_name_are_an_error_and_the_same_twice_is_not() -> None:
    same = read(a_package(CFItems=[an_item(1), an_item(2), an_item(2)]))
    other = read(a_package(CFItems=[an_item(1), an_item(2), an_item(2, notes="Other")]))

    assert codes(same) == {"case.duplicate"}
    assert not refuses(same.problems)
    assert codes(other) == {"case.duplicate_identifier"}
    assert refuses(other.problems)


def test_items_in_a_circle_are_an_error_and_still_all_there() -> None:
    circle = [an_association(name(1), name(2)), an_association(name(2), name(1))]

    found = read(a_package(CFAssociations=circle))

    assert [p.code for p in found.problems] == ["case.cycle", "case.cycle"]
    assert found.package
    assert len(arrange(found.package).placed) == 2


def test_an_item_under_two_parents_is_shown_under_the_first_and_said() -> None:
    document = a_package(CFItems=[an_item(n) for n in (1, 2, 3)])
    document["CFAssociations"] += [
        an_association(name(3), DOCUMENT, sequenceNumber=2),
        an_association(name(2), name(3), sequenceNumber=7),
    ]

    found = read(document)

    assert codes(found) == {"case.two_parents"}
    assert found.package
    parents = {p.item.identifier: p.parent for p in arrange(found.package).placed}
    assert parents == {name(1): None, name(2): name(1), name(3): None}
    assert len(found.package.associations) == 4


def test_an_item_that_names_no_parent_or_one_outside_stands_under_the_document() -> None:
    document = a_package(CFItems=[an_item(n) for n in (1, 2, 3)])
    document["CFAssociations"].append(an_association(name(3), name(900)))
    del document["CFAssociations"][1]

    found = read(document)

    assert codes(found) == {"case.orphan", "case.dangling_association"}
    assert not refuses(found.problems)
    assert found.package
    assert [p.depth for p in arrange(found.package).placed] == [0, 0, 0]


def test_names_that_are_no_uuids_keep_meaning_the_same_things() -> None:
    text = json.dumps(a_package()).replace(name(1), "obj-1").replace(DOCUMENT, "doc-1")

    found = read_case(text.encode(), "tiny.json")

    assert {p.code for p in found.problems} == {"case.identifier_not_uuid"}
    assert found.rows.select("identifier", "parent").rows() == [
        ("obj-1", None), (name(2), "obj-1")
    ]  # fmt: skip
    assert found.package
    again = read_case(write_package(found.package), "again.json")
    assert again.rows.equals(found.rows)
    assert not again.problems
