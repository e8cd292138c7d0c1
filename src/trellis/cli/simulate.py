"""`trellis simulate`: write the files of the demonstration district into a folder."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from trellis.cli.progress import bar

# The words of `trellis.simulate.Size`, said again: importing it takes longer than all of --help.
Size = Literal["small", "demo", "large"]
SizeOption = Annotated[Size, typer.Option(help="How large the district is.")]
SeedOption = Annotated[int, typer.Option(help="Another seed draws another district.")]
TodayOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which it stands.")
]


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    size: SizeOption = "demo",
    seed: SeedOption = 1,
    today: TodayOption = None,
    truth: Annotated[
        Path | None, typer.Option(help="Where the planted truth goes; outside the folder.")
    ] = None,
    students: Annotated[
        int, typer.Option(min=0, help="Write a state of so many students: a folder a district.")
    ] = 0,
    years: Annotated[int, typer.Option(min=1, max=10, help="School years of a state's tests.")] = 3,
) -> None:
    """Write the files of a made-up district, or of a whole state, as a real one would export."""
    console = Console()
    if students:
        _simulate_state(folder, students, seed=seed, today=day_of(today), years=years)
        return
    from trellis.simulate import write_district

    with bar(console, "Writing the files") as tell:
        written = write_district(
            folder, size=size, seed=seed, today=day_of(today), truth=truth, progress=tell
        )
    rows = sum(written.rows.values())
    console.print(f"{len(written.rows)} files, {rows:,} rows, {written.seconds:.1f} s: {folder}")


def _simulate_state(folder: Path, students: int, *, seed: int, today: date, years: int) -> None:
    from trellis.simulate import write_state

    console = Console()
    with bar(console, "Writing the districts") as tell:
        done = write_state(
            folder, students=students, seed=seed, today=today, years=years, progress=tell
        )
    console.print(f"{done.districts} districts, {done.rows:,} rows, {done.seconds:.1f} s: {folder}")


def day_of(today: datetime | None) -> date:
    """Return the day that was asked for, or the one on which the demonstration stands."""
    from trellis.simulate import DEMONSTRATION_DAY

    return today.date() if today else DEMONSTRATION_DAY
