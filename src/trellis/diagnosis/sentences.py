"""Hold the sentences about each element: titles, claims, one other explanation, one question.

`{in_subject}` becomes " in math" or nothing; `{start}` becomes "In math, " or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ElementWords:
    """Sentences about one element; claims compare with the rest of the teacher's own teaching."""

    name: str
    strength_title: str
    strength_claim: str
    next_title: str
    next_claim: str
    other_explanation: str
    question: str


WORDS: Mapping[str, ElementWords] = {
    "culture.support": ElementWords(
        "a supportive classroom",
        "Students feel supported{in_subject}",
        "{start}students are met with respect and kind words, and you respond to what they need",
        "Warmth{in_subject} may not reach every student yet",
        "{start}students hear fewer warm and encouraging words than the rest of your teaching "
        "would suggest",
        "A visit meets a class on one day. A hard morning can look like a habit.",
        "Who hears their name said kindly in your lessons, and who rarely does?",
    ),
    "culture.expectations": ElementWords(
        "clear and positive expectations",
        "Students know what is expected{in_subject}",
        "{start}students know what to do and hear it said in a positive way",
        "Expectations{in_subject} could be clearer at the start",
        "{start}students are often unsure what to do when an activity begins",
        "New routines take weeks to settle. Looks made early in a term see the settling.",
        "At which moment of the lesson do students most often ask what to do?",
    ),
    "instruction.facilitation": ElementWords(
        "lesson facilitation",
        "Lessons{in_subject} are easy to follow",
        "{start}the aim is clear, and you explain and model so that students can follow",
        "The aim of a lesson{in_subject} is not always clear to students",
        "{start}students often work without knowing what the lesson is for",
        "The aim may have been set in an earlier lesson that nobody visited.",
        "If a student left your room now, what would she say the lesson was for?",
    ),
    "instruction.checks": ElementWords(
        "checks for understanding",
        "You find out what students understand{in_subject}",
        "{start}you ask, watch and listen to find out what students understand, and adjust",
        "Checks{in_subject} reach only some students",
        "{start}a few students show what they understand, and the lesson goes on from there",
        "Looking over shoulders is a check that a visitor can miss.",
        "How do you know what the students who did not raise a hand have understood?",
    ),
    "instruction.feedback": ElementWords(
        "feedback to students",
        "Students get feedback{in_subject} that they can use",
        "{start}students hear what worked and what to do about a mistake",
        "Feedback{in_subject} often stops at right or wrong",
        "{start}students usually hear whether it is right, and less often what to do next",
        "Written feedback after the lesson is not seen on a visit.",
        "What did the last three students to whom you gave feedback do next?",
    ),
    "instruction.thinking": ElementWords(
        "students’ explanations",
        "Students explain their thinking{in_subject}",
        "{start}students give reasons for their answers, and open questions make them think",
        "Students’ explanations{in_subject} are often short",
        "{start}students usually give an answer and stop, and reasons are heard in some lessons, "
        "not yet in most",
        "Explanations may come later in a lesson, when students share their work.",
        "What happens in the three seconds after a student gives a right answer?",
    ),
    "agency.autonomy": ElementWords(
        "students’ choices",
        "Students make real choices{in_subject}",
        "{start}students choose, take on roles and volunteer",
        "Students have few choices{in_subject}",
        "{start}students mostly do the same thing in the same way",
        "A lesson that introduces something new leaves less room for choice.",
        "Where in this week’s lessons could students choose how, if not what?",
    ),
    "agency.perseverance": ElementWords(
        "perseverance",
        "Students stay with hard problems{in_subject}",
        "{start}students keep trying, and hear that effort and good strategies matter",
        "Students often stop when it gets hard{in_subject}",
        "{start}students often wait for help at the first difficulty",
        "If the task was easy, there was nothing to persevere with.",
        "What do students do in the first minute of being stuck?",
    ),
    "agency.collaboration": ElementWords(
        "students working together",
        "Students learn with each other{in_subject}",
        "{start}students talk, listen and work with each other on the task",
        "Students mostly work side by side{in_subject}",
        "{start}students sit together more than they work together",
        "Some lessons are meant to be done alone. A visit sees one lesson.",
        "Which task of this week could not be done alone?",
    ),
    "content.tasks": ElementWords(
        "content and tasks",
        "Tasks{in_subject} ask for grade-level work",
        "{start}students work on tasks that ask for what their grade is about",
        "Tasks{in_subject} could ask for more",
        "{start}students often work on tasks that ask for less than their grade is about",
        "A visit can fall on a lesson of review.",
        "Which part of yesterday’s task could students have done last year?",
    ),
    "planning.assessment": ElementWords(
        "planning from what students show",
        "What students show shapes your next lesson{in_subject}",
        "{start}what students show one day can be seen in the plan of the next",
        "What students show could shape the next lesson more{in_subject}",
        "{start}the next lesson is often fixed before today’s work has been looked at",
        "Planning happens out of sight. A visit can only guess at it.",
        "What did you change this week because of something that students showed?",
    ),
}


def title(element: str, *, strength: bool, subject: str = "") -> str:
    """Return the short title of a claim about an element."""
    words = WORDS[element]
    template = words.strength_title if strength else words.next_title
    return template.format(in_subject=f" in {subject}" if subject else "")


def claim(element: str, *, strength: bool, subject: str, levels: str) -> str:
    """Return the claim in one sentence that ends in its interval in words."""
    words = WORDS[element]
    template = words.strength_claim if strength else words.next_claim
    said = template.format(start=f"In {subject}, " if subject else "")
    return f"{said[0].upper()}{said[1:]}: {levels}."


def change_title(element: str, *, grown: bool) -> str:
    """Return the short title of a claim about a change."""
    return f"{_moved(element, grown=grown)}{'' if grown else ' than before'}"


def change_claim(element: str, *, grown: bool, levels: str) -> str:
    """Return the claim about a change in one sentence."""
    more = "more" if grown else "less"
    name = WORDS[element].name
    return f"Compared with your own earlier lessons, {name} can be seen {more} now: {levels}."


def goal_title(element: str, *, grown: bool) -> str:
    """Return the short title of a claim about a change since she set a goal."""
    return f"{_moved(element, grown=grown)}{'' if grown else ' than'} {SINCE[grown]}"


def goal_claim(element: str, *, grown: bool, day: date, levels: str) -> str:
    """Return the claim about a change since she set a goal in one sentence."""
    more, name = "more" if grown else "less", WORDS[element].name
    return (
        f"Compared with the day on which you set your goal ({day:%B} {day.day}, {day.year}), "
        f"{name} can be seen {more} now: {levels}."
    )


def sources_title(element: str) -> str:
    """Return the short title of a claim that students and visits see an element differently."""
    return f"Your students and the visits see this differently: {WORDS[element].name}"


def sources_claim(element: str, *, students_more: bool, levels: str) -> str:
    """Return the claim that students and visits differ in one sentence."""
    more = "more" if students_more else "less"
    return (
        f"Next to the rest of your teaching, your students see {more} of {WORDS[element].name} "
        f"than the visits do. Both can be right. As visits would see it: {levels}."
    )


SINCE = {True: "since you set your goal", False: "when you set your goal"}


def _moved(element: str, *, grown: bool) -> str:
    """Say that an element has grown, or is seen less, as its name's number asks."""
    name = WORDS[element].name
    plural = name.startswith(("students’ ", "checks", "clear"))
    have, are = ("have", "are") if plural else ("has", "is")
    said = f"{name} {f'{have} grown' if grown else f'{are} seen less'}"
    return said[0].upper() + said[1:]
