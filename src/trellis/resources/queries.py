"""Answer which resources could be relevant to a teacher, with the reasons, and what one holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from trellis.people.models import Employment, Person, Section
from trellis.relevance.reasons import (
    DEFAULT_WEIGHTS,
    Asking,
    Candidate,
    Input,
    Relevant,
    relevant,
)
from trellis.resources.models import EvidenceTier, Resource
from trellis.trust import clock


@dataclass(frozen=True, slots=True)
class Context:
    """What a teacher teaches this year, as far as it makes a resource fit."""

    grade: str
    subject: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource in a list with what it is and why it is shown."""

    id: UUID
    title: str
    summary: str
    about: str
    reasons: tuple[str, ...]
    exact: tuple[tuple[str, float], ...]  # each reason's words and what it adds
    score: float


def relevant_to(
    teacher: Person,
    *,
    titles: Mapping[str, str],
    insights: Mapping[str, float] | None = None,
    goal_words: str = "",
    goal_element: str = "",
    search: str = "",
    minutes: int | None = None,
    saved: Collection[UUID] = (),
    weights: Mapping[Input, float] = DEFAULT_WEIGHTS,
    with_her_data: bool = True,
    most: int = 12,
) -> list[Shown]:
    """Return what could be relevant to a teacher, each with its reasons.

    titles : the name of each element of practice, by code
    """
    resources = {str(r.pk): r for r in _active()}
    context = context_of(teacher)
    asking = Asking(
        search=search,
        goal_words=goal_words,
        goal_element=goal_element,
        insights=dict(insights or {}),
        grade=context.grade,
        subject=context.subject,
        minutes=minutes,
        seen=frozenset(str(pk) for pk in saved),
    )
    found = relevant(
        [candidate(r, titles) for r in resources.values()],
        asking if with_her_data else asking.without_her_data(),
        titles=titles,
        weights=weights,
        most=most,
    )
    return [_shown(resources[one.candidate.key], one) for one in found]


def context_of(teacher: Person) -> Context:
    """Return the grade and subject that a teacher teaches this year, where it is one."""
    year = clock.school_year(clock.today())
    taught = Section.objects.filter(teachings__person=teacher, school_year=year, is_active=True)
    rows = list(taught.values_list("grade", "subject"))
    if not rows:
        rows = [
            (grade, subject)
            for grades, subjects in Employment.objects.filter(
                person=teacher, school_year=year
            ).values_list("grades", "subjects")
            for grade in grades.split(";")
            for subject in subjects.split(";")
        ]
    grades, subjects = {g for g, _ in rows if g}, {s.lower() for _, s in rows if s}
    one = grades.pop() if len(grades) == 1 else ""
    return Context(one, subjects.pop() if len(subjects) == 1 else "")


def candidate(resource: Resource, titles: Mapping[str, str]) -> Candidate:
    """Return a resource as relevance sees it."""
    return Candidate(
        key=str(resource.pk),
        title=resource.title,
        words=" ".join([resource.summary, *(titles.get(e, "") for e in resource.elements)]),
        elements=tuple(resource.elements),
        grades=tuple(resource.grades),
        subjects=tuple(subject.lower() for subject in resource.subjects),
        minutes=resource.minutes,
        provider=resource.provider.name if resource.provider else "",
        evidence=resource.evidence_tier,
    )


def _active() -> list[Resource]:
    return list(
        Resource.objects.filter(is_active=True)
        .select_related("provider")
        .order_by(F("title").asc(), "pk")
    )


def _shown(resource: Resource, one: Relevant) -> Shown:
    tier = EvidenceTier(resource.evidence_tier).label.lower()
    parts = [resource.get_kind_display()]
    if resource.minutes:
        parts.append(f"{resource.minutes} minutes")
    if resource.provider:
        parts.append(f"from {resource.provider.name}")
    parts.append(f"evidence of effect: {tier}")
    return Shown(
        id=resource.pk,
        title=resource.title,
        summary=resource.summary,
        about=", ".join(parts),
        reasons=tuple(reason.words for reason in one.reasons),
        exact=tuple((reason.words, reason.value) for reason in one.reasons),
        score=one.score,
    )
