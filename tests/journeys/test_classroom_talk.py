"""Ana drops a lesson's transcript, keeps one moment of it, lets it count, and takes it all back."""

import re

from playwright.sync_api import expect

from tests.diagnosis.talk.lessons import FILE
from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage


def test_ana_looks_at_a_lessons_talk_keeps_a_moment_and_takes_it_back(new_page: NewPage) -> None:
    ana = new_page("Ana")
    ana.goto("/insights/evidence/")
    ana.get_by_role("link", name="Look at a lesson’s talk").click()
    expect(ana.get_by_role("heading", name="Classroom talk", level=1)).to_be_visible()
    look(ana, "classroom-talk")

    ana.get_by_label("Transcript").set_input_files(FILE)
    ana.get_by_role("button", name="Look at this lesson").click()
    expect(ana.get_by_role("heading", name="What this lesson’s talk shows")).to_be_visible()
    expect(ana.get_by_text("11 of your 25 questions asked for a reason")).to_be_visible()
    look(ana, "talk-look")
    ana.get_by_label("Keep this moment").first.check()
    ana.get_by_label("Count this lesson as a piece of evidence").check()
    ana.get_by_role("button", name="Keep this").click()

    expect(ana.get_by_text("It counts as a piece of your evidence.")).to_be_visible()
    expect(ana.get_by_text("I noticed that when I fold the strip")).to_be_visible()
    look(ana, "talk-kept")
    ana.get_by_role("link", name="Withdraw it in My evidence").click()
    ana.get_by_role("button", name=re.compile("Withdraw.*Classroom talk", re.DOTALL)).click()
    expect(ana.get_by_text("computed again without it")).to_be_visible()

    ana.get_by_role("link", name="Look at a lesson’s talk").click()
    ana.get_by_role("link", name=re.compile("^Lesson of")).click()
    expect(ana.get_by_text("It was counted, and you withdrew it.")).to_be_visible()
    ana.get_by_role("button", name="Delete all of it").click()
    expect(ana.get_by_text("Nothing of that lesson's talk is left here.")).to_be_visible()
    expect(ana.get_by_text("Nothing is kept", exact=True)).to_be_visible()
