"""What a program changed where schools started at different times."""

import numpy as np
import pandas as pd
import pytest

from tests.calibration.efficacy_worlds import Rollout, a_rollout
from trellis.efficacy import staggered
from trellis.efficacy.effects import CannotEstimate
from trellis.efficacy.staggered import (
    NO_TREND_CHECK,
    Controls,
    Panel,
    StaggeredResult,
    leave_one_out,
    library_fit,
)

SAME = 1e-9


def panel_of(rows: list[tuple[int, int, int, float]]) -> Panel:
    school, period, starts, outcome = zip(*rows, strict=True)
    return Panel(np.array(school), np.array(period), np.array(starts), np.array(outcome))


def estimated(panel: Panel) -> StaggeredResult:
    result = staggered.estimate(panel, controls="not_yet_treated", rng=np.random.default_rng(1))
    assert isinstance(result, StaggeredResult)
    return result


def twin(panel: Panel, scale: float) -> float:
    """Callaway and Sant'Anna's group average, written plainly from school means."""
    mean = {
        (s, t): panel.outcome[(panel.school == s) & (panel.period == t)].mean() / scale
        for s in np.unique(panel.school)
        for t in np.unique(panel.period)
    }
    start = dict(zip(panel.school.tolist(), panel.starts.tolist(), strict=True))
    years = np.unique(panel.period)
    total, weight = 0.0, 0
    for g in sorted({v for v in start.values() if v}):
        effects = []
        for t in years[years >= g]:
            change = {s: mean[s, t] - mean[s, g - 1] for s in start}
            treated = [change[s] for s in start if start[s] == g]
            waiting = [change[s] for s in start if start[s] == 0 or start[s] > t]
            if waiting:
                effects.append(np.mean(treated) - np.mean(waiting))
        if effects:
            size = sum(v == g for v in start.values())
            total, weight = total + size * np.mean(effects), weight + size
    return total / weight


def test_a_start_in_one_year_is_a_difference_of_differences() -> None:
    rows = [
        (s, t, 2025 if s < 3 else 0, y)
        for s, changes in enumerate([3.0, 5, 4, 1, 2, 0])
        for t, level in ((2024, 10.0), (2025, 10.0 + changes))
        for y in (level - 1, level + 1)
    ]

    result = estimated(panel_of(rows))

    # Schools that started rose by 4 on average, the others by 1: a difference of 3.
    assert result.effect.estimate * result.scale == pytest.approx(3, abs=SAME)
    # Leaving one out of three with changes 3, 5, 4 (or 1, 2, 0) moves a mean by 1/2, 1/2, 0.
    assert result.effect.standard_error * result.scale == pytest.approx(
        np.sqrt(5 / 6 * 4 * 0.25), abs=SAME
    )
    assert result.effect.degrees_of_freedom == pytest.approx(4)  # two groups of three


@pytest.mark.parametrize("seed", range(3))
def test_a_naive_twin_gives_the_same_effect(seed: int) -> None:
    panel = a_rollout(np.random.default_rng(seed), Rollout(4, 3, 5), effect=0.3)

    result = estimated(panel)

    assert result.effect.estimate == pytest.approx(twin(panel, result.scale), abs=SAME)
    assert result.effect.treated_clusters == 7
    assert result.trend_checked


def test_the_event_study_has_its_reference_the_year_before_and_bars_for_the_rest() -> None:
    result = estimated(a_rollout(np.random.default_rng(2), Rollout(4, 3, 5)))

    times = [e.years_from_start for e in result.events]
    assert times == [-2, -1, 0, 1]
    assert [e.is_reference for e in result.events] == [False, True, False, False]
    assert all(e.low < e.estimate < e.high for e in result.events if not e.is_reference)


def test_without_a_second_year_before_the_start_it_says_that_trends_cannot_be_checked() -> None:
    result = estimated(a_rollout(np.random.default_rng(3), Rollout(5, 0, 5)))

    assert not result.trend_checked
    assert NO_TREND_CHECK in result.effect.caveats


def test_schools_that_had_started_before_the_first_year_are_left_out_and_said() -> None:
    panel = a_rollout(np.random.default_rng(4), Rollout(4, 3, 5))
    early = np.where(panel.school == 11, 2023, panel.starts)

    result = estimated(Panel(panel.school, panel.period, early, panel.outcome))

    assert result.effect.clusters == 11
    assert any("had started before" in c for c in result.effect.caveats)


def test_a_school_missing_a_year_is_left_out_and_said() -> None:
    panel = a_rollout(np.random.default_rng(5), Rollout(4, 3, 5))
    keep = ~((panel.school == 11) & (panel.period == 2025))

    result = estimated(
        Panel(panel.school[keep], panel.period[keep], panel.starts[keep], panel.outcome[keep])
    )

    assert result.effect.clusters == 11
    assert any("not measured in every year" in c for c in result.effect.caveats)


def test_where_only_two_schools_started_no_number_is_given() -> None:
    panel = a_rollout(np.random.default_rng(6), Rollout(2, 0, 10))

    result = staggered.estimate(panel, controls="never_treated", rng=np.random.default_rng(1))

    assert isinstance(result, CannotEstimate)
    assert "2 schools started" in result.reason


def test_the_same_seed_gives_the_same_figures_to_the_bit() -> None:
    panel = a_rollout(np.random.default_rng(7), Rollout(4, 3, 5))

    assert estimated(panel) == estimated(panel)


@pytest.mark.parametrize("controls", ["not_yet_treated", "never_treated"])
@pytest.mark.parametrize("rollout", [Rollout(4, 3, 5), Rollout(1, 4, 4), Rollout(5, 0, 5)])
def test_leaving_a_school_out_by_hand_equals_the_library_without_it(
    controls: Controls, rollout: Rollout
) -> None:
    panel = a_rollout(np.random.default_rng(8), rollout, effect=0.2)
    frame = pd.DataFrame(
        {"school": panel.school, "period": panel.period, "starts": panel.starts,
         "outcome": panel.outcome}
    )  # fmt: skip
    cells = frame.groupby(["school", "period", "starts"], as_index=False)["outcome"].mean()

    ours = leave_one_out(cells, controls)

    for school, mine in zip(sorted(cells.school.unique()), ours, strict=True):
        theirs = library_fit(cells[cells.school != school], controls)
        assert mine is not None
        assert theirs is not None
        assert mine.overall == pytest.approx(theirs.overall, abs=SAME)
        known = {e: a for e, a in theirs.events.items() if e != -1}
        assert mine.events == pytest.approx(known, abs=SAME)
