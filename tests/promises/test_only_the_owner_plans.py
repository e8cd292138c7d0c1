"""No code path lets anyone but its owner put a goal, a step or a resource into a plan."""

import ast
import inspect
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.cast import ana, ben, chi, dee, eli, hana
from tests.house.tree import dotted, modules, told
from tests.promises.cast_at_work import the_people, the_things
from tests.promises.test_access_table import IN_A_PLAN
from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.plans import actions, proposals
from trellis.plans.models import (
    ActionStep,
    Collaborator,
    Goal,
    Measure,
    Plan,
    SavedResource,
    Suggestion,
)
from trellis.resources.models import Resource

pytestmark = pytest.mark.django_db

HERS = {"Plan", "Goal", "GoalVersion", "Measure", "CheckIn", "ActionStep", "SavedResource"}
CHANGES = {"create", "get_or_create", "update_or_create", "bulk_create", "update", "bulk_update"}


@pytest.fixture(name="stage", scope="module")
def _stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Build the cast at work once for all actions: what each test does is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        the_things(the_people())
        yield
        transaction.set_rollback(True)


def acts(module: ModuleType) -> Iterator[Callable[..., object]]:
    """Yield the functions of a module that somebody does: those that take `by`."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        own = inspect.unwrap(function).__module__ == module.__name__
        if own and not name.startswith("_") and "by" in inspect.signature(function).parameters:
            yield function


def something_of_anas(kind: Any, name: str) -> Any:
    """Return an argument of a kind: a thing of Ana's, or plain words and days.

    Any: the kinds are whatever the actions of the product take.
    """
    known: dict[object, Any] = {
        Person: ana(),
        Plan: Plan.objects.get(teacher=ana()),
        Goal: Goal.objects.get(plan__teacher=ana()),
        Measure: Measure.objects.get(goal__plan__teacher=ana()),
        ActionStep: ActionStep.objects.get(plan__teacher=ana()),
        SavedResource: SavedResource.objects.get(plan__teacher=ana()),
        Suggestion: Suggestion.objects.get(plan__teacher=ana()),
        Collaborator: Collaborator.objects.filter(plan__teacher=ana()).first(),
        Insight: Insight.objects.filter(owner=ana()).first(),
        Resource: Resource.objects.first(),
        str: "Somebody else's words",
        int: 1,
        bool: True,
        date: date(2026, 4, 1),
        actions.MeasureGiven: actions.MeasureGiven(what="Answers", baseline=1, target=2),
    }
    if name in {"state", "word"}:
        return ActionStep.State.WORKING
    if name == "kind":
        return Suggestion.Kind.STEP
    assert kind in known, f"Teach this test to make a {kind} (argument {name})."
    return known[kind]


def contents() -> list[list[tuple[object, ...]]]:
    return [
        list(model._default_manager.filter(**{path: ana()}).order_by("pk").values_list())
        for model, path in IN_A_PLAN
    ]


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("act", [*acts(actions), *acts(proposals)], ids=lambda act: act.__name__)
def test_nobody_changes_anas_plan_but_ana(act: Callable[..., object]) -> None:
    before = contents()
    hints = get_type_hints(inspect.unwrap(act))
    needed = {
        name: something_of_anas(hints[name], name)
        for name, parameter in inspect.signature(act).parameters.items()
        if parameter.default is inspect.Parameter.empty and name != "by"
    }
    subject = [needed.pop(n) for n in list(needed) if _is_subject(act, n)]

    for somebody in (ben(), chi(), dee(), eli(), hana()):
        try:
            with transaction.atomic():
                act(*subject, **needed, by=somebody)
        except (PermissionDenied, ValidationError):
            pass

        assert contents() == before, f"{act.__name__} let {somebody} change Ana's plan"


def _is_subject(act: Callable[..., object], name: str) -> bool:
    kind = inspect.signature(act).parameters[name].kind
    return kind is not inspect.Parameter.KEYWORD_ONLY


@pytest.mark.usefixtures("stage")
def test_the_owner_herself_can() -> None:
    """The test above would pass if nothing worked at all: so Ana does one of each here."""
    before = contents()

    actions.set_goal(ana(), by=ana(), text="Twenty students explain")

    assert contents() != before


def test_nothing_outside_plans_writes_into_a_plan() -> None:
    found = [
        f"{m.name}:{node.lineno} {dotted(node.func)}"
        for m in modules()
        if not m.name.startswith("plans/")
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call)
        and (parts := dotted(node.func).split("."))[-1] in CHANGES
        and parts[0] in HERS
    ]

    assert not found, told(
        found, "What enters a plan goes through trellis.plans.actions, which asks who acts:"
    )
