"""`trellis check`: say what a file or folder is and what is wrong with it; nothing is applied."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from trellis.interchange.problems import Problem, Severity, as_record

if TYPE_CHECKING:
    from trellis.interchange.identify import Identified

SOUND, FINDINGS, UNREADABLE = 0, 1, 2
# Places that are shown of each kind of finding; --json lists them all.
SHOWN = 5


def check(
    path: Annotated[Path, typer.Argument(help="A file, a zip archive or a folder.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every finding as JSON, and nothing else.")
    ] = False,
) -> None:
    """Say what a file or folder is and what is wrong with it; needs no database."""
    from trellis.interchange.identify import identify  # loads polars and scipy

    looked = identify(path)
    if as_json:
        found = [as_record(problem) for problem in looked.findings]
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        tell(looked, path, Console())
    raise typer.Exit(exit_code(looked))


def exit_code(looked: "Identified") -> int:
    """Return 0 for sound, 1 for findings, 2 for what could not be read."""
    if not looked.kinds:
        return UNREADABLE
    return FINDINGS if looked.findings else SOUND


def tell(looked: "Identified", path: Path, console: Console) -> None:
    """Tell people: what it is, then the kinds of findings, each with its first places."""
    name = escape(path.name or str(path))
    if looked.kinds:
        files = "1 file" if looked.files == 1 else f"{looked.files:,} files"
        console.print(f"[bold]{name}[/]: {escape('; '.join(looked.kinds))}.")
        console.print(f"{files}, {looked.rows:,} rows.")
    else:
        console.print(f"[bold]{name}[/] could not be read.")
    for kind in _by_kind(looked.findings):
        _tell_kind(kind, console)
    console.print(f"\n{_verdict(looked)}")


def _by_kind(findings: Sequence[Problem]) -> Iterator[list[Problem]]:
    def kind(problem: Problem) -> tuple[bool, str, str, str]:
        errors_first = problem.severity is not Severity.ERROR
        return errors_first, problem.code, problem.expected, problem.advice

    for _, same in groupby(sorted(findings, key=kind), key=kind):
        yield list(same)


def _tell_kind(same: Sequence[Problem], console: Console) -> None:
    first = same[0]
    times = "" if len(same) == 1 else f", {len(same):,} times"
    word = "Error" if first.severity is Severity.ERROR else "Notice"
    console.print(f"\n[bold]{word}[/] {escape(first.code)}{times}: expected {_ended(first)}")
    console.print(f"  {escape(first.advice)}")
    for problem in same[:SHOWN]:
        place = [problem.file, f"row {problem.row}" if problem.row else "", problem.field]
        found = f": “{problem.found}”" if problem.found else ""
        # What stands in a file is told as it stands, not read as markup of the console.
        console.print(f"  - {escape(', '.join(part for part in place if part) + found)}")
    if len(same) > SHOWN:
        console.print(f"  … and {len(same) - SHOWN:,} more; --json lists them all.")


def _ended(problem: Problem) -> str:
    return escape(f"{problem.expected}.")


def _verdict(looked: "Identified") -> str:
    errors = sum(problem.severity is Severity.ERROR for problem in looked.findings)
    notices = len(looked.findings) - errors
    if not looked.kinds:
        return "Nothing was read."
    if not looked.findings:
        return "Sound: nothing was found. Nothing was applied."
    told = [f"{errors:,} {'error' if errors == 1 else 'errors'}"] if errors else []
    told += [f"{notices:,} {'notice' if notices == 1 else 'notices'}"] if notices else []
    stops = "An import would refuse these files." if errors else "None of it stops an import."
    if looked.unused:
        stops += (
            " What is wrong stands only in files that Trellis does not keep: an import with "
            "--sound-rows, or the button for it, applies all the rest."
        )
    return f"{' and '.join(told)}. {stops} Nothing was applied."
