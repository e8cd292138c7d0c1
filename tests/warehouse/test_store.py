"""The warehouse shows the old state or the new one, and a frozen state for good."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from trellis.warehouse import store
from trellis.warehouse.store import (
    DamagedWarehouseError,
    NotWrittenError,
    Warehouse,
    replace_rows,
)
from trellis.warehouse.tables import TABLES


def results(year: int, *scores: float) -> pl.DataFrame:
    return pl.DataFrame({"school_year": [year] * len(scores), "score": list(scores)})


def read(warehouse: Warehouse, table: str, manifest: str) -> list[float]:
    frame = warehouse.read(table, manifest)
    assert frame is not None
    return sorted(frame.collect()["score"].to_list())


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)

    manifest = warehouse.write(
        {"results": pl.concat([results(2025, 1.0), results(2026, 2.0, 3.0)])}
    )

    assert read(warehouse, "results", manifest) == [1.0, 2.0, 3.0]
    assert [part.partition for part in warehouse.manifest(manifest).tables["results"]] == [
        "2025",
        "2026",
    ]


def test_a_table_that_was_never_written_is_none(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    manifest = warehouse.write({"results": results(2026, 1.0)})

    assert warehouse.read("other", manifest) is None
    assert warehouse.read("results", "") is None


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    manifest = warehouse.write({"results": results(2026)})

    frame = warehouse.read("results", manifest)

    assert frame is not None
    assert frame.collect().columns == ["school_year", "score"]


def test_an_old_state_stays_readable_after_a_new_one_is_written(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    old = warehouse.write({"results": results(2026, 1.0), "other": results(2026, 9.0)})

    new = warehouse.write({"results": results(2026, 2.0)}, snapshot_of=old)

    assert read(warehouse, "results", old) == [1.0]
    assert read(warehouse, "results", new) == [2.0]
    assert read(warehouse, "other", new) == [9.0]


def test_the_same_content_has_the_same_name(tmp_path: Path) -> None:
    one, other = Warehouse(tmp_path / "a"), Warehouse(tmp_path / "b")

    assert one.write({"results": results(2026, 1.0)}) == other.write(
        {"results": results(2026, 1.0)}
    )


def test_a_sweep_removes_orphans_and_leaves_what_is_kept_or_frozen(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    frozen = warehouse.write({"results": results(2026, 1.0)})
    warehouse.freeze(frozen)
    warehouse.write({"results": results(2026, 2.0)})
    current = warehouse.write({"results": results(2026, 3.0)})

    assert warehouse.sweep([current]) == 2

    assert read(warehouse, "results", frozen) == [1.0]
    assert read(warehouse, "results", current) == [3.0]
    assert len(list(tmp_path.glob("manifests/*"))) == 2


def test_a_changed_file_or_manifest_is_noticed(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    manifest = warehouse.write({"results": results(2026, 1.0)})
    file = next(tmp_path.glob("tables/*/*"))
    file.write_bytes(file.read_bytes() + b"x")

    with pytest.raises(DamagedWarehouseError, match="results"):
        warehouse.verify(manifest)
    with pytest.raises(DamagedWarehouseError, match="results"):
        warehouse.freeze(manifest)
    with pytest.raises(DamagedWarehouseError, match="not there"):
        warehouse.manifest("0" * 64)


def test_new_rows_replace_the_old_rows_that_they_name_and_no_others() -> None:
    old = pl.concat([results(2025, 1.0), results(2026, 2.0, 3.0)]).lazy()

    both = replace_rows(old, results(2026, 4.0), ("school_year",))

    assert sorted(both["score"].to_list()) == [1.0, 4.0]


def test_nothing_but_named_files_is_ever_left(tmp_path: Path) -> None:
    Warehouse(tmp_path).write({"results": results(2026, 1.0)})

    assert not list(tmp_path.glob(".aside-*"))


TESTS = "assessment_results"


def of_term(year: int, term: str, *scores: float) -> pl.DataFrame:
    schema = TABLES[TESTS].schema
    rows = {
        "school_year": [year] * len(scores), "term": [term] * len(scores),
        "subject": ["math"] * len(scores), "scale_score": list(scores),
    }  # fmt: skip
    missing = {name: [None] * len(scores) for name in schema if name not in rows}
    return pl.DataFrame(rows | missing, schema_overrides=schema).select(*schema)


Partition = tuple[tuple[object, ...], Iterator[pl.DataFrame]]


def partition(*frames: pl.DataFrame) -> Partition:
    return frames[0].select(TABLES[TESTS].split).row(0), iter(frames)


def scores(warehouse: Warehouse, manifest: str) -> list[float]:
    frame = warehouse.read(TESTS, manifest)
    assert frame is not None
    return frame.collect()["scale_score"].to_list()


def test_a_partition_takes_the_place_of_the_one_of_the_same_values_alone(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    fall, winter = of_term(2026, "fall", 1.0, 2.0), of_term(2026, "winter", 3.0)
    old = warehouse.write({}, partitions={TESTS: [partition(fall), partition(winter)]})
    kept = {p.partition: p for p in warehouse.manifest(old).tables[TESTS]}

    again = of_term(2026, "fall", 4.0)
    new = warehouse.write({}, partitions={TESTS: [partition(again)]}, snapshot_of=old)

    assert scores(warehouse, old) == [1.0, 2.0, 3.0]
    assert scores(warehouse, new) == [4.0, 3.0]
    parts = {p.partition: p for p in warehouse.manifest(new).tables[TESTS]}
    assert list(parts) == ["2026/fall/math/", "2026/winter/math/"]
    assert parts["2026/winter/math/"] == kept["2026/winter/math/"]


def test_a_table_that_was_split_by_year_alone_is_split_further(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    whole = pl.concat([of_term(2026, "fall", 1.0), of_term(2026, "winter", 2.0)])
    old = warehouse.write({TESTS: whole})

    again = of_term(2026, "fall", 4.0)
    new = warehouse.write({}, partitions={TESTS: [partition(again)]}, snapshot_of=old)

    assert scores(warehouse, new) == [4.0, 2.0]


def test_files_from_before_tests_had_names_are_tests_without_a_name_and_stay_as_they_are(
    tmp_path: Path,
) -> None:
    warehouse = Warehouse(tmp_path)
    parts = []
    for term, score in (("fall", 1.0), ("winter", 2.0)):
        frame = of_term(2026, term, score).drop("test")
        (part,) = warehouse._pieces(TESTS, f"2026/{term}/math", [frame])
        parts.append(part)
    old = warehouse._put_manifest({TESTS: tuple(parts)})

    named = of_term(2026, "fall", 4.0).with_columns(test=pl.lit("Growth/2"))
    new = warehouse.write({}, partitions={TESTS: [partition(named)]}, snapshot_of=old)
    again = warehouse.write(
        {}, partitions={TESTS: [partition(of_term(2026, "fall", 5.0))]}, snapshot_of=new
    )

    assert scores(warehouse, old) == [1.0, 2.0]
    assert scores(warehouse, new) == [1.0, 4.0, 2.0]
    assert scores(warehouse, again) == [5.0, 4.0, 2.0]
    after = {p.partition: p.path for p in warehouse.manifest(again).tables[TESTS]}
    assert list(after) == ["2026/fall/math/", "2026/fall/math/Growth%2F2", "2026/winter/math/"]
    assert after["2026/winter/math/"] == parts[1].path


def test_a_large_partition_becomes_several_files_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PART_ROWS", 4)
    warehouse = Warehouse(tmp_path)
    frames = [of_term(2026, "fall", *(float(i) for i in range(n, n + 3))) for n in (0, 3, 6)]

    manifest = warehouse.write({}, partitions={TESTS: [partition(*frames)]})

    assert [p.rows for p in warehouse.manifest(manifest).tables[TESTS]] == [4, 4, 1]
    assert scores(warehouse, manifest) == [float(i) for i in range(9)]


def test_merging_small_files_keeps_every_row_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path)
    frames = [of_term(2026, "fall", *(float(i) for i in range(n, n + 3))) for n in (0, 3, 6)]
    winter = of_term(2026, "winter", 1.0)
    with monkeypatch.context() as patch:
        patch.setattr(store, "PART_ROWS", 2)
        parts = {TESTS: [partition(*frames), partition(winter)]}
        many = warehouse.write({}, partitions=parts)

    few = warehouse.compact(many)

    before, after = warehouse.read(TESTS, many), warehouse.read(TESTS, few)
    assert before is not None
    assert after is not None
    assert after.collect().equals(before.collect())
    assert [len(warehouse.manifest(m).tables[TESTS]) for m in (many, few)] == [6, 2]
    assert warehouse.compact(few) == few
    assert scores(warehouse, many) == scores(warehouse, few)


def test_each_damage_is_told(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    manifest = warehouse.write({"results": results(2026, 1.0), "other": results(2026, 9.0)})
    lost, changed = sorted(tmp_path.glob("tables/*/*"))
    lost.unlink()
    changed.write_bytes(b"PAR1")

    damages = list(warehouse.damages(manifest))

    assert [damage.split(" ")[3] for damage in damages] == ["other", "results"]
    assert damages[0].endswith("was lost.")
    assert damages[1].endswith("was changed.")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "may not write")]
)
def test_what_the_disk_does_not_take_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    warehouse = Warehouse(tmp_path)
    current = warehouse.write({"results": results(2026, 1.0)})

    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(store.os, "fsync", full)
        with pytest.raises(NotWrittenError, match=f"nothing was changed. .*{said}"):
            warehouse.write({"results": results(2026, 2.0)}, snapshot_of=current)

    assert not list(tmp_path.glob(".aside-*"))
    assert read(warehouse, "results", current) == [1.0]
    assert warehouse.orphans([current]) == []
