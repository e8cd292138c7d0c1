"""Decide who may read a plan and its goals: the owner, whom she invited, whom she shared with."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.people.queries import evaluated_by, evaluates
from trellis.plans.models import (
    ActionStep,
    Collaborator,
    Goal,
    Plan,
    SavedResource,
    Suggestion,
)
from trellis.trust import clock
from trellis.trust.policies import Policy, shared_ids

GOAL_KIND = "plans.Goal"


class OnlyTheOwnerDecides(PermissionDenied):
    """Somebody tried to change a plan that is not hers; others can only propose."""

    def __init__(self) -> None:
        super().__init__("Only its owner changes a plan. You can suggest something instead.")


def only_the_owner(plan: Plan, by: Person) -> None:
    """Stop anybody but the plan's owner."""
    if by.pk != plan.teacher_id:
        raise OnlyTheOwnerDecides


def is_collaborator(who: Person, plan: Plan) -> bool:
    """Return whether the owner invited this person into the plan and has not ended it."""
    return Collaborator.objects.filter(plan=plan, person=who, revoked_at=None).exists()


class PlanPolicy(Policy[Plan]):
    """A plan is its teacher's; those whom she invited into it read all of it.

    Who begins to evaluate her after she was invited reads nothing any more.
    """

    model = Plan
    called = "your plan"

    def may_read(self, who: Person, what: Plan) -> bool:
        if what.teacher_id == who.pk:
            return True
        year = clock.school_year(clock.today())
        return is_collaborator(who, what) and not evaluates(who, what.teacher, year)

    def readable_by(self, who: Person) -> Q:
        invited = Collaborator.objects.filter(person=who, revoked_at=None).values("plan_id")
        closed = evaluated_by(who, clock.school_year(clock.today()))
        return Q(teacher=who) | (Q(pk__in=invited) & ~Q(teacher__in=closed))

    def owner_of(self, what: Plan) -> Person:
        return what.teacher


class GoalPolicy(Policy[Goal]):
    """A goal is read by the people of its plan, and by whom its owner named, until a day."""

    model = Goal
    called = "a goal of your plan"

    def may_read(self, who: Person, what: Goal) -> bool:
        return (
            PlanPolicy().may_read(who, what.plan)
            or shared_ids(who, GOAL_KIND).filter(subject_id=what.pk).exists()
        )

    def readable_by(self, who: Person) -> Q:
        plans = Plan.objects.filter(PlanPolicy().readable_by(who)).values("pk")
        return Q(plan__in=plans) | Q(pk__in=shared_ids(who, GOAL_KIND))

    def owner_of(self, what: Goal) -> Person:
        return what.plan.teacher


OfAPlan = TypeVar("OfAPlan", ActionStep, Suggestion, Collaborator, SavedResource)


def own(kind: type[OfAPlan], who: Person, pk: UUID | int) -> OfAPlan:
    """Return a part of her own plan; 404 for what lies in anybody else's."""
    found = kind.objects.select_related("plan").filter(plan__teacher=who, pk=str(pk)).first()
    if found is None:
        raise Http404
    return found


def own_insight(who: Person, asked: str) -> Insight:
    """Return an insight of hers, to grow a goal from."""
    try:
        found = Insight.objects.filter(owner=who, pk=UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found
