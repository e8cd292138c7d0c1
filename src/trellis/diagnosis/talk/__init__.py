"""Say what a transcript shows of a lesson's talk, by counts and stated rules; names go first.

Docs: docs/methods/talk.md.
"""

from trellis.diagnosis.talk.evidence import ELEMENTS_OF_TALK, TalkEvidence, evidence_of
from trellis.diagnosis.talk.lines import Line, Turn, turns_of, words_by_speaker
from trellis.diagnosis.talk.measures import Figures, Rate, measure
from trellis.diagnosis.talk.names import MASK, masked
from trellis.diagnosis.talk.uptake import Exchange

__all__ = [
    "ELEMENTS_OF_TALK",
    "MASK",
    "Exchange",
    "Figures",
    "Line",
    "Rate",
    "TalkEvidence",
    "Turn",
    "evidence_of",
    "masked",
    "measure",
    "turns_of",
    "words_by_speaker",
]
