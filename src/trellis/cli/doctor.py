"""Tell an operator what is well with an installation and what to do about the rest."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.platform import start_django


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found and, where it is not well, what to do."""

    about: str
    found: str
    advice: str = ""


def doctor() -> None:
    """Look at this installation and say what to mend."""
    start_django()
    findings = list(_look())
    table = Table("Looked at", "Found", "What to do", title="How this installation is")
    for finding in findings:
        table.add_row(finding.about, finding.found, finding.advice or "nothing")
    Console().print(table)
    if any(finding.advice for finding in findings):
        raise typer.Exit(1)


def _look() -> Iterator[Finding]:
    yield Finding("Python", sys.version.split()[0])
    yield _home()
    database = _database()
    yield database
    if not database.advice:
        yield from (look() for look in _LOOKS_AT_THE_DATABASE)


def _home() -> Finding:
    from django.conf import settings

    writable = os.access(settings.TRELLIS_HOME, os.W_OK)
    advice = "" if writable else "Let this account write there, or set TRELLIS_HOME elsewhere."
    return Finding("TRELLIS_HOME", str(settings.TRELLIS_HOME), advice)


def _database() -> Finding:
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        return Finding("Database", str(error).splitlines()[0], "Check DATABASE_URL and the server.")
    return Finding("Database", connection.vendor)


def _migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    advice = "Run: trellis serve (it applies them), or python -m django migrate." if waiting else ""
    return Finding("Migrations", f"{len(waiting)} to apply", advice)


def _tasks() -> Finding:
    from django.db import DatabaseError
    from django_tasks_db.models import DBTaskResult

    try:
        waiting = DBTaskResult.objects.ready().count()
        failed = DBTaskResult.objects.failed().count()
    except DatabaseError:
        return Finding("Background work", "not set up yet")
    advice = "Read the log of trellis serve for the reason." if failed else ""
    return Finding("Background work", f"{waiting} waiting, {failed} failed", advice)


_LOOKS_AT_THE_DATABASE: tuple[Callable[[], Finding], ...] = (_migrations, _tasks)
