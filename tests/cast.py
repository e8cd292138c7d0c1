"""Build the standing cast and their things: plain functions with keyword defaults.

Ana teaches grade 4, Ben coaches, Chi is her peer, Dee is principal, Eli leads professional
development, Fay is a consultant of Northstar, Gus analyzes, Hana administers.
"""

from datetime import date

from trellis.coaching.models import Partnership
from trellis.people.models import (
    EvaluatorRelation,
    Person,
    Role,
    RoleGrant,
    School,
    Section,
    Teaching,
)
from trellis.plans.models import Goal, Plan
from trellis.trust import clock

YEAR = 2026


def a_school(name: str = "Cedar Elementary") -> School:
    return School.objects.get_or_create(external_id=name.lower(), defaults={"name": name})[0]


def a_person(given: str, family: str = "Example") -> Person:
    key = f"{given}.{family}".lower()
    return Person.objects.get_or_create(
        external_id=key,
        defaults={
            "email": f"{key}@alder-valley.example",
            "given_name": given,
            "family_name": family,
        },
    )[0]


def grant(person: Person, role: Role, *, school: School | None = None, scope: str = "") -> Person:
    kind = "school" if school else "provider" if scope else "district"
    RoleGrant.objects.get_or_create(
        person=person,
        role=role,
        scope_kind=kind,
        school=school,
        scope_id=school.external_id if school else scope,
        starts_on=date(2025, 8, 1),
        defaults={"legitimate_interest": "works here"},
    )
    return person


def ana() -> Person:
    return grant(a_person("Ana", "Ruiz"), Role.TEACHER, school=a_school())


def ben() -> Person:
    return grant(a_person("Ben", "Okafor"), Role.COACH)


def chi() -> Person:
    return grant(a_person("Chi", "Nguyen"), Role.TEACHER, school=a_school())


def dee() -> Person:
    """The principal, who also evaluates Ana: so she can never coach her."""
    dee = grant(a_person("Dee", "Walker"), Role.SCHOOL_LEADER, school=a_school())
    EvaluatorRelation.objects.get_or_create(evaluator=dee, teacher=ana(), school_year=YEAR)
    return dee


def eli() -> Person:
    return grant(a_person("Eli", "Brandt"), Role.PD_LEAD)


def fay() -> Person:
    return grant(a_person("Fay", "Lindqvist"), Role.CONSULTANT, scope="northstar")


def gus() -> Person:
    return grant(a_person("Gus", "Hale"), Role.ANALYST)


def hana() -> Person:
    return grant(a_person("Hana", "Sato"), Role.ADMINISTRATOR)


CAST = (ana, ben, chi, dee, eli, fay, gus, hana)


def a_section(teacher: Person, title: str = "Grade 4 Math") -> Section:
    section, _ = Section.objects.get_or_create(
        external_id=f"{teacher.external_id}-{title}".lower(),
        defaults={
            "title": title,
            "subject": title.rsplit(" ", 1)[-1].lower(),
            "grade": "04",
            "school": a_school(),
            "school_year": YEAR,
        },
    )
    Teaching.objects.get_or_create(section=section, person=teacher)
    return section


def a_partnership(
    teacher: Person,
    partner: Person,
    *,
    kind: str = "coach",
    state: str = Partnership.State.ACTIVE,
) -> Partnership:
    return Partnership.objects.create(
        teacher=teacher,
        partner=partner,
        kind=kind,
        state=state,
        invited_by=teacher,
        invited_at=clock.now(),
        started_on=date(2025, 9, 8) if state == Partnership.State.ACTIVE else None,
    )


def a_plan(teacher: Person) -> Plan:
    return Plan.objects.get_or_create(
        teacher=teacher, school_year=YEAR, defaults={"started_at": clock.now()}
    )[0]


def a_goal(teacher: Person, text: str = "Twelve of 24 students explain a step") -> Goal:
    return Goal.objects.create(plan=a_plan(teacher), text=text, set_on=date(2026, 1, 12))
