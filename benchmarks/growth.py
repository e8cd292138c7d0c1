"""Measure growth percentiles: one cohort, how cost grows with students, a million over the cores.

Seconds are those on the processors, with one thread for linear algebra. Peers fit one tau, the
middle one, and are scaled to a hundred.
"""

import importlib.util
import multiprocessing
import os
import resource
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa

from trellis.diagnosis import growth
from trellis.stats.gaussian import Array
from trellis.warehouse.engines import ONE_THREAD, map_groups

STUDENTS = 50_000
SIZES = (25_000, 50_000, 100_000)
MIDDLE = 0.5
STATE_COHORTS = 40
STATE = pa.schema([("cohort", pa.int64()), ("student", pa.int64()), ("sgp", pa.int64())])


def measure() -> list[tuple[str, ...]]:
    """Return a table of all; to be called last, since no process begun later gets more threads."""
    os.environ |= ONE_THREAD
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        rows = pool.submit(_one_core).result()
    return [*rows, _state()]


def _one_core() -> list[tuple[str, ...]]:
    two_orders(*cohort(1000, seed=0))  # how long packages take to load is another question
    rows = [("what", "CPU seconds", "against Trellis")]
    for size in SIZES:
        history, current = cohort(size, seed=1)
        seconds = _busy(partial(two_orders, history, current))
        rows.append((f"{size:,} students, one and two priors, scored", f"{seconds:.1f}", ""))
    history, current = cohort(STUDENTS, seed=1)
    splines = [growth.spline_of(column) for column in history.T]
    own = _busy(partial(growth.fit, history, current, splines))
    rows.append((f"{STUDENTS:,} students, two priors, 100 taus fitted", f"{own:.1f}", "1"))
    rows += [
        (
            f"{name}, one tau times 100",
            f"{100 * seconds:.0f}",
            f"{100 * seconds / own:.0f} × its time",
        )
        for name, seconds in _peers(history, current, splines)
    ]
    return rows


def cohort(students: int, seed: int) -> tuple[Array, Array]:
    """Return history (n, 2), most recent first, and scores (n,), whole points with a floor."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=students)
    years = []
    for mean in (450, 475, 500):
        spread = 20 + 5 * np.abs(ability)
        points = mean + 60 * ability + spread * rng.normal(size=students)
        years.append(np.clip(np.round(points), 200, 800))
        ability = 0.9 * ability + rng.normal(0.1, 0.35, students)
    return np.column_stack([years[1], years[0]]), years[2]


def two_orders(history: Array, current: Array) -> Array:
    """Fit one and two priors and score everybody by both; return the percentiles (2, n)."""
    found = []
    for order in (1, 2):
        some = history[:, :order]
        coefficients = growth.fit(some, current, [growth.spline_of(c) for c in some.T])
        found.append(growth.score(coefficients, some, current))
    return np.array(found)


def of_cohort(rows: pa.Table) -> pa.Table:
    """Return the percentiles of one cohort of the state, by two priors."""
    recent, before, current = (rows[name].to_numpy() for name in ("recent", "before", "score"))
    found = two_orders(np.column_stack([recent, before]), current)[1]
    return pa.table({"cohort": rows["cohort"], "student": rows["student"], "sgp": found})


def _state() -> tuple[str, ...]:
    """Map a million students over all cores; the processes that did it are counted together."""
    history, current = cohort(STATE_COHORTS * 25_000, seed=2)
    student = np.arange(len(current))
    table = pa.table({
        "cohort": student % STATE_COHORTS, "student": student,
        "recent": history[:, 0], "before": history[:, 1], "score": current,
    })  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = map_groups(table, ["cohort"], of_cohort, STATE, partitions=os.cpu_count() or 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if found.num_rows != len(current):
        raise RuntimeError("Students were lost on the way.")
    return (
        f"a million students in {STATE_COHORTS} cohorts, all cores",
        f"{seconds:.0f}",
        "",
    )


def _peers(history: Array, current: Array, splines: list[growth.Spline]) -> list[tuple[str, float]]:
    design = np.hstack([np.ones((len(current), 1)), *map(growth.basis, history.T, splines)])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        seconds = _busy(partial(_statsmodels, design, current))
    ended = "" if not said else " (gives up after 1,000 rounds)"
    found = [(f"statsmodels QuantReg{ended}", seconds)]
    if importlib.util.find_spec("pyfixest"):
        _pyfixest(design, current)  # it compiles itself first
        found.append(("pyfixest quantreg", _busy(partial(_pyfixest, design, current))))
    return found


def _statsmodels(design: Array, current: Array) -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    QuantReg(current, design).fit(q=MIDDLE)


def _pyfixest(design: Array, current: Array) -> None:
    import polars as pl

    pyfixest = importlib.import_module("pyfixest")
    names = [f"b{k}" for k in range(1, design.shape[1])]
    table = pl.DataFrame({"y": current} | dict(zip(names, design.T[1:], strict=True)))
    pyfixest.quantreg(f"y ~ {' + '.join(names)}", table.to_pandas(), quantile=MIDDLE)


def _busy(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
