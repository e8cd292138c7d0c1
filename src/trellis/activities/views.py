"""Open programs and providers: look up through the policy, ask one query, render."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from trellis.activities import queries
from trellis.activities.policies import ProgramPolicy, ProviderPolicy, reads_programs
from trellis.people.requests import PersonRequest


def programs(request: PersonRequest) -> HttpResponse:
    """Show every program with its reach and cost."""
    if not reads_programs(request.user):
        raise PermissionDenied
    return render(request, "activities/programs.html", {"rows": queries.program_list(request.user)})


def program(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show one program."""
    found = ProgramPolicy().open(request.user, pk)
    return render(request, "activities/program.html", {"page": queries.program_page(found)})


def provider(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one provider with its programs."""
    found = ProviderPolicy().open(request.user, pk)
    rows = queries.programs_of(found)
    return render(request, "activities/provider.html", {"provider": found, "rows": rows})
