"""Answer where a teacher's classes stand: what their students could learn next, how they grew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from trellis.evidence.framework_queries import related_to_element
from trellis.evidence.models import LearningObjective
from trellis.insights.models import ClassGrowth, ClassLearning
from trellis.people.models import Person, Section
from trellis.trust import clock

MOST_NEXT = 3
ASKED_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """Where a class stands on an objective, as shares of items right with an 80 % interval.

    `usual` is what a class of the same level, all objectives together, usually has right.
    """

    objective_id: int
    code: str
    statement: str
    students: int
    right: int
    low: int
    high: int
    usual: int
    is_next: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A growth percentile of a class with its 95 % interval, in whole points."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """How a class grew to its newest test; without figures below 10 students."""

    students: int
    tested: int
    among: int
    grades: str
    two_before: int
    test: str
    term: str
    tested_on: date | None
    since: date | None
    mean: Span | None
    median: Span | None
    one_student: int | None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """An objective of one of her classes that asks for an element of practice."""

    section_id: UUID
    section: str
    code: str
    statement: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of the teacher, what its students could learn next, and how they grew.

    `growth` is None where no test of its subject was brought this school year.
    """

    id: UUID
    title: str
    subject: str
    objectives: tuple[ObjectiveRow, ...]
    growth: GrowthRow | None

    @property
    def next(self) -> tuple[ObjectiveRow, ...]:
        return tuple(row for row in self.objectives if row.is_next)[:MOST_NEXT]


def classes_of(teacher: Person) -> list[ClassRow]:
    """Return a teacher's classes of this school year."""
    year = clock.school_year(clock.today())
    return _rows(teacher.sections.filter(school_year=year, is_active=True).order_by("title"))


def class_of(section: Section) -> ClassRow:
    """Return one class."""
    return _rows([section])[0]


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


def _rows(sections: Iterable[Section]) -> list[ClassRow]:
    sections = list(sections)
    objectives = _objectives(sections)
    grown = {
        one.section_id: _growth(one) for one in ClassGrowth.objects.filter(section__in=sections)
    }
    return [
        ClassRow(s.pk, s.title, s.subject, tuple(objectives.get(s.pk, ())), grown.get(s.pk))
        for s in sections
    ]


def _objectives(sections: Iterable[Section]) -> dict[UUID, list[ObjectiveRow]]:
    rows: dict[UUID, list[ObjectiveRow]] = {}
    found = ClassLearning.objects.filter(section__in=sections).select_related("objective")
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
                usual=round(100 * one.usual),
                is_next=one.is_next,
            )
        )
    return rows


def _growth(one: ClassGrowth) -> GrowthRow:
    return GrowthRow(
        students=one.students,
        tested=one.tested,
        among=one.among,
        grades=one.grades,
        two_before=one.two_before,
        test=one.test,
        term=one.term,
        tested_on=one.tested_on,
        since=one.since,
        mean=_span(one.mean, one.low, one.high),
        median=_span(one.median, one.median_low, one.median_high),
        one_student=None if one.one_student is None else round(one.one_student),
    )


def _span(value: float | None, low: float | None, high: float | None) -> Span | None:
    if value is None or low is None or high is None:
        return None
    return Span(round(value), round(low), round(high))
