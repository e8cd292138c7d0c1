"""Read what a OneRoster bundle says about sections, who teaches them and who sits in them."""

from collections.abc import Iterator, Mapping

import polars as pl

from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import Enrollment, Section, Teaching
from trellis.trust import clock

ONEROSTER = "oneroster/"
PAIR = ("classSourcedId", "userSourcedId")
# The word of a file of changes for a row that is no more.
_IS_GONE = pl.col("status").eq("tobedeleted").fill_null(value=False)


def bundle_of(files: DistrictFiles) -> dict[str, pl.DataFrame]:
    """Return the tables of the OneRoster bundle by their names in the standard, without leavers."""
    return {name: table.filter(~_IS_GONE) for name, table in _oneroster(files).items()}


def leavers_of(files: DistrictFiles) -> dict[str, pl.DataFrame]:
    """Return the rows that files of changes name as gone; a full file names nobody."""
    return {
        name: table.filter(_IS_GONE)
        for name, table in _oneroster(files).items()
        if files.modes.get(f"{ONEROSTER}{name}") == "delta"
    }


def _oneroster(files: DistrictFiles) -> dict[str, pl.DataFrame]:
    return {
        name.removeprefix(ONEROSTER): table
        for name, table in files.tables.items()
        if name.startswith(ONEROSTER)
    }


def sections_of(bundle: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the sections of a bundle with school year, subject and grade.

    Changes may name a section without its term or course: then it stays as it is known, and a new
    one belongs to this school year.
    """
    courses = bundle.get("courses", _NO_COURSES).select(
        pl.col("sourcedId").alias("courseSourcedId"), pl.col("subjects").alias("course_subjects")
    )
    years = bundle.get("academicSessions", _NO_SESSIONS).select(
        pl.col("sourcedId").alias("term"), pl.col("schoolYear").alias("said_year")
    )
    return (
        bundle["classes"]
        .with_columns(pl.col("termSourcedIds").list.get(0, null_on_oob=True).alias("term"))
        .join(years, on="term", how="left")
        .join(courses, on="courseSourcedId", how="left")
        .join(_known_sections(), on="sourcedId", how="left")
        .select(
            pl.col("sourcedId").alias("section"),
            pl.col("title"),
            pl.coalesce(
                pl.col("subjects").list.get(0, null_on_oob=True),
                pl.col("course_subjects").list.get(0, null_on_oob=True),
                pl.col("known_subject"),
                pl.lit(""),
            ).alias("subject"),
            pl.col("grades").list.get(0, null_on_oob=True).fill_null("").alias("grade"),
            pl.col("schoolSourcedId").alias("school"),
            pl.coalesce("said_year", "known_year", pl.lit(clock.school_year(clock.today()))).alias(
                "school_year"
            ),
        )
    )


_NO_COURSES = pl.DataFrame(schema={"sourcedId": pl.String, "subjects": pl.List(pl.String)})
_NO_SESSIONS = pl.DataFrame(schema={"sourcedId": pl.String, "schoolYear": pl.Int64})


def all_sections(bundle: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return every section, as the files say, else as it is known."""
    known = _known_sections().select(
        pl.col("sourcedId").alias("section"),
        pl.col("known_subject").alias("subject"),
        pl.col("known_grade").alias("grade"),
        pl.col("known_school").alias("school"),
        pl.col("known_year").alias("school_year"),
    )
    if "classes" not in bundle:
        return known
    return pl.concat([sections_of(bundle).select(known.columns), known]).unique(
        "section", keep="first", maintain_order=True
    )


def _known_sections() -> pl.DataFrame:
    schema = {"sourcedId": pl.String, "known_subject": pl.String, "known_grade": pl.String,
              "known_school": pl.String, "known_year": pl.Int64}  # fmt: skip
    rows = Section.objects.values_list(
        "external_id", "subject", "grade", "school__external_id", "school_year"
    )
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def teachers_of_sections(files: DistrictFiles) -> dict[str, list[str]]:
    """Return who teaches which section, the main teacher first: by the files, else as known."""
    found: dict[str, list[str]] = {}
    known = Teaching.objects.exclude(person__external_id=None)
    for section, person in known.values_list("section__external_id", "person__external_id"):
        found.setdefault(section, []).append(str(person))
    bundle = bundle_of(files)
    for section, who in _ended(files, "teacher"):
        if who in found.get(section, ()):
            found[section].remove(who)
    if "enrollments" in bundle:
        full = "enrollments" not in leavers_of(files)
        for section, said, main in _said_teachers(bundle).iter_rows():
            before = [] if full else found.get(section, [])
            found[section] = list(dict.fromkeys([*main, *before, *said]))
    return found


def _said_teachers(bundle: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the teachers of each section, the main one first, and the main ones by themselves."""
    teaching = bundle["enrollments"].filter(pl.col("role") == "teacher")
    primary_first = teaching.sort("primary", "userSourcedId", descending=[True, False],
                                  nulls_last=True)  # fmt: skip
    return primary_first.group_by("classSourcedId", maintain_order=True).agg(
        pl.col("userSourcedId").alias("said"),
        pl.col("userSourcedId").filter(pl.col("primary").fill_null(value=False)).alias("main"),
    )


def learners_of_sections(files: DistrictFiles) -> pl.DataFrame:
    """Return who sits in which section, with its subject and year: by the files, else as known."""
    columns = ("student", "section", "subject", "school_year")
    bundle = bundle_of(files)
    full = "enrollments" in bundle and "enrollments" not in leavers_of(files)
    if full and "classes" in bundle:
        return _said_learners(bundle).join(sections_of(bundle), on="section").select(columns)
    rows = Enrollment.objects.filter(section__is_active=True).values_list(
        "student__external_id", "section__external_id", "section__subject", "section__school_year"
    )
    schema = dict.fromkeys(columns[:3], pl.String) | {"school_year": pl.Int64}
    known = pl.DataFrame(list(rows), schema=schema, orient="row")
    if "enrollments" not in bundle:
        return known
    gone = pl.DataFrame(
        list(_ended(files, "student")), schema={"section": pl.String, "student": pl.String},
        orient="row",
    )  # fmt: skip
    sections = all_sections(bundle)
    added = _said_learners(bundle).join(sections, on="section").select(columns)
    standing = known.join(gone, on=["section", "student"], how="anti")
    return pl.concat([standing, added]).unique(["section", "student"], keep="last")


def _said_learners(bundle: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    names = {"userSourcedId": "student", "classSourcedId": "section"}
    return pairs_of(bundle, "student").rename(names).select("student", "section")


def _ended(files: DistrictFiles, role: str) -> Iterator[tuple[str, str]]:
    """Yield section and person of each link that a file of changes ends."""
    named = leavers_of(files).get("enrollments")
    if named is not None:
        yield from named.filter(pl.col("role") == role).select(PAIR).iter_rows()


def pairs_of(bundle: Mapping[str, pl.DataFrame], role: str) -> pl.DataFrame:
    """Return each person of a section once: who left and came back has two enrollments."""
    of_role = bundle["enrollments"].filter(pl.col("role") == role)
    return of_role.sort("beginDate", nulls_last=False, maintain_order=True).unique(
        PAIR, keep="last", maintain_order=True
    )
