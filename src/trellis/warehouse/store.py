"""Store tables so that a reader sees the old state or the new one, never a mix."""

import fcntl
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from trellis.warehouse.tables import TABLES, YEAR

ASIDE = ".aside-"
# A file of a table that is split finely; larger ones would ask for more memory to write and read.
PART_ROWS = 1_000_000
WRITERS = 2

# The values by which a table is split, and their rows, piece by piece.
Partitions = Iterable[tuple[tuple[object, ...], Iterable[pl.DataFrame]]]


class DamagedWarehouseError(Exception):
    """A file of a manifest is gone or is not what was written."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a table.

    Attributes
    ----------
    partition : what all its rows share, as `2026` or `2026/fall/math`; empty when not split.
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
        body = _body(kept)
        name = hashlib.sha256(body).hexdigest()
        self._put(self.root / "manifests" / f"{name}.json", body)
        return name

    def read(self, table: str, manifest: str) -> pl.LazyFrame | None:
        """Scan a table as it stands in a manifest; None where it was never written."""
        parts = self.manifest(manifest).tables.get(table) if manifest else None
        if not parts:
            return None
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
        """Read every file of a manifest and hold it against its hash."""
        for table, parts in self.manifest(name).tables.items():
            for part in parts:
                path = self.root / part.path
                if not path.exists() or _digest(path.read_bytes()) != part.sha256:
                    raise DamagedWarehouseError(
                        f"A file of {table} ({part.path}) was changed or lost."
                    )

    def freeze(self, name: str) -> Manifest:
        """Keep a manifest for good: a later sweep leaves it and its files alone."""
        self.verify(name)
        self._put(self.root / "frozen" / name, b"")
        return self.manifest(name)

    def orphans(self, keep: Iterable[str]) -> list[Path]:
        """Return the files that belong neither to the manifests to keep nor to frozen ones.

        Files written aside count too: whoever asks holds off other writers, so nobody is still
        at work on one.
        """
        kept = {name for name in keep if name} | set(_names(self.root / "frozen"))
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
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not wait:
                    raise
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

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
            written = pool.map(lambda one: list(self._pieces(table, *one)), partitions)
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

    def _pieces(
        self, table: str, values: tuple[object, ...], frames: Iterable[pl.DataFrame]
    ) -> Iterator[Part]:
        partition = "/".join(str(value) for value in values)
        waiting: list[pl.DataFrame] = []
        for frame in frames:
            waiting.append(frame)
            if sum(one.height for one in waiting) >= PART_ROWS:
                yield self._part(table, partition, pl.concat(waiting))
                waiting = []
        if waiting:
            yield self._part(table, partition, pl.concat(waiting))

    def _split(self, table: str, part: Part) -> Iterator[Part]:
        rows = pl.read_parquet(self.root / part.path)
        groups = rows.partition_by(TABLES[table].split, as_dict=True, maintain_order=True)
        for values, frame in groups.items():
            yield from self._pieces(table, values, [frame])

    def _part(self, table: str, partition: str, frame: pl.DataFrame) -> Part:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", compression_level=1)
        data = buffer.getvalue()
        digest = _digest(data)
        name = f"{partition.replace('/', '-')}-{digest[:32]}" if partition else digest[:32]
        path = Path("tables") / table / f"{name}.parquet"
        if not (self.root / path).exists():
            self._put(self.root / path, data)
        return Part(partition, str(path), digest, frame.height)

    def _put(self, path: Path, data: bytes) -> None:
        """Write aside, flush to disk, then rename: a half-written file never has a name."""
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


def _partition(part: Part) -> str:
    return part.partition


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []
