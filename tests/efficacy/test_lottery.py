"""What being drawn in a lottery changed: by hand, by a naive twin, and by another program."""

import numpy as np
import pytest
import statsmodels.api as sm

from tests.calibration.efficacy_worlds import a_lottery
from trellis.efficacy import lottery
from trellis.efficacy.effects import CannotEstimate, Design
from trellis.efficacy.lottery import Draws, LotteryResult
from trellis.efficacy.regression import coefficient, independent_columns

SAME = 1e-9  # two ways to the same algebra differ by rounding alone
NAN = float("nan")


def by_hand() -> Draws:
    """Two schools of six; three and two were drawn. Worked out on paper in the first test."""
    return Draws(
        person=np.arange(12),
        block=np.repeat([0, 1], 6),
        drawn=np.array([1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0], dtype=bool),
        probability=np.repeat([1 / 2, 1 / 3], 6),
        outcome=np.array([5.0, 6, 7, 3, 4, 5, 8, 10, 6, 7, 8, 7]),
        baseline=np.full(12, NAN),
    )


def estimated(draws: Draws) -> LotteryResult:
    result = lottery.estimate(draws, rng=np.random.default_rng(1))
    assert isinstance(result, LotteryResult)
    return result


def test_the_effect_is_the_mean_of_the_schools_own_differences() -> None:
    result = estimated(by_hand())

    # School 0: 6 - 4 = 2. School 1: 9 - 7 = 2. Both of six, so the mean is 2, in SDs of those
    # not drawn: 3, 4, 5, 6, 7, 8, 7 have mean 40/7 and sum of squares 19.4286.
    not_drawn_sd = np.sqrt((248 - 40**2 / 7) / 6)
    assert result.scale == pytest.approx(not_drawn_sd, abs=SAME)
    assert result.unadjusted.estimate == pytest.approx(2 / not_drawn_sd, abs=SAME)
    assert (result.effect.n, result.effect.treated, result.effect.comparison) == (12, 5, 7)
    assert result.effect.design is Design.LOTTERY


def test_blocks_with_unequal_chances_do_not_bias_the_effect() -> None:
    draws = a_lottery(np.random.default_rng(4), missing=0.0)
    level = 10.0 * (draws.block % 7)  # schools far apart; the draw knew nothing of it
    shifted = Draws(
        draws.person,
        draws.block,
        draws.drawn,
        draws.probability,
        draws.outcome + level,
        draws.baseline,
    )

    plain, moved = estimated(draws), estimated(shifted)

    assert moved.unadjusted.estimate * moved.scale == pytest.approx(
        plain.unadjusted.estimate * plain.scale, abs=1e-8
    )


def test_a_naive_twin_gives_the_same_adjusted_effect() -> None:
    draws = a_lottery(np.random.default_rng(5), effect=0.3, missing=0.0)

    result = estimated(draws)

    # Written plainly: scale, weigh, center, regress with a column per block, read the first number.
    sd = np.std(draws.outcome[~draws.drawn], ddof=1)
    w = np.where(draws.drawn, 1 / draws.probability, 1 / (1 - draws.probability))
    x = draws.baseline - np.sum(w * draws.baseline) / np.sum(w)
    columns = [draws.drawn * 1.0, x, x * draws.drawn]
    columns += [(draws.block == b) * 1.0 for b in np.unique(draws.block)]
    X = np.array(columns).T * np.sqrt(w)[:, None]
    twin = np.linalg.solve(X.T @ X, X.T @ (draws.outcome / sd * np.sqrt(w)))[0]
    assert result.effect.estimate == pytest.approx(twin, abs=SAME)


def test_with_one_row_per_person_the_standard_error_is_hc2_of_statsmodels() -> None:
    rng = np.random.default_rng(6)
    X = np.column_stack([rng.random(60) < 0.5, np.ones(60), rng.normal(size=60)]).astype(float)
    y, w = rng.normal(size=60), rng.uniform(0.5, 2, 60)

    ours = coefficient(y, X, w, np.arange(60), column=0)

    theirs = sm.WLS(y, X, weights=w).fit(cov_type="HC2")
    assert ours.estimate == pytest.approx(theirs.params[0], abs=SAME)
    assert ours.standard_error == pytest.approx(theirs.bse[0], abs=SAME)


def test_clustering_by_person_is_the_textbook_cr2() -> None:
    rng = np.random.default_rng(7)
    X = np.column_stack([rng.random(30) < 0.5, np.ones(30)]).astype(float)
    y, cluster = rng.normal(size=30), np.repeat(np.arange(10), 3)

    ours = coefficient(y, X, np.ones(30), cluster, column=0)

    # Bell and McCaffrey, term by term with full matrices and a matrix square root.
    bread = np.linalg.inv(X.T @ X)
    H, e = X @ bread @ X.T, y - X @ bread @ X.T @ y
    meat = np.zeros((2, 2))
    for g in range(10):
        rows = np.flatnonzero(cluster == g)
        values, vectors = np.linalg.eigh(np.eye(3) - H[np.ix_(rows, rows)])
        A = vectors @ np.diag(values**-0.5) @ vectors.T
        score = X[rows].T @ A @ e[rows]
        meat += np.outer(score, score)
    assert ours.standard_error == pytest.approx(np.sqrt((bread @ meat @ bread)[0, 0]), abs=SAME)


def test_degrees_of_freedom_of_two_equal_groups_are_those_of_the_t_test() -> None:
    X = np.column_stack([np.repeat([1.0, 0.0], 8), np.ones(16)])
    y = np.random.default_rng(8).normal(size=16)

    ours = coefficient(y, X, np.ones(16), np.arange(16), column=0)

    assert ours.degrees_of_freedom == pytest.approx(14, abs=1e-6)


def test_randomization_inference_counts_the_draws_that_could_have_been() -> None:
    result = estimated(by_hand())

    # All C(6,3) * C(6,2) = 300 draws, counted one by one, against the sampled share.
    from itertools import combinations

    y, total, as_far = by_hand().outcome, 0, 0
    for a in combinations(range(6), 3):
        for b in combinations(range(6, 12), 2):
            won = np.isin(np.arange(12), [*a, *b])
            gaps = [y[s][won[s]].mean() - y[s][~won[s]].mean() for s in (slice(0, 6), slice(6, 12))]
            total, as_far = total + 1, as_far + (abs(np.mean(gaps)) >= 2 - 1e-9)
    # 4,999 redraws: the Monte Carlo error of a share this small is below .004.
    assert result.randomization_p == pytest.approx(as_far / total, abs=0.008)


def test_the_same_seed_gives_the_same_figures_to_the_bit() -> None:
    draws = a_lottery(np.random.default_rng(9))

    assert estimated(draws) == estimated(draws)


def test_who_was_not_measured_is_counted_on_both_sides() -> None:
    draws = by_hand()
    draws.outcome[[0, 6, 11]] = NAN

    lost = lottery.estimate(draws, rng=np.random.default_rng(1))

    assert isinstance(lost, CannotEstimate)  # three drawn and six others are too few
    assert "3 drawn and 6 not drawn" in lost.reason


def test_attrition_is_printed_as_a_pair_and_said_in_words() -> None:
    draws = a_lottery(np.random.default_rng(10), missing=0.2)

    result = estimated(draws)

    gone = np.isnan(draws.outcome)
    assert result.attrition.overall == pytest.approx(gone.mean())
    assert result.attrition.differential == pytest.approx(
        gone[draws.drawn].mean() - gone[~draws.drawn].mean()
    )
    assert "no measured outcome" in result.effect.caveats[0]


def test_a_school_that_drew_everyone_tells_nothing_and_is_left_out() -> None:
    draws = a_lottery(np.random.default_rng(11), schools=4, missing=0.0)
    first = draws.block == draws.block[0]
    draws.drawn[first] = True
    draws.probability[first] = 1.0

    result = estimated(draws)

    assert result.without_contest == first.sum()
    assert result.effect.n == (~first).sum()


def test_teachers_who_drew_again_are_said_and_count_once_in_the_interval() -> None:
    draws = a_lottery(np.random.default_rng(12), missing=0.0)

    result = estimated(draws)

    assert result.effect.clusters == len(np.unique(draws.person)) < result.effect.n
    assert any("drew again" in c for c in result.effect.caveats)


def test_columns_that_others_span_are_dropped() -> None:
    one = np.ones(5)
    kept = independent_columns(np.column_stack([one, np.arange(5.0), 2 * one]))

    assert kept.shape == (5, 2)
