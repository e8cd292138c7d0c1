"""Growth between the tests of a year: what counts before it, fair to all, honest about few."""

import numpy as np
import pytest

from trellis.diagnosis.class_growth import SPREAD, summarize
from trellis.diagnosis.growth import fit, score, spline_of
from trellis.diagnosis.term_growth import MIDDLE, TermGrowth, TermScores, grow_to_newest
from trellis.stats.gaussian import Array

FALL, WINTER, SPRING = 0, 1, 2
STUDENTS = 300
ERROR = 6.0
# 400 classes: two standard errors around .95.
LEAST_COVERED, MOST_COVERED = 0.928, 0.972


def a_grade(
    windows: list[tuple[int, int]],
    *,
    students: int = STUDENTS,
    grade: int = 4,
    first: int = 0,
    seed: int = 1,
) -> list[tuple[int, int, int, int, float]]:
    """Return rows (student, year, term, grade, score) of one grade as it moved up."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(500, 15, students)
    newest = windows[-1][0]
    return [
        (first + i, year, term, grade - newest + year, float(round(value)))
        for year, term in windows
        for i, value in enumerate(ability + rng.normal(0, ERROR, students) + 4 * term)
    ]


def scores(rows: list[tuple[int, int, int, int, float]], error: float = ERROR) -> TermScores:
    student, year, term, grade, value = (np.array(column) for column in zip(*rows, strict=True))
    return TermScores(student, year, term, grade, value, np.full(len(rows), error))


def of(grown: TermGrowth, told: TermScores, student: int) -> int:
    """Return where a student stands in what was found; -1 if she is not there."""
    places = np.flatnonzero(told.student[grown.rows] == student)
    return int(places[0]) if len(places) else -1


def test_the_tests_just_before_the_newest_are_what_growth_is_seen_against() -> None:
    told = scores(a_grade([(2025, WINTER), (2025, SPRING), (2026, FALL), (2026, WINTER)]))

    grown = grow_to_newest(told, 2026)

    assert len(grown.rows) == STUDENTS
    assert set(zip(told.year[grown.rows], told.term[grown.rows], strict=True)) == {(2026, WINTER)}
    assert set(zip(told.year[grown.before], told.term[grown.before], strict=True)) == {(2026, FALL)}
    assert (told.student[grown.rows] == told.student[grown.before]).all()
    assert set(grown.order) == {2}
    assert set(grown.among) == {STUDENTS}


def test_with_one_test_before_it_equals_percentiles_fitted_directly() -> None:
    told = scores(a_grade([(2026, FALL), (2026, WINTER)]))
    before, now = told.score[:STUDENTS], told.score[STUDENTS:]

    grown = grow_to_newest(told, 2026)

    plain = score(fit(before[:, None], now, [spline_of(before)]), before[:, None], now)
    expected = np.clip(plain + MIDDLE - plain.mean(), 1, 99)
    assert grown.percentile == pytest.approx(expected[told.student[grown.rows]])


def test_who_missed_the_test_just_before_has_no_growth() -> None:
    rows = a_grade([(2025, SPRING), (2026, FALL), (2026, WINTER)])
    told = scores([row for row in rows if row[:3] not in {(7, 2026, FALL), (8, 2025, SPRING)}])

    grown = grow_to_newest(told, 2026)

    assert of(grown, told, 7) == -1
    assert grown.order[of(grown, told, 8)] == 1


def test_who_repeats_a_grade_is_not_compared_by_the_tests_of_the_year_before() -> None:
    rows = a_grade([(2025, SPRING), (2026, FALL), (2026, WINTER)])
    told = scores([(s, y, t, 4, v) if s == 7 else (s, y, t, g, v) for s, y, t, g, v in rows])

    grown = grow_to_newest(told, 2026)

    assert grown.order[of(grown, told, 7)] == 1
    assert grown.order[of(grown, told, 9)] == 2


def test_a_grade_without_a_test_this_year_has_no_growth() -> None:
    told = scores(a_grade([(2025, WINTER), (2025, SPRING)]))

    assert len(grow_to_newest(told, 2026).rows) == 0


def test_a_few_stray_tests_are_no_window() -> None:
    rows = a_grade([(2026, FALL), (2026, WINTER)])
    told = scores([*rows, *((i, 2026, SPRING, 4, 500.0 + i) for i in range(20))])

    grown = grow_to_newest(told, 2026)

    assert len(grown.rows) == STUDENTS
    assert set(told.term[grown.rows]) == {WINTER}


def test_grades_are_compared_each_with_itself() -> None:
    fourth = a_grade([(2026, FALL), (2026, WINTER)], grade=4)
    fifth = a_grade([(2026, FALL), (2026, WINTER)], grade=5, first=1000, students=200, seed=2)
    told = scores([*fourth, *fifth])

    both, alone = grow_to_newest(told, 2026), grow_to_newest(scores(fifth), 2026)

    in_fifth = told.grade[both.rows] == 5
    assert set(both.among[in_fifth]) == {200}
    assert (both.percentile[in_fifth] == alone.percentile).all()


@pytest.mark.parametrize("earlier", [[(2026, FALL)], [(2025, SPRING), (2026, FALL)]])
def test_the_average_of_all_who_are_compared_is_fifty(earlier: list[tuple[int, int]]) -> None:
    grown = grow_to_newest(scores(a_grade([*earlier, (2026, WINTER)])), 2026)

    assert grown.percentile.mean() == pytest.approx(MIDDLE, abs=0.5)  # what the ends clip


def test_too_few_students_in_a_grade_give_nobody_a_figure() -> None:
    told = scores(a_grade([(2026, FALL), (2026, WINTER)], students=60))

    assert len(grow_to_newest(told, 2026).rows) == 0


def test_no_tests_at_all_give_nobody_a_figure() -> None:
    none = np.empty(0, dtype=np.int64)

    grown = grow_to_newest(TermScores(none, none, none, none, np.empty(0), np.empty(0)), 2026)

    assert len(grown.rows) == 0


def test_what_the_tests_leave_open_is_said_only_where_their_errors_are_known() -> None:
    rows = a_grade([(2026, FALL), (2026, WINTER)])

    known, unknown = (grow_to_newest(scores(rows, e), 2026) for e in (ERROR, float("nan")))

    assert 20 < np.median(known.half) < 49
    assert np.isnan(unknown.half).all()
    assert (known.percentile == unknown.percentile).all()


def test_classes_that_do_not_differ_lie_within_their_interval_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(3)
    covered: list[bool] = []
    for seed in range(4):
        told = scores(a_grade([(2025, SPRING), (2026, FALL), (2026, WINTER)], seed=seed))
        percentile = grow_to_newest(told, 2026).percentile
        covered += [_holds_the_middle(rng.choice(percentile, 22)) for _ in range(100)]

    assert LEAST_COVERED <= np.mean(covered) <= MOST_COVERED


def _holds_the_middle(percentile: Array) -> bool:
    found = summarize(percentile.tolist()).mean
    half = 1.96 * SPREAD / np.sqrt(len(percentile))
    assert found.interval.high - found.value == pytest.approx(half, abs=1e-3)
    return found.interval.low <= MIDDLE <= found.interval.high
