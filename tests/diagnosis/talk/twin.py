"""Count a lesson's talk plainly, with loops and without the product's own functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from trellis.diagnosis.talk.lines import Line
from trellis.diagnosis.talk.words import (
    FUNCTION_WORDS,
    asks_for_thinking,
    is_question,
    names_an_idea,
    sentences,
)


@dataclass
class Counted:
    hers: int = 0
    theirs: int = 0
    questions: int = 0
    thinking: int = 0
    exchanges: int = 0
    taken_up: int = 0
    longest: int = 0
    wait: float = 0.0
    time: float = 0.0


def count(lines: Sequence[Line], teacher: str) -> Counted:
    found = Counted()
    lines = [line for line in lines if tokens(line.text)]
    turns: list[tuple[str, str]] = []
    before = ""
    for line in lines:
        if turns and before == line.speaker:
            turns[-1] = (line.speaker, turns[-1][1] + " " + line.text)
        else:
            turns.append((line.speaker, line.text))
        before = line.speaker
    for speaker, text in turns:
        size = len(tokens(text))
        if speaker != teacher:
            found.theirs += size
            continue
        found.hers += size
        found.longest = max(found.longest, size)
        for sentence in sentences(text):
            if is_question(sentence, marked=True):
                found.questions += 1
                found.thinking += asks_for_thinking(sentence)
    _uptake(turns, teacher, found)
    _times(lines, teacher, found)
    return found


def tokens(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:['’-][a-z]+)*|\d+", text.lower())


def about(text: str) -> set[str]:
    found = set()
    for word in tokens(text):
        stem = word.split("'")[0].split("’")[0]
        if len(stem) > 4 and stem.endswith("ies"):
            stem = stem[:-3] + "y"
        elif len(stem) > 3 and stem.endswith("s") and stem[-2:] not in ("ss", "us", "is"):
            stem = stem[:-1]
        if word not in FUNCTION_WORDS and stem not in FUNCTION_WORDS:
            found.add(stem)
    return found


def _uptake(turns: list[tuple[str, str]], teacher: str, found: Counted) -> None:
    for (who, idea), (next_one, answer) in pairwise(turns):
        if who == teacher or next_one != teacher:
            continue
        if len(tokens(idea)) < 5 or len(about(idea)) < 2:
            continue
        found.exchanges += 1
        start = re.match(r"\W*(?:[\w'’-]+\W+){0,39}[\w'’-]*.?", answer)
        assert start
        begin = start.group()
        shared = len(about(idea) & about(begin)) / min(4, len(about(idea)))
        asked = any(is_question(s, marked=True) and asks_for_thinking(s) for s in sentences(begin))
        weight = 0.6 * min(1, shared) + 0.25 * names_an_idea(begin) + 0.15 * asked
        found.taken_up += weight > 0.3 - 1e-6


def _times(lines: Sequence[Line], teacher: str, found: Counted) -> None:
    waits, hers, whole = [], 0.0, 0.0
    for i, line in enumerate(lines):
        if line.start is None or line.end is None:
            continue
        whole += line.end - line.start
        if line.speaker != teacher:
            continue
        hers += line.end - line.start
        last = sentences(line.text)[-1]
        if i + 1 < len(lines) and is_question(last, marked=True):
            after = lines[i + 1].start
            assert after is not None
            waits.append(max(0.0, after - line.end))
    found.wait = median(waits) if waits else 0.0
    found.time = hers / whole if whole else 0.0
