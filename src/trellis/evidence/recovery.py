"""Put right what a program left behind when it was ended in the middle of an import.

Whoever checks or applies an import holds its lock (`working`), so an unfinished import whose lock
is free was cut off.
"""

import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from trellis.evidence import imports, queries
from trellis.evidence.models import Import
from trellis.evidence.working import LOCK, is_at_work
from trellis.interchange.problems import Problem, Severity
from trellis.warehouse.store import DamagedWarehouseError, Warehouse

# Files that come in by the browser arrive before anybody works on them; a large one takes a while.
STILL_COMING_SECONDS = 300
WORKED_ON = (Import.State.RECEIVED, Import.State.CHECKED, Import.State.APPLYING)
FOR_A_PERSON = (Import.State.PREVIEWED, Import.State.WAITING)
CUT_OFF = "Trellis was ended while it read these files. Nothing was changed. Bring them again."
APPLY_AGAIN = "Trellis was ended while it applied these files. Nothing was changed. Apply again."


@dataclass(frozen=True, slots=True)
class PutRight:
    """What was found and put right: imports that were cut off, and what they left on the disk."""

    ended: int
    to_apply_again: int
    leftovers: int

    def __bool__(self) -> bool:
        return bool(self.ended or self.to_apply_again or self.leftovers)

    def __str__(self) -> str:
        said = (
            (self.ended, "cut off while its files were read: ended, nothing changed"),
            (self.to_apply_again, "cut off while it was applied: nothing changed, apply it again"),
            (self.leftovers, "left behind on the disk: removed"),
        )
        return "; ".join(f"{count} {what}" for count, what in said if count)


def put_right(waiting: Collection[str]) -> PutRight:
    """End imports that were cut off, and remove what belongs to none.

    Parameters
    ----------
    waiting : the imports for which work waits in the queue; they are not cut off.
    """
    unfinished = Import.objects.filter(state__in=(*WORKED_ON, *FOR_A_PERSON))
    done = [
        _end(brought)
        for brought in unfinished
        if str(brought.pk) not in waiting and _is_cut_off(brought)
    ]
    _let_stand(waiting)
    to_apply_again = sum(brought.state == Import.State.PREVIEWED for brought in done)
    left = _sweep() + _remove_uploads()
    return PutRight(len(done) - to_apply_again, to_apply_again, left)


def _let_stand(waiting: Collection[str]) -> None:
    """Let an import stand whose undoing was cut off: it is one transaction, so nothing was done."""
    for brought in Import.objects.filter(state=Import.State.UNDOING):
        if str(brought.pk) not in waiting and not is_at_work(brought.pk):
            brought.state = Import.State.APPLIED
            brought.save(update_fields=["state"])


def _is_cut_off(brought: Import) -> bool:
    if is_at_work(brought.pk):
        return False
    folder = imports.folder_of(brought)
    if not folder.exists():
        return True  # begun by a command, whose files lie elsewhere: only its holder can go on
    if brought.state in FOR_A_PERSON:
        return False
    newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    arriving = time.time() - newest < STILL_COMING_SECONDS
    return not (brought.state == Import.State.RECEIVED and arriving)


def _end(brought: Import) -> Import:
    if brought.state == Import.State.APPLYING and imports.folder_of(brought).exists():
        told = Problem("all files", 0, "", "", "an import that can be finished", APPLY_AGAIN,
                       "cut_off", Severity.NOTICE)  # fmt: skip
        brought.problems = [asdict(told) | {"severity": told.severity.value}, *brought.problems]
        brought.state = Import.State.PREVIEWED
        brought.save(update_fields=["problems", "state"])
        return brought
    with transaction.atomic():
        return imports.give_up(brought, CUT_OFF, by=brought.brought_by)


def _sweep() -> int:
    """Remove files of the warehouse that no state names, unless an import is writing now."""
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    if not warehouse.root.exists():
        return 0
    # A damaged warehouse is left as it is: what is damaged is said where it is looked at.
    with suppress(BlockingIOError, DamagedWarehouseError), warehouse.alone(wait=False):
        return warehouse.sweep(queries.kept_manifests())
    return 0


def _remove_uploads() -> int:
    """Remove folders of imports that ended, and locks that nobody holds."""
    uploads = Path(settings.TRELLIS_UPLOADS)
    ended = (Import.State.APPLIED, Import.State.REFUSED, Import.State.UNDONE)
    gone = {str(pk) for pk in Import.objects.filter(state__in=ended).values_list("pk", flat=True)}
    folders = [path for path in uploads.iterdir() if path.is_dir() and path.name in gone]
    for folder in folders:
        shutil.rmtree(folder)
    for lock in uploads.glob(f"*{LOCK}"):
        if not is_at_work(UUID(lock.stem)):
            lock.unlink(missing_ok=True)
    return len(folders)
