"""Ana sees who sees what of hers, shares, takes back, looks as Dee, and takes everything along."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_goal, a_partnership, a_person, ana, ben, chi, dee, grant
from trellis.coaching.models import Visit, VisitNote
from trellis.people.models import Person, Role
from trellis.plans.policies import GoalPolicy
from trellis.trust import clock
from trellis.trust.actions import share
from trellis.trust.events import record_read
from trellis.trust.models import Share
from trellis.web.holdings import HOLDINGS

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
WORDS = "Twelve of 24 students explain a step"

# Models that point at a person and hold nothing about her.
NOT_ABOUT_A_PERSON = {
    "impact.ProgramReview": "who registered a review is part of the review",
    "impact.Amendment": "who amended it is part of the review",
    "impact.Decision": "who decided is part of the review",
    "impact.ProviderReply": "who answered for the provider is part of the review",
    "evidence.SavedMapping": "who said what the columns of a file mean is part of the mapping",
    "evidence.SystemToken": "who let a system send files is part of that decision",
    "evidence.SentImport": "which system sent an import; whose import it is stands there",
    "evidence.AnswerSent": "the digest of a random word of a browser, which is tied to nobody",
    "people.Merge": "who decided about two records, and why, is for the administrators who decide",
    "people.TwoPeople": "who told two records apart is for the administrators who decide",
    "evidence.ImportLines": "what the last import did, by name, kept until the next one",
    "evidence.FrameworkVersion": "who brought a published text is part of its version",
    "evidence.Adoption": "who put a published text in use is part of that decision",
    "evidence.CrosswalkLink": "who related two published statements is part of the relation",
    "evidence.JournalEntry": "what takes the last import back, kept until the next one",
}


@pytest.fixture(name="as_ana")
def _as_ana(client: Client) -> Client:
    client.force_login(ana())
    return client


def test_a_new_person_reads_what_is_held_about_her(client: Client) -> None:
    client.force_login(a_person("Nobody"))

    page = client.get("/privacy/").content.decode()

    assert "Nobody has looked" in page
    assert "You share nothing by name" in page
    assert "Nothing but your name" in page


def test_each_kind_says_how_much_there_is_and_who_reads_it(as_ana: Client) -> None:
    a_goal(ana())
    a_partnership(ana(), ben())

    page = as_ana.get("/privacy/").content.decode()

    assert "Your goals" in page
    assert "Your school&#x27;s leader may know who met" in page


def test_ana_shares_a_goal_and_takes_it_back(as_ana: Client) -> None:
    goal = a_goal(ana(), WORDS)

    as_ana.post(
        "/privacy/share/",
        {"thing": f"plans.Goal:{goal.pk}", "audience": dee().pk, "until": "2026-04-01"},
    )
    assert GoalPolicy().visible(dee()).filter(pk=goal.pk).exists()
    page = as_ana.get("/privacy/").content.decode()
    assert f"{WORDS}</h3>" in page
    assert "Dee Walker can read it until April 1, 2026" in page

    as_ana.post(f"/privacy/shares/{Share.objects.get().pk}/revoke/")
    assert not GoalPolicy().visible(dee()).filter(pk=goal.pk).exists()


def test_what_was_chosen_stays_when_the_day_is_past(as_ana: Client) -> None:
    goal = a_goal(ana(), WORDS)

    page = as_ana.post(
        "/privacy/share/",
        {"thing": f"plans.Goal:{goal.pk}", "audience": dee().pk, "until": "2020-04-01"},
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert "This day is past" in text
    assert f'value="{dee().pk}" selected' in text
    assert "2020-04-01" in text


def test_nobody_shares_a_goal_of_another_by_its_number(as_ana: Client) -> None:
    theirs = a_goal(chi())

    page = as_ana.post(
        "/privacy/share/",
        {"thing": f"plans.Goal:{theirs.pk}", "audience": dee().pk, "until": "2026-04-01"},
    )

    assert page.status_code == 422
    assert not Share.objects.exists()


def test_nobody_takes_back_the_share_of_another(as_ana: Client) -> None:
    given = share(a_goal(chi()), policy=GoalPolicy(), by=chi(), audience=ana(), until=APRIL)

    assert as_ana.post(f"/privacy/shares/{given.pk}/revoke/").status_code == 404
    assert Share.objects.get().revoked_at is None


def test_ana_reads_who_has_looked(as_ana: Client) -> None:
    goal = a_goal(ana())
    for _ in range(2):
        record_read(reader=ben(), owner=ana(), what="a goal of your plan", subject=goal.pk)

    page = as_ana.get("/privacy/").content.decode()

    assert "Ben Okafor" in page
    assert "a goal of your plan, 2 times" in page


def test_as_dee_ana_sees_nothing_until_she_shares(as_ana: Client) -> None:
    goal = a_goal(ana(), WORDS)
    address = f"/privacy/seen-by/?who={dee().pk}"
    assert WORDS not in as_ana.get(address).content.decode()

    share(goal, policy=GoalPolicy(), by=ana(), audience=dee(), until=APRIL)

    assert WORDS in as_ana.get(address).content.decode()


def test_the_preview_shows_what_is_ones_own_and_of_nobody_else(as_ana: Client) -> None:
    a_goal(chi(), "A goal of Chi")
    share(a_goal(ana()), policy=GoalPolicy(), by=ana(), audience=chi(), until=APRIL)

    assert "A goal of Chi" not in as_ana.get(f"/privacy/seen-by/?who={chi().pk}").content.decode()


def test_nobody_is_previewed_who_has_nothing_to_do_with_her(as_ana: Client) -> None:
    stranger = a_person("Somebody", "Else")

    assert as_ana.get(f"/privacy/seen-by/?who={stranger.pk}").status_code == 404


def test_ana_downloads_everything_and_nothing_of_others(as_ana: Client) -> None:
    a_goal(ana(), WORDS)
    a_goal(chi(), "A goal of Chi")
    a_partnership(ana(), ben())

    answer = as_ana.get("/privacy/download/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams

    held = json.loads(text)
    assert held["plans.Goal"][0]["text"] == WORDS
    assert held["coaching.Partnership"][0]["partner"] == "Ben Okafor"
    assert "A goal of Chi" not in text
    assert "password" not in text


@pytest.mark.parametrize("page", ["", "share/", "seen-by/?who={dee}", "download/"])
def test_a_long_record_asks_as_many_questions_as_a_short_one(as_ana: Client, page: str) -> None:
    address = f"/privacy/{page.format(dee=dee().pk)}"
    counted = []
    for more in (2, 12):
        for i in range(more):
            coach = grant(a_person(f"Coach{more}", f"No{i}"), Role.COACH)
            pair = a_partnership(ana(), coach)
            Visit.objects.create(
                partnership=pair, state="done", accepted_at=clock.now(), shared_at=clock.now()
            )
            goal = a_goal(ana(), f"Goal {more} {i}")
            share(goal, policy=GoalPolicy(), by=ana(), audience=dee(), until=APRIL)
        with CaptureQueriesContext(connection) as queries:
            answer = as_ana.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_a_partner_takes_the_facts_along_and_not_the_words(client: Client) -> None:
    pair = a_partnership(ana(), ben())
    pair.message = "I would like help with my number talks"
    pair.save()
    client.force_login(ben())

    answer = client.get("/privacy/download/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams

    assert json.loads(text)["coaching.Partnership"][0]["teacher"] == "Ana Ruiz"
    assert "number talks" not in text


def test_notes_that_ben_has_not_shared_are_neither_downloaded_nor_previewed(
    as_ana: Client,
) -> None:
    visit = Visit.objects.create(
        partnership=a_partnership(ana(), ben()), state="accepted", accepted_at=clock.now()
    )
    VisitNote.objects.create(visit=visit, text="Four hands went up")

    preview = as_ana.get(f"/privacy/seen-by/?who={ben().pk}").content.decode()
    file = b"".join(as_ana.get("/privacy/download/").streaming_content).decode()  # type: ignore[attr-defined]  # it streams

    assert "Four hands" not in preview
    assert "Four hands" not in file


def test_no_model_holds_something_about_a_person_that_the_page_does_not_name() -> None:
    listed = {holding.model for holding in HOLDINGS}
    missing = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("trellis.")
        and model not in listed
        and model._meta.label not in NOT_ABOUT_A_PERSON
        and any(
            isinstance(f, ForeignKey | OneToOneField) and f.related_model in {Person, *listed}
            for f in model._meta.concrete_fields
        )
    ]

    assert not missing, f"Add a Holding for {missing} in web/holdings.py: it is about a person."
