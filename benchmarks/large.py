"""Measure what is large: millions of results, a district's roster, the warehouse, the engines.

Each piece of work runs in a process of its own, so that its memory is its own too. The time on
the processors stands beside the time on the clock: on a machine that others use too it tells more.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from trellis.simulate import DEMONSTRATION_DAY
from trellis.simulate.state import District, tests, write_district

Argument = TypeVar("Argument")

RESULTS_ROWS = 5_000_000
RESULTS_YEARS = 10
ROWS_A_STUDENT = 18.5  # of the results of so many years
ROSTER_STUDENTS = 48_000  # with their teachers more than 50,000 users and 400,000 enrollments
GROUPS = 5_000
ROWS_A_GROUP = 25
SLOPES = pa.schema([("student", pa.int64()), ("slope", pa.float64())])


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took.

    Attributes
    ----------
    seconds : on the clock.
    busy : seconds on the processors.
    peak : most memory at one time, in GiB, the interpreter and its packages included.
    """

    seconds: float
    busy: float
    peak: float

    def against(self, peer: "Cost") -> str:
        return f"{self.seconds / peer.seconds:.1f} ({self.busy / peer.busy:.1f})"


def measure(home: Path) -> list[tuple[str, ...]]:
    """Return a table of all pieces of work; the home must hold a database that is up to date."""
    rows = [("what", "seconds (on the processors)", "peak GiB", "against its peer")]
    folder = home / "large"
    written = _alone(_write_results, folder)
    polars = sorted((_alone(_by_polars, folder) for _ in range(3)), key=lambda c: c.seconds)[1]
    imported = _alone(_import_results, folder)
    _alone(_compare_results, folder)
    title = f"{RESULTS_ROWS / 1e6:.0f} million results"
    rows += [
        _row(f"write {title}", written, ""),
        _row("Polars reads them and writes Parquet", polars, "1"),
        _row("Trellis checks and imports them", imported, imported.against(polars)),
        _row("trellis warehouse verify", _alone(_verify, folder), ""),
    ]
    roster = home / "roster"
    _alone(_write_roster, roster)
    rows.append(_row("check and diff 50,000 users", _alone(_check_roster, roster), ""))
    local = [_alone(_map_local, partitions) for partitions in (1, 2)]
    spark = _alone(_map_spark, 2)
    rows += [
        _row(f"{GROUPS:,} groups, one process", local[0], "1"),
        _row(f"{GROUPS:,} groups, two processes", local[1], local[1].against(local[0])),
        # What the processes of Spark use is not counted by the one that waits for them.
        (f"{GROUPS:,} groups on Spark, local[2]", f"{spark.seconds:.1f}", "",
         f"{spark.seconds / local[0].seconds:.1f}"),
    ]  # fmt: skip
    return rows


def _row(what: str, cost: Cost, against: str) -> tuple[str, ...]:
    return what, f"{cost.seconds:.1f} ({cost.busy:.1f})", f"{cost.peak:.2f}", against


def _alone(work: Callable[[Argument], None], argument: Argument) -> Cost:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(_cost, work, argument).result()


def _cost(work: Callable[[Argument], None], argument: Argument) -> Cost:
    _platform()  # how long packages take to load is another question
    before, began = _busy(), time.perf_counter()
    work(argument)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 2**30
    return Cost(seconds, _busy() - before, peak)


def _busy() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


# results ---------------------------------------------------------------------------------


def _write_results(folder: Path) -> None:
    """Write the results, and make their students known as a roster would have done."""
    folder.mkdir()
    district = District(1, round(RESULTS_ROWS / ROWS_A_STUDENT))
    rng = np.random.default_rng(1)
    learners = pl.DataFrame({"grade": rng.integers(0, 13, district.students)}).with_columns(
        pl.format("student-{}", pl.int_range(pl.len())).alias("id")
    )
    left = RESULTS_ROWS
    with (folder / "assessment_results.csv").open("wb") as stream:
        for frame in tests(
            district, learners, seed=1, today=DEMONSTRATION_DAY, years=RESULTS_YEARS
        ):
            frame.head(left).write_csv(stream, include_header=left == RESULTS_ROWS)
            left -= min(left, frame.height)
    if left:
        raise RuntimeError(f"{left:,} rows too few: make more students")
    from trellis.people.models import Student

    Student.objects.bulk_create(
        (Student(external_id=name, given_name="A", family_name="B") for name in learners["id"]),
        batch_size=5000,
    )


def _by_polars(folder: Path) -> None:
    pl.read_csv(folder / "assessment_results.csv").write_parquet(folder / "by-polars.parquet")
    (folder / "by-polars.parquet").unlink()


def _import_results(folder: Path) -> None:
    from trellis.web.loaders import bring_in

    done = bring_in([folder / "assessment_results.csv"], apply=True)
    if [file.rows for file in done.files.files] != [RESULTS_ROWS] or not done.files.sound:
        raise RuntimeError(f"not imported: {[str(p) for p in done.files.problems[:3]]}")


def _compare_results(folder: Path) -> None:
    """See that every administration came in as it stands in the file."""
    from trellis.evidence.queries import warehouse

    by = ["school_year", "term", "subject"]
    summed = (
        pl.len(),
        pl.col("scale_score").sum().cast(pl.Float64),
        pl.col("student_id").n_unique(),
    )
    brought = pl.scan_csv(folder / "assessment_results.csv").group_by(by).agg(summed).sort(by)
    stored = warehouse().read("assessment_results").rename({"student": "student_id"})
    if not stored.group_by(by).agg(summed).sort(by).collect().equals(brought.collect()):
        raise RuntimeError("what is stored is not what was brought")


def _verify(_folder: Path) -> None:
    from trellis.evidence.upkeep import verified

    if any(state.damages for state in verified()):
        raise RuntimeError("the warehouse is damaged")


def _platform() -> None:
    import django

    django.setup()
    from trellis.web import loaders  # noqa: F401 - all that an import needs


# roster ----------------------------------------------------------------------------------


def _write_roster(folder: Path) -> None:
    district = District(2, ROSTER_STUDENTS)
    write_district(folder, district, seed=1, today=DEMONSTRATION_DAY, years=1)


def _check_roster(folder: Path) -> None:
    from trellis.web.loaders import bring_in

    checked = bring_in([folder / "oneroster.zip"], apply=False)
    rows = {file.name.split("/")[-1]: file.rows for file in checked.files.files}
    if not checked.files.sound or rows["enrollments.csv"] < 400_000 or rows["users.csv"] < 50_000:
        raise RuntimeError(f"{rows}, {[str(p) for p in checked.files.problems[:3]]}")


# engines ---------------------------------------------------------------------------------


def slope(rows: pa.Table) -> pa.Table:
    """Fit a line through one student's scores."""
    x, y = rows["on"].to_numpy(), rows["score"].to_numpy()
    design = np.column_stack([np.ones_like(x), x])
    fitted = np.linalg.lstsq(design, y, rcond=None)[0]
    return pa.table({"student": rows["student"][:1], "slope": [fitted[1]]})


def _map_local(partitions: int) -> None:
    from trellis.warehouse.engines import map_groups

    map_groups(_scores(), ["student"], slope, SLOPES, partitions=partitions)


def _map_spark(partitions: int) -> None:
    from trellis.warehouse.engines import map_groups, spark_session

    map_groups(_scores(), ["student"], slope, SLOPES, partitions=partitions, engine="spark")
    spark_session().stop()


def _scores() -> pa.Table:
    rng = np.random.default_rng(2)
    rows = GROUPS * ROWS_A_GROUP
    return pa.table(
        {
            "student": np.repeat(np.arange(GROUPS), ROWS_A_GROUP),
            "on": rng.uniform(0, 4, rows),
            "score": rng.normal(400, 40, rows),
        }
    )
