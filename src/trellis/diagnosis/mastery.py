"""Say what a class is ready to learn next, by learning objective, with few students in mind.

    logit p_cs = mu_s + a_c + d_cs,   a_c ~ N(0, sigma_a^2),   d_cs ~ N(0, sigma_d^2)

Partially pooled over the classes that are compared (empirical Bayes). An objective is flagged by
P(d_cs < -delta), not by the raw percentage, so that an objective that is hard for everybody is not
taken for a need of this class. Docs: docs/methods/mastery.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import expit, ndtr

from trellis.stats import Estimate, Interval
from trellis.stats.components import Unit, fit_variances
from trellis.stats.gaussian import Array, condition

FEWEST_STUDENTS = 10
LEVEL = 0.80
DELTA = 0.20  # in logits: about five percentage points in the middle of the scale
FALSE_DISCOVERY = 0.10
START = np.array([0.25, 0.10])  # sigma_a^2, sigma_d^2 to lean on
PULL = 1.0
ROUNDS_OF_MEANS = 3
DESIGN = "answers of this class, pooled with all classes that met the same objectives"


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What the students of one class answered on one objective.

    students : number of students with at least one item
    share : mean over students of their share of items right, 0 to 1
    variance : variance between those students' shares
    items : mean number of items for a student
    """

    klass: str
    objective: str
    students: int
    share: float
    variance: float
    items: float


@dataclass(frozen=True, slots=True)
class Readiness:
    """Where a class stands on an objective.

    right : expected share of items right, with its 80 % interval
    behind : P(this class is further behind on this objective than delta, its own level allowed for)
    ahead : the same in the other direction
    next : whether it is flagged as next learning, false discoveries held to 10 % over all flags
    """

    klass: str
    objective: str
    right: Estimate
    behind: float
    ahead: float
    next: bool


def readiness(results: Sequence[ClassResult]) -> tuple[Readiness, ...]:
    """Return where each class stands on each objective, surest need first within a class.

    Classes with fewer than 10 students on an objective are left out of that objective.
    """
    kept = [r for r in results if r.students >= FEWEST_STUDENTS]
    if not kept:
        return ()
    rows = sorted(kept, key=lambda r: (r.klass, r.objective))
    objectives = sorted({r.objective for r in rows})
    place = {name: i for i, name in enumerate(objectives)}
    logits, noise = _logits(rows)
    groups = _groups(rows)
    column = np.array([place[r.objective] for r in rows])
    means, variances = _fit(logits, noise, column, groups, len(objectives))
    found = [
        one
        for group in groups.values()
        for one in _of_class(
            [rows[i] for i in group], group, logits, noise, means[column], variances
        )
    ]
    flagged = _held([r.behind for r in found])
    marked = [
        Readiness(r.klass, r.objective, r.right, r.behind, r.ahead, flag)
        for r, flag in zip(found, flagged, strict=True)
    ]
    return tuple(sorted(marked, key=lambda r: (r.klass, -r.behind, r.objective)))


def by_class(found: Sequence[Readiness]) -> Mapping[str, tuple[Readiness, ...]]:
    """Return the same by class, in the given order."""
    classes: dict[str, list[Readiness]] = {}
    for one in found:
        classes.setdefault(one.klass, []).append(one)
    return MappingProxyType({name: tuple(rows) for name, rows in classes.items()})


def _logits(rows: Sequence[ClassResult]) -> tuple[Array, Array]:
    """Return each row's empirical logit and its sampling variance (delta method).

    Half an answer is added on both sides so that "all right" stays finite. The variance between
    students carries that one student's answers go together; it has the binomial variance of two
    more students added, so that a class of one mind is not known without error.
    """
    n = np.array([r.students for r in rows], dtype=np.float64)
    items = np.array([r.items for r in rows])
    share = np.array([r.share for r in rows])
    answers = n * items
    p = (share * answers + 0.5) / (answers + 1.0)
    binomial = p * (1 - p) / items
    between = (n * np.array([r.variance for r in rows]) + 2 * binomial) / (n + 2)
    noise = np.maximum(between, binomial) / n / (p * (1 - p)) ** 2
    return np.log(p / (1 - p)), noise


def _groups(rows: Sequence[ClassResult]) -> dict[str, Array]:
    places: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        places.setdefault(row.klass, []).append(i)
    return {name: np.array(where) for name, where in places.items()}


def _fit(
    logits: Array, noise: Array, column: Array, groups: Mapping[str, Array], objectives: int
) -> tuple[Array, Array]:
    """Return mu (objectives,) and (sigma_a^2, sigma_d^2), alternating a few times."""
    variances = START
    means = np.zeros(objectives)
    for _ in range(ROUNDS_OF_MEANS):
        weight = 1.0 / (noise + variances.sum())
        total = np.bincount(column, weight, objectives)
        means = np.bincount(column, weight * logits, objectives) / total
        units = [_unit(logits[g] - means[column[g]], noise[g]) for g in groups.values()]
        variances = fit_variances(units, START, PULL)
    return means, variances


def _unit(residuals: Array, noise: Array) -> Unit:
    size = len(residuals)
    return Unit(residuals, np.array([np.ones((size, size)), np.eye(size)]), noise)


def _of_class(
    rows: Sequence[ClassResult],
    group: Array,
    logits: Array,
    noise: Array,
    means: Array,
    variances: Array,
) -> list[Readiness]:
    """Return one class's readiness, not yet flagged."""
    size = len(rows)
    of_class, of_objective = variances
    own = of_objective * np.eye(size)
    both = of_class * np.ones((size, size)) + own
    readings = both + np.diag(noise[group])
    residuals = logits[group] - means[group]
    specific = condition(own, own, readings, residuals)
    whole = condition(both, both, readings, residuals)
    sd = np.sqrt(np.diag(specific.cov))
    behind = ndtr((-DELTA - specific.mean) / sd)
    ahead = ndtr((specific.mean - DELTA) / sd)
    return [
        Readiness(
            row.klass,
            row.objective,
            _share(float(means[g] + whole.mean[i]), float(whole.cov[i, i]), row.students),
            float(behind[i]),
            float(ahead[i]),
            next=False,
        )
        for i, (row, g) in enumerate(zip(rows, group, strict=True))
    ]


def _share(logit: float, variance: float, students: int) -> Estimate:
    span = Interval.normal(logit, float(np.sqrt(variance)), LEVEL)
    low, value, high = (float(expit(x)) for x in (span.low, logit, span.high))
    return Estimate(value, Interval(low, high, LEVEL), students, DESIGN)


def _held(behind: Sequence[float]) -> list[bool]:
    """Flag the surest needs while the mean chance of a false flag stays at most 10 %."""
    doubt = 1.0 - np.array(behind)
    order = np.argsort(doubt, kind="stable")
    mean = np.cumsum(doubt[order]) / np.arange(1, len(order) + 1)
    flags = np.zeros(len(order), dtype=bool)
    flags[order[mean <= FALSE_DISCOVERY]] = True
    return [bool(flag) for flag in flags]
