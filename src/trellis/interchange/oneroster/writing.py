"""Write a bundle so that the same rows give the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import polars.selectors as cs

from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster import manifest
from trellis.interchange.oneroster.model import Bundle

# A zip must carry a time; this one is the earliest a zip can say.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Whole numbers up to here are exact as floating point, and are written without a point.
EXACT = 2**53


def write(bundle: Bundle, path: Path) -> None:
    """Write a bundle as an archive (`*.zip`) or into a folder, in the version it was read in.

    Reading it back gives an equal bundle, and writing that one gives the same bytes.
    """
    members = as_files(bundle)
    if path.suffix.lower() == ".zip":
        write_zip(path, members)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, content in members.items():
        (path / name).write_bytes(content)


def as_files(bundle: Bundle) -> dict[str, bytes]:
    """Return the files of a bundle: the manifest first, then the tables by name."""
    end = bundle.line_end
    files = {manifest.NAME: _csv(_manifest(bundle), end)}
    for name in sorted(bundle.tables):
        files[f"{name}.csv"] = as_csv(bundle.tables[name].drop(ROW, strict=False), line_end=end)
    return files


def as_csv(table: pl.DataFrame, *, line_end: str = "\r\n") -> bytes:
    """Return a table as CSV: UTF-8, RFC 4180, empty for what is not known."""
    return _csv(
        table.with_columns(
            pl.col(pl.Boolean).cast(pl.String),
            pl.col(pl.List(pl.String)).list.join(","),
            cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"),
            cs.float().map_batches(_plainly, return_dtype=pl.String),
        ),
        line_end,
    )


def write_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Write a zip whose bytes depend on its members alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as bundle:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            bundle.writestr(info, content)


def _plainly(numbers: pl.Series) -> pl.Series:
    """Write 5 for 5.0, and every other number with the digits it takes to read it back."""
    number = pl.col(numbers.name)
    whole = (number == number.round()) & (number.abs() <= EXACT)
    return (
        numbers.to_frame()
        .select(
            pl.when(whole)
            .then(number.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(number.cast(pl.String))
        )
        .to_series()
    )


def _csv(table: pl.DataFrame, line_end: str) -> bytes:
    buffer = io.BytesIO()
    blank = table.with_columns(pl.col(pl.String).replace("", None))
    blank.write_csv(buffer, line_terminator=line_end, quote_style="necessary")
    return buffer.getvalue()


def _manifest(bundle: Bundle) -> pl.DataFrame:
    rows = [("manifest.version", "1.0"), ("oneroster.version", str(bundle.version))]
    rows += [
        (f"file.{name}", str(bundle.modes[name])) for name in sorted(bundle.modes, key=str.lower)
    ]
    rows += list(bundle.properties.items())
    return pl.DataFrame(rows, schema=["propertyName", "value"], orient="row")
