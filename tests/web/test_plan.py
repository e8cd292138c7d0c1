"""My plan with what partners add to it: their promises and the visits around a goal."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_goal, a_partnership, a_person, ana, ben, chi, grant
from trellis.coaching import actions, visiting
from trellis.people.models import Person, Role
from trellis.plans import proposals
from trellis.trust import clock

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a_visited_plan(owner: Person, helpers: int) -> None:
    a_goal(owner)
    for i in range(helpers):
        helper = grant(a_person(f"Helper{helpers}", f"No{i}"), Role.COACH)
        pair = a_partnership(owner, helper)
        soon = clock.now() + timedelta(minutes=20 + i)
        visit = visiting.propose_visit(pair, by=owner, planned_for=soon)
        visiting.accept_visit(visit, by=helper)
        actions.promise(pair, by=helper, text=f"Model it {i}", due_on=clock.today())


def test_my_plan_shows_what_partners_promised_and_the_way_so_far() -> None:
    me = ana()
    a_visited_plan(me, 1)

    page = signed_in(me).get("/plan/").content.decode()

    assert "Model it 0" in page
    assert "The way so far" in page
    assert "visit, Helper1" in page


def test_a_person_in_the_plan_does_not_see_what_others_promised_its_owner() -> None:
    me, coach, peer = ana(), ben(), chi()
    goal = a_goal(me)
    proposals.invite_collaborator(goal.plan, by=me, person=peer)
    pair = a_partnership(me, coach)
    actions.promise(pair, by=coach, text="Between Ana and Ben", due_on=clock.today())

    page = signed_in(peer).get(f"/plan/{goal.plan.pk}/").content.decode()

    assert goal.text in page
    assert "Between Ana and Ben" not in page


def test_my_plan_asks_as_many_queries_for_two_helpers_as_for_five() -> None:
    counts = []
    for owner, helpers in ((ana(), 2), (chi(), 5)):
        a_visited_plan(owner, helpers)
        client = signed_in(owner)
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/plan/").status_code == 200
        counts.append(len(counted))

    assert counts[0] == counts[1]
