"""Compute a teacher's insights again, take her answers, and let her add or withdraw evidence."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from trellis.evidence.models import EvidenceItem, Source
from trellis.insights.events import (
    EvidenceRestored,
    EvidenceWithdrawn,
    InsightAnswered,
    OwnReadingAdded,
)
from trellis.insights.models import FocusArea, Insight, Reply
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from trellis.diagnosis.signals import Claim

TAKES_OFF_TODAY = frozenset({Reply.Answer.NOT_ME, Reply.Answer.MUTE})
ORDER = [Insight.Kind.STRENGTH, Insight.Kind.NEXT_STEP, Insight.Kind.DISAGREEMENT]


class OnlyTheOwnerDecides(PermissionDenied):
    """Somebody tried to answer or to withdraw for another."""

    def __init__(self) -> None:
        super().__init__("Only the teacher whose evidence this is can do that.")


@transaction.atomic
def reply(insight: Insight, *, by: Person, answer: str, note: str = "") -> Reply:
    """Keep the owner's answer to an insight; a later answer takes the place of an earlier one.

    Seeing it differently is stored as evidence of hers, and takes the claim off Today for as long
    as that evidence is not withdrawn. It has no level: what she sees instead, only she can say.
    """
    _only_owner(insight.owner_id, by)
    if answer == Reply.Answer.CONTEXT and not note.strip():
        raise ValidationError({"note": "Write a sentence, so that the context can stand here."})
    said, _ = Reply.objects.update_or_create(
        owner=by,
        element=insight.element,
        kind=insight.kind,
        defaults={
            "answer": answer,
            "note": note.strip(),
            "at": clock.now(),
            "rule": insight.rule,
            "rule_version": insight.rule_version,
        },
    )
    _keep_view(said, insight)
    _place({by.pk})
    record(InsightAnswered(), by=by, about=by, subject=insight.pk)
    return said


def _keep_view(said: Reply, insight: Insight) -> None:
    """Store a disagreement as evidence, in place of what she said before."""
    if said.evidence is not None:
        before, said.evidence = said.evidence, None
        said.save(update_fields=["evidence"])
        before.delete()
    if said.answer == Reply.Answer.DISAGREE:
        said.evidence = EvidenceItem.objects.create(
            owner=said.owner,
            source=Source.VIEW,
            element=said.element,
            seen_on=clock.today(),
            text=f"You see this differently: “{insight.title}”. {said.note}".strip(),
            added_at=said.at,
        )
        said.save(update_fields=["evidence"])


@transaction.atomic
def focus(owner: Person, chosen: Mapping[str, date]) -> None:
    """Keep which elements her open goals are about, and since when.

    The next computation compares with that day; at once there would be nothing to say of it.
    """
    FocusArea.objects.filter(owner=owner).exclude(element__in=chosen).delete()
    for element, since in chosen.items():
        FocusArea.objects.update_or_create(owner=owner, element=element, defaults={"since": since})


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
    around = estimates.setting(
        today,
        estimates.subjects_of({look.section for look in looks}),
        goals=estimates.goals_of([owner.pk])[owner.pk],
        classes=estimates.classes_of([owner.pk], today)[owner.pk],
    )
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
    against = Q(answer=Reply.Answer.DISAGREE, evidence__withdrawn_at=None)
    away = set(
        Reply.objects.filter(against | Q(answer__in=TAKES_OFF_TODAY), owner_id__in=owners)
        .values_list("owner_id", "element", "kind")
    )  # fmt: skip
    shown: dict[UUID, list[str]] = {owner: [] for owner in owners}
    current = list(Insight.objects.filter(owner_id__in=owners, is_current=True))
    for insight in sorted(current, key=_strengths_and_surest_first):
        kinds = shown[insight.owner_id]
        is_away = (insight.owner_id, insight.element, insight.kind) in away
        if is_away or _one_step_too_many(insight.kind, kinds):
            insight.position = None
            continue
        insight.position = len(kinds)
        kinds.append(insight.kind)
    Insight.objects.bulk_update(current, ["position"], batch_size=500)


def _one_step_too_many(kind: str, shown: Sequence[str]) -> bool:
    """Return whether a next step would outnumber the strengths, once she answered some away."""
    step, strength = Insight.Kind.NEXT_STEP, Insight.Kind.STRENGTH
    return kind == step and shown.count(step) >= shown.count(strength)


def _strengths_and_surest_first(insight: Insight) -> tuple[int, float, str]:
    probability = float(insight.numbers.get("probability", 0.0))
    return ORDER.index(Insight.Kind(insight.kind)), -probability, insight.element


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
