"""Groups give the same results to the bit, however they are spread and on whichever engine."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
import pyarrow as pa
import pytest

from trellis.warehouse.engines import Engine, map_groups

SPREAD = pa.schema(
    [("school", pa.string()), ("n", pa.int64()), ("total", pa.float64()), ("slope", pa.float32())]
)
LISTED = pa.schema([("school", pa.string()), ("year", pa.int64()), ("place", pa.int64())])


def fit(rows: pa.Table) -> pa.Table:
    """Add numbers up and solve a least-squares problem: both feel the order of rows and threads."""
    y, x = rows["score"].to_numpy(), rows["before"].to_numpy()
    design = np.column_stack([np.ones_like(x), x, np.sin(x)])
    slope = np.linalg.solve(design.T @ design + np.eye(3), design.T @ y)
    return pa.table(
        {"school": rows["school"][:1], "n": [len(y)], "total": [y.sum()], "slope": [slope[1]]}
    )


def number(rows: pa.Table) -> pa.Table:
    """Return every second row, numbered in the order in which the rows came."""
    kept = rows.take(list(range(0, rows.num_rows, 2)))
    places = pa.array(range(kept.num_rows))
    return pa.table({"place": places, "year": kept["year"], "school": kept["school"]})


def results(rows: int = 3000, schools: int = 23) -> pa.Table:
    rng = np.random.default_rng(4)
    before = rng.normal(400, 40, rows)
    return pa.table(
        {
            "school": pa.array([f"s{i}" for i in rng.integers(0, schools, rows)]),
            "year": rng.integers(2020, 2024, rows),
            "score": before * 0.7 + rng.normal(0, 20, rows) * 10.0 ** rng.integers(-6, 6, rows),
            "before": before,
        }
    )


@pytest.fixture(scope="module")
def spark() -> Iterator[None]:
    """Begin one session for all tests of this file; without Java there is none."""
    missing = [
        what for what, there in (("Java", shutil.which("java")), ("pyspark", find_spec("pyspark")))
        if not there
    ]  # fmt: skip
    if missing:
        say = f"{' and '.join(missing)} is not on this machine, so nothing ran on Spark"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    from trellis.warehouse.engines import spark_session

    with pytest.MonkeyPatch.context() as patch:
        # A session of seconds never earns back what optimizing its code costs.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        session = spark_session()
    yield
    session.stop()


@pytest.fixture(scope="module")
def reference() -> pa.Table:
    return map_groups(results(), ["school"], fit, SPREAD)


@pytest.mark.parametrize("partitions", [1, 2, 8])
@pytest.mark.parametrize("engine", ["local", "spark"])
def test_results_are_the_same_to_the_bit(
    engine: Engine, partitions: int, reference: pa.Table, request: pytest.FixtureRequest
) -> None:
    if engine == "spark":
        request.getfixturevalue("spark")
    table = results()
    shuffled = table.take(np.random.default_rng(partitions).permutation(table.num_rows))

    found = map_groups(shuffled, ["school"], fit, SPREAD, partitions=partitions, engine=engine)

    assert found.schema == SPREAD
    assert found["school"].to_pylist() == sorted(set(table["school"].to_pylist()))
    assert sum(found["n"].to_pylist()) == table.num_rows
    assert found.equals(reference)


@pytest.mark.parametrize("engine", ["local", "spark"])
def test_groups_of_two_keys_keep_the_order_of_their_rows(
    engine: Engine, request: pytest.FixtureRequest
) -> None:
    if engine == "spark":
        request.getfixturevalue("spark")

    found = map_groups(
        results(400, 3), ["school", "year"], number, LISTED, partitions=3, engine=engine
    )

    by_group: dict[tuple[str, int], list[int]] = {}
    for row in found.to_pylist():
        by_group.setdefault((row["school"], row["year"]), []).append(row["place"])
    assert list(by_group) == sorted(by_group)
    assert len(by_group) == 12
    assert all(places == list(range(len(places))) for places in by_group.values())


def test_no_rows_give_no_results_with_the_columns_of_the_schema() -> None:
    found = map_groups(results()[:0], ["school"], fit, SPREAD)

    assert (found.num_rows, found.schema) == (0, SPREAD)


def test_a_result_without_its_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="no column year"):
        map_groups(results(), ["year"], fit, SPREAD)


def test_the_environment_of_the_caller_stays_as_it_was() -> None:
    before = dict(os.environ)

    map_groups(results(50, 2), ["school"], fit, SPREAD)

    assert dict(os.environ) == before
