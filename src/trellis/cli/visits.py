"""`trellis compute visits`: what marks of visits can honestly say, from a file into a folder."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from trellis.cli.tables import separator, whole
from trellis.interchange.spreadsheet import closed

if TYPE_CHECKING:
    from trellis.diagnosis.visits import Marks, Visits
    from trellis.stats import Estimate

COLUMNS = ("teacher", "lesson", "visitor", "element", "level")
REFUSED = 2  # exit status where nothing can be computed as asked
STUDIED_LESSONS = range(1, 9)
STUDIED_VISITORS = range(1, 5)


class MarksError(Exception):
    """A file of marks cannot be read as it is."""


def visits(
    marks: Annotated[Path, typer.Argument(help="CSV: teacher, lesson, visitor, element, level.")],
    out: Annotated[
        Path, typer.Option("--output", "--out", "-o", help="Folder for what is computed.")
    ],
) -> None:
    """Say where practice stands and how sure that is; severity and lessons are allowed for."""
    from trellis.diagnosis.visits import of  # loads numpy and scipy
    from trellis.stats import TrellisNumbersError

    console = Console(stderr=True, soft_wrap=True)
    try:
        found = of(read(marks))
    except (MarksError, TrellisNumbersError) as error:
        console.print(f"Nothing was computed. {error}", markup=False, highlight=False)
        raise typer.Exit(REFUSED) from error
    try:
        write(found, out)
    except OSError as error:
        told = f"{out} cannot be written to: {error.strerror}. Name a folder that may be written."
        console.print(told, markup=False, highlight=False)
        raise typer.Exit(REFUSED) from error
    for caution in found.cautions:
        console.print(caution, markup=False, highlight=False)


def read(path: Path) -> "Marks":
    """Return the marks of a file.

    Raises
    ------
    MarksError
        if it is no such file, or a row is not a mark
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            return _marks(path, next(rows, []), rows)
    except OSError as error:
        raise MarksError(f"{path} cannot be opened: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MarksError(f"{path} is not a CSV file in UTF-8: {error}.") from error


def _marks(path: Path, header: Sequence[str], rows: Iterable[list[str]]) -> "Marks":
    from trellis.diagnosis.visits import Marks

    named = [name.strip() for name in header]
    if missing := [name for name in COLUMNS if named.count(name) != 1]:
        raise MarksError(
            f"{path.name} needs the columns {', '.join(COLUMNS)}, each once. "
            f"Look at: {', '.join(missing)}.{separator(named)}"
        )
    places = [named.index(name) for name in COLUMNS]
    kept: list[list[str]] = []
    levels: list[int] = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(named):
            raise MarksError(f"Row {number} has {len(row)} cells, the header {len(named)}.")
        *names, level = (row[place].strip() for place in places)
        if "" in names:
            raise MarksError(f"Row {number} has no {COLUMNS[names.index('')]}.")
        kept.append(names)
        levels.append(_level(level, number))
    teacher, lesson, visitor, element = zip(*kept, strict=True) if kept else ((),) * 4
    return Marks(teacher, lesson, visitor, element, levels)


def _level(text: str, number: int) -> int:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not value.is_integer():
        raise MarksError(
            f"Row {number}: the level is “{text}”, not a whole number. Levels are a few ordered "
            "words, numbered; leave a row out where nothing was marked."
        )
    return int(value)


def write(found: "Visits", out: Path) -> None:
    """Write the four files."""
    out.mkdir(parents=True, exist_ok=True)
    _table(
        out / "teachers.csv",
        ("teacher", "element", "estimate", "low", "high", "looks", "visitors"),
        ((s.teacher, s.element, *_three(s.estimate), s.looks, s.visitors) for s in found.standings),
    )
    _table(
        out / "visitors.csv",
        ("visitor", "severity", "se"),
        ((s.visitor, _short(s.severity), _short(s.se)) for s in found.severities),
    )
    _table(
        out / "decision.csv",
        ("about", "lessons", "visitors", "looks", "se", "reliability", "smallest_claim"),
        _decision(found),
    )
    text = json.dumps(_components(found), indent=2, ensure_ascii=False)
    with whole(out / "components.json") as file:
        file.write(text + "\n")


def _decision(found: "Visits") -> Iterable[tuple[object, ...]]:
    from trellis.diagnosis import decision
    from trellis.diagnosis.visits import OVERALL

    parts, elements = found.parts(), len(found.difficulties)
    for about, these, size in (
        (OVERALL, parts, elements),
        ("one element", parts.of_one_element(), 1),
    ):
        for row in decision.study(these, size, STUDIED_LESSONS, STUDIED_VISITORS):
            d = row.design
            numbers = (_short(x) for x in (row.se, row.reliability, row.smallest))
            yield (about, d.lessons, d.visitors, d.looks, *numbers)


def _components(found: "Visits") -> dict[str, object]:
    steps = zip(found.levels[:-1], found.levels[1:], found.thresholds, strict=True)
    return {
        "unit": "logits; variances in squared logits; intervals 95 %",
        "variances": {name: _plain(one) for name, one in found.variances.items()},
        "mark": _short(found.mark),
        "difficulties": {name: _plain(one) for name, one in found.difficulties.items()},
        "thresholds": {f"{low}-{high}": _plain(one) for low, high, one in steps},
        "levels": found.levels,
        "cautions": found.cautions,
    }


def _plain(one: "Estimate") -> dict[str, object]:
    value, low, high = _three(one)
    return {"value": value, "low": low, "high": high, "n": one.n}


def _three(one: "Estimate") -> tuple[float, float, float]:
    return _short(one.value), _short(one.interval.low), _short(one.interval.high)


def _short(value: float) -> float:
    return round(value, 5)


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with whole(path) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows([closed(x) if isinstance(x, str) else x for x in row] for row in rows)
