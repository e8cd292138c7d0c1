"""The pages of a plan, as its owner and her people meet them."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_goal, a_person, a_plan, ana, ben, chi, dee
from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.plans import actions, proposals
from trellis.plans.actions import MeasureGiven
from trellis.plans.models import Goal
from trellis.trust import clock
from trellis.trust.models import AccessEvent

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a_full_plan(owner: Person, things: int) -> None:
    plan = actions.start_plan(owner, by=owner)
    for i in range(things):
        measure = MeasureGiven(what="students", baseline=0, target=10 + i)
        goal = actions.set_goal(owner, by=owner, text=f"Goal {i}", measure=measure)
        for back in range(things):
            day = clock.today() - timedelta(days=back)
            actions.check_in(goal, by=owner, on=day, value=3)
        actions.refine_goal(goal, by=owner, version=1, text=f"Goal {i}, clearer")
        actions.take_step(plan, by=owner, text=f"Step {i}", follow_up_on=clock.today())
        friend = a_person("Friend", f"Number{i}")
        proposals.invite_collaborator(plan, by=owner, person=friend)
        proposals.suggest(plan, by=friend, kind="step", text=f"Idea {i}")
        proposals.comment(plan, by=friend, text=f"Comment {i}")


def queries_of_my_plan(owner: Person) -> int:
    client = signed_in(owner)
    with CaptureQueriesContext(connection) as counted:
        assert client.get("/plan/").status_code == 200
    return len(counted)


def test_an_empty_plan_invites_to_a_first_goal() -> None:
    page = signed_in(ana()).get("/plan/").content.decode()

    assert "Your plan is empty so far" in page
    assert "/plan/goals/new/" in page


def test_a_goal_set_from_an_insight_remembers_where_it_grew_from() -> None:
    me = ana()
    insight = Insight.objects.create(
        owner=me,
        element="instruction.thinking",
        kind="next step",
        sure="fairly",
        title="Students’ explanations in math are often short",
        claim="Most answers stop at the result.",
        rule="level",
        rule_version="1",
        computed_at=clock.now(),
    )
    client = signed_in(me)
    address = f"/plan/goals/new/?insight={insight.pk}"
    assert "Most answers stop at the result." in client.get(address).content.decode()

    answer = client.post(
        address,
        {"text": "Twelve explain", "what": "students", "out_of": 24, "baseline": 6, "target": 12},
    )

    assert answer.status_code == 302
    goal = Goal.objects.get()
    assert (goal.insight, goal.element) == (insight, "instruction.thinking")
    assert goal.measure.target == 12
    assert "grows from" in client.get("/plan/").content.decode()


def test_another_teachers_insight_cannot_become_a_goal() -> None:
    insight = Insight.objects.create(
        owner=chi(),
        element="instruction.thinking",
        kind="strength",
        sure="early",
        title="Chi’s",
        claim="Chi’s own",
        rule="level",
        rule_version="1",
        computed_at=clock.now(),
    )

    answer = signed_in(ana()).get(f"/plan/goals/new/?insight={insight.pk}")

    assert answer.status_code == 404


def test_a_goal_that_cannot_be_saved_keeps_what_was_typed() -> None:
    answer = signed_in(ana()).post(
        "/plan/goals/new/", {"text": "Twelve explain", "what": "students", "baseline": 6}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Twelve explain" in page
    assert "Say where you want it to be." in page
    assert not Goal.objects.exists()


def test_a_goal_is_checked_in_met_and_raised_in_the_browser() -> None:
    me = ana()
    client = signed_in(me)
    client.post(
        "/plan/goals/new/",
        {"text": "Twelve explain", "what": "students", "out_of": 24, "baseline": 6, "target": 12},
    )
    goal = Goal.objects.get()

    client.post(f"/plan/goals/{goal.pk}/check-in/", {"value": 13, "on": "2026-03-10"})
    assert "It is met" in client.get("/plan/").content.decode()
    client.post(f"/plan/goals/{goal.pk}/met/")
    client.post(f"/plan/goals/{goal.pk}/raise/", {"text": "Twenty explain", "target": 20})

    page = client.get("/plan/").content.decode()
    assert "Twenty explain" in page
    assert "Twelve explain" in page
    assert "met March 11 with 13" in page
    assert "<svg" in page


def test_a_stale_save_answers_409_with_both_texts() -> None:
    me = ana()
    goal = a_goal(me, "As it was")
    actions.refine_goal(goal, by=me, version=1, text="Written on the phone")

    answer = signed_in(me).post(
        f"/plan/goals/{goal.pk}/refine/", {"text": "Written on the laptop", "version": 1}
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Written on the phone" in page
    assert "Written on the laptop" in page


def test_the_text_kept_after_a_stale_save_is_saved() -> None:
    me = ana()
    goal = a_goal(me, "As it was")
    actions.refine_goal(goal, by=me, version=1, text="Written on the phone")

    answer = signed_in(me).post(
        f"/plan/goals/{goal.pk}/refine/", {"text": "Both together", "version": 2}
    )

    assert answer.status_code == 302
    assert Goal.objects.get().text == "Both together"


def test_an_invited_coach_reads_the_plan_suggests_and_leaves_a_trace() -> None:
    me, coach = ana(), ben()
    goal = a_goal(me)
    proposals.invite_collaborator(goal.plan, by=me, person=coach)
    client = signed_in(coach)

    page = client.get(f"/plan/{goal.plan.pk}/").content.decode()
    client.post(
        f"/plan/{goal.plan.pk}/suggest/", {"kind": "step", "text": "Let pairs rehearse first"}
    )

    assert goal.text in page
    assert "Refine" not in page
    assert AccessEvent.objects.filter(owner=me, reader=coach, what="your plan").exists()
    assert "Let pairs rehearse first" in signed_in(me).get("/plan/").content.decode()


@pytest.mark.parametrize("what", ["check-in", "refine", "raise", "set-aside"])
def test_an_invited_coach_cannot_open_the_owners_forms(what: str) -> None:
    me, coach = ana(), ben()
    goal = a_goal(me)
    proposals.invite_collaborator(goal.plan, by=me, person=coach)

    answer = signed_in(coach).get(f"/plan/goals/{goal.pk}/{what}/")

    assert answer.status_code == 403


@pytest.mark.parametrize("stranger", [ben, chi, dee])
def test_a_plan_is_not_found_by_others(stranger: object) -> None:
    goal = a_goal(ana())
    client = signed_in(stranger())  # type: ignore[operator]  # one of the cast

    assert client.get(f"/plan/{goal.plan.pk}/").status_code == 404
    assert client.get(f"/plan/goals/{goal.pk}/").status_code == 404
    assert client.post(f"/plan/goals/{goal.pk}/met/").status_code == 404
    assert goal.text not in client.get("/plan/").content.decode()


def test_the_owner_is_not_offered_her_evaluator() -> None:
    dee()
    ben()

    page = signed_in(ana()).get("/plan/invite/").content.decode()

    assert "Ben Okafor" in page
    assert "Dee Walker" not in page


def test_the_open_file_holds_the_whole_plan() -> None:
    me = ana()
    a_full_plan(me, 2)

    answer = signed_in(me).get("/plan/open-file/")

    held = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert {g["text"] for g in held["goals"]} == {"Goal 0, clearer", "Goal 1, clearer"}
    assert len(held["goals"][0]["measure"]["check_ins"]) == 2
    assert held["goals"][0]["earlier_wordings"]
    assert len(held["steps"]) == 2


def test_the_plan_page_asks_as_many_queries_for_two_things_as_for_six() -> None:
    small, large = ana(), chi()
    a_full_plan(small, 2)
    a_full_plan(large, 6)

    assert queries_of_my_plan(small) == queries_of_my_plan(large)


def test_a_suggestion_is_answered_by_one_tap() -> None:
    me, coach = ana(), ben()
    plan = a_plan(me)
    proposals.invite_collaborator(plan, by=me, person=coach)
    idea = proposals.suggest(plan, by=coach, kind="step", text="Let pairs rehearse first")

    signed_in(me).post(f"/plan/suggestions/{idea.pk}/accept/")

    assert plan.steps.get().text == "Let pairs rehearse first"


def test_a_second_tap_on_a_goal_that_is_met_says_so_instead_of_failing() -> None:
    me = ana()
    goal = actions.meet_goal(a_goal(me), by=me)

    answer = signed_in(me).post(f"/plan/goals/{goal.pk}/met/", follow=True)

    assert answer.status_code == 200
    assert "This goal is met" in answer.content.decode()
