"""What would settle an insight: each row leads to its own form, already filled in."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import a_partnership, a_section, ana, ben, chi
from tests.insights.evidence import CHECKS, FALL, SUPPORT, THINKING, a_visit, anas_year
from trellis.coaching.models import Partnership
from trellis.diagnosis.rules import RULES
from trellis.insights import actions, explain
from trellis.insights.models import Insight

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Insight:
    actions.refresh(anas_year())
    return Insight.objects.get(element=THINKING)


def links(client: Client, insight: Insight) -> dict[str, str]:
    """Return where the rows of “What would settle it” lead, by what their links say."""
    client.force_login(ana())
    page = client.get(reverse("insights:insight", args=[insight.pk])).content.decode()
    rows = page[page.index('id="settle"') : page.index("What could be relevant")]
    found = re.findall(r'<a class="btn t-btn-plain" href="([^"]+)">([^<]+)</a>', rows)
    return {words: address.replace("&amp;", "&") for address, words in found}


def chosen(page: str, field: str) -> str:
    """Return the value that a select shows as chosen."""
    select = re.search(rf'<select name="{field}".*?</select>', page, re.DOTALL)
    assert select, f"there is no choice of {field}"
    value = re.search(r'<option value="([^"]*)"[^>]* selected', select.group(0))
    return value.group(1) if value else ""


def test_those_who_looked_before_are_asked_by_name(client: Client, step: Insight) -> None:
    found = links(client, step)

    assert set(found) == {"Start", "Ask my class", "Invite Chi", "Invite Ben"}
    for name, who in (("Invite Chi", chi()), ("Invite Ben", ben())):
        page = client.get(found[name]).content.decode()
        assert chosen(page, "person") == str(who.pk)
        assert chosen(page, "focus_element") == THINKING


def test_whom_she_works_with_already_is_asked_for_a_visit(client: Client, step: Insight) -> None:
    pair = a_partnership(ana(), chi(), kind="peer")

    answer = client.get(links(client, step)["Invite Chi"], follow=True)

    assert answer.redirect_chain[-1][0].startswith(
        reverse("coaching:propose_visit", args=[pair.pk])
    )
    assert chosen(answer.content.decode(), "element") == THINKING


def test_an_invitation_that_waits_does_not_lead_to_a_visit(client: Client, step: Insight) -> None:
    a_partnership(ana(), chi(), kind="peer", state=Partnership.State.INVITED)

    assert client.get(links(client, step)["Invite Chi"]).status_code == 200


def test_a_class_that_was_asked_this_year_is_asked_again(client: Client, step: Insight) -> None:
    address = links(client, step)["Ask my class"]

    assert address == reverse("web:ask_class", args=[a_section(ana()).pk])
    assert client.get(address).status_code == 200


def test_her_own_reading_begins_with_the_part_that_the_insight_is_about(
    client: Client, step: Insight
) -> None:
    page = client.get(links(client, step)["Start"]).content.decode()

    first = re.search(r'name="(\w+\.\w+)"', page)
    assert first
    assert first.group(1) == THINKING


def test_the_rule_of_an_insight_can_be_read(client: Client, step: Insight) -> None:
    client.force_login(ana())
    page = client.get(reverse("insights:insight", args=[step.pk])).content.decode()
    rules = client.get(reverse("insights:rules")).content.decode()

    assert f'href="{reverse("insights:rules")}#{step.rule}"' in page
    for rule in RULES:
        assert f'id="{rule.name}"' in rules
        assert f"Compared with {rule.reference}" in rules
        assert rule.compares in rules


def from_visits(count: int) -> Insight:
    """Return the insight about explanations that comes from so many visits alone."""
    owner = ana()
    for i in range(count):
        levels = {THINKING: float(i % 2), SUPPORT: 3.0, CHECKS: 2.0}
        a_visit(owner, ben() if i % 2 else chi(), FALL + timedelta(days=14 * i), levels)
    actions.refresh(owner)
    return Insight.objects.get(element=THINKING)


@pytest.mark.parametrize(
    ("visits", "words"),
    [
        (3, "It turns to “not enough to say” without any one of a, b or c."),
        (4, "Without a and b together, or one of five other pairs, it turns"),
        (5, "Without a, b and c together, or one of nine other sets of three, it turns"),
        (8, "No single piece decides it: it stands without any three of them."),
    ],
)
def test_the_page_says_how_few_pieces_a_claim_rests_on_and_how_far_it_looked(
    visits: int, words: str
) -> None:
    assert words in explain.account(from_visits(visits)).turns


@pytest.mark.parametrize("visits", [3, 5])
def test_without_the_pieces_that_the_page_names_there_is_not_enough_to_say(visits: int) -> None:
    insight = from_visits(visits)
    before = explain.account(insight)

    named = re.findall(r"\b([a-z])\b(?=,| and| or| together| alone|\.)", before.turns)
    assert named, before.turns
    gone = named if "together" in before.turns else named[:1]
    counted = [row.piece for row in before.rows if row.letter not in gone]

    assert before.stands
    assert not explain.account(insight, counted).stands
    if "together" in before.turns:
        for letter in gone:
            alone = [row.piece for row in before.rows if row.letter != letter]
            assert explain.account(insight, alone).stands


def test_an_open_goal_about_it_is_named_beside_the_insight(client: Client, step: Insight) -> None:
    actions.focus(ana(), {THINKING: date(2025, 9, 18)})
    client.force_login(ana())

    page = client.get(reverse("insights:insight", args=[step.pk])).content.decode()

    assert "Your goal of September 18 is about this" in page
