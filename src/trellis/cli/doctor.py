"""Tell an operator what is well with an installation and what to do about the rest."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trellis.cli import looks
from trellis.cli.looks import Finding
from trellis.cli.platform import start_django


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Also read every file of the warehouse; takes longer.")
    ] = False,
) -> None:
    """Look at this installation, put right what was cut off, and say what to mend."""
    start_django()
    findings = list(_look(deep=deep))
    table = Table("Looked at", "Found", "What to do", title="How this installation is")
    for finding in findings:
        cells = (finding.about, finding.found, finding.advice or "nothing")
        table.add_row(*(escape(cell) for cell in cells))
    Console().print(table)
    if any(finding.advice for finding in findings):
        raise typer.Exit(1)


def _look(*, deep: bool) -> Iterator[Finding]:
    yield Finding("Python", sys.version.split()[0])
    yield looks.folders()
    yield looks.disk()
    database = looks.database()
    yield database
    if database.advice:
        return
    migrations = looks.migrations()
    yield migrations
    if migrations.advice:
        return  # the rest reads tables that may not be there yet
    yield looks.integrity()
    yield looks.cut_off()
    yield looks.warehouse(deep=deep)
    yield looks.uploads()
    yield looks.background_work()
    yield looks.clocks()
