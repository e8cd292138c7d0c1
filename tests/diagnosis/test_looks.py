"""How pieces of evidence come onto one scale, and how levels are said."""

from math import inf, log, nan

import pytest

from trellis.diagnosis.looks import class_answers, near_word, talk_rate
from trellis.stats import TrellisNumbersError


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (-0.4, "not seen this time"),
        (0.0, "not seen this time"),
        (1.1, "beginning"),
        (1.5, "between beginning and developing"),
        (1.8, "developing"),
        (3.7, "established"),
    ],
)
def test_a_level_is_said_in_words_and_never_as_a_number(level: float, words: str) -> None:
    assert near_word(level) == words


def test_answers_from_never_to_always_come_onto_the_scale_of_level_words() -> None:
    level, variance = class_answers(3.0, 1.0, 24)

    assert level == pytest.approx(1.5)
    assert variance == pytest.approx(0.75**2 * (24 + 2) / 25 / 24)


def test_a_class_of_one_mind_is_not_known_without_error() -> None:
    assert class_answers(5.0, 0.0, 10)[1] > 0


def test_feedback_without_answers_is_refused() -> None:
    with pytest.raises(TrellisNumbersError):
        class_answers(3.0, 1.0, 0)


def test_a_rate_of_talk_is_read_as_a_logit_with_what_counting_leaves_open() -> None:
    level, variance = talk_rate(0.25, 20)

    assert level == pytest.approx(log(5.5 / 15.5))
    assert variance == pytest.approx(1 / 5.5 + 1 / 15.5)


def test_a_lesson_without_any_question_still_has_a_level() -> None:
    level, variance = talk_rate(0.0, 12)

    assert level == pytest.approx(log(0.5 / 12.5))
    assert variance > 2.0


@pytest.mark.parametrize(("rate", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10), (nan, 10), (inf, 10)])
def test_a_rate_that_is_none_is_refused(rate: float, n: int) -> None:
    with pytest.raises(TrellisNumbersError):
        talk_rate(rate, n)
