"""Let a teacher look for what could help, see why each thing is shown, and save it herself."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from trellis.evidence.framework import title_of, titles
from trellis.insights.queries import next_steps_of
from trellis.people.models import Person, Role
from trellis.people.queries import has_role
from trellis.plans import actions
from trellis.plans.queries import lineages_of, plan_of, saved_by
from trellis.relevance.reasons import ABOUT_HER, DEFAULT_WEIGHTS, Input
from trellis.resources import policies
from trellis.resources.queries import Shown, relevant_to

HEAVIEST = 5.0


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight as a slider: its name in the address, its words, its value."""

    name: str
    words: str
    value: float
    is_about_her: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks of the catalogue, as the address says it."""

    search: str
    with_her_data: bool
    weights: dict[Input, float]

    @property
    def sliders(self) -> list[Weight]:
        return [
            Weight(kind.name.lower(), f"{kind}".capitalize(), value, kind in ABOUT_HER)
            for kind, value in self.weights.items()
        ]

    @property
    def is_as_shipped(self) -> bool:
        return self.weights == DEFAULT_WEIGHTS


@require_GET
def explore(request: HttpRequest) -> HttpResponse:
    """Show what could be relevant, each with its reasons."""
    teacher = cast(Person, request.user)
    asked = question(request.GET)
    page = {
        "asked": asked,
        "found": found_for(teacher, asked),
        "saved": saved_by(teacher),
        "may_save": has_role(teacher, Role.TEACHER),
        "address": request.GET.urlencode(),
    }
    part = request.headers.get("HX-Request")
    return render(request, "web/_found.html" if part else "web/explore.html", page)


@require_GET
def resource(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one resource: what it is, for whom, and what is known of its effect."""
    teacher = cast(Person, request.user)
    found = policies.resources.open(teacher, pk)
    page = {
        "resource": found,
        "elements": [title_of(code) for code in found.elements],
        "is_saved": found.pk in saved_by(teacher),
        "may_save": has_role(teacher, Role.TEACHER),
    }
    return render(request, "web/resource.html", page)


@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a resource beside the reader's own plan."""
    teacher = cast(Person, request.user)
    if not has_role(teacher, Role.TEACHER):
        raise PermissionDenied("Only a teacher has a plan to save to.")
    found = policies.resources.open(teacher, pk)
    actions.save_resource(teacher, found, by=teacher)
    messages.success(request, f"“{found.title}” is beside your plan now.")
    address = QueryDict(request.POST.get("address", "")).urlencode()
    return redirect(f"{reverse('web:explore')}?{address}")


def question(address: QueryDict) -> Question:
    """Read the question from an address; what is not a number keeps the shipped weight."""
    weights = {
        kind: _number(address.get(kind.name.lower(), ""), shipped)
        for kind, shipped in DEFAULT_WEIGHTS.items()
    }
    return Question(address.get("search", "").strip()[:200], "without" not in address, weights)


def found_for(teacher: Person, asked: Question) -> list[Shown]:
    """Return what could be relevant to a teacher, from her goal, her insights and her classes."""
    plan = plan_of(teacher)
    lineages = lineages_of(plan) if plan else ()
    goal = next((line.newest for line in lineages if line.newest.is_open), None)
    return relevant_to(
        teacher,
        titles=titles(),
        insights=next_steps_of(teacher),
        goal_words=goal.text if goal else "",
        goal_element=goal.element if goal else "",
        search=asked.search,
        minutes=plan.weekly_minutes if plan else None,
        saved=saved_by(teacher),
        weights=asked.weights,
        with_her_data=asked.with_her_data,
    )


def _number(said: str, otherwise: float) -> float:
    try:
        return min(max(float(said), 0.0), HEAVIEST)
    except ValueError:
        return otherwise
