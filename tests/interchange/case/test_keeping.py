"""What other systems lose when they read a framework is kept here, and comes out again."""

import json
from typing import Any

import pytest

from tests.interchange.case.packages import (
    BASE,
    DOCUMENT,
    MOMENT,
    a_package,
    an_association,
    an_item,
    codes,
    name,
    read,
    sound,
)
from trellis.interchange.case.read import read_package
from trellis.interchange.case.tree import arrange
from trellis.interchange.case.write import write_package


def link(number: int, title: str = "A thing") -> dict[str, str]:
    return {"title": title, "identifier": name(number), "uri": f"{BASE}/things/{name(number)}"}


def thing(number: int, **more: Any) -> dict[str, Any]:
    return link(number) | {"lastChangeDateTime": MOMENT} | more


LEVELS = [
    {"identifier": name(95), "uri": f"{BASE}/95", "quality": "Established", "description": "Often",
     "score": 4, "feedback": "Look at it again", "position": 1, "rubricCriterionId": name(93),
     "lastChangeDateTime": MOMENT, "extensions": [{"color": "none"}]},
]  # fmt: skip
WHOLE = a_package(
    CFItems=[
        an_item(
            1, alternativeLabel="One", CFItemType="Strand", humanCodingScheme="A.1",
            listEnumeration="1", abbreviatedStatement="One", conceptKeywords=["ratio", "rate"],
            conceptKeywordsURI=link(51), notes="A note", subject=["Math"], subjectURI=[link(52)],
            language="en", educationLevel=["04", "05"], CFItemTypeURI=link(53),
            licenseURI=link(54, "CC BY 4.0"), statusStartDate="2025-07-01",
            statusEndDate="2030-06-30", extensions={"vendor": {"deep": [1, None, "x"]}},
        )
    ],
    CFAssociations=[
        an_association(name(1), DOCUMENT, sequenceNumber=1, notes="Why",
                       CFAssociationGroupingURI=link(55), extensions={"weight": 0.5}),
    ],
    CFDefinitions={
        "CFConcepts": [thing(51, hierarchyCode="1", keywords="ratio|rate", description="d")],
        "CFSubjects": [thing(52, hierarchyCode="1")],
        "CFLicenses": [thing(54, licenseText="Share alike.", description="d")],
        "CFItemTypes": [thing(53, hierarchyCode="1", description="d", typeCode="S")],
        "CFAssociationGroupings": [thing(55, description="d")],
        "extensions": {"made by": "hand"},
    },
    CFRubrics=[
        {"identifier": name(92), "uri": f"{BASE}/92", "title": "A rubric", "description": "d",
         "lastChangeDateTime": MOMENT, "CFRubricCriteria": [
             {"identifier": name(93), "uri": f"{BASE}/93", "category": "c", "description": "d",
              "CFItemURI": link(1), "weight": 0.5, "position": 1, "rubricId": name(92),
              "lastChangeDateTime": MOMENT, "CFRubricCriterionLevels": LEVELS}]},
    ],
    extensions={"exported by": "hand"},
)  # fmt: skip


def written(document: Any) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(write_package(sound(document)))
    assert out["CFDocument"].pop("caseVersion") == "1.1"
    return out


def test_everything_that_the_standard_knows_comes_out_as_it_came_in() -> None:
    assert written(WHOLE) == WHOLE


def test_identifiers_and_addresses_stay_those_of_the_publisher() -> None:
    out = written(WHOLE)

    assert out["CFDocument"]["uri"] == f"{BASE}/CFDocuments/{DOCUMENT}"
    assert [i["uri"] for i in out["CFItems"]] == [f"{BASE}/CFItems/{name(1)}"]


def test_keywords_licenses_subjects_groupings_and_rubrics_are_kept() -> None:
    out = written(WHOLE)

    assert out["CFDefinitions"] == WHOLE["CFDefinitions"]
    assert out["CFRubrics"] == WHOLE["CFRubrics"]
    assert out["CFItems"][0]["conceptKeywords"] == ["ratio", "rate"]
    assert out["CFItems"][0]["conceptKeywordsURI"] == link(51)


def test_a_child_that_is_named_twice_under_one_parent_stands_there_once() -> None:
    twice = an_association(name(2), name(1), identifier=name(77), sequenceNumber=4)
    document = a_package()
    document["CFAssociations"].append(twice)

    package = sound(document)

    assert [p.item.identifier for p in arrange(package).placed] == [name(1), name(2)]
    assert len(package.associations) == 3


def test_associations_other_than_child_and_parent_are_kept_also_to_other_frameworks() -> None:
    kinds = ("isRelatedTo", "exactMatchOf", "isPeerOf", "precedes", "ext:tested-by")
    document = a_package()
    document["CFAssociations"] += [an_association(name(1), name(900), kind) for kind in kinds]
    document["CFAssociations"] += [an_association(name(1), name(2), "isRelatedTo")]

    assert [a["associationType"] for a in written(document)["CFAssociations"][2:-1]] == list(kinds)
    assert written(document) == document


def test_the_sequence_number_orders_the_children_as_a_number() -> None:
    document = a_package(
        CFItems=[an_item(n) for n in (1, 2, 3)],
        CFAssociations=[
            an_association(name(1), DOCUMENT, sequenceNumber=10),
            an_association(name(2), DOCUMENT, sequenceNumber=9),
            an_association(name(3), DOCUMENT),
        ],
    )

    assert [p.item.identifier for p in arrange(sound(document)).placed] == [
        name(2), name(1), name(3)
    ]  # fmt: skip


def test_children_without_numbers_stand_by_code_as_people_count() -> None:
    coded = ("M.10", "M.9", "M.9")
    document = a_package(
        CFItems=[an_item(n, humanCodingScheme=code) for n, code in enumerate(coded, 1)],
        CFAssociations=[an_association(name(n), DOCUMENT) for n in (1, 3, 2)],
    )

    assert [p.item.identifier for p in arrange(sound(document)).placed] == [
        name(2), name(3), name(1)
    ]  # fmt: skip


def test_a_package_of_version_one_comes_out_as_one_point_one() -> None:
    document = a_package()
    document["CFDocument"]["caseVersion"] = "1.0"

    found = read(document)

    assert found.version == "1.0"
    assert not found.problems
    assert found.package
    assert json.loads(write_package(found.package))["CFDocument"]["caseVersion"] == "1.1"


@pytest.mark.parametrize("spelled", ["https", "http"])
def test_a_child_finds_its_parent_by_address_alone(spelled: str) -> None:
    document = a_package()
    uri = document["CFItems"][0]["uri"].replace("https", spelled)
    document["CFAssociations"][1]["destinationNodeURI"] = uri

    found = read(document)

    assert codes(found) == {"case.link_as_text", "case.missing"}
    assert found.package
    assert arrange(found.package).placed[1].parent == name(1)


def test_reading_what_was_written_finds_nothing_and_changes_nothing() -> None:
    package = sound(WHOLE)
    out = write_package(package)

    again = read_package(out, "again.json")

    assert (again.package, again.problems) == (package, ())
    assert write_package(package) == out
