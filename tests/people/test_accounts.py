"""Accounts and roles: one's own page, the administrators' list, grants that begin and end."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from tests.cast import CAST, a_person, a_school, ana, ben, dee, eli, grant, hana
from trellis.people import actions, policies, queries
from trellis.people.models import Person, Role, RoleGrant
from trellis.trust import clock
from trellis.trust.models import AccessEvent, Event

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 11)


def open_role(person: Person, by: Person, **changed: object) -> RoleGrant:
    wanted: dict[str, object] = {
        "role": Role.COACH,
        "scope_kind": "district",
        "starts_on": TODAY,
        "reason": "Coaches math from March",
        **changed,
    }
    return actions.grant_role(person, by=by, **wanted)  # type: ignore[arg-type]  # as a form binds it


def afresh(person: Person) -> Person:
    """Return the person as the next request would load her."""
    return Person.objects.get(pk=person.pk)


def test_a_role_opens_on_its_first_day_with_its_reason_on_record() -> None:
    chosen = ana()

    opened = open_role(chosen, hana())

    assert queries.has_role(afresh(chosen), Role.COACH)
    event = Event.objects.get(kind="RoleGranted")
    assert event.about == chosen
    assert "Coaches math from March" in event.data["sentence"]
    assert event.subject == str(opened.pk)


def test_a_role_that_begins_tomorrow_opens_nothing_today() -> None:
    chosen = ana()

    open_role(chosen, hana(), starts_on=TODAY + timedelta(days=1))

    assert not queries.has_role(afresh(chosen), Role.COACH)


def test_an_ended_role_opens_nothing_the_day_after_and_stays_on_record() -> None:
    chosen = ana()
    opened = open_role(chosen, hana(), starts_on=TODAY - timedelta(days=9))

    actions.end_role(opened, by=hana(), ends_on=TODAY - timedelta(days=1))

    assert not queries.has_role(afresh(chosen), Role.COACH)
    assert RoleGrant.objects.filter(pk=opened.pk).exists()
    assert [row.is_past for row in queries.grant_rows(chosen)] == [False, True]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": "  "}, "Say why"),
        ({"ends_on": TODAY - timedelta(days=1)}, "before the first"),
        ({"role": Role.SCHOOL_LEADER}, "“School leader” is a role in one school"),
        ({"role": Role.TEACHER, "scope_kind": "school"}, "Choose the school"),
        ({"role": Role.CONSULTANT, "scope_kind": "provider"}, "Name the provider"),
    ],
)
def test_a_role_without_reason_days_or_place_is_refused_in_words(
    changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        open_role(ana(), hana(), **changed)


def test_the_same_role_cannot_be_open_twice_in_one_place() -> None:
    open_role(ana(), hana())

    with pytest.raises(ValidationError, match="open there already"):
        open_role(ana(), hana(), starts_on=TODAY + timedelta(days=30))


def test_nobody_but_an_administrator_opens_or_ends_a_role() -> None:
    for somebody in (eli(), dee(), ana()):
        with pytest.raises(PermissionDenied):
            open_role(ana(), somebody)
        with pytest.raises(PermissionDenied):
            actions.end_role(ana().role_grants.get(), by=somebody, ends_on=TODAY)


def test_the_last_administrator_cannot_be_ended() -> None:
    only = hana()

    with pytest.raises(ValidationError, match="last administrator"):
        actions.end_role(only.role_grants.get(), by=only, ends_on=TODAY)


def test_a_closed_account_is_signed_out_at_once_and_can_be_opened_again(client: Client) -> None:
    me = ana()
    client.force_login(me)

    actions.close_account(me, by=hana())
    gone = client.get("/account/")
    actions.open_account(me, by=hana())
    client.force_login(me)

    assert gone.status_code == 302
    assert client.get("/account/").status_code == 200
    assert list(Event.objects.values_list("kind", flat=True)) == ["AccountOpened", "AccountClosed"]


def test_an_administrator_cannot_close_the_account_she_is_using() -> None:
    with pytest.raises(ValidationError, match="your own account"):
        actions.close_account(hana(), by=hana())


def test_only_administrators_see_the_list_of_people(client: Client) -> None:
    for member in CAST:
        person = member()
        client.force_login(person)
        expected = 200 if person == hana() else 403
        assert client.get("/administration/people/").status_code == expected, person
        assert client.get(f"/administration/people/{ana().pk}/").status_code == expected, person


def test_a_person_sees_that_her_account_was_opened_by_an_administrator(client: Client) -> None:
    client.force_login(hana())

    client.get(f"/administration/people/{ana().pk}/")

    look = AccessEvent.objects.get()
    assert (look.reader, look.owner, look.what) == (hana(), ana(), "your account and roles")


def test_the_list_is_found_by_name_school_and_role_and_ordered_by_name(client: Client) -> None:
    for member in CAST:
        member()
    client.force_login(hana())

    everybody = client.get("/administration/people/").context["page"].rows
    by_name = client.get("/administration/people/", {"words": "okaf"}).context["page"].rows
    by_school = client.get("/administration/people/", {"school": "cedar elementary"})
    by_role = client.get("/administration/people/", {"role": "coach"}).context["page"].rows

    assert [row.name.split()[-1] for row in everybody] == sorted(
        row.name.split()[-1] for row in everybody
    )
    assert [row.name for row in by_name] == ["Ben Okafor"]
    assert {row.name for row in by_school.context["page"].rows} == {
        "Ana Ruiz",
        "Chi Nguyen",
        "Dee Walker",
    }
    assert [row.name for row in by_role] == ["Ben Okafor"]


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_takes_as_many_queries_for_twenty_people_as_for_two(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        grant(a_person("Teacher", f"Number{n}"), Role.TEACHER, school=a_school(f"School {n}"))

    with django_assert_num_queries(3):
        page = queries.people_page(Person.objects.all())

    assert page.total == count


def test_a_role_is_opened_and_ended_in_the_browser(client: Client) -> None:
    client.force_login(hana())
    where = f"/administration/people/{ben().pk}/roles/"

    client.post(
        where,
        {
            "role": "school_leader",
            "scope_kind": "school",
            "school": a_school().pk,
            "starts_on": "2026-03-11",
            "legitimate_interest": "Acting principal",
        },
    )
    opened = ben().role_grants.get(role="school_leader")
    client.post(f"/administration/roles/{opened.pk}/end/", {"ends_on": "2026-03-20"})

    opened.refresh_from_db()
    assert opened.school == a_school()
    assert opened.ends_on == date(2026, 3, 20)


def test_a_grant_that_is_refused_keeps_what_was_typed(client: Client) -> None:
    client.force_login(hana())

    page = client.post(
        f"/administration/people/{ana().pk}/roles/",
        {
            "role": "school_leader",
            "scope_kind": "district",
            "starts_on": "2026-03-11",
            "legitimate_interest": "Acting principal",
        },
    )

    assert page.status_code == 422
    assert "“School leader” is a role in one school" in page.content.decode()
    assert "Acting principal" in page.content.decode()


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def test_a_person_changes_her_password_and_stays_signed_in(client: Client) -> None:
    me = ana()
    me.set_password("a trellis for beans")
    me.save()
    client.force_login(me)

    wrong = client.post("/account/", {"present": "no", "new": "some other sentence"})
    right = client.post(
        "/account/", {"present": "a trellis for beans", "new": "some other sentence"}
    )

    assert wrong.status_code == 422
    assert right.status_code == 302
    assert client.get("/account/").status_code == 200
    assert afresh(me).check_password("some other sentence")


@pytest.mark.parametrize("policy", [policies.accounts, policies.grants], ids=["account", "grant"])
def test_what_one_may_read_is_what_the_list_holds(
    policy: policies.AccountPolicy | policies.GrantPolicy,
) -> None:
    people = [member() for member in CAST]

    for who in people:
        seen = set(policy.visible(who))
        for thing in policy.model.objects.all():
            assert (thing in seen) == policy.may_read(who, thing)  # type: ignore[arg-type]  # each its own model


def test_the_day_of_a_new_role_is_the_day_that_the_district_stands_on(client: Client) -> None:
    client.force_login(hana())

    page = client.get(f"/administration/people/{ana().pk}/").content.decode()

    assert f'value="{clock.today():%Y-%m-%d}"' in page
