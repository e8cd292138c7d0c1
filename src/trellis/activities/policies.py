"""Decide who may read a program's participation and cost: those who run programs, its provider."""

from django.db.models import Q

from trellis.activities.models import Program
from trellis.people.models import Person, Role
from trellis.people.queries import grants_of, has_role
from trellis.resources.models import Provider
from trellis.trust.policies import Policy

RUNS_PROGRAMS = (Role.PD_LEAD, Role.ANALYST)


class ProgramPolicy(Policy[Program]):
    """PD leads and analysts read every program, consultants those of their provider."""

    model = Program
    called = "a program"

    def may_read(self, who: Person, what: Program) -> bool:
        return has_role(who, *RUNS_PROGRAMS) or what.provider.external_id in _providers_of(who)

    def readable_by(self, who: Person) -> Q:
        if has_role(who, *RUNS_PROGRAMS):
            return Q()
        return Q(provider__external_id__in=_providers_of(who))

    def owner_of(self, what: Program) -> None:
        """A program belongs to no one person."""


class ProviderPolicy(Policy[Provider]):
    """A provider is read by those who may read its programs."""

    model = Provider
    called = "a provider"

    def may_read(self, who: Person, what: Provider) -> bool:
        return has_role(who, *RUNS_PROGRAMS) or what.external_id in _providers_of(who)

    def readable_by(self, who: Person) -> Q:
        if has_role(who, *RUNS_PROGRAMS):
            return Q()
        return Q(external_id__in=_providers_of(who))

    def owner_of(self, what: Provider) -> None:
        """A provider belongs to no one person."""


def _providers_of(who: Person) -> list[str]:
    grants = (g for g in grants_of(who) if g.role == Role.CONSULTANT)
    return [g.scope_id for g in grants if g.scope_kind == "provider"]


def reads_programs(who: Person) -> bool:
    """Return whether a person has any program to read here."""
    return has_role(who, *RUNS_PROGRAMS) or bool(_providers_of(who))
