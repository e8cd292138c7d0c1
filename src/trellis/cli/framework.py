"""`trellis framework`: list, bring in, let out and relate frameworks and standards."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trellis.cli.bring import problem_table
from trellis.cli.platform import bring_up_to_date, start_django

if TYPE_CHECKING:
    from trellis.evidence.frameworks import Stated
    from trellis.evidence.models import FrameworkVersion

app = typer.Typer(
    help="Frameworks of practice and standards, by CASE.", no_args_is_help=True,
    add_completion=False,
)  # fmt: skip
REFUSED, UNREADABLE = 1, 2


@app.command("list")
def show() -> None:
    """List the frameworks with their terms and the version in use."""
    _start()
    Console().print(framework_table())


@app.command("import")
def bring(
    path: Annotated[Path, typer.Argument(help="A CASE package (JSON) or a table of items (CSV).")],
    adopt: Annotated[bool, typer.Option("--adopt", help="Put it in use at once.")] = False,
    practice: Annotated[bool, typer.Option("--practice", help="It is of practice.")] = False,
    private: Annotated[bool, typer.Option("--private", help="It may never be exported.")] = False,
    license_title: Annotated[str, typer.Option("--license", help="Where the file says none.")] = "",
    attribution: Annotated[str, typer.Option("--credit", help="Whom to credit.")] = "",
    title: Annotated[str, typer.Option(help="What a table of items is called.")] = "",
    creator: Annotated[str, typer.Option(help="Who made what a table says.")] = "",
) -> None:
    """Bring a framework in as a version, and say what it would change."""
    _start()
    from trellis.evidence.frameworks import Stated

    said = Stated(
        kind="practice framework" if practice else None, private=private, title=title,
        license_title=license_title, attribution=attribution, creator=creator,
    )  # fmt: skip
    raise typer.Exit(bring_file(path, said, Console(), adopt=adopt))


@app.command("export")
def let_out(
    framework: Annotated[str, typer.Argument(help="Its identifier, as the list shows it.")],
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    table: Annotated[bool, typer.Option("--csv", help="A table of items, no package.")] = False,
) -> None:
    """Write the version in use to a file; a private framework stays."""
    _start()
    raise typer.Exit(export_to(framework, path, Console(), table=table))


@app.command()
def crosswalk(
    path: Annotated[Path | None, typer.Argument(help="CSV: from, relation, to, note.")] = None,
) -> None:
    """Show how items relate, or bring relations from a table."""
    _start()
    raise typer.Exit(relate(path, Console()))


def _start() -> None:
    start_django()
    bring_up_to_date()


def framework_table() -> Table:
    from trellis.evidence.framework_queries import framework_rows
    from trellis.evidence.models import Framework

    names = dict(Framework.objects.values_list("pk", "identifier"))
    table = Table()
    table.add_column("identifier", no_wrap=True)  # it is what export wants, whole
    for heading in ("title", "kind", "in use", "items", "license", "leaves"):
        table.add_column(heading)
    for row in framework_rows(Framework.objects.all()):
        in_use = f"version {row.in_use} of {row.versions}" if row.in_use else "none"
        cells = (
            names[row.id], row.title, row.kind, in_use, f"{row.items:,}",
            row.license or "none named", "never: private" if row.is_private else "by export",
        )  # fmt: skip
        table.add_row(*(escape(cell) for cell in cells))
    return table


def bring_file(path: Path, said: "Stated", console: Console, *, adopt: bool) -> int:
    """Bring one file in and say what came of it; return the exit code."""
    from trellis.evidence import frameworks

    try:
        data = path.read_bytes()
    except OSError as problem:
        console.print(f"[bold]Nothing was changed.[/] {escape(str(problem))}")
        return UNREADABLE
    found = frameworks.read(data, path.name, said)
    if found.problems:
        console.print(problem_table(found.problems))
    try:
        version = frameworks.bring(found, source=path.name, by=None)
    except frameworks.CannotBring as refusal:
        console.print(f"[bold]Nothing was changed.[/] {refusal}")
        return REFUSED if found.package else UNREADABLE
    _say_what_it_is(version, console)
    if adopt:
        frameworks.adopt(version, by=None)
        console.print("It is in use now.")
    return 0


def _say_what_it_is(version: "FrameworkVersion", console: Console) -> None:
    from trellis.evidence.frameworks import difference_to_current

    console.print(
        f"“{escape(version.framework.title)}”, version {version.number}: "
        f"{version.items_count:,} items, {escape(version.license_title or 'no license named')}."
    )
    change = difference_to_current(version)
    if change:
        console.print(
            f"Against the version in use: {len(change.added):,} added, "
            f"{len(change.changed):,} changed, {len(change.gone):,} gone, "
            f"{change.same:,} as before."
        )


def export_to(identifier: str, path: Path, console: Console, *, table: bool) -> int:
    """Write the version in use; return the exit code."""
    from trellis.evidence import frameworks
    from trellis.evidence.framework_queries import shown_version
    from trellis.evidence.models import Framework

    framework = Framework.objects.filter(identifier=identifier).first()
    version = shown_version(framework) if framework else None
    if version is None:
        console.print(f"No framework {escape(identifier)} is in use: see trellis framework list.")
        return REFUSED
    try:
        data = frameworks.export(version, table=table)
    except frameworks.CannotLeave as refusal:
        console.print(f"[bold]Nothing was written.[/] {escape(str(refusal))}")
        return REFUSED
    path.write_bytes(data)
    console.print(f"{version.items_count:,} items are in {escape(str(path))}.")
    return 0


def relate(path: Path | None, console: Console) -> int:
    """Bring relations from a table, or show those that are there; return the exit code."""
    from trellis.evidence import frameworks

    if path is None:
        console.print(_link_table())
        return 0
    try:
        added = frameworks.bring_crosswalk(path.read_bytes(), path.name, by=None)
    except OSError as problem:
        console.print(f"[bold]Nothing was changed.[/] {escape(str(problem))}")
        return UNREADABLE
    except frameworks.CannotBring as refusal:
        console.print(problem_table(refusal.problems))
        console.print(f"[bold]Nothing was changed.[/] {refusal}")
        return REFUSED
    console.print(f"{added:,} new relations. Those that were there stay.")
    return 0


def _link_table() -> Table:
    from trellis.evidence.framework_queries import link_rows

    rows, total = link_rows()
    table = Table("from", "relation", "to", "note", "made")
    for row in rows:
        made = f"{row.source}, {row.by}, {row.made_at:%Y-%m-%d}"
        table.add_row(*(escape(c) for c in (row.origin, row.said, row.destination, row.note, made)))
    table.caption = f"{len(rows):,} of {total:,}"
    return table
