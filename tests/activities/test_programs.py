"""Programs: reach and cost for those who run them, closed where too few, never by person."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import CAST, a_person, ana, dee, eli, fay, gus, hana
from tests.impact.worlds import a_program, an_offer, took_part
from trellis.activities.models import CostItem, Participation, Program
from trellis.activities.policies import ProgramPolicy, ProviderPolicy
from trellis.activities.queries import program_list, program_page
from trellis.people.models import Person
from trellis.trust.suppression import Hidden, Shown

pytestmark = pytest.mark.django_db


def with_participants(count: int, year: int = 2026, *, first: int = 0) -> Program:
    program = a_program()
    for n in range(first, first + count):
        part = took_part(a_person(f"Teacher{n}"), program, year)
        part.minutes, part.useful = 600, "yes" if n % 2 else "partly"
        part.save()
    return program


def with_cost(program: Program) -> None:
    CostItem.objects.create(
        program=program,
        school_year=2026,
        ingredient="Teachers' own time",
        category="teacher time",
        quantity=Decimal(100),
        unit="hours",
        unit_price_usd=Decimal(50),
        price_year=2025,
        source="payroll",
    )


def test_four_participants_are_not_shown_and_five_are() -> None:
    with_participants(4)
    closed = program_list(eli())[0]
    with_participants(1, first=4)
    shown = program_list(eli())[0]

    assert isinstance(closed.reach.teachers, Hidden)
    assert isinstance(closed.per_teacher, Hidden)
    assert shown.reach.teachers == Shown(5)


def test_a_year_that_would_give_away_three_people_by_subtraction_stays_closed() -> None:
    with_participants(20, 2025)
    program = with_participants(23, 2026)

    page = program_page(program)

    # All 23 are shown, and 20 of them came in 2025 as well: the difference would be three.
    years = {o.year: o.reach.teachers for o in page.offers}
    assert page.row.reach.teachers == Shown(23)
    assert isinstance(years["2024-25"], Hidden)


def test_cost_is_per_teacher_reached_with_own_time_in_it() -> None:
    program = with_participants(10)
    with_cost(program)

    page = program_page(program)

    assert page.row.per_teacher == Shown("$500")
    assert page.teacher_time == "$5,000"
    assert page.per_hour == Shown("$50")


def test_who_withdrew_was_not_reached() -> None:
    program = with_participants(6)
    Participation.objects.filter(teacher__given_name="Teacher0").update(state="withdrawn")

    assert program_page(program).row.reach.teachers == Shown(5)


@pytest.mark.parametrize("policy", [ProgramPolicy(), ProviderPolicy()])
def test_predicate_and_filter_agree_for_everyone(policy: ProgramPolicy | ProviderPolicy) -> None:
    own, other = a_program("northstar-literacy", "northstar"), a_program()
    things = [own, other] if isinstance(policy, ProgramPolicy) else [own.provider, other.provider]

    read = {}
    for builder in CAST:
        who = builder()
        by_predicate = [t for t in things if policy.may_read(who, t)]  # type: ignore[arg-type]  # each policy with its own things
        assert set(policy.visible(who)) == set(by_predicate)
        read[who.given_name] = len(by_predicate)

    assert read == {"Ana": 0, "Ben": 0, "Chi": 0, "Dee": 0, "Eli": 2, "Fay": 1, "Gus": 2, "Hana": 0}


@pytest.mark.parametrize(
    ("who", "status"), [(eli, 200), (gus, 200), (fay, 200), (ana, 403), (dee, 403), (hana, 403)]
)
def test_the_list_opens_for_those_who_have_programs_to_read(
    who: Callable[[], Person], status: int, client: Client
) -> None:
    client.force_login(who())

    assert client.get(reverse("activities:programs")).status_code == status


def test_the_pages_name_no_participant(client: Client) -> None:
    program = with_participants(8)
    with_cost(program)
    client.force_login(eli())

    for url in (
        reverse("activities:programs"),
        reverse("activities:program", args=[program.pk]),
        reverse("activities:provider", args=[program.provider_id]),
    ):
        page = client.get(url).content.decode()
        assert "8 teachers" in page or "8</td>" in page
        assert "Teacher3" not in page
        assert "<c-" not in page


def test_the_list_asks_the_database_as_often_for_twenty_programs_as_for_two(
    client: Client,
) -> None:
    client.force_login(eli())

    def queries_with(count: int) -> int:
        for n in range(count):
            an_offer(a_program(f"program-{n}"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("activities:programs"))
        return len(asked)

    assert queries_with(2) == queries_with(20)
