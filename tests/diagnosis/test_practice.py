"""Where practice stands: equal to an independent smoother, exact in its shares and pulls."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.kalman_twin import smooth
from tests.diagnosis.worlds import (
    ORIGIN,
    SETTINGS,
    TODAY,
    Variances,
    a_teacher,
    a_visit,
    answers,
    own_reading,
)
from trellis.diagnosis import practice
from trellis.diagnosis.looks import ELEMENTS, Look, Source, without
from trellis.diagnosis.practice import INDEX, Settings
from trellis.diagnosis.practice_joint import Levels

SAME_SMOOTHER = 1e-8
EXACT = 1e-10  # sums of a few dozen floats
THINKING = "instruction.thinking"


def beside_others(element: str) -> Levels:
    """Return "this element minus the mean of the ten others", today."""
    return Levels(tuple((e, TODAY, 1.0 if e == element else -0.1) for e in ELEMENTS))


def sd_after(looks: list[Look], more: list[Look], of: Levels) -> float:
    (found,) = practice.sds_after(practice.joint(looks, SETTINGS), [more], of)
    return found


@st.composite
def a_look(draw: st.DrawFn) -> Look:
    element = draw(st.sampled_from(ELEMENTS))
    on = ORIGIN + timedelta(days=draw(st.integers(0, 940)))
    level = draw(st.floats(0, 3))
    kind = draw(st.sampled_from([Source.VISIT, Source.CLASS_FEEDBACK, Source.SELF_REFLECTION]))
    if kind == Source.VISIT:
        return a_visit(element, level, on, by=draw(st.sampled_from(["ben", "chi"])))
    if kind == Source.CLASS_FEEDBACK:
        return answers(element, level, on, section=draw(st.sampled_from(["math", "ela"])))
    return own_reading(element, level, on)


evidence = st.lists(a_look(), min_size=1, max_size=14)


def test_one_visit_is_weighed_as_worked_by_hand() -> None:
    # On the first day: prior variance .05 + .06; noise .06 + .03 + .25; gain .11 / .45.
    look = a_visit(THINKING, 2.6, ORIGIN)

    known = practice.state([look], SETTINGS, ORIGIN)

    assert known.mean[INDEX[THINKING]] == pytest.approx(1.6 + 0.11 / 0.45 * 1.0)
    assert known.sd(THINKING) ** 2 == pytest.approx(0.11 - 0.11**2 / 0.45)
    # The neighbors learn through the general part alone: .05 / .45.
    assert known.mean[INDEX["content.tasks"]] == pytest.approx(1.6 + 0.05 / 0.45)


def test_the_state_equals_an_independent_kalman_smoother_on_every_day_asked() -> None:
    looks, _ = a_teacher(np.random.default_rng(4), Variances(), visits=6, classes=2)
    looks += [own_reading(e, 2.0, date(2025, 9, 9)) for e in ELEMENTS[:4]]

    for day in (ORIGIN, date(2024, 5, 2), date(2025, 9, 9), TODAY):
        mean, cov = smooth(looks, SETTINGS, day)
        known = practice.state(looks, SETTINGS, day)

        assert known.mean == pytest.approx(mean, abs=SAME_SMOOTHER)
        assert known.cov == pytest.approx(cov, abs=SAME_SMOOTHER)


@settings(max_examples=12, deadline=None)
@given(evidence)
def test_any_evidence_equals_the_independent_smoother(looks: list[Look]) -> None:
    mean, cov = smooth(looks, SETTINGS, TODAY)
    known = practice.state(looks, SETTINGS, TODAY)

    assert known.mean == pytest.approx(mean, abs=SAME_SMOOTHER)
    assert known.cov == pytest.approx(cov, abs=SAME_SMOOTHER)


@settings(max_examples=15, deadline=None)
@given(evidence, st.sampled_from(ELEMENTS))
def test_shares_are_never_negative_and_sum_to_one(looks: list[Look], element: str) -> None:
    parts = practice.shares(practice.joint(looks, SETTINGS), beside_others(element))

    each = [*parts.sources.values(), parts.assumption]
    assert min(each) >= -EXACT
    assert sum(each) == pytest.approx(1.0, abs=EXACT)
    assert min(parts.pieces.values()) >= 0
    assert sum(parts.pieces.values()) == pytest.approx(sum(parts.sources.values()), abs=EXACT)


@settings(max_examples=15, deadline=None)
@given(evidence, st.sampled_from(ELEMENTS))
def test_pulls_sum_to_what_the_evidence_moved(looks: list[Look], element: str) -> None:
    known = practice.state(looks, SETTINGS, TODAY)
    of = beside_others(element)
    weights = np.array([weight for _, _, weight in of.terms])

    moved = weights @ (known.mean - practice.usual_levels(SETTINGS))
    pulls = practice.pulls(practice.joint(looks, SETTINGS), of)
    assert sum(pulls.values()) == pytest.approx(float(moved), abs=EXACT)


@settings(max_examples=15, deadline=None)
@given(evidence, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(looks: list[Look], random: object) -> None:
    shuffled = list(looks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random

    one, other = (practice.state(k, SETTINGS, TODAY) for k in (looks, shuffled))

    assert np.array_equal(one.mean, other.mean)
    assert np.array_equal(one.cov, other.cov)


@settings(max_examples=15, deadline=None)
@given(evidence, st.data())
def test_withdrawing_a_piece_equals_never_having_had_it(
    looks: list[Look], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(sorted({look.piece for look in looks})))

    withdrawn = practice.state(without(looks, [gone]), SETTINGS, TODAY)
    never = practice.state([k for k in looks if k.piece != gone], SETTINGS, TODAY)

    assert np.array_equal(withdrawn.mean, never.mean)
    assert np.array_equal(withdrawn.cov, never.cov)
    assert gone not in {look.piece for look in withdrawn.looks}


@settings(max_examples=15, deadline=None)
@given(evidence, a_look(), st.sampled_from(ELEMENTS))
def test_one_more_look_never_widens_a_band(looks: list[Look], more: Look, element: str) -> None:
    before = sd_after(looks, [], beside_others(element))
    after = sd_after(looks, [more], beside_others(element))

    assert after <= before + EXACT


def test_the_worth_of_a_look_is_what_it_turns_out_to_be_whatever_it_says() -> None:
    looks = [a_visit(THINKING, 1.0, date(2025, 10, 2)), answers(THINKING, 2.0, date(2025, 11, 4))]
    of = beside_others(THINKING)
    weights = np.array([weight for _, _, weight in of.terms])
    foreseen = sd_after(looks, [a_visit(THINKING, 0, TODAY)], of)

    for level in (0.0, 3.0):
        known = practice.state([*looks, a_visit(THINKING, level, TODAY)], SETTINGS, TODAY)
        assert float(weights @ known.cov @ weights) ** 0.5 == pytest.approx(foreseen)


def test_two_visits_by_one_visitor_tell_less_than_two_by_two() -> None:
    first = a_visit(THINKING, 2.0, date(2026, 1, 7), by="ben")
    of = beside_others(THINKING)

    same = a_visit(THINKING, 2.0, date(2026, 2, 4), by="ben")
    other = replace(same, by="chi")

    assert sd_after([first], [other], of) < sd_after([first], [same], of)


def test_many_own_readings_tell_less_of_the_level_than_three_visits() -> None:
    months = [date(2025, 9, 3) + timedelta(days=14 * i) for i in range(10)]
    own = [own_reading(THINKING, 3.0, on) for on in months]
    visits = [a_visit(THINKING, 1.0, on, by=f"b{i}") for i, on in enumerate(months[:3])]
    assert sd_after(visits, [], beside_others(THINKING)) < sd_after(
        own, [], beside_others(THINKING)
    )


def test_the_band_widens_away_from_the_looks_and_knows_its_past_from_later_looks() -> None:
    looks = [a_visit(THINKING, 3.0, date(2025, 1, 15), piece=f"v{i}", by=f"b{i}") for i in range(6)]

    days = [ORIGIN, date(2025, 1, 15), date(2026, 3, 11)]
    mean, sd = practice.path(practice.joint(looks, SETTINGS), THINKING, days)

    assert sd[1] < sd[2]
    assert mean[0] > 1.7  # a day before any look still learns from what was seen later


def test_the_fit_recovers_planted_variances_and_usual_levels() -> None:
    truth = Variances(general=0.10, element=0.15, lesson=0.12, visit=0.15, feedback=0.04)
    rng = np.random.default_rng(11)
    world = [a_teacher(rng, truth, visits=8, classes=1, name=f"t{i}")[0] for i in range(80)]

    fitted = practice.fit(world, ORIGIN, ELEMENTS)

    visit, feedback = (fitted.instruments[s] for s in (Source.VISIT, Source.CLASS_FEEDBACK))
    general = float(np.mean(fitted.factors[0]) ** 2)
    found = (general, np.mean(fitted.own), visit.piece, visit.own + visit.piece_element,
             feedback.own)  # fmt: skip
    planted = (truth.general, truth.element, truth.lesson, truth.visit, truth.feedback)
    assert found == pytest.approx(planted, rel=0.35)
    assert fitted.usual[Source.CLASS_FEEDBACK, ELEMENTS[0]] == pytest.approx(1.9, abs=0.1)


def test_without_evidence_the_fit_gives_the_shipped_defaults() -> None:
    assert practice.fit([[], []], ORIGIN, ELEMENTS) == Settings(ORIGIN)
