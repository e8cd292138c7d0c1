"""Conditioning a joint normal: by hand, and when it cannot be done."""

import numpy as np
import pytest

from trellis.stats import TrellisNumbersError
from trellis.stats.gaussian import condition, variance_left


def test_two_readings_of_one_quantity_average_as_worked_by_hand() -> None:
    # Prior variance 1, two readings with noise variance 1: precision 1 + 1 + 1 = 3.
    readings = np.array([[2.0, 1.0], [1.0, 2.0]])
    cross = np.array([[1.0, 1.0]])

    known = condition(np.array([[1.0]]), cross, readings, np.array([3.0, 0.0]))

    assert known.mean[0] == pytest.approx(1.0)  # (3 + 0) / 3
    assert known.cov[0, 0] == pytest.approx(1 / 3)
    assert known.gains @ np.array([3.0, 0.0]) == pytest.approx(known.mean)
    assert variance_left(1.0, cross[0], readings) == pytest.approx(1 / 3)


def test_without_readings_the_prior_stays() -> None:
    prior = np.array([[2.0, 0.5], [0.5, 1.0]])

    known = condition(prior, np.zeros((2, 0)), np.zeros((0, 0)), np.zeros(0))

    assert known.mean == pytest.approx([0.0, 0.0])
    assert known.cov == pytest.approx(prior)


def test_a_covariance_that_is_none_is_refused_in_words() -> None:
    impossible = np.array([[1.0, 2.0], [2.0, 1.0]])

    with pytest.raises(TrellisNumbersError, match="positive definite"):
        condition(np.array([[1.0]]), np.ones((1, 2)), impossible, np.zeros(2))
