"""Any framework, any mix of instruments, odd lessons: held against twins, and exact."""

import json
from dataclasses import replace
from datetime import date, timedelta
from math import inf
from types import MappingProxyType

import numpy as np
import pytest
from benchmarks import practice_peer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.kalman_twin import smooth
from tests.diagnosis.worlds import SETTINGS, TODAY, Variances, a_teacher, a_visit, answers
from trellis.diagnosis import practice
from trellis.diagnosis.looks import ELEMENTS, Look, Source, talk_rate, without
from trellis.diagnosis.practice_fit import fit
from trellis.diagnosis.practice_joint import change, joint, level
from trellis.diagnosis.practice_likelihood import (
    APART,
    LOOSE,
    PULL,
    Shape,
    _by_number,
    _packed,
    _unpacked,
    expected,
)
from trellis.diagnosis.practice_likelihood import _add as add_slopes
from trellis.diagnosis.practice_likelihood import _nothing as no_slopes
from trellis.diagnosis.practice_model import PARTS, SOURCES, design, numbers, open_levels
from trellis.diagnosis.practice_settings import (
    DEFAULT_INSTRUMENTS,
    Instrument,
    Settings,
    Severity,
    from_json,
    to_json,
)
from trellis.stats import TrellisNumbersError

SAME_SMOOTHER = 1e-8
EXACT = 1e-10
SLOPE = 1e-5  # of central differences over steps of 1e-5
FIRST = date(2025, 9, 1)
NAMES = tuple(f"practice {i}" for i in range(25))


def general(freedom: float = inf) -> Settings:
    """Twenty-five elements, the last five read by talk alone, ten by talk and visits."""
    rng = np.random.default_rng(5)
    usual = {(Source.VISIT, e): 1.5 for e in NAMES[:20]}
    usual |= {(Source.TALK, e): -1.5 for e in NAMES[10:]}
    usual |= {(Source.CLASS_FEEDBACK, e): 1.9 for e in NAMES[:5]}
    doubts = len(usual) + 1
    instruments = dict(DEFAULT_INSTRUMENTS)
    instruments[Source.TALK] = Instrument(1.7, 0.1, 0.2, 0.0, 0.1, 0.0, 0.3)
    return Settings(
        None,
        NAMES,
        (tuple(rng.normal(0.2, 0.1, 25)), tuple(rng.normal(0, 0.1, 25))),
        tuple(rng.uniform(0.02, 0.1, 25)),
        0.05,
        0.4,
        MappingProxyType(instruments),
        MappingProxyType(usual),
        MappingProxyType(dict.fromkeys(NAMES[10:], 0.2)),
        MappingProxyType({pair: float(rng.uniform(0.7, 1.4)) for pair in usual}),
        freedom,
        MappingProxyType(
            {
                "ben": Severity(0.2, 0.01, tuple(rng.uniform(-0.3, 0, doubts))),
                "chi": Severity(-0.1, 0.02, tuple(rng.uniform(-0.3, 0, doubts))),
            }
        ),
        MappingProxyType({"asked for": 0.1}),
        tuple(map(tuple, np.tril(rng.normal(0, 0.05, (doubts, doubts))))),
    )


@st.composite
def a_look(draw: st.DrawFn) -> Look:
    on = FIRST + timedelta(days=draw(st.integers(0, 300)))
    kind = draw(st.sampled_from(["visit", "talk", "answers"]))
    if kind == "visit":
        by = draw(st.sampled_from(["ben", "chi", "new"]))
        look = a_visit(draw(st.sampled_from(NAMES[:20])), draw(st.floats(0, 3)), on, by=by)
        return replace(look, reason=draw(st.sampled_from(["", "asked for"])))
    if kind == "answers":
        return answers(draw(st.sampled_from(NAMES[:5])), draw(st.floats(0, 3)), on)
    n = draw(st.integers(5, 80))
    level, variance = talk_rate(draw(st.integers(0, n)) / n, n)
    element = draw(st.sampled_from(NAMES[10:]))
    return Look(f"talk {on}", Source.TALK, element, on, level, "talk", variance, n)


evidence = st.lists(
    a_look(), min_size=2, max_size=14, unique_by=lambda k: (k.piece, k.element, k.by)
)
END = FIRST + timedelta(days=330)


@settings(max_examples=15, deadline=None)
@given(evidence)
def test_any_instruments_over_25_elements_equal_the_independent_smoother(looks: list[Look]) -> None:
    mean, cov = smooth(looks, general(), END)
    known = practice.state(looks, general(), END)

    assert known.mean == pytest.approx(mean, abs=SAME_SMOOTHER)
    assert known.cov == pytest.approx(cov, abs=SAME_SMOOTHER)


@settings(max_examples=15, deadline=None)
@given(evidence)
def test_given_the_weights_of_odd_lessons_it_equals_the_independent_smoother(
    looks: list[Look],
) -> None:
    known = practice.state(looks, general(4.0), END)
    weights = {k.piece: float(w) for k, w in zip(known.looks, known.weights, strict=True)}
    mean, cov = smooth(looks, general(4.0), END, weights)

    assert known.mean == pytest.approx(mean, abs=SAME_SMOOTHER)
    assert known.cov == pytest.approx(cov, abs=SAME_SMOOTHER)


@settings(max_examples=15, deadline=None)
@given(evidence, st.data())
def test_without_a_piece_the_weights_of_lessons_never_knew_it(
    looks: list[Look], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(sorted({k.piece for k in looks})))

    withdrawn = practice.state(without(looks, [gone]), general(4.0), END)
    never = practice.state([k for k in looks if k.piece != gone], general(4.0), END)

    assert np.array_equal(withdrawn.mean, never.mean)
    assert np.array_equal(withdrawn.weights, never.weights)


def test_the_state_equals_the_smoother_of_statsmodels() -> None:
    looks, _ = a_teacher(np.random.default_rng(8), Variances(), visits=7, classes=2)

    mean, cov = practice_peer.smooth(looks, SETTINGS, TODAY)
    known = practice.state(looks, SETTINGS, TODAY)

    assert known.mean == pytest.approx(mean, abs=SAME_SMOOTHER)
    assert known.cov == pytest.approx(cov, abs=SAME_SMOOTHER)


@settings(max_examples=10, deadline=None)
@given(evidence)
def test_the_course_over_days_passes_through_the_state_of_each_day(looks: list[Look]) -> None:
    days = [FIRST + timedelta(days=d) for d in (0, 100, 330)]
    mean, sd = practice.course(looks, general(), days)

    for i, day in enumerate(days):
        known = practice.state(looks, general(), day)
        assert mean[i] == pytest.approx(known.mean, abs=EXACT)
        assert sd[i] == pytest.approx(np.sqrt(np.diag(known.cov)), abs=1e-7)


@settings(max_examples=10, deadline=None)
@given(evidence, st.sampled_from([inf, 4.0]))
def test_a_look_is_foretold_from_strictly_earlier_days_alone(
    looks: list[Look], freedom: float
) -> None:
    reads = general(freedom)
    ordered = practice.in_order(looks)
    told = practice.foretell(ordered, reads)

    last = ordered[-1]
    earlier = [k for k in ordered if k.on < last.on]
    # Time starts at the first look, which an earlier one may have been.
    alone = practice.predict_next(earlier, replace(reads, origin=ordered[0].on), [last])
    for column in ("value", "low80", "high80", "low90", "high90"):
        assert getattr(told, column)[-1] == pytest.approx(getattr(alone, column)[0], abs=1e-7)


def test_a_range_of_a_first_visit_by_hand() -> None:
    told = practice.predict_next([], replace(SETTINGS, origin=TODAY), [a_visit(
        "instruction.thinking", 0.0, TODAY)])  # fmt: skip

    sd = (0.05 + 0.06 + 0.06 + 0.03 + 0.25) ** 0.5
    assert told.value[0] == pytest.approx(1.6)
    assert told.high80[0] == pytest.approx(1.6 + 1.2815516 * sd)
    assert told.low90[0] == pytest.approx(1.6 - 1.6448536 * sd)


def test_an_odd_lesson_pulls_less_where_tails_are_heavy() -> None:
    calm = [a_visit("instruction.thinking", 1.5, FIRST + timedelta(days=9 * i), by=f"b{i}")
            for i in range(8)]  # fmt: skip
    odd = replace(calm[0], level=3.0, piece="odd", by="z", on=FIRST + timedelta(days=100))
    normal, heavy = SETTINGS, replace(SETTINGS, freedom=3.0)

    moved = [
        practice.state([*calm, odd], s, END).mean[5] - practice.state(calm, s, END).mean[5]
        for s in (normal, heavy)
    ]

    assert 0 < moved[1] < moved[0]


def test_the_cheapest_offer_that_settles_comes_first_of_those_that_do() -> None:
    looks = [a_visit("instruction.thinking", 2.0, FIRST)]
    known, of = practice.joint(looks, SETTINGS), level("instruction.thinking", END)
    more = [replace(looks[0], piece=f"n{i}", by=f"n{i}", on=END) for i in range(6)]
    offers = [practice.Offer("six", 180, tuple(more)), practice.Offer("one", 30, (more[0],))]
    (enough,) = practice.sds_after(known, [more], of)

    one, six = practice.what_would_settle(known, of, offers, enough)

    assert (one.offer.name, one.settles) == ("one", False)
    assert (six.offer.name, six.settles) == ("six", True)
    assert 0 < one.narrows < six.narrows


def test_hyperparameters_come_back_from_their_json_to_the_bit() -> None:
    for kept in (general(), general(4.0), SETTINGS):
        assert from_json(json.loads(json.dumps(to_json(kept)))) == kept


def test_hyperparameters_of_before_levels_were_in_doubt_are_still_read() -> None:
    before = {k: v for k, v in to_json(SETTINGS).items() if k != "levels left"}
    before["severities"] = {"ben": [0.2, 0.01]}

    assert from_json(before).severities == {"ben": Severity(0.2, 0.01)}


@pytest.mark.parametrize(
    "change",
    [{"drift": -1.0}, {"own": []}, {"format": "x"}, {"usual": 3}, {"levels left": [[0.1]]}],
)
def test_hyperparameters_that_do_not_fit_together_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrellisNumbersError):
        from_json(to_json(general()) | change)


def test_an_element_without_hyperparameters_is_refused_by_name() -> None:
    with pytest.raises(TrellisNumbersError, match="dancing"):
        practice.state([a_visit("dancing", 1.0, FIRST)], SETTINGS, END)


def test_the_slope_of_the_likelihood_is_that_of_small_steps() -> None:
    looks, _ = a_teacher(np.random.default_rng(8), Variances(), visits=4)
    d, h = design(practice.in_order(looks), SETTINGS), numbers(SETTINGS)
    h = replace(h, factors=np.vstack([h.factors, 0.05 * np.cos(np.arange(11))]))
    weights = np.random.default_rng(2).uniform(0.5, 1.5, int(d.group.max()) + 1)[d.group]
    parts = [(0, 1), (1, 1), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (6, 0), (6, 1)]
    pairs = [(SOURCES.index(Source.VISIT), 3), (SOURCES.index(Source.CLASS_FEEDBACK), 5)]
    shape = Shape(2, np.array(parts), np.array(pairs), LOOSE, np.full(len(parts), LOOSE))
    x = _packed(h, shape)

    def loss(at: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return add_slopes(d, _unpacked(at, h, shape), weights, no_slopes(11))

    slopes = no_slopes(11)
    add_slopes(d, _unpacked(x, h, shape), weights, slopes)
    found = _by_number(x, _unpacked(x, h, shape), slopes, shape)

    step = 1e-5 * np.eye(len(x))
    assert found == pytest.approx(
        [(loss(x + s) - loss(x - s)) / 2e-5 for s in step], abs=SLOPE, rel=SLOPE
    )


def test_a_visitor_whose_severity_is_known_says_nothing_of_how_much_new_ones_differ() -> None:
    looks = [a_visit("a", level, FIRST, by=by) for level, by in ((1.0, "ben"), (2.0, "new"))]
    settled = replace(SETTINGS, elements=("a",), factors=((0.2,),), own=(0.1,),
                      usual=MappingProxyType({(Source.VISIT, "a"): 1.5}),
                      severities=MappingProxyType({"ben": Severity(0.1, 0.02)}))  # fmt: skip
    d, h = design(practice.in_order(looks), settled), numbers(settled)
    shape = Shape(1, np.array([(PARTS.index("by"), SOURCES.index(Source.VISIT))]),
                  np.zeros((0, 2), dtype=np.intp), PULL, np.array([PULL]))  # fmt: skip
    x = _packed(h, shape)
    slopes = no_slopes(1)
    add_slopes(d, h, None, slopes)
    step = np.zeros(len(x))
    step[-1] = 1e-5

    found = _by_number(x, h, slopes, shape)[-1]

    above, below = (
        add_slopes(d, _unpacked(x + s, h, shape), None, no_slopes(1)) for s in (step, -step)
    )
    assert found == pytest.approx((above - below) / 2e-5, abs=SLOPE)


def test_marks_that_are_all_alike_are_fitted_too() -> None:
    world = [
        [a_visit(e, 2.0, FIRST + timedelta(days=25 * d), by=f"v{d % 3}", piece=f"{t} {d}")
         for d in range(4) for e in ELEMENTS]
        for t in range(12)
    ]  # fmt: skip

    found = practice.state(world[0], fit(world), END)

    assert found.mean == pytest.approx(np.full(len(ELEMENTS), 2.0), abs=0.01)
    assert (np.diag(found.cov) > 0).all()


def test_the_order_in_which_teachers_come_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    world = [
        [a_visit(e, float(rng.integers(0, 4)), FIRST + timedelta(days=20 * d), by=f"v{d % 2}",
                 piece=f"lesson {d}") for d in range(3) for e in "abc"]
        for _ in range(24)
    ]  # fmt: skip

    assert to_json(fit(world)) == to_json(fit(world[::-1]))


def test_one_visitor_who_sees_everybody_leaves_in_doubt_how_strict_she_is() -> None:
    rng = np.random.default_rng(6)
    alone, two = (
        fit([[a_visit("a", 1.5 + rng.normal(0, 0.5), FIRST + timedelta(days=30 * d), by=by)
              for d, by in enumerate(visitors)] for _ in range(40)])
        for visitors in (("ben",) * 4, ("ben", "chi") * 2)
    )  # fmt: skip

    by = alone.instruments[Source.VISIT].by
    assert open_levels(alone)[0] @ open_levels(alone)[0] > by / 2
    assert open_levels(two)[0] @ open_levels(two)[0] < two.instruments[Source.VISIT].by / 2


def test_an_element_may_be_called_as_a_visitor_might_be() -> None:
    world = [
        [a_visit("seen by ben", 1.0 + t % 2, FIRST + timedelta(days=d), by=by, piece=f"{t} {d}")
         for d, by in enumerate(("ben", "chi"))]
        for t in range(6)
    ]  # fmt: skip

    assert set(fit(world).severities) == {"ben", "chi"}


def test_a_strict_visitor_is_known_as_such_across_teachers_and_a_stranger_is_not() -> None:
    rng = np.random.default_rng(3)
    strict = {"v0": -0.4, "v1": 0.0, "v2": 0.3}
    world = []
    for t in range(40):
        x = rng.normal(0, 0.3)
        looks = [
            a_visit("a", 1.5 + x + strict[by] + rng.normal(0, 0.3), FIRST + timedelta(days=30 * i),
                    by=by, piece=f"{t} {i}")
            for i, by in enumerate(rng.permutation(sorted(strict)))
        ]  # fmt: skip
        world.append(looks)
    world[0].append(a_visit("a", 1.0, END, by="once"))

    found = fit(world).severities

    assert set(found) == set(strict)
    for visitor, planted in strict.items():
        away = found[visitor].mean - planted + np.mean(list(strict.values()))
        assert abs(away) < 4 * found[visitor].variance ** 0.5 + 0.1
    assert sum(s.mean for s in found.values()) == pytest.approx(0, abs=EXACT)
    assert found["v0"].mean < found["v1"].mean < found["v2"].mean


def test_how_much_visitors_differ_is_found_from_all_that_they_saw() -> None:
    rng = np.random.default_rng(4)
    severity = rng.normal(0, 0.5, 30)
    world = []
    for t in range(90):
        x, two = rng.normal(0, 0.3), rng.choice(30, 2, replace=False)
        world.append(
            [a_visit("a", 1.5 + x + severity[v] + rng.normal(0, 0.3), FIRST, by=f"v{v}",
                     piece=f"{t} {v}") for v in two]
        )  # fmt: skip

    by = fit(world).instruments[Source.VISIT].by

    assert by == pytest.approx(severity.var(), rel=0.4)


def test_who_alone_looks_at_an_element_never_settles_how_usual_it_is() -> None:
    """Thirty lessons by one visitor, who is the stricter the higher the usual level really is."""
    looks = [a_visit(ELEMENTS[0], 2.0, TODAY, piece=str(i)) for i in range(30)]
    order = SETTINGS.open_order()
    here = np.array([name == (Source.VISIT, ELEMENTS[0]) for name in order], dtype=np.float64)
    settled = replace(SETTINGS, severities=MappingProxyType({"ben": Severity(0.0, 0.0)}))
    unsure = replace(
        SETTINGS,
        severities=MappingProxyType({"ben": Severity(0.0, 0.0, tuple(-here))}),
        levels_left=tuple(map(tuple, 0.3 * np.diag(here))),
    )

    sure, both = (practice.state(looks, reads, TODAY) for reads in (settled, unsure))
    back = change(ELEMENTS[0], TODAY - timedelta(days=300), TODAY)
    moved, as_moved = (joint(looks, reads).told(back) for reads in (settled, unsure))

    assert both.mean[0] == pytest.approx(sure.mean[0], abs=EXACT)
    assert both.cov[0, 0] == pytest.approx(sure.cov[0, 0] + 0.3**2, abs=EXACT)
    assert (as_moved.mean, as_moved.sd) == pytest.approx((moved.mean, moved.sd), abs=EXACT)


def test_what_nothing_tells_of_is_told_by_the_mean_of_its_starting_assumption() -> None:
    shape = Shape(1, np.zeros((0, 2), dtype=np.intp), np.zeros((0, 2), dtype=np.intp), PULL,
                  np.zeros(0))  # fmt: skip
    h = numbers(SETTINGS)

    found = expected([], [], h, shape)

    assert found.drift == pytest.approx(h.drift * np.exp(PULL**2 / 2))
    alone = h.own * np.exp((PULL**2 + APART**2) / 2)
    shared = h.factors[0] ** 2 * np.exp(PULL**2 / 2)
    assert found.prior()[0].diagonal() == pytest.approx(alone + shared * (1 + APART**2))
    assert found.parts == pytest.approx(h.parts)


def test_a_rare_practice_is_foretold_near_its_rate_also_in_few_turns() -> None:
    rare = 0.003
    usual = MappingProxyType({(Source.TALK, e): float(np.log(rare)) for e in NAMES})
    talk = Instrument(0.3, 0.01, 0.01, 0.0, 0.01, 0.0, 0.05)
    here = replace(
        general(),
        usual=usual,
        rates=MappingProxyType(dict.fromkeys(NAMES, rare)),
        instruments=MappingProxyType({Source.TALK: talk}),
    )
    level, variance = talk_rate(0.0, 20)
    coming = [Look("talk", Source.TALK, NAMES[0], FIRST, level, "talk", variance, n=20)]

    told = practice.predict_next([], here, coming)

    assert told.value[0] == pytest.approx(rare, rel=0.2)  # a mean over teachers lies a little above
    assert told.low80[0] == 0.0
