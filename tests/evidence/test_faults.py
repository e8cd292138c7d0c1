"""Faults of the machine: a clear sentence, nothing changed, nothing left over."""

import errno
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import hana
from tests.cli.test_import import run
from tests.demonstration import trellis
from tests.evidence.test_imports import bring, counts
from tests.interchange import tiny
from tests.torture.arena import real_day
from tests.torture.database import Sqlite
from trellis.evidence import queries
from trellis.evidence.models import Import
from trellis.people.models import Person
from trellis.warehouse.store import Warehouse

FAULTS = [
    (errno.ENOSPC, "The disk is full. Make room on it, then try again."),
    (errno.EROFS, "Give it the right to, then try again."),
    (errno.EIO, "Look at the disk, then try again."),
]


def refuses_to_write(code: int) -> Callable[[int], None]:
    def fsync(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    return fsync


def changed(folder: Path) -> Path:
    users = tiny.ONEROSTER["users"].replace("Ana,Ruiz", "Anna,Ruiz")
    tiny.write_bundle(folder / "oneroster.zip", users=users)
    costs = tiny.FILES["costs.csv"].replace("2026", "2025")
    (folder / "costs.csv").write_text(costs)
    return folder


def stored() -> set[Path]:
    root = Path(settings.TRELLIS_WAREHOUSE)
    return {path for path in root.rglob("*") if path.is_file() and path.name != ".lock"}


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "sentence"), FAULTS)
def test_a_disk_that_refuses_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    folder = tiny.write_district(tmp_path)
    bring(folder)
    before, files, manifest = counts(), stored(), queries.warehouse().manifest
    changed(folder)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuses_to_write(code))
        exit_code, told = run(folder)

    assert exit_code == 1
    assert "Nothing was changed." in told
    assert sentence in " ".join(told.split())
    assert (counts(), stored(), queries.warehouse().manifest) == (before, files, manifest)
    assert Person.objects.get(external_id="t-ana").given_name == "Ana"
    assert run(folder)[0] == 0  # once the disk takes it again
    assert Person.objects.get(external_id="t-ana").given_name == "Anna"


@pytest.mark.django_db
@pytest.mark.usefixtures("own_warehouse")
def test_the_page_of_an_import_says_that_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    browser.force_login(hana())
    folder = tiny.write_district(tmp_path)
    names = sorted(path for path in folder.iterdir() if path.is_file())
    streams = [path.open("rb") for path in names]
    browser.post("/imports/", {"chosen": streams})
    page = f"/imports/{Import.objects.get().pk}/"

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", refuses_to_write(errno.ENOSPC))
        browser.post(f"{page}apply/")

    told = " ".join(browser.get(page).getvalue().decode().split())
    assert "The disk is full. Make room on it, then try again." in told
    assert not Person.objects.filter(external_id="t-ana").exists()
    assert not stored()


def command(home: Path, *words: str) -> "subprocess.Popen[str]":
    out = subprocess.PIPE
    return subprocess.Popen(trellis(*words), env=real_day(home, Sqlite(home)),
                            stdout=out, stderr=out, text=True)  # fmt: skip


def rows(home: Path, question: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(home / "trellis.sqlite3")
    try:
        return database.execute(question).fetchall()
    finally:
        database.close()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the tiny district in it, made once: to make one takes seconds."""
    folder = tmp_path_factory.mktemp("installed")
    begun = command(folder / "home", "import", str(tiny.write_district(folder / "first")))
    told, faults = begun.communicate(timeout=60)
    assert begun.returncode == 0, told + faults
    return folder / "home"


@pytest.fixture
def home(installed: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(installed, tmp_path / "home"))


def test_two_imports_at_once_both_end_in_what_they_say(home: Path, tmp_path: Path) -> None:
    session = tiny.FILES["sessions.csv"].replace("se1", "se2")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "sessions.csv").write_text(session)
    (tmp_path / "b" / "costs.csv").write_text(tiny.FILES["costs.csv"].replace("2026", "2025"))

    both = [command(home, "import", str(tmp_path / name)) for name in "ab"]
    told = [one.communicate(timeout=60)[0] for one in both]

    assert [one.returncode for one in both] == [0, 0], told
    assert rows(home, "SELECT count(*) FROM coaching_session") == [(2,)]
    years = {int(year) for (year,) in rows(home, "SELECT school_year FROM activities_costitem")}
    assert 2025 in years
    [(current,)] = rows(
        home,
        "SELECT manifest FROM evidence_import WHERE state = 'applied'"
        " ORDER BY finished_at DESC LIMIT 1",
    )
    warehouse = Warehouse(home / "warehouse")
    warehouse.verify(str(current))
    sessions = warehouse.read("partnership_exposures", str(current))
    costs = warehouse.read("costs", str(current))
    assert sessions is not None
    assert costs is not None
    assert 2025 in costs.collect()["school_year"].to_list()


def test_a_database_that_is_held_is_waited_for(home: Path, tmp_path: Path) -> None:
    later = tmp_path / "sessions.csv"
    later.write_text(tiny.FILES["sessions.csv"].replace("se1", "se2"))
    held = threading.Event()

    def hold() -> None:
        database = sqlite3.connect(home / "trellis.sqlite3", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        held.set()
        time.sleep(3)
        database.execute("ROLLBACK")
        database.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    one = command(home, "import", str(later))
    told, faults = one.communicate(timeout=60)
    holder.join()

    assert one.returncode == 0, told + faults
    assert rows(home, "SELECT count(*) FROM coaching_session") == [(2,)]


def test_a_full_disk_is_told_in_words_and_the_next_import_works(home: Path, tmp_path: Path) -> None:
    """On a real file system of its own that is too small, where this account may make one."""
    small = tmp_path / "warehouse"
    (home / "warehouse").rename(small)
    (home / "warehouse").mkdir()
    place = str(home / "warehouse")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], check=False)
    if made.returncode:
        pytest.skip("this account may not mount a file system")
    try:
        subprocess.run(["cp", "-a", f"{small}/.", place], check=True)
        room = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
        (home / "warehouse" / "ballast").write_bytes(b"0" * (room - 4096))
        later = tmp_path / "costs.csv"
        later.write_text(tiny.FILES["costs.csv"].replace("2026", "2025"))

        one = command(home, "import", str(later))
        told = " ".join(one.communicate(timeout=60)[0].split())

        assert one.returncode == 1
        assert "Nothing was changed." in told
        assert "The disk is full. Make room on it, then try again." in told
        assert not list((home / "warehouse").glob(".aside-*"))
        (home / "warehouse" / "ballast").unlink()
        again = command(home, "import", str(later))
        assert again.wait(60) == 0
    finally:
        subprocess.run(["umount", place], check=True)
