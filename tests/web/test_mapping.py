"""Hana says once what a vendor's columns mean; from then on such files are understood."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import hana
from tests.interchange import tiny, vendors
from trellis.evidence import imports, mappings, queries
from trellis.evidence.models import Import, SavedMapping
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.mapping_proposal import propose
from trellis.people.models import StudentNumber
from trellis.people.numbers_loading import asked_about
from trellis.web.loaders import bring_in
from trellis.web.mapping_form import MappingForm

pytestmark = pytest.mark.django_db
LAYOUTS = {"growth": vendors.GROWTH, "screener": vendors.SCREENER,
           "diagnostic": vendors.DIAGNOSTIC, "state": vendors.STATE,
           "objectives": vendors.OBJECTIVES,
           "objectives, wide": vendors.WIDE_OBJECTIVES}  # fmt: skip


@pytest.fixture(name="browser")
def _browser(known_district: None) -> Iterator[Client]:
    client = Client()
    client.force_login(hana())
    yield client
    for brought in Import.objects.all():
        imports.forget(brought)


def drop(browser: Client, text: str, name: str = "export.csv") -> Import:
    browser.post("/imports/", {"chosen": [SimpleUploadedFile(name, text.encode())]})
    return Import.objects.latest("received_at")


def as_it_stands(text: str, **changed: str) -> dict[str, str]:
    """Return what a browser sends when a person changes nothing but this on the page."""
    read = read_csv_text(text.encode(), "export.csv")
    proposal = propose(read)
    form = MappingForm(
        None, columns=proposal.columns, start=proposal.mapping,
        matches=lambda column: asked_about(read.rows[column]).shares(),
        objectives=queries.objectives_by_code(),
    )  # fmt: skip
    shown = {bound.html_name: bound.value() for bound in form}
    sent = {name: "on" if value is True else str(value or "") for name, value in shown.items()}
    return {name: value for name, value in sent.items() if value} | changed


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_unknown_file_is_asked_about_explained_checked_and_applied(
    browser: Client, layout: str
) -> None:
    text = LAYOUTS[layout]
    brought = drop(browser, text)
    asked = browser.get(f"/imports/{brought.pk}/").content.decode()
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"
    page = browser.get(address).content.decode()

    browser.post(address, as_it_stands(text, name="The usual test", save="1"))

    assert "is it results of a test?" in asked
    assert address.replace("/", "&#x2F;") in asked or address in asked
    assert "Nothing to mend in these rows." in page or "were left out" in page
    assert mappings.in_use().keys() == {"The usual test"}
    brought.refresh_from_db()
    assert brought.state == Import.State.PREVIEWED, brought.problems
    browser.post(f"/imports/{brought.pk}/apply/")
    table = "objective_results" if "objectives" in layout else "assessment_results"
    stored = queries.warehouse().read(table).collect()
    assert stored.filter(stored["file"] == "export.csv").height >= 2


def test_a_change_shows_at_once_what_comes_of_it_and_keeps_nothing(browser: Client) -> None:
    brought = drop(browser, vendors.GROWTH)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"

    wrong = as_it_stands(vendors.GROWTH, scale_score__column="TestName")
    shown = browser.post(address, wrong, headers={"HX-Request": "true"}).content.decode()

    assert "Row 2, TestName" in shown
    assert "Growth: Math 2-5" in shown
    assert not SavedMapping.objects.exists()


def test_a_mapping_that_lacks_something_is_not_kept(browser: Client) -> None:
    brought = drop(browser, vendors.GROWTH)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"
    without = as_it_stands(vendors.GROWTH, save="1", student_id__column="")

    answer = browser.post(address, without)

    assert answer.status_code == 422
    assert "Choose a column, or say what is the same in every row." in answer.content.decode()
    assert "Give it a name" in answer.content.decode()
    assert not SavedMapping.objects.exists()


def test_words_of_a_newly_chosen_column_are_asked_anew(browser: Client) -> None:
    brought = drop(browser, vendors.GROWTH)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"
    other = as_it_stands(vendors.GROWTH, subject__column="TestName")

    shown = browser.post(address, other).content.decode()

    assert "“Growth: Science 3-5” means" in shown
    assert "“Science - General” means" not in shown


def test_a_mapping_is_changed_where_a_file_was_read_by_it(browser: Client) -> None:
    mappings.save(
        propose(read_csv_text(vendors.GROWTH.encode(), "f.csv")).mapping, name="Growth", by=hana()
    )
    brought = drop(browser, vendors.GROWTH)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"

    assert "Change how it is read" in browser.get(f"/imports/{brought.pk}/").content.decode()
    assert 'value="Growth"' in browser.get(address).content.decode()
    browser.post(address, as_it_stands(vendors.GROWTH, name="Growth", save="1",
                                       percentile__column=""))  # fmt: skip

    assert SavedMapping.objects.filter(name="Growth").count() == 2
    assert "percentile" not in mappings.in_use()["Growth"].fields


def test_what_is_sound_in_a_vendors_file_can_be_applied_without_the_rest(browser: Client) -> None:
    mappings.save(
        propose(read_csv_text(vendors.GROWTH.encode(), "f.csv")).mapping, name="Growth", by=hana()
    )
    brought = drop(browser, vendors.GROWTH.replace("p-2", "p-77"))
    asked = browser.get(f"/imports/{brought.pk}/").content.decode()

    browser.post(f"/imports/{brought.pk}/sound-rows/")
    browser.post(f"/imports/{brought.pk}/apply/")

    assert "Change how it is read" in asked
    assert "Look at what is sound" in asked
    brought.refresh_from_db()
    assert brought.state == Import.State.APPLIED, brought.problems
    stored = queries.warehouse().read("assessment_results").collect()
    assert stored.filter(stored["file"] == "export.csv").height == 2


def test_a_file_that_is_not_of_the_import_is_not_found(browser: Client) -> None:
    brought = drop(browser, vendors.GROWTH)

    for name in ("", "other.csv", "../../trellis.sqlite3"):
        answer = browser.get(f"/imports/{brought.pk}/mapping/", {"file": name})
        assert answer.status_code == 404


def test_a_mapping_is_shared_taken_in_and_put_away_in_the_browser(browser: Client) -> None:
    kept = mappings.save(
        propose(read_csv_text(vendors.STATE.encode(), "f.csv")).mapping, name="State", by=hana()
    )
    shared = browser.get(f"/mappings/{kept.pk}/file/").content

    browser.post("/mappings/", {"shared": SimpleUploadedFile("state.json", shared)})
    refused = browser.post("/mappings/", {"shared": SimpleUploadedFile("x.json", b"{}")})

    assert SavedMapping.objects.filter(name="State").count() == 2
    assert refused.status_code == 422
    assert "This is no mapping" in refused.content.decode()
    browser.post(f"/mappings/{kept.pk}/put-away/")
    assert "None yet" in browser.get("/mappings/").content.decode()


def numbered(browser: Client, tmp_path: Path) -> None:
    """Bring the roster once more, with the district's own numbers of students."""
    users = tiny.ONEROSTER["users"]
    for student, number in (("p-1,,,true,p1", "1001"), ("p-2,,,true,p2", "1002")):
        line = next(line for line in users.splitlines() if line.startswith(student))
        cells = line.split(",")
        cells[5], cells[9] = f"{{sis:8{number[-1]}}}", number
        users = users.replace(line, ",".join(cells))
    (tmp_path / "next").mkdir()
    tiny.write_bundle(tmp_path / "next" / "oneroster.zip", users=users)
    assert bring_in([tmp_path / "next"], apply=True).record.state == Import.State.APPLIED


def test_a_file_with_the_districts_numbers_of_students_is_brought_in_the_browser(
    browser: Client, tmp_path: Path
) -> None:
    numbered(browser, tmp_path)
    text = vendors.GROWTH.replace("p-1", "1001").replace("p-2", "1002")
    brought = drop(browser, text)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"

    page = browser.get(address).content.decode()
    browser.post(address, as_it_stands(text, name="Growth", save="1"))
    browser.post(f"/imports/{brought.pk}/apply/")

    assert "identifier of the roster: 100% of the first rows match" in page
    assert "sourcedId of the roster: 0% of the first rows match" in page
    assert mappings.in_use()["Growth"].student_kind == "identifier"
    brought.refresh_from_db()
    assert brought.state == Import.State.APPLIED, brought.problems
    stored = queries.warehouse().read("assessment_results").collect()
    keys = [queries.person_key(name) for name in ("p-1", "p-1", "p-2")]
    assert sorted(stored.filter(stored["test"] == "Growth")["student"]) == sorted(keys)
    kept = {*StudentNumber.objects.values_list("number", flat=True)}
    assert not kept & {"1001", "1002", "81", "82"}


def test_a_number_that_nobody_has_or_two_have_is_pointed_at(
    browser: Client, tmp_path: Path
) -> None:
    numbered(browser, tmp_path)
    StudentNumber.objects.filter(student__external_id="p-2", kind="identifier").update(
        number=StudentNumber.objects.get(student__external_id="p-1", kind="identifier").number
    )
    text = vendors.GROWTH.replace("p-1", "1001").replace("p-2", "1002")
    brought = drop(browser, text)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"
    by_number = as_it_stands(text, name="Growth", save="1", student_id__format="identifier")

    browser.post(address, by_number)

    brought.refresh_from_db()
    told = {(p["row"], p["field"], p["found"], p["code"]) for p in brought.problems}
    assert {
        (2, "StudentID", "1001", "reference.student_ambiguous"),
        (5, "StudentID", "1002", "reference.student_unknown"),
    } <= told
    (file,) = brought.files
    assert (file["rows"], file["refused"], file["left_out"]) == (5, 3, 2)


def test_tests_of_two_vendors_stand_beside_each_other(browser: Client) -> None:
    for name, text in (("Growth", vendors.GROWTH), ("Screener", vendors.SCREENER)):
        mappings.save(propose(read_csv_text(text.encode(), "f.csv")).mapping, name=name, by=hana())
        brought = drop(browser, text)
        browser.post(f"/imports/{brought.pk}/apply/")

    stored = queries.warehouse().read("assessment_results").collect()
    fall_math = stored.filter((stored["term"] == "fall") & (stored["subject"] == "math"))
    tests = fall_math.group_by("test").len().sort("test", nulls_last=True).rows()
    assert tests == [("Growth", 2), ("Screener", 2), (None, 2)]
    page = browser.get("/data-quality/").content.decode()
    assert "Math, fall: Growth" in page
    assert "Math, fall: Screener" in page


def test_a_wide_file_by_objective_is_explained_in_the_browser(browser: Client) -> None:
    brought = drop(browser, vendors.WIDE_OBJECTIVES)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"
    page = browser.get(address).content.decode()

    browser.post(address, as_it_stands(vendors.WIDE_OBJECTIVES, name="State", save="1"))

    assert "Columns of objectives" in page
    assert "Other columns of numbers" in page
    known, other = mappings.in_use()["State"].blocks
    # The code of an objective that is known here is kept as its identifier.
    assert known["objective_id"].constant == tiny.OBJECTIVE
    assert (known["correct"].column, known["items"].column) == ("4.NF.1 Earned", "4.NF.1 Possible")
    assert other["objective_id"].constant == "4.OA.A.3"
    browser.post(f"/imports/{brought.pk}/apply/")
    stored = queries.warehouse().read("objective_results").collect()
    came = stored.filter(stored["file"] == "export.csv").sort("row", "correct")
    assert came.select("row", "items", "correct").rows() == [(2, 4, 1), (2, 5, 4), (3, 5, 2)]


def test_columns_of_objectives_ask_for_the_number_of_items(browser: Client) -> None:
    text = "\n".join(
        ",".join(cells[:3] + cells[3:6:2])
        for cells in (line.split(",") for line in vendors.WIDE_OBJECTIVES.strip().splitlines())
    )
    brought = drop(browser, text)
    address = f"/imports/{brought.pk}/mapping/?file=export.csv"

    asked = browser.post(address, as_it_stands(text, name="State", save="1"))
    kept = browser.post(address, as_it_stands(text, name="State", save="1", items__constant="5"))

    assert asked.status_code == 422
    assert "Choose a column, or say what is the same in every row." in asked.content.decode()
    assert kept.status_code == 302
    assert mappings.in_use()["State"].fields["items"].constant == "5"
