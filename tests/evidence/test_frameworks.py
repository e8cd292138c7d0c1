"""Frameworks come in by one door, stay as they were published, and private ones never leave."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cast import hana
from tests.evidence.test_imports import bring as bring_district
from tests.evidence.test_undo import undo
from tests.interchange import tiny
from tests.interchange.case.packages import (
    DOCUMENT,
    a_package,
    an_association,
    an_item,
    name,
)
from trellis.evidence import frameworks
from trellis.evidence.framework import PACK, elements, level_words
from trellis.evidence.frameworks import CannotBring, CannotLeave, Stated
from trellis.evidence.models import (
    Adoption,
    CrosswalkLink,
    Framework,
    FrameworkItem,
    FrameworkVersion,
    LearningObjective,
)
from trellis.interchange.case.read import read_package
from trellis.interchange.case.write import write_package
from trellis.interchange.district import ELEMENTS, LEVELS

pytestmark = pytest.mark.django_db
LICENSED = Stated(license_title="CC BY 4.0", attribution="Tiny State, Tiny Standards")
PRIVATE = Stated(kind="practice framework", license_title="Licensed to this district",
                 attribution="© A Publisher", private=True)  # fmt: skip


def bring(document: Any, said: Stated = LICENSED) -> FrameworkVersion:
    data = json.dumps(document).encode()
    return frameworks.bring(frameworks.read(data, "tiny.json", said), source="tiny.json", by=hana())


def in_use(document: Any, said: Stated = LICENSED) -> FrameworkVersion:
    return frameworks.adopt(bring(document, said), by=hana())


def test_a_framework_comes_in_with_its_terms_its_items_and_who_brought_it() -> None:
    version = bring(a_package())

    assert (version.number, version.imported_by, version.license_title) == (1, hana(), "CC BY 4.0")
    assert version.framework.title == "Tiny Standards"
    assert [(i.identifier, i.depth, i.parent) for i in version.items.all()] == [
        (name(1), 0, ""), (name(2), 1, name(1)),
    ]  # fmt: skip
    assert not Adoption.objects.exists()


def test_the_same_content_again_is_the_version_that_is_there() -> None:
    first, second = bring(a_package()), bring(json.loads(json.dumps(a_package())))

    assert first == second
    assert FrameworkItem.objects.count() == 2


def test_a_changed_package_is_a_new_version_and_the_old_one_stays_to_the_byte() -> None:
    first = in_use(a_package())
    before = FrameworkVersion.objects.filter(pk=first.pk).values().get()
    items = list(first.items.values())

    second = in_use(a_package(CFItems=[an_item(1, notes="New"), an_item(3)], CFAssociations=[]))

    assert second.number == 2
    assert FrameworkVersion.objects.filter(pk=first.pk).values().get() == before
    assert list(first.items.values()) == items
    assert Adoption.objects.get().version == second


def test_before_it_is_adopted_a_version_says_what_it_would_change() -> None:
    in_use(a_package())
    document = a_package(CFItems=[an_item(1, fullStatement="Other words"), an_item(3)])
    document["CFAssociations"] = [an_association(name(n), DOCUMENT) for n in (1, 3)]

    said = frameworks.difference_to_current(bring(document))

    assert said
    assert [item.identifier for item in said.added] == [name(3)]
    assert [(c.after.identifier, c.changed) for c in said.changed] == [(name(1), ("statement",))]
    assert [item.identifier for item in said.gone] == [name(2)]


def test_going_back_to_an_earlier_version_is_possible() -> None:
    first = in_use(a_package())
    in_use(a_package(CFItems=[an_item(1)], CFAssociations=[]))

    frameworks.adopt(first, by=hana())

    assert Adoption.objects.get().version == first
    assert FrameworkVersion.objects.count() == 2


def test_results_can_name_the_items_of_standards_that_are_in_use() -> None:
    version = bring(a_package())
    assert not LearningObjective.objects.exists()

    frameworks.adopt(version, by=hana())

    child = LearningObjective.objects.get(identifier=name(2))
    assert child.parent == LearningObjective.objects.get(identifier=name(1))


def test_a_framework_that_is_put_away_keeps_its_versions() -> None:
    version = in_use(a_package())

    frameworks.put_away(version.framework, by=hana())

    assert not Adoption.objects.exists()
    assert FrameworkVersion.objects.get() == version


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Stated(kind="practice framework", attribution="A. Author"), "only with its license"),
        (Stated(kind="practice framework", license_title="CC BY 4.0"), "whom to credit"),
    ],
)
def test_a_framework_of_practice_without_license_or_credit_is_refused(
    said: Stated, sentence: str
) -> None:
    with pytest.raises(CannotBring) as refused:
        bring(a_package(), said)

    assert any(sentence in problem.advice for problem in refused.value.problems)
    assert not Framework.objects.exists()


def test_standards_without_a_license_come_in_and_stay_private() -> None:
    version = bring(a_package(), Stated())

    assert version.is_private
    with pytest.raises(CannotLeave, match="is private"):
        frameworks.export(version)


def test_a_private_framework_leaves_neither_as_package_nor_as_table() -> None:
    version = bring(a_package(), PRIVATE)

    for table in (False, True):
        with pytest.raises(CannotLeave, match="never exported"):
            frameworks.export(version, table=table)


def test_nobody_makes_a_framework_public_that_calls_itself_private() -> None:
    document = a_package()
    document["CFDocument"]["extensions"] = {"private": True}

    assert bring(document).is_private


def test_a_framework_that_may_leave_comes_out_as_it_is_stored() -> None:
    version = bring(a_package())

    out = frameworks.export(version)

    again = read_package(out, "out.json")
    assert not again.problems
    assert again.package == frameworks.package_of(version)
    assert b"Statement 1" in frameworks.export(version, table=True)


def test_a_table_of_items_needs_a_title_and_an_author() -> None:
    table = b"fullStatement,humanCodingScheme\nAdd,N.1\n"
    said = Stated(title="Ours", creator="The district", license_title="CC0")

    assert frameworks.read(table, "items.csv").package is None
    assert frameworks.bring(
        frameworks.read(table, "items.csv", said), source="items.csv", by=None
    ).items_count == 1  # fmt: skip


def test_relations_to_other_frameworks_are_kept_once_with_who_and_when() -> None:
    document = a_package()
    document["CFAssociations"] += [
        an_association(name(1), name(900), "isRelatedTo", notes="Both are about reasons"),
        an_association(name(1), name(2), "precedes"),
    ]

    in_use(document)
    in_use(document)

    link = CrosswalkLink.objects.get()
    assert (link.origin, link.relation, link.destination) == (name(1), "isRelatedTo", name(900))
    assert (link.made_by, link.source, link.note) == (
        hana(), "Tiny Standards", "Both are about reasons",
    )  # fmt: skip


def test_a_crosswalk_comes_from_a_table_by_code_or_identifier() -> None:
    frameworks.bring_shipped()
    in_use(a_package(CFItems=[an_item(1, humanCodingScheme="N.1")], CFAssociations=[]))
    table = b"from,relation,to,note\nN.1,isRelatedTo,instruction.thinking,Reasons\n"

    assert frameworks.bring_crosswalk(table, "walk.csv", by=hana()) == 1
    assert frameworks.bring_crosswalk(table, "walk.csv", by=hana()) == 0

    link = CrosswalkLink.objects.get()
    assert link.destination == elements()["instruction.thinking"].identifier
    assert (link.source, link.made_by) == ("walk.csv", hana())


@pytest.mark.parametrize(
    "row", ["N.9,isRelatedTo,instruction.thinking", "N.1,isChildOf,instruction.thinking", "N.1,,x"]
)
def test_a_crosswalk_with_a_name_or_word_that_nobody_knows_changes_nothing(row: str) -> None:
    frameworks.bring_shipped()
    in_use(a_package(CFItems=[an_item(1, humanCodingScheme="N.1")], CFAssociations=[]))
    table = f"from,relation,to\nN.1,isRelatedTo,culture.support\n{row}\n".encode()

    with pytest.raises(CannotBring):
        frameworks.bring_crosswalk(table, "walk.csv", by=hana())

    assert not CrosswalkLink.objects.exists()


def test_the_shipped_framework_comes_in_once_by_the_same_door() -> None:
    first, second = frameworks.bring_shipped(), frameworks.bring_shipped()

    assert first
    assert second is None
    assert first.framework.kind == "practice framework"
    assert not first.is_private
    assert Adoption.objects.get().version == first
    assert not LearningObjective.objects.exists()


def test_the_shipped_framework_is_strict_and_says_its_license_and_its_limits() -> None:
    found = read_package(PACK.read_bytes(), PACK.name)

    assert not found.problems
    assert found.package
    assert write_package(found.package) == PACK.read_bytes()
    version = frameworks.bring_shipped()
    assert version
    assert version.license_title == "CC BY 4.0"
    assert "World Bank. 2021" in version.attribution
    assert "not endorsed by the World Bank" in version.disclaimer
    assert "a shared language, not a measure" in version.disclaimer


def test_its_elements_and_words_are_those_that_files_and_pages_use() -> None:
    assert tuple(elements()) == ELEMENTS
    assert level_words() == LEVELS
    for element in elements().values():
        assert element.said
        assert element.focus.endswith("?")
        assert len(element.looks) == 4
        assert element.behaviors


def test_no_code_writes_to_a_version_once_it_is_stored() -> None:
    product = Path(frameworks.__file__).parents[1]
    writers = [
        f"{path.name}: {line.strip()}"
        for path in product.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if ("FrameworkVersion.objects" in line and ("update(" in line or "delete(" in line))
        or "version.save(" in line
    ]  # fmt: skip

    assert not writers, f"A version never changes; a change is a new version: {writers}"


def test_undoing_an_import_takes_back_what_its_standards_brought(tmp_path: Path) -> None:
    brought = bring_district(tiny.write_district(tmp_path)).record
    assert Adoption.objects.exists()

    undo(brought)

    assert not Framework.objects.exists()
    assert not FrameworkVersion.objects.exists()
    assert not FrameworkItem.objects.exists()


def test_a_later_version_without_a_license_is_private_though_the_first_was_not() -> None:
    in_use(a_package())
    later = bring(a_package(CFItems=[an_item(1)], CFAssociations=[]), Stated())

    with pytest.raises(CannotLeave):
        frameworks.export(later)


def test_a_license_that_is_named_later_makes_a_version_of_its_own() -> None:
    without, named = bring(a_package(), Stated()), bring(a_package(), LICENSED)

    assert (without.number, named.number) == (1, 2)
    assert without.content_hash == named.content_hash
    assert (without.is_private, named.is_private) == (True, False)
    assert frameworks.adopt(named, by=hana()) == named
    assert Adoption.objects.get().version == named


def test_the_same_file_of_a_district_stays_under_the_terms_that_somebody_named(
    tmp_path: Path,
) -> None:
    bring_district(tiny.write_district(tmp_path / "first"))
    named = in_use(tiny.OBJECTIVES)

    again = tmp_path / "second"
    bring_district(
        tiny.write_district(again, consents="teacher_id,purpose,given_on,withdrawn_on\n")
    )

    assert Adoption.objects.get().version == named
    assert FrameworkVersion.objects.count() == 2
