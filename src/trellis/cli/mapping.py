"""`trellis mapping`: list, share and take in what the columns of vendors' files mean."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.platform import bring_up_to_date, start_django

app = typer.Typer(help="Mappings of vendors' files of results.", no_args_is_help=True)
REFUSED = 1


@app.command("list")
def every() -> None:
    """List the mappings that files are read by."""
    _start()
    from trellis.evidence import mappings

    table = Table("name", "vendor", "version", "columns")
    for kept in mappings.newest():
        columns = str(len(kept.mapping["header"]))
        table.add_row(kept.name, kept.vendor, str(kept.version), columns)
    Console().print(table)


@app.command("export")
def write(
    name: Annotated[str, typer.Argument(help="Name of the mapping.")],
    to: Annotated[Path, typer.Argument(help="The file to write.")],
) -> None:
    """Write a mapping as JSON, for another district."""
    _start()
    from trellis.evidence import mappings

    kept = next((one for one in mappings.newest() if one.name == name), None)
    if kept is None:
        Console().print(f"There is no mapping “{name}”. `trellis mapping list` names them.")
        raise typer.Exit(REFUSED)
    to.write_text(mappings.as_file(kept), encoding="utf-8")
    Console().print(f"Written to {to}. It holds names of columns and words, no results.")


@app.command("import")
def take_in(path: Annotated[Path, typer.Argument(help="A mapping as JSON.", exists=True)]) -> None:
    """Take in a mapping that another district wrote."""
    _start()
    from django.core.exceptions import ValidationError

    from trellis.evidence import mappings

    try:
        kept = mappings.take_in(path.read_bytes(), by=None)
    except ValidationError as problem:
        Console().print(" ".join(problem.messages))
        raise typer.Exit(REFUSED) from problem
    Console().print(f"“{kept.name}” is known now, as version {kept.version}.")


def _start() -> None:
    start_django()
    bring_up_to_date()
