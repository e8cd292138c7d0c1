"""What else could explain a claim, and what would settle it."""

from datetime import date, timedelta

from tests.diagnosis.worlds import SETTINGS, TODAY, a_visit, answers
from trellis.diagnosis import doubt, practice
from trellis.diagnosis.doubt import Act
from trellis.diagnosis.looks import Look
from trellis.diagnosis.practice_joint import level

THINKING = "instruction.thinking"
FALL = date(2025, 10, 1)


def visits(by: str, section: str = "math", *, apart: int = 40) -> list[Look]:
    return [
        a_visit(THINKING, 1.0, FALL + timedelta(days=apart * i), by=name, section=section)
        for i, name in enumerate(by)
    ]


def said(looks: list[Look], *, sections: int = 1, on: date = TODAY) -> str:
    return " ".join(explanations(looks, sections=sections, on=on))


def explanations(
    looks: list[Look], *, sections: int = 1, on: date = TODAY, of_sources: bool = False
) -> tuple[str, ...]:
    known = practice.joint(looks, SETTINGS)
    shares = practice.shares(known, level(THINKING, on))
    return doubt.other_explanations(THINKING, known, shares, on, sections, of_sources=of_sources)


def test_visits_to_one_class_of_several_are_named() -> None:
    assert "All 3 visits saw the same class" in said(visits("abc"), sections=2)
    assert "saw the same class" not in said(visits("abc"), sections=1)


def test_one_pair_of_eyes_is_named() -> None:
    assert "One visitor made all the visits" in said(visits("aaa"))
    assert "One visitor made most of the visits" in said(visits("aab"))
    assert "One visitor" not in said(visits("abc"))


def test_looks_that_are_close_together_or_old_are_named() -> None:
    assert "within three weeks" in said(visits("abc", apart=5))
    assert "three months old" in said(visits("ab"), on=date(2026, 6, 1))


def test_sources_that_see_it_differently_are_named() -> None:
    often = [answers(THINKING, 3.0, FALL + timedelta(days=i), section="math") for i in (1, 90)]

    assert "students say it happens more often" in said([*visits("abcabc"), *often])


def test_one_kind_of_look_alone_is_named() -> None:
    assert "Only visitors have looked" in said(visits("ab"))
    assert "students’ answers alone" in said([answers(THINKING, 1.0, FALL)])


def test_looks_that_would_settle_it_come_cheapest_first_with_their_worth() -> None:
    offers = doubt.what_would_settle(
        THINKING, practice.joint(visits("aa"), SETTINGS), TODAY, coach="a"
    )

    assert [o.minutes for o in offers] == sorted(o.minutes for o in offers)
    narrows = {o.act: o.narrows for o in offers}
    assert set(narrows) == set(Act)
    assert all(0 < part < 1 for part in narrows.values())
    assert narrows[Act.PEER_VISIT] > narrows[Act.COACH_VISIT]  # a new pair of eyes tells more
    assert narrows[Act.CLASS_FEEDBACK] > narrows[Act.SELF_REFLECTION]


def test_narrowing_is_said_in_parts_that_people_use() -> None:
    words = [doubt.narrowing_in_words(part) for part in (0.5, 0.33, 0.25, 0.2, 0.1, 0.01)]

    assert words == [
        "about a half",
        "about a third",
        "about a quarter",
        "about a fifth",
        "about a tenth",
        "a little",
    ]


def test_that_sources_differ_is_never_its_own_explanation() -> None:
    low = [a_visit(THINKING, 0.0, FALL + timedelta(days=20 * i), by=f"v{i}") for i in range(8)]
    high = [
        answers(THINKING, 3.0, FALL + timedelta(days=40 * i), section=f"s{i}") for i in range(3)
    ]
    looks = [*low, *high]

    claimed = explanations(looks, of_sources=True)

    assert "see this differently" in said(looks)
    assert "see this differently" not in " ".join(claimed)
