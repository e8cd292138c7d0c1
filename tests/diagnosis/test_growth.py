"""Student growth percentiles: by hand, equal to counting, equal to R, honest about little data."""

import csv
from pathlib import Path

import numpy as np
import pytest

from trellis.diagnosis.growth import (
    DIGITS,
    TAUS,
    Coefficients,
    Spline,
    basis,
    fit,
    interval,
    score,
    spline_of,
)
from trellis.stats import TrellisNumbersError
from trellis.stats.gaussian import Array

DATA = Path(__file__).parent / "data"
SAME_BASIS = 1e-12  # rounding of a few products
IDENTICAL = 0.999  # the bar; of R's fits none is called possibly not unique, so all should be
SIMULATED = (
    4.0  # points: first-order errors of priors against 2,000 draws, on average over students
)


def stored(name: str) -> dict[str, Array]:
    with (DATA / name).open() as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([float(row[column] or "nan") for row in rows]) for column in rows[0]}


def cohort(n: int, seed: int = 1) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=n)
    history = np.column_stack([ability + 0.4 * rng.normal(size=n) for _ in range(2)])
    current = ability + 0.4 * rng.normal(size=n)
    return np.round(500 + 60 * history), np.round(520 + 60 * current)


def fitted(history: Array, current: Array) -> Coefficients:
    return fit(history, current, [spline_of(column) for column in history.T])


def test_knots_and_boundaries_of_ten_steps_are_those_found_by_hand() -> None:
    assert spline_of(np.arange(11.0)) == Spline((2.0, 4.0, 6.0, 8.0), (-1.0, 11.0))
    assert spline_of(np.array([0, 1, 2, 3, 4, 5.00049])).boundaries == (-0.5, 5.501)


def test_the_basis_is_that_of_r_inside_and_outside_the_boundaries() -> None:
    r = stored("growth_basis.csv")
    spline = Spline((410.2, 440.0, 440.0, 501.125), (232.5, 760.0))

    found = basis(r["x"], spline)

    expected = np.column_stack([r[f"b{k}"] for k in range(1, 8)])
    assert found == pytest.approx(expected, abs=SAME_BASIS)


def test_a_percentile_counts_the_rounded_predictions_below_the_score() -> None:
    spline = Spline((2.0, 4.0, 6.0, 8.0), (-1.0, 11.0))
    values = np.zeros((100, 8))
    values[:, 0] = np.arange(100) + 0.4 * 10.0**-DIGITS  # rounds to the whole number
    known = Coefficients((spline,), values, 1000, 0.0, 0, 0)
    current = np.array([-5.0, 0.0, 1.0, 50.0, 50.5, 98.5, 400.0])

    found = score(known, np.full((7, 1), 5.0), current)

    assert found.tolist() == [1, 1, 1, 50, 51, 99, 99]


def test_with_few_different_histories_a_percentile_is_the_place_among_equals() -> None:
    """A spline with as many columns as histories fits each apart: plain sample quantiles."""
    rng = np.random.default_rng(3)
    history = np.repeat(np.arange(5.0), 331)[:, None]  # 331 x tau is never whole
    current = rng.permutation(5 * 331) * 1.0

    found = score(fitted(history, current), history, current)

    for value in range(5):
        same = history[:, 0] == value
        cuts = np.quantile(current[same], TAUS, method="inverted_cdf")
        counted = (cuts < current[same, None]).sum(axis=1)
        assert found[same].tolist() == np.clip(counted, 1, 99).tolist()


@pytest.mark.parametrize("order", [1, 2])
def test_percentiles_are_those_of_r(order: int) -> None:
    r = stored("growth_cohort.csv")
    splines = [spline_of(r["g4"]), spline_of(r["g3"][np.isfinite(r["g3"])])][:order]
    history = np.column_stack([r["g4"], r["g3"]])[:, :order]
    some = np.isfinite(history).all(axis=1)

    coefficients = fit(history[some], r["g5"][some], splines)
    found = score(coefficients, history[some], r["g5"][some])

    assert np.mean(found == r[f"sgp{order}"][some]) >= IDENTICAL
    assert coefficients.not_unique == 0


def test_percentiles_are_spread_evenly_whatever_the_history() -> None:
    history, current = cohort(4000)

    found = score(fitted(history, current), history, current)

    for group in np.array_split(np.argsort(history[:, 0]), 4):
        assert np.mean(found[group]) == pytest.approx(50, abs=1)
    assert np.bincount(found, minlength=100)[2:99].std() < 2  # 40 students each, but for ties


def test_fitted_coefficients_apply_to_students_who_were_not_fitted() -> None:
    history, current = cohort(3000)
    others, theirs = cohort(2000, seed=2)

    found = score(fitted(history, current), others, theirs)

    assert np.mean(found) == pytest.approx(50, abs=2)
    assert found.min() >= 1
    assert found.max() <= 99


def test_the_interval_of_a_student_is_what_testing_again_would_show() -> None:
    history, current = cohort(3000)
    coefficients = fitted(history, current)
    some, rng = slice(0, 60), np.random.default_rng(4)
    errors = np.full((60, 2), 12.0), np.full(60, 15.0)

    low, high = interval(coefficients, history[some], current[some], *errors)

    again = np.array([
        score(
            coefficients,
            history[some] + rng.normal(size=(60, 2)) * errors[0],
            current[some] + rng.normal(size=60) * errors[1],
        )
        for _ in range(2000)
    ])  # fmt: skip
    assert np.abs(low - np.quantile(again, 0.025, axis=0)).mean() < SIMULATED
    assert np.abs(high - np.quantile(again, 0.975, axis=0)).mean() < SIMULATED
    assert (low <= score(coefficients, history[some], current[some])).all()


def test_too_few_students_are_refused_and_the_number_needed_is_said() -> None:
    history, current = cohort(149)

    with pytest.raises(TrellisNumbersError, match="too few, 149 where at least 150"):
        fitted(history, current)


def test_scores_that_are_all_the_same_are_refused() -> None:
    history, current = cohort(200)

    with pytest.raises(TrellisNumbersError, match="all 200 scores are 500"):
        spline_of(np.full(200, 500.0))
    with pytest.raises(TrellisNumbersError, match="all 200 scores of the year are 7"):
        fitted(history, np.full_like(current, 7))


@pytest.mark.parametrize(
    ("knots", "boundaries"),
    [((1.0, 2, 3, 4), (5.0, 5.0)), ((2.0, 1, 3, 4), (0, 5)), ((1.0, 2, 3, 9), (0, 5))],
)
def test_knots_that_do_not_ascend_between_boundaries_are_refused(
    knots: tuple[float, ...], boundaries: tuple[float, float]
) -> None:
    with pytest.raises(TrellisNumbersError, match="ascend"):
        Spline(knots, boundaries)
