"""Ana reads her class, sees how it grew, and looks into an insight and the rule behind it."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage


def open_class(page: Page) -> None:
    page.goto("/insights/evidence/")
    page.get_by_role("link", name="Grade 4 Math").first.click()
    expect(page.get_by_role("heading", name="Grade 4 Math", level=1)).to_be_visible()


def test_ana_reads_what_her_class_could_learn_next_and_how_it_grew(new_page: NewPage) -> None:
    page = new_page("Ana")
    open_class(page)

    usual = page.get_by_text(re.compile(r"A class of this level usually\s+has \d+%"))
    expect(usual.first).to_be_visible()
    grew = re.compile(r"These \d+ students grew .+ similar students did since September")
    expect(page.locator(".t-lede--claim")).to_have_text(grew)
    expect(page.get_by_text("It says nothing about your teaching")).to_be_visible()
    page.get_by_text("Show the numbers").last.click()
    expect(page.get_by_role("row", name=re.compile("On average"))).to_be_visible()
    look(page, "my-class")

    page.get_by_role("link", name=re.compile("^Who could look again")).first.click()
    expect(page.get_by_text("A few answers are a reason to look")).to_be_visible()


def test_nobody_but_its_teachers_opens_a_class(new_page: NewPage) -> None:
    anas = new_page("Ana")
    open_class(anas)

    for other in ("Ben", "Chi", "Dee", "Eli", "Gus", "Hana"):
        page = new_page(other)
        answer = page.goto(anas.url)
        assert answer
        assert answer.status == 404, f"{other} opened Ana's class"


def test_ana_switches_pieces_off_until_the_claim_changes_and_reads_its_rule(
    new_page: NewPage,
) -> None:
    page = new_page("Ana")
    page.goto("/")
    page.locator("main h3 a[href^='/insights/']").first.click()
    claim = page.locator(".t-lede--claim")
    before = claim.text_content()

    switches = page.get_by_role("table", name="Pieces of evidence").get_by_role("switch")
    for i in range(switches.count()):
        if claim.text_content() != before:
            break
        label = switches.nth(i).get_attribute("aria-label") or ""
        switches.nth(i).click()
        expect(page.get_by_role("switch", name=label, exact=True)).not_to_be_checked()
        expect(page.get_by_text("left out")).to_have_count(i + 1)
    assert claim.text_content() != before

    page.get_by_role("link", name="Read the rule").click()
    expect(page.get_by_role("heading", name="How insights are found", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("#own-teaching$"))
    look(page, "rules")
