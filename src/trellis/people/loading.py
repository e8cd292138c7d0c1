"""Bring people, schools, sections and roles from a district's files into the roster.

Who is no longer in a full bundle is set aside, never deleted: her plan and her evidence stay hers.
Passwords and phone numbers are not in the tables that arrive here.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db.models import Q

from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.references import adults, students
from trellis.people import roles_loading as roles
from trellis.people.models import (
    Employment,
    Enrollment,
    EvaluatorRelation,
    Person,
    Role,
    RoleGrant,
    School,
    Section,
    Student,
    Teaching,
)
from trellis.people.queries import open_on
from trellis.trust import clock
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys

# Reserved by RFC 2606: mail to people without an address can never reach anybody.
NO_ADDRESS = "people.invalid"


def differences(files: DistrictFiles, bringing: Bringing) -> Iterator[Difference]:
    """Compare the roster with the files, in the order in which it must be written."""
    bundle = bundle_of(files)
    if "orgs" in bundle:
        yield _schools(bundle)
    if "users" in bundle:
        yield _persons(bundle, bringing)
        yield _students(bundle)
    if "classes" in bundle:
        yield from _sections(bundle)
    if "enrollments" in bundle:
        yield _teachings(bundle)
        yield _enrollments(bundle)
    if "staff" in files.tables:
        yield _employments(files.tables["staff"])
    yield from roles.differences(files, bundle, bringing.at.date())
    if "evaluators" in files.tables:
        yield _evaluators(files.tables["evaluators"])


def suggested_roles(files: DistrictFiles) -> list[dict[str, str]]:
    """Return the roles that the roster hints at and that only a person opens."""
    return roles.suggested(files, bundle_of(files), clock.today())


def known_ids() -> dict[str, set[str]]:
    """Return the names that files may use for people, schools and sections known already."""
    models = {"adult": Person, "student": Student, "school": School, "section": Section}
    ids = {kind: set(keys(model)) for kind, model in models.items()}
    return ids | {"person": ids["adult"] | ids["student"]}


def known_emails() -> dict[str, str]:
    """Return whose address is whose, so that two people never share one."""
    rows = Person.objects.values_list("email", "external_id")
    return {email.lower(): external_id or "" for email, external_id in rows}


def known_tables() -> dict[str, pl.DataFrame]:
    """Return who evaluates whom, as the file names them."""
    rows = EvaluatorRelation.objects.exclude(evaluator__external_id=None).values_list(
        "evaluator__external_id", "teacher__external_id", "school_year"
    )
    schema = {"evaluator_id": pl.String, "teacher_id": pl.String, "school_year": pl.Int64}
    return {"evaluators": pl.DataFrame(list(rows), schema=schema, orient="row")}


def bundle_of(files: DistrictFiles) -> dict[str, pl.DataFrame]:
    """Return the tables of the OneRoster bundle by their names in the standard."""
    prefix = "oneroster/"
    return {n.removeprefix(prefix): t for n, t in files.tables.items() if n.startswith(prefix)}


def sections_of(bundle: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the sections of a bundle with school year, subject and grade."""
    years = bundle["academicSessions"].select(
        pl.col("sourcedId").alias("term"), pl.col("schoolYear").alias("school_year")
    )
    courses = bundle["courses"].select(
        pl.col("sourcedId").alias("courseSourcedId"), pl.col("subjects").alias("course_subjects")
    )
    first = pl.col("termSourcedIds").list.get(0, null_on_oob=True)
    return (
        bundle["classes"]
        .with_columns(first.alias("term"))
        .join(years, on="term", how="left")
        .join(courses, on="courseSourcedId", how="left")
        .select(
            pl.col("sourcedId").alias("section"),
            pl.col("title"),
            pl.coalesce(
                pl.col("subjects").list.get(0, null_on_oob=True),
                pl.col("course_subjects").list.get(0, null_on_oob=True),
                pl.lit(""),
            ).alias("subject"),
            pl.col("grades").list.get(0, null_on_oob=True).fill_null("").alias("grade"),
            pl.col("schoolSourcedId").alias("school"),
            pl.col("school_year"),
        )
    )


def teachers_of_sections(files: DistrictFiles) -> dict[str, list[str]]:
    """Return who teaches which section, the main teacher first: by the files, else as known."""
    found: dict[str, list[str]] = {}
    known = Teaching.objects.exclude(person__external_id=None)
    for section, person in known.values_list("section__external_id", "person__external_id"):
        found.setdefault(section, []).append(str(person))
    bundle = bundle_of(files)
    if "enrollments" in bundle:
        teaching = bundle["enrollments"].filter(pl.col("role") == "teacher")
        primary_first = teaching.sort("primary", "userSourcedId", descending=[True, False],
                                      nulls_last=True)  # fmt: skip
        grouped = primary_first.group_by("classSourcedId").agg(
            pl.col("userSourcedId").unique(maintain_order=True)
        )
        found |= dict(grouped.iter_rows())
    return found


def learners_of_sections(files: DistrictFiles) -> pl.DataFrame:
    """Return who sits in which section, with its subject and year: by the files, else as known."""
    columns = ("student", "section", "subject", "school_year")
    bundle = bundle_of(files)
    if "enrollments" in bundle and "classes" in bundle:
        pairs = _pairs(bundle, "student").rename(
            {"userSourcedId": "student", "classSourcedId": "section"}
        )
        return pairs.join(sections_of(bundle), on="section").select(columns)
    rows = Enrollment.objects.filter(section__is_active=True).values_list(
        "student__external_id", "section__external_id", "section__subject", "section__school_year"
    )
    schema = dict.fromkeys(columns[:3], pl.String) | {"school_year": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _schools(bundle: Mapping[str, pl.DataFrame]) -> Difference:
    schools = bundle["orgs"].filter(pl.col("type") == "school")
    return compare(
        Rows(
            kind="schools",
            model=School,
            key=("external_id",),
            compared=("name", "is_active"),
            rows=schools.select("sourcedId", "name", pl.lit(True)).rows(),
            leaving="deactivated",
            away={"is_active": False},
            label="{name}",
            renames=("name",),
        )
    )


def _persons(bundle: Mapping[str, pl.DataFrame], bringing: Bringing) -> Difference:
    staff = bundle["users"].filter(pl.col("sourcedId").is_in(list(adults(bundle))))
    no_address = pl.format("{}@{}", pl.col("sourcedId"), pl.lit(NO_ADDRESS))
    day = bringing.at.date()
    # Whoever administers Trellis may stand in no roster, or be closed there; setting her aside
    # would lock the district out of its own installation.
    spared = _administrators(day)
    active = pl.col("enabledUser") | pl.col("sourcedId").is_in(list(spared.values()))
    rows = staff.select(
        "sourcedId",
        pl.coalesce("email", no_address).str.to_lowercase().alias("address"),
        "givenName",
        "familyName",
        active.alias("active"),
        pl.when(active).then(None).otherwise(pl.lit(day)).alias("left"),
    ).rows()
    return compare(
        Rows(
            kind="people",
            model=Person,
            key=("external_id",),
            compared=("email", "given_name", "family_name", "is_active"),
            written=("deactivated_on",),
            rows=rows,
            within=Q(external_id__isnull=False),
            leaving="deactivated",
            spared=set(spared),
            away={"is_active": False, "deactivated_on": day},
            fresh={"password": make_password(None)},
            label="{given_name} {family_name}",
            renames=("given_name", "family_name"),
        )
    )


def _administrators(day: date) -> dict[object, str | None]:
    grants = RoleGrant.objects.filter(open_on(day), role=Role.ADMINISTRATOR)
    return dict(grants.values_list("person_id", "person__external_id"))


def _students(bundle: Mapping[str, pl.DataFrame]) -> Difference:
    learners = bundle["users"].filter(pl.col("sourcedId").is_in(list(students(bundle))))
    return compare(
        Rows(
            kind="students",
            model=Student,
            key=("external_id",),
            compared=("given_name", "family_name", "is_active"),
            rows=learners.select("sourcedId", "givenName", "familyName", "enabledUser").rows(),
            leaving="deactivated",
            away={"is_active": False},
            # A student is named to her own teachers alone; the id finds her in the roster.
            label="{external_id}",
            renames=("given_name", "family_name"),
            unsaid=("given_name", "family_name"),
        )
    )


def _sections(bundle: Mapping[str, pl.DataFrame]) -> Iterator[Difference]:
    """Compare the sections of the files' school years; those of earlier years become history.

    A new year begins with all new sections. That last year's are not among them is the course of
    things and nothing to ask about; a section of the same year that is gone may be a mistake.
    """
    schools = keys(School)
    rows = [
        (section, title, subject, grade, schools.get(school), year, True)
        for section, title, subject, grade, school, year in sections_of(bundle).iter_rows()
    ]
    named = {row[0] for row in rows}
    first = min((row[5] for row in rows), default=0)
    earlier = Q(school_year__lt=first)
    moved = set(Section.objects.filter(earlier, external_id__in=named).values_list("pk", flat=True))
    yield compare(
        Rows(
            kind="sections",
            model=Section,
            key=("external_id",),
            compared=("title", "subject", "grade", "school_id", "school_year", "is_active"),
            rows=rows,
            within=~earlier | Q(pk__in=moved),
            leaving="deactivated",
            away={"is_active": False},
            label="{title} ({external_id})",
            renames=("title",),
        )
    )
    yield compare(
        Rows(
            kind="sections of earlier years",
            model=Section,
            key=("external_id",),
            compared=("is_active",),
            rows=(),
            within=earlier & ~Q(pk__in=moved),
            leaving="deactivated",
            guarded=False,
            away={"is_active": False},
            label="{title} ({external_id})",
        )
    )


def _teachings(bundle: Mapping[str, pl.DataFrame]) -> Difference:
    sections, persons = keys(Section), keys(Person)
    pairs = _pairs(bundle, "teacher")
    titles, names = _titles(bundle), _names(bundle)
    rows = [
        (sections.get(s), persons.get(p), titles.get(s, s), names.get(p, p))
        for s, p in pairs.select(_PAIR).iter_rows()
    ]
    return compare(
        Rows(
            kind="teachers of sections",
            model=Teaching,
            key=("section_id", "person_id"),
            compared=(),
            rows=rows,
            shown=("section", "person"),
            within=_in_sections(bundle, sections),
            leaving="removed",
            label="{person} in {section}",
            stored_label="{person__given_name} {person__family_name} in {section__title}",
        )
    )


def _enrollments(bundle: Mapping[str, pl.DataFrame]) -> Difference:
    sections, learners = keys(Section), keys(Student)
    pairs = _pairs(bundle, "student").select(*_PAIR, "beginDate", "endDate")
    titles = _titles(bundle)
    rows = [
        (sections.get(s), learners.get(p), start, end, titles.get(s, s), p)
        for s, p, start, end in pairs.iter_rows()
    ]
    return compare(
        Rows(
            kind="enrollments",
            model=Enrollment,
            key=("section_id", "student_id"),
            compared=("starts_on", "ends_on"),
            rows=rows,
            shown=("section", "student"),
            within=_in_sections(bundle, sections),
            leaving="removed",
            label="{student} in {section}",
            stored_label="{student__external_id} in {section__title}",
        )
    )


_PAIR = ("classSourcedId", "userSourcedId")


def _pairs(bundle: Mapping[str, pl.DataFrame], role: str) -> pl.DataFrame:
    """Return each person of a section once: who left and came back has two enrollments."""
    of_role = bundle["enrollments"].filter(pl.col("role") == role)
    return of_role.sort("beginDate", nulls_last=False, maintain_order=True).unique(
        _PAIR, keep="last", maintain_order=True
    )


def _titles(bundle: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    known = dict(Section.objects.values_list("external_id", "title"))
    return known | dict(bundle["classes"].select("sourcedId", "title").iter_rows())


def _names(bundle: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    known = Person.objects.exclude(external_id=None).values_list(
        "external_id", "given_name", "family_name"
    )
    names = {str(who): f"{given} {family}" for who, given, family in known}
    said = bundle["users"].select("sourcedId", "givenName", "familyName")
    return names | {who: f"{given} {family}" for who, given, family in said.iter_rows()}


def _in_sections(bundle: Mapping[str, pl.DataFrame], sections: Mapping[str, object]) -> Q:
    named = bundle["classes"]["sourcedId"] if "classes" in bundle else ()
    return Q(section_id__in=[sections[s] for s in named if s in sections])


def _employments(staff: pl.DataFrame) -> Difference:
    persons, schools = keys(Person), keys(School)
    joined = staff.with_columns(pl.col("grades", "subjects").list.join(";"))
    columns = ("person_id", "school_id", "school_year", "years_experience", "grades", "subjects")
    rows = [
        (persons.get(person), schools.get(school), *rest)
        for person, school, *rest in joined.select(columns).iter_rows()
    ]
    return compare(
        Rows(kind="staff years", model=Employment, key=columns[:3], compared=columns[3:], rows=rows)
    )


def _evaluators(evaluators: pl.DataFrame) -> Difference:
    persons = keys(Person)
    columns = ("evaluator_id", "teacher_id", "school_year")
    rows = [
        (persons.get(evaluator), persons.get(teacher), year)
        for evaluator, teacher, year in evaluators.select(columns).iter_rows()
    ]
    return compare(
        Rows(
            kind="evaluators (kept apart from coaching)",
            model=EvaluatorRelation,
            key=columns,
            compared=(),
            rows=rows,
            within=Q(school_year__in=sorted(set(evaluators["school_year"].to_list()))),
            leaving="removed",
        )
    )
