"""Estimate what a program changed where schools started at different times."""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna
from scipy import stats

from trellis.efficacy.effects import (
    CONFIDENCE,
    CannotEstimate,
    Design,
    Effect,
    FloatArray,
    IntArray,
    half_width,
    schools,
)

FEWEST_SCHOOLS = 3  # on either side; below it leaving one out says nothing about spread
BAND_DRAWS = 20_000
NO_TREND_CHECK = (
    "Parallel trends cannot be checked: no school has two measured years before its start."
)

Controls = Literal["not_yet_treated", "never_treated"]


@dataclass(frozen=True, slots=True)
class Panel:
    """Outcomes of teachers by school and school year.

    Attributes
    ----------
    school : (n,) the unit that starts. period : (n,) school year.
    starts : (n,) school year in which the row's school started; 0 = not within the window.
    outcome : (n,) one teacher's outcome in that year, measured.
    """

    school: IntArray
    period: IntArray
    starts: IntArray
    outcome: FloatArray


@dataclass(frozen=True, slots=True)
class EventPoint:
    """Difference from the comparison schools some years before or after the start.

    The interval holds all points at once with 95 %; the year before the start is the reference.
    """

    years_from_start: int
    estimate: float
    low: float
    high: float
    is_reference: bool


@dataclass(frozen=True, slots=True)
class GroupTime:
    """The effect on the schools of one start year in one year."""

    started: int
    year: int
    estimate: float
    schools: int


@dataclass(frozen=True, slots=True)
class StaggeredResult:
    """The effect by start group, averaged, with what one needs to believe it."""

    effect: Effect
    events: tuple[EventPoint, ...]
    groups: tuple[GroupTime, ...]
    trend_checked: bool
    scale: float


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit: the average by start group, by years from the start, and each group and year."""

    overall: float
    events: dict[int, float]
    groups: tuple[GroupTime, ...]


def estimate(
    panel: Panel, *, controls: Controls, rng: np.random.Generator
) -> StaggeredResult | CannotEstimate:
    """Estimate group-time effects (Callaway and Sant'Anna 2021) with each school counted once.

    Schools, not teachers, start a program: so teachers are averaged by school and year first. The
    interval leaves out one school at a time (jackknife; MacKinnon, Nielsen and Webb 2023), with the
    degrees of freedom of a comparison of two groups of that many schools.
    """
    panel, left_out = _within_window(panel)
    scale = _scale(panel)
    cells, dropped = _cells(panel, scale)
    started, comparison = _sides(cells)
    if min(started, comparison) < FEWEST_SCHOOLS or scale <= 0:
        reason = f"{schools(started)} started and {comparison} can be compared with."
        return CannotEstimate(reason, n=len(panel.school), design=Design.STAGGERED)
    whole = library_fit(cells, controls)
    if whole is None:
        reason = "No school that started has a comparison in the same year."
        return CannotEstimate(reason, n=len(panel.school), design=Design.STAGGERED)
    without = leave_one_out(cells, controls)
    freedom = _freedom(started, comparison, len(without))
    events = _events(whole, without, freedom, rng)
    checked = any(e.years_from_start < -1 for e in events)
    caveats = (*_caveats(left_out, dropped, started), *(() if checked else (NO_TREND_CHECK,)))
    effect = _effect(panel, whole, without, started, freedom, caveats)
    return StaggeredResult(effect, events, whole.groups, checked, scale)


def library_fit(cells: pd.DataFrame, controls: Controls) -> Fit | None:
    """Fit with diff-diff; None where no school that started has a comparison."""
    model = CallawaySantAnna(
        control_group=controls, base_period="universal", estimation_method="reg"
    )
    with warnings.catch_warnings():
        # It warns of small groups and of one school per group: the jackknife answers for both.
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(cells, "outcome", "school", "period", "starts")
        except ValueError:  # no valid comparison
            return None
        by_event = fitted.aggregate("event_study")
    groups = _group_times(fitted.group_time_effects)
    events = {int(e): float(a) for e, a in zip(by_event.event_time, by_event.att, strict=True)}
    overall = _by_group(groups)
    return None if overall is None else Fit(overall, events, groups)


def leave_one_out(cells: pd.DataFrame, controls: Controls) -> list[Fit | None]:
    """Fit without each school in turn.

    Without covariates a group-time effect is a difference of differences of school means, so that
    this takes a few array operations where the library takes a second; the tests hold the two
    against each other for every school left out.
    """
    wide = cells.pivot(index="school", columns="period", values="outcome")
    starts = cells.groupby("school")["starts"].first().reindex(wide.index).to_numpy()
    years = [int(y) for y in wide.columns]
    outcome = wide.to_numpy()
    rows = np.arange(len(starts))
    return [_direct_fit(outcome[rows != s], starts[rows != s], years, controls) for s in rows]


def _direct_fit(
    outcome: FloatArray, starts: IntArray, years: list[int], controls: Controls
) -> Fit | None:
    groups: list[GroupTime] = []
    for g in sorted({int(s) for s in starts if s > 0}):
        base = outcome[:, years.index(g - 1)]
        for k, year in enumerate(years):
            waiting = starts == 0
            if controls == "not_yet_treated":
                waiting |= starts > max(year, g)
            if year == g - 1 or not waiting.any():
                continue
            change = outcome[:, k] - base
            effect = float(change[starts == g].mean() - change[waiting].mean())
            groups.append(GroupTime(g, year, effect, int((starts == g).sum())))
    overall = _by_group(tuple(groups))
    return None if overall is None else Fit(overall, _by_event(groups), tuple(groups))


def _by_event(groups: list[GroupTime]) -> dict[int, float]:
    """Mean effect so many years from the start, weighted by schools (their eq. 3.4)."""
    events: dict[int, float] = {}
    for e in sorted({g.year - g.started for g in groups}):
        there = [g for g in groups if g.year - g.started == e]
        events[e] = float(
            np.average([g.estimate for g in there], weights=[g.schools for g in there])
        )
    return events


def _group_times(effects: dict[tuple[int, int], dict[str, float]]) -> tuple[GroupTime, ...]:
    rows = (
        GroupTime(int(g), int(t), float(cell["effect"]), int(cell["n_treated"]))
        for (g, t), cell in sorted(effects.items())
        if not cell.get("is_reference") and np.isfinite(cell["effect"])
    )
    return tuple(rows)


def _by_group(groups: tuple[GroupTime, ...]) -> float | None:
    """Mean effect of each start group after its start, weighted by its schools (their eq. 3.7)."""
    after = [g for g in groups if g.year >= g.started]
    starts = sorted({g.started for g in after})
    if not starts:
        return None
    means = [np.mean([g.estimate for g in after if g.started == s]) for s in starts]
    sizes = [max(g.schools for g in after if g.started == s) for s in starts]
    return float(np.average(means, weights=sizes))


def _effect(
    panel: Panel,
    whole: Fit,
    without: list[Fit | None],
    started: int,
    freedom: float,
    caveats: tuple[str, ...],
) -> Effect:
    error = _jackknife_error(whole.overall, [None if f is None else f.overall for f in without])
    half = half_width(error, freedom)
    after = (panel.starts > 0) & (panel.period >= panel.starts)
    return Effect(
        estimate=whole.overall,
        low=whole.overall - half,
        high=whole.overall + half,
        standard_error=error,
        degrees_of_freedom=freedom,
        n=len(panel.school),
        treated=int(after.sum()),
        comparison=int((~after).sum()),
        clusters=len(without),
        treated_clusters=started,
        design=Design.STAGGERED,
        caveats=caveats,
    )


def _jackknife_error(whole: float, without: list[float | None]) -> float:
    """Spread of the estimates that leave one school out, times (G - 1) / G (CV3)."""
    known = [w for w in without if w is not None]
    size = len(known)
    return float(np.sqrt((size - 1) / size * sum((w - whole) ** 2 for w in known)))


def _events(
    whole: Fit, without: list[Fit | None], freedom: float, rng: np.random.Generator
) -> tuple[EventPoint, ...]:
    """Points whose bars hold all at once: the largest of correlated Student t, by simulation."""
    fits = [f for f in without if f is not None]
    times = [t for t in sorted(whole.events) if t != -1 and all(t in f.events for f in fits)]
    points = {t: whole.events[t] for t in times}
    gaps = np.array([[f.events[t] - points[t] for t in times] for f in fits])
    covariance = (len(fits) - 1) / len(fits) * gaps.T @ gaps
    errors = np.sqrt(np.diag(covariance))
    reach = _sup_t(covariance, errors, freedom, rng) if times else 0.0
    drawn = [
        EventPoint(t, points[t], points[t] - reach * e, points[t] + reach * e, is_reference=False)
        for t, e in zip(times, errors, strict=True)
    ]
    drawn.append(EventPoint(-1, 0.0, 0.0, 0.0, is_reference=True))
    return tuple(sorted(drawn, key=lambda p: p.years_from_start))


def _sup_t(
    covariance: FloatArray, errors: FloatArray, freedom: float, rng: np.random.Generator
) -> float:
    safe = np.where(errors > 0, errors, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    root = vectors * np.sqrt(np.clip(values, 0, None))
    normal = rng.standard_normal((BAND_DRAWS, len(errors))) @ root.T
    chi = np.sqrt(rng.chisquare(freedom, BAND_DRAWS) / freedom)
    largest = np.abs(normal / chi[:, None]).max(axis=1)
    return max(float(np.quantile(largest, CONFIDENCE)), float(stats.t.ppf(0.975, freedom)))


def _freedom(started: int, comparison: int, schools: int) -> float:
    """Degrees of freedom of a difference of two means (Bell and McCaffrey 2002, one regressor)."""
    a, b = started, comparison
    both = (1 / a + 1 / b) ** 2 / (1 / (a * a * (a - 1)) + 1 / (b * b * (b - 1)))
    return float(min(both, schools - 1))


def _within_window(panel: Panel) -> tuple[Panel, int]:
    """Treat later starts as not started, and leave out schools that had started from the first."""
    first, last = int(panel.period.min()), int(panel.period.max())
    starts = np.where(panel.starts > last, 0, panel.starts)
    keep = (starts == 0) | (starts > first)
    early = len(np.unique(panel.school[~keep]))
    kept = Panel(panel.school[keep], panel.period[keep], starts[keep], panel.outcome[keep])
    return kept, early


def _scale(panel: Panel) -> float:
    """Standard deviation between teachers within a year, among those not yet started."""
    waiting = (panel.starts == 0) | (panel.period < panel.starts)
    squares, freedom = 0.0, 0
    for period in np.unique(panel.period[waiting]):
        y = panel.outcome[waiting & (panel.period == period)]
        squares += float(((y - y.mean()) ** 2).sum())
        freedom += len(y) - 1
    return float(np.sqrt(squares / freedom)) if freedom > 0 else 0.0


def _cells(panel: Panel, scale: float) -> tuple[pd.DataFrame, int]:
    """One row per school and year; schools that miss a year are left out and counted."""
    rows = pd.DataFrame(
        {
            "school": panel.school,
            "period": panel.period,
            "starts": panel.starts,
            "outcome": panel.outcome / (scale or 1.0),
        }
    )
    cells = rows.groupby(["school", "period", "starts"], as_index=False)["outcome"].mean()
    years = cells.groupby("school")["period"].transform("nunique")
    full = cells[years == rows["period"].nunique()].reset_index(drop=True)
    return full, int(rows["school"].nunique() - full["school"].nunique())


def _sides(cells: pd.DataFrame) -> tuple[int, int]:
    """Schools whose effect can be estimated, and schools that at some time serve as comparison."""
    starts = cells.groupby("school")["starts"].first().to_numpy()
    begun = starts[starts > 0]
    if not len(begun):
        return 0, len(starts)
    waiting = int((starts == 0).sum())
    compared = waiting + int((begun > begun.min()).sum())
    estimable = len(begun) if waiting else int((begun < begun.max()).sum())
    return estimable, compared


def _caveats(early: int, dropped: int, started: int) -> tuple[str, ...]:
    said = [f"Schools carry the weight, not teachers: {schools(started)} started in this window."]
    if early:
        said.append(f"{early} schools had started before the first measured year and are left out.")
    if dropped:
        said.append(f"{dropped} schools were not measured in every year and are left out.")
    return tuple(said)
