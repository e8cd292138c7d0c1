"""Verdicts are wrong no more often than they say; `make calibrate` makes the long table."""

import os

import pytest

from tests.calibration import write_efficacy_table
from tests.calibration.efficacy_sizes import simulate

pytestmark = pytest.mark.calibration

# Enough to see a broken interval; the promise itself is held at 1,000 repetitions and more.
QUICK = {
    "lottery, 10 schools, 3 cohorts, some draw again": 40,
    "lottery, 4 schools, one cohort": 200,
    "staggered, 12 schools, 3 + 3 start": 60,
}
FOUR_ERRORS = 4  # a sound interval misses these bounds less than once in ten thousand runs


@pytest.mark.parametrize("world", QUICK)
def test_where_nothing_works_nothing_is_called_helpful_or_harmful_too_often(world: str) -> None:
    row = simulate(world, 0.0, QUICK[world], seed=20)

    assert row.called_wrongly <= 0.05 + FOUR_ERRORS * row.monte_carlo_error(0.05)
    assert row.covered >= 0.93 - FOUR_ERRORS * row.monte_carlo_error(0.95)


def test_an_effect_of_the_size_of_coaching_is_covered_and_mostly_found() -> None:
    row = simulate("lottery, 10 schools, 3 cohorts, some draw again", 0.40, 40, seed=21)

    assert row.covered >= 0.95 - FOUR_ERRORS * row.monte_carlo_error(0.95)
    assert row.helps >= 0.80 - FOUR_ERRORS * row.monte_carlo_error(0.80)
    assert row.called_wrongly == 0


def test_with_four_schools_started_the_answer_is_always_that_we_cannot_tell() -> None:
    row = simulate("staggered, 20 schools, 2 + 2 start", 0.5, 5, seed=22)

    assert row.cannot_tell == 1


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="make calibrate runs it")
def test_over_a_thousand_repetitions_every_world_keeps_its_promise() -> None:
    for row in write_efficacy_table.main():
        two_errors = 2 * row.monte_carlo_error(0.05)
        assert row.called_wrongly <= 0.05 + two_errors, row
        assert 0.93 - two_errors <= row.covered <= 0.97 + two_errors, row
