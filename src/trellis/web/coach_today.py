"""Open a coach's Today: prepare the next visit, log a session, keep promises, notice the quiet."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from trellis.coaching import forms
from trellis.coaching import queries as coaching
from trellis.coaching.models import Visit
from trellis.coaching.policies import VisitPolicy
from trellis.coaching.views import log_start
from trellis.people.models import Person
from trellis.people.requests import PersonRequest
from trellis.plans import queries as plans
from trellis.trust import clock
from trellis.ui.visibility import shared_with
from trellis.web.today import WeekRow, greeting, week_of

QUIET_DAYS = 28
QUIET_SHOWN = 4
USUAL_LOAD = (8, 12)
FULL_LOAD = 16


@dataclass(frozen=True, slots=True)
class Preparation:
    """One screen before a visit: what the host asked, her goal if she shows it, last time."""

    visit: coaching.VisitRow
    goal: plans.GoalRow | None
    last: coaching.SessionRow | None
    promise: coaching.StepRow | None
    is_today: bool


@dataclass(frozen=True, slots=True)
class ToLog:
    """A planned session that was not logged yet, with its form filled in from the calendar."""

    session: coaching.SessionRow
    form: forms.LogForm


@dataclass(frozen=True, slots=True)
class CoachPage:
    """All that a coach's first page shows."""

    greeting: str
    lede: str
    next: Preparation | None
    meeting: WeekRow | None
    to_answer: tuple[coaching.PairRow, ...]
    visits_to_answer: tuple[coaching.VisitRow, ...]
    week: tuple[WeekRow, ...]
    to_log: ToLog | None
    pairs: tuple[coaching.PairRow, ...]
    promises: tuple[coaching.StepRow, ...]
    quiet: tuple[coaching.PairRow, ...]
    load: str


def coach_today(request: PersonRequest) -> HttpResponse:
    """Show a coach what the day needs."""
    return render(request, "web/coach_today.html", {"page": coach_page(request.user)})


def coach_page(coach: Person) -> CoachPage:
    """Read the whole page; the number of queries does not grow with the caseload."""
    day = clock.today()
    people = coaching.my_people(coach)
    visits = coaching.visits_of(coach, Visit.State.PROPOSED, Visit.State.ACCEPTED)
    promises = coaching.steps_between(coach)
    week = week_of(coach, visits, day)
    own = [v for v in visits if v.is_coming and v.visitor.pk == coach.pk and v.day and v.day >= day]
    pairs = tuple(p for p in people.active if p.role == "Teacher")
    preparation = _preparation(own[0], coach, promises) if own else None
    return CoachPage(
        greeting=greeting(coach),
        lede=lede_of(sum(row.on == day for row in week)),
        next=preparation,
        # Without a visit to prepare, the day opens on the first meeting of the week.
        meeting=_first_to_come(week) if preparation is None else None,
        to_answer=people.to_answer,
        visits_to_answer=tuple(
            v for v in visits if v.waits_for_answer and v.proposed_by_id != coach.pk
        ),
        week=week,
        to_log=_to_log(coach, day),
        pairs=pairs,
        promises=promises,
        quiet=gone_quiet(pairs, day)[:QUIET_SHOWN],
        load=load_words(len(pairs)),
    )


def _first_to_come(week: tuple[WeekRow, ...]) -> WeekRow | None:
    now = clock.now()
    return next((r for r in week if (r.on, r.at) >= (now.date(), now.time())), None)


def lede_of(today_rows: int) -> str:
    """Say how full the day is."""
    if not today_rows:
        return "Nothing is planned for today. Here is what comes next."
    if today_rows == 1:
        return "One meeting is planned for today. Here is what it needs."
    many = str(apnumber(today_rows)).capitalize()
    return f"{many} meetings are planned for today. Here is what each needs."


def load_words(pairs: int) -> str:
    """Say in words how a caseload compares with what leaves time for full cycles."""
    low, high = USUAL_LOAD
    many = f"{pairs} active partnership{'' if pairs == 1 else 's'}."
    usual = f"Coaches who keep full cycles usually carry {low} to {high}"
    if pairs < high:
        return f"{many} {usual}, so there is room for more."
    if pairs <= FULL_LOAD:
        return f"{many} {usual}: this is a full load."
    return (
        f"{many} {usual}. Above {FULL_LOAD}, cycles tend to be cut short: "
        "talk about it with whoever plans your time."
    )


def gone_quiet(pairs: tuple[coaching.PairRow, ...], day: date) -> tuple[coaching.PairRow, ...]:
    """Return partnerships without a meeting for four weeks and none planned, in order of name."""
    since = day - timedelta(days=QUIET_DAYS)
    quiet = [
        p for p in pairs if p.meets_next is None and (p.last_met or p.started_on or day) < since
    ]
    return tuple(sorted(quiet, key=lambda p: str(p.other)))


def _preparation(
    visit: coaching.VisitRow, coach: Person, promises: tuple[coaching.StepRow, ...]
) -> Preparation:
    # What stands here is the host's: she sees that it was opened.
    VisitPolicy().open(coach, visit.id)
    promised = [p for p in promises if p.partnership_id == visit.partnership_id and p.is_mine]
    return Preparation(
        visit=visit,
        goal=plans.open_goal_for(coach, visit.host),
        last=coaching.last_session(visit.partnership_id, coach),
        promise=promised[0] if promised else None,
        is_today=visit.planned_for is not None
        and localtime(visit.planned_for).date() == clock.today(),
    )


def _to_log(coach: Person, day: date) -> ToLog | None:
    planned = coaching.sessions_planned(coach, day)
    if not planned:
        return None
    newest = planned[-1]
    visible = shared_with([newest.with_whom])
    start = log_start(newest.held_on, newest.minutes)
    return ToLog(newest, forms.LogForm(initial=start, visible=visible))
