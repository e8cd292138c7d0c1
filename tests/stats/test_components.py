"""Variance components: recovered, equal to a plain twin, and leaning when data are few."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from trellis.stats import TrellisNumbersError
from trellis.stats.components import Unit, fit_variances
from trellis.stats.gaussian import Array

TRUTH = np.array([0.5, 0.2])
SAME_OPTIMUM = 2e-2  # two searches of one flat likelihood agree to about two digits of log variance


def units(count: int, size: int, seed: int) -> list[Unit]:
    rng = np.random.default_rng(seed)
    patterns = np.array([np.ones((size, size)), np.eye(size)])
    known = np.full(size, 0.1)
    cov = np.tensordot(TRUTH, patterns, axes=1) + np.diag(known)
    draws = rng.multivariate_normal(np.zeros(size), cov, count)
    return [Unit(draw, patterns, known) for draw in draws]


def test_many_units_recover_the_variances_whatever_the_start() -> None:
    fitted = fit_variances(units(600, 6, seed=1), np.array([0.05, 2.0]), pull=2.0)

    assert fitted == pytest.approx(TRUTH, rel=0.15)


def test_the_fit_equals_a_plain_twin_of_the_penalized_likelihood() -> None:
    some, start, pull = units(30, 4, seed=2), np.array([0.3, 0.3]), 0.7

    def loss(log_theta: Array) -> float:
        total = 0.0
        for unit in some:
            cov = np.tensordot(np.exp(log_theta), unit.patterns, axes=1) + np.diag(unit.known)
            total -= float(multivariate_normal(np.zeros(4), cov).logpdf(unit.residuals))
        return total + float(((log_theta - np.log(start)) ** 2).sum()) / (2 * pull**2)

    twin = minimize(loss, np.log(start), method="Nelder-Mead", options={"xatol": 1e-6})

    assert np.log(fit_variances(some, start, pull)) == pytest.approx(twin.x, abs=SAME_OPTIMUM)


def test_few_units_stay_near_the_start() -> None:
    start = np.array([0.05, 2.0])

    fitted = fit_variances(units(1, 2, seed=3), start, pull=0.3)

    assert np.abs(np.log(fitted / start)).max() < 0.5


def test_no_units_give_the_start_and_a_start_of_zero_is_refused() -> None:
    assert fit_variances([], TRUTH, pull=1.0) == pytest.approx(TRUTH)
    with pytest.raises(TrellisNumbersError):
        fit_variances([], np.array([0.0, 1.0]), pull=1.0)
