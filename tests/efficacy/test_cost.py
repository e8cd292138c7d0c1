"""What a program costs in full, and what an effect costs."""

import numpy as np
import pytest
from scipy import stats

from trellis.efficacy import cost
from trellis.efficacy.cost import Cost, Ingredient, NoRatioYet, Ratio
from trellis.efficacy.effects import Design, Effect

INGREDIENTS = (
    Ingredient("Coach, salary and benefits", "staff", 1000, "hours", 86.0, 2025, "payroll"),
    Ingredient("Teachers' own time", "teacher time", 880, "hours", 54.0, 2025, "payroll"),
)


def an_effect(estimate: float, error: float) -> Effect:
    half = 1.98 * error
    return Effect(
        estimate,
        estimate - half,
        estimate + half,
        error,
        110.0,
        120,
        60,
        60,
        120,
        60,
        Design.LOTTERY,
    )


def the_cost() -> Cost:
    found = cost.full_cost(INGREDIENTS, teachers=40, hours=880)
    assert found is not None
    return found


def test_teachers_own_time_counts() -> None:
    found = the_cost()

    assert found.total_usd == 86_000 + 47_520
    assert found.teacher_time_usd == 47_520
    assert found.per_teacher_usd == pytest.approx(133_520 / 40)
    assert found.per_hour_usd == pytest.approx(133_520 / 880)


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert cost.full_cost((), teachers=40, hours=1) is None
    assert cost.full_cost(INGREDIENTS, teachers=0, hours=1) is None
    found = cost.full_cost(INGREDIENTS, teachers=4, hours=0)
    assert found is not None
    assert found.per_hour_usd is None


def test_the_price_of_a_tenth_has_the_interval_of_the_effect_turned_over() -> None:
    effect = an_effect(0.40, 0.10)

    found = cost.per_tenth(the_cost(), effect, rng=np.random.default_rng(1))

    assert isinstance(found, Ratio)
    assert found.estimate_usd == pytest.approx(3338 * 0.1 / 0.4)
    reach = float(stats.t.ppf(0.975, 110)) * 0.10
    # 20,000 simulations: the ends of the interval are known to about three percent.
    assert found.low_usd == pytest.approx(333.8 / (0.4 + reach), rel=0.03)
    assert found.high_usd == pytest.approx(333.8 / (0.4 - reach), rel=0.05)


def test_where_a_gain_is_doubtful_there_is_no_ratio_yet() -> None:
    found = cost.per_tenth(the_cost(), an_effect(0.10, 0.10), rng=np.random.default_rng(1))

    assert isinstance(found, NoRatioYet)
    assert found.chance_of_no_gain == pytest.approx(stats.t.sf(1, 110))


def test_the_upper_end_stays_open_where_no_gain_is_still_possible() -> None:
    # P(no gain) = .03: small enough for a price, too large for an upper end.
    found = cost.per_tenth(the_cost(), an_effect(0.19, 0.10), rng=np.random.default_rng(1))

    assert isinstance(found, Ratio)
    assert found.high_usd is None
