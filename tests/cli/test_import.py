"""`trellis import`: applied when sound, refused with every problem, and never a traceback."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from rich.console import Console

from tests.interchange import tiny
from trellis.cli.bring import import_paths, undo_last
from trellis.evidence.models import Import
from trellis.people.models import Person, RoleGrant

pytestmark = pytest.mark.django_db


def run(*paths: Path, **choices: bool) -> tuple[int, str]:
    told = io.StringIO()
    code = import_paths(list(paths), Console(file=told, width=160), **choices)  # type: ignore[arg-type]  # choices are flags
    return code, told.getvalue()


def test_sound_files_are_applied_and_counted(tmp_path: Path) -> None:
    code, told = run(tiny.write_district(tmp_path))

    assert code == 0
    assert "32 files" in told
    assert "imported in" in told
    assert Person.objects.count() == 5


def test_the_same_files_again_are_said_to_be_applied(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    run(folder)

    code, told = run(folder)

    assert code == 0
    assert "applied already on March 11, 2026; nothing changed" in told
    assert Import.objects.count() == 1


def test_a_check_tells_what_would_change_and_stores_nothing(tmp_path: Path) -> None:
    code, told = run(tiny.write_district(tmp_path), only_check=True)

    assert code == 0
    assert "checked, nothing stored" in told
    assert not Person.objects.exists()
    assert not Import.objects.exists()


def test_problems_are_told_by_file_row_and_field(tmp_path: Path) -> None:
    text = tiny.FILES["sessions.csv"].replace("2025-09-16", "16/09/2025")

    code, told = run(tiny.write_district(tmp_path, sessions=text))

    assert code == 1
    for words in ("sessions.csv", "held_on", "16/09/2025", "Nothing was changed."):
        assert words in told
    assert not Person.objects.exists()


def test_what_cannot_even_be_opened_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    broken = tmp_path / "oneroster.zip"
    broken.write_bytes(b"PK\x03\x04 cut off")

    assert run(tmp_path / "nowhere")[0] == 2
    assert run(broken)[0] == 2


def test_words_in_brackets_are_told_as_they_stand(tmp_path: Path) -> None:
    text = tiny.FILES["sessions.csv"].replace("2025-09-16", "[bold]soon")

    assert "[bold]soon" in run(tiny.write_district(tmp_path, sessions=text))[1]


def test_a_disk_that_takes_nothing_is_told_in_words(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "warehouse"
    not_a_folder.write_text("")

    with override_settings(TRELLIS_WAREHOUSE=not_a_folder):
        code, told = run(tiny.write_district(tmp_path / "district"))

    assert code == 1
    assert "Nothing was changed." in told
    assert "Look at the disk, then try again." in " ".join(told.split())
    assert not Person.objects.exists()


def test_a_fault_of_trellis_is_told_in_words_with_the_place_of_its_details(
    tmp_path: Path,
) -> None:
    not_a_folder = tmp_path / "uploads"
    not_a_folder.write_text("")

    with override_settings(TRELLIS_UPLOADS=not_a_folder):
        code, told = run(tiny.write_district(tmp_path / "district"))

    assert code == 1
    assert "not in your files" in told
    assert "Traceback" not in told
    assert "Traceback" in (Path(settings.TRELLIS_HOME) / "import-error.txt").read_text()
    assert not Person.objects.exists()


def test_many_leavers_are_told_and_nothing_is_stored_until_they_are_accepted(
    tmp_path: Path,
) -> None:
    run(tiny.write_district(tmp_path / "one"))
    file = tmp_path / "role_grants.csv"
    file.write_text(tiny.FILES["role_grants.csv"].split("\n")[0] + "\n")

    refused = run(file)
    open_then = RoleGrant.objects.filter(ends_on=None).count()
    accepted = run(file, accept_leavers=True)

    assert refused[0] == 1
    assert "These files leave out 4 of 4 roles." in refused[1]
    assert "--accept-leavers" in refused[1]
    assert open_then == 5
    assert accepted[0] == 0
    assert RoleGrant.objects.filter(ends_on=None).count() == 1


def test_rows_with_problems_stay_out_when_told_to(tmp_path: Path) -> None:
    sessions = tiny.FILES["sessions.csv"] + "se2,pa1,held,soon,10:20,30,in person,\n"

    code, told = run(tiny.write_district(tmp_path, sessions=sessions), sound_rows=True)

    assert code == 0
    assert "1 row stays out; the rest is sound." in told
    assert Person.objects.count() == 5


def test_the_last_import_is_undone_after_a_question(tmp_path: Path) -> None:
    run(tiny.write_district(tmp_path))
    told = io.StringIO()
    console = Console(file=told, width=160)

    kept = undo_last(console, confirm=lambda: False)
    people = Person.objects.count()
    undone = undo_last(console, confirm=lambda: True)
    again = undo_last(console, confirm=lambda: True)

    assert (kept, people, undone, again) == (1, 5, 0, 1)
    assert "people: 5 taken out again" in told.getvalue()
    assert "There is no import to undo" in told.getvalue()
    assert not Person.objects.exists()
