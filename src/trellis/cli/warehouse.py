"""`trellis warehouse`: look after the analytic tables, and take them out for analysis."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.platform import start_django
from trellis.cli.progress import bar

app = typer.Typer(
    help="Look after the warehouse: the pseudonymous tables for analysis.",
    no_args_is_help=True,
    add_completion=False,
)
OTHERWISE = 1  # exit code where something is not as it should be
Format = Literal["parquet", "csv"]


@app.command()
def verify() -> None:
    """Hold every file that is kept against its hash, rows and columns."""
    start_django()
    from trellis.evidence import upkeep

    console = Console()
    table = Table("State", "Kept as", "Files", "Found", title="The warehouse")
    damages: list[str] = []
    with bar(console, "Reading every file"):
        for state in upkeep.verified():
            damages += state.damages
            found = f"{len(state.damages)} damaged" if state.damages else "as written"
            table.add_row(state.manifest[:12], state.kept_as, str(state.files), found)
    console.print(table if table.rows else "Nothing was imported yet.")
    for damage in damages:
        console.print(damage, markup=False)
    if damages:
        console.print("Restore TRELLIS_HOME/warehouse from your backup.")
        raise typer.Exit(OTHERWISE)
    if unused := upkeep.orphans():
        console.print(f"{len(unused)} files belong to no state; the next import removes them.")


@app.command()
def compact() -> None:
    """Merge small files of the current state; the same rows in the same order."""
    start_django()
    from trellis.evidence import upkeep
    from trellis.warehouse.store import DamagedWarehouseError, NotWrittenError

    console = Console()
    try:
        with bar(console, "Merging small files"):
            before, after = upkeep.compact()
    except (DamagedWarehouseError, NotWrittenError) as error:
        console.print(str(error), markup=False)
        raise typer.Exit(OTHERWISE) from error
    told = f"{before} files became {after}." if after < before else "There is nothing to merge."
    console.print(told)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    format: Annotated[Format, typer.Option(help="Format of the files.")] = "parquet",
    table: Annotated[
        list[str] | None, typer.Option(help="Only this table; say it again for more.")
    ] = None,
) -> None:
    """Write the current tables, pseudonymous as they are, with a description of every column."""
    start_django()
    from django.conf import settings

    from trellis.evidence import queries
    from trellis.warehouse.export import CannotExportError
    from trellis.warehouse.export import export as write
    from trellis.warehouse.store import DamagedWarehouseError, Warehouse

    console = Console()
    manifest = queries.warehouse().manifest
    try:
        if not manifest:
            raise CannotExportError("Nothing was imported yet, so there are no tables.")
        with bar(console, "Writing the tables"):
            done = write(
                Warehouse(settings.TRELLIS_WAREHOUSE), manifest, folder,
                tables=table or sorted(queries.table_rows()), format=format,
            )  # fmt: skip
    except (CannotExportError, DamagedWarehouseError) as error:
        console.print(str(error), markup=False)
        raise typer.Exit(OTHERWISE) from error
    rows = sum(one.rows for one in done)
    tables = "1 table" if len(done) == 1 else f"{len(done)} tables"
    console.print(f"{tables}, {rows:,} rows: {folder}")
