"""Turn the bytes of a CSV file into a frame of text with the place of each row."""

import csv
import io
from dataclasses import dataclass

import polars as pl

from trellis.interchange.problems import Problem, Severity, shorten

ROW = "row"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV file as text: its header, its cells (empty = null) and its problems.

    Attributes
    ----------
    header : column names as they stand in the first row.
    rows : one text column per distinct header name and the column `row`.
    """

    header: tuple[str, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...] = ()


def read_csv_text(data: bytes, file: str) -> CsvText:
    """Split a CSV file into cells; what cannot be split is a problem, never an exception."""
    notices: list[Problem] = []
    if data.startswith(BOM):
        data = data[len(BOM) :]
        notices.append(_bom(file))
    encoding = _encoding_problem(data, file)
    if encoding:
        return _unreadable(encoding)
    if not data.strip():
        return _unreadable(_empty(file))
    try:
        header = tuple(next(csv.reader(io.StringIO(_first_line(data)), strict=True)))
    except (csv.Error, StopIteration):
        return _unreadable(_quote_problem(file, 1))
    if len(set(header)) < len(header) or "" in header:
        return CsvText(header, pl.DataFrame(), (*notices, _header_names(file, header)))
    rows = _fast(data, header)
    if rows is not None:
        return CsvText(header, rows, tuple(notices))
    rows, problems = _slow(data.decode("utf-8"), header, file)
    return CsvText(header, rows, (*notices, *problems))


def _first_line(data: bytes) -> str:
    end = min((i for i in (data.find(b"\n"), data.find(b"\r")) if i >= 0), default=len(data))
    return data[:end].decode("utf-8")


def _fast(data: bytes, header: tuple[str, ...]) -> pl.DataFrame | None:
    """Read with polars when one line is one row and every row has all its commas.

    Polars pads short rows in silence, so the commas are counted; anything that is
    out of the ordinary is left to the slow reader, which counts records.
    """
    if data.count(b"\r") != data.count(b"\r\n"):
        return None
    try:
        rows = pl.read_csv(io.BytesIO(data), infer_schema=False)
    except (pl.exceptions.PolarsError, ValueError):
        return None
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if tuple(rows.columns) != header or rows.height + 1 != lines:
        return None
    inside = 0
    if b'"' in data:
        inside = int(
            rows.select(pl.sum_horizontal(pl.all().str.count_matches(",", literal=True)).sum())
            .fill_null(0)
            .item()
        )
        inside += sum(name.count(",") for name in header)
    if data.count(b",") - inside != (rows.height + 1) * (len(header) - 1):
        return None
    if rows.height and rows.select(pl.all_horizontal(pl.all().is_null()).any()).item():
        return None
    return rows.with_columns(
        pl.all().replace({"": None}), pl.int_range(2, rows.height + 2, dtype=pl.Int64).alias(ROW)
    )


def _slow(text: str, header: tuple[str, ...], file: str) -> tuple[pl.DataFrame, list[Problem]]:
    """Read record by record: one record is one row, whatever line breaks stand in its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells: list[list[str | None]] = []
    places: list[int] = []
    problems: list[Problem] = []
    place = 0
    try:
        for place, row in enumerate(reader, start=1):
            if place > 1 and any(row):
                if len(row) == len(header):
                    cells.append([cell or None for cell in row])
                    places.append(place)
                else:
                    problems.append(_width(file, place, len(row), len(header)))
    except csv.Error:
        problems.append(_quote_problem(file, place + 1))
    schema = dict.fromkeys(header, pl.String)
    rows = pl.DataFrame(cells, schema=schema, orient="row")
    return rows.with_columns(pl.Series(ROW, places, dtype=pl.Int64)), problems


def _unreadable(problem: Problem) -> CsvText:
    return CsvText((), pl.DataFrame(), (problem,))


def _encoding_problem(data: bytes, file: str) -> Problem | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        where = data.find(b"\x00")
        return Problem(
            file, data.count(b"\n", 0, max(where, 0)) + 1, "", "bytes that are not text",
            "a CSV file in UTF-8", "Save the file again as “CSV UTF-8”.", "csv.not_text",
        )  # fmt: skip
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        around = data[start : error.end + 10].split(b"\n")[0].decode("latin-1")
        return Problem(
            file, data.count(b"\n", 0, error.start) + 1, "", shorten(around), "text in UTF-8",
            "The file seems to be in an older encoding (Latin-1 or Windows-1252): "
            "open it in a spreadsheet and save it as “CSV UTF-8”.", "csv.encoding",
        )  # fmt: skip
    return None


def _bom(file: str) -> Problem:
    return Problem(
        file, 1, "", "a byte order mark", "plain UTF-8",
        "It was read past; there is nothing to do.", "csv.byte_order_mark", Severity.NOTICE,
    )  # fmt: skip


def _empty(file: str) -> Problem:
    return Problem(
        file, 1, "", "", "a header line",
        "Export the file again, or leave it out if there is nothing to bring.", "csv.empty_file",
    )  # fmt: skip


def _header_names(file: str, header: tuple[str, ...]) -> Problem:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    found = ", ".join(twice) if twice else "a column without a name"
    return Problem(
        file, 1, twice[0] if twice else "", found, "each column named once",
        "Name each column once and remove columns without a name.", "header.duplicate_column",
    )  # fmt: skip


def _width(file: str, row: int, found: int, expected: int) -> Problem:
    return Problem(
        file, row, "", f"{found} cells", f"{expected} cells, as in the header",
        "Look for a comma that is missing or too many; "
        "put double quotes around cells that contain a comma.", "csv.row_width_mismatch",
    )  # fmt: skip


def _quote_problem(file: str, row: int) -> Problem:
    return Problem(
        file, row, "", "a double quote that is not closed or stands inside a cell",
        "quotes around whole cells, doubled inside",
        "Close the quote, or write it twice inside a quoted cell.", "csv.unclosed_quote",
    )  # fmt: skip
