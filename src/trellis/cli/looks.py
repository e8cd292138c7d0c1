"""Look at one thing after the other of an installation, each with advice where it is not well."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from trellis.cli.platform import put_right

if TYPE_CHECKING:
    from trellis.warehouse.store import Warehouse

GIGABYTE = 1024**3
# An import writes its tables beside the old ones before it lets go of those.
ROOM = GIGABYTE
PARQUET = b"PAR1"
PATIENCE = timedelta(minutes=10)
RESTORE = "Restore TRELLIS_HOME from a backup, then import what came in since."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, where it is not well, what to do."""

    about: str
    found: str
    advice: str = ""


def folders() -> Finding:
    """Write a byte into each folder: what permissions promise, a disk may refuse."""
    from django.conf import settings

    home = Path(settings.TRELLIS_HOME)
    wanted = (home, Path(settings.TRELLIS_UPLOADS), Path(settings.TRELLIS_WAREHOUSE))
    for folder in wanted:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b".")
        except OSError as error:
            advice = "Let this account write there, or set TRELLIS_HOME elsewhere."
            return Finding("Folders", f"{folder}: {error.strerror}", advice)
    return Finding("Folders", f"{home} can be written")


def disk() -> Finding:
    from django.conf import settings

    free = shutil.disk_usage(settings.TRELLIS_HOME).free
    advice = f"Make room: an import wants {ROOM // GIGABYTE} GB free." if free < ROOM else ""
    return Finding("Disk", f"{free / GIGABYTE:.1f} GB free", advice)


def database() -> Finding:
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        return Finding("Database", str(error).splitlines()[0], "Check DATABASE_URL and the server.")
    return Finding("Database", connection.vendor)


def migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    advice = "Run: trellis serve (it applies them), or python -m django migrate." if waiting else ""
    return Finding("Migrations", f"{len(waiting)} to apply", advice)


def integrity() -> Finding:
    """Let SQLite read itself; PostgreSQL holds rows and references together by itself."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return Finding("Database's files", "looked after by the server")
    with connection.cursor() as cursor:
        said = [row[0] for row in cursor.execute("PRAGMA quick_check(5)").fetchall()]
        loose = cursor.execute("PRAGMA foreign_key_check").fetchall()
    if said != ["ok"]:
        return Finding("Database's files", f"damaged: {said[0]}", RESTORE)
    if loose:
        found = f"{len(loose):,} rows name what is not there, the first in {loose[0][0]}"
        return Finding("Database's files", found, RESTORE)
    return Finding("Database's files", "whole")


def cut_off() -> Finding:
    """Put right what a program left that was ended in the middle of an import, and say so."""
    found = put_right()
    return Finding("Imports cut off", f"put right now: {found}" if found else "none")


def warehouse(*, deep: bool) -> Finding:
    """See that every file of the current state is there and ends as it should; deep: read it."""
    from django.conf import settings

    from trellis.evidence import queries
    from trellis.warehouse.store import DamagedWarehouseError, Warehouse

    current = queries.warehouse().manifest
    if not current:
        return Finding("Warehouse", "nothing was imported yet")
    store = Warehouse(settings.TRELLIS_WAREHOUSE)
    try:
        files = list(_files(store, current))
        if deep:
            store.verify(current)
    except DamagedWarehouseError as error:
        return Finding("Warehouse", str(error), RESTORE)
    damaged = [path for path in files if not _is_parquet(path)]
    if damaged:
        found = f"{len(damaged)} of {len(files)} files lost or cut short, such as {damaged[0].name}"
        return Finding("Warehouse", found, RESTORE)
    how = "read and as written" if deep else "there (--deep reads them)"
    return Finding("Warehouse", f"{len(files)} files {how}")


def _files(store: "Warehouse", manifest: str) -> Iterator[Path]:
    for parts in store.manifest(manifest).tables.values():
        yield from (store.root / part.path for part in parts)


def _is_parquet(path: Path) -> bool:
    """Return True if a file begins and ends as a Parquet file does."""
    edge = len(PARQUET)
    try:
        with path.open("rb") as stream:
            begins = stream.read(edge) == PARQUET
            stream.seek(-edge, 2)
            return begins and stream.read() == PARQUET
    except OSError:
        return False


def uploads() -> Finding:
    """Count the files that wait for a person, and those that belong to no import."""
    from django.conf import settings

    from trellis.evidence.models import Import

    there = {path.name for path in Path(settings.TRELLIS_UPLOADS).iterdir() if path.is_dir()}
    known = {str(pk) for pk in Import.objects.values_list("pk", flat=True)}
    waiting = Import.objects.filter(state=Import.State.PREVIEWED).count()
    stray = sorted(there - known)
    advice = f"Remove what belongs to no import: uploads/{stray[0]}" if stray else ""
    return Finding("Files brought", f"{waiting} imports wait to be applied", advice)


def background_work() -> Finding:
    from django_tasks_db.models import DBTaskResult

    ready = DBTaskResult.objects.ready()
    failed = DBTaskResult.objects.failed().count()
    found = f"{ready.count()} waiting, {failed} failed"
    if failed:
        return Finding("Background work", found, "Read the log of trellis serve for the reason.")
    if ready.filter(enqueued_at__lt=_real_now() - PATIENCE).exists():
        advice = "Nothing has taken it up for ten minutes: start trellis serve."
        return Finding("Background work", found, advice)
    return Finding("Background work", found)


def clocks() -> Finding:
    """See that the clock has not gone back behind what was recorded."""
    from trellis.evidence.models import Import
    from trellis.trust import clock

    now = clock.now()
    last = Import.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    if last and last > now + PATIENCE:
        advice = "Set the clock of this machine: times of imports decide which one is the last."
        return Finding("Clock", f"behind the last import, of {last:%Y-%m-%d %H:%M}", advice)
    return Finding("Clock", f"{now:%Y-%m-%d %H:%M %Z}")


def _real_now() -> datetime:
    from django.utils import timezone

    return timezone.now()
