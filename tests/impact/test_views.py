"""Pages of reviews: words first, nobody's name, and forms that keep what was typed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import ana, eli, fay, gus
from tests.impact.worlds import (
    a_plan,
    a_program,
    a_review,
    a_warehouse,
    lottery_tables,
    rollout_tables,
    took_part,
)
from trellis.impact import tasks
from trellis.impact.models import ProgramReview
from trellis.people.models import Person

pytestmark = pytest.mark.django_db


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def a_read_review() -> ProgramReview:
    a_warehouse(lottery_tables())
    review = a_review()
    tasks.run(review, by=gus())
    return review


def test_the_page_says_the_verdict_the_interval_and_the_design_in_words() -> None:
    review = a_read_review()

    page = as_(eli()).get(reverse("impact:review", args=[review.pk])).content.decode()

    for words in ("Helps", "standard deviations", "a gain of", "Could detect", "Run it again",
                  "Record the decision", "chances in 20"):  # fmt: skip
        assert words in page
    assert "t0-00" not in page
    assert "<c-" not in page


def test_a_review_of_schools_draws_the_years_and_the_gray_row() -> None:
    a_warehouse(rollout_tables(own_marks=1.0))
    review = a_review(a_plan("northstar-literacy", "staggered"), provider="northstar")
    tasks.run(review)

    page = as_(fay()).get(reverse("impact:review", args=[review.pk])).content.decode()

    assert "Before and after the start" in page
    assert "Practice, own marks" in page
    assert "Your right of reply" in page
    assert "Record the decision" not in page


def test_the_analyst_is_led_to_what_is_not_run_and_the_pd_lead_to_what_waits() -> None:
    a_read_review()
    a_review(a_plan("other"))

    for_gus = as_(gus()).get(reverse("impact:reviews")).content.decode()
    for_eli = as_(eli()).get(reverse("impact:district")).content.decode()

    assert "Run this review" in for_gus
    assert "Read it and decide" in for_eli


def test_registering_shows_what_could_be_detected_before_it_locks() -> None:
    client = as_(gus())
    given = {
        "program": a_program().pk,
        "question": "Does it help?",
        "design": "lottery",
        "primary_outcome": "practice",
        "baseline_year": 2026,
        "outcome_years": [2027, 2028],
        "schools": 10,
        "treated": 60,
        "comparison": 60,
        "smallest_effect": 0.15,
        "decision_rule": "Continue if it helps.",
    }

    first = client.post(reverse("impact:register"), given)
    assert not ProgramReview.objects.exists()
    assert "Lock this registration" in first.content.decode()
    second = client.post(reverse("impact:register"), given | {"seen": first.context["sees"]})

    review = ProgramReview.objects.get()
    assert second.headers["Location"] == reverse("impact:review", args=[review.pk])
    assert review.registration["outcome_years"] == [2027, 2028]


def test_a_registration_that_cannot_be_saved_keeps_what_was_typed() -> None:
    answer = as_(gus()).post(reverse("impact:register"), {"question": "Does it really help?"})

    assert answer.status_code == 422
    assert "Does it really help?" in answer.content.decode()


def test_a_decision_without_a_reason_comes_back_with_its_choice() -> None:
    review = a_read_review()

    answer = as_(eli()).post(reverse("impact:decide", args=[review.pk]), {"choice": "adapt"})

    assert answer.status_code == 422
    assert 'value="adapt"' in answer.content.decode()
    assert "Write a sentence or two" in answer.content.decode()


def test_a_decision_stands_on_the_page() -> None:
    review = a_read_review()

    as_(eli()).post(
        reverse("impact:decide", args=[review.pk]), {"choice": "continue", "why": "More seats."}
    )

    page = as_(eli()).get(reverse("impact:review", args=[review.pk])).content.decode()
    assert "Decision: continue" in page
    assert "More seats." in page


def test_running_it_again_says_that_it_came_out_the_same() -> None:
    review = a_read_review()

    page = as_(gus()).post(reverse("impact:rerun", args=[review.pk]), follow=True)

    assert "to the last bit" in page.content.decode()


def test_a_teacher_reads_the_read_out_of_her_program_and_cannot_run_it() -> None:
    review = a_read_review()
    took_part(ana(), review.program)

    assert as_(ana()).get(reverse("impact:review", args=[review.pk])).status_code == 200
    assert as_(ana()).post(reverse("impact:run", args=[review.pk])).status_code == 403
    assert as_(ana()).post(reverse("impact:rerun", args=[review.pk])).status_code == 403
    assert as_(ana()).get(reverse("impact:register")).status_code == 403
    assert as_(ana()).get(reverse("impact:district")).status_code == 403


def test_the_open_file_holds_plan_figures_and_hashes() -> None:
    review = a_read_review()

    said = as_(gus()).get(reverse("impact:data", args=[review.pk])).json()

    assert said["registration_hash"] == review.registration_hash
    assert said["figures"]["verdict"]["word"] == "helps"


def test_the_list_asks_the_database_as_often_for_twenty_reviews_as_for_two() -> None:
    client = as_(gus())
    client.get(reverse("impact:reviews"))  # what is known of imports is asked once, then kept

    def queries_with(count: int) -> int:
        for n in range(count):
            plan = a_plan(f"program-{n}")
            if not ProgramReview.objects.filter(external_id=plan.review_id).exists():
                a_review(plan)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("impact:reviews"))
        return len(asked)

    assert queries_with(2) == queries_with(20)


def test_an_empty_list_says_what_to_do() -> None:
    page = as_(gus()).get(reverse("impact:reviews")).content.decode()

    assert "No review yet" in page
    assert "Register a review" in page
