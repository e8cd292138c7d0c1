"""What a class is ready for next: pooled, fair to strong and small classes, few false flags."""

import numpy as np
import pytest
from scipy.special import expit

from tests.diagnosis.mastery_twin import specific_by_quadrature
from trellis.diagnosis.mastery import (
    DELTA,
    FALSE_DISCOVERY,
    ClassResult,
    by_class,
    readiness,
)
from trellis.stats.gaussian import Array

ITEMS = 6
QUADRATURE = 0.02  # the twin integrates on a grid of 0.01 logits


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


def test_the_chance_of_being_behind_equals_a_twin_that_integrates_on_a_grid() -> None:
    rng = np.random.default_rng(9)
    results = a_district(rng, rng.normal(0, 0.5, (12, 2)))
    found = by_class(readiness(results))

    for klass in ("c00", "c07"):
        twin = specific_by_quadrature(results, klass)
        for row in found[klass]:
            assert row.behind == pytest.approx(twin[row.objective], abs=QUADRATURE)


@pytest.mark.calibration
@pytest.mark.parametrize("spread", [0.0, 0.3, 0.6])
def test_false_flags_are_held_to_one_in_ten(spread: float) -> None:
    rng = np.random.default_rng(10)
    false = flags = 0
    for _ in range(6):
        d = rng.normal(0, spread, (60, 8))
        for row in readiness(a_district(rng, d)):
            if row.next:
                flags += 1
                false += d[int(row.klass[1:]), int(row.objective[1:])] > -DELTA
    # Without differences there must be hardly a flag; with them, few of the flags may be false.
    assert false <= max(FALSE_DISCOVERY * flags + 2 * np.sqrt(FALSE_DISCOVERY * flags), 3)
    assert flags > 50 or spread < 0.6
