"""Store tables so that a reader sees the old state or the new one, never a mix."""

import errno
import fcntl
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import polars as pl

from trellis.warehouse.tables import TABLES, YEAR

ASIDE = ".aside-"
# A file of a table that is split finely; larger ones would ask for more memory to write and read.
PART_ROWS = 1_000_000
WRITERS = 2
# So much of a partition's name stands in the name of a file; the hash tells them apart.
NAME_LENGTH = 80

# The values by which a table is split, and their rows, piece by piece.
Partitions = Iterable[tuple[tuple[object, ...], Iterable[pl.DataFrame]]]


class DamagedWarehouseError(Exception):
    """A file of a manifest is gone or is not what was written."""


class NotWrittenError(Exception):
    """The disk did not take what was to be written; its message is for people."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a table.

    Attributes
    ----------
    partition : what all its rows share, as `2026` or `2026/fall/math/Growth`, each part quoted as
        in an address and empty for null; empty when not split.
    path : its place in the warehouse.
    """

    partition: str
    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All tables at one moment. Its id is the hash of what it says."""

    id: str
    tables: Mapping[str, tuple[Part, ...]]


class Warehouse:
    """Tables under one folder; every state is a manifest, and manifests never change.

    Writing a manifest changes nothing for readers: which one is current is decided by whoever
    keeps the one commit point (in Trellis the database). So a crash leaves orphans at worst.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        partitions: Mapping[str, Partitions] | None = None,
        snapshot_of: str = "",
    ) -> str:
        """Write tables as a new manifest that keeps all other tables of `snapshot_of`.

        Parameters
        ----------
        partitions : by table, the partitions that take the place of those of the same values;
            neither they nor the old ones need to fit into memory.
        """
        kept = dict(self.manifest(snapshot_of).tables) if snapshot_of else {}
        kept |= {name: tuple(self._parts(name, frame)) for name, frame in tables.items()}
        kept |= {
            name: tuple(self._replaced(name, kept.get(name, ()), new))
            for name, new in (partitions or {}).items()
        }
        return self._put_manifest(kept)

    def read(self, table: str, manifest: str) -> pl.LazyFrame | None:
        """Scan a table as it stands in a manifest; None where it was never written."""
        parts = self.manifest(manifest).tables.get(table) if manifest else None
        return self._scan(table, parts) if parts else None

    def pieces(
        self, table: str, manifest: str, values: tuple[object, ...]
    ) -> Iterator[pl.DataFrame]:
        """Read one partition of a table, file by file."""
        parts = self.manifest(manifest).tables.get(table, ()) if manifest else ()
        for part in parts:
            if part.partition == _name(values):
                yield self._scan(table, [part]).collect()

    def _scan(self, table: str, parts: Iterable[Part]) -> pl.LazyFrame:
        paths = [self.root / part.path for part in parts]
        if table not in TABLES:
            return pl.scan_parquet(paths)
        # Files that were written before a table gained a column have nulls there.
        return pl.scan_parquet(paths, schema=TABLES[table].schema, missing_columns="insert")

    def manifest(self, name: str) -> Manifest:
        """Read a manifest, and see that it is what it was."""
        try:
            body = (self.root / "manifests" / f"{name}.json").read_bytes()
        except FileNotFoundError:
            raise DamagedWarehouseError(f"The manifest {name} is not there.") from None
        if hashlib.sha256(body).hexdigest() != name:
            raise DamagedWarehouseError(f"The manifest {name} was changed.")
        said = json.loads(body)["tables"]
        return Manifest(name, {t: tuple(_said(p) for p in parts) for t, parts in said.items()})

    def verify(self, name: str) -> None:
        """Read every file of a manifest and hold it against its hash; raise at the first damage."""
        for damage in self.damages(name):
            raise DamagedWarehouseError(damage)

    def damages(self, name: str) -> Iterator[str]:
        """Read every file of a manifest and yield a sentence for each that is not as it was."""
        for table, parts in self.manifest(name).tables.items():
            for part in parts:
                if found := self._damage(table, part):
                    yield f"A file of {table} ({part.path}) {found}."

    def _damage(self, table: str, part: Part) -> str:
        path = self.root / part.path
        if not path.exists():
            return "was lost"
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        if digest != part.sha256:
            return "was changed"
        rows = pl.scan_parquet(path)
        if rows.select(pl.len()).collect().item() != part.rows:
            return f"has not the {part.rows:,} rows that its manifest says"
        wanted = TABLES[table].schema if table in TABLES else {}
        other = [
            n for n, kind in rows.collect_schema().items() if n in wanted and kind != wanted[n]
        ]
        return f"holds {other[0]} as something else than {wanted[other[0]]}" if other else ""

    def compact(self, name: str) -> str:
        """Merge the small files of each partition into a new manifest: the same rows, in order.

        Returns the same name where there is nothing to merge.
        """
        tables = {
            table: tuple(self._merged(table, parts))
            for table, parts in self.manifest(name).tables.items()
        }
        return self._put_manifest(tables)

    def _merged(self, table: str, parts: Iterable[Part]) -> Iterator[Part]:
        for partition, group in groupby(parts, key=_partition):
            of_partition = list(group)
            fewest = -(-sum(part.rows for part in of_partition) // PART_ROWS)
            if len(of_partition) <= max(fewest, 1):
                yield from of_partition
                continue
            frames = (self._scan(table, [part]).collect() for part in of_partition)
            yield from self._pieces(table, partition, frames)

    def freeze(self, name: str) -> Manifest:
        """Keep a manifest for good: a later sweep leaves it and its files alone."""
        self.verify(name)
        self._put(self.root / "frozen" / name, b"")
        return self.manifest(name)

    def frozen(self) -> list[str]:
        """Return the manifests that are kept for good."""
        return sorted(_names(self.root / "frozen"))

    def orphans(self, keep: Iterable[str]) -> list[Path]:
        """Return the files that belong neither to the manifests to keep nor to frozen ones.

        Files written aside count too: whoever asks holds off other writers, so nobody is still
        at work on one.
        """
        kept = {name for name in keep if name} | set(self.frozen())
        wanted = {self.root / "manifests" / f"{name}.json" for name in kept}
        for name in kept:
            for parts in self.manifest(name).tables.values():
                wanted |= {self.root / part.path for part in parts}
        there = [
            *self.root.glob("manifests/*"), *self.root.glob("tables/*/*"),
            *self.root.glob(f"{ASIDE}*"),
        ]  # fmt: skip
        return [path for path in there if path not in wanted]

    def sweep(self, keep: Iterable[str]) -> int:
        """Remove the orphans, and say how many there were."""
        orphans = self.orphans(keep)
        for path in orphans:
            path.unlink()
        return len(orphans)

    @contextmanager
    def alone(
        self, *, wait: bool = True, waiting: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        """Hold off other writers: their sweep would take files that nothing in use names yet.

        `waiting` is called when another one writes, before its end is waited for. Raises
        `BlockingIOError` where another one writes and this one will not wait.
        """
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not wait:
                    raise
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock(self) -> TextIO:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            return (self.root / ".lock").open("w")
        except OSError as error:
            raise NotWrittenError(_why_not(error, self.root)) from error

    def _parts(self, table: str, frame: pl.DataFrame) -> Iterable[Part]:
        """Split by school year where there is one, so that a new year leaves old files alone."""
        if YEAR not in frame.columns or not frame.height:
            yield self._part(table, "", frame)
            return
        for (year,), rows in sorted(frame.partition_by(YEAR, as_dict=True).items(), key=str):
            yield self._part(table, str(year), rows)

    def _replaced(self, table: str, old: Iterable[Part], partitions: Partitions) -> Iterable[Part]:
        """Write partitions, and return them with the old parts of other values, in order."""
        # Two at a time: most of the work is the one column of pseudonyms.
        with ThreadPoolExecutor(WRITERS) as pool:
            written = pool.map(
                lambda one: list(self._pieces(table, _name(one[0]), one[1])), partitions
            )
            new = {parts[0].partition: parts for parts in written if parts}
        finer = len(TABLES[table].split)
        kept: list[Part] = []
        for part in old:
            if part.partition.count("/") + 1 < finer:
                kept += self._split(table, part)  # written before the table was split so finely
            else:
                kept.append(part)
        left = [part for part in kept if part.partition not in new]
        return sorted([*left, *(p for parts in new.values() for p in parts)], key=_partition)

    def _pieces(self, table: str, partition: str, frames: Iterable[pl.DataFrame]) -> Iterator[Part]:
        """Write frames one after the other into as few files as their size allows."""
        waiting: list[pl.DataFrame] = []
        for frame in frames:
            waiting.append(frame)
            rows = sum(one.height for one in waiting)
            while rows > PART_ROWS:
                together = pl.concat(waiting)
                yield self._part(table, partition, together[:PART_ROWS])
                waiting, rows = [together[PART_ROWS:]], rows - PART_ROWS
        if waiting:
            yield self._part(table, partition, pl.concat(waiting))

    def _split(self, table: str, part: Part) -> Iterator[Part]:
        there = pl.read_parquet_schema(self.root / part.path)
        named = part.partition.split("/") if part.partition else []
        coming = TABLES[table].split[len(named) :]
        if not set(coming) & there.keys():  # older than the columns: all its rows have null there
            yield replace(part, partition="/".join([*named, *("" for _ in coming)]))
            return
        rows = self._scan(table, [part]).collect()
        groups = rows.partition_by(TABLES[table].split, as_dict=True, maintain_order=True)
        for values, frame in groups.items():
            yield from self._pieces(table, _name(values), [frame])

    def _part(self, table: str, partition: str, frame: pl.DataFrame) -> Part:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", compression_level=1)
        data = buffer.getvalue()
        digest = _digest(data)
        beginning = partition.strip("/").replace("/", "-")[:NAME_LENGTH]
        name = f"{beginning}-{digest[:32]}" if beginning else digest[:32]
        path = Path("tables") / table / f"{name}.parquet"
        if not (self.root / path).exists():
            self._put(self.root / path, data)
        return Part(partition, str(path), digest, frame.height)

    def _put_manifest(self, tables: Mapping[str, tuple[Part, ...]]) -> str:
        body = _body(tables)
        name = hashlib.sha256(body).hexdigest()
        self._put(self.root / "manifests" / f"{name}.json", body)
        return name

    def _put(self, path: Path, data: bytes) -> None:
        """Write aside, flush to disk, then rename: a half-written file never has a name."""
        aside = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.root, prefix=ASIDE)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(aside).replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            if aside:
                Path(aside).unlink(missing_ok=True)
            raise NotWrittenError(_why_not(error, self.root)) from error


def replace_rows(
    old: pl.LazyFrame | None, new: pl.DataFrame, replaces: tuple[str, ...]
) -> pl.DataFrame:
    """Return the old rows without those that the new rows replace, and the new rows."""
    if old is None:
        return new
    named = new.lazy().select(replaces).unique()
    kept = old.join(named, on=list(replaces), how="anti", nulls_equal=True).collect()
    return pl.concat([kept.select(new.columns), new])


def _body(tables: Mapping[str, tuple[Part, ...]]) -> bytes:
    said = {name: [asdict(part) for part in parts] for name, parts in sorted(tables.items())}
    return json.dumps({"tables": said}, indent=1).encode()


def _said(part: dict[str, Any]) -> Part:
    # Manifests said `year` while every table was split by school year alone.
    partition = part["partition"] if "partition" in part else part["year"]
    return Part(partition, part["path"], part["sha256"], part["rows"])


def _name(values: tuple[object, ...]) -> str:
    return "/".join("" if value is None else quote(str(value), safe="") for value in values)


def _partition(part: Part) -> str:
    return part.partition


def _why_not(error: OSError, root: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why = "The disk is full. Make room on it, then try again."
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        why = f"Trellis may not write in {root}. Give it the right to, then try again."
    else:
        why = f"The disk did not take it ({error.strerror}). Look at the disk, then try again."
    return f"The warehouse was not written, so nothing was changed. {why}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []
