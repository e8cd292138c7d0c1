"""Where the middle half of teachers stand: by hand, and in a simulated district."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.diagnosis.worlds import SETTINGS, TODAY, Variances, a_teacher, a_visit
from trellis.diagnosis import practice
from trellis.diagnosis.norm import QUARTILE, WITHIN, norms
from trellis.diagnosis.practice import INDEX, Settings

THINKING, SUPPORT = "instruction.thinking", "culture.support"
ON = date(2025, 10, 1)
TEACHERS = 400
MONTE_CARLO = 0.05  # two standard errors of a half over so many


def test_a_band_by_hand() -> None:
    # Time starts on the day of all looks: no drift. What is left open of levels: 0.2 each.
    settings = Settings(ON)
    doubts = 0.2 * np.eye(len(settings.open_order()))
    settings = replace(settings, levels_left=tuple(map(tuple, doubts)))
    seen_once = [[a_visit(THINKING, float(i % 4), ON, by=f"v{i}")] for i in range(6)]
    band = norms([*seen_once, [a_visit(SUPPORT, 1.0, ON)]], settings, ON)[THINKING]

    v = Variances()
    level = v.general + v.element
    mark = level + v.lesson + v.visitor + v.visit  # one visit of a teacher, as it varies
    assert band.teachers == 6
    assert band.low == pytest.approx(1.6 - QUARTILE * level**0.5)
    assert band.high == pytest.approx(1.6 + QUARTILE * level**0.5)
    # Six marks know their variance within 2 mark² / 6, and with it that of levels.
    open_spread = 2 * mark**2 / 6 / (4 * level)
    assert band.off == pytest.approx(WITHIN * (0.2**2 + QUARTILE**2 * open_spread) ** 0.5)


def test_an_element_at_which_nobody_was_looked_has_no_band() -> None:
    assert set(norms([[a_visit(THINKING, 1.0, ON)]], SETTINGS, ON)) == {THINKING}
    assert norms([], SETTINGS, ON) == {}


def test_half_of_the_teachers_stand_in_the_band_and_more_of_what_is_estimated_of_them() -> None:
    rng = np.random.default_rng(6)
    world = [a_teacher(rng, Variances(), visits=4) for _ in range(TEACHERS)]
    band = norms([looks for looks, _ in world], SETTINGS, TODAY)[THINKING]

    def inside(levels: list[float]) -> float:
        return float(np.mean([band.low < level < band.high for level in levels]))

    at = INDEX[THINKING]
    estimates = [practice.state(looks, SETTINGS, TODAY).mean[at] for looks, _ in world]
    assert inside([truth[at] for _, truth in world]) == pytest.approx(0.5, abs=MONTE_CARLO)
    assert inside(estimates) > 0.5 + MONTE_CARLO
