"""The first five minutes of a visitor, the end: what nobody can do, tried by hand."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage

THING = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}/")


def things_of_ana(page: Page) -> list[str]:
    """Return the addresses of what Ana reaches from her own pages."""
    found: set[str] = set()
    for start in ("/", "/plan/", "/people/", "/insights/evidence/"):
        page.goto(start)
        links = page.get_by_role("main").get_by_role("link").all()
        found |= {link.get_attribute("href") or "" for link in links}
    # The library is everybody's.
    return sorted(a for a in found if THING.search(a) and not a.startswith("/explore/"))


@pytest.mark.parametrize("other", ["Dee", "Eli", "Fay", "Gus", "Hana"])
def test_nobody_opens_what_is_anas_by_its_address(new_page: NewPage, other: str) -> None:
    things = things_of_ana(new_page("Ana"))
    page = new_page(other)

    answers = {address: page.goto(address) for address in things}

    assert len(things) >= 3
    assert {a: r.status for a, r in answers.items() if r and r.status != 404} == {}


def test_a_page_that_is_not_there_speaks_kindly_and_says_nothing_more(new_page: NewPage) -> None:
    address = things_of_ana(new_page("Ana"))[0]
    page = new_page("Dee")

    page.goto(address)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "Ana" not in page.get_by_role("main").inner_text()
    look(page, "not-found")


def test_ana_sees_who_looked(new_page: NewPage) -> None:
    chi, ana = new_page("Chi"), new_page("Ana")
    chi.goto("/people/")
    chi.get_by_role("link", name="Ana Ruiz").first.click()
    expect(chi.get_by_role("heading", name="You and Ana Ruiz", level=1)).to_be_visible()

    ana.goto("/privacy/")

    expect(ana.get_by_role("main").get_by_text("Chi Nguyen").first).to_be_visible()
    look(ana, "who-sees-what")


def test_who_evaluates_ana_cannot_be_invited_to_coach_her(new_page: NewPage) -> None:
    page = new_page("Ana")
    page.goto("/people/invite/")

    offered = page.get_by_label("Who").inner_text()

    assert "Ben Okafor" in offered
    assert "Dee Walker" not in offered
