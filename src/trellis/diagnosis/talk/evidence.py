"""Say which figures of a lesson's talk speak of which element of practice, and with what weight.

Two do. How often a question asks for thinking is what the framework calls "questions ask why and
how". What a student hears right after saying an idea is feedback on it, and taking it up is the
kind that builds on it. Talk share, wait time and lengths stay out: more is not better whatever
the lesson is for, and a microphone beside the teacher hears her best.
"""

from dataclasses import dataclass

from trellis.diagnosis.talk.measures import Figures, Rate

ELEMENTS_OF_TALK = {"thinking": "instruction.thinking", "uptake": "instruction.feedback"}


@dataclass(frozen=True, slots=True)
class TalkEvidence:
    """A rate between 0 and 1 on one element, worth `n` independent yes-or-no answers."""

    element: str
    rate: float
    n: int


def evidence_of(figures: Figures) -> tuple[TalkEvidence, ...]:
    """Return what the figures say of elements of practice; what has no range says nothing."""
    found: tuple[tuple[str, Rate], ...] = (
        (ELEMENTS_OF_TALK["thinking"], figures.thinking),
        (ELEMENTS_OF_TALK["uptake"], figures.uptake),
    )
    return tuple(
        TalkEvidence(element, rate.estimate.value, max(1, int(rate.effective)))
        for element, rate in found
        if rate.estimate is not None
    )
