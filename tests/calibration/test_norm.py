"""Where the middle half of teachers stand, in districts whose truth is known (short)."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.calibration.diagnosis_study import DIFFERENT
from tests.calibration.insight_worlds import (
    DISTRICT_VISITORS,
    ORIGIN,
    TODAY,
    USUAL,
    World,
    district,
    seen,
)
from trellis.diagnosis import practice
from trellis.diagnosis.looks import ELEMENTS
from trellis.diagnosis.norm import QUARTILE, norms
from trellis.diagnosis.practice import INDEX

pytestmark = pytest.mark.calibration
YEARS = (TODAY - ORIGIN).days / 365.25


@dataclass(frozen=True, slots=True)
class Found:
    """Over elements: share of true levels in the band, and of ends whose interval holds theirs."""

    inside: float
    held: float


def study(world: World, seed: int) -> Found:
    people = district(world, np.random.default_rng(seed))
    # Levels are those that the district's visitors find in the mean, who are drawn first.
    drawn = np.random.default_rng(seed).normal(0, world.visitor**0.5, DISTRICT_VISITORS)
    usual = USUAL + drawn.mean()
    settings = practice.fit(seen(people), ORIGIN, ELEMENTS)
    bands = norms(seen(people), settings, TODAY)
    half = QUARTILE * (world.general + world.element + world.drift * YEARS) ** 0.5
    inside, held = [], []
    for element, band in bands.items():
        at = INDEX[element]
        levels = drawn.mean() + [teacher.truth.level(TODAY)[at] for teacher in people]
        inside.append(np.mean((band.low < levels) & (levels < band.high)))
        held += [abs(band.low - usual + half) < band.off, abs(band.high - usual - half) < band.off]
    return Found(float(np.mean(inside)), float(np.mean(held)))


@pytest.mark.parametrize(
    ("world", "seed"),
    [(DIFFERENT, 1), (replace(DIFFERENT, visits=(2, 2)), 2), (replace(DIFFERENT, drift=0.1), 3)],
    ids=["teachers differ", "two visits each", "teachers move"],
)
def test_about_half_of_all_teachers_stand_in_the_band_and_its_ends_are_as_sure_as_it_says(
    world: World, seed: int
) -> None:
    found = study(replace(world, teachers=150), seed)

    assert 0.44 < found.inside < 0.56  # eleven elements, at which one teacher is much alike
    assert found.held > 0.7  # 80 % by the model, which such a district was not drawn from
