"""Apply a function to each group of a table: on the cores of this machine, or on Apache Spark.

The same function gives the same results to the bit on both, however the groups are spread: it sees
one group at a time, its rows in one order, and one thread for linear algebra. It needs the extra
`trellis[spark]`, which brings pyarrow too.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal

import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Engine = Literal["local", "spark"]
OnGroup = Callable[[pa.Table], pa.Table]

# The place of a row in the result of its group.
PLACE = "_place"
# More threads would add numbers up in another order, and two engines would differ in the last bits.
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
        "POLARS_MAX_THREADS",
    ),
    "1",
)  # fmt: skip


def map_groups(
    table: pa.Table,
    keys: Sequence[str],
    function: OnGroup,
    schema: pa.Schema,
    *,
    partitions: int = 1,
    engine: Engine = "local",
) -> pa.Table:
    """Return the results of all groups, sorted by the keys.

    Parameters
    ----------
    keys : columns that name a group; `schema` has them too.
    function : takes the rows of one group, sorted by all columns in turn, and returns a table with
        the columns of `schema`, to which it is cast. It is known by its name where it runs, so it
        stands in a module.
    partitions : in how many pieces the groups are handed out; no result depends on it.
    """
    if missing := set(keys) - set(schema.names):
        raise ValueError(f"The result has no column {', '.join(sorted(missing))} to sort by.")
    work = partial(_of_group, function=function, schema=_with_place(schema))
    run = _on_spark if engine == "spark" else _on_this_machine
    found = run(table, keys, work, _with_place(schema), partitions)
    ordered = found.sort_by([(name, "ascending") for name in (*keys, PLACE)])
    return ordered.drop_columns([PLACE]).combine_chunks()


def _of_group(rows: pa.Table, *, function: OnGroup, schema: pa.Schema) -> pa.Table:
    """Call the function on one group, in one order, and give its result its types and places."""
    ordered = rows.sort_by([(name, "ascending") for name in rows.column_names])
    found = function(ordered.combine_chunks())
    placed = found.append_column(PLACE, pa.array(range(found.num_rows), pa.int64()))
    return placed.select(schema.names).cast(schema)


def _with_place(schema: pa.Schema) -> pa.Schema:
    return schema.append(pa.field(PLACE, pa.int64()))


# on this machine -------------------------------------------------------------------------


def _on_this_machine(
    table: pa.Table, keys: Sequence[str], work: OnGroup, schema: pa.Schema, partitions: int
) -> pa.Table:
    groups = list(_groups(table, keys))
    pieces = [groups[i::partitions] for i in range(partitions) if groups[i::partitions]]
    workers = max(1, min(len(pieces), os.cpu_count() or 1))
    fresh = multiprocessing.get_context("spawn")  # a fork would keep the threads of its parent
    with _environment(ONE_THREAD), ProcessPoolExecutor(workers, mp_context=fresh) as pool:
        found = [one for piece in pool.map(partial(_of_piece, work=work), pieces) for one in piece]
    return pa.concat_tables([schema.empty_table(), *found])


def _of_piece(groups: Sequence[pa.Table], *, work: OnGroup) -> list[pa.Table]:
    return [work(group) for group in groups]


def _groups(table: pa.Table, keys: Sequence[str]) -> Iterator[pa.Table]:
    named = pl.DataFrame(pl.from_arrow(table.select(list(keys)))).with_row_index(PLACE)
    for places in named.group_by(keys, maintain_order=True).agg(PLACE)[PLACE]:
        yield table.take(pa.array(places.to_list(), pa.int64()))


@contextmanager
def _environment(said: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the processes that begin meanwhile."""
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# on Spark --------------------------------------------------------------------------------


def _on_spark(
    table: pa.Table, keys: Sequence[str], work: OnGroup, schema: pa.Schema, partitions: int
) -> pa.Table:
    from pyspark.sql.pandas.types import from_arrow_schema

    def on_group(rows: pa.Table) -> pa.Table:  # Spark reads the types of a function's own signature
        return work(rows)

    session = spark_session()
    session.conf.set("spark.sql.shuffle.partitions", str(partitions))
    groups = session.createDataFrame(table).groupBy(*keys)
    found = groups.applyInArrow(on_group, schema=from_arrow_schema(schema))
    return found.toArrow().select(schema.names).cast(schema)


def spark_session() -> "SparkSession":
    """Return the session that the caller began, or begin one on this machine alone."""
    from pyspark.sql import SparkSession

    if active := SparkSession.getActiveSession():
        return active
    # Spark starts its workers with this interpreter, so that they find the same packages.
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    builder = SparkSession.Builder().master(f"local[{os.cpu_count() or 1}]").appName("trellis")
    for name, value in _settings().items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _settings() -> dict[str, str]:
    workers = ONE_THREAD | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # The number of partitions is the caller's.
        "spark.sql.adaptive.enabled": "false",
        **{f"spark.executorEnv.{name}": value for name, value in workers.items()},
    }
