"""Hold a goal against the five words of a PEERS goal; what only its owner can judge stays hers."""

from dataclasses import dataclass
from datetime import date

STUDENT_WORDS = ("student", "class", "learner", "kid", "child", "everyone", "pairs")
YES, YOUR_CALL = "yes", "your call"


@dataclass(frozen=True, slots=True)
class PeersRow:
    """One of the five words, what can be said of it, and the question that it asks."""

    word: str
    answer: str
    question: str


def peers(text: str, why: str, *, counts: int | None, due_on: date | None) -> tuple[PeersRow, ...]:
    """Say what can be read off a goal. `counts` is its target, where it has a measure."""
    about_students = any(word in text.lower() for word in STUDENT_WORDS)
    reachable = counts is not None and due_on is not None
    return (
        PeersRow("Powerful", YOUR_CALL, "Would it make a real difference to your students?"),
        PeersRow("Easy", YOUR_CALL, "Is it one thing, clear enough to hold in your head?"),
        PeersRow(
            "Emotionally compelling",
            YES if why else YOUR_CALL,
            "You wrote why it matters to you." if why else "Why does it matter to you? Write it.",
        ),
        PeersRow(
            "Reachable",
            YES if reachable else YOUR_CALL,
            "It has a number and a day." if reachable else "What would you count, until when?",
        ),
        PeersRow(
            "Student-focused",
            YES if about_students else YOUR_CALL,
            "It says what students will do."
            if about_students
            else "What will students do that they do not do yet?",
        ),
    )
