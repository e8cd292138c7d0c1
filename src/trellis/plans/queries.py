"""Read a plan for its pages: lineages of goals, steps, others' ideas, in typed rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from trellis.evidence.framework import title_of
from trellis.people.models import EvaluatorRelation, Person, Role, RoleGrant
from trellis.people.queries import grants_of, open_on
from trellis.plans.models import (
    ActionStep,
    CheckIn,
    Collaborator,
    Comment,
    Goal,
    GoalVersion,
    Measure,
    Plan,
    SavedResource,
    Suggestion,
)
from trellis.plans.peers import PeersRow, peers
from trellis.plans.policies import GoalPolicy
from trellis.trust import clock


@dataclass(frozen=True, slots=True)
class CountRow:
    """One check-in."""

    on: date
    value: int
    note: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """What is counted, with each count so far."""

    what: str
    unit: str
    out_of: int | None
    baseline: int
    target: int
    counts: tuple[CountRow, ...]

    @property
    def last(self) -> CountRow | None:
        return self.counts[-1] if self.counts else None

    @property
    def last_words(self) -> str:
        """Say the newest count as a title does: "16 of 24 students"."""
        value = self.last.value if self.last else self.baseline
        return f"{value} of {self.out_of} {self.unit}" if self.out_of else f"{value} {self.unit}"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An earlier wording."""

    version: int
    text: str
    reason: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as its pages show it."""

    id: UUID
    text: str
    why: str
    element: str
    state: str
    state_words: str
    set_on: date
    due_on: date | None
    closed_on: date | None
    closed_because: str
    version: int
    insight_id: UUID | None
    measure: MeasureRow | None
    versions: tuple[VersionRow, ...]

    @property
    def is_open(self) -> bool:
        return self.state in (Goal.State.SET, Goal.State.IN_PROGRESS, Goal.State.DRAFTING)

    @property
    def is_reached(self) -> bool:
        """Return whether the newest count has arrived at the target."""
        last = self.measure.last if self.measure else None
        return last is not None and self.measure is not None and last.value >= self.measure.target

    @property
    def peers(self) -> tuple[PeersRow, ...]:
        target = self.measure.target if self.measure else None
        return peers(self.text, self.why, counts=target, due_on=self.due_on)


@dataclass(frozen=True, slots=True)
class Lineage:
    """Goals that grew out of each other, the newest first."""

    goals: tuple[GoalRow, ...]

    @property
    def newest(self) -> GoalRow:
        return self.goals[0]

    @property
    def earlier(self) -> tuple[GoalRow, ...]:
        return self.goals[1:]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A next step of the owner."""

    id: UUID
    text: str
    state: str
    state_words: str
    agreed_on: date
    follow_up_on: date
    looked_back_on: date | None
    note: str

    @property
    def waits(self) -> bool:
        """Return whether nobody has looked back on it yet."""
        return self.looked_back_on is None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """Somebody's idea that waits for the owner's word."""

    id: UUID
    kind: str
    kind_words: str
    text: str
    reason: str
    by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody said about a plan."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CollaboratorRow:
    """Who is in a plan besides its owner."""

    id: int
    person_id: UUID
    name: str
    given_name: str
    may_propose: bool


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A resource that she put beside her plan."""

    id: int
    resource_id: UUID
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """All that the page of a plan shows."""

    id: UUID
    teacher: Person
    year: str
    version: int
    weekly_minutes: int
    open: tuple[Lineage, ...]
    closed: tuple[Lineage, ...]
    steps: tuple[StepRow, ...]
    suggestions: tuple[SuggestionRow, ...]
    comments: tuple[CommentRow, ...]
    collaborators: tuple[CollaboratorRow, ...]
    saved: tuple[SavedRow, ...]

    @property
    def with_whom(self) -> tuple[str, ...]:
        return tuple(c.given_name for c in self.collaborators)


def plan_of(teacher: Person) -> Plan | None:
    """Return the teacher's plan of this school year, where she has begun one."""
    year = clock.school_year(clock.today())
    return Plan.objects.filter(teacher=teacher, school_year=year).select_related("teacher").first()


def plan_page(plan: Plan) -> PlanPage:
    """Read a plan whole; the number of queries does not grow with it."""
    lineages = lineages_of(plan)
    return PlanPage(
        id=plan.pk,
        teacher=plan.teacher,
        year=year_words(plan.school_year),
        version=plan.version,
        weekly_minutes=plan.weekly_minutes,
        open=tuple(x for x in lineages if x.newest.is_open),
        closed=tuple(x for x in lineages if not x.newest.is_open),
        steps=steps_of(plan),
        suggestions=waiting_for(plan),
        comments=tuple(
            CommentRow(c.by.full_name, c.text, c.at)
            for c in Comment.objects.filter(plan=plan).select_related("by")
        ),
        collaborators=collaborators_of(plan),
        saved=tuple(
            SavedRow(s.pk, s.resource_id, s.resource.title, s.resource.get_kind_display())
            for s in SavedResource.objects.filter(plan=plan).select_related("resource")
        ),
    )


def lineages_of(plan: Plan) -> tuple[Lineage, ...]:
    """Return the plan's goals, each with those that it was raised from."""
    goals = {g.pk: g for g in _goals().filter(plan=plan)}
    rows = {pk: _goal_row(g) for pk, g in goals.items()}
    raised = {g.parent_id for g in goals.values() if g.parent_id}
    return tuple(
        Lineage(tuple(rows[pk] for pk in _down_from(top, goals)))
        for top in goals
        if top not in raised
    )


def goal_row(goal: Goal) -> GoalRow:
    """Return one goal with its measure and its versions."""
    return _goal_row(_goals().get(pk=goal.pk))


def open_goal_for(reader: Person, teacher: Person) -> GoalRow | None:
    """Return a teacher's newest open goal, where this reader may read it."""
    open_ = [Goal.State.SET, Goal.State.IN_PROGRESS]
    mine = _goals().filter(GoalPolicy().readable_by(reader), plan__teacher=teacher)
    found = mine.filter(state__in=open_).first()
    return _goal_row(found) if found else None


def steps_of(plan: Plan) -> tuple[StepRow, ...]:
    """Return the plan's steps, what to look back on next first."""
    steps = ActionStep.objects.filter(plan=plan).order_by("looked_back_on", "follow_up_on")
    return tuple(_step_row(s) for s in sorted(steps, key=_open_first))


def saved_by(teacher: Person) -> frozenset[UUID]:
    """Return the resources that a teacher has beside this year's plan."""
    year = clock.school_year(clock.today())
    saved = SavedResource.objects.filter(plan__teacher=teacher, plan__school_year=year)
    return frozenset(saved.values_list("resource_id", flat=True))


def waiting_for(plan: Plan) -> tuple[SuggestionRow, ...]:
    """Return what others suggested and the owner has not answered."""
    waiting = Suggestion.objects.filter(plan=plan, state=Suggestion.State.WAITING)
    return tuple(
        SuggestionRow(
            s.pk,
            s.kind,
            s.get_kind_display(),
            s.text,
            s.reason,
            s.by.given_name,
            s.made_at,
        )
        for s in waiting.select_related("by")
    )


def collaborators_of(plan: Plan) -> tuple[CollaboratorRow, ...]:
    """Return who is in the plan today."""
    in_it = Collaborator.objects.filter(plan=plan, revoked_at=None).select_related("person")
    return tuple(
        CollaboratorRow(c.pk, c.person_id, c.person.full_name, c.person.given_name, c.may_propose)
        for c in in_it.order_by("invited_at")
    )


def people_to_invite(teacher: Person, kind: str = "") -> list[Person]:
    """Return coaches, mentors, consultants and colleagues of her school; never her evaluators.

    With the kind `peer` colleagues alone, with `coach` those alone whose work it is to help.
    """
    today = clock.today()
    schools = [g.school_id for g in grants_of(teacher) if g.school_id]
    open_grants = RoleGrant.objects.filter(open_on(today))
    helpers = open_grants.filter(role__in=[Role.COACH, Role.MENTOR, Role.CONSULTANT])
    colleagues = open_grants.filter(role=Role.TEACHER, school__in=schools)
    evaluators = EvaluatorRelation.objects.filter(
        teacher=teacher, school_year=clock.school_year(today)
    )
    wanted = {
        "peer": Q(pk__in=colleagues.values("person")),
        "coach": Q(pk__in=helpers.values("person")),
    }
    return list(
        Person.objects.filter(wanted.get(kind, wanted["peer"] | wanted["coach"]), is_active=True)
        .exclude(pk=teacher.pk)
        .exclude(pk__in=evaluators.values("evaluator"))
    )


def year_words(school_year: int) -> str:
    """Name a school year as people do: 2026 is 2025-26."""
    return f"{school_year - 1}-{school_year % 100:02d}"


def open_file(plan: Plan) -> dict[str, object]:
    """Return the whole plan as plain data that any program can read and its owner can keep."""
    page = plan_page(plan)
    return {
        "format": "trellis-plan",
        "version": 1,
        "teacher": page.teacher.full_name,
        "school_year": plan.school_year,
        "weekly_minutes": page.weekly_minutes,
        "goals": [_goal_file(g) for x in (*page.open, *page.closed) for g in x.goals],
        "steps": [
            {
                "text": s.text,
                "state": s.state,
                "agreed_on": s.agreed_on,
                "follow_up_on": s.follow_up_on,
                "looked_back_on": s.looked_back_on,
                "note": s.note,
            }
            for s in page.steps
        ],
        "suggestions_waiting": [
            {"by": s.by, "kind": s.kind, "text": s.text, "reason": s.reason}
            for s in page.suggestions
        ],
        "comments": [{"by": c.by, "text": c.text, "at": c.at} for c in page.comments],
        "resources": [{"title": s.title, "kind": s.kind} for s in page.saved],
    }


def _goal_file(goal: GoalRow) -> dict[str, object]:
    measure = goal.measure
    return {
        "id": goal.id,
        "text": goal.text,
        "why": goal.why,
        "element": goal.element,
        "state": goal.state,
        "set_on": goal.set_on,
        "due_on": goal.due_on,
        "closed_on": goal.closed_on,
        "closed_because": goal.closed_because,
        "earlier_wordings": [{"text": v.text, "reason": v.reason} for v in goal.versions],
        "measure": measure
        and {
            "what": measure.what,
            "unit": measure.unit,
            "out_of": measure.out_of,
            "baseline": measure.baseline,
            "target": measure.target,
            "check_ins": [{"on": c.on, "value": c.value, "note": c.note} for c in measure.counts],
        },
    }


def _goals() -> "QuerySet[Goal]":
    return (
        Goal.objects.select_related("measure")
        .prefetch_related("measure__check_ins", "versions")
        .order_by("-set_on", "-pk")
    )


def _down_from(top: UUID, goals: dict[UUID, Goal]) -> Iterable[UUID]:
    at: UUID | None = top
    while at is not None and at in goals:
        yield at
        at = goals[at].parent_id


def _goal_row(goal: Goal) -> GoalRow:
    measure = getattr(goal, "measure", None)
    return GoalRow(
        id=goal.pk,
        text=goal.text,
        why=goal.why,
        element=title_of(goal.element) if goal.element else "",
        state=goal.state,
        state_words=goal.get_state_display(),
        set_on=goal.set_on,
        due_on=goal.due_on,
        closed_on=goal.closed_on,
        closed_because=goal.closed_because,
        version=goal.version,
        insight_id=goal.insight_id,
        measure=_measure_row(measure) if measure else None,
        versions=tuple(_version_row(v) for v in goal.versions.all()),
    )


def _measure_row(measure: Measure) -> MeasureRow:
    counts: Iterable[CheckIn] = measure.check_ins.all()
    return MeasureRow(
        what=measure.what,
        unit=measure.unit,
        out_of=measure.out_of,
        baseline=measure.baseline,
        target=measure.target,
        counts=tuple(CountRow(c.on, c.value, c.note) for c in counts),
    )


def _version_row(version: GoalVersion) -> VersionRow:
    return VersionRow(version.version, version.text, version.reason, version.replaced_at)


def _step_row(step: ActionStep) -> StepRow:
    return StepRow(
        id=step.pk,
        text=step.text,
        state=step.state,
        state_words=step.get_state_display(),
        agreed_on=step.agreed_on,
        follow_up_on=step.follow_up_on,
        looked_back_on=step.looked_back_on,
        note=step.note,
    )


def _open_first(step: ActionStep) -> tuple[bool, date]:
    return step.looked_back_on is not None, step.follow_up_on
