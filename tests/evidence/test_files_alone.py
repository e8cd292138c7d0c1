"""Each kind of file can come alone, later, against what is known; no name reaches the warehouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.interchange import tiny
from trellis.activities.models import CostItem, Participation
from trellis.evidence import queries
from trellis.people.models import Employment
from trellis.warehouse.tables import TABLES
from trellis.web.loaders import bring_in

pytestmark = pytest.mark.django_db

NAMES = ("Ana", "Ruiz", "Chi", "Nguyen", "Ben", "t-ana", "t-chi", "t-ben", "p-1", "p-2")


@pytest.fixture(scope="module")
def district(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Bring the district once: the one file that each test brings to it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        bring_in([tiny.write_district(tmp_path_factory.mktemp("district"))], apply=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture(name="known")
def _known(district: None, tmp_path: Path) -> Path:
    """A folder for what comes later, to a district that is known."""
    return tmp_path


def bring(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(text)
    checked = bring_in([file], apply=True)
    assert checked.files.sound, [str(problem) for problem in checked.files.problems]


@pytest.mark.parametrize("name", tiny.FILES)
def test_a_file_comes_alone_against_what_is_known(known: Path, name: str) -> None:
    bring(known, name, tiny.FILES[name])


def test_later_costs_replace_those_of_their_program_and_year(known: Path) -> None:
    bring(known, "costs.csv", tiny.FILES["costs.csv"].replace("84000", "90000"))

    assert [item.unit_price_usd for item in CostItem.objects.all()] == [90000]
    stored = queries.warehouse().read("costs").collect()
    assert stored["unit_price_usd"].to_list() == [90000.0]


def test_later_participation_replaces_that_of_its_offer(known: Path) -> None:
    bring(known, "participation.csv", tiny.FILES["participation.csv"].replace("240", "300"))

    assert [one.minutes for one in Participation.objects.all()] == [300]
    assert queries.warehouse().read("participation").collect()["minutes"].to_list() == [300]


def test_who_stayed_moved_or_left_is_kept_under_a_pseudonym(known: Path) -> None:
    told = tiny.FILES["staff.csv"].replace("math;ela,\n", "math;ela,left\n")
    bring(known, "staff.csv", told)

    moves = queries.warehouse().read("staff_moves").collect()
    assert sorted(moves["next_year"].to_list()) == ["left", "stayed"]
    assert set(moves["teacher"].to_list()) == {
        queries.person_key("t-ana"), queries.person_key("t-chi"),
    }  # fmt: skip
    assert Employment.objects.count() == 2


def test_no_name_of_a_person_reaches_the_warehouse(known: Path) -> None:
    bring(known, "staff.csv", tiny.FILES["staff.csv"].replace("math;ela,\n", "math;ela,left\n"))

    for table in TABLES:
        told = queries.warehouse().read(table).collect().write_csv()

        for name in NAMES:
            assert f"{name}," not in told, table
            assert f",{name}\n" not in told, table
