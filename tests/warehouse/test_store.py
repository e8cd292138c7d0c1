"""The warehouse shows the old state or the new one, and a frozen state for good."""

from pathlib import Path

import polars as pl
import pytest

from trellis.warehouse.store import DamagedWarehouseError, Warehouse, replace_rows


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
