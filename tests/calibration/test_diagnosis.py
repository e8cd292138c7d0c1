"""The promises of insights over simulated districts (short; the full study writes a table)."""

import os

import pytest

from tests.calibration.diagnosis_study import ALIKE, DIFFERENT, STILL, main, study
from tests.diagnosis.worlds import Variances

pytestmark = pytest.mark.calibration
MOST_FALSE = 0.10
MONTE_CARLO = 0.03  # about two standard errors of a share of one in ten over 150 teachers


@pytest.mark.parametrize("truth", [STILL, ALIKE], ids=["all alike", "alike in profile"])
def test_without_true_differences_hardly_any_teacher_sees_a_claim(truth: Variances) -> None:
    found = study(truth, districts=1, teachers=150, seed=1)

    assert found.any_claim <= MOST_FALSE


def test_claims_about_true_differences_point_the_right_way_and_bands_hold_the_truth() -> None:
    found = study(DIFFERENT, districts=1, teachers=150, seed=2)

    assert found.claims > 50  # the study would show nothing if nothing were claimed
    assert found.wrong <= MOST_FALSE
    assert 0.76 - MONTE_CARLO <= found.coverage <= 0.84 + MONTE_CARLO


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promises_and_writes_its_table() -> None:
    still, alike, different = main().values()

    assert max(still.any_claim, alike.any_claim) <= MOST_FALSE
    assert different.wrong <= MOST_FALSE
    assert 0.76 <= different.coverage <= 0.84
