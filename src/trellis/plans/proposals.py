"""Let others speak beside a plan: suggestions, comments, and who is invited at all.

Nothing here changes a goal or a step but the owner's own answer to a suggestion.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from trellis.people.models import Person
from trellis.people.queries import evaluates
from trellis.plans import actions, events
from trellis.plans.models import Collaborator, Comment, Plan, Suggestion
from trellis.plans.policies import PlanPolicy, only_the_owner
from trellis.resources.models import Resource
from trellis.trust import clock
from trellis.trust.events import record


@transaction.atomic
def invite_collaborator(
    plan: Plan, *, by: Person, person: Person, may_propose: bool = True
) -> Collaborator:
    """Let a person read the plan, and propose if the owner wishes."""
    only_the_owner(plan, by)
    if person.pk == by.pk:
        raise ValidationError("This is your own plan: you are in it already.", code="self")
    if evaluates(person, plan.teacher, plan.school_year):
        raise ValidationError(
            f"{person.given_name} evaluates you this year, so {person.given_name} cannot work "
            "on your plan with you. Coaching and evaluation stay apart.",
            code="evaluator",
        )
    open_, new = Collaborator.objects.get_or_create(
        plan=plan,
        person=person,
        revoked_at=None,
        defaults={"may_propose": may_propose, "invited_at": clock.now()},
    )
    if new:
        happened = events.CollaboratorInvited(who=person.given_name, may_propose=may_propose)
        record(happened, by=by, about=plan.teacher, subject=plan.pk)
    return open_


@transaction.atomic
def end_collaboration(collaborator: Collaborator, *, by: Person) -> Collaborator:
    """Close the plan to a person from now on."""
    only_the_owner(collaborator.plan, by)
    collaborator.revoked_at = clock.now()
    collaborator.save(update_fields=["revoked_at"])
    happened = events.CollaborationEnded(who=collaborator.person.given_name)
    record(happened, by=by, about=by, subject=collaborator.plan_id)
    return collaborator


@transaction.atomic
def suggest(
    plan: Plan,
    *,
    by: Person,
    kind: str,
    text: str,
    reason: str = "",
    resource: Resource | None = None,
) -> Suggestion:
    """Lay an idea beside the plan; it is not in the plan until its owner says so."""
    invited = Collaborator.objects.filter(plan=plan, person=by, revoked_at=None)
    if not invited.filter(may_propose=True).exists():
        raise PermissionDenied("You can suggest something once the plan's owner invites you.")
    made = Suggestion.objects.create(
        plan=plan,
        by=by,
        kind=kind,
        text=text,
        reason=reason,
        resource=resource,
        made_at=clock.now(),
    )
    happened = events.Suggested(suggestion=made.pk, who=by.given_name)
    record(happened, by=by, about=plan.teacher, subject=plan.pk)
    return made


@transaction.atomic
def accept_suggestion(
    suggestion: Suggestion, *, by: Person, follow_up_on: date, words: str = ""
) -> Suggestion:
    """Take a suggestion into the plan, in her own words where she adapts it."""
    only_the_owner(suggestion.plan, by)
    _waiting(suggestion)
    text = words or suggestion.text
    if suggestion.kind == Suggestion.Kind.GOAL:
        actions.set_goal(by, by=by, text=text, why=suggestion.reason)
    elif suggestion.kind == Suggestion.Kind.RESOURCE and suggestion.resource:
        actions.save_resource(by, suggestion.resource, by=by)
    else:
        actions.take_step(suggestion.plan, by=by, text=text, follow_up_on=follow_up_on)
    adapted = bool(words) and words != suggestion.text
    return _answer(
        suggestion, Suggestion.State.ADAPTED if adapted else Suggestion.State.ACCEPTED, by
    )


@transaction.atomic
def decline_suggestion(suggestion: Suggestion, *, by: Person) -> Suggestion:
    """Say no; no reason is asked for."""
    only_the_owner(suggestion.plan, by)
    _waiting(suggestion)
    return _answer(suggestion, Suggestion.State.DECLINED, by)


@transaction.atomic
def comment(plan: Plan, *, by: Person, text: str) -> Comment:
    """Say something to the people of a plan."""
    if not PlanPolicy().may_read(by, plan):
        raise PermissionDenied("Only the people of a plan write in it.")
    said = Comment.objects.create(plan=plan, by=by, text=text, at=clock.now())
    happened = events.Commented(comment=said.pk, who=by.given_name)
    record(happened, by=by, about=plan.teacher, subject=plan.pk)
    return said


def _waiting(suggestion: Suggestion) -> None:
    # Read anew and held: two taps at once are one answer, and one step in the plan.
    locked = Suggestion.objects.select_for_update()
    suggestion.refresh_from_db(fields=["state"], from_queryset=locked)
    if suggestion.state != Suggestion.State.WAITING:
        raise ValidationError("You have answered this suggestion already.", code="answered")


def _answer(suggestion: Suggestion, state: Suggestion.State, by: Person) -> Suggestion:
    suggestion.state = state
    suggestion.save(update_fields=["state"])
    happened = events.SuggestionAnswered(suggestion=suggestion.pk, answer=state.value)
    record(happened, by=by, about=by, subject=suggestion.plan_id)
    return suggestion
