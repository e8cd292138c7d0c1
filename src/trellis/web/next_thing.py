"""Choose the one thing that a home page puts first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from trellis.ui.visibility import Visible


class Urge(IntEnum):
    """Why something comes before something else: the smaller, the sooner."""

    ANSWER_A_VISIT = 1  # somebody waits, and the day comes
    LOOK_BACK = 2  # a day that she chose herself has come
    READ_NOTES = 3  # what was seen is fresh now
    ANSWER_AN_INVITATION = 4
    SIGN_AN_AGREEMENT = 5
    ANSWER_A_SUGGESTION = 6
    CONSIDER_AN_INSIGHT = 7
    SET_A_GOAL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could come next: its words, its one button, and perhaps another way out."""

    urge: Urge
    day: date
    title: str
    text: str
    button: str
    href: str
    takes: str = ""
    visible: Visible | None = None
    other_button: str = ""
    other_href: str = ""


def choose(candidates: Sequence[Candidate], today: date) -> Candidate | None:
    """Return the one next thing; None when nothing waits.

    A look back before its day waits for nobody. Among equals the earliest day comes first, then
    the order in which they were given, so that a page does not change from one look to the next.
    """
    ready = [c for c in candidates if c.urge != Urge.LOOK_BACK or c.day <= today]
    return min(ready, key=lambda c: (c.urge, c.day), default=None)
