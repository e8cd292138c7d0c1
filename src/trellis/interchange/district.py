"""The CSV files of a district, column by column, as docs/reference/district-files.md says."""

import polars as pl

from trellis.interchange.columns import Column, FileSpec, Kind, Reference, Rule

ELEMENTS = (
    "culture.support", "culture.expectations", "instruction.facilitation", "instruction.checks",
    "instruction.feedback", "instruction.thinking", "agency.autonomy", "agency.perseverance",
    "agency.collaboration", "content.tasks", "planning.assessment",
)  # fmt: skip
FEEDBACK_ITEMS = tuple(
    f"{stem}.{number}"
    for stem in ("support", "facilitation", "checks", "thinking", "perseverance")
    for number in (1, 2)
)
LEVELS = ("not seen this time", "beginning", "developing", "established")
SUBJECTS = ("math", "ela")
EVIDENCE = ("strong", "moderate", "promising", "rationale", "none")


def col(
    name: str,
    kind: Kind = "text",
    words: tuple[str, ...] = (),
    *,
    refers: str = "",
    least: float | None = None,
    most: float | None = None,
    longest: int | None = None,
) -> Column:
    """Read `name*` as a column that must not be empty, `name?` as one that may be left out."""
    return Column(
        name.rstrip("*?"), kind, name.endswith("*"), words, refers, least, most, longest=longest,
        optional=name.endswith("?"),
    )  # fmt: skip


def person(name: str) -> Column:
    return col(name, "id", refers="adult")


def year(name: str = "school_year*") -> Column:
    return col(name, "integer", least=2000, most=2100)


def count(name: str, most: float = 1_000_000) -> Column:
    return col(name, "integer", least=0, most=most)


def in_order(first: str, last: str) -> Rule:
    return Rule(
        last, "row.dates_out_of_order", pl.col(last) < pl.col(first), f"not before {first}",
        "Check which of the two dates is wrong.",
    )  # fmt: skip


_ANSWERS = ("never", "rarely", "sometimes", "often", "always")

STAFF = FileSpec(
    "staff",
    (
        person("person_id*"), col("school_id*", "id", refers="school"), year(),
        count("years_experience*", 70), col("grades", "list", longest=60),
        col("subjects", "list", longest=120),
        col("next_year", words=("stayed", "moved", "left")),
    ),
    key=("person_id", "school_year"),
)  # fmt: skip
ROLE_GRANTS = FileSpec(
    "role_grants",
    (
        person("person_id*"),
        col("role*", words=("teacher", "coach", "mentor", "consultant", "school_leader", "pd_lead",
                            "analyst", "administrator")),
        col("scope_kind*", words=("district", "school", "provider")), col("scope_id", "id"),
        col("starts_on*", "date"), col("ends_on", "date"), col("legitimate_interest*", longest=300),
    ),
    key=("person_id", "role", "scope_kind", "scope_id", "starts_on"),
    scoped=(
        Reference("scope_id", "school", pl.col("scope_kind") == "school"),
        Reference("scope_id", "provider", pl.col("scope_kind") == "provider"),
    ),
    rules=(
        in_order("starts_on", "ends_on"),
        Rule("scope_id", "row.required",
             pl.col("scope_id").is_null() & (pl.col("scope_kind") != "district"),
             "the school or provider of the role", "Name it, or make the scope the district."),
    ),
)  # fmt: skip
EVALUATORS = FileSpec(
    "evaluators",
    (person("evaluator_id*"), person("teacher_id*"), year()),
    key=("evaluator_id", "teacher_id", "school_year"),
    rules=(
        Rule("teacher_id", "semantic.own_evaluator", pl.col("evaluator_id") == pl.col("teacher_id"),
             "two different people", "Correct one of the two."),
    ),
)  # fmt: skip
ASSESSMENT_RESULTS = FileSpec(
    "assessment_results",
    (
        col("student_id*", "id", refers="student"), year(),
        col("term*", words=("fall", "winter", "spring")),
        col("tested_on*", "date"), col("subject*", words=SUBJECTS), col("grade*", longest=20),
        col("scale_score*", "number"), col("standard_error", "number", least=0),
        col("percentile?", "number", least=0, most=100), col("test?", longest=100),
    ),
    key=("student_id", "school_year", "term", "subject", "test"),
)  # fmt: skip
OBJECTIVE_RESULTS = FileSpec(
    "objective_results",
    (
        col("student_id*", "id", refers="student"), year(), col("tested_on*", "date"),
        col("subject*", words=SUBJECTS), col("objective_id*", "id"), count("items*", 1000),
        count("correct*", 1000), col("section_id?", "id", refers="section"),
    ),
    key=("student_id", "tested_on", "objective_id"),
    # Days and objectives are too many to part a file by.
    groups=("school_year",),
    rules=(
        Rule("correct", "semantic.more_correct_than_items", pl.col("correct") > pl.col("items"),
             "at most as many as items", "Check the two counts of this row."),
        Rule("items", "row.out_of_range", pl.col("items") < 1, "at least 1",
             "Leave out the rows of students who were asked nothing."),
    ),
    scoped=(Reference("objective_id", "objective", dispensable=True),),
)  # fmt: skip
CLASS_FEEDBACK = FileSpec(
    "class_feedback",
    (
        col("section_id*", "id", refers="section"), col("given_on*", "date"),
        col("item*", words=FEEDBACK_ITEMS), col("element*", words=ELEMENTS),
        count("enrolled*", 1000), *(count(f"{answer}*", 1000) for answer in _ANSWERS),
    ),
    key=("section_id", "given_on", "item"),
    rules=(
        Rule("enrolled", "semantic.more_answers_than_students",
             pl.sum_horizontal(_ANSWERS) > pl.col("enrolled"),
             "at least as many students as answers", "Check the counts of this question."),
    ),
)  # fmt: skip
PARTNERSHIPS = FileSpec(
    "partnerships",
    (
        col("partnership_id*", "id"), person("teacher_id*"), person("partner_id*"),
        col("kind*", words=("coach", "mentor", "peer", "consultant")), col("started_on*", "date"),
        col("ended_on", "date"), col("focus_element", words=ELEMENTS),
        col("program_id", "id", refers="program"),
    ),
    key=("partnership_id",),
    defines=(("partnership", "partnership_id"),),
    rules=(
        in_order("started_on", "ended_on"),
        Rule("partner_id", "semantic.own_partner", pl.col("partner_id") == pl.col("teacher_id"),
             "two different people", "Correct one of the two."),
    ),
)  # fmt: skip
SESSIONS = FileSpec(
    "sessions",
    (
        col("session_id*", "id"), col("partnership_id*", "id", refers="partnership"),
        col("state*", words=("held", "planned")), col("held_on*", "date"),
        col("starts_at", "time"), count("minutes*", 1440),
        col("mode*", words=("in person", "video call", "message")), col("moves", "list"),
    ),
    key=("session_id",),
)  # fmt: skip
VISIT_NOTES = FileSpec(
    "visit_notes",
    (
        col("visit_id*", "id"), col("partnership_id*", "id", refers="partnership"),
        col("visited_on*", "date"), col("section_id", "id", refers="section"),
        col("reason*", words=("planned", "asked for")), col("element*", words=ELEMENTS),
        col("level*", words=LEVELS), col("noticing", "prose"),
    ),
    key=("visit_id", "element"),
)  # fmt: skip
PROGRAMS = FileSpec(
    "programs",
    (
        col("program_id*", "id"), col("title*"), col("provider_id*", "id"), col("provider_name*"),
        col("provider_kind*", words=("in-house", "commercial")), col("description*", "prose"),
        col("theory_of_action*", "prose"),
        col("mechanisms", "list", ("insight", "motivation", "technique", "practice")),
        col("elements", "list", ELEMENTS), col("evidence_tier*", words=EVIDENCE),
        col("evidence_source", "prose"),
    ),
    key=("program_id",),
    defines=(("program", "program_id"), ("provider", "provider_id")),
)  # fmt: skip
OFFERS = FileSpec(
    "offers",
    (
        col("offer_id*", "id"), col("program_id*", "id", refers="program"), col("title*"), year(),
        col("starts_on*", "date"), col("ends_on*", "date"), count("seats"),
        col("place*", words=("in person", "online", "both")),
        col("assignment*", words=("lottery", "staggered", "volunteers", "referred", "everyone",
                                  "matched pairs")),
    ),
    key=("offer_id",),
    defines=(("offer", "offer_id"),),
    rules=(in_order("starts_on", "ends_on"),),
)  # fmt: skip
PARTICIPATION = FileSpec(
    "participation",
    (
        col("offer_id*", "id", refers="offer"), person("teacher_id*"),
        col("state*", words=("joined", "attended", "partly", "missed", "withdrawn")),
        count("minutes*"), col("useful", words=("yes", "partly", "no")),
        col("tried_in_class", words=("yes", "partly", "no")),
    ),
    key=("offer_id", "teacher_id"),
)  # fmt: skip
DRAWS = FileSpec(
    "draws",
    (
        col("offer_id*", "id", refers="offer"), person("unit*"),
        col("block*", "id", refers="school"), col("probability*", "number", least=0, most=1),
        col("drawn*", "boolean"), col("seed*", "integer"), col("drawn_at*", "moment"),
    ),
    key=("offer_id", "unit"),
)  # fmt: skip
ROLLOUTS = FileSpec(
    "rollouts",
    (
        col("program_id*", "id", refers="program"), col("school_id*", "id", refers="school"),
        col("starts_on", "date"),
    ),
    key=("program_id", "school_id"),
)  # fmt: skip
CONSENTS = FileSpec(
    "consents",
    (
        person("teacher_id*"), col("purpose*", words=("study visits", "class feedback")),
        col("given_on*", "date"), col("withdrawn_on", "date"),
    ),
    key=("teacher_id", "purpose", "given_on"),
    rules=(in_order("given_on", "withdrawn_on"),),
)  # fmt: skip
STUDY_VISITS = FileSpec(
    "study_visits",
    (
        col("study_visit_id*", "id"), col("visited_on*", "date"), year(), person("teacher_id*"),
        person("visitor_id*"), col("made_by*", words=("trained visitor", "deliverer")),
        col("program_id", "id", refers="program"), col("element*", words=ELEMENTS),
        col("level*", words=LEVELS),
    ),
    key=("study_visit_id", "element"),
    rules=(
        Rule("program_id", "row.required",
             pl.col("program_id").is_null() & (pl.col("made_by") == "deliverer"),
             "the program whose deliverer made the visit", "Name the program."),
    ),
)  # fmt: skip
COSTS = FileSpec(
    "costs",
    (
        col("program_id*", "id", refers="program"), year(), col("ingredient*"),
        col("category*", words=("staff", "teacher time", "substitutes", "materials", "travel",
                                "fees", "administration")),
        col("quantity*", "number", least=0), col("unit*", longest=60),
        col("unit_price_usd*", "number", least=0), year("price_year*"), col("source*", longest=300),
    ),
    key=("program_id", "school_year", "ingredient"),
)  # fmt: skip
RESOURCES = FileSpec(
    "resources",
    (
        col("resource_id*", "id"), col("title*"),
        col("kind*", words=("practice", "course", "reading", "video", "tool")),
        col("summary*", "prose"), col("elements", "list", ELEMENTS), col("grades", "list"),
        col("subjects", "list"), count("minutes"), col("format", longest=60), col("url", "url"),
        col("evidence_level*", words=EVIDENCE), col("evidence_source", "prose"),
        col("provider_id", "id"), col("license", longest=100),
    ),
    key=("resource_id",),
    # What is free for all may come from outside the district's providers.
    scoped=(Reference("provider_id", "provider", dispensable=True),),
    defines=(("resource", "resource_id"),),
)  # fmt: skip

# Files that may be too large for memory; they are read piece by piece.
STREAMED = ("assessment_results", "objective_results")

DISTRICT_FILES: dict[str, FileSpec] = {
    spec.name: spec
    for spec in (
        STAFF, ROLE_GRANTS, EVALUATORS, ASSESSMENT_RESULTS,
        OBJECTIVE_RESULTS, CLASS_FEEDBACK, PARTNERSHIPS, SESSIONS,
        VISIT_NOTES, PROGRAMS, OFFERS, PARTICIPATION, DRAWS, ROLLOUTS, CONSENTS, STUDY_VISITS,
        COSTS, RESOURCES,
    )
}  # fmt: skip
