"""`trellis import`: check a district's files and, when they are sound, apply them whole."""

import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trellis.cli.platform import bring_up_to_date, put_right, start_django
from trellis.cli.progress import bar

if TYPE_CHECKING:
    from trellis.evidence.imports import Checked
    from trellis.interchange.problems import Problem
    from trellis.trust.loading import Change

REFUSED, UNREADABLE = 1, 2
SHOWN = 40
# Problems of whole files that could not even be opened.
CLOSED = {
    "package.broken_zip",
    "package.not_there",
    "package.unreadable",
    "package.nothing",
    "package.empty_folder",
}


def bring(
    paths: Annotated[list[Path], typer.Argument(help="Folders, zip archives or files.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
    mapping: Annotated[
        str, typer.Option(help="Read files of a vendor's layout by this mapping.")
    ] = "",
    accept_leavers: Annotated[
        bool,
        typer.Option(
            "--accept-leavers", help="Apply the files although many are no longer in them."
        ),
    ] = False,
    sound_rows: Annotated[
        bool,
        typer.Option("--sound-rows", help="Leave rows with problems out, and apply the rest."),
    ] = False,
) -> None:
    """Import a district's files: all of them or nothing, with every problem named."""
    console = Console()
    start_django()
    bring_up_to_date()
    if found := put_right():
        console.print(f"An earlier run was ended in the middle. Put right: {found}.")
    raise typer.Exit(
        import_paths(
            paths,
            console,
            only_check=check,
            mapping=mapping,
            accept_leavers=accept_leavers,
            sound_rows=sound_rows,
        )
    )


def undo(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, undo.")] = False,
) -> None:
    """Undo the last import: say what goes back, ask, and take it back whole."""
    console = Console()
    start_django()
    bring_up_to_date()
    raise typer.Exit(undo_last(console, confirm=lambda: yes or typer.confirm("Undo it?")))


def undo_last(console: Console, *, confirm: Callable[[], bool]) -> int:
    """Undo the last applied import when `confirm` says so; return the exit code."""
    from trellis.evidence import queries, undoing
    from trellis.evidence.words import back_row
    from trellis.trust import clock
    from trellis.web.loaders import DERIVED, after_import

    last = queries.last_applied()
    if last is None or not undoing.can_be_undone(last):
        console.print("There is no import to undo: only the last one can be, and only once.")
        return REFUSED
    console.print(f"The import of {clock.here(last.received_at):%B %-d, %Y, %H:%M} brought:")
    for row in map(back_row, undoing.preview(last, derived=DERIVED)):
        words = "; ".join(part for part in (row.told, row.staying) if part)
        console.print(f"  {row.kind}: {words}")
    if not confirm():
        console.print("Nothing was changed.")
        return REFUSED
    try:
        undoing.undo(last, by=None, derived=DERIVED)
    except undoing.CannotUndo as error:
        console.print(f"[bold]Nothing was changed.[/] {error}")
        return REFUSED
    after_import()
    console.print("Undone. You can bring the same files again.")
    return 0


def import_paths(
    paths: Sequence[Path],
    console: Console,
    *,
    only_check: bool = False,
    mapping: str = "",
    accept_leavers: bool = False,
    sound_rows: bool = False,
) -> int:
    """Import with bars and tables on the console; return the exit code."""
    from trellis.evidence import imports, mappings
    from trellis.web.loaders import bring_in

    known = mappings.in_use()
    if mapping and mapping not in known:
        console.print(f"There is no mapping “{mapping}”. Known: {', '.join(known) or 'none'}.")
        return UNREADABLE

    began = time.perf_counter()
    try:
        with bar(console, "Importing") as tell:
            checked = bring_in(
                paths,
                apply=not only_check,
                accept_leavers=accept_leavers,
                sound_rows=sound_rows,
                tell=tell,
                mapping=mapping,
            )
    except imports.CannotApply as error:
        console.print(f"[bold]Nothing was changed.[/] {error}")
        return REFUSED
    except Exception:
        console.print(_not_in_the_files())
        return REFUSED
    if checked.files.problems:
        console.print(problem_table(checked.files.problems))
    if not checked.files.sound:
        console.print("[bold]Nothing was changed.[/] Mend the files and import them again.")
        if checked.files.wrong_only_where_unused:
            console.print(
                "What is wrong stands only in files that Trellis checks and does not keep. "
                "With --sound-rows all the rest is applied as if they were sound."
            )
        elif any(file.rows > file.refused for file in checked.files.files):
            console.print(
                "If the rest is needed today: --sound-rows applies it without these rows, and "
                "nobody leaves because of a row that stays out."
            )
        opened = [p for p in checked.files.problems if p.code not in CLOSED]
        return REFUSED if opened or checked.files.files else UNREADABLE
    if checked.files.set_aside:
        console.print(problem_table(checked.files.set_aside))
        out = checked.record.left_out
        verb = "row stays" if out == 1 else "rows stay"
        console.print(f"{out:,} {verb} out; the rest is sound.")
    unasked = bool(checked.asks) and not accept_leavers and not checked.applied_before
    seconds = time.perf_counter() - began
    _say_what_changed(checked, console, only_check or unasked, seconds)
    if unasked:
        _ask(checked, console)
    return REFUSED if unasked and not only_check else 0


def _ask(checked: "Checked", console: Console) -> None:
    for ask in checked.asks:
        console.print(f"[bold]{ask.sentence}[/]")
    console.print(
        "Nothing was changed. A full bundle speaks for everybody: who is not in it is set aside, "
        "never deleted. If that is right, import again with --accept-leavers."
    )


def _not_in_the_files() -> str:
    """Keep the traceback for whoever looks after the machine, and say where it is."""
    from django.conf import settings

    place = Path(settings.TRELLIS_HOME) / "import-error.txt"
    place.write_text(traceback.format_exc())
    return (
        "[bold]Nothing was changed.[/] Something went wrong in Trellis, not in your files. "
        f"Whoever looks after this installation finds the details in {place}."
    )


def _say_what_changed(
    checked: "Checked", console: Console, only_check: bool, seconds: float
) -> None:
    from trellis.trust import clock

    rows = sum(file.rows for file in checked.files.files)
    before = checked.applied_before
    if before and before.finished_at:
        day = clock.here(before.finished_at)
        console.print(f"These files were applied already on {day:%B %-d, %Y}; nothing changed.")
        return
    console.print(change_table(checked.changes))
    done = "checked, nothing stored" if only_check else "imported"
    console.print(f"{len(checked.files.files)} files, {rows:,} rows {done} in {seconds:.1f} s.")


def problem_table(problems: "Sequence[Problem]") -> Table:
    """Show the first problems; the import page lists them all."""
    table = Table(title="What to look at", show_lines=True)
    for heading in ("file", "row", "field", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for problem in problems[:SHOWN]:
        advice = f"Expected {problem.expected}. {problem.advice}"
        row = str(problem.row) if problem.row else ""
        cells = (problem.file, row, problem.field, problem.found, advice)
        # What stands in a file is told as it stands, not read as markup of the console.
        table.add_row(*(escape(cell) for cell in cells))
    if len(problems) > SHOWN:
        table.caption = f"and {len(problems) - SHOWN} more"
    return table


def change_table(changes: "Sequence[Change]") -> Table:
    """Show how many things of each kind are new, leave, come back or change."""
    from trellis.evidence.words import told

    table = Table()
    table.add_column("kind")
    table.add_column("what changes")
    table.add_column("as before", justify="right")
    for change in changes:
        table.add_row(change.kind, told(change), f"{change.same:,}")
    return table
