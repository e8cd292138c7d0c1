"""An estimate cannot exist without its interval, its n and its design."""

import pytest

from trellis.stats import Estimate, Interval, TrellisNumbersError


def test_a_normal_interval_at_eighty_percent_reaches_1_28_standard_deviations() -> None:
    interval = Interval.normal(2.0, 0.5, 0.80)

    assert interval.low == pytest.approx(2.0 - 1.2816 * 0.5, abs=1e-4)
    assert interval.high == pytest.approx(2.0 + 1.2816 * 0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("n", "design", "value"),
    [(0, "visits", 1.0), (3, "", 1.0), (3, "visits", 5.0)],
    ids=["nothing behind it", "no design", "outside its own interval"],
)
def test_an_estimate_without_its_warrant_is_refused(n: int, design: str, value: float) -> None:
    with pytest.raises(TrellisNumbersError):
        Estimate(value, Interval(0.0, 2.0, 0.8), n, design)


@pytest.mark.parametrize(("low", "high", "level"), [(2.0, 1.0, 0.8), (0.0, 1.0, 1.0)])
def test_an_impossible_interval_is_refused(low: float, high: float, level: float) -> None:
    with pytest.raises(TrellisNumbersError):
        Interval(low, high, level)
