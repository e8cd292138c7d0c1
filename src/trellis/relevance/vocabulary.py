"""Name what teachers say for the same thing: one preferred term, alternatives, and its element."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A term of practice in the shape of a thesaurus: preferred, alternative, broader (element)."""

    preferred: str
    alternatives: tuple[str, ...]
    element: str


TERMS = (
    Term(
        "explain",
        (
            "explanation",
            "explanations",
            "reason",
            "reasons",
            "reasoning",
            "justify",
            "why",
            "number talk",
            "number talks",
            "talk moves",
            "discourse",
            "argue",
            "think aloud",
        ),
        "instruction.thinking",
    ),
    Term(
        "question",
        ("questions", "questioning", "open questions", "higher order", "depth of knowledge"),
        "instruction.thinking",
    ),
    Term(
        "exit ticket",
        (
            "exit tickets",
            "exit slip",
            "quick check",
            "check for understanding",
            "formative",
            "cold call",
            "hinge question",
            "whiteboards",
        ),
        "instruction.checks",
    ),
    Term(
        "feedback",
        ("comments", "conferring", "conference", "marking", "revision", "revise"),
        "instruction.feedback",
    ),
    Term(
        "learning goal",
        (
            "objective",
            "learning target",
            "modeling",
            "model",
            "worked example",
            "clarity",
            "scaffold",
            "scaffolding",
            "explicit instruction",
        ),
        "instruction.facilitation",
    ),
    Term(
        "relationships",
        ("respect", "belonging", "welcome", "warmth", "trust", "greeting", "morning meeting"),
        "culture.support",
    ),
    Term(
        "routines",
        ("routine", "expectations", "behavior", "management", "transitions", "procedures", "rules"),
        "culture.expectations",
    ),
    Term("choice", ("choices", "voice", "autonomy", "roles", "agency"), "agency.autonomy"),
    Term(
        "perseverance",
        (
            "persevere",
            "productive struggle",
            "stuck",
            "growth mindset",
            "effort",
            "grit",
            "give up",
        ),
        "agency.perseverance",
    ),
    Term(
        "group work",
        (
            "collaboration",
            "collaborate",
            "partners",
            "pair",
            "turn and talk",
            "cooperative",
            "jigsaw",
            "teamwork",
        ),
        "agency.collaboration",
    ),
    Term(
        "rich task",
        ("tasks", "task", "rigor", "grade level", "complex text", "low floor", "high quality"),
        "content.tasks",
    ),
    Term(
        "planning",
        (
            "lesson plan",
            "backward design",
            "unit",
            "data",
            "assessment",
            "student work",
            "reteach",
            "adjust",
        ),
        "planning.assessment",
    ),
)
