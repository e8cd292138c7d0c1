"""A lesson's talk is counted as one would by hand, each share with its range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.talk import twin
from tests.diagnosis.talk.lessons import FRACTIONS, a_lesson, a_line
from trellis.diagnosis.looks import ELEMENTS
from trellis.diagnosis.talk import (
    ELEMENTS_OF_TALK,
    Line,
    evidence_of,
    measure,
    turns_of,
    words_by_speaker,
)
from trellis.diagnosis.talk.sentences import parts, said
from trellis.diagnosis.talk.words import asks_for_thinking, is_question, sentences
from trellis.stats import TrellisNumbersError

ALMOST = 1e-9  # the same sums in another order

# Counted by hand: words, seconds, pauses.
TINY = (
    Line("T", "What is a half?", 0.0, 2.0),  # 4 words, a question, then quiet for 1.5 s
    Line("A", "It is one of two equal parts.", 3.5, 6.5),  # 7
    Line("T", "Two equal parts. Why equal?", 6.5, 8.5),  # 5, asks for thinking, quiet for 1 s
    Line("B", "Because it is fair.", 9.5, 10.5),  # 4
    Line("T", "Right?", 10.5, 11.0),  # 1, asks for nothing
    Line("T", "Good. We go on.", 11.0, 13.0),  # 4, the same turn
)


def test_a_tiny_lesson_is_counted_as_by_hand() -> None:
    figures = measure(TINY, "T")

    assert (figures.teacher_words, figures.student_words) == (14, 11)
    assert (figures.teacher_turns, figures.student_turns) == (3, 2)
    assert (figures.thinking.hits, figures.thinking.of) == (1, 2)
    assert (figures.longest_words, figures.longest_seconds) == (5, 2.0)
    # B's turn has four words: too few to be taken up. A's idea: two, equal, part; all come back.
    assert (figures.uptake.hits, figures.uptake.of, figures.built_on) == (1, 1, 1)
    assert figures.exchanges[0].weight == pytest.approx(0.60 + 0.15)


def test_so_little_talk_has_counts_and_no_range() -> None:
    figures = measure(TINY, "T")

    assert figures.voice.estimate is figures.thinking.estimate is figures.uptake.estimate is None
    assert figures.time is figures.wait is figures.student_turn is figures.chance is None
    assert not parts(figures)
    assert not evidence_of(figures)
    assert any("too little to say how other lessons" in one.range for one in said(figures))


def test_each_share_of_a_lesson_comes_with_range_n_design_and_what_to_know() -> None:
    figures = measure(FRACTIONS, "Ms. Ruiz")

    for estimate in (
        figures.voice.estimate, figures.time, figures.thinking.estimate, figures.uptake.estimate,
        figures.wait, figures.student_turn,
    ):  # fmt: skip
        assert estimate is not None
        assert estimate.interval.low < estimate.value < estimate.interval.high
        assert estimate.n >= 16
        assert estimate.design
        assert estimate.caveats


def test_the_plain_twin_counts_the_same() -> None:
    rng = np.random.default_rng(7)

    for lines in (TINY, FRACTIONS, *(a_lesson(rng) for _ in range(20))):
        figures, plain = (
            measure(lines, "Ms. Ruiz" if lines is FRACTIONS else "T"),
            twin.count(lines, "Ms. Ruiz" if lines is FRACTIONS else "T"),
        )
        assert (figures.teacher_words, figures.student_words) == (plain.hers, plain.theirs)
        assert (figures.thinking.hits, figures.thinking.of) == (plain.thinking, plain.questions)
        assert (figures.uptake.hits, figures.uptake.of) == (plain.taken_up, plain.exchanges)
        assert figures.longest_words == plain.longest
        if figures.wait:
            assert figures.wait.value == pytest.approx(plain.wait, abs=ALMOST)
        if figures.time:
            assert figures.time.value == pytest.approx(plain.time, abs=ALMOST)


@given(st.lists(a_line(), max_size=60))
def test_any_lines_are_measured_or_refused_and_the_counts_add_up(lines: list[Line]) -> None:
    counted = words_by_speaker(lines)
    teacher = next(iter(counted), "T")

    if not counted or not counted[teacher]:
        with pytest.raises(TrellisNumbersError):
            measure(lines, teacher)
        return
    figures = measure(lines, teacher)

    assert figures.teacher_words + figures.student_words == sum(counted.values())
    assert figures.voice.of == sum(counted.values())
    assert figures.teacher_turns + figures.student_turns == len(turns_of(lines, teacher))
    assert 0 <= figures.built_on <= figures.uptake.hits <= figures.uptake.of
    assert figures.longest_words <= figures.teacher_words
    assert all(0 <= one.weight <= 1 for one in figures.exchanges)
    assert len(said(figures)) >= 4


@pytest.mark.parametrize(
    ("question", "thinking"),
    [
        ("Why do the pieces get smaller?", True),
        ("How did you find that?", True),
        ("What makes you think so?", True),
        ("Can you explain that in your own words?", True),
        ("What would happen if there were ten?", True),
        ("Do you agree with that?", True),
        ("How many pieces are there?", False),
        ("How many, and why?", True),
        ("What is it called?", False),
        ("Who has a pencil?", False),
    ],
)
def test_a_question_asks_for_thinking_or_for_a_fact(question: str, thinking: bool) -> None:
    assert is_question(question, marked=True)
    assert asks_for_thinking(question) is thinking


def test_right_and_okay_ask_for_nothing() -> None:
    assert not any(
        is_question(one, marked=True)
        for one in sentences("Right? Okay? Everybody ready? Does that make sense? Yes?")
    )


def test_without_question_marks_openings_of_sentences_stand_in_and_it_is_said() -> None:
    lines = [
        Line(who, text)
        for _ in range(20)
        for who, text in (("T", "why do you think that"), ("A", "because it is the same"))
    ]

    thinking = measure(lines, "T").thinking

    assert (thinking.hits, thinking.of) == (20, 20)
    assert thinking.estimate is not None
    assert "question marks" in thinking.estimate.caveats[0]


def test_an_idea_is_taken_up_by_its_words_not_by_the_topic_alone() -> None:
    idea = Line("A", "The strip gets shorter because you fold it again")
    back = (
        ("You fold it again and the strip gets shorter.", True),
        ("So what you are saying is that folding matters. Why?", True),
        ("Very good. Open your books.", False),
        ("The strip. Now, page nine.", False),
    )

    for answer, taken_up in back:
        figures = measure([Line("T", "Well."), idea, Line("T", answer)], "T")
        assert figures.exchanges[0].taken_up is taken_up, answer


def test_evidence_speaks_of_two_elements_of_the_framework_with_an_honest_n() -> None:
    figures = measure(FRACTIONS, "Ms. Ruiz")

    found = {one.element: one for one in evidence_of(figures)}

    assert set(found) == set(ELEMENTS_OF_TALK.values()) <= set(ELEMENTS)
    assert found["instruction.thinking"].rate == pytest.approx(11 / 25)
    # Neighbors hang together: the lesson's exchanges are worth fewer independent ones.
    assert 1 <= found["instruction.feedback"].n < figures.uptake.of


def test_what_was_there_is_said_before_what_was_not() -> None:
    quiet = (
        [Line("T", "Why is that?")]
        + [Line("A", "I think it is blue")] * 2
        + [Line("T", "Please sit down.")]
    )

    titles = [one.title for one in said(measure(quiet, "T"))]

    assert titles[-1] == "Students’ ideas taken up"
