"""Copy tables of the warehouse into a folder, for an analyst's own tools."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from trellis.warehouse.dictionary import described, provenance
from trellis.warehouse.store import Warehouse

Format = Literal["parquet", "csv"]
# A spreadsheet runs a cell that begins so; an apostrophe in front makes it text.
RUNS = r"^(\s*[=+\-@])"

README = """# Tables of Trellis

State `{manifest}` of the warehouse. Persons and sections are pseudonyms: they join the tables,
and only the installation that they come from can tell whom they stand for. Keep this folder as
you would keep the students' records themselves: rows about few people can give somebody away
without a name.

`manifest.json` names each file with its rows and its SHA-256.{neutralized}

Every table also says where each row came from:

{provenance}

{tables}"""
NEUTRALIZED = """
Texts that a spreadsheet would run (they begin with =, +, - or @) have an apostrophe in front."""


class CannotExportError(Exception):
    """An export cannot be made; its message is for people."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One file of an export."""

    file: str
    rows: int
    sha256: str


def export(
    warehouse: Warehouse, manifest: str, folder: Path, *, tables: Iterable[str], format: Format
) -> list[Exported]:
    """Write tables as they stand in a manifest; the folder is there whole or not at all."""
    if folder.exists():
        raise CannotExportError(f"{folder} is there already. Name a folder that is not there yet.")
    aside = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        done = [_table(warehouse, manifest, aside, name, format) for name in tables]
        said = {
            "state": manifest,
            "files": {one.file: {"rows": one.rows, "sha256": one.sha256} for one in done},
        }
        (aside / "manifest.json").write_text(json.dumps(said, indent=1) + "\n")
        readme = README.format(
            manifest=manifest, neutralized=NEUTRALIZED if format == "csv" else "",
            provenance=provenance(), tables=described(tables),
        )  # fmt: skip
        (aside / "README.md").write_text(readme)
        aside.rename(folder)
    except OSError as error:
        raise CannotExportError(f"{folder} could not be written: {error}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return done


def _table(
    warehouse: Warehouse, manifest: str, folder: Path, name: str, format: Format
) -> Exported:
    rows = warehouse.read(name, manifest)
    path = folder / f"{name}.{format}"
    if rows is None:
        raise CannotExportError(f"There is no table {name} in the warehouse.")
    if format == "csv":
        _harmless(rows).sink_csv(path)
    else:
        rows.sink_parquet(path, compression="zstd")
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Exported(path.name, rows.select(pl.len()).collect().item(), digest)


def _harmless(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(pl.col(pl.String).str.replace(RUNS, "'$1"))
