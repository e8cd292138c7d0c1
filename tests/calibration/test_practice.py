"""The promises of practice over time on simulated lessons (short; the full study writes a page)."""

import os

import numpy as np
import pytest

from tests.calibration.practice_study import (
    AHEAD,
    BANDS,
    Several,
    bands,
    forecasts,
    gains,
    halves,
    main,
    ranges,
)
from tests.calibration.practice_worlds import World
from trellis.diagnosis.practice_fit import fit

pytestmark = pytest.mark.calibration
BEATS_LAST = 0.15
MONTE_CARLO = 0.04  # about two standard errors of a share over a hundred teachers


def test_bands_of_eight_visits_hold_the_truth() -> None:
    held = bands(BANDS[2], seed=5)

    assert held[0] == pytest.approx(0.80, abs=0.04 + MONTE_CARLO)
    assert held[1] == pytest.approx(0.95, abs=0.02 + MONTE_CARLO)


@pytest.mark.parametrize("world", [AHEAD[0], AHEAD[8]], ids=lambda world: world.name)
def test_lessons_are_foretold_better_than_by_the_last_one_and_ranges_hold(world: World) -> None:
    some, others = halves(world, seed=4)
    found = forecasts(fit(some), others)
    last, running = found.gains()

    assert last.min() >= BEATS_LAST
    assert np.mean(running > 0) > 0.7
    assert 0.76 - MONTE_CARLO <= found.held80.mean() <= 0.84 + MONTE_CARLO
    assert found.held90.mean() == pytest.approx(0.90, abs=MONTE_CARLO)


@pytest.mark.skipif(os.environ.get("TRELLIS_CALIBRATE") != "full", reason="long: make calibrate")
def test_the_full_study_keeps_the_promises_and_writes_its_page() -> None:
    held, told = main()

    for world, found in held.items():
        assert hold(found, [0.80, 0.95], [0.04, 0.02]), world.name
    for world, districts in told.items():
        last, running = gains(districts)
        assert last.min() >= BEATS_LAST, world.name
        assert np.mean(running > 0) >= 0.7, world.name
        assert hold(ranges(districts), [0.80, 0.90], [0.04, 0.04]), world.name


def hold(found: Several, aims: list[float], bars: list[float]) -> bool:
    """Return whether shares are within bars of what they aim at, but for the Monte Carlo error."""
    return bool(np.all(np.abs(found.mean() - aims) <= bars + 2 * found.error()))
