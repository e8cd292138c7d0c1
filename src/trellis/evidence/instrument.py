"""Hold the ten questions of the class feedback in two reading levels; the words are our own.

Questions, not statements to agree with; one idea each; no reversed ones; nothing about a student's
home, beliefs or feelings. CC BY 4.0, like the Trellis Practice Framework. It is a way to hear a
class, not a measure of a teacher: how well it tells lessons apart has not been studied.
"""

from dataclasses import dataclass
from typing import Literal

# The five answers, as the file of class feedback names them.
ANSWERS = ("never", "rarely", "sometimes", "often", "always")
Level = Literal["younger", "older"]
# Made for grades 3 and up; a class below that needs pictures, which this is not.
YOUNGEST, LAST_OF_YOUNGER = 3, 5


@dataclass(frozen=True, slots=True)
class Item:
    """One question: the element of practice it asks about, and its words for two ages."""

    code: str
    element: str
    younger: str
    older: str

    def words(self, level: Level) -> str:
        return self.younger if level == "younger" else self.older


ITEMS = (
    Item(
        "support.1", "culture.support",
        "How often is your teacher kind to the students in this class?",
        "How often does your teacher treat the students in this class with respect?",
    ),
    Item(
        "support.2", "culture.support",
        "How often does your teacher see when you need help?",
        "How often does your teacher notice when a student needs help?",
    ),
    Item(
        "facilitation.1", "instruction.facilitation",
        "How often do you know what you are learning today?",
        "How often do you know what the goal of the lesson is?",
    ),
    Item(
        "facilitation.2", "instruction.facilitation",
        "How often can you follow when your teacher explains something?",
        "How often does your teacher explain things in a way that makes sense to you?",
    ),
    Item(
        "checks.1", "instruction.checks",
        "How often does your teacher find out if you understand?",
        "How often does your teacher find out what students understand before going on?",
    ),
    Item(
        "checks.2", "instruction.checks",
        "When you are stuck, how often does your teacher show you another way?",
        "When students are stuck, how often does your teacher explain it another way?",
    ),
    Item(
        "thinking.1", "instruction.thinking",
        "How often does your teacher ask how you got your answer?",
        "How often does your teacher ask you to explain how you reached an answer?",
    ),
    Item(
        "thinking.2", "instruction.thinking",
        "How often do you get questions that make you think hard?",
        "How often does the work in this class make you think hard?",
    ),
    Item(
        "perseverance.1", "agency.perseverance",
        "When work is hard, how often does your teacher help you keep trying?",
        "When work is hard, how often does your teacher encourage you to keep trying?",
    ),
    Item(
        "perseverance.2", "agency.perseverance",
        "How often do you learn from mistakes in this class?",
        "How often are mistakes used to learn something in this class?",
    ),
)  # fmt: skip
BY_CODE = {item.code: item for item in ITEMS}
# The same five, as each age reads them.
LABELS: dict[Level, tuple[str, ...]] = {
    "younger": ("Never", "Not often", "Sometimes", "Often", "Always"),
    "older": ("Never", "Rarely", "Sometimes", "Often", "Always"),
}


def level_for(grade: str) -> Level | None:
    """Return the reading level of a grade; None for one that is too young to be asked so."""
    if grade in ("PK", "TK", "KG", "K"):
        return None
    if not grade.isdigit():
        return "younger"  # easier words do nobody harm
    if int(grade) < YOUNGEST:
        return None
    return "younger" if int(grade) <= LAST_OF_YOUNGER else "older"
