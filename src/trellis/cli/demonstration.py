"""Build the demonstration district: write its files, import them as any others, compute."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import typer

from trellis.cli.compute import compute_all
from trellis.cli.platform import bring_up_to_date
from trellis.cli.progress import Steps
from trellis.cli.simulate import Size


@dataclass(frozen=True, slots=True)
class Asked:
    """Which district was asked for."""

    size: Size
    seed: int
    today: date

    def as_json(self) -> str:
        return json.dumps(asdict(self) | {"today": self.today.isoformat()})


def build(asked: Asked, steps: Steps) -> None:
    """Build what is not there yet; where all is there, this takes a second."""
    from django.conf import settings

    from trellis.people.models import Person

    folder = Path(settings.TRELLIS_HOME) / "demo"
    note = folder / "asked.json"  # written last: where it stands, all of it was done
    with steps.step("Bring the database up to date"):
        bring_up_to_date()
    _keep_to_one_district(asked, note)
    if note.exists() and Person.objects.exists():
        return
    _write(asked, folder, steps)
    _import(folder / "district", steps)
    compute_all(steps)
    note.write_text(asked.as_json())


def _keep_to_one_district(asked: Asked, note: Path) -> None:
    """Refuse to mix the demonstration with another district."""
    from trellis.people.models import Person

    if note.exists():
        if note.read_text() == asked.as_json():
            return
        there = json.loads(note.read_text())
        what = "the demonstration of size {size}, seed {seed}, on {today}".format(**there)
    elif (note.parent / "district").exists() or not Person.objects.exists():
        return
    else:
        what = "a district that is not the demonstration"
    typer.echo(
        f"{note.parents[1]} holds {what}. Give this one a home of its own: "
        f"TRELLIS_HOME=.trellis-{asked.size}-{asked.seed}-{asked.today} trellis demo "
        f"--size {asked.size} --seed {asked.seed} --today {asked.today}",
        err=True,
    )
    raise typer.Exit(1)


def _write(asked: Asked, folder: Path, steps: Steps) -> None:
    from trellis.simulate import write_district

    with steps.step("Write the district's files") as tell:
        write_district(
            folder / "district",
            size=asked.size,
            seed=asked.seed,
            today=asked.today,
            truth=folder / "truth.json",
            progress=tell,
        )


def _import(folder: Path, steps: Steps) -> None:
    from trellis.web.loaders import bring_in

    with steps.step("Import them") as tell:
        checked = bring_in([folder], apply=True, tell=tell)
    if not checked.files.sound:
        for problem in checked.files.problems[:20]:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1)
