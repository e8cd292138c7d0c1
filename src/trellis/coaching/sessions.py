"""Log a session within a minute: the countable facts in one table, what was said in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from trellis.coaching import events
from trellis.coaching.actions import active, the_other
from trellis.coaching.models import Partnership, Session, SessionContent
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

MOVES = (
    "planning together",
    "modeling",
    "co-teaching",
    "visit and feedback",
    "student work",
    "looking at data",
    "rehearsal",
    "reflective conversation",
)
STANDS = ("just starting", "under way", "trying in class", "ready for more")
LONGEST_MINUTES = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The countable facts of a session."""

    on: date
    minutes: int
    mode: str = Session.Mode.IN_PERSON.value
    moves: Sequence[str] = ()
    starts_at: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What stays between the two."""

    strength: str = ""
    noticed: str = ""
    stands: str = ""
    parked: str = ""


@transaction.atomic
def log_session(
    partnership: Partnership,
    *,
    by: Person,
    held: Held,
    said: Said,
    again_on: date | None = None,
    planned: Session | None = None,
    key: UUID | None = None,
) -> Session:
    """Log a session once, and plan the next; a repeated send returns what is logged already."""
    sent = Session.objects.filter(client_key=key).first() if key else None
    if sent is not None:
        return _same(sent, partnership)
    active(partnership, by)
    _sensible(held, again_on)
    session = _of(partnership, planned)
    session.held_on, session.minutes, session.mode = held.on, held.minutes, held.mode
    session.moves, session.starts_at = list(held.moves), held.starts_at
    session.logged_at, session.client_key = clock.now(), key
    session.save()
    SessionContent.objects.create(
        session=session,
        strength=said.strength,
        noticed=said.noticed,
        stands=said.stands,
        parked=said.parked,
    )
    if again_on is not None:
        plan_session(partnership, by=by, on=again_on, minutes=held.minutes)
    happened = events.SessionLogged(
        session=session.pk, who=by.given_name, held_on=held.on, minutes=held.minutes
    )
    record(happened, by=by, about=the_other(partnership, by), subject=partnership.pk)
    return session


@transaction.atomic
def plan_session(
    partnership: Partnership, *, by: Person, on: date, minutes: int, starts_at: time | None = None
) -> Session:
    """Put a session on both calendars; it counts only once it was held and logged."""
    active(partnership, by)
    return Session.objects.create(
        partnership=partnership, held_on=on, minutes=minutes, starts_at=starts_at
    )


def _of(partnership: Partnership, planned: Session | None) -> Session:
    if planned is None:
        return Session(partnership=partnership)
    if planned.partnership_id != partnership.pk or planned.logged_at is not None:
        raise ValidationError("This session is logged already.", code="logged")
    return planned


def _same(sent: Session, partnership: Partnership) -> Session:
    if sent.partnership_id != partnership.pk:
        raise ValidationError("This was sent for another partnership.", code="key")
    return sent


def _sensible(held: Held, again_on: date | None) -> None:
    today = clock.today()
    if held.on > today:
        raise ValidationError("Log a session once it was held: today or earlier.", code="future")
    if not 1 <= held.minutes <= LONGEST_MINUTES:
        raise ValidationError("Say how many minutes it took, from 1 to 480.", code="minutes")
    if again_on is not None and again_on < today:
        raise ValidationError("Meet again today or on a later day.", code="past")
