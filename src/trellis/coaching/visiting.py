"""Agree on a visit, note what is seen, and share it when ready; nobody is visited unasked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from trellis.coaching import events
from trellis.coaching.actions import active, keep_apart, one_of_two, the_other
from trellis.coaching.models import LookFor, Partnership, Visit, VisitNote
from trellis.coaching.policies import OnlyForHerself
from trellis.coaching.tasks import read_anew, write_to
from trellis.evidence.actions import SeenOnVisit, add_visit_evidence
from trellis.evidence.framework import elements
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.trust.events import record

MOST_LOOK_FORS = 3
HELD = (Visit.State.DONE, Visit.State.DEBRIEFED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForGiven:
    """One thing that the host asks the visitor to watch for."""

    text: str
    element: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteGiven:
    """A line of a visitor, as her device sends it; `key` makes a repeated send the same line."""

    key: UUID
    kind: str = VisitNote.Kind.NOTICING.value
    text: str = ""
    seconds: int | None = None
    element: str = ""
    level: int | None = None


@transaction.atomic
def propose_visit(
    partnership: Partnership,
    *,
    by: Person,
    planned_for: datetime,
    section: Section | None = None,
    question: str = "",
    look_fors: Sequence[LookForGiven] = (),
) -> Visit:
    """Ask for a visit: the host invites, or the visitor asks whether she may come."""
    active(partnership, by)
    keep_apart(partnership.teacher, partnership.partner, by)
    is_host = by.pk == partnership.teacher_id
    if look_fors and not is_host:
        raise OnlyForHerself
    if planned_for < clock.now():
        raise ValidationError("Choose a time that is still to come.", code="past")
    if section is not None and not section.teachings.filter(person=partnership.teacher).exists():
        raise ValidationError("Choose one of the host's own classes.", code="section")
    visit = Visit.objects.create(
        partnership=partnership,
        proposed_by=by,
        state=Visit.State.PROPOSED,
        planned_for=planned_for,
        section=section,
        reason="asked for" if is_host else "planned",
        question=question,
    )
    _look_for(visit, look_fors)
    asked = the_other(partnership, by)
    day = planned_for.date()
    happened = events.VisitProposed(visit=visit.pk, who=by.given_name, day=day)
    record(happened, by=by, about=asked, subject=visit.pk)
    write_to.enqueue(str(asked.pk), "visit", by.full_name)
    return visit


@transaction.atomic
def accept_visit(
    visit: Visit, *, by: Person, look_fors: Sequence[LookForGiven] = (), question: str = ""
) -> Visit:
    """Say yes to a visit; the host says what to look for, now or when she asked for it."""
    _answered_by(visit, by)
    keep_apart(visit.partnership.teacher, visit.partnership.partner, by)
    if by.pk == visit.partnership.teacher_id:
        _look_for(visit, look_fors)
        visit.question = question or visit.question
    elif look_fors or question:
        raise OnlyForHerself
    visit.state, visit.accepted_at = Visit.State.ACCEPTED, clock.now()
    visit.save(update_fields=["state", "accepted_at", "question"])
    return _told(visit, by, "accepted")


@transaction.atomic
def decline_visit(visit: Visit, *, by: Person) -> Visit:
    """Say no to a visit; no reason is asked for."""
    _answered_by(visit, by)
    visit.state = Visit.State.DECLINED
    visit.save(update_fields=["state"])
    return _told(visit, by, "declined")


@transaction.atomic
def cancel_visit(visit: Visit, *, by: Person) -> Visit:
    """Call a visit off before it is held: either of the two."""
    one_of_two(visit.partnership, by)
    if visit.state not in (Visit.State.PROPOSED, Visit.State.ACCEPTED):
        raise ValidationError("This visit was held or called off already.", code="closed")
    visit.state = Visit.State.CANCELED
    visit.save(update_fields=["state"])
    return _told(visit, by, "called off")


@transaction.atomic
def write_note(visit: Visit, *, by: Person, note: NoteGiven) -> VisitNote:
    """Write a line of a visit; only the visitor reads it until she shares the notes."""
    sent = VisitNote.objects.filter(pk=note.key).first()
    if sent is not None:
        return _same(sent, visit, by)
    _visitor(visit, by)
    _under_way(visit)
    if not note.text.strip() and note.level is None:
        raise ValidationError("Write what you saw or heard, or choose a level word.", code="empty")
    if (note.level is not None) and note.element not in elements():
        raise ValidationError("Say what the level word is about.", code="element")
    return VisitNote.objects.create(
        pk=note.key,
        visit=visit,
        kind=note.kind,
        text=note.text.strip(),
        seconds=note.seconds,
        element=note.element,
        level=note.level,
    )


@transaction.atomic
def share_notes(visit: Visit, *, by: Person, minutes: int) -> Visit:
    """Share all notes with the host: they are on her page, and her evidence, at once."""
    _visitor(visit, by)
    _as_it_stands(visit)
    if visit.shared_at is not None:
        return visit  # sent again by a device that did not hear the first answer
    _under_way(visit)
    if not 1 <= minutes <= 480:
        raise ValidationError("Say how many minutes you were there.", code="minutes")
    visit.state, visit.shared_at = Visit.State.DONE, clock.now()
    visit.held_on, visit.minutes = clock.today(), minutes
    visit.save(update_fields=["state", "shared_at", "held_on", "minutes"])
    host = visit.partnership.teacher
    _make_evidence(visit)
    happened = events.NotesShared(visit=visit.pk, who=by.given_name)
    record(happened, by=by, about=host, subject=visit.pk)
    write_to.enqueue(str(host.pk), "notes", by.full_name)
    return visit


@transaction.atomic
def debrief(visit: Visit, *, by: Person) -> Visit:
    """Note that both talked about the visit."""
    one_of_two(visit.partnership, by)
    if visit.state != Visit.State.DONE:
        raise ValidationError("Talk about a visit once its notes are shared.", code="not_held")
    visit.state = Visit.State.DEBRIEFED
    visit.save(update_fields=["state"])
    happened = events.Debriefed(visit=visit.pk)
    record(happened, by=by, about=the_other(visit.partnership, by), subject=visit.pk)
    return visit


def _look_for(visit: Visit, given: Sequence[LookForGiven]) -> None:
    if len(given) > MOST_LOOK_FORS:
        raise ValidationError(
            "Three things to look for are the most that one visit can hold.", code="too_many"
        )
    if not given:
        return
    visit.look_fors.all().delete()
    LookFor.objects.bulk_create(
        LookFor(visit=visit, position=i, text=x.text, element=x.element)
        for i, x in enumerate(given, start=1)
    )


def _answered_by(visit: Visit, by: Person) -> None:
    active(visit.partnership, by)
    if by.pk == visit.proposed_by_id:
        raise OnlyForHerself
    _as_it_stands(visit)
    if visit.state != Visit.State.PROPOSED:
        raise ValidationError("This visit was answered already.", code="answered")


def _as_it_stands(visit: Visit) -> None:
    """Read a visit's state anew and hold it, so that two taps at once are one act."""
    locked = Visit.objects.select_for_update()
    visit.refresh_from_db(fields=["state", "shared_at", "accepted_at"], from_queryset=locked)


def _visitor(visit: Visit, by: Person) -> None:
    one_of_two(visit.partnership, by)
    if by.pk != visit.partnership.partner_id:
        raise OnlyForHerself
    keep_apart(visit.partnership.teacher, visit.partnership.partner, by)


def _under_way(visit: Visit) -> None:
    if visit.shared_at is not None:
        raise ValidationError(
            "These notes are shared. Add what is new when you two talk about the visit.",
            code="shared",
        )
    if visit.accepted_at is None or visit.state not in (Visit.State.ACCEPTED, Visit.State.DONE):
        raise ValidationError(
            "This visit was not accepted, so it cannot be held.", code="not_accepted"
        )


def _same(sent: VisitNote, visit: Visit, by: Person) -> VisitNote:
    if sent.visit_id != visit.pk or by.pk != visit.partnership.partner_id:
        raise OnlyForHerself
    return sent


def _make_evidence(visit: Visit) -> None:
    seen = [
        SeenOnVisit(note=n.pk, element=n.element, level=n.level, text=n.text)
        for n in visit.notes.all()
        if n.level is not None and n.element
    ]
    if not seen or visit.held_on is None:
        return
    pair = visit.partnership
    add_visit_evidence(
        pair.teacher,
        seen,
        visit=visit.pk,
        visitor=pair.partner,
        seen_on=visit.held_on,
        reason=visit.reason,
        section=visit.section,
    )
    read_anew.enqueue(str(pair.teacher_id))


def _told(visit: Visit, by: Person, answer: str) -> Visit:
    happened = events.VisitAnswered(visit=visit.pk, who=by.given_name, answer=answer)
    record(happened, by=by, about=the_other(visit.partnership, by), subject=visit.pk)
    return visit
