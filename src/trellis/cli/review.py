"""`trellis review`: run reviews of programs, and run them again to the same figures."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.platform import start_django
from trellis.cli.progress import bar

if TYPE_CHECKING:
    from trellis.impact.models import ReadOut

app = typer.Typer(help="Run reviews of programs.", no_args_is_help=True, add_completion=False)
OTHERWISE = 1  # exit code where something did not come out as it should


@app.command()
def run(
    review: Annotated[str, typer.Argument(help="The name of one review.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Run every review.")] = False,
) -> None:
    """Run one review, or all of them, on the data of today."""
    start_django()
    raise typer.Exit(run_reviews(Console(), "" if everything else review))


@app.command()
def rerun(review: Annotated[str, typer.Argument(help="The name of one review.")]) -> None:
    """Run the last read-out again from its own snapshot, and compare to the last bit."""
    start_django()
    from trellis.impact import queries, tasks

    console = Console()
    found = queries.reviews_named(review)
    read_out = queries.latest_read_out(found[0]) if found else None
    if read_out is None:
        console.print(f"There is no read-out of a review named {review}.")
        raise typer.Exit(OTHERWISE)
    again = tasks.rerun(read_out)
    console.print(again.words)
    raise typer.Exit(0 if again.is_identical else OTHERWISE)


def run_reviews(console: Console, name: str = "") -> int:
    """Run the review of a name, or all where none is given; return the exit code."""
    from trellis.impact import queries, tasks

    reviews = queries.reviews_named(name)
    if not reviews:
        console.print("There is no such review. The reviews page lists their names.")
        return OTHERWISE
    made = []
    with bar(console, "Reviewing") as tell:
        for done, review in enumerate(reviews):
            tell(review.program.title, done, len(reviews))
            made.append(tasks.run(review))
    console.print(verdict_table(made))
    return 0


def verdict_table(read_outs: "list[ReadOut]") -> Table:
    """Show what each review says, in words."""
    table = Table()
    for heading in ("review", "program", "verdict"):
        table.add_column(heading, overflow="fold")
    for read_out in read_outs:
        review = read_out.review
        table.add_row(review.external_id or str(review.pk), review.program.title, read_out.verdict)
    return table
