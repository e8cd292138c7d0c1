"""Estimate where each element of a teacher's practice stands, from all looks, with honest bands.

Practice is a random walk over the elements of a framework; each source reads it by a measurement
model of its own (`practice_model`), with hyperparameters fitted over all teachers (`fit`). All of
one teacher's looks are one joint normal, given the weights of her lessons: `state` conditions it in
one step, which equals the fixed-interval smoother (tests hold it against independent ones), and
which makes pulls, shares, counterfactuals and the worth of a further look exact.
Docs: docs/methods/practice.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import factorial, isinf

import numpy as np
from scipy.linalg import cho_solve

from trellis.diagnosis.looks import ELEMENTS, Look, Source, without
from trellis.diagnosis.practice_ahead import Foretold, ahead, on_own_scale
from trellis.diagnosis.practice_fit import fit
from trellis.diagnosis.practice_model import (
    Design,
    Numbers,
    anchor_indices,
    cross,
    design,
    in_order,
    kernel,
    numbers,
    start,
    years,
)
from trellis.diagnosis.practice_settings import Settings
from trellis.diagnosis.practice_tails import weighted
from trellis.stats.gaussian import (
    Array,
    Conditional,
    Ints,
    cholesky,
    condition,
    variance_left,
)

__all__ = [
    "INDEX",
    "Settings",
    "fit",
    "foretell",
    "in_order",
    "predict_next",
    "pulls",
    "shares",
    "state",
    "what_would_settle",
    "without",
]

INDEX = {element: i for i, element in enumerate(ELEMENTS)}
SEE_DIFFERENTLY = 2.0  # standardized distance of a source from what the others let expect
MOST_LEFT_OUT = 3  # pieces that a counterfactual may leave out


@dataclass(frozen=True, slots=True)
class State:
    """What is known of all K elements at one date, each on the scale of the source it is read by.

    mean : (K,) level of each element
    cov : (K, K)
    gains : (K, n) gain of each look, in the order of `looks`
    residuals : (n,) look minus what is usual
    looks : the looks, in a stable order
    weights : (n,) weight of each look's lesson; 1 where noise is normal
    """

    on: date
    mean: Array
    cov: Array
    gains: Array
    residuals: Array
    looks: tuple[Look, ...]
    elements: tuple[str, ...]
    weights: Array

    def sd(self, element: str) -> float:
        """Return the posterior standard deviation of an element."""
        i = self.elements.index(element)
        return float(np.sqrt(self.cov[i, i]))


def state(looks: Sequence[Look], settings: Settings, on: date) -> State:
    """Return the posterior of all elements on a date, given all looks (also later ones).

    Raises
    ------
    TrellisNumbersError
        if the settings do not know an element, or make no proper covariance
    """
    case = _case(looks, settings)
    rows = np.arange(len(settings.elements))
    at = np.full(len(rows), years([on], start(case.looks, settings))[0])
    known = _known(case, rows, at)
    return State(
        on, usual_levels(settings) + known.mean, known.cov, known.gains, case.design.residuals,
        case.looks, settings.elements, case.weights,
    )  # fmt: skip


def course(looks: Sequence[Look], settings: Settings, days: Sequence[date]) -> tuple[Array, Array]:
    """Return mean and standard deviation of all K elements on D days, each (D, K)."""
    case = _case(looks, settings)
    k = len(settings.elements)
    at = years(days, start(case.looks, settings))
    rows, when = np.tile(np.arange(k), len(days)), np.repeat(at, k)
    B, Q = case.numbers.prior()
    loading = case.numbers.parts[0, anchor_indices(settings)][rows]
    prior = (np.diag(B)[rows] + np.abs(when) * np.diag(Q)[rows]) * loading**2
    across = cross(case.design, case.numbers, rows, when) * loading[:, None]
    gains = cho_solve((cholesky(case.total), True), across.T).T
    variance = np.maximum(prior - (gains * across).sum(axis=1), 0.0)
    mean = usual_levels(settings)[rows] + gains @ case.design.residuals
    shape = (len(days), k)
    return mean.reshape(shape), np.sqrt(variance).reshape(shape)


def path(
    looks: Sequence[Look], settings: Settings, element: str, days: Sequence[date]
) -> tuple[Array, Array]:
    """Return mean and standard deviation of one element on several days, each (len(days),)."""
    mean, sd = course(looks, settings, days)
    e = settings.index(element)
    return mean[:, e], sd[:, e]


def change(
    looks: Sequence[Look], settings: Settings, element: str, then: date, now: date
) -> tuple[float, float]:
    """Return mean and standard deviation of an element's change between two days."""
    case = _case(looks, settings)
    rows = np.full(2, settings.index(element))
    known = _known(case, rows, years([then, now], start(case.looks, settings)))
    step = np.array([-1.0, 1.0])
    variance = float(step @ (known.cov @ step))
    return float(step @ known.mean), max(variance, 0.0) ** 0.5


def pulls(known: State, weights: Array) -> dict[str, float]:
    """Return each piece's signed pull on a weighted sum of elements, in level units.

    The pulls sum to posterior minus prior mean of that sum; `weights` is (K,).
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
    """Return the exact shares of a weighted sum of elements on a date; `weights` is (K,)."""
    case = _case(looks, settings)
    prior, across = _contrast(case, weights, on)
    sources = np.array([look.source for look in case.looks])
    pieces = np.array([look.piece for look in case.looks])

    def taken(where: Ints) -> float:
        """Return the share of the starting variance that the looks at `where` take away."""
        left = variance_left(prior, across[where], case.total[np.ix_(where, where)])
        return 1.0 - left / prior

    by_source: dict[Source, Ints] = {
        s: np.flatnonzero(sources == s) for s in Source if np.any(sources == s)
    }
    parts = _shapley(by_source, taken)
    by_piece: dict[str, float] = {}
    for source, share in parts.items():
        mine = sorted(set(pieces[by_source[source]].tolist()))
        alone = {piece: taken(np.flatnonzero(pieces == piece)) for piece in mine}
        whole = sum(alone.values())
        by_piece |= {
            p: share * (a / whole if whole > 0 else 1 / len(alone)) for p, a in alone.items()
        }
    return Shares(parts, by_piece, 1.0 - sum(parts.values()))


def _shapley(players: Mapping[Source, Ints], worth: Callable[[Ints], float]) -> dict[Source, float]:
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
    both = in_order([*looks, *more])
    given = None
    if more and not isinf(settings.freedom):  # lessons to come do not change the weights of others
        now = _case(looks, settings)
        known = dict(zip(now.looks, now.weights, strict=True))
        given = np.array([known.get(look, 1.0) for look in both])
    case = _case(both, settings, given)
    prior, across = _contrast(case, weights, on)
    return float(np.sqrt(variance_left(prior, across, case.total)))


@dataclass(frozen=True, slots=True)
class Offer:
    """Looks that could be made, and what they would cost in minutes."""

    name: str
    minutes: int
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What an offer would leave open: the SD after it, the part taken away, and if it settles."""

    offer: Offer
    sd: float
    narrows: float
    settles: bool


def what_would_settle(
    looks: Sequence[Look],
    settings: Settings,
    weights: Array,
    on: date,
    offers: Sequence[Offer],
    enough: float = 0.0,
) -> tuple[Worth, ...]:
    """Return the exact worth of each offer for a weighted sum of elements, cheapest first.

    enough : the standard deviation at which the question is settled; the first offer returned that
        `settles` is the cheapest that would
    """
    before = sd_after(looks, (), settings, weights, on)
    found = []
    for offer in sorted(offers, key=lambda offer: (offer.minutes, offer.name)):
        sd = sd_after(looks, offer.looks, settings, weights, on)
        found.append(Worth(offer, sd, 1.0 - sd / before, sd <= enough))
    return tuple(found)


def smallest_deletion(
    looks: Sequence[Look], stands: Callable[[Sequence[Look]], bool]
) -> tuple[tuple[str, ...], ...]:
    """Return the smallest sets of pieces without which a claim does not stand, all of one size.

    Exact: every set of one piece is tried, then of two, then of three. Nothing is returned when the
    claim stands without any three.
    """
    pieces = sorted({look.piece for look in looks})
    for size in range(1, min(MOST_LEFT_OUT, len(pieces)) + 1):
        found = tuple(
            gone for gone in combinations(pieces, size) if not stands(without(looks, gone))
        )
        if found:
            return found
    return ()


def smallest_change(known: State, weights: Array, to: float) -> dict[str, float]:
    """Return for each piece by how much all its marks would have to move for a sum to reach `to`.

    Exact given the weights of lessons: the sum moves by gain times change. A piece that does not
    pull at all is left out; the one with the smallest change decides most.
    """
    gain: dict[str, float] = {}
    for look, each in zip(known.looks, weights @ known.gains, strict=True):
        gain[look.piece] = gain.get(look.piece, 0.0) + float(each)
    away = to - float(weights @ known.mean)
    return {piece: away / g for piece, g in gain.items() if g != 0.0}


def disagreement(looks: Sequence[Look], settings: Settings, element: str) -> dict[Source, float]:
    """Return how far each source's looks at an element lie from what all other sources let expect.

    In standard errors of that distance: the standardized innovation of the mean of the source's
    looks. A source without others to compare with is left out; beyond `SEE_DIFFERENTLY` it is
    worth a word.
    """
    case = _case(looks, settings)
    found = {}
    for source in dict.fromkeys(look.source for look in case.looks):
        mine = np.array([k.source == source and k.element == element for k in case.looks])
        others = np.array([k.source != source for k in case.looks])
        if not mine.any() or not any(
            k.element == element and k.source != source for k in case.looks
        ):
            continue
        factor = (cholesky(case.total[np.ix_(others, others)]), True)
        across = case.total[np.ix_(mine, others)].mean(axis=0)
        residuals = case.design.residuals
        away = residuals[mine].mean() - across @ cho_solve(factor, residuals[others])
        variance = case.total[np.ix_(mine, mine)].mean() - across @ cho_solve(factor, across)
        found[source] = float(away / np.sqrt(variance))
    return found


def view(
    looks: Sequence[Look], settings: Settings, element: str, source: Source
) -> tuple[float, float, float]:
    """Return prior variance, mean and variance of what a source sees of an element for good.

    It is the part steady_element that sets the source apart from the one that the element's state
    is read by, on the source's scale, beside the part that all elements share. That one cannot be
    told from a class which answers high (or low) on everything.
    """
    case = _case(looks, settings)
    i = settings.instruments[source]
    mine = np.array([k.source == source != settings.anchor(k.element) for k in case.looks])
    here = np.array([k.element == element for k in case.looks])
    prior = i.steady_element
    across = mine * here * prior
    known = condition(np.array([[prior]]), across[np.newaxis, :], case.total, case.design.residuals)
    return prior, float(known.mean[0]), float(known.cov[0, 0])


def predict_next(looks: Sequence[Look], settings: Settings, coming: Sequence[Look]) -> Foretold:
    """Return what looks to come will say, in their own order, from looks of strictly earlier days.

    The levels of `coming` play no part.
    """
    asked = [replace(look, level=0.0) for look in coming]
    both = in_order([*looks, *asked])
    told = on_own_scale(ahead(both, settings), both, settings)
    at = [next(i for i, other in enumerate(both) if other is look) for look in asked]
    return Foretold(told.value[at], told.low80[at], told.high80[at], told.low90[at],
                    told.high90[at])  # fmt: skip


def foretell(looks: Sequence[Look], settings: Settings) -> Foretold:
    """Return what each of a teacher's ordered looks was to say, from strictly earlier days."""
    return on_own_scale(ahead(looks, settings), looks, settings)


def usual_levels(settings: Settings) -> Array:
    """Return the usual level of each element, on the scale of the source it is read by, (K,)."""
    return np.array([settings.usual[settings.anchor(e), e] for e in settings.elements])


def spread_of_teachers(settings: Settings) -> float:
    """Return the standard deviation of teachers' levels at the start, over elements, in levels."""
    B, _ = numbers(settings).prior()
    return float(np.sqrt(np.trace(B) / len(B)))


@dataclass(frozen=True, slots=True)
class _Case:
    """One teacher's looks laid out, with their covariance and the weights of her lessons."""

    looks: tuple[Look, ...]
    settings: Settings
    design: Design
    numbers: Numbers
    total: Array
    weights: Array


def _case(looks: Sequence[Look], settings: Settings, weights: Array | None = None) -> _Case:
    ordered = in_order(looks)
    d, h = design(ordered, settings), numbers(settings)
    cover, found = weighted(d, h, settings.freedom, weights)
    return _Case(ordered, settings, d, h, cover.total, found)


def _known(case: _Case, rows: Ints, at: Array) -> Conditional:
    """Return the posterior of elements at times, on each one's scale."""
    prior, across = _joint(case, rows, at)
    return condition(prior, across, case.total, case.design.residuals)


def _joint(case: _Case, rows: Ints, at: Array) -> tuple[Array, Array]:
    """Return the prior covariance of elements at times, and theirs with the looks."""
    B, Q = case.numbers.prior()
    loading = case.numbers.parts[0, anchor_indices(case.settings)][rows]
    pairs = np.ix_(rows, rows)
    prior = (B[pairs] + kernel(at, at) * Q[pairs]) * np.outer(loading, loading)
    return prior, cross(case.design, case.numbers, rows, at) * loading[:, None]


def _contrast(case: _Case, weights: Array, on: date) -> tuple[float, Array]:
    """Return the prior variance of a weighted sum, and its covariance with the looks."""
    rows = np.arange(len(case.settings.elements))
    at = np.full(len(rows), years([on], start(case.looks, case.settings))[0])
    prior, across = _joint(case, rows, at)
    return float(weights @ (prior @ weights)), weights @ across
