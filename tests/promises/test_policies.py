"""Each policy says the same of one thing in hand as of all things in the database."""

from random import Random
from typing import Any

import pytest

from tests.promises.introspection import policies
from tests.promises.worlds import a_random_world
from trellis.trust.policies import Policy

pytestmark = pytest.mark.django_db

WORLDS = 3
LOOKS = 8  # things of a kind in each world that every person is held against


def test_each_policy_decides_alike_for_one_and_for_all_in_random_worlds() -> None:
    said: dict[type[Policy[Any]], set[bool]] = {type(policy): set() for policy in policies()}
    for seed in range(WORLDS):
        rng = Random(seed)
        people = a_random_world(rng)
        for policy in policies():
            things = list(policy.model._default_manager.all())
            things = rng.sample(things, min(LOOKS, len(things)))
            for person in people:
                visible = set(policy.visible(person).values_list("pk", flat=True))
                for thing in things:
                    one = policy.may_read(person, thing)
                    said[type(policy)].add(one)
                    assert one == (thing.pk in visible), (
                        f"{type(policy).__name__} says {one} of {thing!r} for {person} in world "
                        f"{seed}, and its query says {not one}: state the same rule in both."
                    )

    one_sided = [policy.__name__ for policy, answers in said.items() if len(answers) < 2]
    assert not one_sided, (
        f"{one_sided} said only yes, only no, or nothing: let tests/promises/worlds.py make "
        "things of this kind that some may read and others may not."
    )


def test_each_thing_has_one_policy() -> None:
    models = [policy.model for policy in policies()]

    twice = {model._meta.label for model in models if models.count(model) > 1}

    assert not twice, f"Two policies decide about {twice}: nobody could say which one holds."


def test_each_policy_says_in_words_what_was_opened() -> None:
    unspoken = [type(p).__name__ for p in policies() if not getattr(p, "called", "")]

    assert not unspoken, f"Give {unspoken} a `called`: its owner reads it in “who has looked”."
