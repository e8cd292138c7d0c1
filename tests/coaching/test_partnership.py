"""A partnership begins by invitation and acceptance, and stays between its two people."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from tests.cast import CAST, a_partnership, a_plan, ana, ben, chi, dee, eli, fay
from trellis.coaching import actions, sessions
from trellis.coaching.models import Partnership, Session, SessionContent
from trellis.coaching.policies import PartnershipPolicy
from trellis.coaching.sessions import Held, Said
from trellis.people.models import EvaluatorRelation, Role, RoleGrant
from trellis.plans.policies import PlanPolicy
from trellis.trust import clock
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db
SOON = date(2026, 3, 18)


def test_a_partnership_begins_when_the_invited_coach_accepts() -> None:
    me, coach = ana(), ben()
    pair = actions.invite(me, coach, by=me, message="Help me with explanations")
    assert pair.state == Partnership.State.INVITED

    actions.accept(pair, by=coach)

    assert pair.state == Partnership.State.ACTIVE
    assert pair.started_on == clock.today()
    assert pair.agreements.get().version == 1


def test_nobody_accepts_her_own_invitation() -> None:
    me, coach = ana(), ben()
    pair = actions.invite(me, coach, by=me)

    for other in (me, chi(), eli()):
        with pytest.raises(PermissionDenied):
            actions.accept(pair, by=other)

    pair.refresh_from_db()
    assert pair.state == Partnership.State.INVITED


@pytest.mark.parametrize(("helper", "kind"), [(ben, "coach"), (chi, "peer"), (fay, "consultant")])
def test_the_kind_of_a_partnership_follows_from_who_helps(helper: object, kind: str) -> None:
    me = ana()

    pair = actions.invite(me, helper(), by=me)  # type: ignore[operator]  # one of the cast

    assert pair.kind == kind


def test_who_evaluates_a_teacher_is_never_invited_by_her_nor_invites_her() -> None:
    me, principal = ana(), dee()
    RoleGrant.objects.create(
        person=principal,
        role=Role.COACH,
        scope_kind="district",
        starts_on=date(2025, 8, 1),
        legitimate_interest="coaches too",
    )

    for by in (me, principal):
        with pytest.raises(ValidationError, match=r"evaluates? (you|Ana) this year"):
            actions.invite(me, principal, by=by)

    assert not Partnership.objects.exists()


def test_an_invitation_cannot_be_accepted_once_the_coach_evaluates_the_teacher() -> None:
    me, coach = ana(), ben()
    pair = actions.invite(me, coach, by=me)
    EvaluatorRelation.objects.create(evaluator=coach, teacher=me, school_year=2026)

    with pytest.raises(PermissionDenied):
        actions.accept(pair, by=coach)

    pair.refresh_from_db()
    assert pair.state == Partnership.State.INVITED


def test_evaluating_in_another_year_does_not_matter() -> None:
    me, coach = ana(), ben()
    EvaluatorRelation.objects.create(evaluator=coach, teacher=me, school_year=2024)

    assert actions.invite(me, coach, by=me).state == Partnership.State.INVITED


def test_a_principal_or_a_pd_lead_cannot_be_made_a_partner() -> None:
    me = ana()

    with pytest.raises(ValidationError, match="coaches, mentors, consultants and colleagues"):
        actions.invite(me, eli(), by=me)


def test_only_one_partnership_at_a_time_between_two_people() -> None:
    me, coach = ana(), ben()
    actions.invite(me, coach, by=me)

    with pytest.raises(ValidationError, match="already"):
        actions.invite(me, coach, by=me)


def test_nobody_invites_for_somebody_else() -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(ana(), ben(), by=chi())


def test_the_letter_to_the_invited_says_who_and_not_what() -> None:
    me, coach = ana(), ben()

    actions.invite(me, coach, by=me, message="Room 12 is hard for me", focus_element="x")

    (letter,) = mail.outbox
    assert letter.to == [coach.email]
    assert "Ana Ruiz" in letter.subject
    assert "Room 12" not in letter.body + letter.subject


def test_the_plan_opens_to_the_partner_only_by_the_teachers_own_invitation() -> None:
    me, coach, peer = ana(), ben(), chi()
    plan = a_plan(me)

    actions.accept(actions.invite(me, coach, by=me, opens_plan=True), by=coach)
    actions.accept(actions.invite(me, peer, by=peer, opens_plan=True), by=me)

    assert PlanPolicy().may_read(coach, plan)
    assert not PlanPolicy().may_read(peer, plan)


def test_an_agreement_is_signed_by_each_for_herself() -> None:
    me, coach = ana(), ben()
    pair = actions.accept(actions.invite(me, coach, by=me), by=coach)
    first = pair.agreements.get()
    actions.sign(first, by=me)
    assert first.signed_by_partner_at is None

    second = actions.propose_agreement(
        pair, by=coach, meets="Tuesdays", leader_may_know_focus=False
    )

    assert (second.version, second.signed_by_teacher_at) == (2, None)
    assert second.signed_by_partner_at is not None
    with pytest.raises(ValidationError, match="changed since"):
        actions.sign(first, by=coach)


def test_a_session_is_logged_once_however_often_it_is_sent() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)
    key = uuid4()
    held = Held(on=clock.today(), minutes=30, moves=["rehearsal"])

    for _ in range(2):
        sessions.log_session(
            pair, by=coach, held=held, said=Said(parked="Cut it to four minutes"), key=key
        )

    assert Session.objects.get().minutes == 30
    assert SessionContent.objects.get().parked == "Cut it to four minutes"


def test_logging_fills_the_planned_session_and_plans_the_next() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)
    planned = sessions.plan_session(pair, by=coach, on=clock.today(), minutes=30)

    sessions.log_session(
        pair,
        by=coach,
        held=Held(on=clock.today(), minutes=40),
        said=Said(),
        again_on=SOON,
        planned=planned,
    )

    assert [(s.held_on, s.logged_at is None) for s in Session.objects.order_by("held_on")] == [
        (clock.today(), False),
        (SOON, True),
    ]


def test_what_was_said_is_in_no_event() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)

    sessions.log_session(
        pair,
        by=coach,
        held=Held(on=clock.today(), minutes=30),
        said=Said(parked="PARKED", strength="STRONG"),
    )
    actions.promise(pair, by=coach, text="MODEL IT", due_on=SOON)

    told = str(list(Event.objects.values_list("data", flat=True)))
    assert "PARKED" not in told
    assert "STRONG" not in told
    assert "MODEL IT" not in told


def test_each_promises_and_answers_for_herself_alone() -> None:
    me, coach = ana(), ben()
    step = actions.promise(a_partnership(me, coach), by=coach, text="Model it", due_on=SOON)

    for act in (
        lambda: actions.keep_promise(step, by=me),
        lambda: actions.drop_promise(step, by=me),
        lambda: actions.move_promise(step, by=me, due_on=SOON),
    ):
        with pytest.raises(PermissionDenied):
            act()
    moved = actions.move_promise(step, by=coach, due_on=SOON + timedelta(days=3))

    assert moved.due_on == SOON + timedelta(days=3)


def test_either_ends_a_partnership_and_nothing_goes_on_after_it() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)

    actions.end(pair, by=me)

    with pytest.raises(ValidationError, match="not under way"):
        actions.promise(pair, by=coach, text="One more", due_on=SOON)


def test_no_role_opens_a_partnership_of_others() -> None:
    pair = a_partnership(ana(), ben())

    for make in CAST:
        may = make in (ana, ben)
        assert PartnershipPolicy().may_read(make(), pair) == may, make.__name__


def test_a_consultants_access_ends_with_her_contract() -> None:
    guest = fay()
    pair = a_partnership(ana(), guest, kind="consultant")
    assert PartnershipPolicy().may_read(guest, pair)

    RoleGrant.objects.filter(person=guest).update(ends_on=date(2026, 3, 10))

    again = type(guest).objects.get(pk=guest.pk)
    assert not PartnershipPolicy().may_read(again, pair)
    assert not PartnershipPolicy().visible(again).exists()
