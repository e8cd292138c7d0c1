"""Hold what a transcript says, line by line, and put the lines of one speaker into turns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from trellis.diagnosis.talk.words import words


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says at one time, as the transcript has it.

    Attributes
    ----------
    speaker : as the transcript names her; empty where it names nobody.
    text : what is said, without the speaker's name.
    start, end : seconds from the beginning; None where the transcript has no times.
    """

    speaker: str
    text: str
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another one speaks.

    Attributes
    ----------
    by_teacher : whether the teacher speaks.
    lines : one or more, in order.
    """

    by_teacher: bool
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def words(self) -> int:
        return len(words(self.text))

    @property
    def seconds(self) -> float:
        """Return how long its lines last together; pauses between them are not counted."""
        return sum(
            max(line.end - line.start, 0.0)
            for line in self.lines
            if line.start is not None and line.end is not None
        )


def turns_of(lines: Sequence[Line], teacher: str) -> tuple[Turn, ...]:
    """Return the turns of a transcript; lines without a word are left out."""
    spoken = [line for line in lines if words(line.text)]
    return tuple(
        Turn(speaker == teacher, tuple(same))
        for speaker, same in groupby(spoken, key=lambda line: line.speaker)
    )


def words_by_speaker(lines: Sequence[Line]) -> dict[str, int]:
    """Return how many words each speaker says, whoever says most first: likely the teacher."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.speaker] += len(words(line.text))
    return dict(counts.most_common())
