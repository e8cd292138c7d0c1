"""Cohorts: who is compared with whom, by how many priors, and what is said where that fails."""

import numpy as np
import pytest

from trellis.diagnosis.cohorts import NONE, Cell, Cohort, Scores, cohorts, fit_all, grow, repeated
from trellis.diagnosis.growth import Spline, fit, score, spline_of
from trellis.stats import TrellisNumbersError

Row = tuple[int, int, int, float]


def scores(rows: list[Row], error: float | None = None) -> Scores:
    """Rows of (student, year, grade, score) in one subject."""
    table = np.array(rows)
    student, year, grade = (table[:, k].astype(np.int64) for k in range(3))
    known = None if error is None else np.full(len(rows), error)
    return Scores(student, year, np.zeros_like(year), grade, table[:, 3], ("MATH",), known)


def world(n: int, with_third: int) -> Scores:
    """Three years of one cohort; only the first `with_third` students were tested in grade 3."""
    rng = np.random.default_rng(1)
    ability = rng.normal(size=n)
    rows = []
    for k in range(3):
        tested = np.arange(with_third if k == 0 else n)
        points = np.round(500 + 50 * ability[tested] + 20 * rng.normal(size=len(tested)))
        rows += [(i, 2022 + k, 3 + k, x) for i, x in zip(tested.tolist(), points, strict=True)]
    return scores(rows, error=10.0)


def found(some: Scores, **asked: int) -> list[Cohort]:
    return list(cohorts(some, **asked))


def test_priors_are_of_the_year_and_grade_before_most_recent_first() -> None:
    some = scores([(1, 2022, 3, 10), (1, 2024, 5, 30), (1, 2023, 4, 20), (2, 2023, 4, 21)])

    first, second, third = found(some)

    assert first.cell == Cell("MATH", 2023, 4, 1)
    assert first.rows.tolist() == [2]
    assert first.priors.tolist() == [[0]]
    assert second.cell == Cell("MATH", 2024, 5, 1)
    assert second.priors.tolist() == [[2]]
    assert third.cell == Cell("MATH", 2024, 5, 2)
    assert third.priors.tolist() == [[2, 0]]


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 2022, 3, 1.0), (1, 2023, 3, 2)],  # repeats the grade
        [(1, 2022, 3, 1.0), (1, 2023, 5, 2)],  # skips a grade
        [(1, 2022, 3, 1.0), (1, 2024, 4, 2)],  # a year without a score
        [(1, 2023, 4, 1.0), (2, 2024, 5, 2)],  # another student
    ],
)
def test_without_the_year_and_grade_before_there_is_no_cohort(rows: list[Row]) -> None:
    assert not found(scores(rows))


def test_who_repeated_a_grade_has_the_priors_since() -> None:
    rows: list[Row] = [(1, 2021, 3, 1), (1, 2022, 4, 2), (1, 2023, 4, 3), (1, 2024, 5, 4)]

    last = found(scores(rows), year=2024)

    assert [one.cell.order for one in last] == [1]
    assert last[0].priors.tolist() == [[2]]


def test_no_more_priors_are_used_than_asked() -> None:
    rows: list[Row] = [(1, 2021 + k, 3 + k, k) for k in range(4)]

    assert {one.cell.order for one in found(scores(rows))} == {1, 2, 3}
    assert {one.cell.order for one in found(scores(rows), max_order=2)} == {1, 2}


def test_two_scores_in_one_year_are_refused() -> None:
    some = scores([(1, 2023, 4, 1), (2, 2023, 4, 5), (1, 2024, 5, 2), (1, 2023, 4, 3)])

    assert repeated(some) == (0, 3)
    with pytest.raises(TrellisNumbersError, match="two scores"):
        found(some)


def test_a_percentile_comes_from_the_most_priors_that_a_student_has() -> None:
    some = world(900, with_third=500)
    among = found(some, year=2024)

    growth = grow(some, among, fit_all(some, among, {})[0])

    order = dict(zip(some.student[growth.rows].tolist(), growth.order.tolist(), strict=True))
    assert len(order) == 900
    assert [order[i] for i in (0, 499, 500, 899)] == [2, 2, 1, 1]
    by_one = next(one for one in among if one.cell.order == 1)
    history, current = some.score[by_one.priors], some.score[by_one.rows]
    alone = score(fit(history, current, [spline_of(history[:, 0])]), history, current)
    expected = dict(zip(some.student[by_one.rows].tolist(), alone.tolist(), strict=True))
    mine = growth.order == 1
    students = some.student[growth.rows[mine]].tolist()
    assert growth.percentile[mine].tolist() == [expected[i] for i in students]


def test_a_cohort_too_small_for_two_priors_is_compared_by_one_and_told() -> None:
    some = world(400, with_third=60)
    among = found(some, year=2024)

    fitted, cautions = fit_all(some, among, {})
    growth = grow(some, among, fitted)

    assert set(growth.order.tolist()) == {1}
    assert len(growth.rows) == 400
    assert any(
        "2 priors: students with these scores are too few, 60" in one
        and "compared by 1 prior" in one
        for one in cautions
    )
    assert any("400 students are few" in one and "about 6 points" in one for one in cautions)


def test_constant_scores_of_a_grade_are_named_and_left_out() -> None:
    some = world(300, with_third=300)
    some.score[some.grade == 4] = 500

    fitted, cautions = fit_all(some, found(some, year=2024), {})

    assert not fitted
    assert "MATH, grade 5, 2024, 1 prior: all 300 scores are 500 in grade 4." in cautions[0]
    assert not len(grow(some, found(some, year=2024), fitted).rows)


def test_scores_outside_given_boundaries_are_counted_in_a_caution() -> None:
    some = world(300, with_third=0)
    narrow = Spline((480.0, 495, 505, 520), (450.0, 550.0))
    among = found(some, year=2024)

    growth = grow(some, among, fit_all(some, among, {("MATH", 4): narrow})[0])

    prior = some.score[some.grade == 4]
    outside = int(np.sum((prior < 450) | (prior > 550)))
    assert any(f"{outside} prior scores lie outside" in one for one in growth.cautions)


def test_scores_with_few_different_values_are_fitted_with_a_caution() -> None:
    some = world(2000, with_third=0)
    some.score[some.grade == 4] = np.clip(np.round(some.score[some.grade == 4] / 50), 9, 11)
    among = found(some, year=2024)

    fitted, cautions = fit_all(some, among, {})

    assert any("too few different values" in one for one in cautions)
    assert len(grow(some, among, fitted).rows) == 2000


def test_a_standard_error_that_is_missing_leaves_the_interval_out() -> None:
    some = world(300, with_third=0)
    assert some.error is not None
    some.error[some.student == 7] = np.nan
    among = found(some, year=2024)

    growth = grow(some, among, fit_all(some, among, {})[0])

    assert growth.low is not None
    assert growth.high is not None
    missing = some.student[growth.rows] == 7
    assert np.isnan(growth.low[missing]).all()
    others = ~missing
    assert (growth.low[others] <= growth.percentile[others]).all()
    assert (growth.high[others] >= growth.percentile[others]).all()
    assert NONE not in growth.rows
