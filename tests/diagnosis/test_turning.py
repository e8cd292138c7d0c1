"""What a claim rests on: exact, the smallest, and as if the pieces had never been made."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnosis.worlds import (
    SETTINGS,
    TODAY,
    Variances,
    a_teacher,
    a_visit,
    rounded_to_words,
)
from trellis.diagnosis import practice, signals
from trellis.diagnosis.looks import Look, Source, without
from trellis.diagnosis.practice import Settings
from trellis.diagnosis.practice_joint import Joint, Levels, View, Without, change, level
from trellis.diagnosis.rules import OWN_TEACHING, SOURCES, Case, Kind, Rule, Setting
from trellis.diagnosis.signals import Reading
from trellis.diagnosis.sureness import EARLY
from trellis.diagnosis.turning import Deletion, smallest_deletion

EXACT = 1e-9  # an inverse less a part of it, against the inverse of the rest
THINKING, SUPPORT, CHECKS = "instruction.thinking", "culture.support", "instruction.checks"
AUTONOMY = "agency.autonomy"
SINCE = date(2025, 8, 1)
AROUND = Setting(TODAY, SINCE)
HEAVY = replace(SETTINGS, freedom=4.0)
SEEDS = 12
NOTHING = Reading(THINKING, OWN_TEACHING, 0.0, 0.0, 0.0)


def teacher(seed: int) -> list[Look]:
    looks, _ = a_teacher(
        np.random.default_rng(seed), Variances(element=0.2, view_element=0.3), visits=24
    )
    return rounded_to_words(looks)


def pieces_of(looks: list[Look], element: str = "") -> list[str]:
    return sorted({look.piece for look in looks if element in ("", look.element)})


def read(rule: Rule, element: str, looks: list[Look], reads: Settings) -> Reading | None:
    return signals.reading(rule, Case(element, practice.joint(looks, reads), AROUND))


def stands(rule: Rule, element: str, looks: list[Look], reads: Settings, like: Reading) -> bool:
    """Return whether the same claim is made of these looks, and of nothing else."""
    found = read(rule, element, looks, reads)
    return found is not None and found.kind == like.kind and found.probability >= EARLY


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.data())
def test_without_pieces_all_is_told_as_if_they_had_never_been_made(
    seed: int, data: st.DataObject
) -> None:
    looks = teacher(seed)
    gone = data.draw(st.sets(st.sampled_from(pieces_of(looks)), min_size=1))
    left = practice.joint(looks, SETTINGS).without(gone)
    never = practice.joint(without(looks, gone), SETTINGS)

    assert isinstance(left, Without)
    assert left.looks == never.looks
    for of in (
        level(THINKING, TODAY),
        change(THINKING, SINCE, TODAY),
        Levels(((THINKING, TODAY, 1.0), (SUPPORT, TODAY, -0.5), (CHECKS, SINCE, -0.5))),
        View(THINKING, Source.CLASS_FEEDBACK),
    ):
        assert left.told(of).mean == pytest.approx(never.told(of).mean, abs=EXACT)
        assert left.told(of).variance == pytest.approx(never.told(of).variance, abs=EXACT)


@pytest.mark.parametrize(
    "reads", [HEAVY, replace(SETTINGS, origin=None)], ids=["lessons weighed", "no fixed start"]
)
def test_where_a_piece_touches_more_than_itself_the_rest_is_read_anew(reads: Settings) -> None:
    looks = teacher(5)
    gone = pieces_of(looks)[:2]
    left = practice.joint(looks, reads).without(gone)
    never = practice.joint(without(looks, gone), reads)

    assert isinstance(left, Joint)
    assert np.array_equal(left.weights, never.weights)
    assert left.told(level(THINKING, TODAY)) == never.told(level(THINKING, TODAY))


@pytest.mark.parametrize(("rule", "element"), [(OWN_TEACHING, AUTONOMY), (SOURCES, CHECKS)])
@pytest.mark.parametrize("reads", [SETTINGS, HEAVY], ids=["normal", "lessons weighed"])
def test_every_smallest_set_that_turns_a_claim_is_found_and_nothing_smaller_does(
    rule: Rule, element: str, reads: Settings
) -> None:
    sizes = set()
    for seed in range(SEEDS):
        looks = teacher(seed)
        claim = read(rule, element, looks, reads)
        if claim is None or claim.probability < EARLY:
            continue
        known = practice.joint(looks, reads)
        found = smallest_deletion(rule, claim.kind, element, known, AROUND)

        for size in range(1, found.size + 1):
            turn = {
                gone
                for gone in combinations(pieces_of(looks, element), size)
                if not stands(rule, element, list(without(looks, gone)), reads, claim)
            }
            named = {tuple(sorted(gone)) for gone in found.sets if len(gone) == size}
            assert turn == named
        sizes.add(found.size if found.sets else 0)
    assert len(sizes) > 1  # some claims rest on one piece, some on two, three or more


def test_of_several_sets_the_one_that_takes_most_is_named_first() -> None:
    looks = [
        *(a_visit(THINKING, x, SINCE + timedelta(days=20 * i), by=f"b{i}")
          for i, x in enumerate((3.0, 3.0, 2.5, 2.0))),
        *(a_visit(e, 1.6, SINCE, by=e) for e in (SUPPORT, CHECKS)),
    ]  # fmt: skip
    found = smallest_deletion(
        OWN_TEACHING, Kind.STRENGTH, THINKING, practice.joint(looks, SETTINGS), AROUND
    )

    left = [
        (read(OWN_TEACHING, THINKING, list(without(looks, gone)), SETTINGS) or NOTHING).probability
        for gone in found.sets
    ]
    assert left == sorted(left)


def test_many_pieces_are_left_out_one_by_one_and_in_twos_before_it_takes_too_long() -> None:
    looks = [
        a_visit(e, x, SINCE + timedelta(days=5 * i), by=f"b{i}", piece=f"{e} {i}")
        for e, x in ((THINKING, 3.0), (SUPPORT, 0.0), (CHECKS, 0.0))
        for i in range(30)
    ]
    many, weighed = (
        smallest_deletion(
            OWN_TEACHING, Kind.STRENGTH, THINKING, practice.joint(looks, reads), AROUND
        )
        for reads in (SETTINGS, HEAVY)
    )

    assert (many, weighed) == (Deletion(2, ()), Deletion(1, ()))
