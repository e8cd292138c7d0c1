"""The pages Insight, My evidence and My class, as Ana meets them."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import ana, ben, chi, dee, hana
from tests.insights.evidence import THINKING, anas_year
from trellis.evidence.framework import elements
from trellis.evidence.models import CrosswalkLink, EvidenceItem, LearningObjective, Source
from trellis.insights import actions, explain
from trellis.insights.models import ClassLearning, Insight
from trellis.trust import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Insight:
    actions.refresh(anas_year())
    return Insight.objects.get(element=THINKING)


def read(client: Client, insight: Insight, query: str = "", **headers: str) -> str:
    client.force_login(ana())
    page = client.get(reverse("insights:insight", args=[insight.pk]) + query, **headers)
    assert page.status_code == 200
    return page.content.decode()


def test_ana_reads_the_claim_its_evidence_its_doubts_and_what_would_settle_it(
    client: Client, step: Insight
) -> None:
    page = read(client, step)

    for words in (
        "Students’ explanations in math are often short",
        "10 pieces of evidence",
        "Over time",
        "What it rests on",
        "Visit, Ben",
        "24 students answered, on the whole: rarely",
        "Explanations may come later in a lesson",
        "What would settle it",
        "Add your own reading",
        "Ask a colleague",
        "What do you say?",
    ):
        assert words in page


def test_the_shares_on_the_page_sum_to_one_hundred(step: Insight) -> None:
    account = explain.account(step)

    assert sum(row.share for row in account.rows) + account.elsewhere + account.assumption == 100
    assert all(row.share >= 0 for row in account.rows)


def test_a_switched_off_piece_is_left_out_at_once_and_nothing_is_stored(
    client: Client, step: Insight
) -> None:
    rows = explain.account(step).rows
    visits = [row.piece for row in rows if row.kind == "visit"]

    part = read(client, step, "?switched=1&counted=" + visits[0], HTTP_HX_REQUEST="true")

    assert "Not enough to say" in part
    assert part.count("left out") == len(rows) - 1
    assert "<html" not in part
    assert not EvidenceItem.objects.exclude(withdrawn_at=None).exists()


def test_with_everything_left_out_the_page_says_that_nothing_is_left(
    client: Client, step: Insight
) -> None:
    assert "nothing is left that speaks of this" in read(client, step, "?switched=1")


def test_leaving_a_piece_out_equals_the_claim_without_it(step: Insight) -> None:
    rows = explain.account(step).rows
    kept = [row.piece for row in rows if row.kind == "visit"]

    left_out = explain.account(step, kept)
    EvidenceItem.objects.filter(source=Source.CLASS_FEEDBACK, element=THINKING).delete()
    gone = explain.account(step)

    # Class answers are one piece with what the class said of other parts: these go, too.
    assert left_out.sure == gone.sure
    assert [r.piece for r in left_out.rows if r.counted] == [r.piece for r in gone.rows]


def test_nobody_else_finds_the_page(client: Client, step: Insight) -> None:
    for other in (ben(), chi(), dee(), hana()):
        client.force_login(other)
        assert client.get(reverse("insights:insight", args=[step.pk])).status_code == 404


def test_an_answer_is_kept_and_shown_back(client: Client, step: Insight) -> None:
    client.force_login(ana())

    client.post(
        reverse("insights:reply", args=[step.pk]), {"answer": "context", "note": "Fractions week"}
    )

    assert "Fractions week" in read(client, step)


def test_a_context_without_words_comes_back_with_what_was_chosen(
    client: Client, step: Insight
) -> None:
    client.force_login(ana())

    page = client.post(reverse("insights:reply", args=[step.pk]), {"answer": "context"})

    assert page.status_code == 422
    assert "Write a sentence" in page.content.decode()
    assert re.search(r'value="context"[^>]*checked', page.content.decode())


def test_my_evidence_says_where_each_piece_came_from_and_who_can_see_it(
    client: Client, step: Insight
) -> None:
    client.force_login(ana())
    page = client.get(reverse("insights:my_evidence")).content.decode()

    for words in ("Visit by Ben", "You and Ben", "visit_notes.csv, row 214", "Withdraw"):
        assert words in page


def test_withdrawing_on_the_page_takes_the_whole_visit_and_can_be_undone(
    client: Client, step: Insight
) -> None:
    client.force_login(ana())
    item = EvidenceItem.objects.filter(source=Source.VISIT).first()
    assert item is not None

    client.post(reverse("insights:withdraw", args=[item.pk]))
    assert EvidenceItem.objects.exclude(withdrawn_at=None).count() == 3
    client.post(reverse("insights:restore", args=[item.pk]))

    assert not EvidenceItem.objects.exclude(withdrawn_at=None).exists()


def test_a_piece_of_another_cannot_be_withdrawn(client: Client, step: Insight) -> None:
    client.force_login(ben())
    item = EvidenceItem.objects.filter(source=Source.VISIT).first()
    assert item is not None

    assert client.post(reverse("insights:withdraw", args=[item.pk])).status_code == 404


def test_an_own_reading_is_added_in_level_words(client: Client) -> None:
    client.force_login(ana())

    empty = client.post(reverse("insights:own_reading"), {"note": "What I typed stays"})
    kept = client.post(reverse("insights:own_reading"), {THINKING: "2"})

    assert empty.status_code == 422
    assert "What I typed stays" in empty.content.decode()
    assert kept.status_code == 302
    assert EvidenceItem.objects.get().value == 2.0


def test_empty_pages_invite(client: Client) -> None:
    client.force_login(chi())

    page = client.get(reverse("insights:my_evidence")).content.decode()

    assert "Nothing is held about you yet" in page
    assert "No classes this year" in page


def test_pages_ask_a_fixed_number_of_questions(
    client: Client, step: Insight, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ana())
    for address in (
        reverse("insights:insight", args=[step.pk]),
        reverse("insights:my_evidence"),
        reverse("insights:own_reading"),
    ):
        with django_assert_max_num_queries(16):
            client.get(address)


def test_an_insight_names_what_her_classes_work_on_that_asks_for_the_element(
    client: Client, step: Insight
) -> None:
    for name, statement in (("f1", "Compare fractions and say why"), ("f2", "Count to a hundred")):
        objective = LearningObjective.objects.create(identifier=name, statement=statement)
        ClassLearning.objects.create(
            section=ana().sections.get(), objective=objective, students=24, right=0.5, low=0.4,
            high=0.6, usual=0.55, behind=0.5, is_next=False, computed_at=clock.now(),
        )  # fmt: skip
    CrosswalkLink.objects.create(
        origin="f1", relation="isRelatedTo", destination=elements()[THINKING].identifier,
        source="walk.csv", made_at=clock.now(),
    )  # fmt: skip

    page = read(client, step)

    assert "What your classes work on that asks for it" in page
    assert "Compare fractions and say why" in page
    assert "Count to a hundred" not in page
