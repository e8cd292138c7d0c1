"""The rules by which Trellis speaks: what each compares, when it speaks, and in which words.

`trellis.diagnosis.signals` asks these objects and nothing else, and docs/reference/insight-rules.md
is written from them. A rule whose comparison or thresholds change gets a new version; its name is
stored with every claim and is never used for anything else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from scipy.special import ndtri

from trellis.diagnosis import sentences, sources
from trellis.diagnosis.looks import ELEMENTS, Look
from trellis.diagnosis.practice_joint import Joint, Levels, Told, Without, change
from trellis.diagnosis.sureness import BY_CHANCE, SEE_DIFFERENTLY


class Kind(StrEnum):
    """What a claim is for."""

    STRENGTH = "strength"
    NEXT_STEP = "next step"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around the looks.

    on : the day for which claims are made
    since : start of the school year; looks before it are the earlier self
    subjects : subject of each section, in lower case ("math"), where known
    goals : day on which she set the goal that is open for an element
    classes : how many classes she has now
    """

    on: date
    since: date
    subjects: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    goals: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    classes: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """One element of one teacher, with all that a rule may look at."""

    element: str
    known: Joint | Without
    around: Setting

    @property
    def direct(self) -> tuple[Look, ...]:
        """Return the looks at this element, oldest first."""
        return tuple(look for look in self.known.looks if look.element == self.element)


Compare = Callable[["Rule", Case], Told | None]
Say = Callable[[Case, Kind, float, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison: with what, when it may speak, and in which words.

    reference : what the element is compared with, as a reader reads it
    compares : the comparison in one sentence
    wrong : when a claim by this rule has the wrong sign
    fewest_pieces : pieces of evidence on the element
    fewest_others : other elements that have been looked at
    fewest_each_side : pieces before and after the day that it compares with
    least_z : standard errors, besides the probability that every rule needs
    """

    name: str
    version: str
    reference: str
    compares: str
    wrong: str
    kinds: tuple[Kind, Kind]  # for a difference above and below zero
    compare: Compare
    say: Say
    fewest_pieces: int = 3
    fewest_others: int = 0
    fewest_each_side: int = 0
    least_z: float = 0.0

    def difference(self, case: Case) -> Told | None:
        """Return what the rule compares, or None where the looks do not allow it."""
        if len({look.piece for look in case.direct}) < self.fewest_pieces:
            return None
        return self.compare(self, case)

    def kind(self, mean: float) -> Kind:
        """Return what a claim with this difference is for."""
        return self.kinds[0] if mean > 0 else self.kinds[1]


def beside_own_teaching(element: str, looks: Sequence[Look], on: date) -> Levels | None:
    """Return "this element minus my other elements" on a day, or None if too few.

    Only elements that have been looked at take part.
    """
    seen = {look.element for look in looks}
    others = [other for other in ELEMENTS if other in seen and other != element]
    if len(others) < OWN_TEACHING.fewest_others:
        return None
    return Levels(((element, on, 1.0), *((other, on, -1.0 / len(others)) for other in others)))


def subject_of(looks: Sequence[Look], subjects: Mapping[str, str]) -> str:
    """Return the subject in which at least two thirds of the looks were made, or nothing."""
    seen = [subjects.get(look.section, "") for look in looks if look.section]
    if not seen:
        return ""
    most = max(sorted(set(seen)), key=seen.count)
    return most if seen.count(most) * 3 >= 2 * len(looks) else ""


def before_and_after(looks: Sequence[Look], day: date) -> tuple[tuple[Look, ...], tuple[Look, ...]]:
    """Return the looks before a day and from that day on."""
    return tuple(k for k in looks if k.on < day), tuple(k for k in looks if k.on >= day)


def _against_own_teaching(_rule: Rule, case: Case) -> Told | None:
    """Compare the element with the rest, each measured from its usual level."""
    difference = beside_own_teaching(case.element, case.known.looks, case.around.on)
    return case.known.told(difference) if difference else None


def _against_earlier_self(rule: Rule, case: Case) -> Told | None:
    """Compare with the middle of the looks before this school year."""
    before, _after = before_and_after(case.direct, case.around.since)
    if not before:
        return None
    then = sorted(look.on for look in before)[len(before) // 2]
    return _change(rule, case, case.around.since, then)


def _against_goal_day(rule: Rule, case: Case) -> Told | None:
    day = case.around.goals.get(case.element)
    return _change(rule, case, day, day) if day else None


def _change(rule: Rule, case: Case, split: date, then: date) -> Told | None:
    """Compare today with `then`; None where too few pieces lie on one side of `split`."""
    sides = before_and_after(case.direct, split)
    if min(len({look.piece for look in side}) for side in sides) < rule.fewest_each_side:
        return None
    return case.known.told(change(case.element, then, case.around.on))


def _between_sources(rule: Rule, case: Case) -> Told | None:
    apart = sources.apart(case.element, case.known)
    if apart is None:
        return None
    # z does not lean on the fitted spread of views, so that this holds where there is none.
    by_chance = float(ndtri(1 - BY_CHANCE / 2 / len(sources.read_by_both(case.known.looks))))
    return apart if abs(apart.z) > max(rule.least_z, by_chance) else None


def _say_own_teaching(case: Case, kind: Kind, _mean: float, levels: str) -> tuple[str, str]:
    strength, subject = kind == Kind.STRENGTH, subject_of(case.direct, case.around.subjects)
    return (
        sentences.title(case.element, strength=strength, subject=subject),
        sentences.claim(case.element, strength=strength, subject=subject, levels=levels),
    )


def _say_change(case: Case, _kind: Kind, mean: float, levels: str) -> tuple[str, str]:
    return (
        sentences.change_title(case.element, grown=mean > 0),
        sentences.change_claim(case.element, grown=mean > 0, levels=levels),
    )


def _say_since_goal(case: Case, _kind: Kind, mean: float, levels: str) -> tuple[str, str]:
    return (
        sentences.goal_title(case.element, grown=mean > 0),
        sentences.goal_claim(
            case.element, grown=mean > 0, day=case.around.goals[case.element], levels=levels
        ),
    )


def _say_sources(case: Case, _kind: Kind, mean: float, levels: str) -> tuple[str, str]:
    return (
        sentences.sources_title(case.element),
        sentences.sources_claim(case.element, students_more=mean > 0, levels=levels),
    )


UP_OR_DOWN = (Kind.STRENGTH, Kind.NEXT_STEP)

OWN_TEACHING = Rule(
    name="own-teaching",
    version="2.0",
    reference="the rest of your own teaching",
    compares="The element today minus the mean of your other elements that have been looked at, "
    "each measured from its usual level here, so that what is rare everywhere is not held "
    "against anybody.",
    wrong="The element does not differ from the others in the stated direction.",
    kinds=UP_OR_DOWN,
    compare=_against_own_teaching,
    say=_say_own_teaching,
    fewest_others=2,
)
EARLIER_SELF = Rule(
    name="earlier-self",
    version="2.0",
    reference="your own earlier lessons",
    compares="The element today minus the same element in the middle of your looks from before "
    "this school year.",
    wrong="The element has not moved in the stated direction between the two days.",
    kinds=UP_OR_DOWN,
    compare=_against_earlier_self,
    say=_say_change,
    fewest_pieces=8,
    fewest_each_side=4,
)
SINCE_GOAL = Rule(
    name="since-goal",
    version="1.0",
    reference="your own lessons when you set your goal",
    compares="The element that you chose for an open goal, today minus the day on which you set "
    "the goal.",
    wrong="The element has not moved in the stated direction since that day.",
    kinds=UP_OR_DOWN,
    compare=_against_goal_day,
    say=_say_since_goal,
    fewest_pieces=8,
    fewest_each_side=4,
)
SOURCES = Rule(
    name="sources",
    version="2.0",
    reference="what students and visits see",
    compares="What your students see of the element minus what visits see of it, beyond how far "
    "the two lie apart on the rest of your teaching and usually do on the element here.",
    wrong="Next to the rest, students do not see more (or less) of it than visits as stated.",
    kinds=(Kind.DISAGREEMENT, Kind.DISAGREEMENT),
    compare=_between_sources,
    say=_say_sources,
    least_z=SEE_DIFFERENTLY,
)
RULES = (OWN_TEACHING, EARLIER_SELF, SINCE_GOAL, SOURCES)
BY_NAME: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in RULES})
