"""Quantile regression: by hand, equal to a plain linear program, proven optimal, never unsure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from trellis.stats import TrellisNumbersError, quantiles
from trellis.stats.gaussian import Array

# HiGHS stops at feasibilities of 1e-7, so that its loss is known to about that.
SAME_LOSS = 1e-6
EXACT = 1e-9  # rounding of a few thousand additions
PERCENTS = (np.arange(1, 101) - 0.5) / 100


def loss(design: Array, response: Array, weights: Array, tau: float, fitted: Array) -> float:
    rest = response - design @ fitted
    return float(weights @ (rest * (tau - (rest < 0))))


def least_loss(design: Array, response: Array, weights: Array, tau: float) -> float:
    """Return the least loss by the linear program as textbooks write it."""
    rows, columns = design.shape
    price = np.concatenate([np.zeros(columns), tau * weights, (1 - tau) * weights])
    equal = np.hstack([design, np.eye(rows), -np.eye(rows)])
    bounds = [(None, None)] * columns + [(0, None)] * (2 * rows)
    found = linprog(price, A_eq=equal, b_eq=response, bounds=bounds, method="highs")
    assert found.status == 0
    return float(found.fun)


def with_ones(*columns: Array) -> Array:
    return np.column_stack([np.ones(len(columns[0])), *columns])


def test_without_columns_the_fit_is_the_sample_quantile() -> None:
    response = np.array([7.0, 1.0, 5.0, 3.0, 9.0])

    fitted = quantiles.fit(np.ones((5, 1)), response, np.array([0.1, 0.3, 0.5, 0.9]))

    assert fitted.coefficients[:, 0].tolist() == [1.0, 3.0, 5.0, 9.0]
    assert fitted.gap <= EXACT
    assert fitted.not_unique == 0


def test_a_line_through_five_points_is_the_one_found_by_hand() -> None:
    # The median line through (0, 0), (1, 1), (2, 2), (3, 9), (4, 4) lets the 9 be.
    design = with_ones(np.arange(5.0))

    fitted = quantiles.fit(design, np.array([0.0, 1.0, 2.0, 9.0, 4.0]), np.array([0.5]))

    assert fitted.coefficients[0] == pytest.approx([0, 1], abs=EXACT)


def test_a_weight_counts_like_as_many_equal_rows() -> None:
    rng = np.random.default_rng(1)
    design, weights = with_ones(rng.normal(size=80)), rng.integers(1, 6, 80)
    response = np.round(10 * rng.normal(size=80))

    once = quantiles.fit(design, response, PERCENTS, weights.astype(float))
    each = quantiles.fit(np.repeat(design, weights, 0), np.repeat(response, weights), PERCENTS)

    for tau, one, other in zip(PERCENTS, once.coefficients, each.coefficients, strict=True):
        same = [loss(design, response, weights, tau, fitted) for fitted in (one, other)]
        assert same[0] == pytest.approx(same[1], rel=EXACT)


def test_an_even_number_of_rows_leaves_the_median_open_and_that_is_said() -> None:
    fitted = quantiles.fit(np.ones((4, 1)), np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.5, 0.6]))

    assert fitted.not_unique == 1
    assert 2 <= fitted.coefficients[0, 0] <= 4


def test_a_column_that_repeats_those_before_it_is_left_out_and_the_fit_stays() -> None:
    rng = np.random.default_rng(2)
    x, response = rng.normal(size=60), rng.normal(size=60)
    plain = quantiles.fit(with_ones(x), response, PERCENTS)

    more = quantiles.fit(with_ones(x, 2 - 3 * x, np.zeros(60)), response, PERCENTS)

    assert more.kept == (0, 1)
    assert more.coefficients[:, :2] == pytest.approx(plain.coefficients, abs=EXACT)
    assert not more.coefficients[:, 2:].any()


def test_taus_may_come_in_any_order_and_far_apart() -> None:
    rng = np.random.default_rng(3)
    design, response = with_ones(rng.normal(size=5000)), rng.normal(size=5000)
    taus = np.array([0.95, 0.02, 0.5])

    fitted = quantiles.fit(design, response, taus)

    alone = [quantiles.fit(design, response, np.array([tau])).coefficients[0] for tau in taus]
    assert fitted.coefficients == pytest.approx(np.array(alone), abs=EXACT)


def test_a_ceiling_that_many_reach_is_no_obstacle() -> None:
    rng = np.random.default_rng(4)
    x = np.round(rng.normal(0, 10, 3000))
    response = np.minimum(np.round(x + rng.normal(0, 5, 3000)), 6)
    design = with_ones(x, np.maximum(x, 0), np.maximum(x - 5, 0))

    fitted = quantiles.fit(design, response, PERCENTS)

    assert fitted.gap <= quantiles.WORST_GAP
    below = (response[:, None] < np.round(design @ fitted.coefficients.T, 6)).mean(axis=0)
    above = (response[:, None] > np.round(design @ fitted.coefficients.T, 6)).mean(axis=0)
    assert (below <= PERCENTS + EXACT).all()
    assert (above <= 1 - PERCENTS + EXACT).all()


@settings(max_examples=60, deadline=None)
@given(
    x=arrays(np.int64, st.tuples(st.integers(4, 25), st.just(2)), elements=st.integers(-3, 3)),
    seed=st.integers(0, 10_000),
    tau=st.sampled_from([0.005, 0.1, 0.25, 0.5, 0.75, 0.995]),
)
def test_the_loss_equals_that_of_a_plain_linear_program(x: Array, seed: int, tau: float) -> None:
    """Few different whole numbers: ties, repeated rows, dependent columns, several solutions."""
    rng = np.random.default_rng(seed)
    design = with_ones(*x.T.astype(float))
    response, weights = rng.integers(-4, 5, len(x)) * 1.0, rng.integers(1, 4, len(x)) * 1.0

    fitted = quantiles.fit(design, response, np.array([tau]), weights)

    least = least_loss(design, response, weights, tau)
    reached = loss(design, response, weights, tau, fitted.coefficients[0])
    assert reached == pytest.approx(least, rel=SAME_LOSS, abs=SAME_LOSS)
    assert fitted.gap <= quantiles.WORST_GAP


def test_a_thousand_rows_with_a_hundred_taus_equal_the_plain_linear_program() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=1000)
    design = with_ones(x, x**2, np.maximum(x, 0))
    response = np.round(20 * x + (5 + 3 * np.abs(x)) * rng.normal(size=1000))

    fitted = quantiles.fit(design, response, PERCENTS)

    ones = np.ones(1000)
    for place in (0, 1, 30, 50, 98, 99):
        least = least_loss(design, response, ones, PERCENTS[place])
        reached = loss(design, response, ones, PERCENTS[place], fitted.coefficients[place])
        assert reached == pytest.approx(least, rel=SAME_LOSS)


@pytest.mark.parametrize(
    ("design", "response", "tau", "weight"),
    [
        ([[1.0], [np.nan]], [1.0, 2.0], 0.5, 1.0),
        ([[1.0], [1.0]], [1.0, np.inf], 0.5, 1.0),
        ([[1.0], [1.0]], [1.0, 2.0], 1.0, 1.0),
        ([[1.0], [1.0]], [1.0, 2.0], 0.5, 0.0),
        ([[0.0], [0.0]], [1.0, 2.0], 0.5, 1.0),
        ([[1.0]], [1.0, 2.0], 0.5, 1.0),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    design: list[list[float]], response: list[float], tau: float, weight: float
) -> None:
    weights = np.full(len(response), weight)

    with pytest.raises(TrellisNumbersError):
        quantiles.fit(np.array(design), np.array(response), np.array([tau]), weights)
