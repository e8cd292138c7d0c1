"""The first pages of teacher and coach: one thing next, and the same promises on both."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_goal, a_partnership, a_person, a_section, ana, ben, chi, grant
from trellis.coaching import actions, sessions, visiting
from trellis.coaching.models import Partnership, Session, Visit
from trellis.coaching.queries import my_people
from trellis.coaching.sessions import Held, Said
from trellis.coaching.visiting import LookForGiven
from trellis.insights.models import Insight
from trellis.people.models import Person, Role
from trellis.plans import actions as plan_actions
from trellis.plans import proposals
from trellis.trust import clock
from trellis.trust.models import AccessEvent
from trellis.web.coach_today import gone_quiet, lede_of, load_words
from trellis.web.today import today_page

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: Person, address: str) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def an_insight(owner: Person, position: int = 1, kind: str = "next step") -> Insight:
    return Insight.objects.create(
        owner=owner,
        element=f"instruction.thinking{position}",
        kind=kind,
        sure="fairly",
        position=position,
        title=f"Explanations are often short {position}",
        claim="Most answers stop at the result.",
        rule="level",
        rule_version="1",
        numbers={
            "low": 0.8,
            "level": 1.2,
            "high": 1.6,
            "probability": 0.9,
            "n": 5,
            "first": "2025-09-01",
        },
        computed_at=clock.now(),
    )


def an_asked_visit(pair: Partnership, by: Person) -> Visit:
    return visiting.propose_visit(
        pair,
        by=by,
        planned_for=clock.now() + timedelta(minutes=20),
        section=a_section(pair.teacher),
        look_fors=[LookForGiven(text="Who explains")] if by == pair.teacher else [],
    )


def test_a_teacher_without_anything_is_invited_to_a_first_goal() -> None:
    page = page_of(ana(), "/today/")

    assert "Choose one thing to work on" in page
    assert "Not enough to say yet" in page


def test_home_is_today_for_a_teacher_and_for_a_coach() -> None:
    assert signed_in(ana()).get("/").headers["Location"] == "/today/"
    assert signed_in(ben()).get("/").headers["Location"] == "/coaching/"


def test_an_insight_becomes_the_question_of_the_day() -> None:
    me = ana()
    insight = an_insight(me)

    chosen = today_page(me).next

    assert chosen is not None
    assert chosen.href == f"/insights/{insight.pk}/"
    assert insight.claim in page_of(me, "/today/")


def test_a_look_back_of_today_comes_before_an_insight() -> None:
    me = ana()
    an_insight(me)
    plan = plan_actions.start_plan(me, by=me)
    plan_actions.take_step(plan, by=me, text="Wait five seconds", follow_up_on=clock.today())

    page = page_of(me, "/today/")

    assert "Say how it went" in page
    assert "You planned to look back on it today." in page


def test_an_asked_visit_comes_first_and_the_invitation_waits_beside_it() -> None:
    me, coach = ana(), ben()
    an_asked_visit(a_partnership(me, coach), coach)
    actions.invite(me, chi(), by=chi())

    page = today_page(me)

    assert page.next is not None
    assert page.next.title.startswith("Ben asks to visit you on ")
    assert [w.text for w in page.waiting] == ["Chi Nguyen would like to work with you."]


def test_shared_notes_are_next_until_the_two_have_talked() -> None:
    me, coach = ana(), ben()
    a_goal(me)
    visit = visiting.accept_visit(an_asked_visit(a_partnership(me, coach), me), by=coach)
    visiting.share_notes(visit, by=coach, minutes=30)

    chosen = today_page(me).next
    visiting.debrief(visit, by=me)

    assert chosen is not None
    assert chosen.title == "Ben shared notes of the visit"
    assert today_page(me).next is None


def test_promises_of_both_stand_on_both_home_pages() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)
    soon = clock.today() + timedelta(days=2)
    actions.promise(pair, by=me, text="Count five seconds", due_on=soon)
    actions.promise(pair, by=coach, text="Model a number talk", due_on=soon)

    for page in (page_of(me, "/today/"), page_of(coach, "/coaching/")):
        assert "Count five seconds" in page
        assert "Model a number talk" in page


def test_the_time_used_counts_each_minute_of_the_week_once() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)
    for day, minutes in ((date(2026, 3, 9), 30), (date(2026, 3, 8), 45)):
        sessions.log_session(pair, by=coach, held=Held(on=day, minutes=minutes), said=Said())

    assert today_page(me).minutes == 30
    assert "30 of the 60 minutes" in page_of(me, "/today/")


def test_a_goal_shows_what_it_was_raised_from() -> None:
    me = ana()
    goal = a_goal(me, "Twelve explain a step")
    plan_actions.raise_goal(goal, by=me, text="Twenty explain a step")

    page = page_of(me, "/today/")

    assert page.index("Twenty explain a step") < page.index("Twelve explain a step")


def test_the_preparation_sheet_says_what_the_host_asked_and_leaves_a_trace() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)
    visiting.accept_visit(an_asked_visit(pair, me), by=coach)
    held = Held(on=date(2026, 3, 4), minutes=30)
    sessions.log_session(pair, by=coach, held=held, said=Said(parked="Cut the launch"))
    goal = a_goal(me, "Twelve explain a step")

    without = page_of(coach, "/coaching/")
    proposals.invite_collaborator(goal.plan, by=me, person=coach)
    with_plan = page_of(coach, "/coaching/")

    assert "Who explains" in without
    assert "Cut the launch" in without
    assert "Twelve explain a step" not in without
    assert "Twelve explain a step" in with_plan
    assert AccessEvent.objects.filter(owner=me, reader=coach).exists()


def test_a_planned_session_is_logged_from_the_home_page() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)
    planned = sessions.plan_session(pair, by=coach, on=clock.today(), minutes=40)

    page = page_of(coach, "/coaching/")

    assert f"/people/{pair.pk}/log/?session={planned.pk}" in page
    assert 'value="40"' in page
    assert Session.objects.get().logged_at is None


def test_a_coachs_day_opens_on_the_first_meeting_still_to_come(client: Client) -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)
    for days, hour in ((2, 11), (2, 9), (-1, 8)):
        Session.objects.create(
            partnership=pair,
            held_on=clock.today() + timedelta(days=days),
            starts_at=time(hour, 30),
            minutes=30,
        )
    client.force_login(coach)

    page = client.get("/coaching/").content.decode()

    assert "Next, Fri 13, 9:30" in page
    assert page.index("9:30") < page.index("11:30")


@pytest.mark.parametrize(
    ("rows", "words"),
    [(0, "Nothing"), (1, "One meeting"), (2, "Two meetings"), (11, "11 meetings")],
)
def test_a_coach_reads_how_full_the_day_is(rows: int, words: str) -> None:
    assert lede_of(rows).startswith(words)


@pytest.mark.parametrize(
    ("pairs", "words"), [(9, "room for more"), (14, "full load"), (17, "cut short")]
)
def test_a_coachs_load_is_said_in_words(pairs: int, words: str) -> None:
    assert words in load_words(pairs)


def test_a_partnership_without_a_meeting_for_four_weeks_has_gone_quiet() -> None:
    coach = ben()
    quiet, lively = a_partnership(ana(), coach), a_partnership(chi(), coach)
    for pair, day in ((quiet, date(2026, 2, 1)), (lively, date(2026, 3, 2))):
        sessions.log_session(pair, by=coach, held=Held(on=day, minutes=30), said=Said())

    rows = gone_quiet(my_people(coach).active, clock.today())

    assert [r.id for r in rows] == [quiet.pk]


def busy(coach: Person, things: int) -> Person:
    """Give a coach, and one of her teachers, many of everything."""
    for i in range(things):
        teacher = grant(a_person(f"Teacher{things}", f"No{i}"), Role.TEACHER)
        pair = a_partnership(teacher, coach)
        sessions.plan_session(pair, by=coach, on=clock.today(), minutes=30)
        held = Held(on=clock.today(), minutes=30)
        sessions.log_session(pair, by=coach, held=held, said=Said())
        visiting.accept_visit(an_asked_visit(pair, teacher), by=coach)
        actions.promise(pair, by=coach, text=f"Promise {i}", due_on=clock.today())
    return coach


def queries_of(person: Person, address: str) -> int:
    client = signed_in(person)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_a_coachs_today_asks_as_many_queries_for_two_partnerships_as_for_five() -> None:
    small = busy(grant(a_person("Coach", "Small"), Role.COACH), 2)
    large = busy(grant(a_person("Coach", "Large"), Role.COACH), 5)

    assert queries_of(small, "/coaching/") == queries_of(large, "/coaching/")


def test_a_teachers_today_asks_as_many_queries_for_two_things_as_for_three() -> None:
    counts = []
    for name, things in (("Small", 2), ("Large", 3)):
        me = grant(a_person("Teacher", name), Role.TEACHER)
        plan = plan_actions.start_plan(me, by=me)
        for i in range(things):
            an_insight(me, i + 1)
            a_goal(me, f"Goal {i}")
            plan_actions.take_step(plan, by=me, text=f"Step {i}", follow_up_on=clock.today())
            coach = grant(a_person(f"Coach{name}", f"No{i}"), Role.COACH)
            pair = a_partnership(me, coach)
            visiting.accept_visit(an_asked_visit(pair, me), by=coach)
            actions.promise(pair, by=coach, text=f"Promise {i}", due_on=clock.today())
        counts.append(queries_of(me, "/today/"))

    assert counts[0] == counts[1]
