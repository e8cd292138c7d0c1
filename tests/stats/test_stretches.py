"""Ratios along a sequence carry a range that holds also where neighbors hang together."""

import numpy as np
import pytest
from scipy.stats import t as student

from trellis.stats import TrellisNumbersError
from trellis.stats.stretches import FEWEST, STRETCHES, Array, mean, median, share

ALMOST = 1e-12  # the same sums in another order
RUNS = 600
# 95 % of 600 runs: within 2.5 points, as two and a half standard errors of the simulation.
NEAR = (0.925, 0.975)


def test_a_share_by_hand() -> None:
    parts = np.array([1.0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0])

    found = share(parts, np.ones(16))

    # Eight stretches of two with 1 2 0 1 2 1 0 0 of seven: rests of 2 * 7/16 = 0.875 each.
    rests = np.array([1, 2, 0, 1, 2, 1, 0, 0]) - 0.875
    variance = 8 / 7 * (rests**2).sum() / 16**2
    effective = min(16, 7 / 16 * 9 / 16 / variance)
    z = student.ppf(0.975, 7)
    low, high = wilson(7 / 16, effective, z)
    assert found.value == 7 / 16
    assert found.effective == pytest.approx(effective, abs=ALMOST)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=ALMOST)


def wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Solve (p - x)^2 = z^2 x (1 - x) / n for x: the interval as Wilson states it."""
    a, b, c = 1 + z**2 / n, -(2 * p + z**2 / n), p**2
    root = (b**2 - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def test_none_and_all_have_a_range_too() -> None:
    none, whole = share(np.zeros(20), np.ones(20)), share(np.ones(20), np.ones(20))

    assert none.value == none.interval.low == 0
    assert 0 < none.interval.high < 0.5
    assert whole.value == whole.interval.high == 1


def test_what_hangs_together_counts_for_less() -> None:
    mixed, in_runs = np.tile([0.0, 1.0], 40), np.repeat([0.0, 1.0, 0.0, 1.0], 20)

    assert share(in_runs, np.ones(80)).effective < share(mixed, np.ones(80)).effective / 5


def test_too_few_units_have_no_range() -> None:
    few = np.ones(FEWEST - 1)
    for wanted in (lambda: share(few, few), lambda: mean(few), lambda: median(few[:5])):
        with pytest.raises(TrellisNumbersError):
            wanted()
    with pytest.raises(TrellisNumbersError):
        share(np.zeros(FEWEST), np.zeros(FEWEST))


def test_a_median_lies_between_two_of_its_values() -> None:
    value, interval = median(np.arange(1.0, 11.0))

    # Of ten values the second and the ninth hold the median 97.9 % of the time.
    assert (value, interval.low, interval.high) == (5.5, 2, 9)


def a_chain(rng: np.random.Generator, n: int, p: float, stays: float) -> Array:
    """Return yes and no in a row; each stays as the one before with a chance, else is drawn."""
    drawn = rng.random(n) < p
    fresh = rng.random(n) >= stays
    fresh[0] = True
    last = np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    return drawn[last].astype(np.float64)


@pytest.mark.parametrize(("n", "p", "stays"), [(60, 0.3, 0.0), (120, 0.25, 0.3)])
def test_the_range_of_a_share_holds_the_truth(n: int, p: float, stays: float) -> None:
    rng = np.random.default_rng(11)

    held = [share(a_chain(rng, n, p, stays), np.ones(n)).interval.holds(p) for _ in range(RUNS)]

    assert NEAR[0] <= np.mean(held) <= NEAR[1]
    assert STRETCHES == 8
