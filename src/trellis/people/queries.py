"""Answer who holds which role today, who may never coach whom, and what the account pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet

from trellis.people.models import EvaluatorRelation, Person, Role, RoleGrant, School
from trellis.trust import clock


def open_on(day: date) -> Q:
    """Match grants that are open on a day."""
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


def roles_of(person: Person) -> frozenset[Role]:
    """Return the roles that a person holds today."""
    return frozenset(Role(grant.role) for grant in grants_of(person))


def grants_of(person: Person) -> list[RoleGrant]:
    """Return the person's open grants, read once for each object in hand (a request's user)."""
    kept: list[RoleGrant] | None = getattr(person, "_open_grants", None)
    if kept is None:
        kept = list(
            RoleGrant.objects.filter(open_on(clock.today()), person=person).select_related("school")
        )
        person._open_grants = kept  # type: ignore[attr-defined]  # lives as long as the request
    return kept


def has_role(person: Person, *roles: Role) -> bool:
    """Return whether a person holds any of the roles today."""
    return not roles_of(person).isdisjoint(roles)


def school_ids_led_by(person: Person) -> list[int]:
    """Return the schools that a person leads today."""
    return [
        g.school_id
        for g in grants_of(person)
        if g.role == Role.SCHOOL_LEADER and g.school_id is not None
    ]


def evaluates(evaluator: Person, teacher: Person, school_year: int) -> bool:
    """Return whether one evaluates the other in a year, which closes coaching between them."""
    return EvaluatorRelation.objects.filter(
        evaluator=evaluator, teacher=teacher, school_year=school_year
    ).exists()


def evaluated_by(evaluator: Person, school_year: int) -> QuerySet[Person]:
    """Return the teachers whom a person evaluates in a year: their content stays closed to her."""
    return Person.objects.filter(
        evaluated_by__evaluator=evaluator, evaluated_by__school_year=school_year
    )


PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list of accounts: who and where, and nothing that could be compared."""

    id: UUID
    name: str
    email: str
    roles: str
    places: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the list of accounts, by name."""

    rows: Sequence[PersonRow]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role of a person, where, from when to when, and why."""

    id: int
    role: str
    place: str
    starts_on: date
    ends_on: date | None
    reason: str
    is_open: bool
    is_past: bool


def with_open_grants(people: QuerySet[Person]) -> QuerySet[Person]:
    """Bring along the roles that each person holds today, in one more query for all of them."""
    today = RoleGrant.objects.filter(open_on(clock.today())).select_related("school")
    return people.prefetch_related(Prefetch("role_grants", queryset=today.order_by("pk")))


def people_page(
    people: QuerySet[Person], *, words: str = "", school: str = "", role: str = "", number: int = 1
) -> PeoplePage:
    """Return a page of the given people who match words, school and role today, by name."""
    for word in words.split():
        people = people.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
        )
    if school or role:
        held = RoleGrant.objects.filter(open_on(clock.today()))
        held = held.filter(school__external_id=school) if school else held
        held = held.filter(role=role) if role else held
        people = people.filter(pk__in=held.values("person"))
    page = Paginator(with_open_grants(people.order_by("family_name", "given_name", "pk")), PER_PAGE)
    shown = page.get_page(number)
    rows = [_person_row(person) for person in shown]
    return PeoplePage(rows, page.count, shown.number, page.num_pages)


def _person_row(person: Person) -> PersonRow:
    open_grants = list(person.role_grants.all())
    return PersonRow(
        id=person.pk,
        name=person.full_name,
        email=person.email,
        roles=", ".join(dict.fromkeys(grant.get_role_display() for grant in open_grants)),
        places=", ".join(dict.fromkeys(_place(grant) for grant in open_grants)),
        is_active=person.is_active,
    )


def grant_rows(person: Person) -> list[GrantRow]:
    """Return all roles of a person, those of today first, then what is to come and what was."""
    today = clock.today()
    grants = person.role_grants.select_related("school").order_by("-starts_on", "pk")
    rows = [_grant_row(grant, today) for grant in grants]
    return sorted(rows, key=lambda row: (not row.is_open, row.is_past))


def _grant_row(grant: RoleGrant, today: date) -> GrantRow:
    is_past = grant.ends_on is not None and grant.ends_on < today
    return GrantRow(
        id=grant.pk,
        role=grant.get_role_display(),
        place=_place(grant),
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
        reason=grant.legitimate_interest,
        is_open=grant.starts_on <= today and not is_past,
        is_past=is_past,
    )


def _place(grant: RoleGrant) -> str:
    if grant.school is not None:
        return grant.school.name
    return grant.scope_id.capitalize() if grant.scope_id else "District"


def schools() -> QuerySet[School]:
    """Return the schools that are open, by name."""
    return School.objects.filter(is_active=True)
