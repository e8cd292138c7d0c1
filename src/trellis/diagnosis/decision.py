"""Say how sure a set of looks can make a reader, and which further looks would settle a question.

SE^2 = klass/n_classes + lesson/n_lessons + (visitor + pairing)/n_visitors + element/n_elements
       + mark/(n_looks n_elements),    a look = one visitor in one lesson

(Brennan 2001, Generalizability Theory, ch. 4; the element term only where elements are taken as a
sample of many). Docs: docs/methods/visits.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import ndtri

from trellis.diagnosis.sureness import DELTA_IN_SD, EARLY
from trellis.stats import TrellisNumbersError

MOST_FURTHER = 24  # lessons: what a school year can hold


@dataclass(frozen=True, slots=True)
class Parts:
    """Variances of one look's reading, in squared units of one scale.

    teacher : what is to be known
    klass : of a teacher's classes; lesson : of lessons; visitor : of visitors' severities
    pairing : of a visitor with a teacher; element : of a teacher's elements about her own mean
    mark : what is left in one mark
    """

    teacher: float
    lesson: float
    visitor: float
    mark: float
    element: float = 0.0
    klass: float = 0.0
    pairing: float = 0.0

    def of_one_element(self) -> "Parts":
        """Return the parts where one element of a teacher is to be known."""
        return Parts(
            self.teacher + self.element,
            self.lesson,
            self.visitor,
            self.mark,
            klass=self.klass,
            pairing=self.pairing,
        )


MET = Parts(teacher=0.37, klass=0.04, lesson=0.10, visitor=0.06, mark=0.43)
"""Shares of the variance of a mean over elements, one lesson by one visitor (MET 2012)."""


@dataclass(frozen=True, slots=True)
class Design:
    """How much was or will be seen; each at least 1.

    looks : (lesson, visitor) pairs, at least as many as lessons and as visitors
    """

    lessons: int
    visitors: int
    looks: int
    elements: int = 1
    classes: int = 1

    def __post_init__(self) -> None:
        if min(self.lessons, self.visitors, self.elements, self.classes) < 1:
            raise TrellisNumbersError(
                "A design needs at least one lesson, visitor, element, class."
            )
        if not max(self.lessons, self.visitors) <= self.looks <= self.lessons * self.visitors:
            raise TrellisNumbersError(
                f"{self.looks} looks cannot come from {self.lessons} lessons and "
                f"{self.visitors} visitors."
            )


def standard_error(parts: Parts, design: Design, *, elements_fixed: bool = True) -> float:
    """Return the standard error of a mean over all looks, before any pooling.

    elements_fixed : the framework's elements are all there is, not a sample of many
    """
    d = design
    variance = parts.klass / d.classes + parts.lesson / d.lessons
    variance += (parts.visitor + parts.pairing) / d.visitors
    variance += parts.mark / (d.looks * d.elements)
    if not elements_fixed:
        variance += parts.element / d.elements
    return float(variance**0.5)


def reliability(parts: Parts, design: Design, *, elements_fixed: bool = True) -> float:
    """Return which share of the variance of such means is the teacher's own, 0 to 1."""
    error = standard_error(parts, design, elements_fixed=elements_fixed) ** 2
    return parts.teacher / (parts.teacher + error)


def doubt_left(parts: Parts, design: Design, *, elements_fixed: bool = True) -> float:
    """Return the posterior standard deviation once the looks are pooled with what is usual."""
    left = 1 - reliability(parts, design, elements_fixed=elements_fixed)
    return float((parts.teacher * left) ** 0.5)


def smallest_claim(parts: Parts, design: Design, *, elements_fixed: bool = True) -> float:
    """Return the smallest distance from a reference that may be stated as an early sign."""
    sd = doubt_left(parts, design, elements_fixed=elements_fixed)
    return DELTA_IN_SD * float(parts.teacher**0.5) + float(ndtri(EARLY)) * sd


class By(StrEnum):
    """Who makes the further looks."""

    THE_SAME = "by those who came before"
    ONE_NEW = "by one new visitor"
    NEW_EACH = "by a new visitor each time"


@dataclass(frozen=True, slots=True)
class Further:
    """Further lessons to see, one look each, that would settle a question; None: they cannot."""

    by: By
    lessons: int | None

    def __str__(self) -> str:
        if self.lessons is None:
            return f"No number of lessons up to {MOST_FURTHER}, seen {self.by}, would settle it."
        if self.lessons == 0:
            return "It is settled as it stands."
        times = "One more lesson" if self.lessons == 1 else f"{self.lessons} more lessons"
        return f"{times}, seen {self.by}, would settle it if they read as the looks so far."


def what_would_settle(
    parts: Parts, so_far: Design, distance: float, delta: float | None = None
) -> tuple[Further, ...]:
    """Return, for each way of looking, the fewest further lessons that would settle a question.

    Settled means that P(|x - reference| > delta) reaches an early sign if the estimate stays.

    Parameters
    ----------
    parts : of the quantity asked about (`Parts.of_one_element` for one element)
    distance : estimate minus reference
    delta : the least distance that matters; a quarter SD of teachers if not given
    """
    least = DELTA_IN_SD * float(parts.teacher**0.5) if delta is None else delta
    needed = (abs(distance) - least) / float(ndtri(EARLY))
    return tuple(Further(by, _fewest(parts, so_far, by, needed)) for by in By)


def _fewest(parts: Parts, so_far: Design, by: By, needed: float) -> int | None:
    for lessons in range(MOST_FURTHER + 1):
        if doubt_left(parts, _after(so_far, by, lessons)) <= needed:
            return lessons
    return None


def _after(so_far: Design, by: By, lessons: int) -> Design:
    new = {By.THE_SAME: 0, By.ONE_NEW: min(lessons, 1), By.NEW_EACH: lessons}[by]
    return Design(
        so_far.lessons + lessons,
        so_far.visitors + new,
        so_far.looks + lessons,
        so_far.elements,
        so_far.classes,
    )


@dataclass(frozen=True, slots=True)
class Studied:
    """One row of a decision study.

    se : standard error of such a mean; reliability : 0 to 1
    smallest : the smallest distance from a reference that may be stated as an early sign
    """

    design: Design
    se: float
    reliability: float
    smallest: float


def study(
    parts: Parts, elements: int, lessons: Sequence[int], visitors: Sequence[int]
) -> tuple[Studied, ...]:
    """Return the decision study over designs that waste no look: looks = the larger number."""
    designs = [Design(n, v, max(n, v), elements) for n in lessons for v in visitors]
    return tuple(
        Studied(d, standard_error(parts, d), reliability(parts, d), smallest_claim(parts, d))
        for d in designs
    )
