"""Hana brings her state's standards, sees what was read, puts them in use; then Ana reads them."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.interchange.case.packages import a_package, an_item
from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage

TITLE = "Standards of a tiny state"


def test_hana_brings_standards_and_everybody_reads_them_once_they_are_in_use(
    new_page: NewPage, tmp_path: Path
) -> None:
    package = a_package(CFItems=[an_item(1, color="red"), an_item(2)])
    package["CFDocument"]["title"] = TITLE
    file = tmp_path / "standards.json"
    file.write_text(json.dumps(package))
    page = new_page("Hana")
    page.goto("/frameworks/")
    look(page, "frameworks")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read this file").click()

    # What was read past is named by its place before anything is in use.
    expect(page.get_by_text("/CFItems/0/color").first).to_be_visible()
    look(page, "framework-version")
    page.get_by_role("button", name="Put it in use").click()
    expect(page.get_by_text("In use").first).to_be_visible()

    page.goto("/frameworks/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.get_by_text("Statement 2")).to_be_visible()
    look(page, "framework")

    anas = new_page("Ana")
    anas.goto(page.url)
    expect(anas.get_by_text("Statement 2")).to_be_visible()
    expect(anas.get_by_role("button", name="Take it out of use")).to_have_count(0)


def test_the_words_of_practice_are_there_for_everybody(new_page: NewPage) -> None:
    page = new_page("Ana")
    page.goto("/frameworks/practice/")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "words-of-practice")
