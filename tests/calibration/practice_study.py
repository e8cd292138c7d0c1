"""Hold the practice model against worlds of lessons: its bands, its forecasts, its choices.

`make calibrate` runs the full study and writes docs/methods/calibration-practice.md; the suite runs
a short version of the same functions. All fits are made on some teachers, all figures on others.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from tests.calibration.practice_worlds import World, district, looks_of
from trellis.diagnosis import practice
from trellis.diagnosis.looks import Look
from trellis.diagnosis.practice_ahead import ahead, own_scale
from trellis.diagnosis.practice_fit import fit, fit_as
from trellis.diagnosis.practice_settings import Settings
from trellis.stats.gaussian import Array

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "calibration-practice.md"
LEVELS = (0.80, 0.95)
DISTRICTS = 10  # of each world, a hundred teachers in each whom the fit did not see
FINE = 0.05  # marks so fine that rounding plays no part

FEW = World("two visits each", lessons=(2, 2), step=FINE)
BANDS = (
    FEW,
    replace(FEW, name="four visits each", lessons=(4, 4)),
    replace(FEW, name="eight visits each", lessons=(8, 8)),
    replace(FEW, name="eight, in level words", lessons=(8, 8), step=1.0),
    replace(FEW, name="eight, lessons differ much", lessons=(8, 8), lesson=0.6),
    replace(FEW, name="eight, visitors differ much, one makes most visits", lessons=(8, 8),
            visitor=0.4, unbalanced=True),
    replace(FEW, name="two to twelve, teachers move", lessons=(2, 12), drift=0.2, days=60),
)  # fmt: skip
RATES = (-0.5, -1.0, -2.0, -3.0, 0.3)
TALK = World("talk: rates of 5 to 60 %", rates=RATES)
AHEAD = (
    World("visits, 5 elements, level words"),
    World("visits, 1 element", elements=1),
    World("visits, 16 elements in quarters of a level", elements=16, step=0.25),
    World("visits, most at the low end", elements=8, skew=True, usual=(-0.3, 1.1)),
    World("visits, 10 to 30 lessons", lessons=(10, 30), alike=0.2, own=0.35, teachers=120),
    World("visits, teachers move", drift=0.3, days=60, lessons=(3, 10)),
    World("visits, odd lessons", odd=0.1, step=FINE),
    TALK,
    replace(TALK, name="talk: rates of 1 to 10 %, often none", rates=(-3, -3.5, -4, -4.5, -2),
            none=0.3),
    replace(TALK, name="talk, 10 to 30 lessons", lessons=(10, 30), teachers=80),
)  # fmt: skip
CHOICES = (
    World("elements unrelated", alike=0.0, step=FINE, lessons=(2, 6)),
    World("elements go together", alike=0.7, step=FINE, lessons=(2, 6)),
    World("elements go together, one lesson in ten odd", alike=0.7, odd=0.1, step=FINE, own=0.15,
          lesson=0.15, between=0.25, visitor=0.05, usual=(1.3, 1.7), teachers=120),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forecasts:
    """How forecasts did, by element: RMSE of three, and shares of marks that ranges held.

    last, running : RMSE of the last lesson and of the mean of all earlier ones
    """

    model: Array
    last: Array
    running: Array
    held80: Array
    held90: Array

    def gains(self) -> tuple[Array, Array]:
        """Return by how much smaller the RMSE is than that of last lesson and running mean."""
        return 1 - self.model / self.last, 1 - self.model / self.running


@dataclass(frozen=True, slots=True)
class Several:
    """What was found in several districts, (districts, m)."""

    each: Array

    def mean(self) -> Array:
        """Return the mean over districts, (m,)."""
        return np.asarray(self.each.mean(axis=0))

    def error(self) -> Array:
        """Return the Monte Carlo standard error of the mean, (m,)."""
        return np.asarray(self.each.std(axis=0, ddof=1) / len(self.each) ** 0.5)

    def told(self) -> list[str]:
        """Return means in percent with their errors."""
        return [f"{m:.1%} ± {e:.1%}" for m, e in zip(self.mean(), self.error(), strict=True)]


def halves(world: World, seed: int) -> tuple[list[tuple[Look, ...]], list[tuple[Look, ...]]]:
    """Return the looks of teachers to fit on and of others to use the fit on."""
    looks = looks_of(district(world, np.random.default_rng(seed)))
    return looks[::2], looks[1::2]


def forecasts(settings: Settings, others: Sequence[tuple[Look, ...]]) -> Forecasts:
    """Foretell each look from earlier days, and hold it against last lesson and running mean."""
    squares: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    held: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for looks in map(practice.in_order, others):
        said = own_scale(np.array([k.level for k in looks]), looks)
        told = practice.foretell(looks, settings)
        earlier: dict[str, list[float]] = defaultdict(list)
        for i, look in enumerate(looks):  # a world has one lesson a day
            y, before = float(said[i]), earlier[look.element]
            if before:
                guesses = (float(told.value[i]), before[-1], float(np.mean(before)))
                squares[look.element].append(tuple((g - y) ** 2 for g in guesses))  # type: ignore[arg-type]
            held[look.element].append(
                (bool(told.low80[i] <= y <= told.high80[i]),
                 bool(told.low90[i] <= y <= told.high90[i]))
            )  # fmt: skip
            before.append(y)
    order = sorted(held)
    rmse = np.array([np.sqrt(np.mean(squares[e], axis=0)) for e in order]).T
    shares = np.array([np.mean(held[e], axis=0) for e in order]).T
    return Forecasts(*rmse, *shares)


def bands(world: World, seed: int) -> tuple[float, ...]:
    """Return the shares of true levels of unseen teachers that 80 % and 95 % bands held."""
    people = district(world, np.random.default_rng(seed))
    settings = fit(looks_of(people[::2]))
    held = np.zeros(len(LEVELS))
    for looks, truth in people[1::2]:
        known = practice.state(looks, settings, max(k.on for k in looks))
        off = np.abs(known.mean - truth) / np.sqrt(np.diag(known.cov))
        held += [np.mean(off <= ndtri(0.5 + level / 2)) for level in LEVELS]
    return tuple(float(x) for x in held / len(people[1::2]))


def log_score(settings: Settings, others: Sequence[tuple[Look, ...]]) -> float:
    """Return the mean log density of marks, each foretold from earlier days."""
    each = [
        ahead(looks, settings).log_density(np.array([k.level for k in looks]))
        for looks in map(practice.in_order, others)
    ]
    return float(np.mean(np.concatenate(each)))


def main() -> tuple[dict[World, Several], dict[World, list[Forecasts]]]:
    """Run the full study, write its page, and return what was found in each district."""
    seeds = range(1, DISTRICTS + 1)
    with ProcessPoolExecutor() as pool:
        held = {w: [pool.submit(bands, w, seed) for seed in seeds] for w in BANDS}
        told = {w: [pool.submit(foretold, w, seed) for seed in seeds] for w in AHEAD}
        tried = {w: [pool.submit(choices, w, seed) for seed in seeds] for w in CHOICES}
        found = {w: Several(np.array([job.result() for job in jobs])) for w, jobs in held.items()}
        forecast = {w: [job.result() for job in jobs] for w, jobs in told.items()}
        chosen = [_choice_row(w, [job.result() for job in jobs]) for w, jobs in tried.items()]
    rows = [_forecast_row(world, f) for world, f in forecast.items()]
    band_rows = [f"| {w.name} | {' | '.join(several.told())} |" for w, several in found.items()]
    TABLE.write_text("\n".join([HEAD, *band_rows, MIDDLE, *rows, LAST, *chosen, ""]))
    return found, forecast


def foretold(world: World, seed: int) -> Forecasts:
    """Return how forecasts do in one district of a world."""
    some, others = halves(world, seed)
    return forecasts(fit(some), others)


def gains(found: Sequence[Forecasts]) -> tuple[Array, Array]:
    """Return gains over last lesson and running mean by practice, on average over districts."""
    each = [f.gains() for f in found]
    return np.mean([g[0] for g in each], axis=0), np.mean([g[1] for g in each], axis=0)


def ranges(found: Sequence[Forecasts]) -> Several:
    """Return what 80 % and 90 % ranges held in each district, over all practices."""
    return Several(np.array([[f.held80.mean(), f.held90.mean()] for f in found]))


def _forecast_row(world: World, found: Sequence[Forecasts]) -> str:
    last, running = gains(found)
    of80, of90 = ranges(found).told()
    least = np.mean([f.held80.min() for f in found])
    most = np.mean([f.held80.max() for f in found])
    return (
        f"| {world.name} | {last.min():.0%} / {np.median(last):.0%} | "
        f"{running.min():.1%} / {np.median(running):.1%} | {of80} "
        f"({least:.0%}-{most:.0%}) | {of90} |"
    )


def choices(world: World, seed: int) -> tuple[list[float], str]:
    """Return what each shape gains in log density, in thousandths, and what the fit chose."""
    some, others = halves(world, seed)
    shapes = [(0, inf), (1, inf), (2, inf), (1, 4.0)]
    scores = [log_score(fit_as(some, rank, freedom), others) for rank, freedom in shapes]
    took = fit(some)
    tails = "normal" if took.freedom == inf else "heavy tails"
    factors = "two factors" if len(took.factors) > 1 else "one factor"
    return [1000 * (score - scores[0]) for score in scores[1:]], f"{factors}, {tails}"


def _choice_row(world: World, found: Sequence[tuple[list[float], str]]) -> str:
    gain = Several(np.array([gains for gains, _ in found]))
    told = [f"{m:+.1f} ± {e:.1f}" for m, e in zip(gain.mean(), gain.error(), strict=True)]
    took = Counter(shape for _, shape in found)
    names = ", ".join(f"{shape} {n}" for shape, n in took.most_common())
    return f"| {world.name} | {' | '.join(told)} | {names} |"


HEAD = """# Calibration of practice over time

Written by `make calibrate`. Each world is drawn by its own few lines, not from the model: levels
are rounded and cut off, rates are counted, some lessons are odd. The model is fitted on half of
200 teachers (if nothing else is said) and used on the other half, in ten districts a row. ± is the
Monte Carlo standard error over districts: how well a district's variances are known is its chance,
and a band holds them on average.

## Bands on where an element stands

Bar: 95 % bands hold 93 to 97 %.

| world | 80 % bands hold | 95 % bands hold |
|---|---|---|"""
MIDDLE = """
## Each lesson foretold from earlier ones

How much smaller the root mean squared error is than that of two simple forecasts (worst practice /
median practice), and what the ranges held (over all marks; least and most of a practice). Bars:
15 % better than the last lesson on every practice, 80 % ranges hold 76 to 84 %.

| world | than the last lesson | than the running mean | 80 % ranges hold | 90 % ranges hold |
|---|---|---|---|---|"""
LAST = """
## Where correlations and heavy tails foretell better

Mean log density of a mark of teachers that the fit did not see, in thousandths, against a model in
which elements are unrelated; and what the fit chose by itself, in how many districts.

| world | one factor | two factors | one factor, heavy tails | chosen |
|---|---|---|---|---|"""
