"""Sign people in, open and end roles, close accounts."""

from datetime import date
from math import ceil

from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from trellis.people import throttle
from trellis.people.events import (
    AccountClosed,
    AccountOpened,
    PasswordChanged,
    RoleEnded,
    RoleGranted,
)
from trellis.people.models import Person, Role, RoleGrant, School
from trellis.people.queries import has_role, open_on
from trellis.trust import clock
from trellis.trust.events import record

# Where each role can be held: a leader leads a school, a consultant comes from a provider.
SCOPES = {
    Role.TEACHER: {RoleGrant.Scope.SCHOOL},
    Role.SCHOOL_LEADER: {RoleGrant.Scope.SCHOOL},
    Role.CONSULTANT: {RoleGrant.Scope.PROVIDER},
    Role.COACH: {RoleGrant.Scope.DISTRICT, RoleGrant.Scope.SCHOOL},
    Role.MENTOR: {RoleGrant.Scope.DISTRICT, RoleGrant.Scope.SCHOOL},
    Role.PD_LEAD: {RoleGrant.Scope.DISTRICT},
    Role.ANALYST: {RoleGrant.Scope.DISTRICT},
    Role.ADMINISTRATOR: {RoleGrant.Scope.DISTRICT},
}


class OnlyAdministrators(PermissionDenied):
    """Somebody else tried to change accounts or roles."""

    def __init__(self) -> None:
        super().__init__("Only an administrator opens and ends roles and accounts.")


def check_sign_in(email: str, password: str, *, address: str) -> Person:
    """Return whose address and password these are; refuse without saying which is wrong."""
    now = clock.now()
    wait = throttle.wait_before_next(email, address, now=now)
    if wait:
        seconds = ceil(wait.total_seconds())
        raise ValidationError(
            f"That did not work several times in a row. Wait {_in_words(seconds)}, then try again, "
            "or ask for a new password."
        )
    # The address as it is stored: people type capitals, the backend compares letter by letter.
    known = Person.objects.filter(email__iexact=email).values_list("email", flat=True).first()
    person = authenticate(username=known or email, password=password)
    if not isinstance(person, Person):
        throttle.remember_failure(email, address, now=now)
        raise ValidationError(
            "This e-mail and password do not belong together. Check both, "
            "or ask for a new password."
        )
    throttle.forget_failures(email, address)
    return person


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "one minute" if minutes == 1 else f"{minutes} minutes"


@transaction.atomic
def change_password(person: Person, *, password: str) -> Person:
    """Give a person the new password that she chose."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record(PasswordChanged(), by=person, about=person, subject=person.pk)
    return person


@transaction.atomic
def grant_role(
    person: Person,
    *,
    by: Person,
    role: Role,
    scope_kind: str,
    starts_on: date,
    reason: str,
    school: School | None = None,
    scope_id: str = "",
    ends_on: date | None = None,
) -> RoleGrant:
    """Open a role for a person, dated and with the reason why she needs it."""
    _only_administrators(by)
    if not reason.strip():
        raise ValidationError({"legitimate_interest": "Say why this person needs the role."})
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError(
            {"ends_on": "The last day lies before the first. Choose a later one."}
        )
    where = _scope(role, scope_kind, school, scope_id)
    if _overlaps(person, role, scope_kind, where, starts_on, ends_on):
        raise ValidationError(
            "This role is open there already in those days. End that one first, or change the days."
        )
    grant = RoleGrant.objects.create(
        person=person,
        role=role,
        scope_kind=scope_kind,
        school=school if scope_kind == RoleGrant.Scope.SCHOOL else None,
        scope_id=where,
        starts_on=starts_on,
        ends_on=ends_on,
        legitimate_interest=reason.strip(),
    )
    happened = RoleGranted(
        role=role.label, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()
    )
    record(happened, by=by, about=person, subject=grant.pk)
    return grant


def _scope(role: Role, scope_kind: str, school: School | None, scope_id: str) -> str:
    """Return the id of where the role is held, or say what is missing."""
    if scope_kind not in SCOPES[role]:
        allowed = " or ".join(sorted(str(kind.label).lower() for kind in SCOPES[role]))
        raise ValidationError({"scope_kind": f"“{role.label}” is a role in one {allowed}."})
    if scope_kind == RoleGrant.Scope.SCHOOL:
        if school is None:
            raise ValidationError({"school": "Choose the school."})
        return school.external_id
    if scope_kind == RoleGrant.Scope.PROVIDER:
        if not scope_id.strip():
            raise ValidationError({"scope_id": "Name the provider that sends this consultant."})
        return scope_id.strip()
    return ""


def _overlaps(
    person: Person, role: Role, scope_kind: str, where: str, starts_on: date, ends_on: date | None
) -> bool:
    goes_on = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    there = RoleGrant.objects.filter(
        goes_on, person=person, role=role, scope_kind=scope_kind, scope_id=where
    )
    return (there if ends_on is None else there.filter(starts_on__lte=ends_on)).exists()


@transaction.atomic
def end_role(grant: RoleGrant, *, by: Person, ends_on: date) -> RoleGrant:
    """Give a role its last day; the grant itself stays, as the record of who could see what."""
    _only_administrators(by)
    if ends_on < grant.starts_on:
        raise ValidationError({"ends_on": "This day lies before the role began."})
    if grant.role == Role.ADMINISTRATOR and not _administrators_besides(grant.person).exists():
        raise ValidationError(
            "This is the last administrator. Open the role for somebody else first."
        )
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    happened = RoleEnded(role=grant.get_role_display(), ends_on=ends_on)
    record(happened, by=by, about=grant.person, subject=grant.pk)
    return grant


@transaction.atomic
def close_account(person: Person, *, by: Person) -> Person:
    """Let a person sign in no more; what is hers stays hers, and no one else gets it."""
    _only_administrators(by)
    if person == by:
        raise ValidationError("You cannot close your own account. Ask another administrator.")
    person.is_active = False
    person.deactivated_on = clock.today()
    person.save(update_fields=["is_active", "deactivated_on"])
    record(AccountClosed(), by=by, about=person, subject=person.pk)
    return person


@transaction.atomic
def open_account(person: Person, *, by: Person) -> Person:
    """Let a person whose account was closed sign in again."""
    _only_administrators(by)
    person.is_active = True
    person.deactivated_on = None
    person.save(update_fields=["is_active", "deactivated_on"])
    record(AccountOpened(), by=by, about=person, subject=person.pk)
    return person


def _administrators_besides(person: Person) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(
        open_on(clock.today()), role=Role.ADMINISTRATOR, person__is_active=True
    ).exclude(person=person)


def _only_administrators(by: Person) -> None:
    if not has_role(by, Role.ADMINISTRATOR):
        raise OnlyAdministrators
