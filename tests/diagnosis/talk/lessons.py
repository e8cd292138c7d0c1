"""Make up lessons: one with a story, and any number at random."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from trellis.diagnosis.talk import Line
from trellis.interchange.transcripts import read_transcript

FILE = Path(__file__).parents[3] / "docs" / "how-to" / "lesson.vtt"
FRACTIONS = read_transcript(FILE.read_bytes(), FILE.name).lines
SAYS = (
    "Why do you think so?", "How many are there?", "You said the strip is longer. Tell me more.",
    "Good.", "Open your books on page nine, please.", "What is a fraction?", "Right?",
    "The strip is longer because you cut it once.", "I see three pieces of the cake",
    "One half is bigger than one third, I think", "Eight", "Because it is the same cake",
)  # fmt: skip


def a_lesson(rng: np.random.Generator, turns: int = 60) -> tuple[Line, ...]:
    """Return a lesson in which T and two students say things in any order."""
    lines, at = [], 0.0
    for _ in range(turns):
        text = str(rng.choice(SAYS))
        end = at + 0.4 * len(text.split())
        lines.append(Line(str(rng.choice(["T", "T", "A", "B"])), text, at, end))
        at = end + float(rng.uniform(0, 3))
    return (Line("T", "Good morning.", 0.0, 0.0), *lines)


def a_line() -> st.SearchStrategy[Line]:
    """Return any line: any words, any times, also none."""
    time = st.none() | st.floats(0, 1e5)
    text = st.text(max_size=60) | st.sampled_from(SAYS)
    return st.builds(Line, st.sampled_from(["T", "A", "B", ""]), text, time, time)
