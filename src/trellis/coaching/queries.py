"""Read partnerships for their two people, in typed rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils.timezone import localtime

from trellis.coaching.models import (
    CoachingAgreement,
    NextStep,
    Partnership,
    Session,
    SessionContent,
    Visit,
    VisitNote,
)
from trellis.coaching.policies import VisitNotePolicy, partnerships_of
from trellis.evidence.framework import title_of
from trellis.people.models import Person, Role, RoleGrant, Section
from trellis.people.queries import evaluated_by, open_on
from trellis.trust import clock


@dataclass(frozen=True, slots=True)
class PairRow:
    """A partnership in a list, as one of the two reads it."""

    id: UUID
    other: Person
    role: str
    state: str
    started_on: date | None
    ended_on: date | None
    focus: str
    message: str
    asked_by_me: bool
    last_met: date | None
    meets_next: date | None


@dataclass(frozen=True, slots=True)
class MyPeople:
    """All partnerships of a person, by what they wait for."""

    active: tuple[PairRow, ...]
    to_answer: tuple[PairRow, ...]
    asked: tuple[PairRow, ...]
    ended: tuple[PairRow, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A promised next step."""

    id: UUID
    partnership_id: UUID
    owner: Person
    is_mine: bool
    with_whom: str
    text: str
    due_on: date
    state: str
    state_words: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session: its countable facts, and what was said where it was logged."""

    id: UUID
    partnership_id: UUID
    with_whom: str
    held_on: date
    starts_at: time | None
    minutes: int
    mode: str
    moves: tuple[str, ...]
    is_logged: bool
    stands: str
    parked: str
    strength: str
    noticed: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list."""

    id: UUID
    partnership_id: UUID
    host: Person
    visitor: Person
    state: str
    state_words: str
    planned_for: datetime | None
    held_on: date | None
    minutes: int | None
    section: str
    question: str
    look_fors: tuple[str, ...]
    proposed_by_id: UUID | None
    shared_at: datetime | None

    @property
    def day(self) -> date | None:
        """Return the day it was held, or is planned for."""
        if self.held_on:
            return self.held_on
        return localtime(self.planned_for).date() if self.planned_for else None

    @property
    def is_coming(self) -> bool:
        return self.state == Visit.State.ACCEPTED

    @property
    def waits_for_answer(self) -> bool:
        return self.state == Visit.State.PROPOSED


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """The newest words of an agreement and who signed them."""

    id: int
    version: int
    meets: str
    leader_may_know_focus: bool
    signed_by_teacher_at: datetime | None
    signed_by_partner_at: datetime | None
    signed_by_me: bool

    @property
    def is_signed(self) -> bool:
        return bool(self.signed_by_teacher_at and self.signed_by_partner_at)


@dataclass(frozen=True, slots=True)
class PartnershipPage:
    """All that the page of a partnership shows to one of its two."""

    pair: PairRow
    teacher: Person
    partner: Person
    is_teacher: bool
    agreement: AgreementRow | None
    sessions: tuple[SessionRow, ...]
    planned: tuple[SessionRow, ...]
    visits: tuple[VisitRow, ...]
    steps: tuple[StepRow, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of a visit."""

    id: UUID
    kind: str
    kind_words: str
    clock: str
    text: str
    element: str
    level_words: str


@dataclass(frozen=True, slots=True)
class LookForRow:
    """One thing that the host asked to watch for."""

    text: str
    element: str
    element_title: str


@dataclass(frozen=True, slots=True)
class VisitPage:
    """A visit as its visitor or its host reads it."""

    visit: VisitRow
    is_visitor: bool
    is_host: bool
    look_fors: tuple[LookForRow, ...]
    notes: tuple[NoteRow, ...]


def my_people(who: Person) -> MyPeople:
    """Return all partnerships of a person."""
    rows = [_pair_row(p, who) for p in _pairs().filter(partnerships_of(who))]
    invited = [r for r in rows if r.state == Partnership.State.INVITED]
    return MyPeople(
        active=tuple(r for r in rows if r.state == Partnership.State.ACTIVE),
        to_answer=tuple(r for r in invited if not r.asked_by_me),
        asked=tuple(r for r in invited if r.asked_by_me),
        ended=tuple(r for r in rows if r.state == Partnership.State.ENDED),
    )


def partnership_with(who: Person, other: str) -> Partnership | None:
    """Return the partnership that somebody is in with another person now, named by id."""
    try:
        found = UUID(other)
    except ValueError:
        return None
    together = Q(teacher=who, partner=found) | Q(teacher=found, partner=who)
    mine = Partnership.objects.filter(partnerships_of(who), state=Partnership.State.ACTIVE)
    return mine.filter(together).first()


def partnership_page(partnership: Partnership, who: Person) -> PartnershipPage:
    """Read a partnership whole; the number of queries does not grow with it."""
    pair = _pair_row(_pairs().get(pk=partnership.pk), who)
    sessions = [_session_row(s, who) for s in _sessions().filter(partnership=partnership)]
    logged = tuple(s for s in sessions if s.is_logged)
    visits = tuple(_visit_row(v) for v in _visits().filter(partnership=partnership))
    return PartnershipPage(
        pair=pair,
        teacher=partnership.teacher,
        partner=partnership.partner,
        is_teacher=who.pk == partnership.teacher_id,
        agreement=agreement_of(partnership, who),
        sessions=logged,
        planned=tuple(sorted((s for s in sessions if not s.is_logged), key=lambda s: s.held_on)),
        visits=visits,
        steps=_steps(who, Q(partnership=partnership)),
        minutes=sum(s.minutes for s in logged) + sum(v.minutes or 0 for v in visits),
    )


def agreement_of(partnership: Partnership, who: Person) -> AgreementRow | None:
    """Return the newest words of a partnership's agreement."""
    newest = CoachingAgreement.objects.filter(partnership=partnership).order_by("-version").first()
    if newest is None:
        return None
    is_teacher = who.pk == partnership.teacher_id
    mine = newest.signed_by_teacher_at if is_teacher else newest.signed_by_partner_at
    return AgreementRow(
        newest.pk,
        newest.version,
        newest.meets,
        newest.leader_may_know_focus,
        newest.signed_by_teacher_at,
        newest.signed_by_partner_at,
        signed_by_me=mine is not None,
    )


def visit_page(visit: Visit, who: Person) -> VisitPage:
    """Read a visit; notes that are not shared yet are the visitor's alone."""
    is_visitor = who.pk == visit.partnership.partner_id
    notes = VisitNotePolicy().visible(who).filter(visit=visit)
    return VisitPage(
        visit=_visit_row(_visits().get(pk=visit.pk)),
        is_visitor=is_visitor,
        is_host=who.pk == visit.partnership.teacher_id,
        look_fors=tuple(
            LookForRow(x.text, x.element, title_of(x.element)) for x in visit.look_fors.all()
        ),
        notes=tuple(_note_row(n) for n in notes.order_by("seconds", "pk")),
    )


def steps_between(who: Person, until: date | None = None) -> tuple[StepRow, ...]:
    """Return open promises of all her partnerships, on both sides."""
    days = Q(due_on__lte=until) if until else Q()
    return _steps(who, days & Q(state=NextStep.State.AGREED))


def visits_of(who: Person, *states: str) -> tuple[VisitRow, ...]:
    """Return a person's visits in some states, as host or as visitor, by day."""
    mine = _visits().filter(partnerships_of(who, "partnership__"), state__in=states)
    return tuple(_visit_row(v) for v in mine.order_by("planned_for"))


def sessions_planned(who: Person, until: date) -> tuple[SessionRow, ...]:
    """Return sessions that are planned and not logged, up to a day, the oldest first."""
    planned = _sessions().filter(
        partnerships_of(who, "partnership__"), logged_at=None, held_on__lte=until
    )
    return tuple(_session_row(s, who) for s in planned.order_by("held_on", "starts_at"))


def last_session(partnership_id: UUID, who: Person) -> SessionRow | None:
    """Return what was logged last between two people."""
    logged = _sessions().filter(
        partnerships_of(who, "partnership__"),
        partnership=partnership_id,
        logged_at__isnull=False,
    )
    newest = logged.order_by("-held_on").first()
    return _session_row(newest, who) if newest else None


def minutes_between(who: Person, first: date, last: date) -> int:
    """Return the minutes of a person's sessions and visits within some days, each once."""
    days = Q(held_on__gte=first, held_on__lte=last)
    mine = partnerships_of(who, "partnership__")
    sessions = Session.objects.filter(mine, days, logged_at__isnull=False)
    visits = Visit.objects.filter(mine, days, state__in=[Visit.State.DONE, Visit.State.DEBRIEFED])
    found = [q.aggregate(total=Sum("minutes"))["total"] or 0 for q in (sessions, visits)]
    return sum(found)


def teachers_to_offer(helper: Person) -> list[Person]:
    """Return the teachers whom a coach can offer to work with; never one whom she evaluates."""
    today = clock.today()
    teaching = RoleGrant.objects.filter(open_on(today), role=Role.TEACHER)
    return list(
        Person.objects.filter(pk__in=teaching.values("person"), is_active=True)
        .exclude(pk=helper.pk)
        .exclude(pk__in=evaluated_by(helper, clock.school_year(today)))
    )


def sections_of(teacher: Person) -> QuerySet[Section]:
    """Return the classes that a teacher can be visited in this school year."""
    year = clock.school_year(clock.today())
    return Section.objects.filter(teachers=teacher, is_active=True, school_year=year).distinct()


def _pairs() -> QuerySet[Partnership]:
    today = clock.today()
    held = Q(sessions__logged_at__isnull=False)
    coming = Q(sessions__logged_at=None, sessions__held_on__gte=today)
    return (
        Partnership.objects.select_related("teacher", "partner")
        .annotate(
            last_session=Max("sessions__held_on", filter=held),
            next_session=Min("sessions__held_on", filter=coming),
        )
        .order_by("-started_on", "-invited_at")
    )


def _sessions() -> QuerySet[Session]:
    return Session.objects.select_related(
        "content", "partnership__teacher", "partnership__partner"
    ).order_by("-held_on", "-starts_at")


def _visits() -> QuerySet[Visit]:
    return (
        Visit.objects.select_related("partnership__teacher", "partnership__partner", "section")
        .prefetch_related("look_fors")
        .order_by("-planned_for")
    )


def _steps(who: Person, which: Q) -> tuple[StepRow, ...]:
    steps = NextStep.objects.filter(partnerships_of(who, "partnership__"), which)
    people = steps.select_related("owner", "partnership__teacher", "partnership__partner")
    return tuple(_step_row(s, who) for s in people.order_by("due_on"))


def _pair_row(pair: Partnership, who: Person) -> PairRow:
    other = pair.partner if who.pk == pair.teacher_id else pair.teacher
    # Annotated by _pairs: the type of a row does not know it.
    last, coming = getattr(pair, "last_session", None), getattr(pair, "next_session", None)
    return PairRow(
        id=pair.pk,
        other=other,
        role=pair.get_kind_display() if who.pk == pair.teacher_id else "Teacher",
        state=pair.state,
        started_on=pair.started_on,
        ended_on=pair.ended_on,
        focus=title_of(pair.focus_element) if pair.focus_element else "",
        message=pair.message,
        asked_by_me=pair.invited_by_id == who.pk,
        last_met=last,
        meets_next=coming,
    )


def _step_row(step: NextStep, who: Person) -> StepRow:
    pair = step.partnership
    other = pair.partner if who.pk == pair.teacher_id else pair.teacher
    return StepRow(
        id=step.pk,
        partnership_id=pair.pk,
        owner=step.owner,
        is_mine=step.owner_id == who.pk,
        with_whom=other.given_name,
        text=step.text,
        due_on=step.due_on,
        state=step.state,
        state_words=step.get_state_display(),
    )


def _session_row(session: Session, who: Person) -> SessionRow:
    pair = session.partnership
    other = pair.partner if who.pk == pair.teacher_id else pair.teacher
    said: SessionContent = getattr(session, "content", None) or SessionContent()
    return SessionRow(
        id=session.pk,
        partnership_id=pair.pk,
        with_whom=other.given_name,
        held_on=session.held_on,
        starts_at=session.starts_at,
        minutes=session.minutes,
        mode=session.get_mode_display().lower(),
        moves=tuple(session.moves),
        is_logged=session.logged_at is not None,
        stands=said.stands,
        parked=said.parked,
        strength=said.strength,
        noticed=said.noticed,
    )


def _visit_row(visit: Visit) -> VisitRow:
    looks: Iterable[str] = (x.text for x in visit.look_fors.all())
    return VisitRow(
        id=visit.pk,
        partnership_id=visit.partnership_id,
        host=visit.partnership.teacher,
        visitor=visit.partnership.partner,
        state=visit.state,
        state_words=visit.get_state_display(),
        planned_for=visit.planned_for,
        held_on=visit.held_on,
        minutes=visit.minutes,
        section=visit.section.title if visit.section else "",
        question=visit.question,
        look_fors=tuple(looks),
        proposed_by_id=visit.proposed_by_id,
        shared_at=visit.shared_at,
    )


def _note_row(note: VisitNote) -> NoteRow:
    minutes, seconds = divmod(note.seconds or 0, 60)
    return NoteRow(
        id=note.pk,
        kind=note.kind,
        kind_words=note.get_kind_display(),
        clock=f"{minutes}:{seconds:02d}" if note.seconds is not None else "",
        text=note.text,
        element=title_of(note.element) if note.element else "",
        level_words=note.get_level_display() if note.level is not None else "",
    )
