"""Begin, agree, keep and end a partnership, and promise each other next steps."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from trellis.coaching import events
from trellis.coaching.models import CoachingAgreement, NextStep, Partnership, Visit
from trellis.coaching.policies import OnlyForHerself, may_partner
from trellis.coaching.tasks import write_to
from trellis.people.models import Person, Role
from trellis.people.queries import evaluates, has_role, roles_of
from trellis.plans.actions import start_plan
from trellis.plans.proposals import invite_collaborator
from trellis.trust import clock
from trellis.trust.events import record

OPEN = (Partnership.State.INVITED, Partnership.State.ACTIVE)
# The first of a person's roles, in this order, says as what she helps.
KINDS = {
    Role.COACH: Partnership.Kind.COACH,
    Role.MENTOR: Partnership.Kind.MENTOR,
    Role.CONSULTANT: Partnership.Kind.CONSULTANT,
    Role.TEACHER: Partnership.Kind.PEER,
}


@transaction.atomic
def invite(
    teacher: Person,
    partner: Person,
    *,
    by: Person,
    message: str = "",
    focus_element: str = "",
    opens_plan: bool = False,
) -> Partnership:
    """Invite the other one to work together; nothing begins until that one accepts."""
    if by.pk not in (teacher.pk, partner.pk):
        raise OnlyForHerself
    if teacher.pk == partner.pk:
        raise ValidationError("Choose somebody else than yourself.", code="self")
    if not has_role(teacher, Role.TEACHER):
        raise ValidationError("A partnership is about the work of a teacher.", code="role")
    keep_apart(teacher, partner, by)
    kind = _kind_of(partner)
    known = Partnership.objects.filter(teacher=teacher, partner=partner, state__in=OPEN)
    if known.exists():
        raise ValidationError("You two have a partnership or an invitation already.", code="twice")
    begun = Partnership.objects.create(
        teacher=teacher,
        partner=partner,
        kind=kind,
        state=Partnership.State.INVITED,
        invited_by=by,
        invited_at=clock.now(),
        message=message,
        focus_element=focus_element,
        # Only the teacher opens her plan, so only her own invitation can.
        opens_plan=opens_plan and by.pk == teacher.pk,
    )
    asked = the_other(begun, by)
    happened = events.Invited(partnership=begun.pk, who=by.given_name)
    record(happened, by=by, about=asked, subject=begun.pk)
    write_to.enqueue(str(asked.pk), "invited", by.full_name)
    return begun


@transaction.atomic
def accept(partnership: Partnership, *, by: Person) -> Partnership:
    """Begin a partnership: said by the one who was asked."""
    _invited(partnership, by)
    keep_apart(partnership.teacher, partnership.partner, by)
    partnership.state = Partnership.State.ACTIVE
    partnership.started_on = clock.today()
    partnership.save(update_fields=["state", "started_on"])
    CoachingAgreement.objects.create(partnership=partnership, version=1)
    if partnership.opens_plan:
        teacher = partnership.teacher
        plan = start_plan(teacher, by=teacher)
        invite_collaborator(plan, by=teacher, person=partnership.partner)
    asker = the_other(partnership, by)
    happened = events.InvitationAccepted(partnership=partnership.pk, who=by.given_name)
    record(happened, by=by, about=asker, subject=partnership.pk)
    write_to.enqueue(str(asker.pk), "accepted", by.full_name)
    return partnership


@transaction.atomic
def decline(partnership: Partnership, *, by: Person) -> Partnership:
    """Say no to an invitation; no reason is asked for."""
    _invited(partnership, by)
    partnership.state = Partnership.State.DECLINED
    partnership.save(update_fields=["state"])
    happened = events.InvitationDeclined(partnership=partnership.pk, who=by.given_name)
    record(happened, by=by, about=the_other(partnership, by), subject=partnership.pk)
    return partnership


@transaction.atomic
def end(partnership: Partnership, *, by: Person) -> Partnership:
    """End a partnership, or take an invitation back: either of the two, at any time."""
    one_of_two(partnership, by)
    if partnership.state not in OPEN:
        raise ValidationError("This partnership has ended already.", code="ended")
    partnership.state = Partnership.State.ENDED
    partnership.ended_on = clock.today()
    partnership.save(update_fields=["state", "ended_on"])
    # What both had agreed to is off with it: nobody is visited after she has said that it is over.
    partnership.visits.filter(
        state__in=[Visit.State.PROPOSED, Visit.State.ACCEPTED], shared_at=None
    ).update(state=Visit.State.CANCELED)
    happened = events.PartnershipEnded(partnership=partnership.pk, who=by.given_name)
    record(happened, by=by, about=the_other(partnership, by), subject=partnership.pk)
    return partnership


@transaction.atomic
def propose_agreement(
    partnership: Partnership, *, by: Person, meets: str, leader_may_know_focus: bool
) -> CoachingAgreement:
    """Put the agreement in new words, signed by who proposes them; the other signs next."""
    active(partnership, by)
    newest = partnership.agreements.order_by("-version").first()
    agreement = CoachingAgreement.objects.create(
        partnership=partnership,
        version=newest.version + 1 if newest else 1,
        meets=meets,
        leader_may_know_focus=leader_may_know_focus,
    )
    _sign(agreement, by)
    happened = events.AgreementChanged(partnership=partnership.pk, who=by.given_name)
    record(happened, by=by, about=the_other(partnership, by), subject=partnership.pk)
    return agreement


@transaction.atomic
def sign(agreement: CoachingAgreement, *, by: Person) -> CoachingAgreement:
    """Sign the newest words of an agreement, each for herself."""
    active(agreement.partnership, by)
    newest = agreement.partnership.agreements.order_by("-version").first()
    if newest is None or newest.pk != agreement.pk:
        raise ValidationError(
            "These words were changed since. Read the new ones, then sign them.", code="old"
        )
    _sign(agreement, by)
    happened = events.AgreementSigned(partnership=agreement.partnership_id, who=by.given_name)
    other = the_other(agreement.partnership, by)
    record(happened, by=by, about=other, subject=agreement.partnership_id)
    return agreement


@transaction.atomic
def promise(partnership: Partnership, *, by: Person, text: str, due_on: date) -> NextStep:
    """Promise the other a next step: each for herself alone."""
    active(partnership, by)
    step = NextStep.objects.create(
        partnership=partnership, owner=by, text=text, due_on=due_on, made_at=clock.now()
    )
    happened = events.Promised(step=step.pk, who=by.given_name, due_on=due_on)
    record(happened, by=by, about=the_other(partnership, by), subject=partnership.pk)
    return step


@transaction.atomic
def keep_promise(step: NextStep, *, by: Person) -> NextStep:
    """Say that a promised step is done."""
    return _answer(step, by, NextStep.State.KEPT)


@transaction.atomic
def drop_promise(step: NextStep, *, by: Person) -> NextStep:
    """Let a promised step go."""
    return _answer(step, by, NextStep.State.DROPPED)


@transaction.atomic
def move_promise(step: NextStep, *, by: Person, due_on: date) -> NextStep:
    """Plan a step for another day; nothing is ever late."""
    _own(step, by)
    if due_on < clock.today():
        raise ValidationError("Choose today or a later day.", code="past")
    step.due_on = due_on
    step.save(update_fields=["due_on"])
    return step


def the_other(partnership: Partnership, by: Person) -> Person:
    """Return the partner of the one in hand."""
    return partnership.partner if by.pk == partnership.teacher_id else partnership.teacher


def one_of_two(partnership: Partnership, by: Person) -> None:
    """Stop anybody but the two."""
    if not may_partner(by, partnership):
        raise OnlyForHerself


def active(partnership: Partnership, by: Person) -> None:
    """Stop anybody but the two, and what needs a partnership that is under way."""
    one_of_two(partnership, by)
    if partnership.state != Partnership.State.ACTIVE:
        raise ValidationError(
            "This partnership is not under way. It begins when both of you have said yes.",
            code="not_active",
        )


def keep_apart(teacher: Person, partner: Person, by: Person) -> None:
    """Keep coaching apart from evaluation, in the reader's words."""
    if not evaluates(partner, teacher, clock.school_year(clock.today())):
        return
    evaluator, taught = partner.given_name, "you"
    if by.pk == partner.pk:
        evaluator, taught = "You", teacher.given_name
    verb = "evaluate" if by.pk == partner.pk else "evaluates"
    raise ValidationError(
        f"{evaluator} {verb} {taught} this year. Whoever evaluates a teacher cannot coach or "
        "visit her in the same year, so that coaching stays safe.",
        code="evaluator",
    )


def _kind_of(partner: Person) -> Partnership.Kind:
    roles = roles_of(partner)
    kind = next((kind for role, kind in KINDS.items() if role in roles), None)
    if kind is None:
        raise ValidationError(
            "You can invite coaches, mentors, consultants and colleagues who teach.", code="role"
        )
    return kind


def _invited(partnership: Partnership, by: Person) -> None:
    one_of_two(partnership, by)
    if by.pk == partnership.invited_by_id:
        raise OnlyForHerself
    # Read anew and held: two taps at once are one answer.
    locked = Partnership.objects.select_for_update()
    partnership.refresh_from_db(fields=["state"], from_queryset=locked)
    if partnership.state != Partnership.State.INVITED:
        raise ValidationError("This invitation was answered already.", code="answered")


def _sign(agreement: CoachingAgreement, by: Person) -> None:
    at_teacher = by.pk == agreement.partnership.teacher_id
    field = "signed_by_teacher_at" if at_teacher else "signed_by_partner_at"
    if getattr(agreement, field) is None:
        setattr(agreement, field, clock.now())
        agreement.save(update_fields=[field])


def _own(step: NextStep, by: Person) -> None:
    one_of_two(step.partnership, by)
    if step.owner_id != by.pk:
        raise OnlyForHerself


def _answer(step: NextStep, by: Person, state: NextStep.State) -> NextStep:
    _own(step, by)
    step.state = state
    step.save(update_fields=["state"])
    happened = events.PromiseAnswered(step=step.pk, who=by.given_name)
    record(happened, by=by, about=the_other(step.partnership, by), subject=step.partnership_id)
    return step
