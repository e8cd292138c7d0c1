"""Answer what somebody shared, what was shared with her, and who has looked at what is hers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404

from trellis.trust import clock
from trellis.trust.models import AccessEvent, Share

if TYPE_CHECKING:
    from trellis.people.models import Person


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One open share: what, between whom, until when."""

    id: UUID
    kind: str
    subject_id: UUID
    owner: str
    audience: str
    until: date


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody opened something of the reader's, on a day, so many times."""

    on: date
    who: str
    what: str
    times: int
    last: datetime


def shares_given(owner: "Person") -> list[ShareRow]:
    """Return what a person shares today, the share that ends first on top."""
    return _rows(owner=owner)


def shares_received(audience: "Person") -> list[ShareRow]:
    """Return what is shared with a person today, the share that ends first on top."""
    return _rows(audience=audience)


def who_looked(owner: "Person", *, limit: int = 60) -> list[Look]:
    """Return who opened what, newest day first; looks of one day at one kind are one row."""
    rows: dict[tuple[date, str, str], Look] = {}
    looks = AccessEvent.objects.filter(owner=owner).select_related("reader").order_by("-at")
    for look in looks[: limit * 5]:
        key = (look.at.astimezone(clock.now().tzinfo).date(), str(look.reader), look.what)
        known = rows.get(key)
        rows[key] = Look(*key, known.times + 1 if known else 1, known.last if known else look.at)
    return list(rows.values())[:limit]


def _rows(**between: "Person") -> list[ShareRow]:
    shares = (
        Share.objects.filter(revoked_at=None, until__gte=clock.today(), **between)
        .select_related("owner", "audience")
        .order_by("until", "granted_at")
    )
    return [
        ShareRow(
            id=s.pk,
            kind=s.subject_kind,
            subject_id=s.subject_id,
            owner=str(s.owner),
            audience=str(s.audience),
            until=s.until,
        )
        for s in shares
    ]


def share_of(owner: "Person", pk: UUID) -> Share:
    """Return one share of its owner's; for anybody else it does not exist."""
    given = Share.objects.filter(owner=owner, pk=pk).select_related("audience").first()
    if given is None:
        raise Http404
    return given
