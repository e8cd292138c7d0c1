"""Say what each table and column of the warehouse holds, for people who read it."""

from collections.abc import Iterable

from trellis.warehouse.tables import PROVENANCE, TABLES

ABOUT: dict[str, str] = {
    "assessment_results": "A student's test of a subject in a term.",
    "objective_results": "How many items of a learning objective a student had right.",
    "rosters": "Who sat in whose section.",
    "class_feedback": "Answers of one class to one question, as counts of students.",
    "study_visits": "A level that was seen on a study visit of a teacher who consented.",
    "participation": "A teacher's part in an offer.",
    "partnership_exposures": "Countable facts of a partnership in a school year.",
    "draws": "A line of a lottery's record.",
    "rollouts": "When a program started in a school; empty: not yet.",
    "costs": "An ingredient of a program, with its price.",
    "staff_moves": "A teacher in a school in a school year, and where she is the year after.",
    "consents": "A teacher's consent to a use of data about her, and its withdrawal.",
}
SOME = "pseudonym of a person; the same person has the same one in every table"
COLUMNS: dict[str, str] = {
    "student": SOME,
    "teacher": SOME,
    "adult": f"{SOME} (visitor or partner)",
    "section": "pseudonym of a section",
    "school_year": "year in which the school year ends (2026 = 2025-26)",
    "term": "fall, winter or spring",
    "subject": "math, ela or as the roster says",
    "grade": "grade as the district writes it",
    "tested_on": "day of the test",
    "scale_score": "score on the scale of the test",
    "standard_error": "standard error of the score, in its units; empty: not said",
    "test": "name of the test; empty: the district named none",
    "percentile": "national percentile, 0 to 100; empty: no norms",
    "objective_id": "identifier of the learning objective in its framework",
    "line_item": "what was graded: a line item of the roster, or a test's day and objective",
    "scored_on": "day of the result",
    "items": "number of items",
    "correct": "items answered correctly",
    "school_id": "the district's id of the school",
    "given_on": "day on which it was given",
    "item": "question of the class feedback",
    "element": "element of the practice framework",
    "enrolled": "students in the class",
    "never": "students who chose this answer",
    "rarely": "students who chose this answer",
    "sometimes": "students who chose this answer",
    "often": "students who chose this answer",
    "always": "students who chose this answer",
    "study_visit_id": "id of the visit",
    "visited_on": "day of the visit",
    "made_by": "trained visitor or deliverer (who helps to deliver the program)",
    "program_id": "id of the program",
    "level": "0 not seen this time, 1 beginning, 2 developing, 3 established",
    "offer_id": "id of the offer",
    "state": "joined, attended, partly, missed or withdrawn",
    "minutes": "minutes together",
    "useful": "yes, partly or no; empty: not asked",
    "tried_in_class": "yes, partly or no; empty: not asked",
    "partnership_id": "id of the partnership",
    "kind": "coach, mentor, peer or consultant",
    "sessions": "sessions held",
    "block": "group within which was drawn, most often a school",
    "probability": "chance of being drawn",
    "drawn": "whether drawn",
    "seed": "seed of the draw",
    "drawn_at": "moment of the draw, UTC",
    "starts_on": "day on which it started",
    "ingredient": "what was used",
    "category": "kind of ingredient",
    "quantity": "how much of it",
    "unit": "unit of the quantity",
    "unit_price_usd": "price of one unit in US dollars of the price year",
    "price_year": "year of the prices",
    "source": "where the figure comes from",
    "years_experience": "years of teaching before this one",
    "grades": "grades taught, with ; between",
    "subjects": "subjects taught, with ; between",
    "next_year": "stayed, moved or left; empty: not known yet",
    "purpose": "what was consented to",
    "withdrawn_on": "day on which it was withdrawn; empty: it stands",
    "import_id": "import that brought the row",
    "file": "its file",
    "row": "record of that file, the header being 1",
}


def described(tables: Iterable[str]) -> str:
    """Return a section of Markdown for each table: its columns, types and what they hold."""
    return "\n".join(_described(name) for name in tables)


def _described(name: str) -> str:
    table = TABLES[name]
    split = f" Split by {', '.join(table.split)}." if table.split else ""
    lines = [
        f"## {name}", "",
        f"{ABOUT[name]} A new file replaces rows of the same {', '.join(table.replaces)}.{split}",
        "", "| column | type | what it holds |", "|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| `{column}` | {kind.__name__} | {COLUMNS[column]} |"
        for column, kind in table.columns.items()
    ]
    return "\n".join([*lines, ""])


def provenance() -> str:
    """Return what every table has besides."""
    return "\n".join(f"- `{name}`: {COLUMNS[name]}" for name in PROVENANCE)
