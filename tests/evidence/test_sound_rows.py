"""Files with errors are refused; their sound rows are applied only by somebody's choice."""

from pathlib import Path

import pytest

from tests.interchange import tiny
from trellis.coaching.models import Session
from trellis.evidence import imports, listing, queries
from trellis.evidence.models import Import
from trellis.people.models import Person, Student
from trellis.trust import clock
from trellis.web.loaders import LOADERS

pytestmark = pytest.mark.django_db


def checked(folder: Path, *, sound_rows: bool) -> imports.Checked:
    brought = Import.objects.create(received_at=clock.now(), sound_rows=sound_rows)
    return imports.check(brought, [folder], LOADERS)


def district(folder: Path) -> Path:
    """Write a district in which one session of two has no day, and a student no name."""
    sessions = tiny.FILES["sessions.csv"] + "se2,pa1,held,soon,10:20,30,in person,\n"
    tiny.write_district(folder, sessions=sessions)
    users = tiny.ONEROSTER["users"].replace(",Kim,Nash,", ",,Nash,")
    tiny.write_bundle(folder / "oneroster.zip", users=users)
    return folder


def test_strict_is_the_rule(tmp_path: Path) -> None:
    found = checked(district(tmp_path), sound_rows=False)

    assert found.record.state == Import.State.REFUSED
    with pytest.raises(imports.CannotApply):
        imports.apply(found, LOADERS, by=None)


def test_by_choice_what_is_sound_is_applied_and_the_counts_add_up(tmp_path: Path) -> None:
    found = checked(district(tmp_path), sound_rows=True)
    imports.apply(found, LOADERS, by=None)

    assert list(Session.objects.values_list("external_id", flat=True)) == ["se1"]
    assert set(Student.objects.values_list("external_id", flat=True)) == {"p-1", "p-2"}
    files = {file["name"].rsplit("/", 1)[-1]: file for file in found.record.files}
    assert (files["sessions.csv"]["rows"], files["sessions.csv"]["refused"]) == (2, 1)
    # Kim's role, place in class and result wait for her row.
    assert files["users.csv"]["refused"] == files["enrollments.csv"]["refused"] == 1
    assert found.record.left_out == sum(file["refused"] for file in files.values())


def test_every_row_that_stays_out_is_listed_with_the_reason(tmp_path: Path) -> None:
    found = checked(district(tmp_path), sound_rows=True)

    out = list(listing.left_out(found.record))

    places = {(str(said[0]).rsplit("/", 1)[-1], said[1]) for said in out}
    assert {("sessions.csv", 3), ("users.csv", 9), ("enrollments.csv", 5)} <= places
    assert all(said[5] for said in out)


def test_nobody_leaves_because_a_row_of_hers_could_not_be_read(tmp_path: Path) -> None:
    first = checked(tiny.write_district(tmp_path / "one"), sound_rows=False)
    imports.apply(first, LOADERS, by=None)
    found = checked(district(tmp_path / "two"), sound_rows=True)

    imports.apply(found, LOADERS, by=None)

    assert Student.objects.get(external_id="p-3").is_active
    assert Student.objects.get(external_id="p-3").enrollments.count() == 1
    assert Person.objects.filter(is_active=True).count() == 5


def test_an_old_result_stays_where_the_new_one_could_not_be_read(tmp_path: Path) -> None:
    imports.apply(
        checked(tiny.write_district(tmp_path / "one"), sound_rows=False), LOADERS, by=None
    )
    before = results()
    tests = tiny.FILES["assessment_results.csv"]
    first, second = tests.splitlines()[1:3]
    changed = tests.replace(first, first.replace(",401.5,", ",500,"))
    changed = changed.replace(second, second.replace("2025-09-", "9/"))
    folder = tiny.write_district(tmp_path / "two", assessment_results=changed)

    found = checked(folder, sound_rows=True)
    imports.apply(found, LOADERS, by=None)

    after = results()
    assert after.keys() == before.keys()
    p_1, p_2 = (queries.person_key(name) for name in ("p-1", "p-2"))
    assert (before[p_1, "fall"], after[p_1, "fall"]) == (401.5, 500)
    assert after[p_2, "fall"] == before[p_2, "fall"]


def results() -> dict[tuple[str, str], float]:
    stored = queries.warehouse().read("assessment_results").collect()
    return {(who, term): score for who, term, score
            in stored.select("student", "term", "scale_score").iter_rows()}  # fmt: skip


def test_the_same_files_again_are_looked_at_again_while_rows_stayed_out(tmp_path: Path) -> None:
    folder = district(tmp_path)
    imports.apply(checked(folder, sound_rows=True), LOADERS, by=None)

    again = checked(folder, sound_rows=False)

    assert again.applied_before is None
    assert again.record.state == Import.State.REFUSED
