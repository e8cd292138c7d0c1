"""Withdrawing, answering and reading oneself: all hers, all at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.cast import ana, ben, dee
from tests.insights.evidence import CHECKS, FALL, SUPPORT, THINKING, a_visit, anas_year
from trellis.evidence.models import EvidenceItem, Source
from trellis.insights import actions, estimates
from trellis.insights.models import Insight, Reply
from trellis.people.models import Person
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db


def next_step(owner: Person) -> Insight:
    return Insight.objects.get(owner=owner, kind=Insight.Kind.NEXT_STEP, is_current=True)


def test_a_year_of_looks_gives_a_strength_and_a_next_step_in_that_order() -> None:
    owner = anas_year()
    actions.refresh(owner)

    shown = Insight.objects.filter(owner=owner, position__isnull=False).order_by("position")

    assert [(i.element, i.kind) for i in shown] == [(SUPPORT, "strength"), (THINKING, "next step")]
    assert shown[1].title == "Students’ explanations in math are often short"


def test_withdrawing_gives_what_would_have_been_without_the_piece() -> None:
    owner = anas_year()
    never = next_step_without_a_further_visit(owner)
    visit = a_visit(owner, ben(), FALL + timedelta(days=165), {THINKING: 3.0, SUPPORT: 0.0})
    actions.refresh(owner)
    assert numbers(owner) != never

    actions.withdraw(visit[0], by=owner)

    assert numbers(owner) == never
    assert EvidenceItem.objects.filter(withdrawn_at__isnull=False).count() == 2  # the whole visit
    assert Event.objects.filter(kind="EvidenceWithdrawn", about=owner).count() == 1


def next_step_without_a_further_visit(owner: Person) -> dict[str, object]:
    actions.refresh(owner)
    return numbers(owner)


def numbers(owner: Person) -> dict[str, object]:
    return dict(next_step(owner).numbers)


def test_bringing_a_piece_back_gives_what_was_there_before() -> None:
    owner = anas_year()
    actions.refresh(owner)
    before, address = numbers(owner), next_step(owner).pk
    item = EvidenceItem.objects.filter(owner=owner, source=Source.CLASS_FEEDBACK).first()
    assert item is not None

    actions.withdraw(item, by=owner)
    assert numbers(owner) != before
    actions.restore(item, by=owner)

    assert numbers(owner) == before
    assert next_step(owner).pk == address


def test_an_insight_that_no_longer_stands_is_kept_but_not_shown() -> None:
    owner = anas_year()
    actions.refresh(owner)
    EvidenceItem.objects.filter(owner=owner).delete()

    actions.refresh(owner)

    assert not Insight.objects.filter(owner=owner, is_current=True).exists()
    assert Insight.objects.filter(owner=owner, position__isnull=True).count() == 2


@pytest.mark.parametrize("answer", ["not me", "mute"])
def test_what_she_answers_away_leaves_today_also_after_the_next_run(answer: str) -> None:
    owner = anas_year()
    actions.refresh(owner)

    actions.reply(next_step(owner), by=owner, answer=answer)
    actions.refresh(owner)

    assert next_step(owner).position is None


def test_a_later_answer_takes_the_place_of_an_earlier_one() -> None:
    owner = anas_year()
    actions.refresh(owner)
    actions.reply(next_step(owner), by=owner, answer="mute")

    actions.reply(next_step(owner), by=owner, answer="agree")

    assert Reply.objects.get(owner=owner).answer == "agree"
    assert next_step(owner).position == 1


def test_what_she_sees_differently_is_evidence_of_hers_and_leaves_today_at_once() -> None:
    owner = anas_year()
    actions.refresh(owner)
    before = numbers(owner)

    actions.reply(next_step(owner), by=owner, answer="disagree", note="They explain in pairs.")

    view = EvidenceItem.objects.get(owner=owner, source=Source.VIEW)
    assert (view.element, view.value) == (THINKING, None)
    assert view.text.endswith("are often short”. They explain in pairs.")
    assert next_step(owner).position is None
    actions.refresh(owner)
    assert next_step(owner).position is None
    assert numbers(owner) == before  # no level is guessed from a disagreement


def test_withdrawing_what_she_said_brings_the_claim_back() -> None:
    owner = anas_year()
    actions.refresh(owner)
    actions.reply(next_step(owner), by=owner, answer="disagree")
    view = EvidenceItem.objects.get(owner=owner, source=Source.VIEW)

    actions.withdraw(view, by=owner)
    assert next_step(owner).position == 1
    actions.restore(view, by=owner)
    assert next_step(owner).position is None


def test_another_answer_takes_the_stored_disagreement_away() -> None:
    owner = anas_year()
    actions.refresh(owner)
    actions.reply(next_step(owner), by=owner, answer="disagree")
    actions.reply(next_step(owner), by=owner, answer="disagree", note="Again.")
    assert EvidenceItem.objects.filter(source=Source.VIEW).count() == 1

    actions.reply(next_step(owner), by=owner, answer="agree")

    assert not EvidenceItem.objects.filter(source=Source.VIEW).exists()
    assert Reply.objects.get(owner=owner).answer == "agree"
    assert next_step(owner).position == 1


def test_without_its_strength_a_next_step_is_not_shown() -> None:
    owner = anas_year()
    actions.refresh(owner)
    strength = Insight.objects.get(owner=owner, kind=Insight.Kind.STRENGTH, is_current=True)

    actions.reply(strength, by=owner, answer="not me")

    assert next_step(owner).position is None


def test_an_open_goal_is_a_reference_from_the_day_it_was_set() -> None:
    owner = anas_year()
    plan_day = FALL + timedelta(days=60)

    actions.focus(owner, {THINKING: plan_day, SUPPORT: FALL})
    assert estimates.goals_of([owner.pk]) == {owner.pk: {THINKING: plan_day, SUPPORT: FALL}}

    actions.focus(owner, {THINKING: plan_day})
    assert estimates.goals_of([owner.pk]) == {owner.pk: {THINKING: plan_day}}


def test_context_needs_a_sentence() -> None:
    owner = anas_year()
    actions.refresh(owner)

    with pytest.raises(ValidationError):
        actions.reply(next_step(owner), by=owner, answer="context", note="  ")


def test_nobody_else_can_answer_withdraw_or_read_for_her() -> None:
    owner = anas_year()
    actions.refresh(owner)
    item = EvidenceItem.objects.filter(owner=owner).first()
    assert item is not None

    for other in (ben(), dee()):
        with pytest.raises(PermissionDenied):
            actions.reply(next_step(owner), by=other, answer="agree")
        with pytest.raises(PermissionDenied):
            actions.withdraw(item, by=other)
        with pytest.raises(PermissionDenied):
            actions.add_own_reading(owner, by=other, levels={THINKING: 3})

    assert item.withdrawn_at is None
    assert not Reply.objects.exists()


def test_her_own_reading_counts_at_once_and_once_a_day() -> None:
    owner = ana()

    actions.add_own_reading(owner, by=owner, levels={THINKING: 1, CHECKS: 2})
    actions.add_own_reading(owner, by=owner, levels={THINKING: 2}, note="Better today")

    held = {i.element: i.value for i in EvidenceItem.objects.filter(owner=owner)}
    assert held == {THINKING: 2.0, CHECKS: 2.0}


def test_an_empty_reading_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="at least one part"):
        actions.add_own_reading(ana(), by=ana(), levels={})
