"""Kill a real program in the middle of an import, and read what is left without asking Trellis.

The state of an installation is read from the files of its database and its warehouse alone, so
that a fault of Trellis cannot hide itself. What differs from run to run by design (random names,
moments, digests of those) is left out.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import polars as pl

from tests.demonstration import environment, trellis
from tests.torture.database import Database
from trellis.cli.serve import worker_command

# The queue, the migrations and what an import previewed are no part of what a district knows.
NOT_OF_THE_DISTRICT = re.compile(r"^(sqlite_|django_|evidence_import(lines)?$)")
BY_CHANCE = re.compile(
    r"[0-9a-f]{64}"  # digests of content that names an import
    r"|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"  # random names
    r'|"[0-9a-f]{9,16}"'  # digests of rows that name one
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"  # moments
    r"|!\w{40}"  # passwords that nobody knows
)
# That an import was cut off is recorded as its end; it says nothing of the district.
OF_AN_END = "ImportRefused"
SHARE_CUT = {"assessment_results": 3, "class_feedback": 3, "study_visits": 3, "sessions": 4,
             "visit_notes": 4, "participation": 2, "costs": 2}  # fmt: skip
THIS_YEAR = "c26-"
PHASES = ("reading and comparing", "writing tables", "storing rows", "done")
ANY_MOMENT = "any moment"
# Of four kills, two may come at any moment.
AIMS = (ANY_MOMENT, PHASES[1], ANY_MOMENT, PHASES[2])


@dataclass(frozen=True, slots=True)
class Killed:
    """One program killed: when it was, how far it was by what lay on the disk, what it left."""

    after: float
    phase: str
    state: str


@dataclass(frozen=True, slots=True)
class Arena:
    """Two states of one small district: the files of each, and a home that holds the older one.

    Attributes
    ----------
    seconds : how long the import takes from its first write to its end.
    old, new : the fingerprints of the two states.
    """

    home: Path
    template: Path
    newer: Path
    database: Database
    seconds: float
    old: str
    new: str

    def restore(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.template, self.home)
        self.database.restore()

    def state(self) -> str:
        found = fingerprint(self.home, self.database)
        return {self.old: "old", self.new: "new"}.get(found, "between")

    def run(self, *commands: Sequence[str]) -> str:
        """Run commands of an operator one after the other, each to a good end."""
        return run(self.home, self.database, *commands)

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return _begin(self.home, self.database, trellis(*words))

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Start the program that works on what the browser began, for one piece of work."""
        return _begin(self.home, self.database, [*worker_command(), "--max-tasks", "1"])

    def in_trellis(self, script: str) -> str:
        """Run a few lines of Python in an installation, as its server would."""
        return in_python(self.home, self.database, f"import django; django.setup()\n{script}")

    def kill_an_import(self, rng: Random, aim: str) -> Killed:
        """Begin an import anew and kill it at a moment that is left to chance.

        The shortest phases would hardly ever be hit by chance alone: an aim waits for the first
        sign of one on the disk.
        """
        self.restore()
        before = stored(self.home)
        process = self.start("import", str(self.newer))
        wait_for_the_first_write(self.home, process)
        began = time.monotonic()
        if aim == ANY_MOMENT:
            time.sleep(rng.uniform(0, 1.1) * self.seconds)
        else:
            wait_for(aim, before, self.home, process)
            time.sleep(rng.uniform(0, 0.1 if aim == PHASES[1] else 0.8) * self.seconds)
        after = time.monotonic() - began
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.database.rest()
        state = self.state()
        return Killed(after, phase(before, stored(self.home), state), state)


def prepare(district: Path, folder: Path, database: Database) -> Arena:
    """Cut a small district to this year and to some months ago, and import one after the other."""
    newer, older = folder / "newer", folder / "older"
    shutil.copytree(district, newer)
    this_year(newer)
    cut(newer, older)
    home, template = folder / "home", folder / "template"
    database.begin()
    run(home, database, ("import", str(older)))
    shutil.copytree(home, template)
    database.keep()
    old = fingerprint(home, database)
    process = _begin(home, database, trellis("import", str(newer)))
    wait_for_the_first_write(home, process)
    began = time.monotonic()
    assert process.wait() == 0
    seconds = time.monotonic() - began
    new = fingerprint(home, database)
    assert old != new
    return Arena(home, template, newer, database, seconds, old, new)


def this_year(folder: Path) -> None:
    """Leave out the sections of earlier years, so that an import takes about a second."""
    bundle = _read(folder / "oneroster.zip")
    gone = {row[0] for row in _cells(bundle["classes.csv"]) if not row[0].startswith(THIS_YEAR)}
    for name, column in (("classes.csv", 0), ("enrollments.csv", 3)):
        bundle[name] = _without(bundle[name], column, gone)
    _write(folder / "oneroster.zip", bundle)
    for name, column in (("class_feedback.csv", 0), ("visit_notes.csv", 3)):
        text = (folder / name).read_text()
        (folder / name).write_text(_without(text, column, gone))


def cut(newer: Path, older: Path) -> None:
    """Write the same district as it was some months ago: fewer rows, other names of people."""
    shutil.copytree(newer, older)
    for name, part in SHARE_CUT.items():
        header, *rows = (older / f"{name}.csv").read_text().splitlines(keepends=True)
        (older / f"{name}.csv").write_text(header + "".join(rows[: len(rows) // part]))
    bundle = _read(older / "oneroster.zip")
    bundle["users.csv"] = bundle["users.csv"].replace("ez,", "es,")
    _write(older / "oneroster.zip", bundle)


def _read(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _write(bundle: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


def _without(text: str, column: int, gone: set[str]) -> str:
    lines = text.splitlines(keepends=True)
    kept = [
        line for line, row in zip(lines[1:], _cells(text), strict=True) if row[column] not in gone
    ]
    return lines[0] + "".join(kept)


def _begin(home: Path, database: Database, command: list[str]) -> "subprocess.Popen[bytes]":
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=real_day(home, database), stdout=quiet, stderr=quiet)


def run(home: Path, database: Database, *commands: Sequence[str]) -> str:
    """Run commands of an operator in one program: to begin one takes longer than to run it."""
    script = (
        "from trellis.cli.main import app\n"
        f"for words in {[list(words) for words in commands]!r}:\n"
        "    code = app(words, standalone_mode=False)\n"
        "    assert not code, (words, code)\n"
    )
    return in_python(home, database, script)


def in_python(home: Path, database: Database, script: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=real_day(home, database), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, (told.stdout + told.stderr)[-1500:]
    return told.stdout.strip()


def real_day(home: Path, database: Database) -> dict[str, str]:
    """Return the environment of an ordinary installation, not of the demonstration."""
    return environment(home) | database.environment | {
        "TRELLIS_DEMO": "", "TRELLIS_TODAY": "2026-03-11", "COLUMNS": "200",
        "DJANGO_SETTINGS_MODULE": "trellis.web.settings",
    }  # fmt: skip


def wait_for_the_first_write(home: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the import holds its lock: before that it has touched nothing."""
    while process.poll() is None and not list(home.glob("uploads/*.working")):
        time.sleep(0.002)


def wait_for(aim: str, before: set[Path], home: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a phase shows on the disk: its first new file, or the new manifest."""
    while process.poll() is None:
        added = stored(home) - before
        if any(_manifests(added)) if aim == PHASES[2] else added:
            return
        time.sleep(0.001)


def stored(home: Path) -> set[Path]:
    """Return the files of the warehouse."""
    return {path for path in (home / "warehouse").rglob("*") if path.is_file()}


def phase(before: set[Path], after: set[Path], state: str) -> str:
    """Tell by what lies on the disk how far a killed import was."""
    added = after - before
    if state != "old":
        return PHASES[3]
    if any(_manifests(added)):
        return PHASES[2]
    return PHASES[1] if added else PHASES[0]


def _manifests(paths: set[Path]) -> Iterator[Path]:
    return (path for path in paths if path.parent.name == "manifests")


def fingerprint(home: Path, database: Database) -> str:
    """Return a digest of everything the district knows: each row of each table, each file."""
    digest = hashlib.sha256()
    for table, rows in database.tables():
        if not NOT_OF_THE_DISTRICT.match(table):
            _add(digest, table, rows)
    current = database.manifest()
    if current:
        for table, frame in sorted(tables_of(home / "warehouse", current)):
            text = frame.drop("import_id").sort(pl.all(), maintain_order=True).write_csv()
            digest.update(f"{table}\n{text}".encode())
    return digest.hexdigest()


def tables_of(warehouse: Path, manifest: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Read each table of a manifest, once every file has proved to be what was written."""
    body = (warehouse / "manifests" / f"{manifest}.json").read_bytes()
    assert hashlib.sha256(body).hexdigest() == manifest
    for table, parts in json.loads(body)["tables"].items():
        for part in parts:
            data = (warehouse / part["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == part["sha256"], part["path"]
        yield table, pl.concat([pl.read_parquet(warehouse / part["path"]) for part in parts])


def _add(digest: "hashlib._Hash", table: str, rows: Sequence[tuple[object, ...]]) -> None:
    # Events are numbered as they come, the ends of cut-off imports among them.
    first = 1 if table == "trust_event" else 0
    said = "\n".join(repr(_opened(row[first:])) for row in rows if OF_AN_END not in row)
    told = BY_CHANCE.sub("#", said)
    digest.update(f"{table}\n".encode())
    digest.update("\n".join(sorted(told.split("\n"))).encode())


def _opened(row: tuple[object, ...]) -> list[object]:
    """Open what is stored compressed (what undoing would need): its words, in an order of ours."""
    return [_words(cell) if isinstance(cell, bytes) else cell for cell in row]


def _words(packed: bytes) -> list[str]:
    text = BY_CHANCE.sub("#", zlib.decompress(packed).decode())
    return sorted(re.split(r"[\[\]{}, ]+", text))
