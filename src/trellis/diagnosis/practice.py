"""Estimate where each element of a teacher's practice stands, from all looks, with honest bands.

Practice is a random walk over the elements of a framework; each source reads it by a measurement
model of its own (`practice_model`), with hyperparameters fitted over all teachers (`fit`). All of
one teacher's looks are one joint normal (`practice_joint`), given the weights of her lessons:
conditioning it in one step equals the fixed-interval smoother (tests hold it against independent
ones), and makes pulls, shares, counterfactuals and the worth of a further look exact.
Docs: docs/methods/practice.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import factorial, sqrt

import numpy as np

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.diagnosis.practice_ahead import Foretold, ahead, on_own_scale
from trellis.diagnosis.practice_fit import fit
from trellis.diagnosis.practice_joint import Comparison, Joint, joint
from trellis.diagnosis.practice_model import in_order, start, years
from trellis.diagnosis.practice_settings import Settings
from trellis.stats.gaussian import Array, Ints, condition, variance_left

__all__ = [
    "INDEX",
    "Settings",
    "fit",
    "foretell",
    "in_order",
    "joint",
    "predict_next",
    "pulls",
    "shares",
    "state",
    "what_would_settle",
]

INDEX = {element: i for i, element in enumerate(ELEMENTS)}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of all K elements at one date, each on the scale of the source it is read by.

    mean : (K,) level of each element
    cov : (K, K)
    gains : (K, n) gain of each look, in the order of `looks`
    looks : the looks, in a stable order
    weights : (n,) weight of each look's lesson; 1 where noise is normal
    """

    on: date
    mean: Array
    cov: Array
    gains: Array
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
    laid = joint(looks, settings)
    rows = np.arange(len(settings.elements))
    at = np.full(len(rows), years([on], start(laid.looks, settings))[0])
    known = condition(*laid.elements(rows, at), laid.total, laid.design.residuals)
    return State(
        on, usual_levels(settings) + known.mean, known.cov, known.gains, laid.looks,
        settings.elements, laid.weights,
    )  # fmt: skip


def course(looks: Sequence[Look], settings: Settings, days: Sequence[date]) -> tuple[Array, Array]:
    """Return mean and standard deviation of all K elements on D days, each (D, K)."""
    known, k = joint(looks, settings), len(settings.elements)
    at = np.repeat(years(days, start(known.looks, settings)), k)
    mean, sd = _over(known, np.tile(np.arange(k), len(days)), at)
    return mean.reshape(len(days), k), sd.reshape(len(days), k)


def path(known: Joint, element: str, days: Sequence[date]) -> tuple[Array, Array]:
    """Return mean and standard deviation of one element on several days, each (len(days),)."""
    rows = np.full(len(days), known.settings.index(element))
    return _over(known, rows, years(days, start(known.looks, known.settings)))


def _over(known: Joint, rows: Ints, at: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation of an element at a time, for each row."""
    variance, across = known.elements_apart(rows, at)
    gains = known.solve(across.T).T
    left = np.maximum(variance - (gains * across).sum(axis=1), 0.0)
    return usual_levels(known.settings)[rows] + gains @ known.design.residuals, np.sqrt(left)


def pulls(known: Joint, of: Comparison) -> dict[str, float]:
    """Return each piece's signed pull on a comparison; they sum to posterior minus prior mean."""
    each = known.solution(of).gains * known.design.residuals
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


def shares(known: Joint, of: Comparison) -> Shares:
    """Return the exact shares of what is known of a comparison."""
    prior, across = known.covered(of)
    sources = np.array([look.source for look in known.looks])
    pieces = np.array([look.piece for look in known.looks])

    def taken(where: Ints) -> float:
        """Return the share of the starting variance that the looks at `where` take away."""
        left = variance_left(prior, across[where], known.total[np.ix_(where, where)])
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


def sds_after(known: Joint, offers: Sequence[Sequence[Look]], of: Comparison) -> tuple[float, ...]:
    """Return the standard deviation of a comparison after each offer, before it is made.

    The levels of the looks offered play no part: the worth of a look is known in advance.
    """
    n = len(known.looks)
    beside = known.beside([look for offer in offers for look in offer])
    prior, across = beside.covered(of)
    found, at = [], n
    for offer in offers:
        rows = np.r_[:n, at : at + len(offer)]
        at += len(offer)
        left = variance_left(prior, across[rows], beside.total[np.ix_(rows, rows)])
        found.append(left**0.5)
    return tuple(found)


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
    known: Joint, of: Comparison, offers: Sequence[Offer], enough: float = 0.0
) -> tuple[Worth, ...]:
    """Return the exact worth of each offer for what is known of a comparison, cheapest first.

    enough : the standard deviation at which the question is settled; the first offer returned that
        `settles` is the cheapest that would
    """
    cheapest = sorted(offers, key=lambda offer: (offer.minutes, offer.name))
    before, *after = sds_after(known, [(), *(offer.looks for offer in cheapest)], of)
    return tuple(
        Worth(offer, sd, 1.0 - sd / before, sd <= enough)
        for offer, sd in zip(cheapest, after, strict=True)
    )


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


def usual_level(element: str, settings: Settings) -> float:
    """Return the usual level of an element, on the scale of the source it is read by."""
    return settings.usual[settings.anchor(element), element]


def usual_levels(settings: Settings) -> Array:
    """Return the usual level of each element, (K,)."""
    return np.array([usual_level(element, settings) for element in settings.elements])


def spread_of_teachers(settings: Settings) -> float:
    """Return the standard deviation of teachers' levels at the start, over elements, in levels."""
    shared = sum(x * x for row in settings.factors for x in row)
    return sqrt((shared + sum(settings.own)) / len(settings.own))
