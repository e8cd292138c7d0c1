"""A table of items, as OpenSALT takes it, is read and written as the framework it stands for."""

import pytest

from tests.interchange.case.packages import (
    DOCUMENT,
    a_package,
    an_association,
    an_item,
    codes,
    name,
    sound,
)
from trellis.interchange.case.item_csv import About, read_items, write_items
from trellis.interchange.case.read import CaseRead
from trellis.interchange.case.tree import arrange
from trellis.interchange.case.write import write_package
from trellis.interchange.problems import refuses

ABOUT = About("Tiny Standards", "Tiny State")


def items_of(*lines: str) -> CaseRead:
    return read_items("\n".join(lines).encode(), "items.csv", ABOUT)


def parents(found: CaseRead) -> dict[str | None, str | None]:
    assert found.package
    codes_of = {i.identifier: i.humanCodingScheme for i in found.package.items}
    return {
        placed.item.humanCodingScheme: codes_of.get(placed.parent or "")
        for placed in arrange(found.package).placed
    }


@pytest.mark.parametrize(
    "header",
    [
        "Identifier,fullStatement,Human Coding Scheme,Is Child Of,sequenceNumber",
        "identifier,Full Statement,humanCodingScheme,isChildOf,Sequence Number",
    ],
)
def test_headers_are_known_by_their_letters(header: str) -> None:
    found = items_of(header, f"{name(1)},Numbers,N,,1", f'{name(2)},"Add, subtract",N.1,N,1')

    assert not found.problems
    assert parents(found) == {"N": None, "N.1": "N"}


def test_a_level_stands_for_the_parent_and_orders_by_number() -> None:
    found = items_of(
        "identifier,fullStatement,humanCodingScheme,smartLevel",
        f"{name(1)},Ten,J,10", f"{name(2)},Two,B,2", f"{name(3)},Two one,B.1,2.1",
    )  # fmt: skip

    assert not found.problems
    assert parents(found) == {"B": None, "B.1": "B", "J": None}
    assert list(parents(found)) == ["B", "B.1", "J"]


def test_a_hierarchy_that_stands_there_twice_is_one_hierarchy() -> None:
    found = items_of(
        "identifier,fullStatement,humanCodingScheme,smartLevel,isChildOf",
        f"{name(1)},A,A,1,", f"{name(2)},B,B,1.1,{name(1)}",
    )  # fmt: skip

    assert not found.problems
    assert found.package
    assert len(found.package.associations) == 2
    assert parents(found) == {"A": None, "B": "A"}


def test_where_level_and_parent_disagree_the_parent_counts_and_it_is_said() -> None:
    found = items_of(
        "identifier,fullStatement,humanCodingScheme,smartLevel,isChildOf",
        f"{name(1)},A,A,1,", f"{name(2)},B,B,2,", f"{name(3)},C,C,1.1,{name(2)}",
    )  # fmt: skip

    assert codes(found) == {"case.two_hierarchies"}
    assert parents(found)["C"] == "B"


def test_keywords_grades_license_and_relations_come_along() -> None:
    found = items_of(
        "identifier,fullStatement,conceptKeywords,educationLevel,license,isRelatedTo,CF Item Type",
        f'{name(1)},A,"ratio,rate","04,05",CC BY 4.0,{name(2)},Standard', f"{name(2)},B,,,,,",
    )  # fmt: skip

    assert not found.problems
    assert found.package
    item = found.package.items[0]
    assert (item.conceptKeywords, item.educationLevel) == (["ratio", "rate"], ["04", "05"])
    assert (item.licenseURI and item.licenseURI.title, item.CFItemType) == (
        "CC BY 4.0", "Standard",
    )  # fmt: skip
    assert "isRelatedTo" in {a.associationType for a in found.package.associations}


def test_an_item_without_identifier_gets_the_same_one_each_time() -> None:
    lines = ("fullStatement,humanCodingScheme", "Add,N.1")
    first, second = items_of(*lines), items_of(*lines)

    assert [(p.code, p.row, p.field) for p in first.problems] == [("case.missing", 2, "")]
    assert not refuses(first.problems)
    assert first.package == second.package


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "column fullStatement"),
        (("a,b", "1,2"), "column fullStatement"),
        (("fullStatement", "A,B,C"), "cells, as in the header"),
        (("fullStatement,fullStatement", "A,B"), "each column once"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(lines: tuple[str, ...], said: str) -> None:
    found = items_of(*lines)

    assert refuses(found.problems)
    assert any(said in problem.expected for problem in found.problems)


def test_children_without_a_number_come_after_those_with_one_also_in_a_table() -> None:
    package = sound(
        a_package(
            CFItems=[an_item(n, humanCodingScheme=str(n)) for n in (1, 2, 3)],
            CFAssociations=[
                an_association(name(1), DOCUMENT),
                an_association(name(2), DOCUMENT),
                an_association(name(3), DOCUMENT, sequenceNumber=2),
            ],
        )
    )

    again = read_items(write_items(package), "t.csv", About("t", "c", DOCUMENT))

    assert list(parents(again)) == ["3", "1", "2"]


def test_writing_and_reading_a_table_keeps_the_items() -> None:
    package = sound(
        a_package(
            CFItems=[
                an_item(1, uri=f"urn:uuid:{name(1)}", humanCodingScheme="1"),
                an_item(2, uri=f"urn:uuid:{name(2)}", fullStatement="=SUM(A1)", notes="-2\nlines",
                        conceptKeywords=["a, b"], educationLevel=["04", "05"]),
            ],
            CFAssociations=[
                an_association(name(1), a_package()["CFDocument"]["identifier"], sequenceNumber=1),
                an_association(name(2), name(1), sequenceNumber=3),
                an_association(name(2), name(1), "precedes"),
            ],
        )
    )  # fmt: skip
    document = package.CFDocument

    table = write_items(package)
    again = read_items(table, "t.csv", About(document.title, document.creator, document.identifier))

    assert b'"\'=SUM(A1)"' in table or b"'=SUM(A1)" in table
    assert not again.problems
    assert again.package
    kept = [i.model_copy(update={"lastChangeDateTime": ""}) for i in again.package.items]
    assert kept == [i.model_copy(update={"lastChangeDateTime": ""}) for i in package.items]
    assert write_items(again.package) == table
    assert [
        (a.originNodeURI.identifier, a.associationType, a.destinationNodeURI.identifier)
        for a in again.package.associations
    ] == [
        (a.originNodeURI.identifier, a.associationType, a.destinationNodeURI.identifier)
        for a in package.associations
    ]
    assert write_package(again.package)
