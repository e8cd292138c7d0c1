"""Change a plan: set, refine, meet, raise and set aside goals, check in, take steps.

Every action here is the owner's alone. What others may do to a plan stands in `proposals`.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from trellis.insights import actions as insights
from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.plans import events
from trellis.plans.models import (
    ActionStep,
    CheckIn,
    Goal,
    GoalVersion,
    Measure,
    Plan,
    SavedResource,
)
from trellis.plans.policies import OnlyTheOwnerDecides, only_the_owner
from trellis.resources.models import Resource
from trellis.trust import clock
from trellis.trust.events import record

OPEN = (Goal.State.DRAFTING, Goal.State.SET, Goal.State.IN_PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureGiven:
    """How she will know: what she counts, from where to where."""

    what: str
    baseline: int
    target: int
    unit: str = "students"
    out_of: int | None = None


class StaleText(Exception):  # noqa: N818  (a state of the text, not a fault of the writer)
    """The text was changed elsewhere since it was opened; both texts are kept."""

    def __init__(self, current: str, version: int) -> None:
        super().__init__("This was changed elsewhere since you opened it.")
        self.current = current
        self.version = version


@transaction.atomic
def start_plan(teacher: Person, *, by: Person) -> Plan:
    """Return the teacher's plan of this school year; begin it where there is none."""
    if by.pk != teacher.pk:
        raise OnlyTheOwnerDecides
    year = clock.school_year(clock.today())
    plan, begun = Plan.objects.get_or_create(
        teacher=teacher, school_year=year, defaults={"started_at": clock.now()}
    )
    if begun:
        record(events.PlanStarted(school_year=year), by=by, about=teacher, subject=plan.pk)
    return plan


@transaction.atomic
def set_goal(
    teacher: Person,
    *,
    by: Person,
    text: str,
    why: str = "",
    element: str = "",
    due_on: date | None = None,
    measure: MeasureGiven | None = None,
    insight: Insight | None = None,
) -> Goal:
    """Set a goal, from an insight of her own or from scratch."""
    plan = start_plan(teacher, by=by)
    if insight is not None and insight.owner_id != teacher.pk:
        raise OnlyTheOwnerDecides
    goal = Goal.objects.create(
        plan=plan,
        text=text,
        why=why,
        element=element or (insight.element if insight else ""),
        insight=insight,
        due_on=due_on,
        set_on=clock.today(),
    )
    if measure is not None:
        _measure(goal, measure)
    _changed(plan)
    record(events.GoalSet(goal=goal.pk), by=by, about=teacher, subject=goal.pk)
    return goal


@transaction.atomic
def check_in(goal: Goal, *, by: Person, on: date, value: int, note: str = "") -> CheckIn:
    """Write down what she counted; a second count of the same day replaces the first."""
    only_the_owner(goal.plan, by)
    _still_open(goal)
    measure = Measure.objects.filter(goal=goal).first()
    if measure is None:
        raise ValidationError("Say first what you count, then check in.", code="no_measure")
    _countable(measure, on, value)
    taken, _ = CheckIn.objects.update_or_create(
        measure=measure, on=on, defaults={"value": value, "note": note}
    )
    if goal.state != Goal.State.IN_PROGRESS:
        goal.state = Goal.State.IN_PROGRESS
        goal.save(update_fields=["state"])
    _changed(goal.plan)
    record(events.CheckedIn(goal=goal.pk, on=on), by=by, about=by, subject=goal.pk)
    return taken


@transaction.atomic
def measure_goal(goal: Goal, *, by: Person, measure: MeasureGiven) -> Measure:
    """Say how she will know, for a goal that was set without a measure."""
    only_the_owner(goal.plan, by)
    _still_open(goal)
    if Measure.objects.filter(goal=goal).exists():
        raise ValidationError("This goal has its measure. Refine or raise the goal instead.")
    _changed(goal.plan)
    return _measure(goal, measure)


@transaction.atomic
def refine_goal(goal: Goal, *, by: Person, version: int, text: str, reason: str = "") -> Goal:
    """Put a goal in new words; the earlier ones are kept with the reason."""
    only_the_owner(goal.plan, by)
    current = Goal.objects.select_for_update().get(pk=goal.pk)
    _still_open(current)
    if current.version != version:
        raise StaleText(current.text, current.version)
    GoalVersion.objects.create(
        goal=current,
        version=current.version,
        text=current.text,
        reason=reason,
        replaced_at=clock.now(),
    )
    current.text, current.version = text, version + 1
    current.save(update_fields=["text", "version"])
    _changed(goal.plan)
    happened = events.GoalRefined(goal=current.pk, version=current.version)
    record(happened, by=by, about=by, subject=current.pk)
    return current


@transaction.atomic
def meet_goal(goal: Goal, *, by: Person) -> Goal:
    """Record that the teacher considers the goal met."""
    only_the_owner(goal.plan, by)
    _still_open(goal)
    _close(goal, Goal.State.MET)
    record(events.GoalMet(goal=goal.pk), by=by, about=by, subject=goal.pk)
    return goal


@transaction.atomic
def raise_goal(
    goal: Goal,
    *,
    by: Person,
    text: str,
    why: str = "",
    target: int | None = None,
    due_on: date | None = None,
) -> Goal:
    """Set a higher goal on a met one: the new goal grows from where the old one arrived."""
    only_the_owner(goal.plan, by)
    if goal.state != Goal.State.MET:
        meet_goal(goal, by=by)
    measure = Measure.objects.filter(goal=goal).first()
    if measure is not None and target is not None and target <= measure.target:
        raise ValidationError(
            f"A raised goal aims higher than {measure.target}. "
            "To aim elsewhere, refine the goal or set another.",
            code="not_higher",
        )
    goal.state = Goal.State.RAISED
    goal.save(update_fields=["state"])
    raised = Goal.objects.create(
        plan=goal.plan,
        text=text,
        why=why or goal.why,
        element=goal.element,
        insight=goal.insight,
        parent=goal,
        due_on=due_on,
        set_on=clock.today(),
    )
    if measure is not None and target is not None:
        _measure(raised, _from_where_it_arrived(measure, target))
    _changed(goal.plan)
    happened = events.GoalRaised(goal=goal.pk, raised_to=raised.pk)
    record(happened, by=by, about=by, subject=raised.pk)
    return raised


@transaction.atomic
def set_aside(goal: Goal, *, by: Person, reason: str = "") -> Goal:
    """Let a goal rest; a reason is welcome and never needed."""
    only_the_owner(goal.plan, by)
    _still_open(goal)
    goal.closed_because = reason
    _close(goal, Goal.State.SET_ASIDE)
    record(events.GoalSetAside(goal=goal.pk), by=by, about=by, subject=goal.pk)
    return goal


@transaction.atomic
def take_step(
    plan: Plan, *, by: Person, text: str, follow_up_on: date, goal: Goal | None = None
) -> ActionStep:
    """Take one small step into the plan, with a day to look back on it."""
    only_the_owner(plan, by)
    step = ActionStep.objects.create(
        plan=plan, goal=goal, text=text, agreed_on=clock.today(), follow_up_on=follow_up_on
    )
    _changed(plan)
    happened = events.StepAgreed(step=step.pk, follow_up_on=follow_up_on)
    record(happened, by=by, about=by, subject=step.pk)
    return step


@transaction.atomic
def look_back(step: ActionStep, *, by: Person, state: str, note: str = "") -> ActionStep:
    """Say how a step went: it works, it needs adapting, or it is dropped."""
    only_the_owner(step.plan, by)
    step.state, step.note, step.looked_back_on = state, note, clock.today()
    step.save(update_fields=["state", "note", "looked_back_on"])
    _changed(step.plan)
    record(events.StepLookedBack(step=step.pk), by=by, about=by, subject=step.pk)
    return step


@transaction.atomic
def move_step(step: ActionStep, *, by: Person, follow_up_on: date) -> ActionStep:
    """Look back on another day; nothing is ever late."""
    only_the_owner(step.plan, by)
    if follow_up_on < clock.today():
        raise ValidationError("Choose today or a later day.", code="past")
    step.follow_up_on = follow_up_on
    step.save(update_fields=["follow_up_on"])
    _changed(step.plan)
    happened = events.StepMoved(step=step.pk, follow_up_on=follow_up_on)
    record(happened, by=by, about=by, subject=step.pk)
    return step


@transaction.atomic
def save_resource(teacher: Person, resource: Resource, *, by: Person) -> SavedResource:
    """Put a resource beside her plan, by her own hand."""
    plan = start_plan(teacher, by=by)
    saved, new = SavedResource.objects.get_or_create(
        plan=plan, resource=resource, defaults={"saved_at": clock.now()}
    )
    if new:
        record(events.ResourceSaved(resource=resource.pk), by=by, about=by, subject=plan.pk)
    return saved


@transaction.atomic
def remove_resource(saved: SavedResource, *, by: Person) -> None:
    """Take a resource off her plan."""
    only_the_owner(saved.plan, by)
    saved.delete()


@transaction.atomic
def grant_time(plan: Plan, *, by: Person, weekly_minutes: int) -> Plan:
    """Say how many minutes a week she gives; everything offered stays inside them."""
    only_the_owner(plan, by)
    plan.weekly_minutes = weekly_minutes
    plan.save(update_fields=["weekly_minutes"])
    record(events.TimeGranted(minutes=weekly_minutes), by=by, about=by, subject=plan.pk)
    return plan


def _measure(goal: Goal, given: MeasureGiven) -> Measure:
    if given.out_of is not None and max(given.baseline, given.target) > given.out_of:
        raise ValidationError(
            f"The start and the target can be at most {given.out_of}, the number you count from.",
            code="beyond",
        )
    return Measure.objects.create(
        goal=goal,
        what=given.what,
        unit=given.unit,
        out_of=given.out_of,
        baseline=given.baseline,
        target=given.target,
    )


def _from_where_it_arrived(measure: Measure, target: int) -> MeasureGiven:
    last = measure.check_ins.order_by("-on").first()
    return MeasureGiven(
        what=measure.what,
        unit=measure.unit,
        out_of=measure.out_of,
        baseline=last.value if last else measure.target,
        target=target,
    )


def _countable(measure: Measure, on: date, value: int) -> None:
    if on > clock.today():
        raise ValidationError("A check-in is of today or an earlier day.", code="future")
    if measure.out_of is not None and value > measure.out_of:
        raise ValidationError(
            f"You count out of {measure.out_of}: write a number from 0 to {measure.out_of}.",
            code="beyond",
        )


def _still_open(goal: Goal) -> None:
    if goal.state not in OPEN:
        raise ValidationError(
            f"This goal is {goal.get_state_display().lower()}. You can set a new one.",
            code="closed",
        )


def _close(goal: Goal, state: Goal.State) -> None:
    goal.state = state
    goal.closed_on = clock.today()
    goal.save(update_fields=["state", "closed_on", "closed_because"])
    _changed(goal.plan)


def _changed(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(version=F("version") + 1)
    insights.focus(plan.teacher, _focus_areas(plan.teacher))


def _focus_areas(teacher: Person) -> dict[str, date]:
    """Return the elements of all her open goals, and the day on which each was first chosen."""
    goals = Goal.objects.filter(plan__teacher=teacher, state__in=OPEN).exclude(element="")
    return dict(goals.order_by("-set_on").values_list("element", "set_on"))
