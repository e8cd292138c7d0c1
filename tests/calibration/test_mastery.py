"""The promises of next learning over simulated classes (short; the full study writes a table)."""

import os

import pytest

from tests.calibration.mastery_study import DIFFERENT, NULL, PLANTED, main, study

pytestmark = pytest.mark.calibration
MOST_FALSE = 0.10
MONTE_CARLO = 0.03  # two standard errors of one in ten over 400 flags


def test_without_own_differences_hardly_any_class_sees_a_flag() -> None:
    assert study(NULL[0], districts=2, seed=1).any_flag <= MOST_FALSE


def test_flags_are_seldom_false_and_intervals_hold() -> None:
    found = study(DIFFERENT, districts=4, seed=2)

    assert found.flags > 100
    assert found.false_share <= MOST_FALSE + MONTE_CARLO
    assert 0.76 <= found.coverage(0.80) <= 0.84


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promises_and_writes_its_table() -> None:
    found = main()

    assert max(found[world].any_flag for world in NULL) <= MOST_FALSE
    for world in PLANTED:
        error = (found[world].false_share / max(found[world].flags, 1)) ** 0.5
        assert found[world].false_share <= MOST_FALSE + 2 * error
        assert 0.76 <= found[world].coverage(0.80) <= 0.84
