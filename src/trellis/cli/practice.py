"""`trellis compute practice`: where each teacher's practice stands, from one file of evidence."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trellis.cli.tables import whole
from trellis.interchange.spreadsheet import closed

if TYPE_CHECKING:
    from trellis.cli.practice_rows import Row
    from trellis.diagnosis.looks import Source
    from trellis.diagnosis.practice_settings import Settings

UNSOUND = 2
STATES = ("teacher", "element", "date", "estimate", "low", "high", "low80", "high80", "scale",
          "looks", "design")  # fmt: skip
PREDICTIONS = ("teacher", "date", "element", "source", "predicted",
               "low80", "high80", "low90", "high90")  # fmt: skip
DESIGN = "all evidence of the teacher, smoothed over time; low to high holds 95 %, low80 80 %"
Z95, Z80 = 1.959964, 1.281552


def practice(
    evidence: Annotated[
        Path,
        typer.Argument(
            help="CSV: teacher, date, element, source, lesson, visitor, value, n. A value is a "
            "level 1-4 (visit, self), a mean on 1-5 of n answers (feedback) or a rate 0-1 out of n "
            "(talk)."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write to.")],
    hyperparameters: Annotated[
        Path | None,
        typer.Option(help="A hyperparameters.json of an earlier run; nothing is fitted then."),
    ] = None,
) -> None:
    """Say where practice stands over time, and what each piece of evidence was foretold to be."""
    from trellis.cli.practice_rows import UnsoundRowsError, cautions, read  # loads numpy and scipy
    from trellis.stats import TrellisNumbersError

    try:
        rows = read(evidence)
        settings = _settings(rows, hyperparameters)
        teachers = _by_teacher(rows)
        states = list(_states(rows, teachers, settings))
        predictions = list(_predictions(rows, teachers, settings))
        output.mkdir(parents=True, exist_ok=True)
        _write(output / "states.csv", STATES, states)
        _write(output / "predictions.csv", PREDICTIONS, predictions)
        _keep(output / "hyperparameters.json", settings)
    except (UnsoundRowsError, TrellisNumbersError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(UNSOUND) from problem
    except OSError as problem:
        typer.echo(f"{problem.filename} cannot be written: {problem.strerror}.", err=True)
        raise typer.Exit(UNSOUND) from problem
    for caution in cautions(rows, settings, fitted=hyperparameters is None):
        typer.echo(f"Caution: {caution}", err=True)
    typer.echo(f"{len(teachers):,} teachers, {len(rows):,} pieces of evidence: states.csv, "
               f"predictions.csv and hyperparameters.json are in {output}.")  # fmt: skip


def _settings(rows: "Sequence[Row]", path: Path | None) -> "Settings":
    """Return hyperparameters fitted to the rows, or those of a file if they know all rows."""
    from trellis.cli.practice_rows import UnsoundRowsError
    from trellis.diagnosis.practice import fit
    from trellis.diagnosis.practice_settings import from_json

    if path is None:
        by_teacher = _by_teacher(rows)
        return fit([[rows[i].look for i in of] for of in by_teacher.values()])
    try:
        settings = from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise UnsoundRowsError([f"{path} cannot be opened: {problem.strerror}."]) from problem
    except ValueError as problem:
        raise UnsoundRowsError([f"{path.name} is not JSON: {problem}."]) from problem
    unknown = [
        f"Row {row.number}, column element: {row.look.element!r} from source {row.source!r} is not "
        f"in {path.name}. Fit without --hyperparameters, or leave the row out."
        for row in rows
        if (row.look.source, row.look.element) not in settings.usual
    ]
    if unknown:
        raise UnsoundRowsError(unknown)
    return settings


def _by_teacher(rows: "Sequence[Row]") -> dict[str, list[int]]:
    """Return the places of each teacher's rows, in the order in which the model takes them.

    Teachers come by name, so that nothing depends on the order of the file.
    """
    from trellis.diagnosis.practice_model import place

    found: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        found.setdefault(row.teacher, []).append(i)
    return {
        teacher: sorted(found[teacher], key=lambda i: place(rows[i].look))
        for teacher in sorted(found)
    }


def _states(
    rows: "Sequence[Row]", teachers: dict[str, list[int]], settings: "Settings"
) -> Iterator[tuple[object, ...]]:
    """Yield where each element stood on each day on which the teacher was looked at."""
    from trellis.diagnosis.practice import course

    anchors = {element: settings.anchor(element) for element in settings.elements}
    for teacher, of in teachers.items():
        looks = [rows[i].look for i in of]
        days = sorted({look.on for look in looks})
        mean, sd = course(looks, settings, days)
        seen = dict.fromkeys(settings.elements, 0)
        for look in looks:
            seen[look.element] += 1
        for k, element in enumerate(settings.elements):
            for d, day in enumerate(days):
                m, s = float(mean[d, k]), float(sd[d, k])
                levels = (m, m - Z95 * s, m + Z95 * s, m - Z80 * s, m + Z80 * s)
                told = (_told(level, anchors[element]) for level in levels)
                yield (teacher, element, day, *told, _scale(anchors[element]), seen[element],
                       DESIGN)  # fmt: skip


def _told(level: float, source: "Source") -> str:
    """Return a level of practice on the scale of a source, within what it can say."""
    from math import exp

    from trellis.cli.practice_rows import SCALES
    from trellis.diagnosis.looks import FREQUENCY_STEPS, TOP_LEVEL, Source

    if source == Source.TALK:
        value = 1.0 / (1.0 + exp(-min(max(level, -40.0), 40.0)))
    elif source == Source.CLASS_FEEDBACK:
        value = 1.0 + level * FREQUENCY_STEPS / TOP_LEVEL
    else:
        value = 1.0 + level
    low, high = SCALES[source]
    return f"{min(max(value, low), high):.6f}"


def _scale(source: "Source") -> str:
    from trellis.diagnosis.looks import Source

    return {Source.TALK: "rate 0 to 1", Source.CLASS_FEEDBACK: "mean answer 1 to 5"}.get(
        source, "level 1 to 4"
    )


def _predictions(
    rows: "Sequence[Row]", teachers: dict[str, list[int]], settings: "Settings"
) -> Iterator[tuple[object, ...]]:
    """Yield what was foretold for each row, in the order of the file."""
    from trellis.diagnosis.looks import Source
    from trellis.diagnosis.practice import foretell

    told: dict[int, tuple[str, ...]] = {}
    for of in teachers.values():
        looks = [rows[i].look for i in of]
        found = foretell(looks, settings)
        columns = (found.value, found.low80, found.high80, found.low90, found.high90)
        for place, i in enumerate(of):
            words = looks[place].source in (Source.VISIT, Source.SELF_REFLECTION)
            told[i] = tuple(f"{float(c[place]) + words:.9f}" for c in columns)
    for i, row in enumerate(rows):
        yield row.teacher, row.look.on, row.look.element, row.source, *told[i]


def _write(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    with whole(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([closed(x) if isinstance(x, str) else x for x in line] for line in lines)


def _keep(path: Path, settings: "Settings") -> None:
    from trellis.diagnosis.practice_settings import to_json

    with whole(path) as stream:
        stream.write(json.dumps(to_json(settings), indent=1) + "\n")
