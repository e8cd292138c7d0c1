"""Pack rows: a cell is the place of its text among the distinct texts of its column.

Most cells of a large file repeat: a year, a term, a student. Each distinct text is checked and
typed once, however often it stands.
"""

from collections.abc import Mapping, Sequence, Set

import numpy as np
import polars as pl

from trellis.interchange.checking import Checked, check
from trellis.interchange.columns import Column, FileSpec
from trellis.interchange.csv_text import ROW, CsvText
from trellis.interchange.problems import refuses

COMMA = 44
# A column is looked up run by run where its runs are as long as this at its beginning.
BEGINNING, LEAST_RUN = 1_000, 20
# The quick reader would take a number behind a blank; the ordinary check does not.
BLANK_FIRST = (b", ", b",\t", b"\n ", b"\n\t")


class Words:
    """The distinct texts of one column, in the order in which they were met."""

    def __init__(self, column: Column, known: Set[str] | None) -> None:
        self.column = column
        self.known = known
        # A dictionary of its own, which grows from block to block and goes with this object.
        self.kind = pl.Categorical(pl.Categories.random())
        # Polars forgets a dictionary when no column uses it any more; this one does.
        self._user = pl.Series([], dtype=self.kind)
        self.values = _checked(column, pl.Series([], dtype=pl.String)).rows[column.name]
        # Texts that were met and are not checked yet, and how many were met in all.
        self._new: list[pl.Series] = []
        self._met = 0
        # A later block may hold the same bad text, and be read ahead before anybody looks closely.
        self.sound = True

    def learn(self) -> bool:
        """Check and type what was met since the last time; return whether all so far is sound."""
        if not self._new:
            return self.sound
        new = pl.concat(self._new)
        self._new.clear()
        checked = _checked(self.column, new)
        self.values = pl.concat([self.values, checked.rows[self.column.name]])
        known = self.known is None or set(new.to_list()) <= self.known
        self.sound = self.sound and known and not refuses(checked.problems)
        return self.sound

    def places(self, texts: pl.Series) -> pl.Series:
        """Return the places of texts; empty cells stay empty."""
        if texts.head(BEGINNING).rle().len() * LEAST_RUN > min(texts.len(), BEGINNING):
            return self._placed(texts)
        # A year or a subject stands in many rows that follow each other: it is looked up once.
        runs = texts.rle().struct
        places = self._placed(runs.field("value"))
        return places.gather(np.repeat(np.arange(len(places)), runs.field("len").to_numpy()))

    def _placed(self, texts: pl.Series) -> pl.Series:
        places = texts.cast(self.kind).to_physical()
        new = pl.DataFrame({"place": places, "text": texts}).filter(pl.col("place") >= self._met)
        if new.height:
            in_order = new.unique("place").sort("place")
            self._new.append(in_order["text"])
            self._met += in_order.height
        return places


class Numbers:
    """One column of numbers: the least and the greatest were checked, so all between are sound."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._least, self._greatest = float("inf"), float("-inf")

    def sound(self, numbers: pl.Series) -> bool:
        there = numbers.drop_nulls()
        if not len(there):
            return True
        least, greatest = there.min(), there.max()
        if not isinstance(least, float) or not isinstance(greatest, float):
            return False
        if not there.is_finite().all():
            return False
        if self._least <= least and greatest <= self._greatest:
            return True
        ends = pl.Series([least, greatest]).cast(pl.String)
        if refuses(_checked(self.column, ends).problems):
            return False
        self._least, self._greatest = min(least, self._least), max(greatest, self._greatest)
        return True


def pack_sound(
    block: bytes,
    records: int,
    header: Sequence[str],
    columns: Sequence[Column],
    words: Mapping[str, Words],
    numbers: Mapping[str, Numbers],
) -> pl.DataFrame | None:
    """Pack a block on the assumption that it is sound; None where anything speaks against it."""
    if not _plain(block, records * (len(header) - 1)):
        return None
    kinds = {name: pl.String() if name in words else pl.Float64() for name in header}
    try:
        rows = pl.read_csv(block, has_header=False, schema=kinds, low_memory=False)
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if rows.height != records:
        return None
    missing = [c.name for c in columns if c.required and rows[c.name].null_count()]
    rows = rows.with_columns(
        words[name].places(rows[name]).alias(name) for name in header if name in words
    )
    # A list, so that every column learns its texts whatever another column says.
    learned = [one.learn() for one in words.values()]
    if missing or not all(learned):
        return None
    if not all(one.sound(rows[name]) for name, one in numbers.items() if name in header):
        return None
    return rows.select(c.name for c in columns if c.name in header)


def _plain(block: bytes, commas: int) -> bool:
    """Tell whether one line is one record, and every record has all its cells."""
    if b'"' in block or b"\x00" in block:
        return False
    if (b" " in block or b"\t" in block) and any(blank in block for blank in BLANK_FIRST):
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return False
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == COMMA)) == commas


def _checked(column: Column, texts: pl.Series) -> Checked:
    rows = pl.DataFrame({ROW: np.arange(len(texts)), column.name: texts})
    return check(CsvText((column.name,), rows), FileSpec(column.name, (column,)), "")
