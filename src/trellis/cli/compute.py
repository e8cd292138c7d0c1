"""`trellis compute`: compute everybody's insights now; each subcommand computes one file alone.

The subcommands need neither a database nor a configured installation: a file in, files out.
"""

import typer
from rich.console import Console

from trellis.cli.growth import growth
from trellis.cli.platform import start_django
from trellis.cli.practice import practice
from trellis.cli.progress import Steps
from trellis.cli.visits import visits

app = typer.Typer(invoke_without_command=True, add_completion=False)
app.command()(growth)
app.command()(visits)
app.command()(practice)


@app.callback()
def compute(context: typer.Context) -> None:
    """Compute everybody's insights, and run the reviews that new data wait for; or one file."""
    if context.invoked_subcommand:
        return
    start_django()
    console = Console()
    steps = Steps(console)
    compute_all(steps)
    console.print(*(f"{what}: {seconds:.1f} s" for what, seconds in steps.seconds.items()))


def compute_all(steps: Steps) -> None:
    """Compute what follows from what was imported."""
    from trellis.impact.tasks import run_due
    from trellis.insights.tasks import compute as compute_insights

    with steps.step("Compute insights") as tell:
        compute_insights(tell)
    with steps.step("Run reviews") as tell:
        run_due(tell)
