"""What a program left that was ended in the middle of an import is found and put right."""

import os
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
from django.conf import settings

from tests.evidence.test_imports import bring
from tests.interchange import tiny
from trellis.evidence import imports, queries
from trellis.evidence.models import Import
from trellis.evidence.recovery import put_right
from trellis.evidence.working import at_work, is_at_work
from trellis.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db


def brought(state: Import.State, *, by_browser: bool = True) -> Import:
    one = imports.receive([("staff.csv", BytesIO(b"a"))], by=None)
    if not by_browser:
        (imports.folder_of(one) / "staff.csv").unlink()
        imports.folder_of(one).rmdir()
    Import.objects.filter(pk=one.pk).update(state=state)
    return Import.objects.get(pk=one.pk)


def long_ago(one: Import) -> None:
    folder = imports.folder_of(one)
    for path in (*folder.iterdir(), folder):
        os.utime(path, (0, 0))


def test_an_import_that_was_being_applied_can_be_applied_again() -> None:
    one = brought(Import.State.APPLYING)

    found = put_right(waiting=())

    one.refresh_from_db()
    assert (found.to_apply_again, one.state) == (1, Import.State.PREVIEWED)
    assert one.problems[0]["advice"].endswith("Apply again.")
    assert imports.folder_of(one).exists()


@pytest.mark.parametrize("state", [Import.State.RECEIVED, Import.State.CHECKED])
def test_an_import_that_was_being_read_ends_with_words(state: Import.State) -> None:
    one = brought(state)
    long_ago(one)

    found = put_right(waiting=())

    one.refresh_from_db()
    assert (found.ended, one.state) == (1, Import.State.REFUSED)
    assert "Bring them again" in one.problems[0]["advice"]


def test_a_command_that_was_ended_leaves_nothing_to_apply_in_the_browser() -> None:
    one = brought(Import.State.PREVIEWED, by_browser=False)

    put_right(waiting=())

    one.refresh_from_db()
    assert one.state == Import.State.REFUSED


def test_an_import_that_somebody_works_on_or_that_waits_its_turn_is_left_alone() -> None:
    worked_on, in_the_queue = brought(Import.State.APPLYING), brought(Import.State.APPLYING)
    arriving, for_a_person = brought(Import.State.RECEIVED), brought(Import.State.PREVIEWED)

    with at_work(worked_on.pk):
        found = put_right(waiting={str(in_the_queue.pk)})

    assert not found
    states = [Import.objects.get(pk=one.pk).state for one in (worked_on, in_the_queue)]
    assert states == [Import.State.APPLYING, Import.State.APPLYING]
    assert Import.objects.get(pk=arriving.pk).state == Import.State.RECEIVED
    assert Import.objects.get(pk=for_a_person.pk).state == Import.State.PREVIEWED


def test_what_lies_about_is_removed_and_what_is_current_stays(tmp_path: Path) -> None:
    done = bring(tiny.write_district(tmp_path)).record
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    current = queries.warehouse().manifest
    warehouse.write({"costs": pl.DataFrame({"quantity": [1]})}, snapshot_of=current)
    (warehouse.root / ".aside-half").write_bytes(b"PAR1")
    imports.folder_of(done).mkdir()
    (settings.TRELLIS_UPLOADS / f"{uuid4()}.working").touch()

    found = put_right(waiting=())

    assert found.leftovers == 4  # a manifest, a table, a file written aside, a folder
    assert warehouse.orphans([current]) == []
    warehouse.verify(current)
    assert not imports.folder_of(done).exists()
    assert not list(settings.TRELLIS_UPLOADS.glob("*.working"))


def test_files_are_not_removed_while_an_import_writes_them(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    (warehouse.root / ".aside-half").write_bytes(b"PAR1")

    with warehouse.alone():
        found = put_right(waiting=())

    assert not found
    assert (warehouse.root / ".aside-half").exists()


def test_a_lock_is_free_once_its_holder_is_done() -> None:
    name = uuid4()

    with at_work(name):
        assert is_at_work(name)

    assert not is_at_work(name)
