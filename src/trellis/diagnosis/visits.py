"""Say what a set of visits can honestly say: the many-facet model with lessons, and its doubts.

log-odds of adjacent levels = theta_t + gamma_ti + delta_o - beta_i - lambda_r - tau_k

(Linacre 1989, Many-Facet Rasch Measurement). Only teachers and visitors whom visits link are ever
compared; everything comes in order of name. Docs: docs/methods/visits.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from trellis.diagnosis.decision import Design, Parts
from trellis.diagnosis.sureness import Sure, sure
from trellis.diagnosis.visit_groups import require_one_group
from trellis.stats import Estimate, Interval, TrellisNumbersError
from trellis.stats.facets import Facets, Layout, arrange, expected_level, fit, told_apart

OVERALL = "overall"
LEVEL = 0.95
MOST_LEVELS = 10
DESIGN = "visits, visitors' severity and lessons allowed for, pooled over all teachers; in logits"
ONE_LOOK = "One look: the interval says mostly what is usual here."
ONE_VISITOR = (
    "One visitor made all the visits. How severe this visitor is cannot be told from how the "
    "teachers stand, so every estimate carries that doubt. Visits by a second person would help."
)
ASSUMED = (
    "There is one teacher. How much teachers differ is taken as what is usual.",
    "There is one element. How far it stands from the rest of a teacher's practice is taken as "
    "what is usual.",
    "No teacher was seen in two lessons. How much lessons differ cannot be told from how much "
    "teachers do and is taken as what is usual. A second lesson of a few teachers would tell.",
    ONE_VISITOR,
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Columns of n marks; a lesson is known by its teacher and its own name together.

    level : (n,) whole numbers in the order of their meaning
    """

    teacher: Sequence[str]
    lesson: Sequence[str]
    visitor: Sequence[str]
    element: Sequence[str]
    level: Sequence[int]

    def __post_init__(self) -> None:
        if len({len(self.teacher), len(self.lesson), len(self.visitor)}) > 1 or (
            len({len(self.teacher), len(self.element), len(self.level)}) > 1
        ):
            raise TrellisNumbersError("The columns of marks must have the same length.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one teacher's element, or all of her teaching (`overall`), stands.

    estimate : in logits; 0 is where a usual visitor uses the lower and upper levels alike
    looks : (lesson, visitor) pairs behind it; lessons, visitors : how many of each
    """

    teacher: str
    element: str
    estimate: Estimate
    looks: int
    lessons: int
    visitors: int

    def how_sure(self, reference: float, delta: float) -> Sure:
        """Return the words for P(|x - reference| > delta) in the estimate's direction.

        The reference is her own earlier estimate, her other elements, or her goal; in logits.
        """
        inside = self.estimate.interval
        sd = (inside.high - inside.low) / (2 * float(ndtri(0.5 + inside.level / 2)))
        return sure(float(ndtr((abs(self.estimate.value - reference) - delta) / sd)))

    def design(self, elements: int = 1) -> Design:
        """Return the design so far, to ask `decision.what_would_settle`."""
        return Design(self.lessons, self.visitors, self.looks, elements)


@dataclass(frozen=True, slots=True)
class Severity:
    """A visitor's severity in logits: higher is more severe, 0 the mean of these visitors.

    Few marks pull it toward 0; `se` is what is left of the doubt.
    """

    visitor: str
    severity: float
    se: float
    looks: int


@dataclass(frozen=True, slots=True)
class Visits:
    """What marks of visits say together.

    standings : by teacher, elements in order, `overall` last
    variances : of teacher, element (within teacher), lesson and visitor, in squared logits
    mark : variance of one mark in squared logits; it follows from the scale (1 / information)
    difficulties : of each element, summing to 0, in logits; higher is harder
    thresholds : between each two neighboring levels, summing to 0, in logits
    levels : the levels found
    cautions : plain sentences that a reader must see
    """

    standings: tuple[Standing, ...]
    severities: tuple[Severity, ...]
    variances: dict[str, Estimate]
    mark: float
    difficulties: dict[str, Estimate]
    thresholds: tuple[Estimate, ...]
    levels: tuple[int, ...]
    cautions: tuple[str, ...]

    def parts(self) -> Parts:
        """Return the variances for a decision study; classes and pairings are not told apart."""
        v = {name: estimate.value for name, estimate in self.variances.items()}
        return Parts(v["teacher"], v["lesson"], v["visitor"], self.mark, v["element"])

    def level_at(self, logit: float) -> float:
        """Return the mean level that a usual visitor gives there on a usual element."""
        kappa = np.cumsum([t.value for t in self.thresholds])[:-1]
        place = float(expected_level(np.array([logit]), kappa)[0])
        return float(np.interp(place, np.arange(len(self.levels)), self.levels))


def of(marks: Marks) -> Visits:
    """Fit the model to marks.

    Raises
    ------
    UnconnectedError
        if no visit links some teachers and visitors with the others
    TrellisNumbersError
        if there is nothing to compare, or a mark stands twice
    """
    if not len(marks.level):
        raise TrellisNumbersError("There are no marks.")
    names = [sorted(set(c)) for c in (marks.teacher, marks.visitor, marks.element)]
    teacher, visitor, element = (
        _places(column, known)
        for column, known in zip((marks.teacher, marks.visitor, marks.element), names, strict=True)
    )
    if OVERALL in names[2]:
        raise TrellisNumbersError(
            f"An element is called “{OVERALL}”, which is the name of the summary. Rename it."
        )
    pairs = list(zip(marks.teacher, marks.lesson, strict=True))
    lesson = _places(pairs, sorted(set(pairs)))
    _require_once(marks, lesson, visitor, element)
    levels, level = _levels(marks.level)
    require_one_group(teacher, visitor, names[0], names[1])
    layout = arrange(teacher, lesson, visitor, element, level)
    return _told(layout, fit(layout), names, levels)


def _places(column: Sequence[object], known: Sequence[object]) -> NDArray[np.int64]:
    place = {name: i for i, name in enumerate(known)}
    return np.array([place[name] for name in column], dtype=np.int64)


def _require_once(
    marks: Marks, lesson: NDArray[np.int64], visitor: NDArray[np.int64], element: NDArray[np.int64]
) -> None:
    key = (lesson * (visitor.max() + 1) + visitor) * (element.max() + 1) + element
    order = np.argsort(key, kind="stable")
    again = order[1:][key[order[1:]] == key[order[:-1]]]
    if len(again):
        i = int(again.min())
        raise TrellisNumbersError(
            f"{len(again)} marks stand twice. The first: visitor {marks.visitor[i]} marked "
            f"{marks.element[i]} twice in lesson {marks.lesson[i]} of {marks.teacher[i]}. "
            "Keep one of them, or give two lessons two names."
        )


def _levels(given: Sequence[int]) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    values = np.asarray(given, dtype=np.float64)
    if not np.isfinite(values).all() or (values != np.floor(values)).any():
        raise TrellisNumbersError("A level is not a whole number.")
    found, place = np.unique(values, return_inverse=True)
    if len(found) < 2:
        raise TrellisNumbersError(
            f"Every mark is {found[0]:.0f}, so nothing can be told apart. "
            "Marks with at least two levels are needed."
        )
    if len(found) > MOST_LEVELS:
        raise TrellisNumbersError(
            f"There are {len(found)} different levels. Levels are a few ordered words, numbered; "
            f"at most {MOST_LEVELS} are read."
        )
    return tuple(int(one) for one in found), place.astype(np.int64)


def _told(
    layout: Layout, fitted: Facets, names: Sequence[Sequence[str]], levels: tuple[int, ...]
) -> Visits:
    seen = _Seen.of(layout)
    standings = tuple(
        _standing(fitted, seen, names, t, i)
        for t in range(layout.teachers)
        for i in range(layout.elements + 1)
        if seen.looks[t, i]
    )
    looks = np.bincount(layout.look_visitor)
    severities = tuple(
        Severity(name, float(fitted.severity[r]), float(fitted.severity_se[r]), int(looks[r]))
        for r, name in enumerate(names[1])
    )
    return Visits(
        standings,
        severities,
        _variances(layout, fitted),
        1 / fitted.information,
        _difficulties(layout, fitted, names[2]),
        _thresholds(layout, fitted),
        levels,
        _cautions(layout, seen, levels),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """How much stands behind each standing, (teachers, elements + 1) each, overall last."""

    looks: NDArray[np.int64]
    lessons: NDArray[np.int64]
    visitors: NDArray[np.int64]

    @classmethod
    def of(cls, layout: Layout) -> "_Seen":
        return cls(
            _distinct(layout, layout.look),
            _distinct(layout, layout.lesson),
            _distinct(layout, layout.visitor),
        )


def _distinct(layout: Layout, what: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many different `what` each teacher has by element, and in all."""
    size, most = layout.elements, int(what.max()) + 1
    by_element = np.unique(layout.own * most + what) // most
    whole = np.unique(layout.teacher * most + what) // most
    each = np.bincount(by_element, minlength=layout.teachers * size).reshape(-1, size)
    return np.column_stack([each, np.bincount(whole, minlength=layout.teachers)])


def _standing(
    fitted: Facets, seen: _Seen, names: Sequence[Sequence[str]], t: int, i: int
) -> Standing:
    looks = int(seen.looks[t, i])
    sd = float(np.sqrt(fitted.reading_variance[t, i]))
    value = float(fitted.reading[t, i])
    caveats = (ONE_LOOK,) if looks == 1 else ()
    estimate = Estimate(value, Interval.normal(value, sd, LEVEL), looks, DESIGN, caveats)
    element = names[2][i] if i < len(names[2]) else OVERALL
    return Standing(
        names[0][t], element, estimate, looks, int(seen.lessons[t, i]), int(seen.visitors[t, i])
    )


def _variances(layout: Layout, fitted: Facets) -> dict[str, Estimate]:
    """Return each variance, its interval symmetric on the logarithm."""
    far = float(ndtri(0.5 + LEVEL / 2)) * np.sqrt(np.diag(fitted.log_variance_cov))
    counts = {
        "teacher": layout.teachers,
        "element": len(np.unique(layout.own)),
        "lesson": layout.lessons,
        "visitor": layout.visitors,
    }
    how = "restricted likelihood of the many-facet model; in squared logits"
    return {
        name: Estimate(
            value, Interval(value * np.exp(-wide), value * np.exp(wide), LEVEL), count, how
        )
        for (name, count), value, wide in zip(
            counts.items(), fitted.variances.array().tolist(), far.tolist(), strict=True
        )
    }


def _difficulties(layout: Layout, fitted: Facets, elements: Sequence[str]) -> dict[str, Estimate]:
    size = layout.elements
    by = np.full((size, size), 1 / size) - np.eye(size)
    marks = np.bincount(layout.element)
    return {
        name: _normal(value, variance, int(n), "element difficulty, in logits")
        for name, value, variance, n in zip(
            elements,
            by @ fitted.fixed[:size],
            np.diag(by @ fitted.fixed_cov[:size, :size] @ by.T),
            marks,
            strict=True,
        )
    }


def _thresholds(layout: Layout, fitted: Facets) -> tuple[Estimate, ...]:
    size, free = layout.elements, layout.top - 1
    by = np.diff(np.eye(free + 2)[:, 1:-1], axis=0)  # tau_k = kappa_k - kappa_{k-1}
    cov = by @ fitted.fixed_cov[size:, size:] @ by.T
    marks = layout.counts[:-1] + layout.counts[1:]
    return tuple(
        _normal(value, variance, int(n), "threshold between neighboring levels, in logits")
        for value, variance, n in zip(by @ fitted.fixed[size:], np.diag(cov), marks, strict=True)
    )


def _normal(value: float, variance: float, n: int, design: str) -> Estimate:
    sd = float(np.sqrt(max(variance, 0.0)))
    return Estimate(float(value), Interval.normal(float(value), sd, LEVEL), n, design)


def _cautions(layout: Layout, seen: _Seen, levels: tuple[int, ...]) -> tuple[str, ...]:
    said = [one for one, told in zip(ASSUMED, told_apart(layout), strict=True) if not told]
    for low, high in pairwise(levels):
        if high - low > 1:
            said.append(
                f"No mark lies between {low} and {high}, so they are read as neighboring levels."
            )
    once = int((seen.looks[:, -1] == 1).sum())
    if once:
        who = "One teacher was" if once == 1 else f"{once} teachers were"
        said.append(f"{who} seen in one look. Their intervals say mostly what is usual here.")
    if bool((np.bincount(layout.look_lesson) == 1).all()):
        said.append(
            "Every lesson was seen by one visitor, so what a lesson was like and how this visitor "
            "saw this lesson cannot be told apart; both are in the lesson's part."
        )
    return tuple(said)
