"""Compute a teacher's insights again, take her answers, and let her add or withdraw evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from trellis.evidence.models import EvidenceItem, Source
from trellis.insights.events import (
    EvidenceRestored,
    EvidenceWithdrawn,
    InsightAnswered,
    OwnReadingAdded,
)
from trellis.insights.models import Insight, Reply
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from trellis.diagnosis.signals import Claim

TAKES_OFF_TODAY = frozenset({Reply.Answer.NOT_ME, Reply.Answer.MUTE})


class OnlyTheOwnerDecides(PermissionDenied):
    """Somebody tried to answer or to withdraw for another."""

    def __init__(self) -> None:
        super().__init__("Only the teacher whose evidence this is can do that.")


@transaction.atomic
def reply(insight: Insight, *, by: Person, answer: str, note: str = "") -> Reply:
    """Keep the owner's answer to an insight; a later answer takes the place of an earlier one."""
    _only_owner(insight.owner_id, by)
    if answer == Reply.Answer.CONTEXT and not note.strip():
        raise ValidationError({"note": "Write a sentence, so that the context can stand here."})
    said, _ = Reply.objects.update_or_create(
        owner=by,
        element=insight.element,
        kind=insight.kind,
        defaults={"answer": answer, "note": note.strip(), "at": clock.now()},
    )
    _place({by.pk})
    record(InsightAnswered(), by=by, about=by, subject=insight.pk)
    return said


@transaction.atomic
def withdraw(item: EvidenceItem, *, by: Person) -> None:
    """Take a whole piece of evidence out of all estimates, as if it had never been there."""
    _only_owner(item.owner_id, by)
    _piece(item).filter(withdrawn_at=None).update(withdrawn_at=clock.now())
    refresh(by)
    record(EvidenceWithdrawn(source=item.source, seen_on=f"{item.seen_on}"), by=by, about=by)


@transaction.atomic
def restore(item: EvidenceItem, *, by: Person) -> None:
    """Bring a withdrawn piece of evidence back."""
    _only_owner(item.owner_id, by)
    _piece(item).update(withdrawn_at=None)
    refresh(by)
    record(EvidenceRestored(source=item.source, seen_on=f"{item.seen_on}"), by=by, about=by)


@transaction.atomic
def add_own_reading(
    owner: Person, *, by: Person, levels: Mapping[str, int], note: str = ""
) -> list[EvidenceItem]:
    """Add a teacher's own reading of some elements, in level words; one reading a day counts."""
    _only_owner(owner.pk, by)
    if not levels:
        raise ValidationError("Choose a word for at least one part of your teaching.")
    today = clock.today()
    own = EvidenceItem.objects.filter(
        owner=owner, source=Source.SELF_REFLECTION, seen_on=today, brought_by=None
    )
    own.filter(element__in=levels).delete()
    items = EvidenceItem.objects.bulk_create(
        EvidenceItem(
            owner=owner,
            source=Source.SELF_REFLECTION,
            element=element,
            seen_on=today,
            value=float(level),
            text=note.strip(),
            added_at=clock.now(),
        )
        for element, level in levels.items()
    )
    refresh(owner)
    record(OwnReadingAdded(elements=len(items)), by=by, about=owner)
    return items


def refresh(owner: Person) -> list[Insight]:
    """Compute one teacher's insights again from all evidence that counts today."""
    from trellis.insights import estimates  # loads numpy: only where numbers are made

    today = clock.today()
    items = EvidenceItem.objects.filter(owner=owner, withdrawn_at=None)
    looks = estimates.looks_of(items, today)
    around = estimates.setting(today, estimates.subjects_of({look.section for look in looks}))
    claims = estimates.claims(looks, estimates.current_settings(today), around)
    return keep({owner.pk: claims}, at=clock.now())


@transaction.atomic
def keep(claims: Mapping[UUID, Sequence["Claim"]], *, at: datetime) -> list[Insight]:
    """Store each owner's claims. A claim that still stands keeps its address."""
    known = {
        (insight.owner_id, insight.element, insight.kind): insight
        for insight in Insight.objects.filter(owner_id__in=claims)
    }
    current: list[Insight] = []
    new: list[Insight] = []
    for owner, found in claims.items():
        for claim in found:
            insight = known.pop((owner, claim.element, claim.kind.value), None)
            (current if insight else new).append(_filled(insight, owner, claim, at))
    gone = list(known.values())
    for insight in gone:
        insight.is_current, insight.position = False, None
    Insight.objects.bulk_update([*current, *gone], FIELDS, batch_size=500)
    Insight.objects.bulk_create(new, batch_size=500)
    _place(set(claims))
    return [*current, *new]


FIELDS = [
    "sure",
    "title",
    "claim",
    "rule",
    "rule_version",
    "numbers",
    "computed_at",
    "is_current",
    "position",
]


def _filled(insight: Insight | None, owner: UUID, claim: "Claim", at: datetime) -> Insight:
    from trellis.insights import estimates  # loads numpy: only where numbers are made

    insight = insight or Insight(owner_id=owner, element=claim.element, kind=claim.kind.value)
    insight.sure = estimates.SURE[claim.sure]
    insight.title, insight.claim = claim.title, claim.text
    insight.rule, insight.rule_version = claim.rule.name, claim.rule.version
    insight.numbers = estimates.numbers_of(claim)
    insight.computed_at, insight.is_current = at, True
    return insight


def _place(owners: set[UUID]) -> None:
    """Number what is shown on Today, strengths first; what was answered away has no number."""
    away = {
        (reply.owner_id, reply.element, reply.kind)
        for reply in Reply.objects.filter(owner_id__in=owners, answer__in=TAKES_OFF_TODAY)
    }
    next_place: dict[UUID, int] = {}
    current = list(Insight.objects.filter(owner_id__in=owners, is_current=True))
    for insight in sorted(current, key=_strengths_and_surest_first):
        if (insight.owner_id, insight.element, insight.kind) in away:
            insight.position = None
            continue
        insight.position = next_place.get(insight.owner_id, 0)
        next_place[insight.owner_id] = insight.position + 1
    Insight.objects.bulk_update(current, ["position"], batch_size=500)


def _strengths_and_surest_first(insight: Insight) -> tuple[bool, float, str]:
    probability = float(insight.numbers.get("probability", 0.0))
    return insight.kind != Insight.Kind.STRENGTH, -probability, insight.element


def _piece(item: EvidenceItem) -> "QuerySet[EvidenceItem]":
    """Return all items that are counted and withdrawn together with this one."""
    own = EvidenceItem.objects.filter(owner_id=item.owner_id, source=item.source)
    if item.source == Source.VISIT and item.lesson:
        return own.filter(lesson=item.lesson)
    if item.source == Source.CLASS_FEEDBACK:
        return own.filter(section=item.section, seen_on=item.seen_on)
    if item.source == Source.SELF_REFLECTION:
        return own.filter(seen_on=item.seen_on)
    if item.source == Source.TALK:
        return own.filter(lesson=item.lesson)
    return own.filter(pk=item.pk)


def _only_owner(owner: UUID, by: Person) -> None:
    if owner != by.pk:
        raise OnlyTheOwnerDecides
