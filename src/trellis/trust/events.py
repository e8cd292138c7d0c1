"""Record what happened: one append-only log that history, notices and audit all read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from trellis.trust import clock
from trellis.trust.models import AccessEvent, Event

if TYPE_CHECKING:
    from trellis.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something worth recording; each app declares its own in `events.py`.

    `sentence` is what people read: a format string over the fields of the happening.
    Content never goes into a happening: ids, dates and counts only.
    """

    sentence: ClassVar[str]


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID | date | datetime) else value


def record(
    happening: Happening,
    *,
    by: "Person | None",
    about: "Person | None" = None,
    subject: object = "",
) -> Event:
    """Append what happened to the log. `about` is the person whose record it concerns."""
    data: Mapping[str, object] = {k: _plain(v) for k, v in asdict(happening).items()}
    return Event.objects.create(
        at=clock.now(),
        kind=type(happening).__name__,
        by=by,
        about=about,
        subject=str(subject),
        data={**data, "sentence": happening.sentence.format(**data)},
    )


def record_read(*, reader: "Person", owner: "Person", what: str, subject: object) -> None:
    """Let the owner see that another adult opened her record. Her own reading is not recorded."""
    if reader.pk != owner.pk:
        AccessEvent.objects.create(
            at=clock.now(), reader=reader, owner=owner, what=what, subject=str(subject)
        )
