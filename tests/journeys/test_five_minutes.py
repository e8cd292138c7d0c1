"""The first five minutes of a visitor, Ana's and Ben's part: chapters that follow one another."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsing import PHONE, look
from tests.journeys.conftest import NewPage

INSIGHT = "Students’ explanations in math are often short"
GOAL = "Twelve of 24 students explain a step in their own words"
HIGHER = "Eighteen of 24 students explain a step in their own words"
SEEN = "“Because the halves are not the same size,” said one student, unasked."


def open_insight(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=INSIGHT).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(INSIGHT)


def open_partnership(page: Page, other: str) -> None:
    page.goto("/people/")
    page.get_by_role("link", name=other).first.click()
    expect_partnership(page, other)


def expect_partnership(page: Page, other: str) -> None:
    """The page after an act; the other person may open theirs only when it was carried out."""
    expect(page.get_by_role("heading", name=f"You and {other}", level=1)).to_be_visible()


def test_ana_reads_why_something_stands_out_and_what_would_settle_it(new_page: NewPage) -> None:
    page = new_page("Ana")
    page.goto("/")
    look(page, "today")

    page.get_by_role("link", name=INSIGHT).first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text(INSIGHT)
    expect(page.get_by_text(re.compile("Fairly sure|Well supported")).first).to_be_visible()
    for asked in ("What it rests on", "What else could explain it", "What would settle it"):
        expect(page.get_by_role("heading", name=asked)).to_be_visible()
    look(page, "insight")


def test_a_piece_switched_off_changes_the_claim_at_once(new_page: NewPage) -> None:
    page = new_page("Ana")
    open_insight(page)
    counted = page.get_by_text(re.compile(r"\d+ pieces of evidence")).first
    before = int((counted.text_content() or "").split()[0])

    page.get_by_role("switch", name=re.compile("Count")).first.click()

    expect(page.get_by_text(f"{before - 1} pieces of evidence").first).to_be_visible()


def test_ana_asks_where_others_stand_and_it_is_gone_when_she_comes_back(
    new_page: NewPage,
) -> None:
    page = new_page("Ana")
    open_insight(page)
    asking = page.get_by_role("switch", name="Show where the middle half of teachers here stand")
    expect(asking).not_to_be_checked()

    asking.click()

    expect(page.get_by_text("The dotted lines hold the middle half")).to_be_visible()
    expect(asking).to_be_focused()
    look(page, "insight-with-others")
    page.reload()
    expect(asking).not_to_be_checked()
    expect(page.get_by_text("The dotted lines hold the middle half")).to_have_count(0)


def test_ana_makes_a_goal_of_it_meets_it_and_raises_it(new_page: NewPage) -> None:
    page = new_page("Ana")
    open_insight(page)
    page.get_by_role("link", name="Make it a goal").click()
    expect(page.get_by_role("heading", name="Set a goal", level=1)).to_be_visible()
    look(page, "new-goal")
    page.get_by_label("Your goal").fill(GOAL)
    page.get_by_label("What you count").fill("students who explain a step in the week")
    page.get_by_label("Out of how many").fill("24")
    page.get_by_label("Where it stands now").fill("5")
    page.get_by_label("Where you want it").fill("12")
    page.get_by_role("button", name="Set this goal").click()
    expect(page.get_by_role("heading", name=GOAL)).to_be_visible()

    page.get_by_role("link", name="Check in").first.click()
    page.get_by_label("How many").fill("13")
    look(page, "check-in")
    page.get_by_role("button", name="Save the count").click()
    page.get_by_role("button", name="It is met").click()
    page.get_by_label("Your higher goal").fill(HIGHER)
    page.get_by_label("Where you want it").fill("18")
    look(page, "raise-goal")
    page.get_by_role("button", name="Raise the goal").click()

    expect(page.get_by_role("heading", name=HIGHER)).to_be_visible()
    expect(page.get_by_role("heading", name=GOAL)).to_be_visible()  # its lineage
    look(page, "my-plan")


def test_ana_invites_ben_and_both_sign_who_is_told_what(new_page: NewPage) -> None:
    ana, ben = new_page("Ana"), new_page("Ben")
    ana.goto("/people/")
    look(ana, "my-people")
    ana.get_by_role("link", name="Invite someone").click()
    ana.get_by_label("Who").select_option(label="Ben Okafor")
    ana.get_by_label("What you would like to work on").fill("Waiting for the second answer")
    look(ana, "invite")
    ana.get_by_role("button", name="Invite").click()
    expect(ana.get_by_text("Waiting for an answer")).to_be_visible()

    ben.goto("/people/")
    ben.get_by_role("button", name="Accept Ana Ruiz").click()
    ben.get_by_label("When you meet").fill("Tuesdays after school")
    look(ben, "agreement")
    ben.get_by_role("button", name="Propose").click()
    expect_partnership(ben, "Ana Ruiz")
    open_partnership(ana, "Ben Okafor")
    ana.get_by_role("link", name="Read and sign your agreement").click()
    ana.get_by_role("button", name="Sign it").click()

    expect(ana.get_by_text("Signed by both")).to_be_visible()
    look(ana, "partnership")


def test_ben_asks_for_a_visit_and_ana_accepts_it_with_what_to_look_for(new_page: NewPage) -> None:
    ana, ben = new_page("Ana"), new_page("Ben")
    open_partnership(ben, "Ana Ruiz")
    ben.get_by_role("link", name="Ask Ana for a visit").click()
    expect(ben.get_by_role("heading", name="Ask Ana for a visit", level=1)).to_be_visible()
    look(ben, "ask-for-a-visit")
    ben.get_by_role("button", name="Ask").click()
    expect_partnership(ben, "Ana Ruiz")

    open_partnership(ana, "Ben Okafor")
    ana.get_by_role("link", name="Answer").click()
    ana.get_by_label("What you want to find out").fill("Who explains, and who only answers?")
    ana.get_by_label("Look for, first").fill("Who speaks after the first answer")
    look(ana, "answer-a-visit")
    ana.get_by_role("button", name="Accept the visit").click()

    expect(ana.get_by_text("Who speaks after the first answer")).to_be_visible()
    expect(ana.get_by_text("Agreed", exact=True).first).to_be_visible()


def test_ben_logs_the_visit_without_a_network_and_it_arrives_by_itself(new_page: NewPage) -> None:
    ana, ben = new_page("Ana"), new_page("Ben", width=PHONE)
    open_partnership(ana, "Ben Okafor")
    ana.get_by_role("link", name="Ben visits").first.click()
    expect(ana.get_by_text("Nothing is shared yet")).to_be_visible()
    open_partnership(ben, "Ana Ruiz")
    ben.get_by_role("link", name="Visit to Ana").first.click()
    ben.locator("[data-offline=ready]").wait_for()
    look(ben, "visit")

    ben.context.set_offline(True)
    ben.reload()  # the notebook opens without a network, too
    ben.get_by_label("What you saw or heard").fill(SEEN)
    ben.get_by_role("button", name="Add note").click()
    expect(ben.get_by_text("Waiting to send 1")).to_be_visible()
    ben.get_by_label("Minutes").fill("35")
    ben.get_by_role("button", name="Share with Ana").click()
    expect(ben.get_by_text("Not sent yet.")).to_be_visible()
    expect(ana.get_by_text(SEEN)).not_to_be_visible()
    ben.context.set_offline(False)

    expect(ana.get_by_text(SEEN)).to_be_visible()  # on the page that was open all the while
    look(ana, "visit-shared")
