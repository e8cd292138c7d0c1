"""How far students and visits lie apart: by hand, against a plain twin, and where they do not."""

from datetime import date

import numpy as np
import pytest

from tests.diagnosis.worlds import SETTINGS, Variances, a_teacher, a_visit, answers
from trellis.diagnosis import practice, sources
from trellis.diagnosis.looks import Look
from trellis.diagnosis.practice import Settings
from trellis.diagnosis.practice_joint import Told

THINKING, SUPPORT = "instruction.thinking", "culture.support"
ON = date(2025, 10, 1)
EXACT = 1e-9  # the same algebra in another order of operations


def apart(looks: list[Look], settings: Settings = SETTINGS) -> Told | None:
    return sources.apart(THINKING, practice.joint(looks, settings))


def test_one_visit_and_one_class_by_hand() -> None:
    settings = Settings(ON)  # time starts on the day of both looks: no drift
    v = Variances()  # the same as the shipped defaults
    found = apart([a_visit(THINKING, 1.0, ON), answers(THINKING, 2.5, ON, n=24)], settings)

    # Answers minus their usual level: w + x + noise; the visit informs of x alone.
    x = v.general + v.element
    visit = x + v.lesson + v.visitor + v.visit
    # A view of the teacher as a whole would explain it as well, and counts as noise.
    view = v.view_element
    given = x - x * x / visit + v.view + v.klass + v.administration + v.feedback + 0.6 / 24
    innovation = (2.5 - 1.9) - x / visit * (1.0 - 1.6)
    assert found is not None
    assert found.mean == pytest.approx(view / (view + given) * innovation, abs=EXACT)
    assert found.sd**2 == pytest.approx(view * given / (view + given), abs=EXACT)
    assert found.z == pytest.approx(innovation / given**0.5, abs=EXACT)


def test_where_one_side_has_not_looked_there_is_nothing_to_compare() -> None:
    elsewhere = answers(SUPPORT, 2.5, ON)

    assert apart([]) is None
    assert apart([a_visit(THINKING, 1.0, ON), elsewhere]) is None
    assert apart([answers(THINKING, 1.0, ON)]) is None


def test_where_both_see_the_same_z_is_standard_normal() -> None:
    rng = np.random.default_rng(4)
    same = Variances(view=1e-9, view_element=1e-9)
    z = [
        found.z
        for i in range(250)
        if (found := apart(a_teacher(rng, same, visits=12)[0]))  # allows for a view
    ]

    # z allows for what other elements could share of the view, so it is a little short of 1.
    assert abs(np.mean(z)) < 3 / len(z) ** 0.5
    assert 0.8 < np.std(z) < 1.1
