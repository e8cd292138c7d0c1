"""Open a teacher's Today: one next thing, what stands out, her goals, her week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from trellis.coaching import queries as coaching
from trellis.coaching.models import Visit
from trellis.insights import queries as insights
from trellis.people.models import Person
from trellis.people.requests import PersonRequest
from trellis.plans import queries as plans
from trellis.trust import clock
from trellis.trust.queries import Look, who_looked
from trellis.ui import charts
from trellis.ui.visibility import Visible, shared_with
from trellis.web import waits
from trellis.web.next_thing import Candidate, Urge, choose

MOST_INSIGHTS = 3
LOOKS_SHOWN = 3
SURE_CLASS = {"not enough": "none", "early": "early", "fairly": "fairly", "well": "well"}


@dataclass(frozen=True, slots=True)
class StandsOut:
    """An insight in a sentence, with how sure it is and its small interval."""

    row: insights.InsightRow
    sure: str
    mini: SafeString


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Something that takes place this week."""

    on: date
    at: time  # the end of the day where no hour is set
    when: str
    title: str
    text: str
    href: str
    visible: Visible


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody else's question, beside the page until the reader has time for it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """All that a teacher's first page shows."""

    greeting: str
    next: Candidate | None
    stands_out: tuple[StandsOut, ...]
    lineages: tuple[plans.Lineage, ...]
    visible: Visible
    week: tuple[WeekRow, ...]
    promises: tuple[coaching.StepRow, ...]
    minutes: int
    granted: int
    looks: tuple[Look, ...]
    waiting: tuple[Waiting, ...]


def today(request: PersonRequest) -> HttpResponse:
    """Show a teacher what comes next and what her evidence says so far."""
    template = "web/today.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        template += "#first"
    return render(request, template, {"page": today_page(request.user)})


def today_page(teacher: Person) -> TodayPage:
    """Read the whole page; the number of queries does not grow with what there is."""
    day = clock.today()
    plan = plans.plan_of(teacher)
    steps = plans.steps_of(plan) if plan else ()
    lineages = plans.lineages_of(plan) if plan else ()
    suggestions = plans.waiting_for(plan) if plan else ()
    in_plan = plans.collaborators_of(plan) if plan else ()
    people = coaching.my_people(teacher)
    promises = coaching.steps_between(teacher)
    visits = coaching.visits_of(
        teacher, Visit.State.PROPOSED, Visit.State.ACCEPTED, Visit.State.DONE
    )
    shown = insights.shown_to(teacher)[:MOST_INSIGHTS]
    open_lineages = tuple(x for x in lineages if x.newest.is_open)
    candidates = [
        *waits.visits_to_answer(visits, teacher),
        *waits.look_backs(steps, promises),
        *waits.fresh_notes(visits, teacher, day),
        *waits.invitations(people),
        *waits.suggestions(suggestions),
    ]
    if not open_lineages:
        candidates += [*waits.questions(shown), waits.first_goal(day)]
    chosen = choose(candidates, day)
    return TodayPage(
        greeting=greeting(teacher),
        next=chosen,
        stands_out=tuple(_stands_out(i) for i in shown),
        lineages=open_lineages,
        visible=shared_with([c.given_name for c in in_plan]),
        week=week_of(teacher, visits, day),
        promises=promises,
        minutes=coaching.minutes_between(teacher, monday(day), monday(day) + timedelta(days=6)),
        granted=plan.weekly_minutes if plan else 60,
        looks=tuple(who_looked(teacher, limit=LOOKS_SHOWN)),
        waiting=tuple(_waiting(candidates, chosen)),
    )


def greeting(person: Person) -> str:
    """Greet a person by the hour of the day."""
    hour = clock.now().hour
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return f"Good {part}, {person.given_name}"


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


def week_of(
    person: Person, visits: tuple[coaching.VisitRow, ...], day: date
) -> tuple[WeekRow, ...]:
    """Return what takes place within seven days, as host or as partner."""
    last = day + timedelta(days=6)
    rows = [
        _visit_in_week(v, person) for v in visits if v.is_coming and v.day and day <= v.day <= last
    ]
    rows += [
        _session_in_week(s) for s in coaching.sessions_planned(person, last) if s.held_on >= day
    ]
    return tuple(sorted(rows, key=lambda r: (r.on, r.at)))


def _visit_in_week(visit: coaching.VisitRow, person: Person) -> WeekRow:
    at = localtime(visit.planned_for) if visit.planned_for else None
    is_host = person.pk == visit.host.pk
    other = visit.visitor if is_host else visit.host
    where = visit.section or ("class" if is_host else "the class")
    title = (
        f"{other.given_name} visits your {where}"
        if is_host
        else f"You visit {other.given_name}’s {where}"
    )
    asked = "; ".join(visit.look_fors) or visit.question
    return WeekRow(
        on=visit.day or clock.today(),
        at=at.time() if at else time.max,
        when=f"{at:%a} {at.day}, {at:%-I:%M}" if at else "",
        title=title,
        text=f"To look for: {asked}." if asked else "Nothing in particular to look for.",
        href=reverse("coaching:visit", args=[visit.id]),
        visible=shared_with([other.given_name]),
    )


def _session_in_week(session: coaching.SessionRow) -> WeekRow:
    day = session.held_on
    hour = f", {session.starts_at:%-I:%M}" if session.starts_at else ""
    return WeekRow(
        on=day,
        at=session.starts_at or time.max,
        when=f"{day:%a} {day.day}{hour}",
        title=f"Meet {session.with_whom}",
        text=f"{session.minutes} minutes, {session.mode}.",
        href=reverse("coaching:partnership", args=[session.partnership_id]),
        visible=shared_with([session.with_whom]),
    )


def _stands_out(row: insights.InsightRow) -> StandsOut:
    return StandsOut(
        row,
        SURE_CLASS[row.sure],
        charts.mini(row.low, row.level, row.high, key=f"i{row.id.hex[:12]}", title=row.title),
    )


def _waiting(candidates: list[Candidate], chosen: Candidate | None) -> Iterator[Waiting]:
    asked = (
        Urge.ANSWER_A_VISIT,
        Urge.ANSWER_AN_INVITATION,
        Urge.ANSWER_A_SUGGESTION,
    )
    # What one person asks of the same kind several times is said once.
    rest = [c for c in candidates if c.urge in asked and c is not chosen]
    for _, same in groupby(rest, key=lambda c: (c.title, c.href)):
        first = next(same)
        yield Waiting(f"{first.title}.", first.href)
