"""Pages for what goes wrong: they speak, and the last of them stands alone."""

from pathlib import Path

import pytest
from django.template import engines
from django.test import Client

from tests.cast import ana
from trellis import ui

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there_says_what_may_be_and_where_to_go(client: Client) -> None:
    client.force_login(ana())

    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "never shared with you" in page.content.decode()
    assert "<c-" not in page.content.decode()


def test_a_page_that_is_closed_names_who_could_open_it(client: Client) -> None:
    client.force_login(ana())

    page = client.get("/administration/people/")

    assert page.status_code == 403
    assert "ask an administrator" in page.content.decode()


def test_a_form_that_is_too_old_asks_to_be_sent_again() -> None:
    client = Client(enforce_csrf_checks=True)

    page = client.post("/sign-out/")

    assert page.status_code == 403
    assert "Please send that again" in page.content.decode()


def test_the_page_for_a_broken_server_needs_neither_context_nor_another_template() -> None:
    source = (Path(ui.__file__).parent / "templates" / "500.html").read_text()

    shown = engines["django"].get_template("500.html").render()  # type: ignore[attr-defined]  # django's

    assert "{%" not in source
    assert "{{" not in source
    assert "Something broke on our side" in shown
