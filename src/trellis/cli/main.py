"""Give operators one command, `trellis`; each subcommand is a few lines over the platform."""

import typer

from trellis.cli import compute, framework, mapping, review, token, warehouse
from trellis.cli.bring import bring, undo
from trellis.cli.check import check
from trellis.cli.demo import demo
from trellis.cli.doctor import doctor
from trellis.cli.serve import serve
from trellis.cli.simulate import simulate

app = typer.Typer(
    help="Personalized professional growth for teachers: honest, owned, behind a wall.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(serve)
app.command()(simulate)
app.command()(doctor)
app.command()(check)
app.command("import")(bring)
app.command()(undo)
app.add_typer(compute.app, name="compute")
app.add_typer(review.app, name="review")
app.add_typer(mapping.app, name="mapping")
app.add_typer(warehouse.app, name="warehouse")
app.add_typer(framework.app, name="framework")
app.add_typer(token.app, name="token")

if __name__ == "__main__":
    app()
