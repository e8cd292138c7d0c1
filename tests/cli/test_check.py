"""`trellis check`: what a file is, what is wrong with it, and nothing is applied."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.interchange import tiny
from trellis.cli.check import tell
from trellis.cli.main import app
from trellis.interchange.identify import identify


def as_json(path: Path) -> tuple[int, list[dict[str, Any]]]:
    ran = CliRunner().invoke(app, ["check", str(path), "--json"])
    return ran.exit_code, json.loads(ran.stdout)


def told(path: Path) -> str:
    written = io.StringIO()
    tell(identify(path), path, Console(file=written, width=200))
    return written.getvalue()


def test_a_sound_bundle_is_named_and_leaves_nothing_to_say(tmp_path: Path) -> None:
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip")

    assert as_json(bundle) == (0, [])
    assert "a OneRoster 1.2 bundle (bulk)" in told(bundle)
    assert "Nothing was applied" in told(bundle)


def test_a_finding_has_its_place_and_what_to_do(tmp_path: Path) -> None:
    enrollments = tiny.ONEROSTER["enrollments"].replace("p-3", "p-99")
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip", enrollments=enrollments)

    code, found = as_json(bundle)

    assert code == 1
    assert found[0] == {
        "severity": "error",
        "code": "reference.missing_target_record",
        "file": "enrollments.csv",
        "row": 5,
        "field": "userSourcedId",
        "found": "p-99",
        "expected": "a sourcedId of users.csv",
        "advice": "Add the row to users.csv, or correct the name here.",
    }


def test_json_lists_every_finding_and_people_see_the_first_of_each_kind(tmp_path: Path) -> None:
    rows = "".join(f"t-{i},t-ana,soon\n" for i in range(250))
    file = tmp_path / "evaluators.csv"
    file.write_text("evaluator_id,teacher_id,school_year\n" + rows)

    assert len(as_json(file)[1]) == 250
    assert "row.invalid_number, 250 times" in told(file)
    assert "and 245 more" in told(file)


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b""])
def test_an_archive_that_does_not_open_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "oneroster.zip").write_bytes(content)

    code, found = as_json(tmp_path / "oneroster.zip")

    assert code == 2
    assert [f["code"] for f in found] == ["package.broken_zip"]


def test_what_is_not_there_or_not_text_is_unreadable(tmp_path: Path) -> None:
    picture, sheet = tmp_path / "logo.png", tmp_path / "staff.csv"
    picture.write_bytes(b"\x89PNG\x00\x00")
    sheet.write_bytes(b"PK\x03\x04\x00\x00")

    assert as_json(tmp_path / "nowhere")[0] == 2
    assert as_json(picture)[0] == 2
    assert as_json(sheet)[0] == 2


def test_one_file_that_is_no_text_among_others_is_a_finding(tmp_path: Path) -> None:
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip", orgs="PK\x03\x04\x00")

    code, found = as_json(bundle)

    assert code == 1
    assert ("csv.not_text", "orgs.csv") in {(f["code"], f["file"]) for f in found}


def test_bytes_under_an_unknown_name_are_no_csv(tmp_path: Path) -> None:
    (tmp_path / "growth.csv").write_bytes(b"PK\x03\x04\x00\x00")

    code, found = as_json(tmp_path / "growth.csv")

    assert (code, [f["code"] for f in found]) == (2, ["csv.not_text"])


def test_a_whole_district_is_told_by_its_parts(tmp_path: Path) -> None:
    words = told(tiny.write_district(tmp_path / "district"))

    for part in ("OneRoster 1.2", "CASE package", "participation", "registered reviews"):
        assert part in words
    assert "Sound" in words


def test_a_framework_is_known_by_what_it_holds_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "science 2026.json"
    file.write_text(json.dumps(tiny.OBJECTIVES))

    assert "a CASE" in told(file)
    assert as_json(file)[0] in (0, 1)


def test_a_file_that_nobody_knows_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "lunch.csv").write_text("day,meal\nMonday,soup\n")

    code, found = as_json(tmp_path / "lunch.csv")

    assert (code, [f["code"] for f in found]) == (1, ["package.unknown_file"])
    assert "nothing that Trellis reads" in told(tmp_path / "lunch.csv")
