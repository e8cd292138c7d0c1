"""Show a leader whether support reaches her school, without a word of what is said in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from trellis.coaching.models import Partnership, Session, Visit
from trellis.evidence.framework import title_of
from trellis.people.models import Employment, Person, School
from trellis.people.queries import school_ids_led_by
from trellis.people.requests import PersonRequest
from trellis.plans.models import Goal
from trellis.trust import clock
from trellis.trust.suppression import Band, Cell, Count, Hidden, Shown, choices, figure, reach
from trellis.ui.charts.glyphs import bar
from trellis.ui.charts.glyphs import reach as reach_sign
from trellis.web.holdings import SharedThing, shared_with_me

HELD = (Visit.State.DONE, Visit.State.DEBRIEFED)
SEVERAL = "Several grades"
GRADE_GROUPS = (
    ("Kindergarten to grade 1", frozenset({"PK", "TK", "KG", "K", "01"})),
    ("Grades 2 and 3", frozenset({"02", "03"})),
    ("Grades 4 and 5", frozenset({"04", "05"})),
    ("Grades 6 to 8", frozenset({"06", "07", "08"})),
    ("Grades 9 to 12", frozenset({"09", "10", "11", "12"})),
)
EXPERIENCE_GROUPS = ("First three years", "4 to 10 years", "More than 10 years")


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One group of teachers: how many they are and how far support reaches, or why not shown."""

    label: str
    teachers: int
    words: str
    sign: SafeString | None

    @property
    def is_shown(self) -> bool:
        return self.sign is not None


@dataclass(frozen=True, slots=True)
class FocusRow:
    """One area of practice that at least five teachers chose for themselves."""

    label: str
    teachers: Count
    sign: SafeString


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """All that a leader sees of support in a school."""

    school: str
    teachers: int
    since: date
    as_of: date
    overall: ReachRow
    by_grade: list[ReachRow]
    by_experience: list[ReachRow]
    focus: list[FocusRow]
    other_areas: bool
    hours: Cell[int]
    shares: list[SharedThing]
    unopened: SharedThing | None


@dataclass(frozen=True, slots=True)
class _Teacher:
    id: UUID
    grades: str
    years: int


@dataclass(frozen=True, slots=True)
class _Contact:
    """The countable facts of one session or visit."""

    teacher: UUID
    partner: UUID
    kind: str
    minutes: int


def school(request: PersonRequest) -> HttpResponse:
    """Open the page of the school that the reader leads."""
    led = schools_led_by(request.user)
    if not led:
        raise PermissionDenied("This page is for those who lead a school.")
    asked = request.GET.get("school", "")
    here = next((s for s in led if str(s.pk) == asked), led[0])
    page = page_of(request.user, here)
    others = [s for s in led if s != here]
    return render(request, "web/school.html", {"page": page, "others": others})


def schools_led_by(person: Person) -> list[School]:
    """Return the schools that a person leads today, by name."""
    return list(School.objects.filter(pk__in=school_ids_led_by(person)).order_by("name"))


def page_of(leader: Person, school: School) -> SchoolPage:
    """Return what the leader sees of the school; every figure through the one suppression."""
    as_of = last_sunday(clock.today())
    year = clock.school_year(as_of)
    since = date(year - 1, 7, 1)
    teachers = _teachers(school, year)
    ids = {t.id for t in teachers}
    contacts = [c for c in _contacts(ids, since, as_of) if c.teacher in ids or c.partner in ids]
    overall, by_grade, by_experience = _reach(teachers, contacts)
    focus, other_areas = _focus(ids, as_of)
    shares = shared_with_me(leader)
    return SchoolPage(
        school=school.name,
        teachers=len(teachers),
        since=since,
        as_of=as_of,
        overall=overall,
        by_grade=by_grade,
        by_experience=by_experience,
        focus=focus,
        other_areas=other_areas,
        hours=_hours([c for c in contacts if c.teacher in ids]),
        shares=shares,
        unopened=next((s for s in shares if not s.is_opened), None),
    )


def last_sunday(day: date) -> date:
    """Return the last Sunday before a day.

    Figures move once a week, so that a reader who looks every day cannot see whose session it was.
    """
    return day - timedelta(days=day.isoweekday() % 7 or 7)


def _teachers(school: School, year: int) -> list[_Teacher]:
    rows = (
        Employment.objects.filter(school=school, school_year=year, person__is_active=True)
        .order_by("person_id")
        .values_list("person_id", "grades", "years_experience")
    )
    return [_Teacher(*row) for row in rows]


def _contacts(ids: set[UUID], since: date, until: date) -> list[_Contact]:
    """Return what was held with these teachers, or by them as peers who visit and meet."""
    theirs = Q(partnership__teacher__in=ids) | Q(
        partnership__partner__in=ids, partnership__kind=Partnership.Kind.PEER
    )
    facts = ("partnership__teacher_id", "partnership__partner_id", "partnership__kind", "minutes")
    sessions = Session.objects.filter(
        theirs, held_on__range=(since, until), logged_at__isnull=False
    ).values_list(*facts)
    visits = Visit.objects.filter(
        theirs, held_on__range=(since, until), state__in=HELD
    ).values_list(*facts)
    return [_Contact(t, p, k, m or 0) for t, p, k, m in [*sessions, *visits]]


def _reach(
    teachers: list[_Teacher], contacts: list[_Contact]
) -> tuple[ReachRow, list[ReachRow], list[ReachRow]]:
    reached = {c.teacher for c in contacts}
    reached |= {c.partner for c in contacts if c.kind == Partnership.Kind.PEER}
    grades = _grouped((_grade_group(t.grades), t.id) for t in teachers)
    years = _grouped((_experience_group(t.years), t.id) for t in teachers)
    labels = [label for label, _ in GRADE_GROUPS] + [SEVERAL]
    tables = [
        [("The whole school", frozenset(t.id for t in teachers))],
        [(label, grades[label]) for label in labels if label in grades],
        [(label, years[label]) for label in EXPERIENCE_GROUPS if label in years],
    ]
    groups = [group for table in tables for group in table]
    # All groups in one call: the guard must see side by side what the reader sees so.
    cells = iter(reach([members for _, members in groups], reached))
    rows = [[_reach_row(label, members, next(cells)) for label, members in t] for t in tables]
    return rows[0][0], rows[1], rows[2]


def _reach_row(label: str, members: frozenset[UUID], cell: Cell[Band]) -> ReachRow:
    if isinstance(cell, Hidden):
        return ReachRow(label, len(members), cell.reason, None)
    return ReachRow(label, len(members), cell.value.value, reach_sign(cell.value.fifth))


def _grouped(pairs: Iterable[tuple[str, UUID]]) -> dict[str, frozenset[UUID]]:
    groups: dict[str, set[UUID]] = {}
    for label, person in pairs:
        groups.setdefault(label, set()).add(person)
    return {label: frozenset(members) for label, members in groups.items()}


def _grade_group(grades: str) -> str:
    taught = {g.strip() for g in grades.split(";") if g.strip()}
    for label, inside in GRADE_GROUPS:
        if taught and taught <= inside:
            return label
    return SEVERAL


def _experience_group(years: int) -> str:
    if years <= 3:
        return EXPERIENCE_GROUPS[0]
    return EXPERIENCE_GROUPS[1] if years <= 10 else EXPERIENCE_GROUPS[2]


def _focus(ids: set[UUID], as_of: date) -> tuple[list[FocusRow], bool]:
    """Count teachers by the areas they chose, in a goal or a partnership; anonymous counts only."""
    open_goal = Q(set_on__lte=as_of) & (Q(closed_on=None) | Q(closed_on__gt=as_of))
    goals = (
        Goal.objects.filter(open_goal, plan__teacher__in=ids)
        .exclude(state=Goal.State.DRAFTING)
        .values_list("plan__teacher_id", "element")
    )
    going_on = Q(started_on__lte=as_of) & (Q(ended_on=None) | Q(ended_on__gt=as_of))
    partnerships = Partnership.objects.filter(going_on, teacher__in=ids).values_list(
        "teacher_id", "focus_element"
    )
    chosen: dict[str, set[UUID]] = {}
    for teacher, element in [*goals, *partnerships]:
        if element:
            chosen.setdefault(element, set()).add(teacher)
    cells = choices({e: len(who) for e, who in chosen.items()}, population=len(ids))
    shown = {e: cell.value for e, cell in cells.items() if isinstance(cell, Shown)}
    most = max((count.value for count in shown.values()), default=1)
    rows = [
        FocusRow(title_of(element), count, bar(count.value, most))
        for element, count in sorted(shown.items(), key=lambda kv: (-kv[1].value, kv[0]))
    ]
    return rows, len(shown) < len(cells)


def _hours(contacts: list[_Contact]) -> Cell[int]:
    """Return the time given, in whole hours: about coaches' time too, so at least two of them."""
    return figure(
        round(sum(c.minutes for c in contacts) / 60),
        teachers=len({c.teacher for c in contacts}),
        coaches=len({c.partner for c in contacts}),
    )
