"""The decision study: published reliabilities, and which further looks settle a question."""

import pytest

from trellis.diagnosis.decision import (
    MET,
    By,
    Design,
    Parts,
    doubt_left,
    reliability,
    smallest_claim,
    standard_error,
    study,
    what_would_settle,
)
from trellis.stats import TrellisNumbersError

PRINTED = 0.005  # the published figures have two decimals
PARTS = Parts(teacher=0.8, lesson=0.25, visitor=0.16, mark=1.9, element=0.2)


@pytest.mark.parametrize(
    ("lessons", "visitors", "looks", "published"),
    [
        (1, 1, 1, 0.37),
        (1, 2, 2, 0.49),
        (2, 1, 2, 0.50),
        (4, 1, 4, 0.61),
        (4, 2, 4, 0.65),
        (4, 4, 4, 0.66),
        (8, 4, 8, 0.75),
    ],
)
def test_reliability_is_that_of_the_measures_of_effective_teaching(
    lessons: int, visitors: int, looks: int, published: float
) -> None:
    found = reliability(MET, Design(lessons, visitors, looks))

    assert found == pytest.approx(published, abs=PRINTED)


def test_a_standard_error_adds_up_by_hand() -> None:
    parts = Parts(teacher=1, klass=0.2, lesson=0.4, visitor=0.3, pairing=0.1, element=0.6, mark=1.2)
    design = Design(lessons=4, visitors=2, looks=4, elements=3, classes=2)

    assert standard_error(parts, design) ** 2 == pytest.approx(0.1 + 0.1 + 0.2 + 0.1)
    sampled = standard_error(parts, design, elements_fixed=False) ** 2
    assert sampled == pytest.approx(0.5 + 0.2)


def test_marks_of_more_elements_do_not_make_more_lessons() -> None:
    few, many = (standard_error(PARTS, Design(2, 2, 2, elements)) for elements in (4, 400))

    assert few > many > (0.25 / 2 + 0.16 / 2) ** 0.5


def test_one_element_stands_on_fewer_marks_than_all_of_them() -> None:
    whole, one = reliability(PARTS, Design(4, 2, 4, 8)), PARTS.of_one_element()

    assert reliability(one, Design(4, 2, 4)) < whole
    assert one.teacher == pytest.approx(1.0)


def test_a_new_visitor_each_time_settles_sooner_than_the_same_one() -> None:
    found = {one.by: one.lessons for one in what_would_settle(PARTS, Design(1, 1, 1, 8), 0.53)}

    assert found[By.THE_SAME] is None
    assert found[By.NEW_EACH] is not None
    assert found[By.ONE_NEW] is not None
    assert 1 < found[By.NEW_EACH] < found[By.ONE_NEW]


def test_the_lessons_that_settle_are_the_fewest() -> None:
    found = what_would_settle(PARTS, Design(2, 2, 2, 8), 0.62)[2].lessons
    assert found is not None
    needed = [smallest_claim(PARTS, Design(n, n, n, 8)) for n in (1 + found, 2 + found)]

    assert needed[0] > 0.62 >= needed[1]


def test_no_number_of_looks_settles_what_is_too_close_to_matter() -> None:
    found = what_would_settle(PARTS, Design(2, 2, 2, 8), distance=0.2, delta=0.25)

    assert [one.lessons for one in found] == [None, None, None]
    assert "No number of lessons" in str(found[0])


def test_what_is_settled_asks_for_nothing_more() -> None:
    found = what_would_settle(PARTS, Design(8, 8, 8, 8), distance=-3.0)

    assert [one.lessons for one in found] == [0, 0, 0]
    assert str(found[0]) == "It is settled as it stands."


def test_doubt_is_never_more_than_before_any_look() -> None:
    assert doubt_left(PARTS, Design(1, 1, 1)) < PARTS.teacher**0.5


def test_a_study_has_a_row_for_every_design() -> None:
    rows = study(PARTS, 8, (1, 2), (1, 2, 3))

    assert [(r.design.lessons, r.design.visitors, r.design.looks) for r in rows] == [
        (1, 1, 1),
        (1, 2, 2),
        (1, 3, 3),
        (2, 1, 2),
        (2, 2, 2),
        (2, 3, 3),
    ]


@pytest.mark.parametrize("counts", [(0, 1, 1), (2, 1, 1), (1, 3, 2), (2, 2, 5)])
def test_looks_that_cannot_be_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(TrellisNumbersError):
        Design(*counts)
