"""Ana asks her class by a code; students answer on devices of their own, without an account."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsing import PHONE, look
from tests.journeys.conftest import NewPage
from trellis.evidence.instrument import ITEMS


def answer(student: Page, code: str, word: str) -> None:
    student.goto("/class/")
    student.get_by_label("The code of your class").fill(code.lower())
    student.get_by_role("button", name="Go on").click()
    expect(student.get_by_role("group")).to_have_count(len(ITEMS))
    for question in student.get_by_role("group").all():
        question.get_by_role("radio", name=word, exact=True).check()
    student.get_by_role("button", name="Send my answers").click()
    expect(student.get_by_role("heading", name="Thank you")).to_be_visible()


def send(student: Page, code: str, word: str) -> None:
    """Answer as one more student, without clicking through the page."""
    page = student.request.get(f"/class/{code}/").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    answers = dict.fromkeys((item.code for item in ITEMS), word)
    sent = student.request.post(
        f"/class/{code}/", form=answers | {"csrfmiddlewaretoken": token.group(1)}
    )
    assert sent.url.endswith("/class/thanks/")


def test_ana_asks_five_answer_and_only_she_sees_what_they_said(new_page: NewPage) -> None:
    ana = new_page("Ana")
    ana.goto("/insights/evidence/")
    ana.get_by_role("link", name="Ask my class").click()
    expect(ana.get_by_role("heading", name="Ask my class", level=1)).to_be_visible()
    look(ana, "ask-my-class")
    ana.get_by_role("link", name="Ask Grade").first.click()
    ana.get_by_role("button", name="Get a code").click()
    code = ana.locator(".t-classcode").inner_text().strip()
    look(ana, "class-collection")
    ana.get_by_role("link", name="Show it large").click()
    expect(ana).to_have_url(re.compile("/show/"))
    look(ana, "class-code-large")
    ana.get_by_role("link", name="Back").click()

    phone, laptop = new_page(width=PHONE), new_page()
    phone.goto(f"/class/{code}/")
    look(phone, "class-questions")
    answer(phone, code, "Often")
    look(phone, "class-thanks")
    answer(laptop, code, "Sometimes")
    for word in ("often", "always", "often"):
        send(new_page(), code, word)

    expect(ana.get_by_text(re.compile(r"^5 of \d+ answered"))).to_be_visible()
    ana.get_by_role("button", name="Close it").click()
    expect(ana.get_by_role("heading", name="What your class said")).to_be_visible()
    expect(ana.get_by_text("Often 3").first).to_be_visible()
    look(ana, "class-said")
    phone.goto(f"/class/{code}/")
    expect(phone.get_by_text("This code is not in use.")).to_be_visible()
