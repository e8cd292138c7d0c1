"""Each kind of file can come alone, later, against what is known; no name reaches the warehouse."""

from pathlib import Path

import pytest

from tests.interchange import tiny
from trellis.activities.models import CostItem, Participation
from trellis.evidence import queries
from trellis.people.models import Employment
from trellis.warehouse.tables import TABLES
from trellis.web.loaders import bring_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_district")]

NAMES = ("Ana", "Ruiz", "Chi", "Nguyen", "Ben", "t-ana", "t-chi", "t-ben", "p-1", "p-2")


def bring(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.write_text(text)
    checked = bring_in([file], apply=True)
    assert checked.files.sound, [str(problem) for problem in checked.files.problems]


@pytest.mark.parametrize("name", tiny.FILES)
def test_a_file_comes_alone_against_what_is_known(tmp_path: Path, name: str) -> None:
    bring(tmp_path, name, tiny.FILES[name])


def test_later_costs_replace_those_of_their_program_and_year(tmp_path: Path) -> None:
    bring(tmp_path, "costs.csv", tiny.FILES["costs.csv"].replace("84000", "90000"))

    assert [item.unit_price_usd for item in CostItem.objects.all()] == [90000]
    stored = queries.warehouse().read("costs").collect()
    assert stored["unit_price_usd"].to_list() == [90000.0]


def test_later_participation_replaces_that_of_its_offer(tmp_path: Path) -> None:
    bring(tmp_path, "participation.csv", tiny.FILES["participation.csv"].replace("240", "300"))

    assert [one.minutes for one in Participation.objects.all()] == [300]
    assert queries.warehouse().read("participation").collect()["minutes"].to_list() == [300]


def test_who_stayed_moved_or_left_is_kept_under_a_pseudonym(tmp_path: Path) -> None:
    told = tiny.FILES["staff.csv"].replace("math;ela,\n", "math;ela,left\n")
    bring(tmp_path, "staff.csv", told)

    moves = queries.warehouse().read("staff_moves").collect()
    assert sorted(moves["next_year"].to_list()) == ["left", "stayed"]
    assert set(moves["teacher"].to_list()) == {
        queries.person_key("t-ana"), queries.person_key("t-chi"),
    }  # fmt: skip
    assert Employment.objects.count() == 2


def test_no_name_of_a_person_reaches_the_warehouse(tmp_path: Path) -> None:
    bring(tmp_path, "staff.csv", tiny.FILES["staff.csv"].replace("math;ela,\n", "math;ela,left\n"))

    for table in TABLES:
        told = queries.warehouse().read(table).collect().write_csv()

        for name in NAMES:
            assert f"{name}," not in told, table
            assert f",{name}\n" not in told, table
