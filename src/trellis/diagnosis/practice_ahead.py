"""Foretell each look from strictly earlier ones, as a distribution on the source's own scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import expit, ndtr, ndtri

from trellis.diagnosis.looks import FREQUENCY_STEPS, TOP_LEVEL, Look, Source
from trellis.diagnosis.practice_model import (
    Design,
    Numbers,
    covariance,
    design,
    numbers,
    sampling_variance,
)
from trellis.diagnosis.practice_settings import Coverage, Settings
from trellis.diagnosis.practice_tails import scales, weighted
from trellis.stats.gaussian import Array, cholesky

HALVINGS = 60
MIDDLES = ndtri((np.arange(41) + 0.5) / 41)  # equally likely places of a normal deviate
SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class Ahead:
    """Distributions of n looks before they are made, on the model's scale of their source.

    mean : (n,); base : (n,) variance but for the noise of the lesson itself
    lesson : (n,) variance of that noise, to be multiplied by each of `cases` (equally likely)
    """

    mean: Array
    base: Array
    lesson: Array
    cases: Array

    def sds(self) -> Array:
        """Return the standard deviation in each case, (cases, n)."""
        return np.sqrt(np.maximum(self.base + np.outer(self.cases, self.lesson), SMALLEST))

    def below(self, level: Array) -> Array:
        """Return the chance of at most a level, (n,)."""
        return np.asarray(ndtr((level - self.mean) / self.sds()).mean(axis=0))

    def log_density(self, level: Array) -> Array:
        """Return the log density at a level, (n,)."""
        sd = self.sds()
        z = (level - self.mean) / sd
        return np.asarray(np.log(np.mean(np.exp(-0.5 * z**2) / sd, axis=0) + 1e-300))

    def quantile(self, chance: Array) -> Array:
        """Return the levels below which a look falls with a chance, (n,)."""
        sd = self.sds()
        if len(self.cases) == 1:
            return np.asarray(self.mean + sd[0] * ndtri(chance))
        reach = sd.max(axis=0) * np.abs(ndtri(chance)) + 1e-9
        low, high = self.mean - reach, self.mean + reach
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            less = self.below(middle) < chance
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return np.asarray((low + high) / 2)


def ahead(looks: Sequence[Look], settings: Settings) -> Ahead:
    """Return the distribution of each of a teacher's ordered looks given those of earlier days."""
    d, h = design(looks, settings), numbers(settings)
    cases = np.array(scales(settings.freedom))
    cover = covariance(d, h)
    prior = np.array([look.level for look in looks]) - d.residuals
    starts = np.searchsorted(d.t, d.t, side="left")
    if isinf(settings.freedom):
        factor = cholesky(cover.total)
        z = solve_triangular(factor, d.residuals, lower=True)
        earlier = np.arange(len(z))[None, :] < starts[:, None]
        mean = np.where(earlier, factor, 0.0) @ z
        total = (np.where(earlier, 0.0, factor) ** 2).sum(axis=1)
    else:
        mean, total = _day_by_day(d, h, settings.freedom, starts)
    lesson = np.minimum(np.diag(cover.lesson), total)
    return Ahead(prior + mean, total - lesson, lesson, cases)


def _day_by_day(
    d: Design, h: Numbers, freedom: float, starts: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> tuple[Array, Array]:
    """Return mean and variance of each look, the weights of lessons found anew for each day."""
    whole = covariance(d, h).total
    mean, total = np.zeros(len(starts)), np.diag(whole).copy()
    for n in np.unique(starts[starts > 0]):
        cover, _ = weighted(first(d, int(n)), h, freedom)
        these = starts == n
        factor = cholesky(cover.total)
        back = solve_triangular(factor, whole[:n, these], lower=True)
        mean[these] = back.T @ solve_triangular(factor, d.residuals[:n], lower=True)
        total[these] -= (back**2).sum(axis=0)
    return mean, np.maximum(total, SMALLEST)


def first(d: Design, n: int) -> Design:
    """Return the design of the first n looks."""
    square = (slice(n), slice(n))
    return Design(
        d.s[:n], d.e[:n], d.t[:n], d.k[square], d.by[square], d.piece[square],
        d.piece_element[square], d.view[square], d.view_element[square], d.known[:n],
        d.known_by[:n], d.open[:n], d.group[:n], d.residuals[:n],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foretold:
    """What n looks will say, on each one's own scale; each (n,).

    Scales: 0 to 3 for visits and reflections, 1 to 5 for class feedback, 0 to 1 for talk.
    """

    value: Array
    low80: Array
    high80: Array
    low90: Array
    high90: Array


def on_own_scale(ahead: Ahead, looks: Sequence[Look], settings: Settings) -> Foretold:
    """Return the expected value and the 80 % and 90 % ranges of looks; their levels play no part.

    The ranges are central ones whose nominal level is the one that held 80 % (90 %) of what was
    foretold of the fitted teachers.
    """
    told = [settings.coverage.get((look.source, look.element), Coverage()) for look in looks]
    of80, of90 = np.array([c.of80 for c in told]), np.array([c.of90 for c in told])
    talk = np.array([look.source == Source.TALK for look in looks], dtype=bool)
    return Foretold(
        np.where(talk, _expected_rate(ahead, looks, settings), own_scale(ahead.mean, looks)),
        own_scale(ahead.quantile((1 - of80) / 2), looks),
        own_scale(ahead.quantile((1 + of80) / 2), looks),
        own_scale(ahead.quantile((1 - of90) / 2), looks),
        own_scale(ahead.quantile((1 + of90) / 2), looks),
    )


def _expected_rate(ahead: Ahead, looks: Sequence[Look], settings: Settings) -> Array:
    """Return the mean of the rate itself, (n,); counting scatters around it and moves it nowhere.

    For a rare practice in few turns the logit of what is counted is so wide that a mean over it
    would foretell many times the rate.
    """
    counting = np.array([sampling_variance(look, settings) for look in looks])
    sd = np.sqrt(np.maximum(ahead.sds() ** 2 - counting, SMALLEST))
    return np.asarray(expit(ahead.mean + MIDDLES[:, None, None] * sd).mean(axis=(0, 1)))


def own_scale(level: Array, looks: Sequence[Look]) -> Array:
    """Return model levels as values of each look's source, kept within what it can say."""
    n = np.array([look.n for look in looks], dtype=np.float64)
    source = np.array([look.source for look in looks])
    words = np.clip(level, 0.0, TOP_LEVEL)
    answers = 1.0 + words * FREQUENCY_STEPS / TOP_LEVEL
    rates = np.clip(((n + 1.0) * expit(level) - 0.5) / n, 0.0, 1.0)
    return np.where(
        source == Source.TALK, rates, np.where(source == Source.CLASS_FEEDBACK, answers, words)
    )


def least_levels(ahead: Ahead, looks: Sequence[Look]) -> Array:
    """Return the smallest nominal level whose central range holds what each look said, (n,)."""
    level = np.array([look.level for look in looks])
    below = ahead.below(level)
    value = own_scale(level, looks)
    ends = np.array([own_scale(np.full(len(looks), far), looks) for far in (-40.0, 40.0)])
    need_low = np.where(value >= ends[1] - 1e-9, 0.0, 1.0 - 2.0 * below)
    need_high = np.where(value <= ends[0] + 1e-9, 0.0, 2.0 * below - 1.0)
    return np.maximum(np.maximum(need_low, need_high), 0.0)
