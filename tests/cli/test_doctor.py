"""`trellis doctor`: what is well with an installation, and what to do about the rest."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.demonstration import environment, trellis


def look_at(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    wide = environment(home) | {"COLUMNS": "200"}
    return subprocess.run(
        trellis("doctor", *words), env=wide, capture_output=True, text=True, check=False
    )


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "home"))


def test_an_installation_that_was_never_started_is_told_how_to_begin(tmp_path: Path) -> None:
    told = look_at(tmp_path / "home")

    assert told.returncode == 1
    assert "to apply" in told.stdout
    assert "trellis serve" in told.stdout


def test_the_demonstration_has_nothing_to_mend(demonstration: Path) -> None:
    told = look_at(demonstration)

    assert told.returncode == 0, told.stdout
    assert "0 to apply" in told.stdout
    assert "0 failed" in told.stdout
    assert "(--deep reads them)" in told.stdout


def test_a_lost_file_of_the_warehouse_is_named_with_what_to_do(home: Path) -> None:
    next(home.glob("warehouse/tables/costs/*")).unlink()

    told = look_at(home)

    assert told.returncode == 1
    assert "1 of " in told.stdout
    assert "Restore TRELLIS_HOME from a backup" in told.stdout


def test_a_changed_file_is_found_by_looking_deep(home: Path) -> None:
    file = next(home.glob("warehouse/tables/costs/*"))
    middle = bytearray(file.read_bytes())
    middle[len(middle) // 2] ^= 0xFF
    file.write_bytes(middle)

    assert look_at(home).returncode == 0
    told = look_at(home, "--deep")

    assert told.returncode == 1
    assert "A file of costs" in told.stdout


def test_a_row_that_names_what_is_not_there_is_damage(home: Path) -> None:
    database = sqlite3.connect(home / "trellis.sqlite3")
    database.execute("UPDATE people_enrollment SET section_id = 999999 WHERE id = 1")
    database.commit()
    database.close()

    told = look_at(home)

    assert told.returncode == 1
    assert "1 rows name what is not there, the first in people_enrollment" in told.stdout


def test_work_that_nobody_takes_up_is_noticed(home: Path) -> None:
    database = sqlite3.connect(home / "trellis.sqlite3")
    database.execute(
        "INSERT INTO django_tasks_database_dbtaskresult (id, status, enqueued_at, args_kwargs,"
        " priority, task_path, queue_name, backend_name, run_after, exception_class_path,"
        " traceback, worker_ids) VALUES (?, 'READY', '2020-01-01 00:00:00',"
        " '{\"args\": [], \"kwargs\": {}}', 0, 'trellis.insights.tasks.compute_insights',"
        " 'default', 'default', '9999-01-01 00:00:00', '', '', '[]')",
        ("0" * 32,),
    )
    database.commit()
    database.close()

    told = look_at(home)

    assert told.returncode == 1
    assert "start trellis serve" in told.stdout
