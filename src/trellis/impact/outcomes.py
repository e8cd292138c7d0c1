"""Turn a frozen snapshot into one number for each teacher and school year: what a review compares.

Teachers appear as pseudonyms; nothing here can name a person. Every outcome asks for the consent
that its purpose needs, and a consent withdrawn later takes the data out.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from trellis.efficacy.effects import FloatArray, Outcome
from trellis.warehouse.store import Warehouse
from trellis.warehouse.tables import empty

FEWEST_ANSWERS = 10  # a class's feedback, or a class's tests, below this says too little
SPRING_STARTS = 1  # class feedback counts from January on, when a fall program has had its time
ANSWERS = {"never": 1, "rarely": 2, "sometimes": 3, "often": 4, "always": 5}
KEYS = ("teacher", "school_year")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All tables as they stood in one manifest of the warehouse."""

    root: Path
    manifest: str

    def table(self, name: str) -> pl.DataFrame:
        """Read one table; without rows where the district brought none."""
        found = Warehouse(self.root).read(name, self.manifest)
        return empty(name) if found is None else found.collect().rechunk()


def outcome_of(snapshot: Snapshot, outcome: Outcome) -> pl.DataFrame:
    """Return (teacher, school_year, value), sorted, one row for each teacher and year measured."""
    match outcome:
        case Outcome.PRACTICE:
            found = _practice(snapshot)
        case Outcome.CLASS_FEEDBACK:
            found = _class_feedback(snapshot)
        case Outcome.MATH | Outcome.ELA:
            found = _tests(snapshot, outcome.value)
        case Outcome.RETENTION:
            found = _retention(snapshot)
    return found.select("teacher", "school_year", pl.col("value").cast(pl.Float64)).sort(KEYS)


def delivered_marks(snapshot: Snapshot, program_id: str) -> pl.DataFrame:
    """Return what the program's own people marked, by teacher and year; it never counts."""
    own = (pl.col("made_by") == "deliverer") & (pl.col("program_id") == program_id)
    marks = _consenting(snapshot.table("study_visits").filter(own), snapshot, "study visits")
    return _by_teacher(marks).sort(KEYS)


def _practice(snapshot: Snapshot) -> pl.DataFrame:
    """Mean level over the elements seen on a study visit, then over the visits of the year."""
    independent = snapshot.table("study_visits").filter(pl.col("made_by") == "trained visitor")
    return _by_teacher(_consenting(independent, snapshot, "study visits"))


def _by_teacher(visits: pl.DataFrame) -> pl.DataFrame:
    lessons = visits.group_by(*KEYS, "study_visit_id").agg(pl.col("level").mean())
    in_order = lessons.sort(*KEYS, "study_visit_id")
    return in_order.group_by(*KEYS, maintain_order=True).agg(pl.col("level").mean().alias("value"))


def _class_feedback(snapshot: Snapshot) -> pl.DataFrame:
    """Mean answer of students, 1 to 5, over questions, classes and answers of the spring."""
    given = _consenting(snapshot.table("class_feedback"), snapshot, "class feedback")
    month = pl.col("given_on").dt.month()
    counted = given.filter(month.is_between(SPRING_STARTS, 6)).with_columns(
        answers=pl.sum_horizontal(*ANSWERS),
        points=pl.sum_horizontal(*(pl.col(word) * worth for word, worth in ANSWERS.items())),
    )
    enough = counted.filter(pl.col("answers") >= FEWEST_ANSWERS)
    sums = enough.group_by(*KEYS).agg(pl.col("points").sum(), pl.col("answers").sum())
    return sums.with_columns(value=pl.col("points") / pl.col("answers"))


def _tests(snapshot: Snapshot, subject: str) -> pl.DataFrame:
    """How much further a teacher's students came than students with the same test before.

    Of two tests in a year the one counts that more students took. Scores are standardized within
    year, term and grade; the year's last test is freed of the test before it by one slope for each
    year. Context about students, averaged over a class of ten or
    more; never shown or kept for a teacher.
    """
    results = _one_test(snapshot.table("assessment_results").filter(pl.col("subject") == subject))
    cell = ["school_year", "term", "grade"]
    score = pl.col("scale_score")
    results = results.with_columns(
        z=(score - score.mean().over(cell)) / score.std().over(cell)
    ).filter(pl.col("z").is_finite())
    last = _last_of_year(results)
    before = last.select("student", before="z", school_year=pl.col("school_year") + 1)
    pairs = last.join(before, on=["student", "school_year"])
    slope = (pl.cov("z", "before") / pl.var("before")).over("school_year")
    pairs = pairs.with_columns(gain=pl.col("z") - slope * pl.col("before"))
    named = pl.col("subject").str.to_lowercase() == subject
    roster = snapshot.table("rosters").filter(named)
    taught = roster.select("student", *KEYS).unique()
    classes = pairs.join(taught, on=["student", "school_year"]).sort(*KEYS, "student")
    means = classes.group_by(*KEYS, maintain_order=True).agg(
        pl.col("gain").mean().alias("value"), pl.len().alias("students")
    )
    return means.filter(pl.col("students") >= FEWEST_ANSWERS)


def _one_test(results: pl.DataFrame) -> pl.DataFrame:
    """Keep of each year the test that most students took: two tests have no scale in common."""
    taken = results.group_by("school_year", "test").agg(pl.col("student").n_unique())
    most = taken.sort("student", "test", descending=[True, False], nulls_last=True).unique(
        "school_year", keep="first", maintain_order=True
    )
    return results.join(
        most.select("school_year", "test"), on=["school_year", "test"], how="semi",
        nulls_equal=True, maintain_order="left",
    )  # fmt: skip


def _last_of_year(results: pl.DataFrame) -> pl.DataFrame:
    """The last test that everyone of a year could take: spring, or winter while spring is ahead."""
    order = {"fall": 0, "winter": 1, "spring": 2}
    ranked = results.with_columns(place=pl.col("term").replace_strict(order))
    latest = ranked.group_by("school_year").agg(pl.col("place").max())
    kept = ranked.join(latest, on=["school_year", "place"])
    return kept.sort("student", "school_year", "tested_on").unique(
        ["student", "school_year"], keep="last", maintain_order=True
    )


def floats(frame: pl.DataFrame, column: str) -> FloatArray:
    """Return a column as numbers, with NaN where nothing was measured."""
    values: FloatArray = frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def _retention(snapshot: Snapshot) -> pl.DataFrame:
    known = snapshot.table("staff_moves").filter(
        pl.col("next_year").is_in(["stayed", "moved", "left"])
    )
    return known.with_columns(value=(pl.col("next_year") == "stayed").cast(pl.Float64)).unique(
        list(KEYS), keep="first", maintain_order=True
    )


def _consenting(rows: pl.DataFrame, snapshot: Snapshot, purpose: str) -> pl.DataFrame:
    consents = snapshot.table("consents").filter(pl.col("purpose") == purpose)
    open_ = consents.filter(pl.col("withdrawn_on").is_null()).select("teacher").unique()
    return rows.join(open_, on="teacher", how="semi")
