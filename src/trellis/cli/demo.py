"""`trellis demo`: build the demonstration district through the ordinary doors, and serve it."""

import os
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from trellis.cli.demonstration import Asked, build
from trellis.cli.platform import start_django
from trellis.cli.progress import Steps
from trellis.cli.serve import (
    HOST,
    PORT,
    require_free_port,
    run_together,
    web_command,
    worker_command,
)
from trellis.cli.simulate import SeedOption, SizeOption, TodayOption, day_of

# Who to be, and what to look at first; the sign-in page has a card for each.
CAST = (
    ("Ana", "teaches grade 4", "why something stands out; set a goal and raise it"),
    ("Ben", "coaches", "log a visit with the network off, and see it arrive"),
    ("Chi", "teaches, Ana's peer", "a page with other things on it"),
    ("Dee", "leads the school", "that support arrives, without a word of it"),
    ("Eli", "leads professional development", "a review that helps, one that cannot tell yet"),
    ("Fay", "consults for Northstar", "a guest, for a contract's length"),
    ("Gus", "analyzes", "a registered review, run again"),
    ("Hana", "administers", "imports, accounts and roles"),
)


def demo(
    size: SizeOption = "demo",
    seed: SeedOption = 1,
    today: TodayOption = None,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build it and end.")] = False,
) -> None:
    """Build the demonstration district and serve it; a second time takes seconds."""
    if not no_serve:
        require_free_port(HOST, port)
    asked = Asked(size, seed, day_of(today))
    os.environ |= {"TRELLIS_DEMO": "1", "TRELLIS_TODAY": asked.today.isoformat()}
    start_django()
    console = Console()
    steps = Steps(console)
    build(asked, steps)
    console.print(_what_took_time(steps), _what_is_there())
    console.print(_who_to_be())
    console.print(f"It stands on {asked.today:%A, %B} {asked.today.day}, {asked.today.year}.")
    if not no_serve:
        console.print(f"Look at http://{HOST}:{port} (Ctrl-C ends it)")
        run_together(web_command(HOST, port), worker_command())


def _what_took_time(steps: Steps) -> Table:
    table = Table("What was done", "seconds", title="Alder Valley Unified, a made-up district")
    for what, seconds in steps.seconds.items():
        table.add_row(what, f"{seconds:.1f}")
    return table


def _what_is_there() -> Table:
    from django.conf import settings

    table = Table("What is there", "")
    for what, count in _counts().items():
        table.add_row(what, f"{count:,}")
    table.add_section()
    table.add_row("everything lies in", str(settings.TRELLIS_HOME))
    return table


def _counts() -> dict[str, int]:
    from trellis.activities.models import Program
    from trellis.coaching.models import Partnership, Visit
    from trellis.evidence.models import EvidenceItem
    from trellis.impact.models import ProgramReview
    from trellis.insights.models import Insight
    from trellis.people.models import Person, School, Section, Student

    return {
        "schools": School.objects.filter(is_active=True, kind="school").count(),
        "adults": Person.objects.filter(is_active=True).count(),
        "students": Student.objects.filter(is_active=True).count(),
        "sections": Section.objects.count(),
        "partnerships": Partnership.objects.count(),
        "visits": Visit.objects.count(),
        "pieces of evidence": EvidenceItem.objects.count(),
        "insights": Insight.objects.filter(is_current=True).count(),
        "programs": Program.objects.count(),
        "reviews": ProgramReview.objects.count(),
    }


def _who_to_be() -> Table:
    table = Table("Be", "who", "and see", title="Sign in by one click, as")
    for row in CAST:
        table.add_row(*row)
    return table
