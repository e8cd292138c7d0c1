"""Name a piece of evidence about practice as the model reads it, and the words for levels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log

from trellis.stats import TrellisNumbersError

ELEMENTS = (
    "culture.support",
    "culture.expectations",
    "instruction.facilitation",
    "instruction.checks",
    "instruction.feedback",
    "instruction.thinking",
    "agency.autonomy",
    "agency.perseverance",
    "agency.collaboration",
    "content.tasks",
    "planning.assessment",
)

LEVEL_WORDS = ("not seen this time", "beginning", "developing", "established")
TOP_LEVEL = len(LEVEL_WORDS) - 1
NOBODY = "unknown"  # who looked where nobody is named; never known from one teacher to another
FREQUENCY_STEPS = 4  # never, rarely, sometimes, often, always


class Source(StrEnum):
    """Where a look comes from; each source has its own measurement model."""

    VISIT = "visit"
    CLASS_FEEDBACK = "class feedback"
    SELF_REFLECTION = "self-reflection"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of one element.

    piece : what is switched on or off as a whole (a visit, one class's answers, one reflection)
    level : on the scale of level words, 0 (not seen this time) to 3 (established); for talk the
        logit of the rate
    known_variance : sampling variance that is known from the piece itself (students' answers, or
        the turns of a lesson)
    by : the visitor or the class that looked
    n : how many people answered or turns were counted, 1 for a visit or a reflection
    section : the class that was seen, when known
    reason : why a visit was made, when known
    """

    piece: str
    source: Source
    element: str
    on: date
    level: float
    by: str
    known_variance: float = 0.0
    n: int = 1
    section: str = ""
    reason: str = ""


def near_word(level: float) -> str:
    """Say a level in words: a level word, or "between" two of them."""
    level = min(max(level, 0.0), float(TOP_LEVEL))
    lower = int(level)
    part = level - lower
    if part < 0.3 or lower == TOP_LEVEL:
        return LEVEL_WORDS[lower]
    if part > 0.7:
        return LEVEL_WORDS[lower + 1]
    return f"between {LEVEL_WORDS[lower]} and {LEVEL_WORDS[lower + 1]}"


def class_answers(mean: float, sd: float, n: int) -> tuple[float, float]:
    """Return level (0 to 3) and its sampling variance from n answers on 1 (never) to 5 (always).

    The variance has two answers one step off the mean added to it, so that a class of one mind
    does not look as if it were known without error.

    Raises
    ------
    TrellisNumbersError
        if no student answered
    """
    if n < 1:
        raise TrellisNumbersError("Class feedback needs at least one answer.")
    scale = TOP_LEVEL / FREQUENCY_STEPS
    variance = (n * sd**2 + 2.0) / (n + 1) / n
    return (mean - 1.0) * scale, variance * scale**2


def talk_rate(rate: float, n: int) -> tuple[float, float]:
    """Return the logit of a rate out of n turns or questions, and its sampling variance.

    Half a turn is added on each side, so that none and all are read too: log((k + 1/2) / (n - k +
    1/2)) with variance 1 / (k + 1/2) + 1 / (n - k + 1/2), k = rate * n (the delta method).

    Raises
    ------
    TrellisNumbersError
        if nothing was counted, or the rate is not between 0 and 1

    References
    ----------
    Gart & Zweifel (1967), Biometrika 54, 181-187.
    """
    if n < 1 or not 0.0 <= rate <= 1.0:
        raise TrellisNumbersError("A rate of talk lies between 0 and 1, out of at least one turn.")
    yes, no = rate * n + 0.5, (1.0 - rate) * n + 0.5
    return log(yes / no), 1.0 / yes + 1.0 / no


def without(looks: Iterable[Look], pieces: Iterable[str]) -> tuple[Look, ...]:
    """Return the looks as if the named pieces had never been made."""
    gone = frozenset(pieces)
    return tuple(look for look in looks if look.piece not in gone)
