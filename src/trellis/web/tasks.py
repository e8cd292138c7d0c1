"""Check and apply imports in the background, so that a page never waits for them."""

import logging
from pathlib import Path
from uuid import UUID

from django_tasks import task

from trellis.evidence.models import Import
from trellis.evidence.working import at_work
from trellis.people.models import Person
from trellis.trust import clock

log = logging.getLogger(__name__)
UNEXPECTED = (
    "Something went wrong in Trellis, not in your files. Nothing was changed; "
    "the log of the server says what happened."
)
NOT_UNDONE = (
    "Something went wrong in Trellis. Nothing was taken back; "
    "the log of the server says what happened."
)
# Reading, comparing, writing tables, storing rows: what a bar on the page can tell apart.
STEPS = 4


def waiting_imports() -> set[str]:
    """Return the imports for which work waits in the queue."""
    from django_tasks_db.models import DBTaskResult

    tasks = (check_import.module_path, apply_import.module_path)
    waiting = DBTaskResult.objects.ready().filter(task_path__in=tasks)
    return {str(said["args"][0]) for said in waiting.values_list("args_kwargs", flat=True)}


@task()
def check_import(import_id: str) -> None:
    """Read the files of an import and preview what they would change."""
    with at_work(UUID(import_id)):
        _check(import_id)
    _go_on(import_id)


@task()
def apply_import(import_id: str) -> None:
    """Apply an import that somebody previewed, if its files still say the same."""
    with at_work(UUID(import_id)):
        _apply(import_id)


def _check(import_id: str) -> None:
    # Late: the server reads this module at its start, and these read polars.
    from trellis.evidence import imports
    from trellis.web.loaders import LOADERS

    brought = Import.objects.get(pk=UUID(import_id))
    try:
        checked = imports.check(brought, _paths(brought), LOADERS, tell=_Teller(brought))
        before = checked.applied_before
        if before and before.finished_at:
            applied = clock.here(before.finished_at)
            day = f"{applied:%B} {applied.day}, {applied.year}"
            why = f"These very files were applied already on {day}. There is nothing to do."
            imports.give_up(brought, why, by=brought.brought_by)
    except Exception:
        log.exception("The check of import %s failed", import_id)
        imports.give_up(brought, UNEXPECTED, by=brought.brought_by)


def _go_on(import_id: str) -> None:
    """Apply what a system sent with the wish to apply it when it is sound."""
    from trellis.evidence import imports, systems

    brought = Import.objects.get(pk=UUID(import_id))
    token = systems.lets_go_on(brought)
    if token and imports.begin_applying(brought, accept_leavers=token.may_accept_leavers):
        apply_import.enqueue(import_id)


def _apply(import_id: str) -> None:
    from trellis.evidence import imports
    from trellis.web.loaders import LOADERS, after_import

    brought = Import.objects.get(pk=UUID(import_id))
    if brought.state != Import.State.APPLYING:
        return  # a task that ran twice: the first run has ended it
    tell = _Teller(brought)
    try:
        checked = imports.read_again(brought, _paths(brought), LOADERS, tell=tell)
        imports.apply(checked, LOADERS, by=brought.brought_by, tell=tell)
    except imports.ManyWouldLeave:
        # The district changed since the preview: its person looks at the new numbers first.
        imports.begin_again(brought)
        check_import.enqueue(import_id)
    except imports.CannotApply as problem:
        imports.give_up(brought, str(problem), by=brought.brought_by)
    except Exception:
        log.exception("Applying import %s failed", import_id)
        imports.give_up(brought, UNEXPECTED, by=brought.brought_by)
    else:
        after_import()


@task()
def undo_import(import_id: str, by: str) -> None:
    """Take the last import back, as somebody has seen it would be."""
    from trellis.evidence import undoing
    from trellis.web.loaders import DERIVED, after_import

    brought = Import.objects.get(pk=UUID(import_id))
    person = Person.objects.get(pk=UUID(by))
    try:
        with at_work(brought.pk):
            undoing.undo(brought, by=person, derived=DERIVED, tell=_Teller(brought))
    except undoing.CannotUndo as problem:
        log.exception("Import %s was not undone", import_id)
        undoing.tell_why(brought, str(problem))
    except Exception:
        log.exception("Undoing import %s failed", import_id)
        undoing.tell_why(brought, NOT_UNDONE)
    else:
        after_import()


class _Teller:
    """Write down for the page what is being done.

    Only steps, not each kind of rows: those come inside the one transaction, which no page sees.
    """

    def __init__(self, brought: Import) -> None:
        self.brought = brought
        self.step = 0

    def __call__(self, now: str, done: int, _total: int) -> None:
        if done:
            return
        self.step += 1
        progress = {"now": now, "done": self.step, "total": STEPS}
        Import.objects.filter(pk=self.brought.pk).update(progress=progress)


def _paths(brought: Import) -> list[Path]:
    from trellis.evidence.imports import folder_of

    return sorted(folder_of(brought).iterdir())
