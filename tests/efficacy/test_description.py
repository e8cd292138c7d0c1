"""Change without a comparison, and how alike groups were at the start."""

import numpy as np
import pytest
from scipy import stats

from trellis.efficacy import balance, before_after
from trellis.efficacy.effects import CannotEstimate, Design, Effect


def test_a_change_is_the_paired_difference_in_standard_deviations_of_before() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(2, 0.5, 40)
    after = before + rng.normal(0.2, 0.3, 40)

    found = before_after.describe(before, np.append(after[:-1], np.nan))

    assert isinstance(found, Effect)
    b, a = before[:-1], after[:-1]
    test = stats.ttest_rel(a, b).confidence_interval()
    assert (found.low, found.high) == pytest.approx(np.array(test) / np.std(b, ddof=1))
    assert found.design is Design.BEFORE_AFTER
    assert "Description only" in found.caveats[0]


def test_one_teacher_is_no_description() -> None:
    found = before_after.describe(np.array([1.0]), np.array([2.0]))

    assert isinstance(found, CannotEstimate)


def test_hedges_g_of_a_case_worked_by_hand() -> None:
    # Means 3 and 2, both sums of squares 2: pooled variance 4/4 = 1, correction for 4 df .7979.
    values = np.array([2.0, 3, 4, 1, 2, 3])

    found = balance.hedges_g("practice", values, np.array([1, 1, 1, 0, 0, 0], dtype=bool))

    assert found is not None
    assert found.g == pytest.approx(0.79788, abs=1e-5)
    assert (found.treated, found.comparison) == (3, 3)


def test_balance_says_nothing_where_a_side_is_empty() -> None:
    values = np.array([1.0, np.nan, np.nan])

    assert balance.hedges_g("x", values, np.array([True, False, False])) is None
