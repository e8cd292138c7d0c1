"""The registry of rules: each says what it compares, when it speaks, and what it must not claim."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.diagnosis.reference import REFERENCE, as_markdown
from tests.diagnosis.worlds import SETTINGS, TODAY, a_visit, answers
from trellis.diagnosis import practice, rules, signals
from trellis.diagnosis.looks import ELEMENTS, Look
from trellis.diagnosis.rules import RULES, Kind, Setting
from trellis.diagnosis.signals import Reading

THINKING, SUPPORT, CHECKS = "instruction.thinking", "culture.support", "instruction.checks"
SINCE, GOAL_SET = date(2025, 8, 1), date(2025, 9, 15)
AROUND = Setting(TODAY, SINCE, goals={THINKING: GOAL_SET})


def visits_to(element: str, level: float, count: int, start: date) -> list[Look]:
    return [
        a_visit(element, level, start + timedelta(days=15 * i), by=f"b{i % 3}")
        for i in range(count)
    ]


def read(looks: list[Look], around: Setting = AROUND) -> dict[str, Reading]:
    found = signals.readings(THINKING, practice.joint(looks, SETTINGS), around)
    return {reading.rule.name: reading for reading in found}


def test_the_page_of_the_rules_says_what_the_rules_do() -> None:
    assert REFERENCE.read_text() == as_markdown(), (
        "docs/reference/insight-rules.md is older than the rules. Write it again: "
        "python -m tests.diagnosis.reference"
    )


def test_a_name_is_used_once_and_every_rule_has_its_words_for_every_element() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for element in ELEMENTS:
        around = replace(AROUND, goals={element: GOAL_SET})
        case = rules.Case(element, practice.joint((), SETTINGS), around)
        for rule in RULES:
            for mean in (0.4, -0.4):
                title, text = rule.say(case, rule.kind(mean), mean, "about developing")
                assert 10 < len(title) <= 200
                assert title[0].isupper()
                assert text.endswith("about developing.")


def test_a_goal_asks_what_has_moved_since_it_was_set() -> None:
    before = visits_to(THINKING, 0.0, 5, date(2025, 3, 1))
    after = visits_to(THINKING, 3.0, 5, date(2025, 10, 1))
    found = read([*before, *after])["since-goal"]

    assert found.mean > 0
    assert found.kind == Kind.STRENGTH
    title, text = signals.words(found, practice.joint((), SETTINGS), AROUND)
    assert title == "Students’ explanations have grown since you set your goal"
    assert "(September 15, 2025)" in text


@pytest.mark.parametrize(("before", "after"), [(3, 5), (5, 3)])
def test_no_change_is_read_from_fewer_than_four_looks_on_a_side(before: int, after: int) -> None:
    looks = [
        *visits_to(THINKING, 0.0, before, date(2025, 3, 1)),
        *visits_to(THINKING, 3.0, after, date(2025, 10, 1)),
    ]

    assert not {"since-goal", "earlier-self"} & set(read(looks))


def test_without_a_goal_for_the_element_there_is_nothing_to_compare_with_it() -> None:
    looks = [
        *visits_to(THINKING, 0.0, 5, date(2025, 3, 1)),
        *visits_to(THINKING, 3.0, 5, date(2025, 10, 1)),
    ]

    assert "since-goal" not in read(looks, replace(AROUND, goals={SUPPORT: GOAL_SET}))


def test_students_and_visits_that_lie_far_apart_are_a_claim_of_its_own_kind() -> None:
    looks = [
        *visits_to(THINKING, 0.0, 8, SINCE),
        *visits_to(SUPPORT, 1.6, 8, SINCE),
        *visits_to(CHECKS, 1.6, 8, SINCE),
        *(answers(THINKING, 3.0, SINCE + timedelta(days=50 * i)) for i in range(3)),
    ]
    found = signals.claims(looks, SETTINGS, AROUND)

    assert [c.kind for c in found if c.element == THINKING] == [Kind.DISAGREEMENT]
    claim = next(c for c in found if c.kind == Kind.DISAGREEMENT)
    assert "your students see more of students’ explanations" in claim.text
    assert claim.rule is rules.SOURCES
    assert found[-1] is claim  # after strengths


def test_students_and_visits_that_agree_are_none() -> None:
    looks = [
        *visits_to(THINKING, 1.6, 8, SINCE),
        *(answers(THINKING, 1.9, SINCE + timedelta(days=50 * i)) for i in range(3)),
    ]

    assert "sources" not in read(looks)
