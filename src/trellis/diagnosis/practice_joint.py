"""Hold one teacher's looks as one joint normal, and say what they tell of a comparison.

A comparison is what a claim is about: a weighted sum of elements on days, or what a source sees of
an element for good. Both are linear in what is unknown, so that mean and variance are exact; and so
are they without some pieces: these are taken out of the inverse that is there already (`Without`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import isinf, sqrt
from typing import TypeAlias

import numpy as np
from scipy.linalg import cho_solve

from trellis.diagnosis.looks import Look, Source, without
from trellis.diagnosis.practice_model import (
    Design,
    Numbers,
    anchor_indices,
    covariance,
    cross,
    design,
    in_order,
    kernel,
    numbers,
    open_levels,
    start,
    years,
)
from trellis.diagnosis.practice_settings import Settings
from trellis.diagnosis.practice_tails import weighted
from trellis.stats.gaussian import Array, Ints, cholesky, inverted, solved


@dataclass(frozen=True, slots=True)
class Levels:
    """A weighted sum of elements on days, each measured from its usual level, in levels.

    terms : element, day, weight
    """

    terms: tuple[tuple[str, date, float], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a source sees of an element for good and the source of its scale does not.

    It is a part of this element alone, beside the part that all elements share: that one cannot be
    told from a class which answers high (or low) on everything.
    """

    element: str
    source: Source


Comparison: TypeAlias = Levels | View


def level(element: str, on: date) -> Levels:
    """Return where an element stands on a day."""
    return Levels(((element, on, 1.0),))


def change(element: str, then: date, now: date) -> Levels:
    """Return by how much an element has moved between two days."""
    return Levels(((element, now, 1.0), (element, then, -1.0)))


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a comparison: prior variance, mean (before any look: 0), variance left."""

    prior: float
    mean: float
    variance: float

    @property
    def sd(self) -> float:
        """Return the standard deviation that is left."""
        return sqrt(self.variance)

    @property
    def z(self) -> float:
        """Return what the looks alone say, in standard errors of that: a standardized innovation.

        The precision that they add is 1 / variance - 1 / prior. z is N(0, 1) where there is nothing
        to tell, however wide the prior is.
        """
        if self.variance >= self.prior:
            return 0.0
        return self.mean / self.variance / sqrt(1.0 / self.variance - 1.0 / self.prior)


@dataclass(frozen=True, eq=False)
class Joint:
    """One teacher's looks laid out, with their covariance given the weights of her lessons.

    total : (n, n) covariance of the looks; weights : (n,) 1 where noise is normal
    """

    looks: tuple[Look, ...]
    settings: Settings
    design: Design
    numbers: Numbers
    total: Array
    weights: Array
    _solutions: dict[Comparison, "_Solution"] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def factor(self) -> Array:
        """Return the Cholesky factor of the covariance."""
        return cholesky(self.total)

    @cached_property
    def precision(self) -> Array:
        """Return the inverse of the covariance, (n, n)."""
        return inverted(self.factor)

    @cached_property
    def weighed(self) -> Array:
        """Return the looks minus what is usual, times the inverse of their covariance, (n,)."""
        return self.solve(self.design.residuals)

    def solve(self, right: Array) -> Array:
        """Return the inverse of the covariance times vectors, (n,) or (n, m)."""
        return np.asarray(cho_solve((self.factor, True), right)) if self.looks else right

    def told(self, of: Comparison) -> Told:
        """Return what the looks tell of a comparison."""
        found = self.solution(of)
        return Told(found.prior, found.mean, found.variance)

    def solution(self, of: Comparison) -> "_Solution":
        """Return a comparison solved, which is done once."""
        if of not in self._solutions:
            prior, across = self.covered(of)
            gains = self.solve(across)
            mean, variance = float(gains @ self.design.residuals), prior - float(gains @ across)
            self._solutions[of] = _Solution(prior, across, gains, mean, max(variance, 0.0))
        return self._solutions[of]

    def covered(self, of: Comparison) -> tuple[float, Array]:
        """Return the prior variance of a comparison, and its covariance with the looks, (n,)."""
        if isinstance(of, View):
            prior = self.settings.instruments[of.source].steady_element
            seen = [
                k.element == of.element and k.source == of.source != self.settings.anchor(k.element)
                for k in self.looks
            ]
            return prior, prior * np.array(seen, dtype=np.float64)
        days = years([on for _, on, _ in of.terms], start(self.looks, self.settings))
        rows = np.array([self.settings.index(e) for e, _, _ in of.terms], dtype=np.intp)
        weights = np.array([weight for _, _, weight in of.terms])
        prior_of_each, across = self.elements(rows, days)
        return float(weights @ prior_of_each @ weights), weights @ across

    @cached_property
    def _prior(self) -> tuple[Array, Array, Array, Array]:
        """Return B, Q, each element's loading on the scale it is told on, and doubts of levels."""
        loading = self.numbers.parts[0, anchor_indices(self.settings)]
        return *self.numbers.prior(), loading, open_levels(self.settings)

    def elements(self, rows: Ints, at: Array) -> tuple[Array, Array]:
        """Return the prior covariance of elements at times, and theirs with the looks."""
        B, Q, loading, doubts = self._prior
        pairs, across = np.ix_(rows, rows), self._across(rows, at)
        prior = (B[pairs] + kernel(at, at) * Q[pairs]) * np.outer(loading[rows], loading[rows])
        return prior + doubts[rows] @ doubts[rows].T, across

    def elements_apart(self, rows: Ints, at: Array) -> tuple[Array, Array]:
        """Return the prior variance of elements at times, and their covariance with the looks."""
        B, Q, loading, doubts = self._prior
        prior = (np.diag(B)[rows] + np.abs(at) * np.diag(Q)[rows]) * loading[rows] ** 2
        return prior + (doubts[rows] ** 2).sum(axis=1), self._across(rows, at)

    def _across(self, rows: Ints, at: Array) -> Array:
        _, _, loading, doubts = self._prior
        of_practice = cross(self.design, self.numbers, rows, at) * loading[rows, None]
        return of_practice + doubts[rows] @ self.design.open.T

    def without(self, pieces: Collection[str]) -> "Joint | Without":
        """Return what is told if the named pieces had never been made.

        Where lessons have weights these are found again; else the rest stays as it is.
        """
        gone = [i for i, look in enumerate(self.looks) if look.piece in pieces]
        if not gone:
            return self
        left = without(self.looks, pieces)
        if isinf(self.settings.freedom) and self.settings.origin:
            return Without(self, left, np.array(gone, dtype=np.intp))
        return joint(left, self.settings)

    def beside(self, more: Sequence[Look]) -> "Joint":
        """Return the looks beside further ones, which change no weights of lessons."""
        both = (*self.looks, *more)
        weights = np.concatenate([self.weights, np.ones(len(more))])
        d = design(both, self.settings)
        total = covariance(d, self.numbers, weights).total
        return Joint(both, self.settings, d, self.numbers, total, weights)


@dataclass(frozen=True, slots=True)
class Without:
    """What a teacher's looks tell without some, with noise that is normal: exactly as never made.

    For P the inverse of the covariance of all looks and D those left out, the inverse of the rest
    is P - P[:, D] P[D, D]^-1 P[D, :], which is small where D is.
    """

    whole: Joint
    looks: tuple[Look, ...]
    gone: Ints

    @property
    def settings(self) -> Settings:
        """Return what the model takes as given, with or without pieces."""
        return self.whole.settings

    def told(self, of: Comparison) -> Told:
        """Return what the looks that are left tell of a comparison."""
        found = self.whole.solution(of)
        gains, weighed = found.gains[self.gone], self.whole.weighed[self.gone]
        back = solved(self.whole.precision[self.gone[:, None], self.gone], gains)
        return Told(
            found.prior,
            found.mean - float(back @ weighed),
            min(found.variance + float(back @ gains), found.prior),
        )


@dataclass(frozen=True, slots=True)
class _Solution:
    """A comparison with its covariance with the looks and the gain of each, (n,)."""

    prior: float
    across: Array
    gains: Array
    mean: float
    variance: float


def joint(looks: Sequence[Look], settings: Settings) -> Joint:
    """Return one teacher's looks as one joint normal, in an order that does not depend on theirs.

    Raises
    ------
    TrellisNumbersError
        if the settings do not know an element, or make no proper covariance
    """
    ordered = in_order(looks)
    d, h = design(ordered, settings), numbers(settings)
    cover, weights = weighted(d, h, settings.freedom)
    return Joint(ordered, settings, d, h, cover.total, weights)
