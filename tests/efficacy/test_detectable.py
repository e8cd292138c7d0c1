"""The smallest effect that a design could see, before it starts."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from trellis.efficacy import detectable
from trellis.efficacy.effects import Outcome


def test_equal_blocks_give_the_published_blocked_formula() -> None:
    found = detectable.within_blocks(np.full(10, 6), np.full(10, 4), Outcome.PRACTICE)

    assert found is not None
    df = 100 - 10 - 2
    m = stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df)
    assert found.effect == pytest.approx(m * sqrt((1 - 0.4) / (0.6 * 0.4 * 10 * 10)))
    assert (found.treated, found.comparison, found.degrees_of_freedom) == (60, 40, df)


def test_a_hundred_a_side_with_a_baseline_see_what_the_literature_says() -> None:
    # 100 teachers an arm, practice with a baseline: about .30 standard deviations.
    found = detectable.within_blocks(np.full(20, 5), np.full(20, 5), Outcome.PRACTICE)

    assert found is not None
    assert found.effect == pytest.approx(0.30, abs=0.02)


def test_a_school_that_drew_everyone_adds_nothing() -> None:
    with_it = detectable.within_blocks(np.array([5, 5, 9]), np.array([5, 5, 0]), Outcome.PRACTICE)
    without = detectable.within_blocks(np.array([5, 5]), np.array([5, 5]), Outcome.PRACTICE)

    assert with_it == without


def test_whole_schools_follow_the_two_level_formula_and_see_less() -> None:
    found = detectable.whole_schools(6, 6, 25)

    assert found is not None
    m = stats.t.ppf(0.975, 9) + stats.t.ppf(0.8, 9)
    variance = 0.15 * 0.5 / (0.25 * 12) + 0.85 * 0.5 / (0.25 * 12 * 25)
    assert found.effect == pytest.approx(m * sqrt(variance))


@pytest.mark.parametrize(("started", "waiting"), [(0, 12), (3, 0), (1, 2)])
def test_too_few_schools_can_see_nothing(started: int, waiting: int) -> None:
    assert detectable.whole_schools(started, waiting, 25) is None


def test_no_contested_seat_can_see_nothing() -> None:
    assert detectable.within_blocks(np.array([3]), np.array([0]), Outcome.MATH) is None
