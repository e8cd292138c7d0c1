"""Bring roles: those of `role_grants.csv`, or where there is none, the teachers of the roster.

A file ends only what a file has opened: a role that an administrator opened by hand stays, and so
does every administrator's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl
from django.db.models import Q

from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import Person, Role, RoleGrant, School
from trellis.people.queries import open_on
from trellis.trust.loading import Difference, Row, Rows, compare, keys

Bundle = Mapping[str, pl.DataFrame]
KEY = ("person_id", "role", "scope_kind", "scope_id", "starts_on")
COMPARED = ("ends_on", "legitimate_interest", "origin")
WHY_TEACHER = "teaches here, as the roster says"
LABEL = "{person__given_name} {person__family_name}: {role} {scope_id}"


def differences(files: DistrictFiles, bundle: Bundle, day: date) -> Iterator[Difference]:
    """Compare the roles that the files bring with the open ones."""
    if "role_grants" in files.tables:
        yield _grants(files.tables["role_grants"], day)
    elif {"users", "enrollments"} <= bundle.keys():
        full = files.modes.get("oneroster/enrollments") == "bulk"
        yield _teachers(bundle, day, full=full)


def suggested(files: DistrictFiles, bundle: Bundle, day: date) -> list[dict[str, str]]:
    """Return the principals of the roster who lead no school in Trellis yet.

    Leading a school opens what a faculty does as groups, so a person decides it, not a file.
    """
    if "role_grants" in files.tables or not {"users", "roles"} <= bundle.keys():
        return []
    leads = RoleGrant.objects.filter(open_on(day), role=Role.SCHOOL_LEADER)
    known = set(leads.values_list("person__external_id", "school__external_id"))
    names = {
        who: f"{given} {family}"
        for who, given, family in bundle["users"]
        .select("sourcedId", "givenName", "familyName")
        .iter_rows()
    }
    schools = dict(School.objects.values_list("external_id", "name"))
    if "orgs" in bundle:
        schools |= dict(bundle["orgs"].select("sourcedId", "name").iter_rows())
    principals = bundle["roles"].filter(pl.col("role") == "principal")
    pairs = principals.select("userSourcedId", "orgSourcedId").unique(maintain_order=True)
    return [
        {"person": who, "name": names[who], "school": schools.get(where, where)}
        for who, where in pairs.iter_rows()
        if (who, where) not in known and who in names
    ]


def _grants(grants: pl.DataFrame, day: date) -> Difference:
    persons, schools = keys(Person), keys(School)
    names = _names()
    rows = [
        (
            persons.get(person), role, scope, scope_id or "", starts, ends, interest,
            RoleGrant.Origin.FILE.value,
            schools.get(scope_id) if scope == RoleGrant.Scope.SCHOOL else None,
            names.get(person, person),
        )
        for person, role, scope, scope_id, starts, ends, interest in grants.select(
            "person_id", "role", "scope_kind", "scope_id", "starts_on", "ends_on",
            "legitimate_interest",
        ).iter_rows()
    ]  # fmt: skip
    # What the roster opened is left to the file as well, once there is one.
    by_files = Q(origin__in=(RoleGrant.Origin.FILE, RoleGrant.Origin.ROSTER))
    return _compare("roles", rows, ends=by_files & ~Q(role=Role.ADMINISTRATOR), day=day)


def _teachers(bundle: Bundle, day: date, *, full: bool) -> Difference:
    """Open the role of a teacher for whoever teaches at a school, from the import's day on.

    Without a role nobody can use Trellis; this one opens a person's own things and her classes.
    """
    persons, schools = keys(Person), keys(School)
    names = _names() | {
        who: f"{given} {family}"
        for who, given, family in bundle["users"]
        .select("sourcedId", "givenName", "familyName")
        .iter_rows()
    }
    today = RoleGrant.objects.filter(open_on(day))
    # Whoever was given a role by hand or by a file has the roles that somebody meant for her.
    decided = set(today.exclude(origin=RoleGrant.Origin.ROSTER).values_list("person_id", flat=True))
    here = today.filter(role=Role.TEACHER, origin=RoleGrant.Origin.ROSTER)
    standing: dict[tuple[object, str], RoleGrant] = {
        (grant.person_id, grant.scope_id): grant for grant in here.order_by("starts_on")
    }
    rows = []
    for who, where in _teaching(bundle):
        if persons.get(who) in decided:
            continue
        held = standing.get((persons.get(who), where))
        starts = held.starts_on if held else day
        rows.append(
            (
                persons.get(who), Role.TEACHER.value, "school", where, starts, None, WHY_TEACHER,
                RoleGrant.Origin.ROSTER.value, schools.get(where), names.get(who, who),
            )
        )  # fmt: skip
    ends = Q(origin=RoleGrant.Origin.ROSTER) if full else Q(pk__in=())
    return _compare("roles of teachers, from OneRoster", rows, ends=ends, day=day)


def _teaching(bundle: Bundle) -> list[tuple[str, str]]:
    """Return who teaches at which school: by role where there are roles, else by enrollment."""
    schools = set(School.objects.values_list("external_id", flat=True))
    if "orgs" in bundle:
        schools |= set(bundle["orgs"].filter(pl.col("type") == "school")["sourcedId"].to_list())
    teaching = [
        bundle["enrollments"]
        .filter(pl.col("role") == "teacher")
        .select(pl.col("userSourcedId"), pl.col("schoolSourcedId").alias("orgSourcedId"))
    ]
    if "roles" in bundle:
        by_role = bundle["roles"].filter(pl.col("role") == "teacher")
        teaching.append(by_role.select("userSourcedId", "orgSourcedId"))
    pairs = pl.concat(teaching).drop_nulls().unique(maintain_order=True).rows()
    users = set(bundle["users"].filter(pl.col("enabledUser"))["sourcedId"].to_list())
    return [(who, where) for who, where in pairs if who in users and where in schools]


def _compare(kind: str, rows: Sequence[Row], *, ends: Q, day: date) -> Difference:
    """Compare grants; those that match `ends`, are open and not named get the day as their last."""
    open_still = Q(ends_on=None) | Q(ends_on__gt=day)
    spared = RoleGrant.objects.exclude(ends & open_still).values_list("pk", flat=True)
    return compare(
        Rows(
            kind=kind,
            model=RoleGrant,
            key=KEY,
            compared=COMPARED,
            written=("school_id",),
            rows=rows,
            shown=("person",),
            leaving="deactivated",
            spared=set(spared),
            away={"ends_on": day},
            label="{person}: {role} {scope_id}",
            stored_label=LABEL,
            unsaid=("origin", "legitimate_interest"),
        )
    )


def _names() -> dict[str, str]:
    known = Person.objects.exclude(external_id=None)
    rows = known.values_list("external_id", "given_name", "family_name")
    return {str(who): f"{given} {family}" for who, given, family in rows}
