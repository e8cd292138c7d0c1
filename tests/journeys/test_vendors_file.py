"""Hana brings test results in a layout that Trellis never saw, and says once what it means."""

from pathlib import Path

from playwright.sync_api import expect

from tests.interchange import vendors
from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage


def test_hana_explains_a_vendors_file_once(new_page: NewPage, tmp_path: Path) -> None:
    file = tmp_path / "growth fall.csv"
    file.write_text(vendors.GROWTH)
    page = new_page("Hana")
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check these files").click()
    expect(page.get_by_role("heading", name="We do not know this file")).to_be_visible()
    look(page, "unknown-file")

    page.get_by_role("link", name="Yes, these are test results").click()
    expect(page.get_by_role("heading", name="What do these columns mean?")).to_be_visible()
    look(page, "mapping")
    page.locator("summary", has_text="Grade").click()
    page.locator("#id_grade__column").select_option("DistrictName")
    first = page.get_by_role("region", name="The first rows as Trellis reads them")
    expect(first.get_by_text("Tiny District").first).to_be_visible()
    page.locator("#id_grade__column").select_option("StudentGrade")
    expect(first.get_by_text("Tiny District")).to_have_count(0)
    page.get_by_label("Name of this mapping").fill("Growth test")
    page.get_by_role("button", name="Keep it and check the file").click()

    # The made-up students are in no roster: each is named by the vendor's own row and column.
    expect(page.get_by_text("Change how it is read")).to_be_visible()
    expect(page.get_by_role("rowheader", name="StudentID").first).to_be_visible()
    look(page, "mapped-with-problems")
    page.goto("/mappings/")
    expect(page.get_by_role("rowheader", name="Growth test")).to_be_visible()
    look(page, "mappings")


def test_hana_lets_a_system_send_files(new_page: NewPage) -> None:
    page = new_page("Hana")
    page.goto("/administration/systems/")
    page.get_by_label("Which system sends files").fill("Nightly export")
    page.get_by_role("button", name="Make a token").click()

    expect(page.get_by_text("Copy this token now")).to_be_visible()
    look(page, "systems")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked")).to_be_visible()
