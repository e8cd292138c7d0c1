"""Turn the bytes of a CSV file into a frame of text with the place of each row."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from trellis.interchange.problems import Problem, Severity, shorten
from trellis.interchange.records import LONGEST_RECORD, endless

ROW = "row"
BOM = b"\xef\xbb\xbf"
NOT_TEXT = "csv.not_text"
BARE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV file as text: its header, its cells (empty = null) and its problems.

    Attributes
    ----------
    header : column names as they stand in the first row.
    rows : one text column per distinct header name and the column `row`.
    records : rows that hold anything below the header, also those that could not be split.
    plain : True if no cell holds a line break.
    lost : first cells of the rows that could not be split: what they most likely are called.
    line_end : what ends a row, as the header has it.
    """

    header: tuple[str, ...] = ()
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    problems: tuple[Problem, ...] = ()
    records: int = 0
    plain: bool = True
    line_end: str = "\n"
    lost: frozenset[str] = frozenset()


def read_csv_text(data: bytes, file: str) -> CsvText:
    """Split a CSV file into cells; what cannot be split is a problem, never an exception."""
    notices: list[Problem] = []
    if data.startswith(BOM):
        data = data[len(BOM) :]
        notices.append(_bom(file))
    encoding = _encoding_problem(data, file)
    if encoding:
        return _unreadable(encoding, data)
    if not data.strip():
        return _unreadable(_empty(file), data)
    if endless(data):
        return _unreadable(endless_problem(file, 0), data)
    try:
        header = tuple(next(csv.reader(io.StringIO(_first_line(data)), strict=True)))
    except (csv.Error, StopIteration):
        return _unreadable(_open_quote(file, 1), data)
    named, blank = _without_blank_end(header)
    if len(set(named)) < len(named) or "" in named:
        problems = (*notices, _header_names(file, named))
        return CsvText(header, problems=problems, records=_lines_below(data))
    text = _split(data, header, blank, file)
    if blank:
        notices.append(_blank_columns(file, blank))
        text = _dropping(text, named, file)
    end = "\r\n" if data.find(b"\r\n") == data.find(b"\n") - 1 >= 0 else "\n"
    return replace(text, problems=(*notices, *text.problems), line_end=end)


def _split(data: bytes, header: tuple[str, ...], blank: int, file: str) -> CsvText:
    names = (*header[: len(header) - blank], *(f"\0{i}" for i in range(blank)))
    rows = None if blank else _fast(data, header)
    if rows is not None:
        return CsvText(header, rows, records=rows.height)
    return _slow(data.decode("utf-8"), names, file)


def _first_line(data: bytes) -> str:
    end = min((i for i in (data.find(b"\n"), data.find(b"\r")) if i >= 0), default=len(data))
    return data[:end].decode("utf-8")


def _without_blank_end(header: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """Cut the columns without a name at the end, which spreadsheets like to leave behind."""
    named = len(header)
    while named and not header[named - 1].strip():
        named -= 1
    return header[:named], len(header) - named


def _dropping(text: CsvText, named: tuple[str, ...], file: str) -> CsvText:
    """Drop the columns without a name; a cell that stands in one of them is a problem."""
    blank = [name for name in text.rows.columns if name.startswith("\0")]
    filled = text.rows.filter(pl.any_horizontal(pl.col(blank).is_not_null()))
    stray = tuple(
        Problem(
            file, row, "", shorten(", ".join(cell for cell in cells if cell)),
            "no cell in a column without a name", "Name the column, or empty the cell.",
            "row.unnamed_column",
        )
        for row, *cells in filled.select(ROW, *blank).iter_rows()
    )  # fmt: skip
    rows = text.rows.drop(blank)
    return replace(text, header=named, rows=rows, problems=(*text.problems, *stray))


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


def _slow(text: str, names: tuple[str, ...], file: str) -> CsvText:
    """Read record by record: one record is one row, whatever line breaks stand in its cells."""
    cells: list[list[str | None]] = []
    places: list[int] = []
    problems = _bare_returns(text, file)
    lost: list[str] = []
    for place, record, error in _records(io.StringIO(text, newline="").readlines()):
        if error:
            problems.append(_cannot_split(error, file, place))
            lost += record[:1]
        elif place == 1 or not any(record):
            continue
        elif len(record) == len(names):
            cells.append([cell or None for cell in record])
            places.append(place)
        else:
            problems.append(_width(file, place, len(record), len(names)))
            lost += record[:1]
    rows = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")
    rows = rows.with_columns(pl.Series(ROW, places, dtype=pl.Int64))
    return CsvText(
        names, rows, tuple(problems), len(places) + len(lost), plain=False, lost=frozenset(lost)
    )


def _records(lines: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """Yield the row of each record, its cells, and why it cannot be split, if so.

    After a line that cannot be split the next one is read anew: an open quote costs one row, not
    all that follow it.
    """
    row = begins = 0
    while begins < len(lines):
        reader = csv.reader((lines[i] for i in range(begins, len(lines))), strict=True)
        done = 0
        try:
            for record in reader:
                row, done = row + 1, reader.line_num
                yield row, record, ""
            return
        except csv.Error as error:
            row += 1
            open_quote = "end of data" in str(error) or reader.line_num > done + 1
            cells = lines[begins + done].rstrip("\r\n").split(",")
            yield row, cells, "open" if open_quote else str(error)
        begins += done + 1


def _unreadable(problem: Problem, data: bytes) -> CsvText:
    return CsvText(problems=(problem,), records=_lines_below(data))


def _lines_below(data: bytes) -> int:
    """Count the lines below the header that hold anything, where records cannot be told apart."""
    return sum(bool(line.strip(b', \t"\x00')) for line in data.splitlines()[1:])


# what can be wrong -----------------------------------------------------------------------


def _encoding_problem(data: bytes, file: str) -> Problem | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        where = data.find(b"\x00")
        return Problem(
            file, _row_of(data, max(where, 0)), "", "bytes that are not text",
            "a CSV file in UTF-8", "Save the file again as “CSV UTF-8”.", NOT_TEXT,
        )  # fmt: skip
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        around = data[start : error.end + 10].split(b"\n")[0].decode("latin-1")
        return Problem(
            file, _row_of(data, error.start), "", shorten(around), "text in UTF-8",
            "The file seems to be in an older encoding (Latin-1 or Windows-1252): "
            "open it in a spreadsheet and save it as “CSV UTF-8”.", "csv.encoding",
        )  # fmt: skip
    return None


def _row_of(data: bytes, position: int) -> int:
    """Return the row of a byte: one more than the line ends before it that stand in no cell."""
    outside = data[:position].split(b'"')[::2]
    return sum(part.count(b"\n") for part in outside) + 1


def endless_problem(file: str, row: int) -> Problem:
    """Refuse a file with a line that is longer than any honest one."""
    return Problem(
        file, row, "", f"a line of more than {LONGEST_RECORD:,} bytes",
        "lines that end", "Look for a quote that is not closed in this line, or export the file "
        "as CSV again. What follows was not read.", "csv.endless_line",
    )  # fmt: skip


def _bom(file: str) -> Problem:
    return Problem(
        file, 1, "", "a byte order mark", "plain UTF-8",
        "It was read past; there is nothing to do.", "csv.byte_order_mark", Severity.NOTICE,
    )  # fmt: skip


def _bare_returns(text: str, file: str) -> list[Problem]:
    """Say once where the first stands: a file from an old Mac has one at the end of each row."""
    found = BARE_RETURN.findall(text)
    if not found:
        return []
    before = text[: BARE_RETURN.search(text).start()].encode()  # type: ignore[union-attr]  # found above
    times = "one" if len(found) == 1 else f"{len(found):,}"
    return [
        Problem(
            file, _row_of(before, len(before)), "", f"{times} without a line feed",
            "line feeds, or carriage returns followed by a line feed",
            "It was read as a line break. Save the file with the line ends of Windows or Unix.",
            "csv.bare_carriage_return", Severity.NOTICE,
        )
    ]  # fmt: skip


def _empty(file: str) -> Problem:
    return Problem(
        file, 1, "", "", "a header row",
        "Export the file again, or leave it out if there is nothing to bring.", "csv.empty_file",
    )  # fmt: skip


def _header_names(file: str, header: tuple[str, ...]) -> Problem:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        return Problem(
            file, 1, twice[0], ", ".join(twice), "each column named once",
            "Keep one of the columns of this name.", "header.duplicate_column",
        )  # fmt: skip
    return Problem(
        file, 1, "", "a column without a name", "a name for each column",
        "Name the column, or remove it.", "header.unnamed_column",
    )  # fmt: skip


def _blank_columns(file: str, blank: int) -> Problem:
    found = "a column without a name" if blank == 1 else f"{blank} columns without a name"
    return Problem(
        file, 1, "", f"{found} at the end", "a name for each column",
        "They were read past. Remove them where the file is made.", "header.blank_at_end",
        Severity.NOTICE,
    )  # fmt: skip


def _width(file: str, row: int, found: int, expected: int) -> Problem:
    return Problem(
        file, row, "", f"{found} cells", f"{expected} cells, as in the header",
        "Look for a comma that is missing or too many; "
        "put double quotes around cells that contain a comma.", "csv.row_width_mismatch",
    )  # fmt: skip


def _cannot_split(error: str, file: str, row: int) -> Problem:
    if "field limit" in error:
        return Problem(
            file, row, "", f"a cell of more than {csv.field_size_limit():,} characters",
            "cells of ordinary length",
            "Shorten the cell, or look for a quote that is never closed.",
            "csv.cell_too_long",
        )  # fmt: skip
    if error == "open":
        return _open_quote(file, row)
    return Problem(
        file, row, "", "a double quote inside a cell", "quotes around whole cells, doubled inside",
        "Write it twice and put the whole cell into quotes.", "csv.stray_quote",
    )  # fmt: skip


def _open_quote(file: str, row: int) -> Problem:
    return Problem(
        file, row, "", "a double quote that is never closed",
        "quotes around whole cells, doubled inside",
        "Close the quote, or write it twice inside a quoted cell.",
        "csv.unclosed_quote",
    )  # fmt: skip
