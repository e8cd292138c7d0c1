"""From any number on any page one reaches where it comes from: files, imports, or who wrote it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.promises.access import TABLE, Row
from tests.promises.cast_at_work import Objects, the_people, the_things
from trellis.web.provenance import RESTS_ON

pytestmark = pytest.mark.django_db

# Pages without numbers from data, and why. A figure that appears on one fails below.
WITHOUT = {
    "web:home": "leads to another page",
    "web:health": "says only that the server is well",
    "web:live": "says only that something happened",
    "web:visit_worker": "a script",
    "web:mapping": "shows the rows of a file that is not a part of Trellis yet",
    "web:mappings": "says what columns of vendors' files mean",
    "web:mapping_file": "a file of the same",
    "web:import_lines": "is itself the record of what was brought",
    "web:systems": "says which systems send files",
    "web:ask_my_class": "leads to the classes that one asks",
    "web:ask_class": "shows the questions of the class feedback",
    "web:class_collection": "is itself what the class said, in the words of the answers",
    "web:show_code": "shows a code",
    "web:class_code": "asks a student for a code",
    "web:class_questions": "asks a student ten questions",
    "web:class_thanks": "thanks a student",
    "web:data_quality": "says of each kind of data when it came in, and leads to its import",
    "insights:rules": "says how claims are made; no figure about anybody",
    "evidence:practice": "published words, with whom to credit",
    "evidence:frameworks": "published texts; says of each version when it came in and by whom",
    "evidence:framework": "the same of one framework",
    "evidence:version": "the same of one version",
    "evidence:version_file": "a version as a file",
    "evidence:crosswalk": "says of each relation who made it, when, from which file",
    "web:merges": "names records of one person, for a decision; it counts nothing",
    "ui:style_guide": "shows components with made-up words",
}
# The pages of an import are themselves the record of what was brought. Forms ask for something;
# what they show besides stands on the page that leads to them.
RECORD = re.compile(r"^web:(undo_)?import")
FORMS = re.compile(
    r"^(people|trust:(share|download)|plans:|coaching:|insights:own_reading|impact:(amend|data))"
)
MAIN = re.compile(r'<main class="t-main".*?</main>', re.DOTALL)
FIGURE = re.compile(r't-num"[^>]*>\s*[\d<]|class="t-chart|class="t-mini"|\d\s?%')


@pytest.fixture(name="stage", scope="module")
def _stage(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[dict[str, Client], Objects]]:
    with django_db_blocker.unblock(), transaction.atomic():
        people = the_people()
        clients = {role: Client() for role in people}
        for role, person in people.items():
            if person is not None:
                clients[role].force_login(person)
        yield clients, the_things(people)
        transaction.set_rollback(True)


def main_of(row: Row, stage: tuple[dict[str, Client], Objects]) -> str:
    """Return what the page shows to the first role that may open it; empty for no page."""
    clients, things = stage
    role = next(role for role in clients if role in row.may_open())
    address = reverse(row.name, args=[things[key] for key in row.args])
    with transaction.atomic():
        answer = clients[role].get(address + row.query.format(**things))
        text = "" if getattr(answer, "is_async", False) else answer.getvalue().decode()
        transaction.set_rollback(True)
    found = MAIN.search(text)
    return unescape(found.group(0)) if found else ""


PAGES = [row for row in TABLE if row.opens and row.name != "web:live"]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: "-".join([row.name, *row.args]))
def test_a_page_with_numbers_says_where_they_come_from(
    row: Row, stage: tuple[dict[str, Client], Objects]
) -> None:
    main = main_of(row, stage)
    if row.name in RESTS_ON:
        assert f'data-source="{row.name}"' in main, f"{row.name} does not tell of its numbers"
        return

    known = row.name in WITHOUT or RECORD.match(row.name) or FORMS.match(row.name)
    assert not main or known, (
        f"Say in web/provenance.py what the numbers of {row.name} rest on, "
        "or in WITHOUT here why it has none."
    )
    if row.name not in WITHOUT and not RECORD.match(row.name):
        figures = FIGURE.findall(main)
        assert not figures, f"{row.name} shows {figures} and does not say where they come from"


def test_no_page_that_is_gone_is_told_of() -> None:
    assert RESTS_ON.keys() | WITHOUT.keys() <= {row.name for row in TABLE}
