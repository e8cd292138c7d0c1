"""What visits can say: intervals with counts, and refusals that say what is missing."""

from collections.abc import Iterable

import numpy as np
import pytest

from trellis.diagnosis import visits
from trellis.diagnosis.sureness import Sure
from trellis.diagnosis.visit_groups import UnconnectedError
from trellis.diagnosis.visits import Marks, Visits
from trellis.simulate.marks import Drawn, World, draw
from trellis.stats import TrellisNumbersError


def marks_of(drawn: Drawn, keep: np.ndarray | slice = slice(None)) -> Marks:
    def named(kind: str, places: np.ndarray) -> list[str]:
        return [f"{kind}{place:03d}" for place in places[keep]]

    return Marks(
        named("t", drawn.teacher),
        named("l", drawn.lesson),
        named("v", drawn.visitor),
        named("e", drawn.element),
        [int(level) + 1 for level in drawn.level[keep]],
    )


def of_rows(rows: Iterable[tuple[str, str, str, str, int]]) -> Marks:
    teacher, lesson, visitor, element, level = zip(*rows, strict=True)
    return Marks(teacher, lesson, visitor, element, level)


ROWS = [
    ("Ana", "1", "Vi", "talk", 2),
    ("Ana", "1", "Vi", "tasks", 3),
    ("Bo", "2", "Vi", "talk", 3),
    ("Bo", "2", "Vi", "tasks", 3),
    ("Bo", "3", "Wu", "talk", 4),
    ("Cy", "4", "Wu", "tasks", 1),
    ("Cy", "5", "Wu", "tasks", 2),
]


@pytest.fixture(scope="module")
def found() -> Visits:
    return visits.of(marks_of(draw(World(40, 8, 4, 3), np.random.default_rng(1))))


def test_every_teacher_has_each_element_and_the_whole_in_order_of_name(found: Visits) -> None:
    names = [(s.teacher, s.element) for s in found.standings]

    assert names[:6] == [
        ("t000", "e000"),
        ("t000", "e001"),
        ("t000", "e002"),
        ("t000", "e003"),
        ("t000", "overall"),
        ("t001", "e000"),
    ]
    assert len(names) == 40 * 5
    assert [s.visitor for s in found.severities] == sorted(s.visitor for s in found.severities)


def test_an_estimate_stands_on_its_own_looks() -> None:
    found = visits.of(of_rows(ROWS))
    counts = {(s.teacher, s.element): (s.looks, s.lessons, s.visitors) for s in found.standings}

    assert counts["Bo", "talk"] == (2, 2, 2)
    assert counts["Bo", "tasks"] == (1, 1, 1)
    assert counts["Bo", "overall"] == (2, 2, 2)
    assert counts["Cy", "overall"] == (2, 2, 1)
    assert ("Cy", "talk") not in counts  # nobody looked at it


def test_severities_and_difficulties_and_thresholds_sum_to_zero(found: Visits) -> None:
    assert sum(s.severity for s in found.severities) == pytest.approx(0, abs=1e-9)
    assert sum(d.value for d in found.difficulties.values()) == pytest.approx(0, abs=1e-9)
    assert sum(t.value for t in found.thresholds) == pytest.approx(0, abs=1e-9)


def test_more_looks_leave_less_doubt() -> None:
    drawn = draw(World(60, 10, 4, 6), np.random.default_rng(2))
    keep = (drawn.teacher % 2 == 0) | (drawn.lesson % 6 < 2)
    widths: dict[int, list[float]] = {6: [], 2: []}
    for s in visits.of(marks_of(drawn, keep)).standings:
        if s.element == visits.OVERALL:
            widths[s.lessons].append(s.estimate.interval.high - s.estimate.interval.low)

    assert max(widths[6]) < min(widths[2])


def test_words_are_as_sure_as_the_interval(found: Visits) -> None:
    one = found.standings[0]
    value, half = one.estimate.value, one.estimate.value - one.estimate.interval.low

    assert one.how_sure(value, 0.1) == Sure.NOT_ENOUGH
    assert one.how_sure(value - half / 2, 0.0) == Sure.EARLY  # .84
    assert one.how_sure(value + half * 0.7, 0.0) == Sure.FAIRLY  # .91
    assert one.how_sure(value - half - 0.1, 0.1) == Sure.WELL  # .975
    assert one.how_sure(value - half - 0.1, 0.5) != Sure.WELL


def test_a_mean_level_lies_on_the_scale_of_the_marks(found: Visits) -> None:
    levels = [found.level_at(logit) for logit in (-50.0, 0.0, 50.0)]

    assert levels[0] == pytest.approx(1)
    assert levels[1] == pytest.approx(2.5, abs=0.3)
    assert levels[2] == pytest.approx(4)


def test_people_whom_no_visit_links_are_refused_with_visits_that_would_link_them() -> None:
    rows = [*ROWS, ("Di", "6", "Xi", "talk", 2), ("Di", "6", "Xi", "tasks", 2)]
    with pytest.raises(UnconnectedError) as refused:
        visits.of(of_rows(rows))

    assert [g.teachers for g in refused.value.groups] == [("Ana", "Bo", "Cy"), ("Di",)]
    assert [g.visitors for g in refused.value.groups] == [("Vi", "Wu"), ("Xi",)]
    visitor, teacher = refused.value.pairings[0]
    linked = visits.of(of_rows([*rows, (teacher, "7", visitor, "talk", 3)]))
    assert len(linked.severities) == 3
    assert "Vi visits Di" in str(refused.value)


def test_one_visitor_who_sees_everybody_is_a_caution_and_a_doubt_in_each_interval() -> None:
    rng = np.random.default_rng(3)
    alone = visits.of(marks_of(draw(World(40, 1, 4, 3), rng)))

    assert visits.ONE_VISITOR in alone.cautions
    assert alone.severities[0].severity == 0
    assert alone.severities[0].se > 0.3  # what is usual of visitors
    overall = next(s for s in alone.standings if s.element == "overall").estimate.interval
    assert overall.high - overall.low > 2 * 1.96 * alone.severities[0].se


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (World(1, 4, 3, 8), "There is one teacher."),
        (World(30, 4, 1, 3), "There is one element."),
        (World(30, 1, 3, 1), "No teacher was seen in two lessons."),
    ],
)
def test_what_marks_cannot_tell_apart_is_taken_as_usual_and_said(world: World, said: str) -> None:
    found = visits.of(marks_of(draw(world, np.random.default_rng(4))))

    assert any(caution.startswith(said) for caution in found.cautions)
    assert all(np.isfinite(s.estimate.value) for s in found.standings)


def test_marks_that_follow_from_the_teacher_alone_settle() -> None:
    rows = [
        (f"t{t}", str(o), f"v{(t + o) % 3}", e, t % 3)
        for t in range(9)
        for o in range(3)
        for e in ("a", "b")
    ]
    found = visits.of(of_rows(rows))

    overall = [s.estimate.value for s in found.standings if s.element == visits.OVERALL]
    assert overall[0] < overall[1] < overall[2]


def test_a_teacher_seen_once_carries_a_caution() -> None:
    found = visits.of(of_rows(ROWS))
    ana = next(s for s in found.standings if (s.teacher, s.element) == ("Ana", "overall"))

    assert ana.estimate.caveats == (visits.ONE_LOOK,)
    assert any("One teacher was seen in one look" in said for said in found.cautions)


def test_a_level_that_was_never_used_is_a_caution() -> None:
    rows = [(*row[:4], {3: 2}.get(row[4], row[4])) for row in ROWS]

    assert any("between 2 and 4" in said for said in visits.of(of_rows(rows)).cautions)


def test_levels_from_nought_are_read_too() -> None:
    rows = [(*row[:4], row[4] - 1) for row in ROWS]
    found, usual = visits.of(of_rows(rows)), visits.of(of_rows(ROWS))

    assert found.levels == (0, 1, 2, 3)
    assert found.standings == usual.standings


def test_two_levels_are_enough() -> None:
    rows = [(*row[:4], int(row[4] > 2)) for row in ROWS]

    assert len(visits.of(of_rows(rows)).thresholds) == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no marks"),
        ([*ROWS, ROWS[0]], "1 marks stand twice. The first: visitor Vi marked talk"),
        ([(*row[:4], 3) for row in ROWS], "Every mark is 3"),
        ([("Ana", "1", "Vi", "overall", 2), *ROWS], "An element is called “overall”"),
        ([(*ROWS[0][:3], str(n), n) for n in range(12)], "12 different levels"),
    ],
)
def test_what_cannot_be_computed_is_said(
    rows: list[tuple[str, str, str, str, int]], said: str
) -> None:
    marks = of_rows(rows) if rows else Marks((), (), (), (), ())
    with pytest.raises(TrellisNumbersError, match=said):
        visits.of(marks)


@pytest.mark.parametrize("level", [float("nan"), float("inf"), 2.5])
def test_a_level_that_is_no_whole_number_is_refused(level: float) -> None:
    with pytest.raises(TrellisNumbersError, match="not a whole number"):
        visits.of(of_rows([*ROWS, ("Ana", "9", "Vi", "talk", level)]))  # type: ignore[list-item]


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(TrellisNumbersError, match="same length"):
        Marks(("Ana",), ("1",), ("Vi",), ("talk",), ())


def test_everybody_at_the_top_but_one_mark_stays_finite() -> None:
    rows = [(f"t{n}", str(n), f"v{n % 2}", e, 4) for n in range(12) for e in ("a", "b")]
    rows[0] = (*rows[0][:4], 3)
    rows += [("t0", "x", "v1", "a", 4)]
    found = visits.of(of_rows(rows))

    assert all(np.isfinite(s.estimate.value) for s in found.standings)
    assert all(np.isfinite(s.severity) and s.se > 0 for s in found.severities)
