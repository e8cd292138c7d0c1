"""Students' names are gone before anything is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis.diagnosis.talk import MASK, Line, masked
from trellis.diagnosis.talk.names import ORDINARY, PARTICLES, folded, known_parts

NAMES = ("Maya", "José", "Nguyen", "De la Cruz", "O'Brien", "Smith-Jones", "Zoë", "Li", "Will")


def hidden(text: str, *names: str) -> str:
    return masked([Line("Teacher", text), Line("Student 1", "Yes")], names)[0].text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Maya, what do you think?", "a student, what do you think?"),
        ("I like Maya's idea.", "I like a student's idea."),
        ("thank you maya", "thank you a student"),
        ("MAYA LOPEZ, sit down.", "a student, sit down."),
        ("Jose said so.", "a student said so."),
        ("Ask O’Brien.", "Ask a student."),
        ("Smith-Jones and Maya-Lynn", "a student and a student"),
        ("The mayas built cities.", "The mayas built cities."),
        (
            "Will you start? Will, you will start.",
            "a student you start? a student, you will start.",
        ),
        ("De la Cruz is of the cross.", "De la a student is of the cross."),
    ],
)
def test_a_name_of_the_roster_goes_in_every_spelling(said: str, left: str) -> None:
    assert hidden(said, *NAMES, "Lopez") == left


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Tell us, Xiomara.", "Tell us, a student."),
        ("Xiomara, go on. Where did Xiomara look?", "a student, go on. Where did a student look?"),
        ("Thank you Xiomara.", "Thank you a student."),
        ("Xiomara?", "a student?"),
        ("On Monday, Texas was cold.", "On Monday, Texas was cold."),
        ("Today, Denominator? No, the denominator.", "Today, Denominator? No, the denominator."),
        ("However, we go on, OK?", "However, we go on, OK?"),
    ],
)
def test_who_is_called_is_masked_though_no_roster_has_her(said: str, left: str) -> None:
    lines = [Line("Teacher", said), Line("Teacher", "however that is")]

    assert masked(lines, ())[0].text == left


def test_labels_lose_their_names_and_stay_apart() -> None:
    lines = [
        Line("Ms. Ruiz", "Alex, and Maya, please listen to all of this."),
        Line("Maya Lopez", "Alex is here"),
        Line("Alex", "Yes, Ms. Ruiz"),
        Line("Student 3", "Yes"),
    ]

    found = masked(lines, ["Maya", "Lopez"])

    assert [line.speaker for line in found] == [
        "Ms. Ruiz", "a student 1", "a student 2", "Student 3",
    ]  # fmt: skip
    assert [line.text for line in found[:2]] == [
        "a student, and a student, please listen to all of this.", "a student is here",
    ]  # fmt: skip


def test_masking_twice_changes_nothing() -> None:
    lines = [Line("Ms. Ruiz", "Maya, José and Zoë. Well, Xiomara?"), Line("Maya", "Yes")]

    once = masked(lines, NAMES)

    assert masked(once, NAMES) == once


# Words that stand around names, with names among them in any spelling.
WORDS = st.sampled_from(["well", ",", ".", "?", "the", "idea", "of", "’s", "-", "\n", "Good"])
SPELLED = st.sampled_from(NAMES).flatmap(
    lambda name: st.sampled_from([name, name.upper(), name.lower(), f"{name}'s", f"({name})"])
)


@given(st.lists(WORDS | SPELLED, max_size=30), st.sampled_from(["", " "]))
def test_no_roster_name_is_ever_left(pieces: list[str], between: str) -> None:
    text = hidden(f"{between or ' '}".join(pieces), *NAMES)

    known = known_parts(NAMES)
    for token in text.replace(MASK, " ").replace("-", " ").replace("'", " ").split():
        word = token.strip(".,?()’")
        flat = folded(word.removesuffix("’s"))
        named = flat in known and flat not in PARTICLES
        assert not named or (flat in ORDINARY and word[:1].islower()), (text, word)


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_and_any_names_are_taken(text: str, names: list[str]) -> None:
    assert isinstance(hidden(text, *names), str)
