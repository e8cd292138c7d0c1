"""What is sound can be taken by choice; the rest is set aside with its reason, and counted."""

from pathlib import Path

from tests.interchange import tiny
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.reading import read_district
from trellis.interchange.sound import sound_part


def the_sound_part(tmp_path: Path, name: str, old: str, new: str) -> DistrictFiles:
    """Spoil one place of the tiny district and take what is sound."""
    bundle = {n: t.replace(old, new, 1) for n, t in tiny.ONEROSTER.items() if n == name}
    own = tiny.FILES.get(f"{name}.csv", "").replace(old, new, 1)
    folder = tiny.write_district(tmp_path / "district", **({name: own} if own else {}))
    tiny.write_bundle(folder / "oneroster.zip", **bundle)
    read = read_district([folder])
    assert not read.sound
    return sound_part(read)


def counts(files: DistrictFiles) -> dict[str, tuple[int, int]]:
    """Return rows read and refused of the files that have refused rows."""
    return {f.name: (f.rows, f.refused) for f in files.files if f.refused}


def test_a_row_with_an_error_is_set_aside_and_the_others_are_taken(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "sessions", "2025-09-16", "16.09.2025")

    assert part.sound
    assert part.tables["sessions"].height == 0
    assert counts(part) == {"sessions.csv": (1, 1)}
    assert [(p.file, p.row, p.code) for p in part.set_aside] == [
        ("sessions.csv", 2, "row.invalid_date")
    ]


def test_what_names_a_refused_row_is_set_aside_too_to_the_last(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "partnerships", "pa1,t-ana,t-ben,coach", "pa1,t-ana,t-ben,boss")

    assert counts(part) == {
        "partnerships.csv": (2, 1), "sessions.csv": (1, 1), "visit_notes.csv": (3, 3)
    }  # fmt: skip
    waits = [p for p in part.set_aside if p.code == "reference.target_refused"]
    assert {(p.file, p.field, p.found) for p in waits} == {
        ("sessions.csv", "partnership_id", "pa1"),
        ("visit_notes.csv", "partnership_id", "pa1"),
    }


def test_a_class_without_a_school_takes_its_enrollments_and_results_with_it(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "classes", ",s1,y26", ",d1,y26")

    assert part.tables["oneroster/classes"].height == 0
    assert part.tables["oneroster/enrollments"].height == 0
    assert part.tables["oneroster/results"].height == 0
    assert part.tables["oneroster/users"].height == 8


def test_nobody_is_deactivated_because_her_row_could_not_be_read(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "users", "t-chi,,,true", "t-chi,,,maybe")

    assert "t-chi" not in part.tables["oneroster/users"]["sourcedId"].to_list()
    assert set(part.modes.values()) == {"delta"}


def test_a_file_that_cannot_be_understood_is_set_aside_whole(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "staff", "person_id", "person")

    assert "staff" not in part.tables
    assert counts(part)["staff.csv"] == (2, 2)


def test_files_without_an_error_stay_as_they_are(tmp_path: Path) -> None:
    read = read_district([tiny.write_district(tmp_path)])

    assert sound_part(read) is read


def test_what_names_a_row_that_cannot_be_split_waits_for_it(tmp_path: Path) -> None:
    part = the_sound_part(tmp_path, "users", "t-chi,,,true,chi", "t-chi,,,true,chi,chi")

    codes = {Path(p.file).name: p.code for p in part.set_aside}
    assert codes.pop("users.csv") == "csv.row_width_mismatch"
    assert {"roles.csv", "staff.csv"} <= codes.keys()
    assert set(codes.values()) == {"reference.target_refused"}


def test_files_stay_full_where_only_what_is_never_kept_has_errors(tmp_path: Path) -> None:
    scales = (
        "sourcedId,status,dateLastModified,title,type,orgSourcedId,courseSourcedId,classSourcedId,"
        "scoreScaleValue\nsc1,,,Letters,letter,s1,math4,c1,A=4\n"
    )
    read = read_district([tiny.write_bundle(tmp_path / "oneroster.zip", scoreScales=scales)])

    part = sound_part(read)

    assert not read.sound
    assert read.wrong_only_where_unused
    assert part.sound
    assert set(part.modes.values()) == {"bulk"}
    assert [p.code for p in part.set_aside] == ["semantic.invalid_score_scale_mapping"]
