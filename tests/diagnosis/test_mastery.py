"""What a class is ready for next: pooled, fair to strong and small classes, few false flags."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from tests.diagnosis.mastery_twin import log_likelihood, own_differences
from trellis.diagnosis.mastery import (
    DELTA,
    ClassResult,
    by_class,
    pooled,
    readiness,
    summarized,
)
from trellis.stats import TrellisNumbersError
from trellis.stats.gaussian import Array

ITEMS = 6
NEAR_LME4 = 0.02  # logits, mean: a tenth of what is called behind
LEAN = 0.06  # of a standard deviation: ours leans on its start
EXACT = 1e-8  # the same equations solved in another order
SETTLED = 0.02  # the search stops when a round gains less, and means and variances take turns


def a_result(klass: str, objective: str, share: float, students: int = 24) -> ClassResult:
    return ClassResult(klass, objective, students, share, share * (1 - share) / 3, float(ITEMS))


def a_district(rng: np.random.Generator, d: Array, students: int = 24) -> list[ClassResult]:
    """Return results of classes x objectives with d as their own differences, in logits."""
    classes, objectives = d.shape
    hard = np.linspace(-1.0, 1.5, objectives)
    level = rng.normal(0, 0.5, (classes, 1))
    results = []
    for c in range(classes):
        ability = rng.normal(0, 0.8, students)
        for s in range(objectives):
            p = expit(hard[s] + level[c, 0] + d[c, s] + ability)
            shares = rng.binomial(ITEMS, p) / ITEMS
            results.append(
                ClassResult(
                    f"c{c:02}", f"s{s}", students, float(shares.mean()), float(shares.var()), ITEMS
                )
            )
    return results


def test_an_objective_that_is_hard_for_everybody_is_no_need_of_this_class() -> None:
    results = [
        a_result(f"c{c:02}", objective, share)
        for c in range(20)
        for objective, share in (("hard", 0.3), ("easy", 0.9), ("middle", 0.6))
    ]

    assert not any(r.next for r in readiness(results))


def test_a_strong_class_still_sees_its_own_next_step() -> None:
    rng = np.random.default_rng(5)
    d = rng.normal(0, 0.1, (30, 6))
    results = a_district(rng, d)
    strong = [a_result("strong", f"s{s}", 0.92) for s in range(5)]
    found = by_class(readiness([*results, *strong, a_result("strong", "s5", 0.70)]))["strong"]

    assert found[0].objective == "s5"
    assert found[0].next
    assert found[0].right.value > 0.6


def test_below_ten_students_a_class_is_not_summarized() -> None:
    rng = np.random.default_rng(6)
    results = a_district(rng, np.zeros((5, 4)))
    small = [a_result("small", f"s{s}", 0.1, students=9) for s in range(4)]

    assert "small" not in by_class(readiness([*results, *small]))
    assert readiness(small) == ()


def test_every_figure_comes_with_its_interval_and_n() -> None:
    found = readiness(a_district(np.random.default_rng(7), np.zeros((8, 4))))

    assert len(found) == 32
    for row in found:
        assert row.right.n == 24
        assert 0 < row.right.interval.low < row.right.value < row.right.interval.high < 1
        assert row.behind + row.ahead <= 1


def test_a_larger_class_is_known_better() -> None:
    rng = np.random.default_rng(8)
    results = a_district(rng, np.zeros((10, 4)))
    small, large = (
        readiness([*results, *(a_result("x", f"s{s}", 0.6, students=n) for s in range(4))])
        for n in (10, 60)
    )
    width = [
        next(r.right.interval.high - r.right.interval.low for r in found if r.klass == "x")
        for found in (small, large)
    ]

    assert width[1] < width[0]


def test_readiness_equals_a_twin_that_solves_for_everything_at_once() -> None:
    rng = np.random.default_rng(9)
    results = summarized(a_district(rng, rng.normal(0, 0.5, (12, 4)))[3:])  # one class met one
    model = pooled(results)
    assert model is not None
    twin = own_differences(results, model)

    for row in readiness(results):
        mean, sd = twin[row.klass, row.objective]
        assert row.own.value == pytest.approx(mean, abs=EXACT)
        assert row.behind == pytest.approx(norm.cdf((-DELTA - mean) / sd), abs=EXACT)


def test_no_other_variances_are_likelier() -> None:
    rng = np.random.default_rng(11)
    results = summarized(a_district(rng, rng.normal(0, 0.5, (15, 4))))
    model = pooled(results)
    assert model is not None
    means = dict(zip(("s0", "s1", "s2", "s3"), map(float, model.means), strict=True))
    ours = log_likelihood(results, means, model.variances)

    for a in (0.8, 1.0, 1.25):
        for d in (0.8, 1.0, 1.25):
            other = log_likelihood(results, means, model.variances * np.array([a, d]))
            assert other <= ours + SETTLED


@pytest.mark.parametrize(("case", "scale"), [("alike", 1.0), ("able", 0.88)])
def test_lme4_finds_the_same_of_the_same_answers(case: str, scale: float) -> None:
    """glmer sums over answers exactly; ours is normal, leans on its start, and tells of the class.

    Where students differ (SD 0.8) lme4 tells of a student in the middle of the class and ours of
    the class's share, which lies nearer to one half: by 1 / sqrt(1 + 0.346 * 0.64) = 0.90 (Zeger,
    Liang & Albert 1988); 0.88 is what these answers give.
    """
    answers = [r for r in read("mastery_answers.csv") if r["case"] == case]
    theirs = [r for r in read("mastery_lme4.csv") if r["case"] == case]
    results = [
        ClassResult(r["class"], r["objective"], 24, float(r["share"]), float(r["variance"]), ITEMS)
        for r in answers
    ]
    ours = {(r.klass, r.objective): r.own.value for r in readiness(results)}
    own = np.array([[ours[r["class"], r["objective"]], float(r["own"])] for r in theirs])
    model = pooled(results)
    assert model is not None
    lean = [float(theirs[0][name]) for name in ("class_variance", "own_variance")]

    assert len(own) == 240
    assert np.corrcoef(own.T)[0, 1] > 0.995
    assert np.abs(own[:, 0] - scale * own[:, 1]).mean() <= NEAR_LME4
    assert np.sqrt(model.variances) == pytest.approx(scale * np.sqrt(lean), rel=LEAN)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"share": float("nan")}, "between 0 and 1"),
        ({"share": 1.2}, "between 0 and 1"),
        ({"items": 0.0}, "there must be items"),
    ],
)
def test_what_no_class_can_answer_is_refused_by_name(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(TrellisNumbersError, match=words):
        readiness([a_result("c1", "s1", 0.5), replace(a_result("c1", "s2", 0.5), **wrong)])


def test_a_class_that_comes_twice_on_an_objective_is_refused() -> None:
    with pytest.raises(TrellisNumbersError, match="twice on objective"):
        readiness([a_result("c1", "s1", 0.5), a_result("c1", "s1", 0.6)])


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_class_of_one_mind_is_not_known_without_error(share: float) -> None:
    results = [ClassResult("c1", f"s{s}", 12, share, 0.0, 4.0) for s in range(3)]
    for row in readiness(results):
        assert row.right.interval.high - row.right.interval.low > 0.02


def read(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / "data" / name).open(newline="") as file:
        return list(csv.DictReader(file))
