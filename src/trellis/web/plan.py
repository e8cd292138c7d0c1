"""Open My plan with what partners add to it: their promises, and the cycle so far."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from trellis.coaching import queries as coaching
from trellis.coaching.models import Visit
from trellis.people.models import Person
from trellis.people.requests import PersonRequest
from trellis.plans.queries import GoalRow, Lineage, PlanPage, plan_of
from trellis.plans.views import plan_frame
from trellis.ui import charts

MOST_EVENTS = 8


def my_plan(request: PersonRequest) -> HttpResponse:
    """Show her own plan, or the invitation to begin one."""
    plan = plan_of(request.user)
    if plan is None:
        return render(request, "plans/begin.html")
    frame = plan_frame(request, plan)
    page: PlanPage = frame["page"]  # type: ignore[assignment]  # a context holds anything
    more = {
        "promises": coaching.steps_between(request.user),
        "cycle": cycle_figure(request.user, page.open[0]) if page.open else None,
    }
    return render(request, "web/my_plan.html", frame | more)


def cycle_figure(teacher: Person, lineage: Lineage) -> SafeString | None:
    """Draw what happened around a goal and what is planned; None before there is a visit."""
    since = min(g.set_on for g in lineage.goals)
    states = (Visit.State.ACCEPTED, Visit.State.DONE, Visit.State.DEBRIEFED)
    visits = [
        v
        for v in coaching.visits_of(teacher, *states)
        if v.host.pk == teacher.pk and v.day and v.day >= since
    ]
    if not visits:
        return None
    contacts = [
        charts.TimelineEvent(v.day, f"visit, {v.visitor.given_name}", done=not v.is_coming)
        for v in visits
        if v.day
    ]
    milestones = [event for goal in lineage.goals for event in _milestones(goal)]
    drawing = charts.timeline(
        [*milestones, *contacts[-MOST_EVENTS:]],
        name=charts.Naming("cycle", "What happened around this goal", "Milestones and visits."),
    )
    return charts.figure(
        drawing,
        caption="The way so far",
        note="Filled: it happened. Open: planned.",
        level=2,
        summary="Show as a list",
    )


def _milestones(goal: GoalRow) -> list[charts.TimelineEvent]:
    words = {"raised": "met, raised", "met": "met", "set aside": "set aside"}
    events = []
    if goal.closed_on:
        said = words.get(goal.state, "closed")
        events.append(charts.TimelineEvent(goal.closed_on, said, done=True, milestone=True))
    else:
        events.append(charts.TimelineEvent(goal.set_on, "goal set", done=True, milestone=True))
    if goal.is_open and goal.due_on:
        events.append(charts.TimelineEvent(goal.due_on, "target", done=False, milestone=True))
    return events
