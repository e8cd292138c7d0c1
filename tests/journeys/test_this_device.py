"""What stays on a device: how Trellis looks there, and what was typed and not yet saved."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsing import look, sign_in
from tests.journeys.conftest import NewPage


def open_ana(page: Page) -> None:
    page.goto("/administration/people/?words=ruiz")
    page.get_by_role("link", name="Ana Ruiz").click()
    expect(page.get_by_role("heading", name="Ana Ruiz", level=1)).to_be_visible()


def test_what_was_typed_is_there_again_after_the_page_was_left(new_page: NewPage) -> None:
    hana = new_page("Hana")
    open_ana(hana)
    reason = hana.get_by_label("Why this person needs it")
    reason.fill("Acting principal until June")
    expect(hana.get_by_text("Kept on this device until you save it.")).to_be_visible()

    hana.goto("/account/")
    open_ana(hana)

    expect(reason).to_have_value("Acting principal until June")
    expect(hana.get_by_text("It is not saved yet.")).to_be_visible()


def test_a_draft_is_gone_once_it_was_saved_and_kept_while_it_could_not_be(
    new_page: NewPage,
) -> None:
    hana = new_page("Hana")
    open_ana(hana)
    hana.get_by_label("Role", exact=True).select_option("school_leader")
    hana.get_by_role("radio", name="District").check()
    reason = hana.get_by_label("Why this person needs it")
    reason.fill("Acting principal until June")

    hana.get_by_role("button", name="Open the role").click()
    expect(hana.get_by_text("is a role in one school")).to_be_visible()
    expect(reason).to_have_value("Acting principal until June")
    hana.get_by_role("radio", name="School").check()
    hana.get_by_label("School", exact=True).last.select_option(index=1)
    hana.get_by_role("button", name="Open the role").click()

    expect(hana.get_by_text("is open for Ana Ruiz")).to_be_visible()
    expect(reason).to_have_value("")


def test_a_draft_is_not_shown_to_the_next_person_at_the_same_device(new_page: NewPage) -> None:
    page = new_page("Hana")
    open_ana(page)
    page.get_by_label("Why this person needs it").fill("Between us")
    expect(page.get_by_text("Kept on this device")).to_be_visible()
    names = page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))")

    page.get_by_text("Menu").or_(page.get_by_text("Hana", exact=True)).first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in(page, "Ana")

    person = page.evaluate("document.body.dataset.person")
    assert names
    assert all(person not in name.split(".")[2] for name in names)


def test_a_theme_chosen_once_holds_on_every_page_of_the_device(new_page: NewPage) -> None:
    ana = new_page("Ana")
    ana.emulate_media(color_scheme="light")
    ana.goto("/account/appearance/")

    ana.get_by_role("radio", name="Dark").check()
    ana.get_by_role("radio", name="More contrast").check()
    ana.goto("/account/")

    root = ana.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-contrast", "more")
    paper = ana.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(20, 25, 22)"


def test_the_pages_of_accounts_are_open_to_everyone(new_page: NewPage) -> None:
    """No rule of axe finds anything, in light and dark, and no phone has to move sideways."""
    hana = new_page("Hana")

    for name, path in {
        "account": "/account/",
        "appearance": "/account/appearance/",
        "people": "/administration/people/",
        "style-guide": "/styleguide/",
        "not-here": "/nowhere/",
    }.items():
        hana.goto(path)
        look(hana, name)
    open_ana(hana)
    look(hana, "person")

    stranger = new_page()
    for name, path in {"sign-in": "/sign-in/", "password": "/password/"}.items():
        stranger.goto(path)
        look(stranger, name)
