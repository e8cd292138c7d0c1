"""Read and write the files of `trellis compute growth`: scores, knots, coefficients."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl

from trellis.cli.tables import separator
from trellis.diagnosis.cohorts import Cell, Scores, repeated
from trellis.diagnosis.growth import TAUS, Coefficients, Spline
from trellis.interchange.csv_text import ROW, read_csv_text
from trellis.interchange.problems import Severity, shorten
from trellis.stats import TrellisNumbersError

COLUMNS = ("student", "year", "subject", "grade", "score")
ERROR = "csem"
NO_SCORE = ("NA", "")
# "2024", or "2023_2024" and the like, which count by the year that they begin in.
YEAR = r"^(\d{4})(?:[-_/]\d{2,4})?$"
GRADE = r"^(?:\d{1,2}|K|KG)$"
KNOTS = 4
MOST = 1e9  # no test's scale reaches it; farther out numbers lose the digits that percentiles need
FORMAT, VERSION = "trellis growth coefficients", 1


class UnusableFileError(Exception):
    """A file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """The scores of a file, its own words for each (text, a row for each score), and cautions."""

    scores: Scores
    text: pl.DataFrame
    cautions: tuple[str, ...]


def read_scores(path: Path) -> ScoreFile:
    """Read `student,year,subject,grade,score[,csem]`; further columns are left alone.

    Raises
    ------
    UnusableFileError
        naming file, row and column of the first thing that cannot be used
    """
    name = path.name
    read = read_csv_text(_bytes(path), name)
    if wrong := [one for one in read.problems if one.severity is Severity.ERROR]:
        raise UnusableFileError(str(wrong[0]))
    names = {column.strip().lower(): column for column in read.header}
    if missing := [column for column in COLUMNS if column not in names]:
        raise UnusableFileError(
            f"{name}, row 1: there is no column {', '.join(missing)}. The columns are "
            f"{', '.join(COLUMNS)} and, if the test gives it, {ERROR}.{separator(read.header)}"
        )
    wanted = [*COLUMNS, ERROR] if ERROR in names else [*COLUMNS]
    every = read.rows.select(
        ROW, *(pl.col(names[one]).str.strip_chars().fill_null("").alias(one) for one in wanted)
    )
    text = every.filter(~pl.col("score").is_in(NO_SCORE))
    if text.is_empty():
        raise UnusableFileError(f"{name} holds no score.")
    cautions = []
    if without := every.height - text.height:
        cautions.append(f"{without:,} rows have no score and are left out.")
    scores = _scores(text, name)
    if again := repeated(scores):
        first, second = (text[place, ROW] for place in again)
        raise UnusableFileError(
            f"{name}, rows {first} and {second}: student “{shorten(text[again[1], 'student'])}” "
            "has two scores in one year and subject. Keep one of them."
        )
    return ScoreFile(scores, text, tuple(cautions))


def read_knots(path: Path) -> dict[tuple[str, int], Spline]:
    """Read knots and boundaries by subject and grade."""
    found: dict[tuple[str, int], Spline] = {}
    for subject, grades in _object(_json(path), path.name).items():
        for grade, bends in _object(grades, f"{path.name}, {subject}").items():
            place = f"{path.name}, {subject}, grade {grade}"
            if not pl.Series([grade]).str.contains(GRADE).item():
                raise UnusableFileError(f"{place}: this is not a grade.")
            found[subject, grade_number(grade)] = _spline(_object(bends, place), place)
    return found


def write_coefficients(path: Path, fitted: Mapping[Cell, Coefficients]) -> None:
    """Write coefficients so that other students can be measured by them."""
    cells = [
        {
            "subject": cell.subject,
            "year": cell.year,
            "grade": cell.grade,
            "students": found.students,
            "gap": found.gap,
            "not_unique": found.not_unique,
            "left_out": found.left_out,
            "splines": [
                {"knots": one.knots, "boundaries": one.boundaries} for one in found.splines
            ],
            "values": found.values.tolist(),
        }
        for cell, found in sorted(fitted.items())
    ]
    whole = {"format": FORMAT, "version": VERSION, "taus": TAUS.tolist(), "cells": cells}
    try:
        path.write_text(json.dumps(whole, indent=0) + "\n", encoding="utf-8")
    except OSError as why:
        raise UnusableFileError(f"{path} cannot be written: {why.strerror}.") from why


def read_coefficients(path: Path) -> dict[Cell, Coefficients]:
    """Read what `write_coefficients` wrote."""
    whole = _object(_json(path), path.name)
    if whole.get("format") != FORMAT or whole.get("version") != VERSION:
        raise UnusableFileError(
            f"{path.name} is no file of growth coefficients of version {VERSION}; write one with "
            "--save."
        )
    try:
        pairs = [_cell(cast(dict[str, object], one)) for one in cast(list[object], whole["cells"])]
    except (KeyError, TypeError, ValueError, OverflowError, TrellisNumbersError) as why:
        raise UnusableFileError(f"{path.name} was changed or cut off: {why}") from why
    return dict(pairs)


def year_number(text: str) -> int:
    """Return the year that a text such as 2024 or 2023_2024 begins in."""
    found = pl.Series([text]).str.extract(YEAR, 1).item()
    if found is None:
        raise UnusableFileError(f"“{shorten(text)}” is not a year such as 2024 or 2023_2024.")
    return int(found)


def grade_number(text: str) -> int:
    """Return a grade as a number, kindergarten being 0."""
    return 0 if text in ("K", "KG") else int(text)


def _scores(text: pl.DataFrame, name: str) -> Scores:
    year = text["year"].str.extract(YEAR, 1)
    _refuse_where(text, text["student"] == "", name, "student", "there is no student.")
    _refuse_where(text, text["subject"] == "", name, "subject", "there is no subject.")
    _refuse_where(text, year.is_null(), name, "year", "a year is 2024 or 2023_2024.")
    graded = text["grade"].str.contains(GRADE)
    _refuse_where(text, ~graded, name, "grade", "a grade is a whole number, or K or KG.")
    score = _numbers(text, "score")
    _refuse_where(text, ~score.is_finite(), name, "score", "a score is a finite number, or empty.")
    _refuse_where(text, score.abs() >= MOST, name, "score", "no score is as large as a billion.")
    error = None
    if ERROR in text.columns:
        error = _numbers(text, ERROR)
        blank = text[ERROR].is_in(NO_SCORE)
        sound = blank | (error.is_finite() & (error >= 0))
        _refuse_where(
            text, ~sound, name, ERROR, "a standard error is a number of at least 0, or empty."
        )
        large = ~blank & (error >= MOST)
        _refuse_where(text, large, name, ERROR, "no standard error is as large as a billion.")
        error = error.set(blank, float("nan"))
    grade = text["grade"].replace({"K": "0", "KG": "0"}).cast(pl.Int64)
    subjects = text["subject"].unique().sort()
    return Scores(
        student=_whole(text["student"].rank("dense")),
        year=_whole(year),
        subject=_whole(text["subject"].rank("dense")) - 1,
        grade=_whole(grade),
        score=score.to_numpy(),
        subjects=tuple(subjects),
        error=None if error is None else error.to_numpy(),
    )


def _numbers(text: pl.DataFrame, column: str) -> pl.Series:
    """Return the column as numbers, not a number where it holds none."""
    return text[column].cast(pl.Float64, strict=False).fill_null(float("nan"))


def _whole(column: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return column.cast(pl.Int64).to_numpy()


def _refuse_where(
    text: pl.DataFrame, wrong: pl.Series, name: str, column: str, expected: str
) -> None:
    if not wrong.any():
        return
    first = text.filter(wrong).row(0, named=True)
    more = f" So have {wrong.sum() - 1:,} more rows." if wrong.sum() > 1 else ""
    raise UnusableFileError(
        f"{name}, row {first[ROW]}, {column}: found “{shorten(first[column])}”; {expected}{more}"
    )


def _spline(bends: Mapping[str, object], place: str) -> Spline:
    knots, boundaries = bends.get("knots"), bends.get("boundaries")
    if not _numeric(knots, KNOTS) or not _numeric(boundaries, 2):
        raise UnusableFileError(
            f'{place}: there must be "knots", {KNOTS} numbers, and "boundaries", 2 numbers, '
            "none of them as large as a billion."
        )
    low, high = cast(list[float], boundaries)
    try:
        return Spline(tuple(map(float, cast(list[float], knots))), (float(low), float(high)))
    except TrellisNumbersError as why:
        raise UnusableFileError(f"{place}: {why}") from why


def _numeric(found: object, count: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) == count
        and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in found)
        and all(abs(one) < MOST for one in found)
    )


def _cell(found: Mapping[str, object]) -> tuple[Cell, Coefficients]:
    whole = {key: int(cast(int, found[key])) for key in ("year", "grade", "students")}
    splines = tuple(
        _spline(_object(one, "splines"), "splines") for one in cast(list[object], found["splines"])
    )
    values = np.array(found["values"], dtype=np.float64)
    columns = 1 + sum(spline.columns for spline in splines)
    if values.shape != (len(TAUS), columns) or not np.isfinite(values).all():
        raise ValueError("the coefficients are not 100 rows of finite numbers")
    cell = Cell(str(found["subject"]), whole["year"], whole["grade"], len(splines))
    return cell, Coefficients(
        splines=splines,
        values=values,
        students=whole["students"],
        gap=float(cast(float, found["gap"])),
        not_unique=int(cast(int, found["not_unique"])),
        left_out=int(cast(int, found["left_out"])),
    )


def _object(found: object, place: str) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise UnusableFileError(f"{place}: there must be an object in braces.")
    return cast(dict[str, object], found)


def _json(path: Path) -> object:
    try:
        return json.loads(_bytes(path))
    except (ValueError, RecursionError) as why:
        raise UnusableFileError(f"{path.name} is no JSON: {why}") from why


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as why:
        raise UnusableFileError(f"{path} cannot be read: {why.strerror}.") from why
