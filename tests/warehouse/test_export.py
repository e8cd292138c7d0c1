"""An analyst takes tables away as files: whole, described, and harmless in a spreadsheet."""

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from trellis.warehouse.dictionary import ABOUT, COLUMNS, described, provenance
from trellis.warehouse.export import CannotExportError, Format, export
from trellis.warehouse.store import Warehouse
from trellis.warehouse.tables import PROVENANCE, TABLES


def warehouse(root: Path) -> tuple[Warehouse, str]:
    kept = Warehouse(root)
    schema = TABLES["costs"].schema
    texts = ["=HYPERLINK()", "-1 to +1", "staff, and others", None]
    rows = {"school_year": [2025, 2026, 2026, 2026], "ingredient": texts, "quantity": [-1.5] * 4}
    missing = {name: [None] * 4 for name in schema if name not in rows}
    frame = pl.DataFrame(rows | missing, schema_overrides=schema).select(*schema)
    return kept, kept.write({"costs": frame})


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_tables_are_written_with_their_hashes_and_a_description_of_each_column(
    tmp_path: Path, format: Format
) -> None:
    kept, manifest = warehouse(tmp_path / "w")
    folder = tmp_path / "out"

    (done,) = export(kept, manifest, folder, tables=["costs"], format=format)

    said = json.loads((folder / "manifest.json").read_text())
    digest = hashlib.sha256((folder / f"costs.{format}").read_bytes()).hexdigest()
    assert said["state"] == manifest
    assert said["files"] == {f"costs.{format}": {"rows": 4, "sha256": digest}}
    assert (done.rows, done.sha256) == (4, digest)
    readme = (folder / "README.md").read_text()
    assert all(f"`{column}`" in readme for column in TABLES["costs"].schema)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "w"]


def test_parquet_is_the_table_to_the_bit(tmp_path: Path) -> None:
    kept, manifest = warehouse(tmp_path / "w")

    export(kept, manifest, tmp_path / "out", tables=["costs"], format="parquet")

    rows = kept.read("costs", manifest)
    assert rows is not None
    assert pl.read_parquet(tmp_path / "out" / "costs.parquet").equals(rows.collect())


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path) -> None:
    kept, manifest = warehouse(tmp_path / "w")

    export(kept, manifest, tmp_path / "out", tables=["costs"], format="csv")

    rows = pl.read_csv(tmp_path / "out" / "costs.csv")
    assert rows["ingredient"].to_list() == [
        "'=HYPERLINK()", "'-1 to +1", "staff, and others", None
    ]  # fmt: skip
    assert rows["quantity"].to_list() == [-1.5] * 4  # a number is no formula


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    kept, manifest = warehouse(tmp_path / "w")
    there = tmp_path / "out"
    there.mkdir()

    with pytest.raises(CannotExportError, match="is there already"):
        export(kept, manifest, there, tables=["costs"], format="csv")
    with pytest.raises(CannotExportError, match="no table lunches"):
        export(kept, manifest, tmp_path / "new", tables=["costs", "lunches"], format="csv")

    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "w"]
    assert not list(there.iterdir())


def test_every_table_and_column_is_described() -> None:
    columns = {column for table in TABLES.values() for column in table.columns} | set(PROVENANCE)

    assert set(ABOUT) == set(TABLES)
    assert set(COLUMNS) == columns


def test_the_reference_says_what_every_column_holds() -> None:
    reference = (Path(__file__).parents[2] / "docs/reference/warehouse.md").read_text()

    assert provenance() in reference
    assert described(TABLES).replace("## ", "### ").strip() in reference
