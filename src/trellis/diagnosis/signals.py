"""Turn estimates into claims: what stands out, how sure, on what, and in which words.

The rules (`trellis.diagnosis.rules`) compare; this module decides what of it is shown, so that
what one teacher reads in sum seldom points the wrong way. The reference is the rest of her own
teaching, her own earlier self or the day she set her goal; never another person.
Docs: docs/methods/insights.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scipy.special import ndtr

from trellis.diagnosis import doubt, practice, sureness
from trellis.diagnosis.doubt import FurtherLook
from trellis.diagnosis.looks import ELEMENTS, LEVEL_WORDS, TOP_LEVEL, Look
from trellis.diagnosis.practice import Settings, Shares
from trellis.diagnosis.practice_joint import Joint
from trellis.diagnosis.practice_joint import level as level_of
from trellis.diagnosis.rules import RULES, Case, Kind, Rule, Setting
from trellis.diagnosis.sureness import BAND, Sure, sure
from trellis.stats import Estimate, Interval

DESIGN = "visits, class feedback and own readings, smoothed over time"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one rule finds on one element, whether or not it says enough for a claim.

    mean, sd : of the difference, in level units
    probability : P(the difference exceeds delta in its direction)
    """

    element: str
    rule: Rule
    mean: float
    sd: float
    probability: float

    @property
    def kind(self) -> Kind:
        """Return what a claim from this reading would be for."""
        return self.rule.kind(self.mean)

    @property
    def wrong(self) -> float:
        """Return the probability that the difference has the other sign."""
        return float(ndtr(-abs(self.mean) / self.sd)) if self.sd > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands out in one teacher's evidence, in the parts of an argument (Toulmin 1958).

    Claim: `title` and `text` about an `element`, and what `kind` of claim it is.
    Grounds: `level` (where the element stands, on the scale of level words), `difference` (from
    the reference, in level units), both with 80 % intervals; `shares` (what the level rests on;
    sums to 1), `pulls` (signed pull of each piece on the level), `first` and `last` look.
    Warrant: the `rule` with its version.
    Qualifier: `probability` that the difference exceeds delta in its direction; `sure` in words.
    Rebuttals: what else could explain it.
    What would settle it: further looks, cheapest first.
    """

    element: str
    kind: Kind
    title: str
    text: str
    level: Estimate
    difference: Estimate
    shares: Shares
    pulls: Mapping[str, float]
    first: date
    last: date
    rule: Rule
    probability: float
    sure: Sure
    rebuttals: tuple[str, ...]
    settle: tuple[FurtherLook, ...]


def claims(looks: Sequence[Look], settings: Settings, setting: Setting) -> tuple[Claim, ...]:
    """Return what may be shown: strengths first, at least as many as next steps, at most three.

    The expected share of wrong signs among all that is shown stays at most 10 %.
    """
    known = practice.joint(looks, settings)
    found = [
        best
        for element in ELEMENTS
        if (best := _best(readings(element, known, setting))) is not None
    ]
    return tuple(_claim(reading, known, setting) for reading in held(found))


def held(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return what of the readings is shown, in order.

    The least sure are dropped until the mean probability of a wrong sign among what is shown, of
    all rules together, is at most 10 %.
    """
    left = sorted(found, key=lambda each: (-each.probability, each.element))
    shown = _arranged(left)
    while shown and sum(each.wrong for each in shown) > sureness.MOST_WRONG * len(shown):
        left.remove(max(shown, key=lambda each: each.wrong))
        shown = _arranged(left)
    return shown


def readings(element: str, known: Joint, setting: Setting) -> tuple[Reading, ...]:
    """Return what each rule finds where the looks allow it to compare."""
    case = Case(element, known, setting)
    found = (reading(rule, case) for rule in RULES)
    return tuple(each for each in found if each is not None)


def reading(rule: Rule, case: Case) -> Reading | None:
    """Return what one rule finds on an element, or None where the looks do not allow it."""
    found = rule.difference(case)
    if found is None:
        return None
    delta = smallest_that_matters(case.known.settings)
    probability = sureness.beyond(found.mean, found.sd, delta)
    return Reading(case.element, rule, found.mean, found.sd, probability)


def smallest_that_matters(settings: Settings) -> float:
    """Return delta: a quarter SD of teachers' levels, and never less than a tenth of a level."""
    in_sd = sureness.DELTA_IN_SD * practice.spread_of_teachers(settings)
    return max(in_sd, sureness.LEAST_DELTA)


def level_estimate(element: str, known: Joint, on: date) -> Estimate:
    """Return where an element stands, kept within the level words, with its 80 % interval."""
    told = known.told(level_of(element, on))
    mean = practice.usual_level(element, known.settings) + told.mean
    raw = Interval.normal(mean, told.sd, BAND)
    low, high, value = (min(max(x, 0.0), float(TOP_LEVEL)) for x in (raw.low, raw.high, mean))
    n = len({look.piece for look in known.looks if look.element == element})
    return Estimate(value, Interval(low, high, BAND), max(n, 1), DESIGN)


def levels_in_words(interval: Interval) -> str:
    """Say an interval on the scale of level words in words."""
    low, high = (LEVEL_WORDS[round(x)] for x in (interval.low, interval.high))
    return f"about {low}" if low == high else f"somewhere between {low} and {high}"


def words(reading: Reading, known: Joint, setting: Setting) -> tuple[str, str]:
    """Return the title and the sentence of a claim."""
    levels = levels_in_words(level_estimate(reading.element, known, setting.on).interval)
    case = Case(reading.element, known, setting)
    return reading.rule.say(case, reading.kind, reading.mean, levels)


def _best(found: Sequence[Reading]) -> Reading | None:
    """Return what to say of one element: that sources differ, before what they say together."""
    enough = [each for each in found if each.probability >= sureness.EARLY]
    differ = [each for each in enough if each.kind == Kind.DISAGREEMENT]
    return max(differ or enough, key=lambda each: each.probability, default=None)


def _arranged(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return strengths, at most as many next steps, and one disagreement, three in all."""
    strengths, steps, differ = (
        [each for each in found if each.kind == kind]
        for kind in (Kind.STRENGTH, Kind.NEXT_STEP, Kind.DISAGREEMENT)
    )
    steps = steps[: min(len(strengths), sureness.MOST_NEXT_STEPS)]
    rest = [*steps, *differ[:1]]
    return (*strengths[: sureness.MOST_CLAIMS - len(rest)], *rest)


def _claim(reading: Reading, known: Joint, setting: Setting) -> Claim:
    element = reading.element
    direct = [look for look in known.looks if look.element == element]
    level = level_estimate(element, known, setting.on)
    title, text = words(reading, known, setting)
    difference = Interval.normal(reading.mean, reading.sd, BAND)
    shares = practice.shares(known, level_of(element, setting.on))
    return Claim(
        element=element,
        kind=reading.kind,
        title=title,
        text=text,
        level=level,
        difference=Estimate(reading.mean, difference, level.n, DESIGN),
        shares=shares,
        pulls=practice.pulls(known, level_of(element, setting.on)),
        first=direct[0].on,
        last=direct[-1].on,
        rule=reading.rule,
        probability=reading.probability,
        sure=sure(reading.probability),
        rebuttals=doubt.other_explanations(
            element,
            known,
            shares,
            setting.on,
            setting.classes,
            of_sources=reading.kind == Kind.DISAGREEMENT,
        ),
        settle=doubt.what_would_settle(element, known, setting.on),
    )
