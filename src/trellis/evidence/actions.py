"""Add evidence that is made inside Trellis; files bring theirs through an import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from trellis.evidence.models import EvidenceItem, Source
from trellis.people.models import Person, Section
from trellis.trust import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOnVisit:
    """A level word that a visitor wrote about one element, with what she saw."""

    note: UUID
    element: str
    level: int
    text: str = ""


@transaction.atomic
def add_visit_evidence(
    owner: Person,
    seen: Sequence[SeenOnVisit],
    *,
    visit: UUID,
    visitor: Person,
    seen_on: date,
    reason: str = "",
    section: Section | None = None,
) -> list[EvidenceItem]:
    """Give the host of a visit the evidence that its shared notes hold; a repeat adds nothing.

    All of one visit carry the same lesson: such marks move together and count less than as many
    marks of different days.
    """
    return EvidenceItem.objects.bulk_create(
        [
            EvidenceItem(
                owner=owner,
                source=Source.VISIT,
                element=mark.element,
                seen_on=seen_on,
                value=float(mark.level),
                lesson=str(visit),
                visitor=visitor,
                reason=reason,
                section=section,
                text=mark.text,
                external_id=f"visit-note:{mark.note}",
                added_at=clock.now(),
            )
            for mark in seen
        ],
        ignore_conflicts=True,
    )
