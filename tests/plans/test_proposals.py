"""Others propose, the owner decides: suggestions, comments, and who is let in."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.cast import a_plan, ana, ben, chi, dee
from trellis.people.models import Person
from trellis.plans import proposals
from trellis.plans.models import ActionStep, Goal, Plan, Suggestion
from trellis.plans.policies import PlanPolicy
from trellis.trust import clock

pytestmark = pytest.mark.django_db


def shared_plan(owner: Person, *people: Person) -> Plan:
    plan = a_plan(owner)
    for person in people:
        proposals.invite_collaborator(plan, by=owner, person=person)
    return plan


def test_a_suggestion_stands_beside_the_plan_until_its_owner_accepts_it() -> None:
    me, coach = ana(), ben()
    plan = shared_plan(me, coach)
    idea = proposals.suggest(plan, by=coach, kind="step", text="Let pairs rehearse first")
    assert not ActionStep.objects.exists()

    proposals.accept_suggestion(idea, by=me, follow_up_on=clock.today())

    assert ActionStep.objects.get().text == "Let pairs rehearse first"
    assert idea.state == Suggestion.State.ACCEPTED


def test_an_adapted_suggestion_enters_in_the_owners_words() -> None:
    me, coach = ana(), ben()
    idea = proposals.suggest(shared_plan(me, coach), by=coach, kind="goal", text="All explain")

    proposals.accept_suggestion(idea, by=me, follow_up_on=clock.today(), words="Ten explain")

    assert Goal.objects.get().text == "Ten explain"
    assert idea.state == Suggestion.State.ADAPTED


def test_a_declined_suggestion_leaves_the_plan_as_it_was() -> None:
    me, coach = ana(), ben()
    idea = proposals.suggest(shared_plan(me, coach), by=coach, kind="step", text="Try this")

    proposals.decline_suggestion(idea, by=me)

    assert not ActionStep.objects.exists()
    with pytest.raises(ValidationError, match="already"):
        proposals.accept_suggestion(idea, by=me, follow_up_on=clock.today())


def test_who_was_not_invited_suggests_nothing() -> None:
    me, coach = ana(), ben()

    with pytest.raises(PermissionDenied):
        proposals.suggest(a_plan(me), by=coach, kind="step", text="Try this")

    assert not Suggestion.objects.exists()


def test_a_reader_who_may_not_propose_can_still_comment() -> None:
    me, peer = ana(), chi()
    plan = a_plan(me)
    proposals.invite_collaborator(plan, by=me, person=peer, may_propose=False)

    with pytest.raises(PermissionDenied):
        proposals.suggest(plan, by=peer, kind="step", text="Try this")
    said = proposals.comment(plan, by=peer, text="Could I borrow your prompt?")

    assert said.by == peer


def test_who_evaluates_a_teacher_is_never_let_into_her_plan() -> None:
    me, principal = ana(), dee()

    with pytest.raises(ValidationError, match="evaluates you this year"):
        proposals.invite_collaborator(a_plan(me), by=me, person=principal)

    assert not PlanPolicy().may_read(principal, a_plan(me))


def test_an_ended_collaboration_closes_the_plan_at_once() -> None:
    me, coach = ana(), ben()
    plan = shared_plan(me, coach)
    assert PlanPolicy().may_read(coach, plan)

    proposals.end_collaboration(plan.collaborators.get(), by=me)

    assert not PlanPolicy().may_read(coach, plan)
    with pytest.raises(PermissionDenied):
        proposals.comment(plan, by=coach, text="Still here?")


def test_two_taps_on_accept_take_one_step_into_the_plan() -> None:
    me, coach = ana(), ben()
    idea = proposals.suggest(shared_plan(me, coach), by=coach, kind="step", text="Try this")
    opened_twice = Suggestion.objects.get(pk=idea.pk)
    proposals.accept_suggestion(idea, by=me, follow_up_on=clock.today())

    with pytest.raises(ValidationError, match="already"):
        proposals.accept_suggestion(opened_twice, by=me, follow_up_on=clock.today())

    assert ActionStep.objects.count() == 1
