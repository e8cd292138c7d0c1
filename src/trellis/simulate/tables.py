"""Write tables to files so that the same rows give the same bytes."""

import io
from collections.abc import Mapping, Sequence

import polars as pl

Columns = Mapping[str, Sequence[object] | pl.Series]


def table(header: str, columns: Columns) -> pl.DataFrame:
    """Make a table with exactly the columns of a header; a missing one stays empty."""
    length = max((len(values) for values in columns.values()), default=0)
    unknown = set(columns) - set(header.split(","))
    if unknown:
        raise ValueError(f"columns {sorted(unknown)} are not in the header {header}")
    blank = pl.Series([None] * length, dtype=pl.String)
    return pl.DataFrame(
        {
            name: pl.Series(columns[name], strict=False) if name in columns else blank
            for name in header.split(",")
        }
    )


def from_rows(header: str, rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Make a table of tuples that are in the order of a header."""
    names = header.split(",")
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    columns = zip(*rows, strict=True)
    return pl.DataFrame(
        {name: pl.Series(list(c), strict=False) for name, c in zip(names, columns, strict=True)}
    )


def as_bytes(frame: pl.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8, RFC 4180, empty for what is not known."""
    buffer = io.BytesIO()
    frame.with_columns(
        pl.col(pl.String).replace("", None), pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    ).write_csv(buffer, line_terminator="\r\n", quote_style="necessary")
    return buffer.getvalue()
