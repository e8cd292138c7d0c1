"""Intervals from visits hold the truth as often as they say (short; the full study has a table)."""

import os

import pytest

from tests.calibration.visits_study import WORLDS, main, study

pytestmark = pytest.mark.calibration
LEAST, MOST = 0.93, 0.97
MONTE_CARLO = 0.02  # about two standard errors over fifteen small worlds


@pytest.mark.parametrize("name", ["2 visits", "4 visits", "4 visits, unbalanced visitors"])
def test_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    held = study(WORLDS[name], worlds=15, seed=7)

    assert LEAST - MONTE_CARLO <= held.element[0] <= MOST + MONTE_CARLO
    assert LEAST - 2 * MONTE_CARLO <= held.overall[0] <= MOST + MONTE_CARLO


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promise_and_writes_its_table() -> None:
    for name, held in main().items():
        assert LEAST <= held.element[0] <= MOST, name
        assert LEAST <= held.overall[0] <= MOST, name
