"""Say how students grew to the newest test of a school year, given their one or two tests before.

Growth percentiles by `trellis.diagnosis.cohorts`, which counts years: here a "year" is one testing
window (fall, winter or spring) and a "grade" a path, the students who moved up together. So a
student's priors are her tests in the windows just before, and who repeated or skipped a grade in
between, or missed a window, has none there. Docs: docs/methods/class-growth.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trellis.diagnosis.cohorts import Cohort, Growth, Scores, cohorts, fit_all, grow
from trellis.stats.gaussian import Array

Places = NDArray[np.int64]

TERMS = ("fall", "winter", "spring")  # of a school year, in order
# A second test steadies where a student stood. In the demonstration's grades of about 450 students
# a third foresaw held-out scores worse than two did: it asks for more than they can tell.
MOST_PRIORS = 2
# A window counts for a grade from this share of its largest: stray make-up tests are none, and one
# for which only some schools' files have come would compare with those alone.
FULL_WINDOW = 0.5
NEWEST = 1000  # the newest window of a path as a "year"; the one before it is one less
PATHS_APART = 10_000  # so that no "grade" of one path is that of another
MIDDLE, LOWEST, HIGHEST = 50.0, 1.0, 99.0


@dataclass(frozen=True, slots=True)
class TermScores:
    """Scores of one test in one subject, at most one for each student and window.

    student, year, grade : (n,) whole numbers; year is that in which the school year ends
    term : (n,) places in TERMS
    score : (n,) finite
    error : (n,) standard errors of measurement, not a number where none is known
    """

    student: Places
    year: Places
    term: Places
    grade: Places
    score: Array
    error: Array


@dataclass(frozen=True, slots=True)
class TermGrowth:
    """Growth of students, a row for each.

    rows : (m,) places of their newest scores
    before : (m,) places of their scores in the window just before
    order : (m,) how many earlier scores were used, 1 or 2
    percentile : (m,) 1 to 99; the average over everybody compared is 50
    half : (m,) half the 95 % interval that the tests' own errors leave; not a number if unknown
    among : (m,) how many students of the same grade were compared
    """

    rows: Places
    before: Places
    order: Places
    percentile: Array
    half: Array
    among: Places


def grow_to_newest(scores: TermScores, year: int) -> TermGrowth:
    """Return growth to each grade's newest window, if it lies in `year`; nobody's otherwise.

    Grades with too few students for a fit are left out; nothing is raised for them.
    """
    kept, window = _windows(scores, year)
    path = scores.grade - scores.year
    found = Scores(
        student=np.unique(scores.student[kept], return_inverse=True)[1].astype(np.int64),
        year=window,
        subject=np.zeros(len(kept), dtype=np.int64),
        grade=path[kept] * PATHS_APART + window,
        score=scores.score[kept],
        subjects=("",),
        error=scores.error[kept],
    )
    if not len(kept):
        return _nobody()
    among = list(cohorts(found, MOST_PRIORS, NEWEST))
    fitted, _cautions = fit_all(found, among, {})
    grown = grow(found, among, fitted)
    if not len(grown.rows):
        return _nobody()
    before, size = _first_priors(among, len(kept))
    return TermGrowth(
        rows=kept[grown.rows],
        before=kept[before[grown.rows]],
        order=grown.order,
        percentile=_around_the_middle(grown, found.grade[grown.rows]),
        half=_half(grown),
        among=size[grown.rows],
    )


def _windows(scores: TermScores, year: int) -> tuple[Places, Places]:
    """Return the places of scores in windows that count, and each one's window, the newest 1000.

    Only paths whose newest window lies in `year` are there.
    """
    path = scores.grade - scores.year
    when = scores.year * len(TERMS) + scores.term
    kept, windows = [], []
    for one in np.unique(path):
        here = np.flatnonzero(path == one)
        which, place, count = np.unique(when[here], return_inverse=True, return_counts=True)
        full = count >= FULL_WINDOW * count.max()
        if which[full][-1] // len(TERMS) != year:
            continue
        number = NEWEST - full.sum() + np.cumsum(full)
        mine = full[place]
        kept.append(here[mine])
        windows.append(number[place[mine]])
    if not kept:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(kept), np.concatenate(windows)


def _first_priors(among: list[Cohort], scores: int) -> tuple[Places, Places]:
    """Return for each score the place of the one before it, and how many have one like it."""
    before = np.zeros(scores, dtype=np.int64)
    size = np.zeros(scores, dtype=np.int64)
    for cohort in among:
        if cohort.cell.order == 1:
            before[cohort.rows] = cohort.priors[:, 0]
            size[cohort.rows] = len(cohort.rows)
    return before, size


def _around_the_middle(grown: Growth, path: Places) -> Array:
    """Return percentiles whose average over all who were compared alike is 50.

    A score that a fitted quantile runs through is not counted as above it, and with some hundred
    students that takes a point or two off everybody's average.
    """
    percentile = grown.percentile.astype(np.float64)
    alike = np.unique(np.column_stack([path, grown.order]), axis=0, return_inverse=True)[1].ravel()
    mean = np.bincount(alike, percentile) / np.bincount(alike)
    return np.clip(percentile + MIDDLE - mean[alike], LOWEST, HIGHEST)


def _half(grown: Growth) -> Array:
    if grown.low is None or grown.high is None:
        return np.full(len(grown.rows), np.nan)
    return (grown.high - grown.low) / 2


def _nobody() -> TermGrowth:
    none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
    return TermGrowth(none, none, none, nothing, nothing, none)
