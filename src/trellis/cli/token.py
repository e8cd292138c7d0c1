"""`trellis token`: make, list and revoke the tokens by which other systems send files."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.platform import bring_up_to_date, start_django

app = typer.Typer(help="Tokens of systems that send files.", no_args_is_help=True)
REFUSED = 1


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Which system sends files.")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; by default a year.")
    ] = None,
    accept_leavers: Annotated[
        bool, typer.Option(help="Apply files that leave many people out, without asking.")
    ] = False,
) -> None:
    """Make a token and print its key, this once."""
    _start()
    from django.core.exceptions import ValidationError

    from trellis.evidence import systems

    ends = until.date() if until else None
    try:
        token, key = systems.make_token(
            name, by=None, ends_on=ends, may_accept_leavers=accept_leavers
        )
    except ValidationError as problem:
        Console().print(" ".join(problem.messages))
        raise typer.Exit(REFUSED) from problem
    typer.echo(key)
    typer.echo(f"Valid until {token.ends_on}. It is shown this once and kept nowhere.", err=True)


@app.command("list")
def every() -> None:
    """List the tokens; their keys are kept nowhere."""
    _start()
    from trellis.evidence.models import SystemToken

    table = Table("number", "system", "valid until", "last used", "revoked")
    for token in SystemToken.objects.all():
        used = f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never"
        ended = f"{token.revoked_at:%Y-%m-%d}" if token.revoked_at else ""
        table.add_row(str(token.pk), token.name, str(token.ends_on), used, ended)
    Console().print(table)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(help="Its number in `trellis token list`.")],
) -> None:
    """End a token at once."""
    _start()
    from trellis.evidence import systems
    from trellis.evidence.models import SystemToken

    token = SystemToken.objects.filter(pk=number).first()
    if token is None:
        Console().print(f"There is no token {number}. `trellis token list` names them.")
        raise typer.Exit(REFUSED)
    systems.revoke(token, by=None)
    Console().print(f"“{token.name}” sends nothing any more. What it brought stays.")


def _start() -> None:
    start_django()
    bring_up_to_date()
