"""Keep frames by key: in memory while they are few, in files once they are many."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from trellis.interchange.workroom import NoRoomError, Workroom

# Packed, these take some 250 MB.
ROWS_IN_MEMORY = 6_000_000

# What a key of packed rows is made of: places of words.
Places = tuple[int, ...]


class Spool:
    """Frames of one schema, returned key by key in the order in which they came."""

    def __init__(self, room: Workroom) -> None:
        self._room = room
        self._fresh: dict[Places, list[pl.DataFrame]] = {}
        self._files: dict[Places, list[Path]] = {}
        self._rows = 0

    def add(self, key: Places, frame: pl.DataFrame) -> None:
        self._fresh.setdefault(key, []).append(frame)
        self._files.setdefault(key, [])
        self._rows += frame.height
        if self._rows > ROWS_IN_MEMORY:
            self._spill()

    def __iter__(self) -> Iterator[Places]:
        return iter(self._files)

    def frames(self, key: Places) -> Iterator[pl.DataFrame]:
        for path in self._files[key]:
            yield pl.read_ipc(path)
        yield from self._fresh.get(key, ())

    def keep(self, key: Places, stays: npt.NDArray[np.bool_]) -> None:
        """Keep some rows of a key, told by their places among all of its rows."""
        files, fresh = self._files[key], self._fresh.pop(key, [])
        self._files[key] = []
        self._rows -= sum(frame.height for frame in fresh)
        start = 0
        for frame in chain(map(pl.read_ipc, files), fresh):
            self.add(key, frame.filter(pl.Series(stays[start : start + frame.height])))
            start += frame.height

    def emptied(self) -> "Spool":
        return Spool(self._room)

    def parted(self, column: str, going: pl.Series) -> tuple["Spool", pl.DataFrame]:
        """Return the frames without the rows whose place is `going`, and those rows."""
        kept, taken = Spool(self._room), []
        for key in self:
            for frame in self.frames(key):
                out = going.gather(frame[column]).fill_null(value=False)
                taken.append(frame.filter(out))
                if (stays := frame.filter(~out)).height:
                    kept.add(key, stays)
        return kept, pl.concat(taken)

    def _spill(self) -> None:
        for key, frames in self._fresh.items():
            path = self._room.new_file()
            try:
                pl.concat(frames).write_ipc(path)
            except (OSError, pl.exceptions.PolarsError) as error:
                raise NoRoomError(str(error)) from error
            self._files[key].append(path)
        self._fresh.clear()
        self._rows = 0
