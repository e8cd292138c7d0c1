"""How rules are received: counted over many teachers, closed below five, no names anywhere."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import a_person, hana
from trellis.insights import upkeep
from trellis.insights.models import Insight, Reply
from trellis.trust import clock
from trellis.trust.suppression import Hidden, Shown

pytestmark = pytest.mark.django_db


def spoke_to(count: int, *, not_me: int = 0, rule: str = "own-teaching") -> None:
    for i in range(count):
        owner = a_person(f"{rule}{i}")
        Insight.objects.create(
            owner=owner, element="culture.support", kind="strength", sure="early", title="A",
            claim="B", rule=rule, rule_version="2.0", computed_at=clock.now(),
        )  # fmt: skip
        if i < not_me:
            Reply.objects.create(
                owner=owner, element="culture.support", kind="strength", answer="not me",
                at=clock.now(), rule=rule, rule_version="2.0",
            )  # fmt: skip


def test_dismissals_are_counted_where_they_tell_of_nobody() -> None:
    spoke_to(14, not_me=6)

    row = upkeep.rules()[0]

    assert (row.rule, row.version, row.teachers) == ("own-teaching", "2.0", 14)
    assert isinstance(row.not_me, Shown)
    assert row.not_me.value.value == 6
    assert isinstance(row.differently, Hidden)


@pytest.mark.parametrize(("teachers", "not_me"), [(14, 4), (8, 5)], ids=["few", "few others"])
def test_a_small_number_stays_closed_and_so_does_the_small_rest(teachers: int, not_me: int) -> None:
    spoke_to(teachers, not_me=not_me)

    assert isinstance(upkeep.rules()[0].not_me, Hidden)


def test_a_rule_that_spoke_to_fewer_than_five_is_not_named() -> None:
    spoke_to(4, rule="sources")

    assert upkeep.rules() == []


def test_an_administrator_reads_how_rules_are_received_and_no_name(client: Client) -> None:
    spoke_to(14, not_me=6)
    client.force_login(hana())

    page = client.get(reverse("web:data_quality")).content.decode()

    assert "How the rules of insights are received" in page
    assert "14 teachers" in page
    assert "own-teaching0" not in page  # the name of one who answered
