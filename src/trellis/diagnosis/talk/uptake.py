"""Say by a stated formula whether a teacher's turn takes up what a student has just said."""

from collections.abc import Sequence
from dataclasses import dataclass

from trellis.diagnosis.talk.lines import Turn
from trellis.diagnosis.talk.words import (
    WORD,
    asks_for_thinking,
    content_words,
    is_question,
    names_an_idea,
    sentences,
)

# A student's turn that says enough to be taken up at all.
FEWEST_WORDS, FEWEST_CONTENT = 5, 2
# As much of the answer as can still be an answer: in a long turn some word recurs by chance.
ANSWER_WORDS = 40
# So many words shared are as good as all of a long turn.
ENOUGH_SHARED = 4
# Set by hand, not fitted: half of a short idea's words alone, or being named and asked about.
SHARED, NAMED, ASKED = 0.60, 0.25, 0.15
TAKEN_UP = 0.30
# New words of the teacher's own that make an answer more than saying it again.
ADDED = 3
# How far answers are moved, in exchanges, to see what shared words a topic alone brings.
MOVES = range(3, 13)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A student's turn and the teacher's turn right after it.

    Attributes
    ----------
    turn : place of the student's turn among all turns, from 0.
    student, teacher : what both say, names masked.
    weight : 0.60 shared + 0.25 named + 0.15 asked, between 0 and 1.
    taken_up : whether the weight reaches 0.30.
    built_on : taken up, and the teacher asks for thinking or adds words of her own.
    asked : whether the teacher's answer asks for thinking.
    """

    turn: int
    student: str
    teacher: str
    weight: float
    taken_up: bool
    built_on: bool
    asked: bool


def exchanges(turns: Sequence[Turn], *, marked: bool) -> tuple[Exchange, ...]:
    """Return each student's turn that says enough, with the teacher's answer right after it."""
    return tuple(
        _exchange(i, turns[i], turns[i + 1], marked=marked)
        for i in range(len(turns) - 1)
        if says_enough(turns[i]) and turns[i + 1].by_teacher
    )


def by_chance(found: Sequence[Exchange], *, marked: bool) -> float | None:
    """Return the share that would look taken up if each answer stood elsewhere in the lesson.

    Answers are moved by 3 to 12 exchanges, around the end; None below 16 exchanges.
    """
    n = len(found)
    if n <= MOVES.stop + 2:
        return None
    moved = [
        _weight(found[i].student, found[(i + move) % n].teacher, marked=marked)[0] >= TAKEN_UP
        for move in MOVES
        for i in range(n)
    ]
    return sum(moved) / len(moved)


def says_enough(turn: Turn) -> bool:
    """Return whether this is a student's turn with an idea that could be taken up."""
    enough = not turn.by_teacher and turn.words >= FEWEST_WORDS
    return enough and len(content_words(turn.text)) >= FEWEST_CONTENT


def _exchange(place: int, said: Turn, answer: Turn, *, marked: bool) -> Exchange:
    weight, asked, added = _weight(said.text, answer.text, marked=marked)
    taken_up = weight >= TAKEN_UP
    built_on = taken_up and (asked or added >= ADDED)
    return Exchange(place, said.text, answer.text, weight, taken_up, built_on, asked)


def _weight(student: str, teacher: str, *, marked: bool) -> tuple[float, bool, int]:
    """Return the weight, whether thinking is asked for, and how many words are added."""
    answer = _beginning(teacher)
    idea, back = content_words(student), content_words(answer)
    shared = min(1.0, len(idea & back) / min(len(idea), ENOUGH_SHARED)) if idea else 0.0
    asked = any(
        is_question(sentence, marked=marked) and asks_for_thinking(sentence)
        for sentence in sentences(answer)
    )
    weight = SHARED * shared + NAMED * names_an_idea(answer) + ASKED * asked
    # Rounded: 0.60 * 0.5 must reach 0.30 on every machine.
    return round(weight, 6), asked, len(back - idea)


def _beginning(text: str) -> str:
    for count, word in enumerate(WORD.finditer(text), start=1):
        if count == ANSWER_WORDS:
            return text[: word.end()] + text[word.end() : word.end() + 1]
    return text
