"""Where other teachers stand: only if she asks, as a band, for her alone, never of few."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import a_person, ana, ben, chi, grant
from tests.insights.evidence import FALL, THINKING, a_visit, anas_year
from trellis.evidence.models import EvidenceItem
from trellis.insights import explain, tasks
from trellis.insights.models import Fit, Insight
from trellis.insights.policies import InsightPolicy
from trellis.people.models import Person, Role
from trellis.trust import clock, suppression
from trellis.trust.actions import share
from trellis.trust.models import Share

pytestmark = pytest.mark.django_db

BAND = "The dotted lines hold the middle half of teachers here"


def a_district(colleagues: int) -> Insight:
    """Return Ana's insight about explanations, computed beside so many colleagues' evidence."""
    anas_year()
    for i in range(colleagues):
        teacher = grant(a_person(f"Teacher{i}"), Role.TEACHER)
        for k in range(3):
            a_visit(teacher, ben(), FALL + timedelta(days=9 * k), {THINKING: float(i % 3)})
    tasks.compute()
    return Insight.objects.get(owner=ana(), element=THINKING)


def read(client: Client, who: Person, insight: Insight, query: str = "") -> str:
    client.force_login(who)
    page = client.get(reverse("insights:insight", args=[insight.pk]) + query)
    assert page.status_code == 200
    return page.content.decode()


def test_nothing_of_others_is_shown_until_she_asks_and_nothing_of_her_asking_is_kept(
    client: Client,
) -> None:
    insight = a_district(colleagues=11)

    before = read(client, ana(), insight)
    asked = read(client, ana(), insight, "?others=1")
    after = read(client, ana(), insight)

    for page in (before, after):
        assert BAND not in page
        assert "c-others" not in page
        assert "Only if you want it" in page
    assert BAND in asked
    assert "c-others" in asked
    assert "from looks at 10 or more teachers" in asked
    assert "8 times in 10" in asked


def test_it_stays_while_she_switches_a_piece_off(client: Client) -> None:
    insight = a_district(colleagues=11)
    piece = explain.account(insight).rows[0].piece

    part = read(client, ana(), insight, f"?switched=1&others=1&counted={quote(piece)}")
    nothing = read(client, ana(), insight, "?switched=1&others=1")

    assert BAND in part
    assert 'id="others" name="others" value="1" checked' in part
    assert '<input type="hidden" name="others" value="1">' in nothing


def kept(teachers: int, off: float = 0.1) -> dict[str, object]:
    return {THINKING: {"low": 1.2, "high": 1.8, "off": off, "teachers": teachers}}


@pytest.mark.parametrize(("teachers", "is_shown"), [(5, False), (6, True)])
def test_fewer_than_five_others_beside_herself_stay_closed(
    client: Client, teachers: int, is_shown: bool
) -> None:
    insight = a_district(colleagues=1)
    Fit.objects.update(norms=kept(teachers))

    page = read(client, ana(), insight, "?others=1")

    assert (BAND in page) is is_shown
    assert (suppression.TOO_FEW in page) is not is_shown
    assert ("c-others" in page) is is_shown


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (0.1, "known to within a tenth of the step"),
        (0.3, "known to within a third of the step"),
        (0.6, "leaves open where it lies"),
    ],
)
def test_how_sure_the_lines_are_is_said_and_lines_that_could_lie_anywhere_are_not_drawn(
    client: Client, off: float, words: str
) -> None:
    insight = a_district(colleagues=1)
    Fit.objects.update(norms=kept(40, off))

    page = read(client, ana(), insight, "?others=1")

    assert words in page
    assert ("c-others" in page) is ("known to" in words)


def test_with_whom_an_insight_is_shared_cannot_ask(client: Client) -> None:
    insight = a_district(colleagues=11)
    share(
        insight,
        policy=InsightPolicy(),
        by=ana(),
        audience=chi(),
        until=clock.today() + timedelta(days=30),
    )

    page = read(client, chi(), insight, "?others=1")

    assert Share.objects.count() == 1
    assert "others" not in page[page.index('id="account"') : page.index('id="settle"')]
    assert "c-others" not in page


def test_before_the_first_run_over_all_teachers_it_cannot_be_told_yet(client: Client) -> None:
    insight = a_district(colleagues=11)
    Fit.objects.update(norms={})

    page = read(client, ana(), insight, "?others=1")

    assert "It cannot be told yet" in page
    assert "c-others" not in page


def test_one_more_look_at_a_colleague_cannot_be_read_off_the_band(client: Client) -> None:
    insight = a_district(colleagues=11)
    before = read(client, ana(), insight, "?others=1")

    a_visit(a_person("Teacher3"), ben(), FALL + timedelta(days=60), {THINKING: 3.0})
    a_visit(a_person("Teacher99"), ben(), FALL, {THINKING: 3.0})
    tasks.compute()
    after = read(client, ana(), insight, "?others=1")

    assert EvidenceItem.objects.filter(owner=a_person("Teacher99")).exists()
    for said in ("The dotted lines", "from looks at"):
        assert _sentence(before, said) == _sentence(after, said)
    assert before.split("c-others")[0][-60:] == after.split("c-others")[0][-60:]


def _sentence(page: str, begin: str) -> str:
    return page[page.index(begin) :].split(".", 1)[0]
