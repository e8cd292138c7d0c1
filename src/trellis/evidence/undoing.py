"""Undo the last import: what it brought goes, what it changed comes back, people's work stays."""

from collections.abc import Collection
from dataclasses import asdict

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Model

from trellis.evidence import queries
from trellis.evidence.events import ImportUndone
from trellis.evidence.imports import WAITING, Tell, silent
from trellis.evidence.models import Import
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record
from trellis.trust.storing import unpacked
from trellis.trust.taking_back import Step, TakenBack, carry_out, plan
from trellis.warehouse.store import Warehouse

Derived = Collection[type[Model]]


class CannotUndo(Exception):  # noqa: N818 - reads as what is said to the person
    """An import cannot be undone; its message is for people."""


def can_be_undone(brought: Import) -> bool:
    """Return whether this is the last applied import and what takes it back is kept."""
    return queries.last_applied() == brought and brought.journal.exists()


def preview(brought: Import, *, derived: Derived) -> list[TakenBack]:
    """Tell what undoing would do now; nothing is written."""
    return [told for step in _steps(brought, derived) if (told := step.told).anything]


def begin_undoing(brought: Import) -> bool:
    """Claim the undoing for one worker; a second tap on the button claims nothing."""
    standing = Import.objects.filter(pk=brought.pk, state=Import.State.APPLIED)
    return bool(standing.update(state=Import.State.UNDOING, progress={}))


def tell_why(brought: Import, why: str) -> None:
    """Keep for the page why an undoing that was begun has not happened."""
    Import.objects.filter(pk=brought.pk).update(progress={"not_undone": why})


def undo(
    brought: Import, *, by: Person | None, derived: Derived, tell: Tell = silent
) -> list[TakenBack]:
    """Take the last import back in one transaction; if anything fails, it stands as before.

    `derived` are things that Trellis works out from what came in: they are no one's work.
    """
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    with warehouse.alone(waiting=lambda: tell(WAITING, 0, 0)):
        try:
            told = _take_back(brought, by=by, derived=derived, tell=tell)
        except DatabaseError as error:
            raise CannotUndo(
                "The database did not take the rows back, so nothing was changed."
            ) from error
        finally:
            # What was not undone stands again.
            Import.objects.filter(pk=brought.pk, state=Import.State.UNDOING).update(
                state=Import.State.APPLIED
            )
            brought.refresh_from_db()
        warehouse.sweep(queries.kept_manifests())
    return told


def _take_back(
    brought: Import, *, by: Person | None, derived: Derived, tell: Tell
) -> list[TakenBack]:
    with transaction.atomic():
        held = Import.objects.select_for_update().get(pk=brought.pk)
        if not can_be_undone(held):
            raise CannotUndo("Only the last import that was applied can be undone, and only once.")
        tell("Working out what goes back", 1, 2)
        steps = _steps(brought, derived)
        tell("Putting things back as they were", 2, 2)
        told = [one for one in carry_out(steps, day=clock.today()) if one.anything]
        held.journal.all().delete()
        held.lists.all().delete()
        held.state = Import.State.UNDONE
        held.undone_at = clock.now()
        held.taken_back = [asdict(one) for one in told]
        held.save(update_fields=["state", "undone_at", "taken_back"])
        happening = ImportUndone(
            import_id=held.pk,
            removed=sum(one.going for one in told),
            restored=sum(one.restored + one.returning for one in told),
            staying=sum(one.staying for one in told),
        )
        record(happening, by=by, subject=held.pk)
    return told


def _steps(brought: Import, derived: Derived) -> list[Step]:
    return plan([unpacked(bytes(entry.body)) for entry in brought.journal.all()], derived=derived)
