"""Tell whether anybody is at work on an import, even after a program was killed.

Whoever checks or applies an import holds its lock. The system lets go of a lock when its holder
dies, however it dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

LOCK = ".working"


@contextmanager
def at_work(import_id: UUID) -> Iterator[None]:
    """Hold the lock of an import while it is checked or applied; a second holder waits."""
    place = _lock_of(import_id)
    with place.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            place.unlink(missing_ok=True)


def is_at_work(import_id: UUID) -> bool:
    """Return True while a living process holds the lock of an import."""
    with suppress(FileNotFoundError), _lock_of(import_id).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock_of(import_id: UUID) -> Path:
    return Path(settings.TRELLIS_UPLOADS) / f"{import_id}{LOCK}"
