"""Signing in: by e-mail and password, slowed down when guessed at, and as one of the cast."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client, override_settings

from tests.cast import a_person, ana, ben
from trellis.people import demonstration, throttle
from trellis.people.models import Person
from trellis.trust import clock

pytestmark = pytest.mark.django_db

PASSWORD = "a trellis for beans"
# Hashing a hundred guesses at full strength would take a minute; the rule does not depend on it.
QUICK = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@pytest.fixture(autouse=True)
def no_failures_from_other_tests() -> None:
    cache.clear()


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def the_cast() -> dict[str, Person]:
    people = {"ana": ana(), "ben": ben()}
    for key, person in people.items():
        person.external_id = key
        person.save()
    return people


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def sign_in(client: Client, email: str, password: str, **more: str) -> int:
    return client.post("/sign-in/", {"email": email, "password": password, **more}).status_code


@QUICK
def test_a_person_signs_in_however_she_capitalizes_her_address(client: Client) -> None:
    me = with_password(ana())

    status = sign_in(client, me.email.upper(), PASSWORD)

    assert status == 302
    assert signed_in_as(client) == str(me.pk)


@QUICK
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client) -> None:
    with_password(ana())

    wrong = client.post("/sign-in/", {"email": ana().email, "password": "no"})
    unknown = client.post("/sign-in/", {"email": "who@alder-valley.example", "password": "no"})

    sentence = "This e-mail and password do not belong together."
    assert wrong.status_code == unknown.status_code == 422
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert ana().email in wrong.content.decode(), "what was typed is kept"


@QUICK
def test_a_closed_account_cannot_sign_in(client: Client) -> None:
    me = with_password(ana())
    me.is_active = False
    me.save()

    assert sign_in(client, me.email, PASSWORD) == 422


@QUICK
def test_after_five_failures_even_the_right_password_has_to_wait(client: Client) -> None:
    me = with_password(ana())
    for _ in range(throttle.FREE_FOR_ACCOUNT):
        sign_in(client, me.email, "guess")

    page = client.post("/sign-in/", {"email": me.email, "password": PASSWORD})

    assert "Wait 15 seconds" in page.content.decode()
    assert signed_in_as(client) is None


@QUICK
def test_one_persons_failures_do_not_keep_a_colleague_out(client: Client) -> None:
    me, colleague = ana(), with_password(ben())
    for _ in range(throttle.FREE_FOR_ACCOUNT):
        sign_in(client, me.email, "guess")

    assert sign_in(client, colleague.email, PASSWORD) == 302


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_then_ends() -> None:
    now = clock.now()
    for _ in range(throttle.FREE_FOR_ACCOUNT + 1):
        throttle.remember_failure("a@x.example", "192.0.2.1", now=now)

    assert throttle.wait_before_next("a@x.example", "192.0.2.1", now=now) == timedelta(seconds=30)
    for _ in range(30):
        throttle.remember_failure("a@x.example", "192.0.2.1", now=now)
    assert throttle.wait_before_next("a@x.example", "192.0.2.1", now=now) == throttle.LONGEST_WAIT
    later = now + throttle.LONGEST_WAIT
    assert throttle.wait_before_next("a@x.example", "192.0.2.1", now=later) == timedelta()


def test_guessing_at_many_accounts_from_one_address_is_slowed_down_too() -> None:
    now = clock.now()
    for n in range(throttle.FREE_FOR_ADDRESS):
        throttle.remember_failure(f"teacher{n}@x.example", "192.0.2.1", now=now)

    assert throttle.wait_before_next("fresh@x.example", "192.0.2.1", now=now)
    assert not throttle.wait_before_next("fresh@x.example", "192.0.2.2", now=now)


@QUICK
def test_signing_in_goes_on_to_the_page_that_was_asked_for_but_never_to_another_site(
    client: Client,
) -> None:
    me = with_password(ana())
    typed = {"email": me.email, "password": PASSWORD}

    ours = client.post("/sign-in/", {**typed, "next": "/account/"})
    foreign = client.post("/sign-in/", {**typed, "next": "https://elsewhere.example/"})

    assert ours["Location"] == "/account/"
    assert foreign["Location"] == "/"


def test_a_person_who_came_with_an_import_gets_her_first_password_by_mail(client: Client) -> None:
    me = ana()
    me.set_unusable_password()
    me.save()

    client.post("/password/", {"email": me.email})

    link = next(w for w in mail.outbox[0].body.split() if "://" in w)
    page = client.get(link, follow=True)
    chosen = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    client.post(page.redirect_chain[-1][0], chosen)
    assert sign_in(client, me.email, PASSWORD) == 302
    assert mail.outbox[0].to == [me.email]


def test_an_unknown_address_is_told_the_same_and_gets_no_mail(client: Client) -> None:
    known, unknown = ana().email, "who@alder-valley.example"

    answers = [client.post("/password/", {"email": e}, follow=True) for e in (known, unknown)]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert [m.to for m in mail.outbox] == [[known]]


def test_signing_out_needs_a_click_and_not_just_a_link(client: Client) -> None:
    client.force_login(ana())

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert signed_in_as(client) is None


@override_settings(TRELLIS_DEMO=True)
def test_in_the_demonstration_one_click_makes_a_visitor_one_of_the_cast(client: Client) -> None:
    people = the_cast()

    page = client.get("/sign-in/").content.decode()
    client.post("/sign-in/as/", {"cast": "ana"})

    assert "Ana Ruiz" in page
    assert 'value="ben"' in page
    assert signed_in_as(client) == str(people["ana"].pk)


@override_settings(TRELLIS_DEMO=True)
def test_being_someone_else_leaves_nothing_of_the_one_before(client: Client) -> None:
    people = the_cast()
    client.post("/sign-in/as/", {"cast": "ana"})
    session = client.session
    session["hers"] = 1
    session.save()

    client.post("/sign-in/as/", {"cast": "ben"})

    assert signed_in_as(client) == str(people["ben"].pk)
    assert "hers" not in client.session


def test_outside_the_demonstration_nobody_becomes_one_of_the_cast(client: Client) -> None:
    the_cast()

    page = client.get("/sign-in/").content.decode()

    assert client.post("/sign-in/as/", {"cast": "ana"}).status_code == 404
    assert signed_in_as(client) is None
    assert "Ana Ruiz" not in page


@override_settings(TRELLIS_DEMO=True, ALLOWED_HOSTS=["testserver", "trellis.alder-valley.org"])
def test_a_demonstration_that_others_can_reach_is_refused_at_start_and_at_the_door(
    client: Client,
) -> None:
    the_cast()

    problems = [p for p in run_checks() if p.id == "trellis.people.E001"]

    assert len(problems) == 1
    assert "trellis.alder-valley.org" in problems[0].msg
    assert client.post("/sign-in/as/", {"cast": "ana"}).status_code == 404


@override_settings(TRELLIS_DEMO=True)
def test_a_demonstration_opened_on_a_real_database_lets_nobody_in(client: Client) -> None:
    person = the_cast()["ana"]
    person.email = "ana.ruiz@alder-valley.org"
    person.save()

    assert client.post("/sign-in/as/", {"cast": "ana"}).status_code == 404
    assert all(card.key != "ana" for card in demonstration.cards())


@override_settings(TRELLIS_DEMO=True)
def test_nobody_outside_the_cast_can_be_borrowed(client: Client) -> None:
    a_person("Real", "Teacher")

    assert client.post("/sign-in/as/", {"cast": "real.teacher"}).status_code == 404


@QUICK
def test_a_person_from_the_roster_gets_her_first_password_by_e_mail(client: Client) -> None:
    me = ana()
    client.post("/password/", {"email": me.email})
    link = next(w for w in mail.outbox[0].body.split() if w.startswith("http"))
    form = client.get(link.replace("http://testserver", ""), follow=True)

    client.post(form.request["PATH_INFO"], {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert "Hello Ana" in mail.outbox[0].body
    assert sign_in(client, me.email, PASSWORD) == 302
    assert (
        client.get(link.replace("http://testserver", ""), follow=True).context["validlink"] is False
    )


def test_asking_for_a_password_does_not_tell_whether_an_address_is_known(client: Client) -> None:
    ana()

    known = client.post("/password/", {"email": ana().email}, follow=True)
    unknown = client.post("/password/", {"email": "who@alder-valley.example"}, follow=True)

    assert known.content == unknown.content
    assert len(mail.outbox) == 1
