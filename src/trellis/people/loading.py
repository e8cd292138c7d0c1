"""Bring people, schools, sections and roles from a district's files into the roster.

Who is no longer in a full bundle is set aside, never deleted: her plan and her evidence stay hers.
Passwords and phone numbers are not in the tables that arrive here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db.models import Q

from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.references import adults, students
from trellis.people import numbers_loading
from trellis.people import roles_loading as roles
from trellis.people.models import (
    Employment,
    Enrollment,
    EvaluatorRelation,
    Person,
    PersonAlias,
    Role,
    RoleGrant,
    School,
    Section,
    Student,
    Teaching,
)
from trellis.people.queries import open_on
from trellis.people.roster import PAIR, bundle_of, leavers_of, pairs_of, sections_of
from trellis.trust import clock
from trellis.trust.loading import Bringing, Difference, Row, Rows, compare, keys

# Reserved by RFC 2606: mail to people without an address can never reach anybody.
NO_ADDRESS = "people.invalid"
# Rows that a file of changes names as gone; None where the file is full and speaks for everybody.
Named = pl.DataFrame | None


def differences(files: DistrictFiles, bringing: Bringing) -> Iterator[Difference]:
    """Compare the roster with the files, in the order in which it must be written."""
    bundle, named = bundle_of(files), leavers_of(files)
    if "orgs" in bundle:
        yield _schools(bundle, named.get("orgs"))
    if "users" in bundle:
        yield _persons(bundle, bringing, named.get("users"))
        yield _students(bundle, named.get("users"))
        yield from numbers_loading.differences(bundle, named.get("users"))
    if "classes" in bundle:
        yield from _sections(bundle, named.get("classes"))
    if "enrollments" in bundle:
        yield _teachings(bundle, named.get("enrollments"))
        yield _enrollments(bundle, named.get("enrollments"))
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
    ids["adult"] |= known_aliases().keys()
    return ids | {"person": ids["adult"] | ids["student"]}


def known_aliases() -> dict[str, str]:
    """Return the id that stays, by each id of the same person that was merged into it."""
    pairs = PersonAlias.objects.values_list("external_id", "person__external_id")
    return {alias: stays for alias, stays in pairs if stays}


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


def _schools(bundle: Mapping[str, pl.DataFrame], named: Named) -> Difference:
    schools = bundle["orgs"].filter(pl.col("type") == "school")
    return compare(
        Rows(
            kind="schools",
            model=School,
            key=("external_id",),
            compared=("name", "is_active"),
            rows=schools.select("sourcedId", "name", pl.lit(True)).rows(),
            leaving="deactivated",
            leavers=_ids(named),
            away={"is_active": False},
            label="{name}",
            renames=("name",),
        )
    )


def _persons(bundle: Mapping[str, pl.DataFrame], bringing: Bringing, named: Named) -> Difference:
    who = adults(bundle) if named is None else _known_or_said(bundle, Person, adults(bundle))
    staff = bundle["users"].filter(pl.col("sourcedId").is_in(list(who)))
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
            leavers=_ids(named),
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


def _known_or_said(
    bundle: Mapping[str, pl.DataFrame], model: type[Person | Student], said: set[str]
) -> set[str]:
    """Return of which kind a user of a file of changes is: as roles say, else as known already."""
    if "roles" not in bundle:
        said = set()  # who merely is no student may be one whose class did not change
    return said | set(keys(model))


def _ids(named: Named) -> list[Row] | None:
    return None if named is None else [(name,) for name in named["sourcedId"].to_list()]


def _students(bundle: Mapping[str, pl.DataFrame], named: Named) -> Difference:
    who = students(bundle) if named is None else students(bundle) | set(keys(Student))
    learners = bundle["users"].filter(pl.col("sourcedId").is_in(list(who)))
    return compare(
        Rows(
            kind="students",
            model=Student,
            key=("external_id",),
            compared=("given_name", "family_name", "is_active"),
            rows=learners.select("sourcedId", "givenName", "familyName", "enabledUser").rows(),
            leaving="deactivated",
            leavers=_ids(named),
            away={"is_active": False},
            # A student is named to her own teachers alone; the id finds her in the roster.
            label="{external_id}",
            renames=("given_name", "family_name"),
            unsaid=("given_name", "family_name"),
        )
    )


def _sections(bundle: Mapping[str, pl.DataFrame], named: Named) -> Iterator[Difference]:
    """Compare the sections of the files' school years; those of earlier years become history.

    A new year begins with all new sections. That last year's are not among them is the course of
    things and nothing to ask about; a section of the same year that is gone may be a mistake.
    """
    schools = keys(School)
    rows = [
        (section, title, subject, grade, schools.get(school), year, True)
        for section, title, subject, grade, school, year in sections_of(bundle).iter_rows()
    ]
    first = 0 if named is not None else min((row[5] for row in rows), default=0)
    earlier = Q(school_year__lt=first)
    here = [row[0] for row in rows]
    moved = set(Section.objects.filter(earlier, external_id__in=here).values_list("pk", flat=True))
    yield compare(
        Rows(
            kind="sections",
            model=Section,
            key=("external_id",),
            compared=("title", "subject", "grade", "school_id", "school_year", "is_active"),
            rows=rows,
            within=~earlier | Q(pk__in=moved),
            leaving="deactivated",
            leavers=_ids(named),
            away={"is_active": False},
            label="{title} ({external_id})",
            renames=("title",),
        )
    )
    if named is not None:
        return
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


def _teachings(bundle: Mapping[str, pl.DataFrame], named: Named) -> Difference:
    sections, persons = keys(Section), keys(Person)
    pairs = pairs_of(bundle, "teacher")
    titles, names = _titles(bundle), _names(bundle)
    rows = [
        (sections.get(s), persons.get(p), titles.get(s, s), names.get(p, p))
        for s, p in pairs.select(PAIR).iter_rows()
    ]
    return compare(
        Rows(
            kind="teachers of sections",
            model=Teaching,
            key=("section_id", "person_id"),
            compared=(),
            rows=rows,
            shown=("section", "person"),
            within=_in_sections(bundle, sections, named),
            leaving="removed",
            leavers=_links(named, "teacher", sections, persons, rows),
            label="{person} in {section}",
            stored_label="{person__given_name} {person__family_name} in {section__title}",
        )
    )


def _enrollments(bundle: Mapping[str, pl.DataFrame], named: Named) -> Difference:
    sections, learners = keys(Section), keys(Student)
    pairs = pairs_of(bundle, "student").select(*PAIR, "beginDate", "endDate")
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
            within=_in_sections(bundle, sections, named),
            leaving="removed",
            leavers=_links(named, "student", sections, learners, rows),
            label="{student} in {section}",
            stored_label="{student__external_id} in {section__title}",
        )
    )


def _titles(bundle: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    known = dict(Section.objects.values_list("external_id", "title"))
    if "classes" not in bundle:
        return known
    return known | dict(bundle["classes"].select("sourcedId", "title").iter_rows())


def _names(bundle: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    known = Person.objects.exclude(external_id=None).values_list(
        "external_id", "given_name", "family_name"
    )
    names = {str(who): f"{given} {family}" for who, given, family in known}
    if "users" not in bundle:
        return names
    said = bundle["users"].select("sourcedId", "givenName", "familyName")
    return names | {who: f"{given} {family}" for who, given, family in said.iter_rows()}


def _links(
    named: Named,
    role: str,
    sections: Mapping[str, object],
    people: Mapping[str, object],
    rows: Sequence[Row],
) -> list[Row] | None:
    """Return the links that a file of changes ends; one that it also names as active stays."""
    if named is None:
        return None
    pairs = named.filter(pl.col("role") == role).select(PAIR).iter_rows()
    active = {row[:2] for row in rows}
    ended = ((sections.get(section), people.get(who)) for section, who in pairs)
    return [pair for pair in ended if pair not in active]


def _in_sections(
    bundle: Mapping[str, pl.DataFrame], sections: Mapping[str, object], named: Named
) -> Q:
    """Match the links of the sections that the files speak of, by class or by enrollment."""
    tables = [bundle["enrollments"]["classSourcedId"]]
    if named is not None:
        tables.append(named["classSourcedId"])
    elif "classes" in bundle:
        tables.append(bundle["classes"]["sourcedId"])
    told = pl.concat(tables).unique().to_list()
    return Q(section_id__in=[sections[s] for s in told if s in sections])


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
