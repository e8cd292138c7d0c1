"""A layout that was understood once is recognized the next time, by whoever brings it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from tests.cast import hana
from tests.interchange import tiny, vendors
from trellis.evidence import imports, mappings, queries
from trellis.evidence.models import Import, SavedMapping
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.mapping import ColumnMapping
from trellis.interchange.mapping_proposal import propose
from trellis.trust import clock
from trellis.web.loaders import LOADERS, bring_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_left_over() -> Iterator[None]:
    yield
    for brought in Import.objects.all():
        imports.forget(brought)


def of(text: str) -> ColumnMapping:
    return propose(read_csv_text(text.encode(), "export.csv")).mapping


def known_district(tmp_path: Path) -> None:
    bring_in([tiny.write_district(tmp_path / "district")], apply=True)


def waiting(text: str, name: str = "MAP fall.csv") -> Import:
    """Bring one file as a person does, up to its check."""
    brought = Import.objects.create(received_at=clock.now())
    folder = imports.folder_of(brought)
    folder.mkdir(parents=True)
    (folder / name).write_text(text)
    imports.check(brought, [folder / name], LOADERS)
    return brought


def test_a_file_of_unknown_layout_waits_until_somebody_says_what_it_means(tmp_path: Path) -> None:
    known_district(tmp_path)
    brought = waiting(vendors.GROWTH)

    assert brought.state == Import.State.WAITING
    assert [p["code"] for p in brought.problems] == ["package.unknown_layout"]
    assert list(imports.folder_of(brought).iterdir())

    mappings.save(of(vendors.GROWTH), name="Growth", by=hana())
    assert imports.check_again(brought)
    brought.refresh_from_db()
    found = imports.check(brought, list(imports.folder_of(brought).iterdir()), LOADERS)

    assert brought.state == Import.State.PREVIEWED
    imports.apply(found, LOADERS, by=hana())
    stored = queries.warehouse().read("assessment_results").collect()
    ours = stored.filter(stored["file"] == "MAP fall.csv").sort("row")
    assert ours["percentile"].to_list() == [58, 51, 24]


def test_the_next_file_of_the_layout_is_recognized(tmp_path: Path) -> None:
    known_district(tmp_path)
    mappings.save(of(vendors.GROWTH), name="Growth", by=hana())

    brought = waiting(vendors.GROWTH.replace("Fall 2025-2026", "Winter 2025-2026"))

    assert brought.state == Import.State.PREVIEWED
    assert "mapping.used" in [p["code"] for p in brought.problems]


def test_a_student_whom_nobody_knows_is_named_by_the_vendors_column(tmp_path: Path) -> None:
    known_district(tmp_path)
    mappings.save(of(vendors.GROWTH), name="Growth", by=hana())

    brought = waiting(vendors.GROWTH.replace("p-2", "p-77"))

    errors = [p for p in brought.problems if p["severity"] == "error"]
    assert {(p["row"], p["field"], p["found"]) for p in errors} == {(5, "StudentID", "p-77")}
    assert brought.state == Import.State.WAITING


def test_another_version_of_a_mapping_makes_other_content_of_the_same_file(tmp_path: Path) -> None:
    known_district(tmp_path)
    mappings.save(of(vendors.GROWTH), name="Growth", by=hana())
    first = waiting(vendors.GROWTH)
    without = of(vendors.GROWTH)
    fewer = {name: one for name, one in without.fields.items() if name != "percentile"}
    mappings.save(without.model_copy(update={"fields": fewer}), name="Growth", by=hana())

    assert waiting(vendors.GROWTH).content_hash != first.content_hash


def test_versions_never_change_and_the_newest_is_used() -> None:
    first = mappings.save(of(vendors.GROWTH), name="Growth", vendor="Some vendor", by=hana())
    mappings.save(of(vendors.STATE), name="Growth", by=hana())

    first.refresh_from_db()
    assert (first.version, first.mapping["header"][0]) == (1, "TermName")
    assert mappings.in_use() == {"Growth": of(vendors.STATE)}


def test_a_mapping_that_was_put_away_reads_nothing() -> None:
    kept = mappings.save(of(vendors.GROWTH), name="Growth", by=hana())

    mappings.put_away(kept, by=hana())

    assert mappings.in_use() == {}
    assert SavedMapping.objects.count() == 1


def test_a_mapping_travels_from_one_district_to_another() -> None:
    kept = mappings.save(of(vendors.STATE), name="State test", vendor="The state", by=hana())
    written = mappings.as_file(kept).encode()

    again = mappings.take_in(written, by=hana())

    assert (again.name, again.version, again.vendor) == ("State test", 2, "The state")
    assert mappings.in_use()["State test"] == of(vendors.STATE)


def test_what_is_no_mapping_is_said_in_words() -> None:
    wrong = json.loads(mappings.as_file(mappings.save(of(vendors.STATE), name="S", by=None)))
    wrong["mapping"]["fields"]["student_id"] = {"column": "Elsewhere"}

    for data, words in (
        (b"not json", "not JSON"),
        (b"[]", "no mapping"),
        (json.dumps(wrong).encode(), "no column “Elsewhere”"),
        (json.dumps(wrong | {"name": "../x"}).encode(), "no column"),
    ):
        with pytest.raises(ValidationError, match=words):
            mappings.take_in(data, by=None)
