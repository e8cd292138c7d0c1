"""Relevance is a sum of named reasons, and the teacher can take each of them away."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis.relevance.reasons import (
    ABOUT_HER,
    DEFAULT_WEIGHTS,
    Asking,
    Candidate,
    Input,
    Relevant,
    relevant,
)

THINKING = "instruction.thinking"
TITLES = {THINKING: "Critical thinking"}
TALK_MOVES = Candidate(
    "talk-moves",
    "Talk moves: How do you know?",
    "Short prompts that ask for reasons aloud",
    (THINKING,),
    ("04",),
    ("math",),
    10,
    "in-house",
    "moderate",
)
ROUTINES = Candidate(
    "routines", "Routines that run themselves", "Start of the day", ("culture.expectations",)
)
ANA = Asking(
    search="reasons",
    goal_words="Twelve students explain a step",
    goal_element=THINKING,
    insights={THINKING: 0.9},
    grade="04",
    subject="math",
    minutes=20,
    seen=frozenset(),
)
REMOVALS: dict[Input, Callable[[Asking], Asking]] = {
    Input.GOAL_WORDS: lambda a: replace(a, goal_words=""),
    Input.GOAL_ELEMENT: lambda a: replace(a, goal_element=""),
    Input.INSIGHT: lambda a: replace(a, insights={}),
    Input.GRADE: lambda a: replace(a, grade=""),
    Input.SUBJECT: lambda a: replace(a, subject=""),
    Input.TIME: lambda a: replace(a, minutes=None),
    Input.NOVELTY: lambda a: replace(a, seen=None),
    Input.SEARCH: lambda a: replace(a, search=""),
}


def found(asking: Asking, *candidates: Candidate) -> tuple[Relevant, ...]:
    return relevant(candidates or (TALK_MOVES, ROUTINES), asking, titles=TITLES)


def of_talk_moves(asking: Asking) -> Relevant:
    return next(r for r in found(asking) if r.candidate is TALK_MOVES)


def test_every_reason_is_named_and_the_score_is_their_sum() -> None:
    result = of_talk_moves(ANA)

    assert {reason.input for reason in result.reasons} == set(Input)
    assert result.score == sum(reason.value for reason in result.reasons)
    assert "serves your focus, “Critical thinking”" in [reason.words for reason in result.reasons]


@pytest.mark.parametrize("removed", REMOVALS, ids=str)
def test_removing_an_input_lowers_the_score_by_exactly_its_stated_weight(removed: Input) -> None:
    stated = next(r.value for r in of_talk_moves(ANA).reasons if r.input == removed)

    assert stated > 0
    assert of_talk_moves(REMOVALS[removed](ANA)).score == pytest.approx(
        of_talk_moves(ANA).score - stated
    )


@given(st.sampled_from(Input), st.floats(0, 5))
def test_moving_a_weight_moves_only_its_own_reason(moved: Input, weight: float) -> None:
    weights = {**DEFAULT_WEIGHTS, moved: weight}

    result = next(
        r
        for r in relevant([TALK_MOVES, ROUTINES], ANA, titles=TITLES, weights=weights)
        if r.candidate is TALK_MOVES
    )

    for before, after in (
        (r, {s.input: s for s in result.reasons}) for r in of_talk_moves(ANA).reasons
    ):
        if before.input != moved:
            assert after[before.input].value == before.value


def test_a_resource_without_a_reason_is_not_shown() -> None:
    assert ROUTINES not in [r.candidate for r in found(replace(ANA, search="", seen=None))]


def test_a_search_finds_other_words_for_the_same_thing() -> None:
    results = found(Asking(search="why do they justify"))

    assert [r.candidate for r in results] == [TALK_MOVES]


def test_without_her_data_only_the_search_and_evidence_speak() -> None:
    result = of_talk_moves(ANA.without_her_data())

    assert not {reason.input for reason in result.reasons} & ABOUT_HER


def test_a_provider_has_at_most_two_among_six() -> None:
    vendor = [replace(TALK_MOVES, key=f"v{i}", provider="LumenPD") for i in range(6)]
    others = [
        replace(TALK_MOVES, key=f"o{i}", provider=f"office {i}", evidence="none") for i in range(6)
    ]

    shown = [r.candidate.provider for r in found(ANA, *vendor, *others)]

    assert shown[:6].count("LumenPD") == 2


def test_nothing_known_and_nothing_asked_leaves_only_evidence_to_speak() -> None:
    assert [r.candidate for r in found(Asking())] == [TALK_MOVES]
