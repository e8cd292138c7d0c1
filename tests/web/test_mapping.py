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
from trellis.web.loaders import bring_in
from trellis.web.mapping_form import MappingForm

pytestmark = pytest.mark.django_db
LAYOUTS = {"growth": vendors.GROWTH, "screener": vendors.SCREENER,
           "diagnostic": vendors.DIAGNOSTIC, "state": vendors.STATE,
           "objectives": vendors.OBJECTIVES}  # fmt: skip


@pytest.fixture(name="browser")
def _browser(tmp_path: Path) -> Iterator[Client]:
    bring_in([tiny.write_district(tmp_path / "district")], apply=True)
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
    proposal = propose(read_csv_text(text.encode(), "export.csv"))
    form = MappingForm(None, columns=proposal.columns, start=proposal.mapping)
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
    table = "objective_results" if layout == "objectives" else "assessment_results"
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
