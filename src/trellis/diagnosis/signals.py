"""Turn estimates into claims: what stands out, how sure, on what, and in which words.

A claim is stated only when P(|x - reference| > delta) passes a threshold. The reference is the rest
of the teacher's own teaching, or her own earlier self when there are four looks on each side; it is
never another person. Docs: docs/methods/insights.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr

from trellis.diagnosis import practice, sentences
from trellis.diagnosis.looks import ELEMENTS, LEVEL_WORDS, TOP_LEVEL, Look
from trellis.diagnosis.practice import INDEX, Settings, Shares, State
from trellis.stats import Estimate, Interval
from trellis.stats.gaussian import Array

EARLY, FAIRLY, WELL = 0.80, 0.90, 0.97
BAND = 0.80  # level of every interval on a teacher's page
DELTA_IN_SD = 0.25
LEAST_DELTA = 0.10  # a tenth of a level word is too little to act on, however sure
FEWEST_PIECES = 3
FEWEST_FOR_CHANGE = 4
FEWEST_OTHER_ELEMENTS = 2
MOST_CLAIMS = 3
DESIGN = "visits, class feedback and own readings, smoothed over time"


class Sure(StrEnum):
    """How sure a claim is, in the only words used for it."""

    NOT_ENOUGH = "not enough to say"
    EARLY = "an early sign"
    FAIRLY = "fairly sure"
    WELL = "well supported"


class Kind(StrEnum):
    """What a claim is for."""

    STRENGTH = "strength"
    NEXT_STEP = "next step"


class Rule(StrEnum):
    """Which comparison a claim makes."""

    OWN_TEACHING = "the rest of your own teaching"
    OWN_EARLIER_SELF = "your own earlier lessons"


VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around the looks.

    on : the day for which claims are made
    since : start of the school year; looks before it are the earlier self
    subjects : subject of each section, in lower case ("math"), where known
    """

    on: date
    since: date
    subjects: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Reading:
    """One comparison: P(it exceeds delta in its direction), and its mean and SD in level units."""

    rule: Rule
    probability: float
    mean: float
    sd: float

    @property
    def kind(self) -> Kind:
        """Return what a claim from this reading would be for."""
        return Kind.STRENGTH if self.mean > 0 else Kind.NEXT_STEP


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands out in one teacher's evidence, with all that it rests on.

    probability : P(the difference from the reference exceeds delta in the stated direction)
    level : where the element stands, on the scale of level words, with its 80 % interval
    difference : from the reference, in level units
    shares : what the level rests on; sums to 1
    pulls : signed pull of each piece on the level, in level units
    """

    rule: Rule
    version: str
    element: str
    kind: Kind
    sure: Sure
    probability: float
    level: Estimate
    difference: Estimate
    shares: Shares
    pulls: Mapping[str, float]
    title: str
    text: str
    first: date
    last: date


def claims(looks: Sequence[Look], settings: Settings, setting: Setting) -> tuple[Claim, ...]:
    """Return what may be shown: strengths first, at least as many as next steps, at most three."""
    known = practice.state(looks, settings, setting.on)
    found = [
        claim
        for element in ELEMENTS
        if (claim := examine(element, known, settings, setting)) is not None
    ]
    found.sort(key=lambda c: (-c.probability, c.element))
    strengths = [c for c in found if c.kind == Kind.STRENGTH]
    steps = [c for c in found if c.kind == Kind.NEXT_STEP][: min(len(strengths), 1)]
    return (*strengths[: MOST_CLAIMS - len(steps)], *steps)


def examine(element: str, known: State, settings: Settings, setting: Setting) -> Claim | None:
    """Return the surest claim about one element, or None when there is not enough to say."""
    found = readings(element, known, settings, setting)
    surest = max(found, key=lambda each: each.probability, default=None)
    if surest is None or surest.probability < EARLY:
        return None
    return _claim(element, surest, known, settings, setting)


def readings(
    element: str, known: State, settings: Settings, setting: Setting
) -> tuple[Reading, ...]:
    """Return each comparison that the looks allow, whether or not it says enough for a claim."""
    direct = [look for look in known.looks if look.element == element]
    if len({look.piece for look in direct}) < FEWEST_PIECES:
        return ()
    delta = smallest_that_matters(settings)
    found = (
        (Rule.OWN_TEACHING, _against_own_teaching(element, known)),
        (Rule.OWN_EARLIER_SELF, _against_earlier_self(direct, known, settings, setting)),
    )
    return tuple(
        Reading(rule, _probability(abs(reading[0]), reading[1], delta), *reading)
        for rule, reading in found
        if reading is not None
    )


def sure(probability: float) -> Sure:
    """Return the words for a probability."""
    if probability >= WELL:
        return Sure.WELL
    if probability >= FAIRLY:
        return Sure.FAIRLY
    return Sure.EARLY if probability >= EARLY else Sure.NOT_ENOUGH


def smallest_that_matters(settings: Settings) -> float:
    """Return delta: a quarter SD of teachers' levels, and never less than a tenth of a level."""
    return max(DELTA_IN_SD * practice.spread_of_teachers(settings), LEAST_DELTA)


def own_teaching_weights(element: str, looks: Sequence[Look]) -> Array | None:
    """Return the weights of "this element minus my other elements", (11,), or None if too few.

    Only elements that have been looked at take part.
    """
    others = sorted({INDEX[look.element] for look in looks} - {INDEX[element]})
    if len(others) < FEWEST_OTHER_ELEMENTS:
        return None
    weights = np.zeros(len(ELEMENTS))
    weights[others] = -1.0 / len(others)
    weights[INDEX[element]] = 1.0
    return weights


def level_estimate(element: str, known: State) -> Estimate:
    """Return where an element stands, kept within the level words, with its 80 % interval."""
    mean = float(known.mean[INDEX[element]])
    raw = Interval.normal(mean, known.sd(element), BAND)
    low, high, value = (min(max(x, 0.0), float(TOP_LEVEL)) for x in (raw.low, raw.high, mean))
    n = len({look.piece for look in known.looks if look.element == element})
    return Estimate(value, Interval(low, high, BAND), max(n, 1), DESIGN)


def levels_in_words(interval: Interval) -> str:
    """Say an interval on the scale of level words in words."""
    low, high = (LEVEL_WORDS[round(x)] for x in (interval.low, interval.high))
    return f"about {low}" if low == high else f"somewhere between {low} and {high}"


def subject_of(looks: Sequence[Look], subjects: Mapping[str, str]) -> str:
    """Return the subject in which at least two thirds of the looks were made, or nothing."""
    seen = [subjects.get(look.section, "") for look in looks if look.section]
    if not seen:
        return ""
    most = max(sorted(set(seen)), key=seen.count)
    return most if seen.count(most) * 3 >= 2 * len(looks) else ""


def _against_own_teaching(element: str, known: State) -> tuple[float, float] | None:
    """Return mean and SD of the element minus the rest, each measured from its usual level."""
    weights = own_teaching_weights(element, known.looks)
    if weights is None:
        return None
    mean = float((weights @ known.gains) @ known.residuals)
    variance = float(weights @ (known.cov @ weights))
    return mean, max(variance, 0.0) ** 0.5


def _against_earlier_self(
    direct: Sequence[Look], known: State, settings: Settings, setting: Setting
) -> tuple[float, float] | None:
    before = [look for look in direct if look.on < setting.since]
    after = [look for look in direct if look.on >= setting.since]
    if min(len({k.piece for k in before}), len({k.piece for k in after})) < FEWEST_FOR_CHANGE:
        return None
    then = sorted(look.on for look in before)[len(before) // 2]
    return practice.change(known.looks, settings, direct[0].element, then, setting.on)


def _probability(distance: float, sd: float, delta: float) -> float:
    return float(ndtr((distance - delta) / sd)) if sd > 0 else float(distance > delta)


def _claim(
    element: str, reading: Reading, known: State, settings: Settings, setting: Setting
) -> Claim:
    direct = [look for look in known.looks if look.element == element]
    level = level_estimate(element, known)
    title, text = words(element, reading, direct, level, setting)
    weights = np.zeros(len(ELEMENTS))
    weights[INDEX[element]] = 1.0
    difference = Interval.normal(reading.mean, reading.sd, BAND)
    return Claim(
        rule=reading.rule,
        version=VERSION,
        element=element,
        kind=reading.kind,
        sure=sure(reading.probability),
        probability=reading.probability,
        level=level,
        difference=Estimate(reading.mean, difference, level.n, DESIGN),
        shares=practice.shares(known.looks, settings, weights, setting.on),
        pulls=practice.pulls(known, weights),
        title=title,
        text=text,
        first=direct[0].on,
        last=direct[-1].on,
    )


def words(
    element: str, reading: Reading, direct: Sequence[Look], level: Estimate, setting: Setting
) -> tuple[str, str]:
    """Return the title and the sentence of a claim."""
    strength = reading.kind == Kind.STRENGTH
    levels = levels_in_words(level.interval)
    if reading.rule == Rule.OWN_TEACHING:
        subject = subject_of(direct, setting.subjects)
        return (
            sentences.title(element, strength=strength, subject=subject),
            sentences.claim(element, strength=strength, subject=subject, levels=levels),
        )
    return (
        sentences.change_title(element, grown=strength),
        sentences.change_claim(element, grown=strength, levels=levels),
    )
