"""Check a file of any size piece by piece, and keep its sound rows packed.

A block is first read on the assumption that it is sound. Where anything speaks against that, the
ordinary check of `columns` reads it again and says what is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Lock

import numpy as np
import numpy.typing as npt
import polars as pl

from trellis.interchange import records
from trellis.interchange.checking import check, duplicate_problem
from trellis.interchange.columns import FileSpec
from trellis.interchange.csv_text import BOM, ROW, CsvText, endless_problem, read_csv_text
from trellis.interchange.mapping import (
    ColumnMapping,
    apply_mapping,
    left_out,
    map_rows,
    tries_left_out,
)
from trellis.interchange.packing import Numbers, Words, pack_sound
from trellis.interchange.problems import Problem, Severity, refuses, shorten
from trellis.interchange.references import Ids, dangling
from trellis.interchange.sources import SourceFile
from trellis.interchange.spool import Places, Spool
from trellis.interchange.student_numbers import ByNumber
from trellis.interchange.workroom import Workroom

# A file of millions of rows can have millions of problems; so many are told one by one.
MOST_PROBLEMS = 1_000

# So many changes between groups in one block, and its rows are sorted into groups.
MOST_RUNS = 50

# The place of an empty cell among the words of its column.
EMPTY = -1

# The number of records of a block and, where it is sound, its packed rows.
Ahead = Future[tuple[int, pl.DataFrame | None]]
# After this one nobody knows any more where a record begins.
UNREADABLE = "csv.unclosed_quote"


@dataclass(frozen=True, slots=True)
class Streamed:
    """The sound rows of a file that was read piece by piece.

    Attributes
    ----------
    file : as it is shown.
    read, refused, left_out : numbers of records; the others were kept.
    words : by column, the distinct values; packed rows hold places in them.
    """

    file: str
    spec: FileSpec
    read: int
    refused: int
    problems: tuple[Problem, ...]
    words: dict[str, pl.Series]
    spool: Spool
    left_out: int = 0

    def groups(
        self, instead: Mapping[str, pl.Series] | None = None
    ) -> Iterator[tuple[tuple[object, ...], Iterator[pl.DataFrame]]]:
        """Yield the values of the columns that rows are grouped by, in order, with their rows.

        Parameters
        ----------
        instead : by column, what is returned in the place of each of its `words`.
        """
        words = {**self.words, **(instead or {})}
        named = {
            tuple(
                words[c][place] if place != EMPTY else None
                for c, place in zip(self.spec.grouped_by, places, strict=True)
            ): places
            for places in self.spool
        }  # fmt: skip
        for values in sorted(named, key=str):
            yield values, self._frames(named[values], words)

    def without(self, column: str, names: Set[str]) -> tuple["Streamed", list[Problem]]:
        """Set the rows aside that name some people or things in a column, and say so of each."""
        going = self.words[column].is_in(list(names))
        if not going.any():
            return self, []
        kept, set_aside = self.spool.parted(column, going)
        records = set_aside.unique(ROW).sort(ROW)
        told = [
            set_aside_problem(self.file, row, column, self.words[column][place])
            for row, place in records.select(ROW, column).head(MOST_PROBLEMS).iter_rows()
        ]
        return replace(self, spool=kept, refused=self.refused + records.height), told

    def _frames(self, places: Places, words: Mapping[str, pl.Series]) -> Iterator[pl.DataFrame]:
        # A function of its own: groups are taken up later, and each must keep its own places.
        for frame in self.spool.frames(places):
            yield self._unpacked(frame, places, words)

    def _unpacked(
        self, packed: pl.DataFrame, places: Places, words: Mapping[str, pl.Series]
    ) -> pl.DataFrame:
        of_group = dict(zip(self.spec.grouped_by, places, strict=True))
        columns = [packed[ROW]]
        for name in self.spec.names:
            if of_group.get(name, EMPTY) != EMPTY:
                columns.append(words[name][[of_group[name]]].new_from_index(0, packed.height))
            elif name in packed.columns and name in words:
                columns.append(words[name].gather(packed[name]))
            elif name in packed.columns:
                columns.append(packed[name])
            else:
                kind = words[name].dtype if name in words else pl.Float64()
                columns.append(pl.Series([None], dtype=kind).new_from_index(0, packed.height))
            columns[-1] = columns[-1].alias(name)
        return pl.DataFrame(columns)


def read_streamed(
    file: SourceFile,
    spec: FileSpec,
    *,
    ids: Ids,
    unknowable: Set[str],
    room: Workroom,
    mapping: ColumnMapping | None = None,
    by_number: ByNumber | None = None,
) -> Streamed:
    """Check a file block by block; problems are those that a check of the whole would find.

    Where the columns of its key after the first have few combinations of values, the rows that
    were seen are remembered by person for each, so that memory grows with people and not with
    rows. Else each group is looked through at the end.

    Parameters
    ----------
    mapping : says how to read the layout of a vendor.
    by_number : finds the students of that layout, where it does not name them by `sourcedId`.
    """
    words = {c.name: Words(c, None) for c in spec.columns if c.kind != "number"}
    numbers = {c.name: Numbers(c) for c in spec.columns if c.kind == "number"}
    for reference in spec.references:
        if reference.kind not in unknowable:
            words[reference.column].known = ids.get(reference.kind, frozenset())
    quick = mapping is None and not spec.rules and not spec.scoped

    told: set[tuple[str, str]] = set()

    def problems_between(rows: pl.DataFrame) -> Iterable[Problem]:
        for problem in dangling(rows, spec, file.shown, ids, unknowable=unknowable):
            name = problem.field, problem.found
            if problem.severity is Severity.ERROR or name not in told:
                told.add(name)  # what can be done without is said once, not once a block
                yield problem

    reading = _Reading(
        file, spec, words, numbers, Spool(room), mapping, by_number, problems_between, quick=quick
    )
    with file.open() as stream:
        reading.all(records.blocks(stream))
    return reading.done()


@dataclass(slots=True)
class _Reading:
    """The state between two blocks.

    Attributes
    ----------
    quick : blocks are tried as sound first; one bad text may stand in all that follow.
    before : records before the block, the header included.
    whole : it could be read to its end.
    twice : records with a second result of what stands in the file already.
    first : by combination of the key's columns after the first, the record of each person.
    again : the combinations in which somebody has several results, of which one will count.
    learning : held by whoever adds to the words: this block, or the next one, read ahead.
    """

    file: SourceFile
    spec: FileSpec
    words: dict[str, Words]
    numbers: dict[str, Numbers]
    spool: Spool
    mapping: ColumnMapping | None
    by_number: ByNumber | None
    problems_between: Callable[[pl.DataFrame], Iterable[Problem]]
    quick: bool
    header: tuple[str, ...] = ()
    header_line: bytes = b""
    before: int = 0
    read: int = 0
    refused: int = 0
    left_out: int = 0
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0
    refuses: bool = False
    twice: set[int] = field(default_factory=set)
    first: dict[Places, npt.NDArray[np.uint32]] = field(default_factory=dict)
    again: set[Places] = field(default_factory=set)
    learning: Lock = field(default_factory=Lock)

    def all(self, blocks: Iterator[bytes]) -> None:
        try:
            for block, ahead in self._ahead(blocks):
                self._take(block, *ahead.result())
                if not self.header:
                    return
        except records.EndlessRecordError:
            self.whole = False
            self._tell([endless_problem(self.file.shown, self.before + 1)])
        if not self.before and not self.problems:
            self._tell(read_csv_text(b"", self.file.shown).problems)

    def _ahead(self, blocks: Iterator[bytes]) -> Iterator[tuple[bytes, Ahead]]:
        """Yield blocks, each with its quick reading, while the next one is being read."""
        waiting: tuple[bytes, Ahead] | None = None
        broken: Exception | None = None
        with ThreadPoolExecutor(1) as pool:
            while True:
                try:
                    block = next(blocks)
                except StopIteration:
                    break
                except records.EndlessRecordError as error:
                    broken = error
                    break
                rest = block if self.before else self._begin(block)
                if not self.header:
                    return
                if not rest:
                    continue
                ahead = pool.submit(self._quickly, rest)
                if waiting:
                    yield waiting
                waiting = rest, ahead
            if waiting:
                yield waiting
        if broken:
            raise broken

    def done(self) -> Streamed:
        if self.spec.groups:
            self._look_for_repeats()
        if self.left_out:
            self.problems.append(left_out(self.file.shown, self.read, self.read - self.left_out))
        self._choose_tries()
        if self.untold:
            self.problems.append(_more(self.file.shown, self.untold))
        values = {name: words.values for name, words in self.words.items()}
        kept, refused = self._records()
        if not self.whole:  # nobody knows what the rest would have said
            kept, refused, self.spool = 0, self.read, self.spool.emptied()
        return Streamed(
            self.file.shown, self.spec, self.read, refused, tuple(self.problems), values,
            self.spool, self.read - refused - kept,
        )  # fmt: skip

    def _records(self) -> tuple[int, int]:
        """Count the records that are kept at least in part, and those that are refused."""
        if not self.mapping:
            refused = self.refused + len(self.twice)
            return self.read - refused, refused
        there = np.zeros(self.before + 2, np.bool_)
        for places in self.spool:
            for frame in self.spool.frames(places):
                there[frame[ROW].to_numpy()] = True
        # A record of a wide layout may bring one result and repeat another.
        return int(there.sum()), self.refused + sum(not there[row] for row in self.twice)

    def _look_for_repeats(self) -> None:
        """Find what stands in the file twice, group by group."""
        for places in list(self.spool):
            keys = [frame.select(ROW, *self._key_in(frame)) for frame in self.spool.frames(places)]
            rows = pl.concat(keys)
            key = self._key_in(rows)
            if rows.select(key).n_unique() == rows.height:
                continue
            new = rows.select(pl.struct(key).is_first_distinct()).to_series().to_numpy()
            first = pl.col(ROW).min().over(key).alias("first")
            again = rows.with_columns(first).filter(pl.Series(~new))
            self._tell(self._repeats(again.sort(ROW), key))
            self.twice.update(again[ROW].to_list())
            self.spool.keep(places, new)

    def _key_in(self, packed: pl.DataFrame) -> list[str]:
        return [name for name in self.spec.key if name in packed.columns]

    def _repeats(self, again: pl.DataFrame, key: Sequence[str]) -> Iterator[Problem]:
        for row, first, *places in again.select(ROW, "first", *key).iter_rows():
            said = [self.words[c].values[p] for c, p in zip(key, places, strict=True)]
            yield duplicate_problem(self.file.shown, row, self.spec, said, first)

    def _choose_tries(self) -> None:
        """Keep of a test that was taken again the result that counts, as the mapping says."""
        rule, dropped = self.mapping.retakes if self.mapping else "listed", 0
        for places in sorted(self.again):
            rows = pl.concat(self.spool.frames(places))
            day = self.words["tested_on"].values.gather(rows["tested_on"])
            by = ["scale_score", "day", ROW] if rule == "highest" else ["day", ROW]
            in_order = rows.with_columns(day=day).with_row_index("place").sort(by)
            best = in_order.unique(self.spec.key[0], keep="last")["place"].to_numpy()
            stays = np.zeros(rows.height, np.bool_)
            stays[best] = True
            dropped += rows.height - len(best)
            self.spool.keep(places, stays)
        if self.mapping and dropped:
            self.problems.append(tries_left_out(self.file.shown, dropped, rule))

    def _begin(self, block: bytes) -> bytes:
        """Read the header, and return what follows it."""
        line, end, rest = block.partition(b"\n")
        self.header_line = line.removeprefix(BOM) + end
        text = read_csv_text(line + end, self.file.shown)
        if self.mapping:
            text = apply_mapping(text, self.mapping, self.file.shown)
        checked = check(text, self.spec, self.file.shown)
        self._tell(checked.problems)
        self.header = () if refuses(checked.problems) else text.header
        self.before = 1
        return rest

    def _quickly(self, block: bytes) -> tuple[int, pl.DataFrame | None]:
        count = records.count(block)
        if not self.quick:
            return count, None
        with self.learning:
            packed = pack_sound(
                block, count, self.header, self.spec.columns, self.words, self.numbers
            )
        return count, packed

    def _take(self, block: bytes, count: int, packed: pl.DataFrame | None) -> None:
        if packed is None:
            with self.learning:
                packed = self._carefully(block, count)
        else:
            place = pl.int_range(self.before + 1, self.before + 1 + count, dtype=pl.Int64)
            packed = packed.with_columns(place.alias(ROW))
            self.read += count
        self._keep(packed)
        self.before += count

    def _carefully(self, block: bytes, count: int) -> pl.DataFrame:
        """Check a block as if it were a file of its own, and pack what is sound."""
        text = read_csv_text(self.header_line + block, self.file.shown)
        mapped, unnamed = self._mapped(text)
        checked = check(mapped, replace(self.spec, key=()), self.file.shown)
        problems = [*checked.problems, *unnamed, *self.problems_between(checked.rows)]
        bad = {p.row for p in problems if p.severity is Severity.ERROR}
        if not text.header or any(p.code == UNREADABLE for p in text.problems):
            self.header, self.whole = (), False  # nothing that follows can be read
        self._tell(self._in_the_file(problem) for problem in problems)
        elsewhere = len(bad) - int(text.rows[ROW].is_in(list(bad)).sum()) if text.header else count
        self.read += text.rows.height + elsewhere
        self.refused += len(bad) if text.header else count
        self.quick = False if bad else self.quick
        sound = ~pl.col(ROW).is_in(list(bad))
        typed = checked.rows.filter(sound)
        return self._packed(mapped.rows.filter(sound), typed) if typed.height else typed

    def _packed(self, texts: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
        packed = []
        for column in self.spec.columns:
            if column.name not in texts.columns:
                continue
            if column.name in self.words:
                packed.append(self.words[column.name].places(texts[column.name]))
                self.words[column.name].learn()
            else:
                packed.append(typed[column.name])
        return pl.DataFrame([*packed, typed[ROW] + (self.before - 1)])

    def _keep(self, packed: pl.DataFrame) -> None:
        """Put rows to those of their combination, but for those that were there already."""
        if not packed.height:
            return
        for places, rows in self._by_group(packed):
            if not self.spec.groups:
                rows = self._first_of_each(places, rows)
            self.spool.add(places, rows)

    def _first_of_each(self, places: Places, rows: pl.DataFrame) -> pl.DataFrame:
        again = self._seen(places, rows)
        if not again.any():
            return rows
        if self.mapping and self.mapping.retakes != "listed":
            self.again.add(places)
            return rows
        repeated = rows.filter(pl.Series(again))
        self._tell(self._duplicates(places, repeated))
        self.twice.update(repeated[ROW].to_list())
        return rows.filter(pl.Series(~again))

    def _by_group(self, packed: pl.DataFrame) -> Iterator[tuple[Places, pl.DataFrame]]:
        by = list(self.spec.grouped_by)
        columns = [self._places_in(packed, name) for name in by]
        changes = np.any([column[1:] != column[:-1] for column in columns], axis=0)
        rest = packed.drop(by, strict=False)
        if np.count_nonzero(changes) > MOST_RUNS:
            named = rest.with_columns(pl.Series(n, c) for n, c in zip(by, columns, strict=True))
            groups = named.partition_by(by, maintain_order=True, as_dict=True, include_key=False)
            yield from groups.items()
            return
        # Most files come administration by administration: then nothing is sorted, only cut.
        starts = [0, *(np.flatnonzero(changes) + 1).tolist(), packed.height]
        for start, end in pairwise(starts):
            places = tuple(int(column[start]) for column in columns)
            yield places, rest[start:end]

    @staticmethod
    def _places_in(packed: pl.DataFrame, name: str) -> npt.NDArray[np.int64]:
        if name not in packed.columns:
            return np.full(packed.height, EMPTY)
        return packed[name].cast(pl.Int64).fill_null(EMPTY).to_numpy()

    def _seen(self, places: Places, rows: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Note the record of each person in this combination; return which are not the first."""
        who, row = rows[self.spec.key[0]].to_numpy(), rows[ROW].to_numpy()
        first = self.first.get(places, np.zeros(0, np.uint32))
        people = int(who.max()) + 1
        if people > len(first):
            room = max(people, len(self.words[self.spec.key[0]].values))
            first = np.concatenate([first, np.zeros(room - len(first), np.uint32)])
            self.first[places] = first
        new = first[who] == 0
        # From the back, so that of two records in this block the earlier one stays.
        first[who[new][::-1]] = row[new][::-1]
        again = np.asarray(first[who] != row)
        if self.mapping:  # a record of a wide layout may name one person twice
            again |= ~rows[self.spec.key[0]].is_first_distinct().to_numpy()
        return again

    def _duplicates(self, places: Places, rows: pl.DataFrame) -> Iterator[Problem]:
        name, *others = self.spec.key
        said = [self.words[c].values[p] for c, p in zip(others, places, strict=True) if p != EMPTY]
        for person, row in rows.select(name, ROW).iter_rows():
            values = [self.words[name].values[person], *said]
            earlier = int(self.first[places][person])
            yield duplicate_problem(self.file.shown, row, self.spec, values, earlier)

    def _mapped(self, text: CsvText) -> tuple[CsvText, list[Problem]]:
        """Read a block by the mapping; also say whose rows are of nobody certain."""
        if not self.mapping or not text.header:
            return text, []
        rows = map_rows(text.rows, self.mapping)
        self.left_out += text.rows.height - rows[ROW].n_unique()
        unnamed: list[Problem] = []
        if self.by_number:
            rows, unnamed = self.by_number.name(rows, self.file.shown)
        return CsvText(self.spec.names, rows, text.problems), unnamed

    def _in_the_file(self, problem: Problem) -> Problem:
        """Give a problem of a block its place in the file."""
        return replace(problem, row=problem.row + self.before - 1) if problem.row > 1 else problem

    def _tell(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            error = problem.severity is Severity.ERROR
            # What refuses the file is said, however many notices came before.
            if len(self.problems) < MOST_PROBLEMS or (error and not self.refuses):
                self.problems.append(problem)
            else:
                self.untold += 1
            self.refuses = self.refuses or error


def set_aside_problem(file: str, row: int, field: str, found: str) -> Problem:
    """Say that a row is sound itself and waits for one that is not."""
    return Problem(
        file, row, field, shorten(found), "a row that is brought too",
        "The row is sound; it comes along once the row that it names is mended.",
        "reference.target_refused",
    )  # fmt: skip


def _more(file: str, count: int) -> Problem:
    return Problem(
        file, 0, "", f"{count:,} more problems", f"at most {MOST_PROBLEMS:,} in one file",
        "Mend the ones above first; the rest often share their cause.", "report.more",
        Severity.NOTICE,
    )  # fmt: skip
