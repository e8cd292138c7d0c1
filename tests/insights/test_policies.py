"""Insights, evidence and class figures are their owners', and the two sides of each rule agree."""

from datetime import timedelta

import pytest

from tests.cast import CAST, a_section, ana, ben, chi
from tests.insights.evidence import anas_year
from trellis.evidence.models import EvidenceItem
from trellis.insights import actions, policies
from trellis.insights.models import Insight
from trellis.people.models import Section
from trellis.trust import clock
from trellis.trust.actions import share

pytestmark = pytest.mark.django_db


def test_only_the_owner_reads_an_insight_and_whom_she_shares_it_with() -> None:
    actions.refresh(anas_year())
    insight = Insight.objects.filter(owner=ana()).first()
    assert insight is not None
    share(
        insight,
        policy=policies.insights,
        by=ana(),
        audience=ben(),
        until=clock.today() + timedelta(days=7),
    )

    readers = {who().given_name for who in CAST if policies.insights.may_read(who(), insight)}

    assert readers == {"Ana", "Ben"}


def test_both_sides_of_each_rule_agree_for_everybody() -> None:
    actions.refresh(anas_year())
    a_section(chi(), "Grade 4 ELA")
    things = (
        (policies.insights, Insight),
        (policies.evidence, EvidenceItem),
        (policies.classes, Section),
    )

    for policy, model in things:
        for who in CAST:
            allowed = {t.pk for t in model.objects.all() if policy.may_read(who(), t)}  # type: ignore[attr-defined]  # each policy with its own model
            assert {t.pk for t in policy.visible(who())} == allowed
    assert {s.title for s in policies.classes.visible(chi())} == {"Grade 4 ELA"}
