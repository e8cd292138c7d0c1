"""Turn a district's files into the pseudonymous tables of the warehouse."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from trellis.evidence import line_items, objective_results
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.district import LEVELS
from trellis.interchange.streams import Streamed
from trellis.people.roster import all_sections, bundle_of, leavers_of, sections_of
from trellis.warehouse.pseudonyms import pseudonyms, pseudonyms_of_distinct
from trellis.warehouse.store import Partitions
from trellis.warehouse.tables import TABLES, Table

# A school year is named by the year in which it ends; it begins in July.
FIRST_MONTH = 7

Values = tuple[object, ...]
Old = Callable[[str, Values], Iterable[pl.DataFrame]]
Build = Callable[[pl.DataFrame], pl.DataFrame]


def tables(
    files: DistrictFiles,
    *,
    known: Mapping[str, pl.DataFrame],
    teachers: Mapping[str, list[str]],
    learners: pl.DataFrame,
    secret: str,
    import_id: str,
) -> dict[str, pl.DataFrame]:
    """Return every table that the files speak of.

    Parameters
    ----------
    known : `offers` and `partnerships` of earlier imports, where the files do not bring them.
    teachers : the teachers of each section, the main one first.
    learners : `student`, `section`, `subject`, `school_year`: who sits where.
    """
    main = pl.DataFrame(
        [(section, who[0]) for section, who in teachers.items() if who],
        schema={"section": pl.String, "teacher": pl.String},
        orient="row",
    )
    made: dict[str, pl.DataFrame] = {}
    for name, (frame, source) in _named(files, known, main, learners):
        finished = _finished(name, frame, files.sources[source], secret, import_id)
        made[name] = pl.concat([made[name], finished]) if name in made else finished
    return made


def replaced_by(name: str, files: DistrictFiles) -> tuple[str, ...]:
    """Return what the new rows of a table replace: all that they speak of, or row by row.

    Files that bring changes, and files of which rows were set aside, do not speak for the rest.
    """
    table = TABLES[name]
    is_part = name == "objective_results" and "results" in leavers_of(files)
    return (*table.replaces, *table.names) if is_part or files.set_aside else table.replaces


def partitions(
    files: DistrictFiles, *, learners: pl.DataFrame, old: Old, secret: str, import_id: str
) -> dict[str, Partitions]:
    """Return the tables that were read piece by piece, each by what it is split by.

    Parameters
    ----------
    old : gives the rows of a table that stand in the partition of some values.
    """
    made: dict[str, Partitions] = {}
    for name, streamed in files.streamed.items():
        people = pseudonyms_of_distinct(secret, "person", streamed.words["student_id"])
        parts = _Parts(
            TABLES[name], streamed, people, files.sources[name], import_id,
            by=replaced_by(name, files),
        )  # fmt: skip
        if name == "objective_results":
            hidden = learners.with_columns(
                pseudonyms(secret, "person", learners["student"]).alias("student"),
                pseudonyms(secret, "section", learners["section"]).alias("section"),
            )
            sections = pseudonyms_of_distinct(secret, "section", streamed.words["section_id"])
            found = partial(_objectives_of_tests, only=_only_sections(hidden))
            made[name] = parts.among(old, {"section_id": sections}, found)
        elif parts.by != parts.table.split:
            made[name] = parts.among(old, {}, _tests)
        else:
            made[name] = parts.whole()
    return made


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a file that was read piece by piece, on their way into its table."""

    table: Table
    streamed: Streamed
    people: pl.Series
    file: str
    import_id: str
    by: tuple[str, ...]

    def whole(self) -> Partitions:
        """Yield partitions that take the place of the old ones."""
        for values, frames in self.streamed.groups({"student_id": self.people}):
            yield values, (self._sourced(_tests(frame)) for frame in frames)

    def among(self, old: Old, others: Mapping[str, pl.Series], build: Build) -> Partitions:
        """Yield partitions of the old rows that stay, and then the new ones."""
        instead = {"student_id": self.people, **others}

        def new(values: Values) -> Iterator[pl.DataFrame]:
            # Gone through twice: what is new must be known before any old row is written.
            frames = next(f for v, f in self.streamed.groups(instead) if v == values)
            return (self._sourced(build(frame)) for frame in frames)

        def together(values: Values) -> Iterator[pl.DataFrame]:
            named = pl.concat(frame.select(self.by).unique() for frame in new(values)).unique()
            for frame in old(self.table.name, values):
                yield frame.join(named, on=list(self.by), how="anti", nulls_equal=True)
            yield from new(values)

        for values, _ in self.streamed.groups():
            yield values, together(values)

    def _sourced(self, frame: pl.DataFrame) -> pl.DataFrame:
        return _sourced(self.table, frame, self.file, self.import_id)


def _named(
    files: DistrictFiles,
    known: Mapping[str, pl.DataFrame],
    main: pl.DataFrame,
    learners: pl.DataFrame,
) -> Iterator[tuple[str, tuple[pl.DataFrame, str]]]:
    """Yield each table with names still in clear, and the file that it came from."""
    brought = files.tables
    for name, (table, build) in _DIRECT.items():
        if name in brought:
            yield table, (build(brought[name]), name)
    if "class_feedback" in brought:
        yield "class_feedback", (_feedback(brought["class_feedback"], main), "class_feedback")
    offers = _latest(brought, known, "offers", "offer_id")
    for name, person in (("participation", "teacher_id"), ("draws", "unit")):
        if name in brought:
            joined = brought[name].join(
                offers.select("offer_id", "program_id", "school_year"), on="offer_id", how="left"
            )
            yield name, (joined.rename({person: "teacher"}), name)
    if "sessions" in brought or "partnerships" in brought:
        yield from _exposures(brought, known)
    yield from _from_roster(files, main, learners)


def _from_roster(
    files: DistrictFiles, main: pl.DataFrame, learners: pl.DataFrame
) -> Iterator[tuple[str, tuple[pl.DataFrame, str]]]:
    bundle = bundle_of(files)
    if "enrollments" in leavers_of(files):
        yield "rosters", (_rosters_changed(files, main, learners), "oneroster/enrollments")
    elif "enrollments" in bundle and "classes" in bundle:
        yield "rosters", (_rosters(bundle, main), "oneroster/enrollments")
    if speaking := [name for name in ("results", *line_items.SAID_BY) if name in bundle]:
        yield "objective_results", (objective_results.scored(files), f"oneroster/{speaking[0]}")


def _tests(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rename({"student_id": "student"})


def _study_visits(rows: pl.DataFrame) -> pl.DataFrame:
    level = pl.col("level").replace_strict(
        list(LEVELS), list(range(len(LEVELS))), return_dtype=pl.Int64
    )
    return rows.rename({"teacher_id": "teacher", "visitor_id": "adult"}).with_columns(level)


def _staff(rows: pl.DataFrame) -> pl.DataFrame:
    lists = pl.col("grades", "subjects").list.join(";")
    return rows.rename({"person_id": "teacher"}).with_columns(lists)


def _of_teacher(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rename({"teacher_id": "teacher"})


def _as_it_is(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


# File -> table, and how its rows become the table's.
_DIRECT: dict[str, tuple[str, Build]] = {
    "study_visits": ("study_visits", _study_visits),
    "rollouts": ("rollouts", _as_it_is),
    "costs": ("costs", _as_it_is),
    "consents": ("consents", _of_teacher),
    "staff": ("staff_moves", _staff),
}


def _feedback(rows: pl.DataFrame, main: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.rename({"section_id": "section"})
        .join(main, on="section", how="left")
        .with_columns(_school_year("given_on"))
    )


def _school_year(column: str) -> pl.Expr:
    day = pl.col(column).dt
    year = day.year() + (day.month() >= FIRST_MONTH).cast(pl.Int32)
    return year.cast(pl.Int64).alias("school_year")


def _latest(
    brought: Mapping[str, pl.DataFrame], known: Mapping[str, pl.DataFrame], name: str, key: str
) -> pl.DataFrame:
    """Return the rows that the files bring, then those known before that they do not name."""
    if name not in brought:
        return known[name]
    old = known[name].join(brought[name], on=key, how="anti")
    return pl.concat([brought[name].select(old.columns), old])


def _exposures(
    brought: Mapping[str, pl.DataFrame], known: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, tuple[pl.DataFrame, str]]]:
    """Count the sessions of each partnership in each school year; contents stay where they are."""
    if "sessions" not in brought:
        return
    counted = (
        brought["sessions"]
        .filter(pl.col("state") == "held")  # what is only planned has given nobody anything yet
        .with_columns(_school_year("held_on"))
        .group_by("partnership_id", "school_year")
        .agg(
            pl.len().cast(pl.Int64).alias("sessions"),
            pl.col("minutes").sum(),
            pl.col("row").min(),
        )
        .sort("partnership_id", "school_year")
    )
    partnerships = _latest(brought, known, "partnerships", "partnership_id")
    joined = counted.join(partnerships.drop("row", strict=False), on="partnership_id", how="left")
    named = joined.rename({"teacher_id": "teacher", "partner_id": "adult"})
    yield "partnership_exposures", (named, "sessions")


def _rosters(bundle: Mapping[str, pl.DataFrame], main: pl.DataFrame) -> pl.DataFrame:
    learners = bundle["enrollments"].filter(pl.col("role") == "student")
    return (
        learners.select(
            pl.col("classSourcedId").alias("section"),
            pl.col("userSourcedId").alias("student"),
            "row",
        )
        .unique(["section", "student"], keep="first", maintain_order=True)
        .join(sections_of(bundle).rename({"school": "school_id"}), on="section", how="left")
        .join(main, on="section", how="left")
    )


def _rosters_changed(
    files: DistrictFiles, main: pl.DataFrame, learners: pl.DataFrame
) -> pl.DataFrame:
    """Return the whole roster of each section in which a file of changes changes anything."""
    said, gone = bundle_of(files), leavers_of(files)["enrollments"]
    changes = pl.concat([said["enrollments"], gone]).filter(pl.col("role") == "student")
    rows = changes.select(
        pl.col("classSourcedId").alias("section"), pl.col("userSourcedId").alias("student"), "row"
    ).unique(["section", "student"], keep="last")
    return (
        learners.select("section", "student")
        .filter(pl.col("section").is_in(changes["classSourcedId"].unique().to_list()))
        .join(rows, on=["section", "student"], how="left")
        .with_columns(pl.col("row").fill_null(0))
        .join(all_sections(said).rename({"school": "school_id"}), on="section", how="left")
        .join(main, on="section", how="left")
    )


def _only_sections(learners: pl.DataFrame) -> pl.DataFrame:
    """Return the sections in which each student sits in a year, by subject."""
    return learners.group_by("student", "school_year", "subject").agg(
        pl.col("section").unique().alias("sections")
    )


def _objectives_of_tests(rows: pl.DataFrame, only: pl.DataFrame) -> pl.DataFrame:
    """Find the section of each student's results: the one named, else her only one of the subject.

    Where she has none or several, the row is kept without a section: no class page shows it.
    """
    return (
        rows.rename({"student_id": "student", "tested_on": "scored_on"})
        .join(only, on=["student", "school_year", "subject"], how="left")
        .with_columns(
            pl.coalesce(
                "section_id",
                pl.when(pl.col("sections").list.len() == 1).then(pl.col("sections").list.first()),
            ).alias("section"),
            # A test of a day and an objective: the same again replaces what was there.
            pl.format("{}:{}", "scored_on", "objective_id").alias("line_item"),
        )
    )


def _finished(
    name: str, frame: pl.DataFrame, file: str, secret: str, import_id: str
) -> pl.DataFrame:
    """Put pseudonyms in the place of names, and add where each row came from."""
    table = TABLES[name]
    keyed = frame.with_columns(
        pseudonyms(secret, kind, frame[column]).alias(column) for column, kind in table.keys.items()
    )
    return _sourced(table, keyed, file, import_id)


def _sourced(table: Table, frame: pl.DataFrame, file: str, import_id: str) -> pl.DataFrame:
    with_source = frame.with_columns(
        pl.lit(import_id).alias("import_id"), pl.lit(file).alias("file")
    )
    return with_source.select(pl.col(column).cast(kind) for column, kind in table.schema.items())
