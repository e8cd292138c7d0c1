"""Give a reading a folder of its own for what is too large for memory."""

import fcntl
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "reading-"
LOCK = ".lock"
# A folder is made first and locked right after; younger ones may not have come so far.
NEW_SECONDS = 60


class NoRoomError(Exception):
    """The disk did not take what is too large for memory; the message says why."""


class Workroom:
    """A folder that is made when it is first needed and gone with its owner.

    What a killed program left is removed by the next one: the system lets go of its lock.
    """

    def __init__(self, parent: Path | None = None) -> None:
        self._parent = parent or Path(tempfile.gettempdir())
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files = 0

    def new_file(self) -> Path:
        """Name a file that is not there yet."""
        if self._folder is None:
            try:
                self._folder = self._made()
            except OSError as error:
                raise NoRoomError(error.strerror) from error
        self._files += 1
        return Path(self._folder.name) / str(self._files)

    def _made(self) -> tempfile.TemporaryDirectory[str]:
        self._parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(self._parent)
        folder = tempfile.TemporaryDirectory(prefix=PREFIX, dir=self._parent)
        # Held open, so that it stays locked while this object lives.
        self._lock = (Path(folder.name) / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return folder


def _remove_leftovers(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > NEW_SECONDS and not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
