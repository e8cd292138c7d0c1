"""What may be claimed, in which words, and when there is not enough to say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.diagnosis.worlds import SETTINGS, TODAY, a_visit, answers
from trellis.diagnosis import rules, signals, sureness
from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice_settings import Instrument
from trellis.diagnosis.rules import Kind, Setting
from trellis.diagnosis.sureness import Sure

SINCE = date(2025, 8, 1)
AROUND = Setting(TODAY, SINCE, {"math": "math", "ela": "ELA"})
THINKING = "instruction.thinking"
SUPPORT = "culture.support"


def visits_to(element: str, level: float, count: int, *, start: date = SINCE) -> list[Look]:
    return [
        a_visit(element, level, start + timedelta(days=20 * i + 30), by=f"b{i % 3}")
        for i in range(count)
    ]


def ana() -> list[Look]:
    """Ana: warm, clear, and with explanations that stop at the answer; eight visits of three."""
    looks = [
        *visits_to(THINKING, 0.5, 8),
        *visits_to(SUPPORT, 2.8, 8),
        *visits_to("instruction.checks", 1.8, 8),
    ]
    for on in (date(2025, 10, 2), date(2026, 1, 20)):
        looks += [answers(THINKING, 1.2, on), answers(SUPPORT, 2.7, on)]
    return looks


def test_ana_reads_a_strength_first_and_then_where_to_look_next() -> None:
    found = signals.claims(ana(), SETTINGS, AROUND)

    assert [c.kind for c in found] == [Kind.STRENGTH, Kind.NEXT_STEP]
    assert found[0].element == SUPPORT
    assert found[1].title == "Students’ explanations in math are often short"
    assert found[1].text.startswith("In math, students usually give an answer and stop")
    assert found[1].rule == rules.OWN_TEACHING
    assert found[1].sure in {Sure.FAIRLY, Sure.WELL}


def test_a_claim_carries_its_warrant() -> None:
    claim = signals.claims(ana(), SETTINGS, AROUND)[1]

    assert claim.level.interval.level == 0.80
    assert claim.level.n == 10  # eight visits and two classes' answers
    assert sum(claim.shares.sources.values()) + claim.shares.assumption == pytest.approx(1.0)
    assert (claim.first, claim.last) == (date(2025, 8, 31), date(2026, 1, 20))
    assert claim.difference.value < 0


@pytest.mark.parametrize(
    "looks",
    [[], visits_to(THINKING, 0.0, 2), visits_to(THINKING, 0.0, 8)],
    ids=["nothing yet", "two visits", "nothing to compare with"],
)
def test_with_little_evidence_there_is_not_enough_to_say(looks: list[Look]) -> None:
    assert signals.claims(looks, SETTINGS, AROUND) == ()


def test_a_next_step_is_never_shown_without_a_strength() -> None:
    # One element far below, three others alike: none of those stands out as a strength.
    alike = [
        visit
        for element in (SUPPORT, "instruction.checks", "content.tasks", "agency.autonomy")
        for visit in visits_to(element, 2.0, 6)
    ]
    looks = [*visits_to(THINKING, 1.0, 6), *alike]
    found = signals.claims(looks, SETTINGS, AROUND)

    strengths = sum(c.kind == Kind.STRENGTH for c in found)
    assert len(found) - strengths <= strengths
    assert len(found) <= sureness.MOST_CLAIMS


def test_a_change_needs_four_looks_on_each_side() -> None:
    rest = [*visits_to(SUPPORT, 2.0, 4), *visits_to("instruction.checks", 2.0, 4)]
    after = visits_to(THINKING, 3.0, 4)
    few = visits_to(THINKING, 0.5, 3, start=date(2024, 9, 1))
    enough = visits_to(THINKING, 0.5, 4, start=date(2024, 9, 1))
    clear = Instrument(by=0.03, piece=0.01, own=0.05)
    moving = replace(SETTINGS, drift=0.4, shared=0.02, instruments={Source.VISIT: clear})

    with_few = signals.claims([*rest, *few, *after], moving, AROUND)
    with_enough = signals.claims([*rest, *enough, *after], moving, AROUND)

    assert rules.EARLIER_SELF not in [c.rule for c in with_few]
    grown = next(c for c in with_enough if c.rule == rules.EARLIER_SELF)
    assert grown.kind == Kind.STRENGTH
    assert grown.title == "Students’ explanations have grown"


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.79, "not enough to say"),
        (0.80, "an early sign"),
        (0.90, "fairly sure"),
        (0.97, "well supported"),
    ],
)
def test_the_words_are_tied_to_the_probability(probability: float, words: str) -> None:
    assert sureness.sure(probability) == words


def test_the_subject_is_named_only_when_most_looks_were_made_in_it() -> None:
    math = visits_to(THINKING, 1.0, 2)
    elsewhere = [replace(k, section="ela") for k in visits_to(THINKING, 1.0, 2)]

    assert rules.subject_of(math, AROUND.subjects) == "math"
    assert rules.subject_of([*math, *elsewhere], AROUND.subjects) == ""
    assert rules.subject_of([replace(k, section="") for k in math], AROUND.subjects) == ""
