"""`trellis compute growth`: student growth percentiles, as SGP has them, from a file of scores."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from trellis.cli.progress import bar
from trellis.interchange.spreadsheet import closed

if TYPE_CHECKING:
    import polars as pl

    from trellis.cli.growth_files import ScoreFile
    from trellis.diagnosis.cohorts import Cell, Cohort, Growth, Scores
    from trellis.diagnosis.growth import Coefficients

UNUSABLE = 2


def growth(
    scores: Annotated[
        Path, typer.Argument(help="CSV: student, year, subject, grade, score and perhaps csem.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the CSV goes.")],
    knots: Annotated[
        Path | None,
        typer.Option(
            help="JSON of knots and boundaries by subject and grade; others are computed."
        ),
    ] = None,
    max_order: Annotated[
        int | None, typer.Option(min=1, help="Most priors to use; all if not given.")
    ] = None,
    year: Annotated[
        str | None, typer.Option(help="Growth in this year alone; in all if not given.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write the coefficients, for other students.")
    ] = None,
    coefficients: Annotated[
        Path | None, typer.Option(help="Measure by these coefficients instead of fitting.")
    ] = None,
) -> None:
    """Compute student growth percentiles; needs no database."""
    from trellis.cli.growth_files import UnusableFileError

    try:
        _run(scores, output, knots, max_order, year, save, coefficients)
    except UnusableFileError as why:
        typer.echo(str(why), err=True)
        raise typer.Exit(UNUSABLE) from why


def _run(
    path: Path,
    output: Path,
    knots: Path | None,
    max_order: int | None,
    year: str | None,
    save: Path | None,
    coefficients: Path | None,
) -> None:
    import numpy as np

    from trellis.cli import growth_files as files
    from trellis.diagnosis.cohorts import cohorts, grow

    if coefficients and (knots or save):
        raise files.UnusableFileError(
            "Coefficients carry their own knots and are not fitted again: give --coefficients "
            "without --knots and --save."
        )
    read = files.read_scores(path)
    when = None if year is None else files.year_number(year)
    _check_year(read.scores, when, path.name)
    _warn(read.cautions)
    among = list(cohorts(read.scores, max_order, when))
    if not among:
        raise files.UnusableFileError(
            f"{path.name}: no student has a score in the same subject one year and one grade "
            "before. Growth needs at least two years of scores."
        )
    if coefficients:
        fitted = _taken_from(files.read_coefficients(coefficients), among)
    else:
        fitted = _fitted(read, among, knots)
    found = grow(read.scores, among, fitted)
    _warn(found.cautions)
    if not len(found.rows):
        raise files.UnusableFileError(f"{path.name}: no growth could be computed; see above.")
    if read.scores.error is None:
        _warn(["There is no column csem: intervals of single students cannot be given."])
    elif found.low is not None and (lacking := int(np.isnan(found.low).sum())):
        _warn(
            [
                f"{lacking:,} percentiles have no interval: csem of this or an earlier score is "
                "missing."
            ]
        )
    _write(output, read, found)
    if save:
        files.write_coefficients(save, fitted)
    _tell(output, found, [fitted[one.cell] for one in among if one.cell in fitted])


def _check_year(scores: "Scores", year: int | None, name: str) -> None:
    from trellis.cli.growth_files import UnusableFileError

    years = sorted({int(one) for one in set(scores.year)})
    if year is not None and year not in years:
        raise UnusableFileError(
            f"{name}: no score is from {year}; the years are {', '.join(map(str, years))}."
        )


def _fitted(
    read: "ScoreFile", among: Sequence["Cohort"], knots: Path | None
) -> dict["Cell", "Coefficients"]:
    from trellis.cli.growth_files import read_knots
    from trellis.diagnosis.cohorts import fit_all

    given = read_knots(knots) if knots else {}
    if knots and (unknown := _untested(given, read.scores)):
        _warn([f"{knots.name} names {', '.join(unknown)}, of which there are no scores."])
    with bar(Console(stderr=True), "Fit cohorts") as tell:

        def told() -> Iterator["Cohort"]:
            for place, cohort in enumerate(among):
                tell(str(cohort.cell), place, len(among))
                yield cohort

        fitted, cautions = fit_all(read.scores, told(), given)
    _warn(cautions)
    return fitted


def _untested(named: Iterable[tuple[str, int]], scores: "Scores") -> list[str]:
    """Return the subjects, and the grades of others, of which there are no scores."""
    pairs = set(zip(scores.subject.tolist(), scores.grade.tolist(), strict=True))
    tested = {(scores.subjects[subject], grade) for subject, grade in pairs}
    return sorted(
        {
            f"grade {grade} in {subject}" if subject in scores.subjects else subject
            for subject, grade in named
            if (subject, grade) not in tested
        }
    )


def _taken_from(
    known: Mapping["Cell", "Coefficients"], among: Sequence["Cohort"]
) -> dict["Cell", "Coefficients"]:
    """Return the known coefficients for each cohort: of its year, else of the last year before."""
    taken = {}
    for cohort in among:
        cell = cohort.cell
        same = [
            one
            for one in known
            if (one.subject, one.grade, one.order) == (cell.subject, cell.grade, cell.order)
            and one.year <= cell.year
        ]
        if not same:
            _warn([f"{cell}: the coefficients hold nothing for them of this or an earlier year."])
            continue
        last = max(same)
        taken[cell] = known[last]
        if last.year != cell.year:
            _warn([f"{cell}: measured by how students grew in {last.year}."])
    return taken


def _write(output: Path, read: "ScoreFile", found: "Growth") -> None:
    """Write a row for each score with growth, in the order of the input."""
    import polars as pl

    from trellis.cli.growth_files import UnusableFileError

    # No number stands here: a cell that a spreadsheet would run is a name, and rare.
    table = read.text[found.rows].select(
        pl.col("student", "year", "subject", "grade").map_batches(_closed, pl.String)
    )
    table = table.with_columns(pl.Series("order", found.order), pl.Series("sgp", found.percentile))
    if found.low is not None and found.high is not None:
        ends = (pl.Series("low", found.low), pl.Series("high", found.high))
        table = table.with_columns(*(end.fill_nan(None).cast(pl.Int64) for end in ends))
    placed = table.with_columns(pl.Series("_place", found.rows)).sort("_place").drop("_place")
    try:
        placed.write_csv(output)
    except OSError as why:
        raise UnusableFileError(f"{output} cannot be written: {why}") from why


def _closed(names: "pl.Series") -> "pl.Series":
    known = names.unique()
    return names.replace(known, [closed(name) for name in known])


def _tell(output: Path, found: "Growth", used: Sequence["Coefficients"]) -> None:
    gap = max(one.gap for one in used)
    typer.echo(
        f"{output.name}: {len(found.rows):,} growth percentiles from {len(used)} cohorts. Every "
        f"fit is verified; the largest duality gap is {gap:.0e} of the loss."
    )


def _warn(cautions: Iterable[str]) -> None:
    for caution in cautions:
        typer.echo(f"Caution: {caution}", err=True)
