"""Answer what stands out for a teacher, what is held about her, and where her classes are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from trellis.evidence.framework import level_words, title_of
from trellis.evidence.framework_queries import related_to_element
from trellis.evidence.models import EvidenceItem, LearningObjective, Source
from trellis.evidence.provenance import where_from
from trellis.insights.models import ClassLearning, Computation, Insight, LessonTalk, Reply
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.ui.visibility import ONLY_YOU, Visible, shared_with

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_NEXT = 3


ASKED_SHOWN = 6


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
class ObjectiveRow:
    """Where a class stands on an objective, as shares of items right with an 80 % interval."""

    objective_id: int
    code: str
    statement: str
    students: int
    right: int
    low: int
    high: int
    is_next: bool


@dataclass(frozen=True, slots=True)
class TalkPage:
    """What was kept of a lesson's talk, and whether it counts among her evidence."""

    said: tuple[dict[str, object], ...]
    moments: tuple[dict[str, str], ...]
    can_count: bool
    counts: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class AskedRow:
    """An objective of one of her classes that asks for an element of practice."""

    section_id: UUID
    section: str
    code: str
    statement: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of the teacher and what its students could learn next."""

    id: UUID
    title: str
    objectives: tuple[ObjectiveRow, ...]

    @property
    def next(self) -> tuple[ObjectiveRow, ...]:
        return tuple(row for row in self.objectives if row.is_next)[:MOST_NEXT]


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


def classes_of(teacher: Person) -> list[ClassRow]:
    """Return a teacher's classes of this school year with what their students could learn next."""
    year = clock.school_year(clock.today())
    sections = list(teacher.sections.filter(school_year=year, is_active=True).order_by("title"))
    rows = _objectives(sections)
    return [ClassRow(s.pk, s.title, tuple(rows.get(s.pk, ()))) for s in sections]


def class_of(section: Section) -> ClassRow:
    """Return one class with all its objectives."""
    return ClassRow(section.pk, section.title, tuple(_objectives([section]).get(section.pk, ())))


def asked_of_her_classes(teacher: Person, element: str) -> list[AskedRow]:
    """Return what her classes work on that asks for an element, as frameworks relate the two."""
    names = related_to_element(element)
    year = clock.school_year(clock.today())
    rows = (
        ClassLearning.objects.filter(
            section__in=teacher.sections.filter(school_year=year, is_active=True),
            objective__identifier__in=names,
        )
        .select_related("objective", "section")
        .order_by("objective__position", "section__title")
    )
    return [
        AskedRow(row.section_id, row.section.title, row.objective.code, row.objective.statement)
        for row in rows[:ASKED_SHOWN]
    ]


def objective_of(section: Section, objective_id: int) -> LearningObjective | None:
    """Return an objective that this class met."""
    return LearningObjective.objects.filter(pk=objective_id, classlearning__section=section).first()


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
        return f"{100 * item.value:.0f}% of what was counted in one lesson"
    return level_words()[round(min(max(item.value, 0.0), 3.0))]


def _how_old(days: int) -> str:
    if days < 14:
        return "within the last two weeks"
    if days < 60:
        return f"{days // 7} weeks ago"
    return f"{days // 30} months ago"


def _objectives(sections: Iterable[Section]) -> dict[UUID, list[ObjectiveRow]]:
    rows: dict[UUID, list[ObjectiveRow]] = {}
    found = ClassLearning.objects.filter(section__in=list(sections)).select_related("objective")
    for one in found.order_by("-is_next", "-behind", "objective__position"):
        rows.setdefault(one.section_id, []).append(
            ObjectiveRow(
                objective_id=one.objective_id,
                code=one.objective.code,
                statement=one.objective.statement,
                students=one.students,
                right=round(100 * one.right),
                low=round(100 * one.low),
                high=round(100 * one.high),
                is_next=one.is_next,
            )
        )
    return rows
