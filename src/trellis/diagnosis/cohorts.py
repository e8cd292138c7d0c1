"""Find who grew among whom: cohorts by year, subject, grade and number of priors, and their growth.

A prior is the same student's score in the same subject one year and one grade before, and so on
back. Who repeated or skipped a grade or a year has no prior there. A cohort with k priors holds
every student who has at least k; a student's percentile comes from the most priors that she has and
that a cohort could be fitted for. Cohorts are independent of each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trellis.diagnosis.growth import (
    Coefficients,
    Percentiles,
    Spline,
    fit,
    interval,
    refuse_few,
    spline_of,
)
from trellis.diagnosis.growth import score as score_
from trellis.stats import TrellisNumbersError
from trellis.stats.gaussian import Array

Places = NDArray[np.int64]

# Below this many students percentiles are several points unsure, because coefficients are: by these
# points times sqrt(coefficients / students), as simulation shows (docs: calibration-growth.md).
CAREFUL_BELOW = 1000
POINTS = 44
NONE = -1


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores, a row for each student, year and subject.

    student, year, subject, grade : (n,) whole numbers; subject is a place in `subjects`
    score : (n,) finite
    error : (n,) conditional standard errors of measurement, not a number where none is known; None
        if the test gives none
    """

    student: Places
    year: Places
    subject: Places
    grade: Places
    score: Array
    subjects: tuple[str, ...]
    error: Array | None = None


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Names a cohort: students of a year, subject and grade with at least `order` priors."""

    subject: str
    year: int
    grade: int
    order: int

    def __str__(self) -> str:
        priors = "1 prior" if self.order == 1 else f"{self.order} priors"
        return f"{self.subject}, grade {self.grade}, {self.year}, {priors}"


@dataclass(frozen=True, slots=True)
class Cohort:
    """rows (n,) and priors (n, order), most recent first: places in the scores."""

    cell: Cell
    rows: Places
    priors: Places


@dataclass(frozen=True, slots=True)
class Growth:
    """What was found, a row for each score with growth.

    rows : (m,) places in the scores
    order : (m,) how many priors were used
    percentile : (m,) 1 to 99
    low, high : (m,) 95 % intervals from the tests' standard errors; None where none are known
    cautions : plain sentences that a reader must see beside it
    """

    rows: Places
    order: Places
    percentile: Percentiles
    low: Array | None
    high: Array | None
    cautions: tuple[str, ...]


def repeated(scores: Scores) -> tuple[int, int] | None:
    """Return two places of one student, year and subject, the first there are; None if none."""
    key, _ = _keys(scores)
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(np.diff(key[order]) == 0)
    if not len(same):
        return None
    second = same[np.argmin(order[same + 1])] + 1
    return int(order[second - 1]), int(order[second])


def cohorts(
    scores: Scores, max_order: int | None = None, year: int | None = None
) -> Iterator[Cohort]:
    """Yield every cohort, of one year or of all, fewer priors first within a grade.

    Raises
    ------
    TrellisNumbersError
        if a student has two scores in one year and subject
    """
    if repeated(scores):
        raise TrellisNumbersError("A student has two scores in one year and subject.")
    priors = _priors(scores, max_order)
    depth = np.sum(priors != NONE, axis=1)
    asked = depth > 0 if year is None else (depth > 0) & (scores.year == year)
    some = np.flatnonzero(asked)
    named = np.column_stack([scores.subject[some], scores.year[some], scores.grade[some]])
    for subject, when, grade in np.unique(named, axis=0):
        rows = some[(named == (subject, when, grade)).all(axis=1)]
        for k in range(1, int(depth[rows].max()) + 1):
            deep = rows[depth[rows] >= k]
            cell = Cell(scores.subjects[subject], int(when), int(grade), k)
            yield Cohort(cell, deep, priors[deep, :k])


def splines(
    scores: Scores, given: Mapping[tuple[str, int], Spline]
) -> dict[tuple[str, int], Spline | TrellisNumbersError]:
    """Return the spline of each subject and grade: as given, else from all scores of the grade."""
    found: dict[tuple[str, int], Spline | TrellisNumbersError] = dict(given)
    for subject, grade in np.unique(np.column_stack([scores.subject, scores.grade]), axis=0):
        name = scores.subjects[subject], int(grade)
        if name in found:
            continue
        these = scores.score[(scores.subject == subject) & (scores.grade == grade)]
        try:
            found[name] = spline_of(these)
        except TrellisNumbersError as why:
            found[name] = TrellisNumbersError(f"{why} in grade {grade}")
    return found


def fit_all(
    scores: Scores,
    among: Iterable[Cohort],
    given: Mapping[tuple[str, int], Spline],
) -> tuple[dict[Cell, Coefficients], tuple[str, ...]]:
    """Return the coefficients of every cohort that can be fitted, and why the others cannot."""
    bends = splines(scores, given)
    fitted: dict[Cell, Coefficients] = {}
    cautions = []
    for cohort in among:
        cell = cohort.cell
        try:
            refuse_few(len(cohort.rows), cell.order)
            own = [_known(bends[cell.subject, cell.grade - 1 - k]) for k in range(cell.order)]
            found = fit(scores.score[cohort.priors], scores.score[cohort.rows], own)
        except TrellisNumbersError as why:
            cautions.append(f"{cell}: {str(why).rstrip('.')}. {_instead(cell)}")
            continue
        fitted[cell] = found
        cautions += [f"{cell}: {text}" for text in _cautions(found)]
    return fitted, tuple(cautions)


def grow(scores: Scores, among: Sequence[Cohort], fitted: Mapping[Cell, Coefficients]) -> Growth:
    """Return everybody's growth percentile, from the most priors for which there is a fit."""
    rows, orders, percentiles, lows, highs, cautions = [], [], [], [], [], []
    best = np.zeros(len(scores.score), dtype=np.int64)
    for cohort in among:
        if cohort.cell in fitted:
            best[cohort.rows] = np.maximum(best[cohort.rows], cohort.cell.order)
    for cohort in among:
        mine = best[cohort.rows] == cohort.cell.order
        if cohort.cell not in fitted or not mine.any():
            continue
        coefficients = fitted[cohort.cell]
        own, priors = cohort.rows[mine], cohort.priors[mine]
        history = scores.score[priors]
        rows.append(own)
        orders.append(np.full(len(own), cohort.cell.order))
        percentiles.append(score_(coefficients, history, scores.score[own]))
        if scores.error is not None:
            low, high = _interval(coefficients, scores.score, scores.error, own, priors)
            lows.append(low)
            highs.append(high)
        cautions += [f"{cohort.cell}: {text}" for text in _outside(coefficients, history)]
    if not rows:
        empty = np.empty(0, dtype=np.int64)
        return Growth(empty, empty, empty, None, None, tuple(cautions))
    return Growth(
        np.concatenate(rows),
        np.concatenate(orders),
        np.concatenate(percentiles),
        np.concatenate(lows) if lows else None,
        np.concatenate(highs) if highs else None,
        tuple(cautions),
    )


def _interval(
    coefficients: Coefficients, score: Array, error: Array, own: Places, priors: Places
) -> tuple[Array, Array]:
    """Return intervals, not a number where a standard error is missing."""
    known = np.isfinite(error[own]) & np.isfinite(error[priors]).all(axis=1)
    low, high = np.full(len(own), np.nan), np.full(len(own), np.nan)
    rows, before = own[known], priors[known]
    low[known], high[known] = interval(
        coefficients, score[before], score[rows], error[before], error[rows]
    )
    return low, high


def _keys(scores: Scores) -> tuple[Places, int]:
    """Return a number for each student, subject and year, and by how many years those are apart.

    The number of the year before is one less, and never that of another student.
    """
    year = scores.year - scores.year.min()
    width = 2 * (int(year.max()) + 1)
    students = int(scores.student.max()) + 1
    return (scores.subject * students + scores.student) * width + width // 2 + year, width


def _priors(scores: Scores, max_order: int | None) -> Places:
    """Return the places (n, k) of the priors, most recent first, -1 where there is none."""
    key, width = _keys(scores)
    order = np.argsort(key, kind="stable")
    sorted_ = key[order]
    unbroken = np.ones(len(key), dtype=np.bool_)
    columns: list[Places] = []
    for k in range(1, width // 2):
        if max_order is not None and k > max_order:
            break
        place = np.minimum(np.searchsorted(sorted_, key - k), len(key) - 1)
        prior = order[place]
        unbroken &= (sorted_[place] == key - k) & (scores.grade[prior] == scores.grade - k)
        if not unbroken.any():
            break
        columns.append(np.where(unbroken, prior, NONE))
    return np.column_stack(columns) if columns else np.empty((len(key), 0), dtype=np.int64)


def _known(spline: Spline | TrellisNumbersError) -> Spline:
    if isinstance(spline, TrellisNumbersError):
        raise spline
    return spline


def _instead(cell: Cell) -> str:
    if cell.order == 1:
        return "Their growth is left out."
    fewer = "1 prior" if cell.order == 2 else f"{cell.order - 1} priors"
    return f"They are compared by {fewer} where that can be done."


def _cautions(found: Coefficients) -> Iterator[str]:
    if found.students < CAREFUL_BELOW:
        unsure = POINTS * np.sqrt(found.values.shape[1] / found.students)
        yield (
            f"{found.students} students are few for 100 quantiles; read these percentiles as "
            f"unsure by about {unsure:.0f} points."
        )
    if found.left_out:
        yield (
            f"the prior scores have too few different values for the whole spline, and "
            f"{found.left_out} of its columns were left out; SGP would stop here."
        )
    if found.not_unique:
        yield (
            f"for {found.not_unique} of the 100 quantiles another fit is as good, so that other "
            "programs may differ."
        )


def _outside(coefficients: Coefficients, history: Array) -> Iterator[str]:
    for k, spline in enumerate(coefficients.splines):
        if count := spline.outside(history[:, k]):
            yield (
                f"{count} prior scores lie outside the boundaries {spline.boundaries[0]:g} to "
                f"{spline.boundaries[1]:g}, where the curves only go on as they were heading; "
                "do not rely on these students' percentiles."
            )
