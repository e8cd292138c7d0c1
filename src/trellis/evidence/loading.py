"""Bring objectives and class feedback from a district's files, and what partners saw on visits.

What comes in becomes evidence that its teacher owns and nobody else reads. Nothing here makes a
goal, a step or any content of a plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl

from trellis.evidence import line_items
from trellis.evidence.framework_rows import Coming, adoption, arrival, under_known_terms
from trellis.evidence.models import EvidenceItem, LearningObjective, LineItem, Source
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.case.terms import terms_of
from trellis.people.models import Person, Section
from trellis.people.roster import teachers_of_sections
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys

# Fewer answers say more about a student than about a lesson; they are not kept as evidence.
FEWEST_ANSWERS = 5
ANSWERS = ("never", "rarely", "sometimes", "often", "always")

COMPARED = (
    "owner_id", "source", "element", "seen_on", "value", "n", "spread", "lesson", "visitor_id",
    "reason", "section_id", "text",
)  # fmt: skip
PROVENANCE = ("brought_by_id", "file", "row", "added_at")


def differences(files: DistrictFiles, bringing: Bringing) -> Iterator[Difference]:
    """Compare objectives and class feedback with what is stored."""
    if "learning_objectives" in files.tables:
        yield from objectives(files.tables["learning_objectives"])
    if files.standards:
        coming = under_known_terms(
            Coming(
                files.standards,
                terms_of(files.standards),
                source=Path(files.sources["learning_objectives"]).name,
            )
        )
        # A district's own import is its decision: what it brings is in use from then on.
        yield from arrival(coming, bringing)
        yield from adoption(coming, bringing)
    yield from line_items.differences(files)
    if "class_feedback" in files.tables:
        yield _feedback(files, bringing)


def known_ids() -> dict[str, set[str]]:
    return {
        "objective": set(keys(LearningObjective, "identifier")),
        "line_item": set(keys(LineItem)),
    }


def known_tables() -> dict[str, pl.DataFrame]:
    """Return nothing: no check of another file needs rows of this app."""
    return {}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a partner saw of one element on one visit, in the names that files use."""

    visit: str
    teacher: str
    visitor: str
    section: str | None
    seen_on: date
    reason: str
    element: str
    level: int
    text: str
    row: int


def visits_seen(seen: Sequence[Seen], *, file: str, bringing: Bringing) -> Difference:
    """Compare what partners saw with the stored evidence of its teachers."""
    persons, sections = keys(Person), keys(Section)
    rows = [
        (
            _name("visit", s.visit, s.element), persons.get(s.teacher), Source.VISIT.value,
            s.element, s.seen_on, float(s.level), 1, None, s.visit, persons.get(s.visitor),
            s.reason, sections.get(s.section or ""), s.text, bringing.import_id, file, s.row,
            bringing.at,
        )
        for s in seen
    ]  # fmt: skip
    return _evidence("evidence from visits", rows)


def _name(*parts: str, most: int = 150) -> str:
    """Join the parts of a name; one that is too long for its column ends in a digest of itself."""
    name = ":".join(parts)
    if len(name) <= most:
        return name
    return f"{name[: most - 33]}:{sha256(name.encode()).hexdigest()[:32]}"


def _evidence(kind: str, rows: Sequence[tuple[object, ...]]) -> Difference:
    return compare(
        Rows(
            kind=kind,
            model=EvidenceItem,
            key=("external_id",),
            compared=COMPARED,
            written=PROVENANCE,
            rows=rows,
        )
    )


def _feedback(files: DistrictFiles, bringing: Bringing) -> Difference:
    """One piece of evidence for each section, element and day, for each teacher of the section."""
    persons, sections = keys(Person), keys(Section)
    teachers = teachers_of_sections(files)
    file = files.sources["class_feedback"]
    rows = [
        (
            _name("feedback", section, str(day), element, teacher), persons.get(teacher),
            Source.CLASS_FEEDBACK.value, element, day, mean, n, spread,
            _name(section, str(day), most=100), None, "", sections.get(section), "",
            bringing.import_id, file, row, bringing.at,
        )
        for section, day, element, n, mean, spread, row in
        summarized(files.tables["class_feedback"]).iter_rows()
        for teacher in teachers.get(section, ())
    ]  # fmt: skip
    return _evidence("evidence from class feedback", rows)


def summarized(feedback: pl.DataFrame) -> pl.DataFrame:
    """Sum class feedback up by section, day and element.

    Returns `section_id`, `given_on`, `element`, `n` (students who answered), `mean` (1 to 5),
    `spread` (standard deviation between the answers to one question) and `row`.
    """
    answers = pl.sum_horizontal(ANSWERS)
    total = pl.sum_horizontal(pl.col(name) * (i + 1) for i, name in enumerate(ANSWERS))
    squares = pl.sum_horizontal(pl.col(name) * (i + 1) ** 2 for i, name in enumerate(ANSWERS))
    by_item = feedback.with_columns(answers.alias("n"), (total / answers).alias("mean"))
    by_item = by_item.with_columns(
        # Dividing by n - 1: the students stand for all who could have sat here.
        ((squares - pl.col("n") * pl.col("mean") ** 2) / (pl.col("n") - 1)).alias("variance")
    ).filter(pl.col("n") >= FEWEST_ANSWERS)
    return (
        by_item.group_by("section_id", "given_on", "element", maintain_order=True)
        .agg(
            pl.col("n").max().cast(pl.Int64),
            pl.col("mean").mean().round(6),
            pl.col("variance").mean().clip(lower_bound=0).sqrt().round(6).alias("spread"),
            pl.col("row").min(),
        )
        .sort("section_id", "given_on", "element")
    )


def objectives(rows: pl.DataFrame) -> Iterator[Difference]:
    """Compare what results may refer to, and then what stands under what."""
    yield _objectives(rows)
    yield _tree(rows)


def _objectives(objectives: pl.DataFrame) -> Difference:
    rows = objectives.with_row_index("place").select(
        "identifier",
        pl.col("code").fill_null("").str.slice(0, 60),
        "statement",
        pl.col("subject").fill_null("").str.slice(0, 60),
        pl.col("grades").list.get(0, null_on_oob=True).fill_null("").str.slice(0, 20),
        pl.coalesce("position", pl.col("place").cast(pl.Int64)).alias("position"),
    )
    return compare(
        Rows(
            kind="learning objectives",
            model=LearningObjective,
            key=("identifier",),
            compared=("code", "statement", "subject", "grade", "position"),
            rows=rows.rows(),
            label="{code} {statement}",
        )
    )


def _tree(objectives: pl.DataFrame) -> Difference:
    """Set the parents once all objectives are there; the top ones hang on the document itself.

    A preview of new objectives leaves this out: they are counted as added already.
    """
    known = keys(LearningObjective, "identifier")
    pairs = objectives.select("identifier", "parent").iter_rows()
    return compare(
        Rows(
            kind="objectives under their parents",
            model=LearningObjective,
            key=("identifier",),
            compared=("parent_id",),
            rows=[(name, known.get(parent)) for name, parent in pairs if name in known],
        )
    )
