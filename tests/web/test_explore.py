"""Explore: found by reasons, moved by weights, saved by her own hand."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import a_goal, ana, ben
from tests.insights.evidence import THINKING, anas_year
from trellis.evidence.framework import title_of
from trellis.insights import actions
from trellis.plans.models import SavedResource
from trellis.resources.models import Provider, Resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk_moves() -> Resource:
    office = Provider.objects.create(external_id="office", name="The district", kind="in-house")
    Resource.objects.create(
        external_id="routines", title="Routines that run themselves", kind="reading",
        summary="Start",
        elements=["culture.expectations"],
    )  # fmt: skip
    return Resource.objects.create(
        external_id="talk",
        title="Talk moves: How do you know?",
        kind="practice",
        summary="Short prompts that ask for reasons aloud.",
        elements=[THINKING],
        grades=["04"],
        subjects=["math"],
        minutes=10,
        provider=office,
        evidence_tier="moderate",
    )


def look(client: Client, **asked: str) -> str:
    client.force_login(ana())
    page = client.get(reverse("web:explore"), asked)
    assert page.status_code == 200
    return page.content.decode()


def test_each_thing_is_shown_with_its_reasons(client: Client, talk_moves: Resource) -> None:
    actions.refresh(anas_year())
    a_goal(ana())

    page = look(client)

    assert talk_moves.title in page
    assert f"serves “{title_of(THINKING)}”, which stands out" in page
    for always in ("Ask a colleague", "Look closer first", "Nothing new for now"):
        assert always in page


def test_without_her_data_the_reasons_are_the_same_for_anybody(
    client: Client, talk_moves: Resource
) -> None:
    actions.refresh(anas_year())

    page = look(client, without="on")

    assert "which stands out" not in page
    assert "evidence of effect: moderate" in page


def test_a_search_in_her_own_words_finds_it_and_another_does_not(
    client: Client, talk_moves: Resource
) -> None:
    assert talk_moves.title in look(client, search="why do they think so, justify")
    assert "No resource shares a word with your search" in look(client, search="xylophone")


def test_a_weight_moved_to_zero_takes_its_reason_away(client: Client, talk_moves: Resource) -> None:
    page = look(client, evidence="0", novelty="not a number")

    assert "evidence of effect: moderate, " not in page
    assert "new to you" in page


def test_she_saves_it_beside_her_own_plan(client: Client, talk_moves: Resource) -> None:
    client.force_login(ana())

    answer = client.post(
        reverse("web:save_resource", args=[talk_moves.pk]), {"address": "search=reasons"}
    )

    assert answer["Location"] == reverse("web:explore") + "?search=reasons"
    assert SavedResource.objects.get().plan.teacher == ana()
    assert "Saved" in look(client)


def test_a_coach_can_look_but_has_no_plan_to_save_to(client: Client, talk_moves: Resource) -> None:
    client.force_login(ben())

    page = client.get(reverse("web:resource", args=[talk_moves.pk])).content.decode()
    tried = client.post(reverse("web:save_resource", args=[talk_moves.pk]))

    assert "Save to my plan" not in page
    assert tried.status_code == 403
    assert not SavedResource.objects.exists()


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    assert "There is no reason yet to show anything" in look(client)
