"""Growth of students and classes in simulated cohorts (short; the full study writes a table)."""

import os

import numpy as np
import pytest

from tests.calibration.growth_study import EFFECT, bands, classes, error, evenness, main

pytestmark = pytest.mark.calibration
LEAST, MOST = 0.93, 0.97
MONTE_CARLO = 0.04  # two and a half standard errors of .95 over 200 classes
EVEN = 0.02  # four standard errors of a tenth over 3,000 students


@pytest.mark.parametrize("effect", [0.0, EFFECT])
def test_class_intervals_hold_what_the_class_would_show_in_the_long_run(effect: float) -> None:
    held = classes(np.random.default_rng(1), size=24, effect=effect, cohorts=1, n=4800)

    assert held.share(held.mean) == pytest.approx(0.95, abs=MONTE_CARLO)
    assert held.share(held.median) == pytest.approx(0.95, abs=MONTE_CARLO)


def test_percentiles_are_spread_evenly_within_each_quarter_of_priors() -> None:
    assert np.abs(evenness(np.random.default_rng(2), 12_000) - 0.1).max() < EVEN


def test_the_interval_of_a_student_holds_the_percentile_at_the_error_free_scores() -> None:
    assert LEAST <= bands(np.random.default_rng(3), 3000) <= MOST


def test_percentiles_of_a_thousand_students_are_a_few_points_from_the_truth() -> None:
    rng = np.random.default_rng(4)

    assert error(rng, 1000, 2, 1) < error(rng, 150, 2, 2)


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promises_and_writes_its_table() -> None:
    found = main()

    for held in found.held.values():
        assert LEAST <= held.share(held.mean) <= MOST
        assert LEAST <= held.share(held.median) <= MOST
    assert LEAST <= found.bands <= MOST
