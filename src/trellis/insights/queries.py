"""Answer what stands out for a teacher, and what is held about her."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from trellis.evidence.framework import level_words, title_of
from trellis.evidence.models import EvidenceItem, Source
from trellis.evidence.provenance import NOT_READ, where_from
from trellis.insights.models import Computation, Insight, LessonTalk, Reply
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.ui.visibility import ONLY_YOU, Visible, shared_with

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class InsightRow:
    """An insight in a list: a sentence, how sure, a small interval on the level words (0 to 3)."""

    id: UUID
    element: str
    kind: str
    sure: str
    title: str
    claim: str
    pieces: int
    since: date
    low: float
    level: float
    high: float

    @property
    def is_strength(self) -> bool:
        return self.kind == Insight.Kind.STRENGTH


@dataclass(frozen=True, slots=True)
class PieceHeld:
    """A piece of evidence that is held: what, since when, from where, who can see it."""

    item_id: UUID
    source: str
    on: date
    about: tuple[tuple[str, str], ...]  # part of teaching, what was seen
    from_where: str
    visible: Visible
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class HeldFrom:
    """All pieces of one source, newest first: this school year's, and earlier ones."""

    source: str
    label: str
    newest: date
    how_old: str
    recent: tuple[PieceHeld, ...]
    earlier: tuple[PieceHeld, ...]


@dataclass(frozen=True, slots=True)
class TalkPage:
    """What was kept of a lesson's talk, and whether it counts among her evidence."""

    said: tuple[dict[str, object], ...]
    moments: tuple[dict[str, str], ...]
    can_count: bool
    counts: bool
    is_withdrawn: bool


def shown_to(owner: Person) -> list[InsightRow]:
    """Return at most three insights for a teacher's Today, strengths first."""
    shown = Insight.objects.filter(owner=owner, is_current=True, position__isnull=False)
    return [_row(insight) for insight in shown.order_by("position")]


def next_steps_of(owner: Person) -> dict[str, float]:
    """Return how sure each current next step is, 0 to 1, by element."""
    steps = Insight.objects.filter(
        owner=owner, is_current=True, position__isnull=False, kind=Insight.Kind.NEXT_STEP
    )
    return {step.element: float(step.numbers["probability"]) for step in steps}


def answer_to(insight: Insight) -> Reply | None:
    """Return the owner's answer to an insight, if she gave one."""
    return Reply.objects.filter(
        owner=insight.owner, element=insight.element, kind=insight.kind
    ).first()


def held_about(owner: Person) -> list[HeldFrom]:
    """Return everything that is held about a teacher's practice, by source."""
    items = (
        EvidenceItem.objects.filter(owner=owner)
        .select_related("visitor", "section", "brought_by")
        .defer(*NOT_READ)
        .order_by("-seen_on", "element")
    )
    by_source: dict[str, list[EvidenceItem]] = {}
    for item in items:
        by_source.setdefault(item.source, []).append(item)
    today = clock.today()
    return [
        _held(source, by_source[source.value], today)
        for source in Source
        if source.value in by_source
    ]


def talks_of(owner: Person) -> list[LessonTalk]:
    """Return what she kept of her lessons' talk, the newest first."""
    return list(LessonTalk.objects.filter(owner=owner).select_related("section"))


def talk_page(kept: LessonTalk) -> TalkPage:
    """Return what the page of one lesson's talk says."""
    items = EvidenceItem.objects.filter(owner_id=kept.owner_id, lesson=f"talk:{kept.pk}")
    away = list(items.values_list("withdrawn_at", flat=True))
    return TalkPage(
        said=tuple(kept.figures["said"]),
        moments=tuple(kept.moments),
        can_count=bool(kept.figures["evidence"]) and not away,
        counts=bool(away) and not all(away),
        is_withdrawn=bool(away) and all(away),
    )


def sections_of(teacher: Person) -> "QuerySet[Section]":
    """Return the classes that a teacher teaches this school year."""
    year = clock.school_year(clock.today())
    return Section.objects.filter(teachings__person=teacher, school_year=year, is_active=True)


def last_computation() -> Computation | None:
    """Return the newest run over all teachers, with its progress."""
    return Computation.objects.first()


def _row(insight: Insight) -> InsightRow:
    numbers = insight.numbers
    return InsightRow(
        id=insight.pk,
        element=insight.element,
        kind=insight.kind,
        sure=insight.sure,
        title=insight.title,
        claim=insight.claim,
        pieces=int(numbers["n"]),
        since=date.fromisoformat(numbers["first"]),
        low=float(numbers["low"]),
        level=float(numbers["level"]),
        high=float(numbers["high"]),
    )


def _held(source: Source, items: list[EvidenceItem], today: date) -> HeldFrom:
    pieces: dict[tuple[object, ...], list[EvidenceItem]] = {}
    for item in items:
        pieces.setdefault(_together(item), []).append(item)
    held = [_piece(together) for together in pieces.values()]
    began = date(clock.school_year(today) - 1, 7, 1)
    return HeldFrom(
        source=source.value,
        label=PLURAL_LABELS[source],
        newest=items[0].seen_on,
        how_old=_how_old((today - items[0].seen_on).days),
        recent=tuple(piece for piece in held if piece.on >= began),
        earlier=tuple(piece for piece in held if piece.on < began),
    )


PLURAL_LABELS = {
    Source.VISIT: "Visits",
    Source.CLASS_FEEDBACK: "Class feedback",
    Source.SELF_REFLECTION: "Your own readings",
    Source.STUDENT_WORK: "Student work",
    Source.TALK: "Classroom talk",
    Source.VIEW: "Your answers to insights",
}


def _together(item: EvidenceItem) -> tuple[object, ...]:
    """Return what items share that are one piece: a lesson, a class's answers, a day's reading."""
    match item.source:
        case Source.VISIT if item.lesson:
            return ("visit", item.lesson)
        case Source.CLASS_FEEDBACK:
            return ("class", item.section_id, item.seen_on)
        case Source.SELF_REFLECTION:
            return ("own", item.seen_on)
        case Source.TALK:
            return ("talk", item.lesson)
        case _:
            return ("other", item.pk)


def _piece(items: list[EvidenceItem]) -> PieceHeld:
    first = items[0]
    return PieceHeld(
        item_id=first.pk,
        source=_source_words(first),
        on=first.seen_on,
        about=tuple((title_of(item.element), _seen(item)) for item in items),
        from_where=where_from(items, reader_id=first.owner_id),
        visible=shared_with([first.visitor.given_name]) if first.visitor else ONLY_YOU,
        is_withdrawn=first.withdrawn_at is not None,
    )


def _source_words(item: EvidenceItem) -> str:
    if item.visitor:
        return f"Visit by {item.visitor.given_name}"
    if item.section:
        return f"{item.get_source_display()}, {item.section.title}"
    return item.get_source_display()


def _seen(item: EvidenceItem) -> str:
    if item.text or item.value is None:
        return item.text
    if item.source == Source.CLASS_FEEDBACK:
        return f"{item.n} students answered"
    if item.source == Source.TALK:
        return talk_in_words(item)
    return level_words()[round(min(max(item.value, 0.0), 3.0))]


TALK_WORDS = {
    "instruction.thinking": "of your questions asked for thinking",
    "instruction.feedback": "of the ideas that you answered were taken up",
}


def talk_in_words(item: EvidenceItem) -> str:
    """Say a rate of classroom talk: "44% of your questions asked for thinking"."""
    share = f"{100 * (item.value or 0.0):.0f}%"
    return f"{share} {TALK_WORDS.get(item.element, 'of what was counted in one lesson')}"


def _how_old(days: int) -> str:
    if days < 14:
        return "within the last two weeks"
    if days < 60:
        return f"{days // 7} weeks ago"
    return f"{days // 30} months ago"
