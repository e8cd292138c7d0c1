"""Dee sees that support reaches her school, without reading a word of it."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import (
    YEAR,
    a_goal,
    a_partnership,
    a_person,
    a_school,
    ana,
    ben,
    chi,
    dee,
    fay,
)
from trellis.coaching.models import Session, Visit
from trellis.people.models import Employment, Person
from trellis.plans.policies import GoalPolicy
from trellis.trust import clock
from trellis.trust.actions import share
from trellis.trust.models import AccessEvent
from trellis.trust.suppression import TOO_FEW, TOO_FEW_COACHES, Hidden, Shown
from trellis.web.school import last_sunday, page_of

pytestmark = pytest.mark.django_db


def a_faculty(size: int, grades: str = "04", years: int = 6) -> list[Person]:
    people = [a_person(f"T{grades}{i}", f"Y{years}") for i in range(size)]
    for person in people:
        employ(person, grades, years)
    return people


def employ(person: Person, grades: str, years: int) -> None:
    Employment.objects.create(
        person=person, school=a_school(), school_year=YEAR, years_experience=years, grades=grades
    )


def a_session(teacher: Person, coach: Person, *, minutes: int = 60, on: str = "2026-02-03") -> None:
    Session.objects.create(
        partnership=a_partnership(teacher, coach),
        held_on=date.fromisoformat(on),
        minutes=minutes,
        logged_at=clock.now(),
    )


def test_reach_is_told_in_words_by_grade_and_experience() -> None:
    for teacher in a_faculty(6, "04", 2)[:5] + a_faculty(6, "01", 12)[:1]:
        a_session(teacher, ben())

    page = page_of(dee(), a_school())

    assert {r.label: r.words for r in page.by_grade} == {
        "Grades 4 and 5": "nearly all",
        "Kindergarten to grade 1": "a few",
    }
    assert [r.label for r in page.by_experience] == ["First three years", "More than 10 years"]
    assert page.overall.words == "about half"


def test_a_grade_of_four_teachers_is_closed_and_so_is_what_would_give_it_away() -> None:
    a_faculty(8, "01"), a_faculty(6, "03"), a_faculty(4, "05")

    rows = {r.label: r for r in page_of(dee(), a_school()).by_grade}

    assert rows["Grades 4 and 5"].words == TOO_FEW
    assert not rows["Grades 2 and 3"].is_shown
    assert rows["Kindergarten to grade 1"].is_shown


def test_a_visit_counts_for_the_peer_who_visits_too() -> None:
    teachers = a_faculty(6)
    for visitor in teachers[1:]:
        Visit.objects.create(
            partnership=a_partnership(teachers[0], visitor, kind="peer"),
            state=Visit.State.DONE,
            accepted_at=clock.now(),
            held_on=date(2026, 2, 2),
        )

    assert page_of(dee(), a_school()).overall.words == "nearly all"


def test_a_session_of_this_week_is_not_counted_before_sunday() -> None:
    for teacher in a_faculty(6):
        a_session(teacher, ben(), on="2026-03-10")

    page = page_of(dee(), a_school())

    assert page.as_of == date(2026, 3, 8)
    assert page.overall.words == "a few"


@pytest.mark.parametrize("day", [date(2026, 3, d) for d in range(1, 15)])
def test_figures_move_on_sundays(day: date) -> None:
    sunday = last_sunday(day)

    assert sunday.isoweekday() == 7
    assert 1 <= (day - sunday).days <= 7


def test_an_area_appears_when_five_teachers_chose_it() -> None:
    teachers = a_faculty(12)
    for i, teacher in enumerate(teachers):
        goal = a_goal(teacher)
        goal.element = "instruction.thinking" if i < 5 else "agency.autonomy" if i < 9 else ""
        goal.save()

    page = page_of(dee(), a_school())

    assert [(row.label, str(row.teachers)) for row in page.focus] == [
        ("Students explain their thinking", "5")
    ]
    assert page.other_areas


def test_a_goal_that_is_still_being_written_is_counted_nowhere() -> None:
    for teacher in a_faculty(12)[:6]:
        goal = a_goal(teacher)
        goal.element, goal.state = "instruction.thinking", "drafting"
        goal.save()

    assert page_of(dee(), a_school()).focus == []


def test_hours_of_one_coach_stay_closed_and_open_with_a_second() -> None:
    teachers = a_faculty(6)
    for teacher in teachers:
        a_session(teacher, ben())
    assert page_of(dee(), a_school()).hours == Hidden(TOO_FEW_COACHES)

    a_session(teachers[0], fay(), minutes=30)

    assert page_of(dee(), a_school()).hours == Shown(6)


def test_dee_finds_what_ana_shared_with_her_and_ana_sees_that_she_opened_it(client: Client) -> None:
    goal = a_goal(ana(), "Twelve students explain a step")
    share(goal, policy=GoalPolicy(), by=ana(), audience=dee(), until=date(2026, 4, 1))
    client.force_login(dee())

    text = client.get("/school/").content.decode()
    assert "Ana Ruiz shared a goal" in text
    assert "Twelve students" not in text
    client.get(f"/plan/goals/{goal.pk}/")

    assert AccessEvent.objects.filter(reader=dee(), owner=ana()).count() == 1
    assert "Ana Ruiz shared a goal" not in client.get("/school/").content.decode()


def test_nobody_but_a_leader_opens_the_school(client: Client) -> None:
    for person in (ana(), ben(), chi()):
        client.force_login(person)

        assert client.get("/school/").status_code == 403


def test_a_leader_opens_no_school_but_her_own_by_its_number(client: Client) -> None:
    other = a_school("Willow Middle")
    client.force_login(dee())

    text = client.get("/school/", {"school": other.pk}).content.decode()

    assert "Willow" not in text
    assert "Cedar" in text


def test_the_page_asks_as_many_questions_for_thirty_teachers_as_for_six(
    client: Client, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    client.force_login(dee())
    for grades in ("04", "03"):
        for teacher in a_faculty(6 if grades == "04" else 24, grades):
            a_session(teacher, ben())
            a_goal(teacher, str(uuid4()))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/school/")
        counted.append(len(queries))

    assert counted[0] == counted[1]
