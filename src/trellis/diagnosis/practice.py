"""Estimate where each element of a teacher's practice stands, from all looks, with honest bands.

Per teacher, x_e(t) is the deviation of element e from the district's usual level, a random walk:

    Cov(x_e(t), x_f(s)) = B_ef + min(t, s) Q_ef,   B = b_g 11' + b_e I,   Q = q_g 11' + q_e I

A look reads x_e(t) through its source: visits share a lesson effect (all marks of one lesson) and a
visitor effect; class feedback shares a class and an administration effect, has the sampling
variance of its answers, and reads practice through students' eyes: a view that stays with the
teacher, in all and by element; self-reflections share a wide intercept, so that they speak of
change more than of level. All is one joint normal; `state` conditions it in one step, which
equals the fixed-interval smoother (tests hold it against an independent Kalman smoother).
Docs: docs/methods/practice.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import combinations
from math import factorial
from types import MappingProxyType

import numpy as np

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.stats.components import Unit, fit_variances
from trellis.stats.gaussian import Array, condition, variance_left

DAYS_PER_YEAR = 365.25
INDEX = {element: i for i, element in enumerate(ELEMENTS)}
PULL_TO_DEFAULTS = 0.7  # SD of log variance around the shipped default
LEAN_OF_MEANS = 20.0  # a usual level leans on its default as if on this many looks
MOST_UNITS = 120  # teachers used to fit variances: enough for a dozen numbers, and fast
MOST_LOOKS = 90


@dataclass(frozen=True, slots=True)
class Variances:
    """Variances in squared level units (drift: per year). The shipped defaults are leaned on."""

    general: float = 0.05
    element: float = 0.06
    drift_general: float = 0.01
    drift_element: float = 0.02
    lesson: float = 0.06
    visitor: float = 0.03
    visit: float = 0.25
    klass: float = 0.03
    administration: float = 0.01
    feedback: float = 0.02
    view: float = 0.04
    view_element: float = 0.03
    self_intercept: float = 0.40
    self_reading: float = 0.15

    def array(self) -> Array:
        """Return the variances in the order of the fields."""
        return np.array([getattr(self, f.name) for f in fields(self)])


DEFAULT_USUAL: Mapping[tuple[Source, str], float] = MappingProxyType(
    {
        (source, element): level
        for source, level in (
            (Source.VISIT, 1.6),
            (Source.CLASS_FEEDBACK, 1.9),
            (Source.SELF_REFLECTION, 1.9),
        )
        for element in ELEMENTS
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the model takes as given: versioned variances and usual levels, and where time starts.

    usual : usual level by (source, element) on the scale of level words
    """

    origin: date
    variances: Variances = field(default_factory=Variances)
    usual: Mapping[tuple[Source, str], float] = field(default_factory=lambda: DEFAULT_USUAL)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of all elements at one date.

    mean : (11,) level of each element on the scale of level words
    cov : (11, 11)
    gains : (11, n) gain of each look, in the order of `looks`
    residuals : (n,) look minus its usual level
    looks : the looks, in a stable order
    """

    on: date
    mean: Array
    cov: Array
    gains: Array
    residuals: Array
    looks: tuple[Look, ...]

    def sd(self, element: str) -> float:
        """Return the posterior standard deviation of an element."""
        i = INDEX[element]
        return float(np.sqrt(self.cov[i, i]))


def state(looks: Sequence[Look], settings: Settings, on: date) -> State:
    """Return the posterior of all elements on a date, given all looks (also later ones).

    Raises
    ------
    TrellisNumbersError
        if the variances make no proper covariance
    """
    ordered = in_order(looks)
    rows, at = _all_elements(settings, on)
    prior = _kernel(rows, at, rows, at, settings.variances)
    e, t = _places(ordered, settings)
    cross = _kernel(rows, at, e, t, settings.variances)
    residuals = _residuals(ordered, settings)
    known = condition(prior, cross, _readings(ordered, settings), residuals)
    return State(
        on, usual_levels(settings) + known.mean, known.cov, known.gains, residuals, ordered
    )


def path(
    looks: Sequence[Look], settings: Settings, element: str, days: Sequence[date]
) -> tuple[Array, Array]:
    """Return mean and standard deviation of one element on several days, each (len(days),)."""
    ordered = in_order(looks)
    rows = np.full(len(days), float(INDEX[element]))
    at = np.array([_years(day, settings) for day in days])
    prior = _kernel(rows, at, rows, at, settings.variances)
    e, t = _places(ordered, settings)
    cross = _kernel(rows, at, e, t, settings.variances)
    known = condition(prior, cross, _readings(ordered, settings), _residuals(ordered, settings))
    return usual_levels(settings)[INDEX[element]] + known.mean, np.sqrt(np.diag(known.cov))


def change(
    looks: Sequence[Look], settings: Settings, element: str, then: date, now: date
) -> tuple[float, float]:
    """Return mean and standard deviation of an element's change between two days."""
    ordered = in_order(looks)
    rows = np.full(2, float(INDEX[element]))
    at = np.array([_years(then, settings), _years(now, settings)])
    prior = _kernel(rows, at, rows, at, settings.variances)
    e, t = _places(ordered, settings)
    cross = _kernel(rows, at, e, t, settings.variances)
    known = condition(prior, cross, _readings(ordered, settings), _residuals(ordered, settings))
    step = np.array([-1.0, 1.0])
    variance = float(step @ (known.cov @ step))
    return float(step @ known.mean), max(variance, 0.0) ** 0.5


def pulls(known: State, weights: Array) -> dict[str, float]:
    """Return each piece's signed pull on a weighted sum of elements, in level units.

    The pulls sum to posterior minus prior mean of that sum; `weights` is (11,).
    """
    each = (weights @ known.gains) * known.residuals
    total: dict[str, float] = {}
    for look, pull in zip(known.looks, each, strict=True):
        total[look.piece] = total.get(look.piece, 0.0) + float(pull)
    return total


@dataclass(frozen=True, slots=True)
class Shares:
    """What an estimate rests on; all parts are at least 0 and sum to 1.

    sources : Shapley share of the variance that each source takes away
    pieces : each source's share, split by what each piece would tell on its own
    assumption : what is left of the starting variance
    """

    sources: Mapping[Source, float]
    pieces: Mapping[str, float]
    assumption: float


def shares(looks: Sequence[Look], settings: Settings, weights: Array, on: date) -> Shares:
    """Return the exact shares of a weighted sum of elements on a date; `weights` is (11,)."""
    ordered = in_order(looks)
    prior, cross, readings = _contrast(ordered, settings, weights, on)

    def taken(where: Array) -> float:
        """Return the share of the starting variance that the looks at `where` take away."""
        left = variance_left(prior, cross[where], readings[np.ix_(where, where)])
        return 1.0 - left / prior

    by_source = {
        source: np.array([i for i, look in enumerate(ordered) if look.source == source])
        for source in Source
        if any(look.source == source for look in ordered)
    }
    sources = _shapley(by_source, taken)
    pieces: dict[str, float] = {}
    for source, share in sources.items():
        alone = {
            piece: taken(np.array([i for i, look in enumerate(ordered) if look.piece == piece]))
            for piece in sorted({ordered[i].piece for i in by_source[source]})
        }
        whole = sum(alone.values())
        pieces |= {
            p: share * (a / whole if whole > 0 else 1 / len(alone)) for p, a in alone.items()
        }
    return Shares(sources, pieces, 1.0 - sum(sources.values()))


def _shapley(
    players: Mapping[Source, Array], worth: Callable[[Array], float]
) -> dict[Source, float]:
    """Return each player's exact Shapley value over all coalitions (at most a few players)."""
    names = list(players)
    value = {
        coalition: worth(np.sort(np.concatenate([players[s] for s in coalition])))
        if coalition
        else 0.0
        for size in range(len(names) + 1)
        for coalition in combinations(names, size)
    }
    result = dict.fromkeys(names, 0.0)
    for coalition, worth_without in value.items():
        for name in names:
            if name in coalition:
                continue
            joined = tuple(s for s in names if s in coalition or s == name)
            orders = factorial(len(coalition)) * factorial(len(names) - len(coalition) - 1)
            gain = value[joined] - worth_without
            result[name] += max(gain, 0.0) * orders / factorial(len(names))
    return result


def sd_after(
    looks: Sequence[Look], more: Sequence[Look], settings: Settings, weights: Array, on: date
) -> float:
    """Return the standard deviation of a weighted sum after further looks, before they are made.

    The levels of `more` play no part: in this model the worth of a look is known in advance.
    """
    prior, cross, readings = _contrast(in_order([*looks, *more]), settings, weights, on)
    return float(np.sqrt(variance_left(prior, cross, readings)))


def fit(evidence: Sequence[Sequence[Look]], origin: date) -> Settings:
    """Return settings fitted to the looks of many teachers, leaning on the shipped defaults.

    Usual levels are means that lean on their default as if it were `LEAN_OF_MEANS` looks.
    Variances maximize the pooled marginal likelihood of at most `MOST_UNITS` teachers, those seen
    through most sources and looks first, up to `MOST_LOOKS` looks each: the cost of a look grows
    with its cube.
    """
    settings = Settings(origin, usual=MappingProxyType(_usual(evidence)))
    able = [looks for looks in evidence if 0 < len(looks) <= MOST_LOOKS]
    chosen = sorted(able, key=_worth_of_fitting)[:MOST_UNITS]
    units = [_unit(in_order(looks), settings) for looks in chosen]
    fitted = fit_variances(units, Variances().array(), PULL_TO_DEFAULTS)
    return replace(settings, variances=Variances(*map(float, fitted)))


def usual_levels(settings: Settings) -> Array:
    """Return the usual level of each element as visits read it, (11,)."""
    return np.array([settings.usual[Source.VISIT, element] for element in ELEMENTS])


def in_order(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return the looks in an order that does not depend on how they came."""
    return tuple(sorted(looks, key=lambda k: (k.on, k.source, k.piece, k.element, k.by, k.level)))


def _years(day: date, settings: Settings) -> float:
    return max((day - settings.origin).days, 0) / DAYS_PER_YEAR


def _all_elements(settings: Settings, on: date) -> tuple[Array, Array]:
    """Return the index of every element and the same time for each."""
    rows = np.arange(len(ELEMENTS), dtype=np.float64)
    return rows, np.full(len(ELEMENTS), _years(on, settings))


def _places(looks: Sequence[Look], settings: Settings) -> tuple[Array, Array]:
    """Return the element index and the time in years of each look."""
    elements = np.array([INDEX[look.element] for look in looks], dtype=np.float64)
    return elements, np.array([_years(look.on, settings) for look in looks])


def _residuals(looks: Sequence[Look], settings: Settings) -> Array:
    return np.array([look.level - settings.usual[look.source, look.element] for look in looks])


def _kernel(e: Array, t: Array, f: Array, s: Array, v: Variances) -> Array:
    """Return Cov(x_e(t), x_f(s)) for all pairs, (len(e), len(f))."""
    both = np.minimum.outer(t, s)
    same = np.equal.outer(e, f).astype(np.float64)
    return v.general + both * v.drift_general + same * (v.element + both * v.drift_element)


def _readings(looks: Sequence[Look], settings: Settings) -> Array:
    """Return the covariance of the looks, noise included."""
    if not looks:
        return np.zeros((0, 0))
    unit = _unit(looks, settings)
    cov = np.tensordot(settings.variances.array(), unit.patterns, axes=1)
    return np.asarray(cov + np.diag(unit.known))


def _unit(looks: Sequence[Look], settings: Settings) -> Unit:
    """Return one teacher's looks as patterns, in the order of the fields of Variances."""
    e, t = _places(looks, settings)
    same, both = np.equal.outer(e, e), np.minimum.outer(t, t)
    piece, by = _same([look.piece for look in looks]), _same([look.by for look in looks])
    is_from = {s: np.array([look.source == s for look in looks]) for s in Source}
    pair = {s: np.logical_and.outer(is_from[s], is_from[s]) for s in Source}
    visit, feedback, own = (
        pair[Source.VISIT],
        pair[Source.CLASS_FEEDBACK],
        pair[Source.SELF_REFLECTION],
    )
    itself = np.eye(len(looks), dtype=bool)
    patterns = np.array(
        [
            np.ones_like(both),
            same,
            both,
            same * both,
            visit & piece,
            visit & by,
            visit & itself,
            feedback & by,
            feedback & piece,
            feedback & itself,
            feedback,
            feedback * same,
            own,
            own & itself,
        ],
        dtype=np.float64,
    )
    known = np.array([look.known_variance for look in looks])
    return Unit(_residuals(looks, settings), patterns, known)


def _same(names: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    code = np.unique(np.array(names), return_inverse=True)[1]
    return np.equal.outer(code, code)


def _contrast(
    looks: Sequence[Look], settings: Settings, weights: Array, on: date
) -> tuple[float, Array, Array]:
    """Return prior variance of a weighted sum, its covariance with the looks, and the looks'."""
    rows, at = _all_elements(settings, on)
    prior = _kernel(rows, at, rows, at, settings.variances)
    e, t = _places(looks, settings)
    cross = weights @ _kernel(rows, at, e, t, settings.variances)
    return float(weights @ (prior @ weights)), cross, _readings(looks, settings)


def _usual(evidence: Sequence[Sequence[Look]]) -> dict[tuple[Source, str], float]:
    """Return leaning means of all looks by source and element."""
    total = {key: LEAN_OF_MEANS * level for key, level in DEFAULT_USUAL.items()}
    count = dict.fromkeys(DEFAULT_USUAL, LEAN_OF_MEANS)
    for look in sorted((k for looks in evidence for k in looks), key=lambda k: (k.piece, k.level)):
        total[look.source, look.element] += look.level
        count[look.source, look.element] += 1.0
    return {key: total[key] / count[key] for key in total}


def _worth_of_fitting(looks: Sequence[Look]) -> tuple[int, int, str]:
    sources = {look.source for look in looks}
    return -len(sources), -len(looks), min(look.piece for look in looks)
