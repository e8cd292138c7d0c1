"""The promises of insights over simulated districts (short; the full study writes a table)."""

import os
from dataclasses import replace

import pytest

from tests.calibration.diagnosis_study import (
    ALIKE,
    DIFFERENT,
    NULL,
    PLANTED,
    STILL,
    STRICT,
    World,
    main,
    study,
)

pytestmark = pytest.mark.calibration
MOST_FALSE = 0.10
MONTE_CARLO = 0.03  # about two standard errors of a share of one in ten over 150 teachers


@pytest.mark.parametrize("world", [STILL, ALIKE, STRICT], ids=lambda world: world.name)
def test_without_true_differences_hardly_any_teacher_sees_a_claim(world: World) -> None:
    found = study(replace(world, teachers=150), districts=1, seed=1)

    assert found.any_claim <= MOST_FALSE


def test_claims_about_true_differences_point_the_right_way_and_bands_hold_the_truth() -> None:
    found = study(replace(DIFFERENT, teachers=150), districts=1, seed=2)

    assert found.claims > 50  # the study would show nothing if nothing were claimed
    assert found.wrong_share <= MOST_FALSE
    assert 0.76 - MONTE_CARLO <= found.coverage(0.80) <= 0.84 + MONTE_CARLO


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promises_and_writes_its_table() -> None:
    found = main()

    assert max(found[world].any_claim for world in NULL) <= MOST_FALSE
    assert max(found[world].wrong_share for world in PLANTED) <= MOST_FALSE
    assert 0.76 <= found[DIFFERENT].coverage(0.80) <= 0.84
    assert 0.93 <= found[DIFFERENT].coverage(0.95) <= 0.97
