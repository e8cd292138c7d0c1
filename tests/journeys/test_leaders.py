"""The first five minutes of a visitor, Dee's and Eli's part: aggregates and honest verdicts."""

from playwright.sync_api import expect

from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage


def test_dee_sees_that_support_arrives_and_nothing_of_its_content(new_page: NewPage) -> None:
    page = new_page("Dee")

    page.goto("/")

    expect(page.get_by_role("heading", name="Does support reach people?")).to_be_visible()
    expect(page.get_by_text("The whole school")).to_be_visible()
    expect(page.get_by_role("heading", name="What you cannot see here")).to_be_visible()
    shown = page.get_by_role("main").inner_text()
    assert not [name for name in ("Ana Ruiz", "Chi Nguyen", "Ben Okafor") if name in shown]
    look(page, "school")


def test_eli_opens_a_review_that_says_helps_with_all_it_rests_on(new_page: NewPage) -> None:
    page = new_page("Eli")
    page.goto("/reviews/")
    look(page, "reviews")

    page.get_by_role("link", name="Content coaching").first.click()

    expect(page.get_by_text("Helps", exact=True).first).to_be_visible()
    for part in ("Registered design", "Who is in", "Asked in other ways", "Cost", "Run it again"):
        expect(page.get_by_role("heading", name=part).first).to_be_visible()
    expect(page.get_by_text("95 times in 100").first).to_be_visible()
    look(page, "review-helps")


def test_eli_opens_a_review_that_says_it_cannot_tell_yet(new_page: NewPage) -> None:
    page = new_page("Eli")
    page.goto("/reviews/")

    page.get_by_role("link", name="Data-team inquiry").first.click()

    expect(page.get_by_text("Cannot tell yet", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="What would settle it")).to_be_visible()
    expect(page.get_by_role("heading", name="Cost")).to_be_visible()
    look(page, "review-cannot-tell")


def test_the_data_under_a_review_names_nobody(new_page: NewPage) -> None:
    page = new_page("Gus")
    page.goto("/reviews/")
    page.get_by_role("link", name="Content coaching").first.click()

    with page.expect_download() as coming:
        page.get_by_role("link", name="Download plan and figures").click()

    given = coming.value.path().read_text()
    assert "registration" in given
    assert not [name for name in ("Ruiz", "Nguyen", "Okafor") if name in given]
