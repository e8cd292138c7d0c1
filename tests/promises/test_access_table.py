"""Every address x every role x every kind of thing answers as the table says, and as no other.

On the way: no role finds words it may not read, nobody else changes Ana's plan, and whoever reads
what is hers leaves exactly one look.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.cast import ana
from tests.promises.access import TABLE, Row
from tests.promises.cast_at_work import Objects, secret, the_people, the_things
from tests.promises.introspection import addresses
from tests.promises.reference import REFERENCE, as_markdown
from trellis.people.models import Person
from trellis.plans import models as plans
from trellis.trust.models import AccessEvent

# The mark makes the database be set up; the stage stands around each test's own transaction.
pytestmark = pytest.mark.django_db

TAKEN = {200, 201, 204, 302, 400, 409, 422}  # the page, or the form with what is wrong in it
REFUSED = {401, 403, 404, 405}
SIGN_IN = "/sign-in/?next="
UNSHARED, BENS = "note not shared yet", "words of Ben"
# The kinds of content that a role may find on any page at all; nobody else finds any.
FINDS = {
    "owner": {
        "plans.Goal",
        "plans.Plan",
        "evidence.EvidenceItem",
        "insights.Insight",
        "insights.ClassGrowth",
        "insights.Reply",
        "insights.LessonTalk",
        "partnership",
        "shared visit",
        BENS,
    },
    "coach": {"plans.Goal", "plans.Plan", "partnership", "shared visit", UNSHARED, BENS},
    "peer by name": {"plans.Goal", "insights.Insight", "shared visit"},
    "leader by name": {"plans.Goal"},
}
KINDS = FINDS["owner"] | FINDS["coach"]
# Pages that gather what partners owe each other. A title on a list is not a look at the record;
# opening it is, and leaves its trace there.
LISTS = {"web:coach_today", "web:today", "coaching:my_people"}
# What a plan holds, and how it leads to whose plan it is.
IN_A_PLAN: tuple[tuple[type[Model], str], ...] = (
    (plans.Plan, "teacher"),
    (plans.Goal, "plan__teacher"),
    (plans.GoalVersion, "goal__plan__teacher"),
    (plans.Measure, "goal__plan__teacher"),
    (plans.CheckIn, "measure__goal__plan__teacher"),
    (plans.ActionStep, "plan__teacher"),
    (plans.SavedResource, "plan__teacher"),
)


@dataclass
class Stage:
    """Ana with one of everything, and everybody at the door."""

    ana: Person
    clients: dict[str, Client]
    things: Objects

    def ask(self, role: str, method: str, address: str, data: dict[str, str]) -> HttpResponse:
        """Send one request; what it does to the client (it may sign out) is taken back as well."""
        client = self.clients[role]
        signed_in = client.cookies.output()
        answer = client.get(address) if method == "GET" else client.post(address, data)
        client.cookies.clear()
        client.cookies.load(signed_in.replace("Set-Cookie: ", ""))
        return answer  # type: ignore[return-value]  # the client's answer is a response


@pytest.fixture(name="stage", scope="module")
def _stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Build the stage once for all rows: each request is taken back, so none sees another's."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = the_people()
        clients = {role: Client(raise_request_exception=False) for role in people}
        for role, person in people.items():
            if person is not None:
                clients[role].force_login(person)
        yield Stage(ana(), clients, the_things(people))
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: "-".join([row.name, *row.args]))
def test_an_address_answers_each_role_as_the_table_says(row: Row, stage: Stage) -> None:
    address = reverse(row.name, args=[stage.things[key] for key in row.args])
    address += row.query.format(**stage.things)
    before = _plan_of(stage.ana)
    wrong: list[str] = []
    for role in stage.clients:
        for method in ("GET", "POST"):
            with transaction.atomic():
                answer = stage.ask(role, method, address, row.data)
                shown = _secrets_in(answer)
                changed = method == "POST" and _plan_of(stage.ana) != before
                looks = AccessEvent.objects.filter(owner=stage.ana).count()
                transaction.set_rollback(True)
            if not _is_as_said(row, role, method, answer):
                wrong.append(f"{role}: {method} gave {answer.status_code}")
            if shown - FINDS.get(role, set()):
                wrong.append(f"{role}: {method} shows {sorted(shown)}")
            if changed and role != "owner":
                wrong.append(f"{role}: {method} changed Ana's plan")
            if method == "GET" and not _leaves_its_trace(row, role, shown, looks):
                wrong.append(f"{role}: left {looks} looks; `open` through the policy leaves one")

    assert not wrong, "\n  ".join([f"{address} is not as tests/promises/access.py says:", *wrong])


def _is_as_said(row: Row, role: str, method: str, answer: HttpResponse) -> bool:
    status, opens, acts = answer.status_code, row.may_open(), row.may_act()
    if role in (opens if method == "GET" else acts):
        return status in TAKEN and not _asks_to_sign_in(answer)
    if method == "POST" and not acts and role in opens:
        return status in {200, 302, 405}  # a page that only shows may show itself again
    if role == "stranger":
        return _asks_to_sign_in(answer) or status in REFUSED
    if not (opens if method == "GET" else acts):  # nobody does this here
        return status in REFUSED
    return status == (403 if role in row.is_told() else row.otherwise)


def _leaves_its_trace(row: Row, role: str, shown: set[str], looks: int) -> bool:
    """Return whether Ana can see that somebody else has read what is hers: once, not twice."""
    if role == "owner":
        return looks == 0
    reads_hers = bool(shown - {BENS, UNSHARED}) and row.name not in LISTS
    return looks == 1 if reads_hers else looks <= 1


def _asks_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)


def _secrets_in(answer: HttpResponse) -> set[str]:
    if getattr(answer, "is_async", False):  # a live stream: what it sends has a test of its own
        return set()
    text = answer.getvalue().decode(errors="replace")
    return {kind for kind in KINDS if secret(kind) in text}


def _plan_of(teacher: Person) -> list[list[tuple[object, ...]]]:
    return [
        list(model._default_manager.filter(**{path: teacher}).order_by("pk").values_list())
        for model, path in IN_A_PLAN
    ]


def test_no_address_is_missing_from_the_table() -> None:
    missing = sorted(addresses().keys() - {row.name for row in TABLE})

    assert not missing, (
        f"Say who opens and who acts on {missing}: add a Row to TABLE in tests/promises/access.py "
        "(and a thing to cast_at_work.py where the address names one)."
    )


def test_no_row_is_left_of_an_address_that_is_gone() -> None:
    gone = sorted({row.name for row in TABLE} - addresses().keys())

    assert not gone, f"Take {gone} out of TABLE in tests/promises/access.py."


def test_the_reference_says_what_the_table_says() -> None:
    assert REFERENCE.exists(), "Write it: python -m tests.promises.reference"
    assert REFERENCE.read_text() == as_markdown(), (
        "docs/reference/access.md is older than the table. Write it again: "
        "python -m tests.promises.reference"
    )
