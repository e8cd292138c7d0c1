"""Growth of a class: intervals by hand, and no summary of a few."""

import numpy as np
import pytest
from scipy.stats import binom

from trellis.diagnosis.class_growth import summarize
from trellis.stats import TrellisNumbersError

HAND = 0.01  # the intervals are worked out to two digits


def test_the_mean_of_24_students_is_known_to_within_11_6() -> None:
    found = summarize([47] * 24).mean

    assert found.value == 47
    assert found.interval.low == pytest.approx(47 - 11.55, abs=HAND)
    assert found.interval.high == pytest.approx(47 + 11.55, abs=HAND)
    assert found.n == 24


def test_the_median_of_20_lies_between_the_order_statistics_found_by_hand() -> None:
    # P(B <= 5) = .0207 and P(B <= 6) = .0577: the 6th of 20 covers .9586, the 7th .8847.
    # part = .0086 / .0739 = .1170; share = 14 x .117 / (6 + 8 x .117) = .2362.
    found = summarize([*range(5, 100, 5), 99]).median

    assert found.value == 52.5
    assert found.interval.low == pytest.approx(30 + 5 * 0.2362, abs=HAND)
    assert found.interval.high == pytest.approx(75 - 5 * 0.2362, abs=HAND)


@pytest.mark.parametrize("n", [10, 11, 24, 57])
def test_the_interval_of_a_median_lies_between_the_two_nearest_binomial_ones(n: int) -> None:
    found = np.linspace(2, 98, n)
    covers = [1 - 2 * binom.cdf(k - 1, n, 0.5) for k in range(1, n // 2 + 1)]
    outer = max(k for k, share in enumerate(covers, 1) if share >= 0.95)

    low = summarize(found.tolist()).median.interval.low

    assert found[outer - 1] <= low <= found[outer]


def test_fewer_than_ten_students_are_not_summed_up() -> None:
    with pytest.raises(TrellisNumbersError, match="9 students"):
        summarize([50] * 9)


def test_what_is_no_percentile_is_refused() -> None:
    with pytest.raises(TrellisNumbersError, match="between 1 and 99"):
        summarize([50] * 10 + [100])
