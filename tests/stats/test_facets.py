"""The many-facet model's algebra: by hand, against a dense twin, and against other programs."""

import numpy as np
import pytest

from tests.stats.facets_twin import Dense
from trellis.simulate.marks import Drawn, World, draw
from trellis.stats.facets import Layout, arrange, expected_level, fit
from trellis.stats.facets.adjacent import probabilities
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.posterior import (
    lesson_variance,
    moments,
    reading_variance,
    visitor_variance,
)
from trellis.stats.facets.system import local_variance, solve

ROUNDING = 1e-9
QUADRATURE = 1e-3  # five points instead of forty, on steps of about one logit
VARIANCES = Variances(teacher=0.7, element=0.3, lesson=0.25, visitor=0.15)


def layout_of(drawn: Drawn, keep: slice | np.ndarray = slice(None)) -> Layout:
    return arrange(
        *(
            np.unique(column[keep], return_inverse=True)[1]
            for column in (drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, drawn.level)
        )
    )


def patchy() -> Layout:
    """A small world with holes: unequal lessons, elements not marked, a lesson seen by two."""
    rng = np.random.default_rng(5)
    drawn = draw(World(teachers=5, visitors=3, elements=3, visits=3), rng)
    keep = rng.random(len(drawn.level)) < 0.7
    one = layout_of(drawn, keep)
    again = one.lesson == 2
    return arrange(
        np.r_[one.teacher, one.teacher[again]],
        np.r_[one.lesson, one.lesson[again]],
        np.r_[one.visitor, (one.visitor[again] + 1) % 3],
        np.r_[one.element, one.element[again]],
        np.r_[one.level, one.level[again]].astype(np.int64),
    )


def somewhere(layout: Layout) -> tuple[Effects, np.ndarray]:
    rng = np.random.default_rng(6)
    none = Effects.none(layout)
    parts = (none.own, none.lesson, none.visitor, none.usual, none.kappa)
    effects = Effects(*(rng.normal(0, 0.4, part.shape) for part in parts))
    return effects, rng.uniform(0, 0.3, len(layout.level))


def test_neighboring_levels_are_alike_where_the_place_is_their_threshold() -> None:
    tau = np.array([-1.2, 0.3, 0.9])
    p = probabilities(tau, np.cumsum(tau)[:-1])

    for k in range(3):
        assert p[k, k] == pytest.approx(p[k + 1, k])
    assert p.sum(axis=0) == pytest.approx(1)


def test_four_levels_without_thresholds_are_alike_in_the_middle() -> None:
    assert probabilities(np.zeros(1), np.zeros(2))[:, 0] == pytest.approx([0.25] * 4)
    assert expected_level(np.zeros(1), np.zeros(2)) == pytest.approx(1.5)


def test_places_far_outside_the_scale_overflow_nothing() -> None:
    p = probabilities(np.array([-1e6, 1e6]), np.array([-1.0, -1.0]))

    assert p[0, 0] == pytest.approx(1)
    assert p[3, 1] == pytest.approx(1)


def test_one_step_equals_that_of_a_dense_matrix() -> None:
    layout = patchy()
    effects, unsure = somewhere(layout)
    found = solve(layout, effects, VARIANCES, unsure).step
    twin = Dense(layout, effects, VARIANCES, unsure)

    parts = (found.own.ravel(), found.lesson, found.visitor, found.usual, found.kappa)
    assert np.concatenate(parts) == pytest.approx(twin.step, abs=QUADRATURE)


def test_variances_equal_those_of_a_dense_matrix() -> None:
    layout = patchy()
    effects, _ = somewhere(layout)
    sure = np.zeros(len(layout.level))
    system = solve(layout, effects, VARIANCES, sure)
    twin = Dense(layout, effects, VARIANCES, sure)
    own, lessons, visitors = twin.cut[:3]
    each = np.diag(twin.cov)

    assert local_variance(layout, system) == pytest.approx(twin.local_variance, abs=ROUNDING)
    assert lesson_variance(layout, system) == pytest.approx(each[own:lessons], abs=ROUNDING)
    assert visitor_variance(layout, system) == pytest.approx(each[lessons:visitors], abs=ROUNDING)
    assert reading_variance(layout, VARIANCES, system) == pytest.approx(
        twin.reading_variance(VARIANCES), abs=ROUNDING
    )


def test_what_teachers_have_in_common_and_by_element_sums_to_the_whole() -> None:
    layout = patchy()
    effects, _ = somewhere(layout)
    system = solve(layout, effects, VARIANCES, np.zeros(len(layout.level)))
    found = moments(layout, effects, VARIANCES, system)

    assert list(found.sizes) == [5, 15, layout.lessons, 3]
    assert np.all(found.variances < found.sizes * VARIANCES.array())
    assert np.all(found.variances > 0)


def test_a_fit_finds_the_variances_that_made_the_marks() -> None:
    world = World(teachers=400, visitors=40, visits=4)
    found = fit(layout_of(draw(world, np.random.default_rng(1))))
    truth = np.log(np.array([0.9, 0.45, 0.5, 0.4]) ** 2)
    away = np.log(found.variances.array()) - truth

    assert np.all(np.abs(away) < 3 * np.sqrt(np.diag(found.log_variance_cov)))
    assert np.diag(found.log_variance_cov)[:3] == pytest.approx(0.006, abs=0.005)


def test_the_order_of_the_marks_plays_no_part() -> None:
    drawn = draw(World(teachers=12, visitors=4, elements=3), np.random.default_rng(2))
    mixed = np.random.default_rng(3).permutation(len(drawn.level))
    first, second = fit(layout_of(drawn)), fit(layout_of(drawn, mixed))

    assert np.array_equal(first.reading, second.reading)
    assert np.array_equal(first.reading_variance, second.reading_variance)
