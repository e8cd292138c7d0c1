"""Say what a class is ready to learn next, by learning objective, with few students in mind.

    logit p_cs = mu_s + a_c + d_cs,   a_c ~ N(0, sigma_a^2),   d_cs ~ N(0, sigma_d^2)

Partially pooled over the classes that are compared (empirical Bayes). An objective is flagged by
P(d_cs < -delta), not by the raw percentage, so that an objective that is hard for everybody is not
taken for a need of this class. Docs: docs/methods/mastery.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from trellis.stats import Estimate, Interval, TrellisNumbersError
from trellis.stats.components import Unit, fit_variances
from trellis.stats.gaussian import Array, condition

Ints: TypeAlias = NDArray[np.intp]
FEWEST_STUDENTS = 10
LEVEL = 0.80
DELTA = 0.20  # in logits: about five percentage points in the middle of the scale
FALSE_DISCOVERY = 0.10
START = np.array([0.25, 0.10])  # sigma_a^2, sigma_d^2 to lean on
PULL = 1.0
ROUNDS = 3  # of means and variances in turn
LEAST_WITHIN = 0.2  # students never differ so much that a class is known without error
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

    right : expected share of items right of these students, with its 80 % interval
    usual : share that a class of the same level, all objectives together, usually has right
    own : d, how far the class lies from what its level and the objective lead one to expect, in
        logits, with its 80 % interval
    behind : P(this class is further behind on this objective than delta, its own level allowed for)
    ahead : the same in the other direction
    next : whether it is flagged as next learning, false discoveries held to 10 % over all flags
    """

    klass: str
    objective: str
    right: Estimate
    usual: float
    own: Estimate
    behind: float
    ahead: float
    next: bool


@dataclass(frozen=True, slots=True)
class Pooled:
    """What all classes together say, S objectives in the order of their names.

    means : (S,) mu, the logit of an average class; uncertain : (S, S) its covariance
    variances : (2,) sigma_a^2 and sigma_d^2
    """

    means: Array
    uncertain: Array
    variances: Array


def readiness(results: Sequence[ClassResult]) -> tuple[Readiness, ...]:
    """Return where each class stands on each objective, surest need first within a class.

    Classes with fewer than 10 students on an objective are left out of that objective.
    """
    rows = summarized(results)
    if not rows:
        return ()
    table = _table(rows)
    model = _pooled(table)
    found = [
        one
        for group in table.groups
        for one in _of_class([rows[i] for i in group], group, table, model)
    ]
    flagged = _held([r.behind for r in found])
    marked = [replace(r, next=flag) for r, flag in zip(found, flagged, strict=True)]
    return tuple(sorted(marked, key=lambda r: (r.klass, -r.behind, r.objective)))


def pooled(results: Sequence[ClassResult]) -> Pooled | None:
    """Return what all classes together say; None where no class can be summarized."""
    rows = summarized(results)
    return _pooled(_table(rows)) if rows else None


def summarized(results: Sequence[ClassResult]) -> list[ClassResult]:
    """Return the results that may be summarized, by class and objective.

    Raises
    ------
    TrellisNumbersError
        if a share or a variance is not finite or not possible, there are no items, or a class
        comes twice on an objective
    """
    rows = sorted(
        (r for r in results if r.students >= FEWEST_STUDENTS), key=lambda r: (r.klass, r.objective)
    )
    for r in rows:
        if not (0 <= r.share <= 1 and 0 <= r.variance <= 1 and 0 < r.items < np.inf):
            raise TrellisNumbersError(
                f"Class {r.klass!r} on objective {r.objective!r}: the share of items right and its "
                "variance must lie between 0 and 1, and there must be items."
            )
    names = [(r.klass, r.objective) for r in rows]
    if len(set(names)) < len(names):
        klass, objective = next(a for a, b in pairwise(names) if a == b)
        raise TrellisNumbersError(
            f"Class {klass!r} comes twice on objective {objective!r}: add its answers up first."
        )
    return rows


def by_class(found: Sequence[Readiness]) -> Mapping[str, tuple[Readiness, ...]]:
    """Return the same by class, in the given order."""
    classes: dict[str, list[Readiness]] = {}
    for one in found:
        classes.setdefault(one.klass, []).append(one)
    return MappingProxyType({name: tuple(rows) for name, rows in classes.items()})


@dataclass(frozen=True, slots=True)
class _Table:
    """All rows as arrays: n rows, S objectives.

    logits, noise : (n,) empirical logit and its sampling variance
    column : (n,) index of the objective
    groups : the rows of each class
    """

    logits: Array
    noise: Array
    column: Ints
    groups: tuple[Ints, ...]
    objectives: int


def _table(rows: Sequence[ClassResult]) -> _Table:
    names = sorted({r.objective for r in rows})
    place = {name: i for i, name in enumerate(names)}
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(row.klass, []).append(i)
    return _Table(
        *_logits(rows),
        np.array([place[r.objective] for r in rows], dtype=np.intp),
        tuple(np.array(where, dtype=np.intp) for where in groups.values()),
        len(names),
    )


def _logits(rows: Sequence[ClassResult]) -> tuple[Array, Array]:
    """Return each row's empirical logit and its sampling variance (delta method).

    Half an answer is added on both sides so that "all right" stays finite. What is estimated is
    where these students stand, so that only the chance within a student counts as noise: a
    binomial variance, times the part of it that is left when students differ.
    """
    n = np.array([r.students for r in rows], dtype=np.float64)
    items = np.array([r.items for r in rows])
    answers = n * items
    p = (np.array([r.share for r in rows]) * answers + 0.5) / (answers + 1.0)
    between = np.array([r.variance for r in rows]) * n / (n - 1)
    noise = _within(p, between, items) / (answers * p * (1 - p))
    return np.log(p / (1 - p)), noise


def _within(p: Array, between: Array, items: Array) -> float:
    """Return E[p_i (1 - p_i)] over students as a part of p (1 - p), pooled over all rows.

    With m items a student's shares vary by Var(p_i) + E[p_i (1 - p_i)] / m around the class's p,
    and p (1 - p) = Var(p_i) + E[p_i (1 - p_i)]. With one item for everybody the two cannot be told
    apart, and the part is 1.
    """
    told = items > 1.0
    whole = p * (1 - p)
    if not told.any():
        return 1.0
    m = items[told]
    part = ((whole[told] - between[told]) * m / (m - 1)).sum() / whole[told].sum()
    return float(np.clip(part, LEAST_WITHIN, 1.0))


def _pooled(table: _Table) -> Pooled:
    variances = START
    for _ in range(ROUNDS):
        means, _uncertain = _objectives(table, variances)
        units = [_unit(table, group, means) for group in table.groups]
        variances = fit_variances(units, START, PULL)
    return Pooled(*_objectives(table, variances), variances)


def _unit(table: _Table, group: Ints, means: Array) -> Unit:
    size = len(group)
    residuals = table.logits[group] - means[table.column[group]]
    return Unit(residuals, np.array([np.ones((size, size)), np.eye(size)]), table.noise[group])


def _covariance(table: _Table, group: Ints, variances: Array) -> Array:
    size = len(group)
    cov = variances[0] * np.ones((size, size)) + np.diag(variances[1] + table.noise[group])
    return np.asarray(cov, dtype=np.float64)


def _objectives(table: _Table, variances: Array) -> tuple[Array, Array]:
    """Return mu (S,) by generalized least squares, and its covariance (S, S).

    An objective that few classes met is known less, and classes that are strong or weak on all
    they met do not make it seem easier or harder than it is.
    """
    precision = np.zeros((table.objectives, table.objectives))
    told = np.zeros(table.objectives)
    for group in table.groups:
        columns = table.column[group]
        inverse = np.linalg.inv(_covariance(table, group, variances))
        precision[np.ix_(columns, columns)] += inverse
        told[columns] += inverse @ table.logits[group]
    uncertain = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    return uncertain @ told, uncertain


def _of_class(
    rows: Sequence[ClassResult], group: Ints, table: _Table, model: Pooled
) -> list[Readiness]:
    """Return one class's readiness, not yet flagged; what is not known of mu is carried along."""
    size, columns = len(rows), table.column[group]
    own = model.variances[1] * np.eye(size)
    both = model.variances[0] * np.ones((size, size)) + own
    readings = _covariance(table, group, model.variances)
    residuals = table.logits[group] - model.means[columns]
    mu = model.uncertain[np.ix_(columns, columns)]
    specific = condition(own, own, readings, residuals)
    whole = condition(both, both, readings, residuals)
    of_mu = np.eye(size) - whole.gains
    sd = np.sqrt(np.diag(specific.cov + specific.gains @ mu @ specific.gains.T))
    variance = np.diag(whole.cov + of_mu @ mu @ of_mu.T)
    behind = ndtr((-DELTA - specific.mean) / sd)
    ahead = ndtr((specific.mean - DELTA) / sd)
    stands = model.means[columns] + whole.mean
    usual = expit(stands - specific.mean)
    return [
        Readiness(
            row.klass,
            row.objective,
            _share(float(stands[i]), float(variance[i]), row.students),
            float(usual[i]),
            _own(float(specific.mean[i]), float(sd[i]), row.students),
            float(behind[i]),
            float(ahead[i]),
            next=False,
        )
        for i, row in enumerate(rows)
    ]


def _own(mean: float, sd: float, students: int) -> Estimate:
    return Estimate(mean, Interval.normal(mean, sd, LEVEL), students, DESIGN)


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
