"""Count what a transcript says of a lesson's talk, each share with its range.

Nothing is modeled or learned: words, turns, times and stated rules. The counts are facts about
one transcript; a range says how far a lesson of the same kind of talk could lie from this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trellis.diagnosis.talk.lines import Line, Turn, turns_of
from trellis.diagnosis.talk.uptake import Exchange, by_chance, exchanges
from trellis.diagnosis.talk.words import asks_for_thinking, is_question, sentences
from trellis.stats import Estimate, TrellisNumbersError
from trellis.stats.stretches import Array, mean, median, share

LEVEL = 0.95
DESIGN = "one lesson's transcript, counted; the range from eight stretches of it"
WAITS = "one lesson's transcript, by its own times; the range from the order of the pauses"
BY_EAR = "Counts are as good as the transcript: what was not heard or not written is not here."
BY_RULE = "Found by words, not by meaning: some are missed, some are taken for what they are not."
ONE_LESSON = "One lesson is one lesson: what it was for decides what talk fits it."
UNMARKED = "The transcript has no question marks; openings of sentences stand in for them."
ROUGH_TIMES = "Times of captions are rough, often by half a second."


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its range, and how many independent answers it is worth.

    Attributes
    ----------
    hits, of : the counts behind it.
    estimate : the share, or None where `of` is too few for a range.
    effective : as many independent yes-or-no answers say as much; 0 where there is no range.
    """

    hits: int
    of: int
    estimate: Estimate | None
    effective: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a lesson's talk looks like in numbers.

    Attributes
    ----------
    words, turns : of the teacher and of the students.
    time : the teacher's share of the seconds that somebody speaks; None without times.
    voice : the students' share of all words.
    thinking : of the teacher's questions, those that ask for thinking.
    uptake : of the students' ideas that she answers, those that she takes up.
    built_on : of these, those that she builds on rather than says again.
    chance : share that would look taken up if answers stood elsewhere; None below 16 exchanges.
    wait : median seconds after a question until somebody speaks; None where it cannot be told.
    student_turn : mean words of a student's turn; None below 16 turns.
    longest_words, longest_seconds : the teacher's longest stretch without another voice: counted,
        so without a range; seconds are None without times.
    """

    teacher_words: int
    student_words: int
    teacher_turns: int
    student_turns: int
    voice: Rate
    time: Estimate | None
    thinking: Rate
    uptake: Rate
    built_on: int
    chance: float | None
    wait: Estimate | None
    student_turn: Estimate | None
    longest_words: int
    longest_seconds: float | None
    exchanges: tuple[Exchange, ...]


def measure(lines: Sequence[Line], teacher: str) -> Figures:
    """Measure the talk of a lesson.

    Parameters
    ----------
    lines : in the order of the lesson, names masked
    teacher : the label by which the lines name the teacher

    Raises
    ------
    TrellisNumbersError
        if the teacher says nothing in this transcript
    """
    turns = turns_of(lines, teacher)
    hers = [turn for turn in turns if turn.by_teacher]
    theirs = [turn for turn in turns if not turn.by_teacher]
    if not hers:
        raise TrellisNumbersError("Nobody in this transcript speaks under the teacher's name.")
    marked = any("?" in line.text for line in lines)
    asked = [
        asks_for_thinking(sentence)
        for turn in hers
        for sentence in sentences(turn.text)
        if is_question(sentence, marked=marked)
    ]
    found = exchanges(turns, marked=marked)
    longest = max(hers, key=lambda turn: turn.words)
    timed = bool(longest.seconds)
    return Figures(
        teacher_words=sum(turn.words for turn in hers),
        student_words=sum(turn.words for turn in theirs),
        teacher_turns=len(hers),
        student_turns=len(theirs),
        voice=_voice(turns),
        time=_time(turns),
        thinking=_yes(asked, marked=marked),
        uptake=_yes([one.taken_up for one in found], marked=True),
        built_on=sum(one.built_on for one in found),
        chance=by_chance(found, marked=marked),
        wait=_wait([line for turn in turns for line in turn.lines], teacher, marked=marked),
        student_turn=_student_turn(theirs),
        longest_words=longest.words,
        longest_seconds=longest.seconds if timed else None,
        exchanges=found,
    )


def _voice(turns: Sequence[Turn]) -> Rate:
    wholes = np.array([turn.words for turn in turns], dtype=np.float64)
    parts = wholes * [not turn.by_teacher for turn in turns]
    return _rate(parts, wholes, (BY_EAR, ONE_LESSON))


def _time(turns: Sequence[Turn]) -> Estimate | None:
    wholes = np.array([turn.seconds for turn in turns])
    if not (wholes > 0).mean() > 0.9:  # a few lines without a time do not matter
        return None
    parts = wholes * [turn.by_teacher for turn in turns]
    return _rate(parts, wholes, (BY_EAR, ROUGH_TIMES, ONE_LESSON)).estimate


def _yes(answers: Sequence[bool], *, marked: bool) -> Rate:
    caveats = (BY_RULE, ONE_LESSON) if marked else (UNMARKED, BY_RULE, ONE_LESSON)
    parts = np.array(answers, dtype=np.float64)
    return _rate(parts, np.ones(len(parts)), caveats)


def _rate(parts: Array, wholes: Array, caveats: tuple[str, ...]) -> Rate:
    hits, of = round(float(parts.sum())), round(float(wholes.sum()))
    try:
        found = share(parts, wholes, LEVEL)
    except TrellisNumbersError:
        return Rate(hits, of, None, 0.0)
    estimate = Estimate(found.value, found.interval, len(parts), DESIGN, caveats)
    return Rate(hits, of, estimate, found.effective)


def _wait(lines: Sequence[Line], teacher: str, *, marked: bool) -> Estimate | None:
    pauses = [
        max(after.start - line.end, 0.0)
        for line, after in pairwise(lines)
        if line.speaker == teacher
        and line.end is not None
        and after.start is not None
        and is_question(sentences(line.text)[-1], marked=marked)
    ]
    try:
        value, interval = median(np.array(pauses), LEVEL)
    except TrellisNumbersError:
        return None
    return Estimate(value, interval, len(pauses), WAITS, (ROUGH_TIMES, ONE_LESSON))


def _student_turn(theirs: Sequence[Turn]) -> Estimate | None:
    try:
        value, interval = mean(np.array([turn.words for turn in theirs], dtype=np.float64), LEVEL)
    except TrellisNumbersError:
        return None
    return Estimate(value, interval, len(theirs), DESIGN, (BY_EAR, ONE_LESSON))
