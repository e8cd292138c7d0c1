"""Bring a district's files in: received, checked, previewed, then applied whole or refused.

There is one commit point, the transaction in `apply`: new warehouse files stand under new names
before it, the rows and the name of the current manifest are set in it, and orphans go after it.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

import polars as pl
from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction
from django.utils.text import get_valid_filename

from trellis.evidence import analytic, left_aside, listing, mappings, objective_results, queries
from trellis.evidence.events import ImportApplied, ImportRefused, LeaversAccepted
from trellis.evidence.guard import Ask, asks
from trellis.evidence.models import Import, JournalEntry
from trellis.evidence.queries import folder_of as folder_of
from trellis.interchange.aliases import once_each
from trellis.interchange.bundle import UNKNOWN_LAYOUT, DistrictFiles, Known
from trellis.interchange.problems import Problem, Severity, as_record, in_order, limited
from trellis.interchange.reading import read_district
from trellis.interchange.sound import sound_part
from trellis.interchange.sources import Limits
from trellis.people.loading import known_aliases, known_emails, suggested_roles
from trellis.people.models import Person
from trellis.people.numbers_loading import disguise, known_numbers
from trellis.people.roster import learners_of_sections, teachers_of_sections
from trellis.trust import clock
from trellis.trust.events import record
from trellis.trust.loading import Bringing, Change, Difference
from trellis.trust.storing import Entry, packed, store
from trellis.warehouse.store import NotWrittenError, Warehouse, replace_rows

LIMITS = Limits()
# What a page lists of one file; the rest is counted.
PROBLEMS_PER_FILE = 100
WAITING = "Another import is being applied; yours begins when it ends"
READY = (Import.State.PREVIEWED, Import.State.APPLYING)
STOPPED = (Import.State.REFUSED, Import.State.WAITING)
AGAIN = (Import.State.PREVIEWED, Import.State.WAITING)
# What is being done, how many are done, of how many (0: not known).
Tell = Callable[[str, int, int], None]


class Loader(Protocol):
    """What an app's `loading` module offers; `web` puts the modules in order."""

    def differences(self, files: DistrictFiles, bringing: Bringing, /) -> Iterator[Difference]: ...
    def known_ids(self) -> dict[str, set[str]]: ...
    def known_tables(self) -> dict[str, pl.DataFrame]: ...


class CannotApply(Exception):  # noqa: N818 - reads as what is said to the person
    """An import cannot be applied; its message is for people."""


class ManyWouldLeave(CannotApply):
    """So many would leave that a person has to confirm it first."""

    def __init__(self, asked: Sequence[Ask]) -> None:
        super().__init__(" ".join(ask.sentence for ask in asked))
        self.asked = tuple(asked)


@dataclass(frozen=True, slots=True)
class Checked:
    """An import after its check, with the files that were read and what they would change."""

    record: Import
    files: DistrictFiles
    changes: tuple[Change, ...]
    applied_before: Import | None
    paths: tuple[Path, ...] = ()
    # The import that was the last when the files were checked: what they were checked against.
    after: Import | None = None

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What a person must confirm before this is applied."""
        return asks(self.changes)


def silent(_now: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def receive(files: Iterable[tuple[str, BinaryIO]], *, by: Person | None) -> Import:
    """Store uploaded files on disk, each under a safe name, and begin an import of them."""
    _put_refused_away()
    brought = Import.objects.create(received_at=clock.now(), brought_by=by)
    folder = folder_of(brought)
    folder.mkdir(parents=True)
    for name, stream in files:
        with (folder / get_valid_filename(Path(name).name)).open("wb") as kept:
            shutil.copyfileobj(stream, kept)
    return brought


def _put_refused_away() -> None:
    """Delete the files of refused imports that waited for somebody to want their sound rows."""
    folders = {path.name for path in Path(settings.TRELLIS_UPLOADS).iterdir() if path.is_dir()}
    refused = Import.objects.filter(state=Import.State.REFUSED).values_list("pk", flat=True)
    for pk in refused:
        if str(pk) in folders:
            shutil.rmtree(Path(settings.TRELLIS_UPLOADS) / str(pk), ignore_errors=True)


def check(
    brought: Import, paths: Sequence[Path], loaders: Sequence[Loader], *, tell: Tell = silent
) -> Checked:
    """Read the files, list every problem, and compare them with what is stored.

    Nothing but the import's own record is written. Files with problems end here, refused.
    """
    after = queries.last_applied()
    files, before = read(paths, loaders, tell=tell, like=brought)
    kinds = {shown: name.removeprefix("oneroster/") for name, shown in files.sources.items()}
    brought.files = [asdict(file) | {"kind": kinds.get(file.name, "")} for file in files.files]
    brought.content_hash = files.content_hash
    told = limited((*files.set_aside, *files.problems), per_file=PROBLEMS_PER_FILE)
    brought.problems = [as_record(problem) for problem in told]
    brought.left_out = sum(file.refused for file in files.files) if brought.sound_rows else 0
    brought.state = Import.State.CHECKED
    brought.save(update_fields=["files", "content_hash", "problems", "left_out", "state"])
    if not files.sound and _asks_for_a_mapping(files):
        brought.state = Import.State.WAITING
        brought.save(update_fields=["state"])
        return Checked(brought, files, (), before)
    if not files.sound:
        refuse(brought, by=brought.brought_by, keep_files=True)
        return Checked(brought, files, (), before, tuple(paths), after)
    found = () if before else _preview(brought, files, loaders, tell)
    brought.changes = {change.kind: asdict(change) for change in found}
    brought.suggested = suggested_roles(files)
    brought.state = Import.State.PREVIEWED
    brought.save(update_fields=["changes", "suggested", "state"])
    return Checked(brought, files, found, before, tuple(paths), after)


def read_again(
    brought: Import, paths: Sequence[Path], loaders: Sequence[Loader], *, tell: Tell = silent
) -> Checked:
    """Read the files of a previewed import once more, before it is applied."""
    after = queries.last_applied()
    files, before = read(paths, loaders, tell=tell, like=brought)
    if files.content_hash != brought.content_hash:
        raise CannotApply("The files changed since they were checked.")
    if not files.sound:
        raise CannotApply(
            "Another import was applied in the meantime, and these files no longer fit it: "
            f"{next(p for p in files.problems if p.severity is Severity.ERROR)} "
            "Mend this and bring them again."
        )
    return Checked(brought, files, (), before, tuple(paths), after)


def read(
    paths: Sequence[Path], loaders: Sequence[Loader], *, like: Import, tell: Tell = silent
) -> tuple[DistrictFiles, Import | None]:
    """Read files against what is known, by the choices of an import.

    Also return the last import if it brought the same.
    """
    tell("Reading the files", 0, 0)
    known = replace(known_of(loaders), mappings=mappings.in_use(), mapping=like.mapping)
    files = read_district(paths, known=known, limits=LIMITS, workplace=settings.TRELLIS_WORKPLACE)
    taken = once_each(sound_part(files) if like.sound_rows else files)
    if taken.sound:
        told = in_order((*taken.problems, *left_aside.left_aside(taken)))
        taken = replace(taken, problems=told)
    return taken, _same_as_last(files)


def check_again(brought: Import, *, mapping: str = "") -> bool:
    """Begin anew with files that wait, after a mapping was saved; claims them for one worker."""
    waiting = Import.objects.filter(pk=brought.pk, state__in=AGAIN)
    again = waiting.update(
        state=Import.State.RECEIVED, progress={}, mapping=mapping, sound_rows=False
    )
    return bool(again)


def _asks_for_a_mapping(files: DistrictFiles) -> bool:
    """Return whether a person can mend this by saying what columns mean; the files wait for it."""
    return any(problem.code in ("mapping.used", UNKNOWN_LAYOUT) for problem in files.problems)


def _preview(
    brought: Import, files: DistrictFiles, loaders: Sequence[Loader], tell: Tell
) -> tuple[Change, ...]:
    tell("Comparing with what is known", 0, 0)
    bringing = Bringing(brought.pk, clock.now())
    brought.lists.all().delete()
    listing.keep_left_out(brought, files.set_aside)
    found: list[Change] = []
    for difference in _differences(files, loaders, bringing):
        listing.keep(brought, difference.said.kind, difference.lines())
        found.append(difference.change)
    return tuple(found)


def _differences(
    files: DistrictFiles, loaders: Sequence[Loader], bringing: Bringing
) -> Iterator[Difference]:
    for loader in loaders:
        yield from loader.differences(files, bringing)


def begin_applying(brought: Import, *, accept_leavers: bool = False) -> bool:
    """Claim a previewed import for one worker; a second tap on the button claims nothing."""
    waiting = Import.objects.filter(pk=brought.pk, state=Import.State.PREVIEWED)
    claimed = waiting.update(
        state=Import.State.APPLYING, progress={}, accepts_leavers=accept_leavers
    )
    return bool(claimed)


def begin_again(brought: Import) -> None:
    """Put an import back to where its files are waiting to be checked."""
    brought.state = Import.State.RECEIVED
    brought.save(update_fields=["state"])


def give_up(brought: Import, why: str, *, by: Person | None) -> Import:
    """End an import that cannot be finished, and say why where the problems stand."""
    problem = Problem(
        "all files", 0, "", "", "an import that can be finished", why, "import.not_finished"
    )
    brought.problems = [as_record(problem), *brought.problems]
    brought.state = Import.State.CHECKED
    brought.save(update_fields=["problems", "state"])
    return refuse(brought, by=by)


def apply(
    checked: Checked, loaders: Sequence[Loader], *, by: Person | None, tell: Tell = silent
) -> Import:
    """Apply a sound import whole; if anything fails, database and warehouse stay as they were."""
    brought = checked.record
    if not checked.files.sound or brought.state not in READY:
        raise CannotApply("This import has problems, or was applied or refused already.")
    if checked.asks and not brought.accepts_leavers:
        raise ManyWouldLeave(checked.asks)
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    try:
        with warehouse.alone(waiting=lambda: tell(WAITING, 0, 0)):
            if checked.after != queries.last_applied():  # what it was checked against is gone
                checked = read_again(brought, checked.paths, loaders, tell=tell)
            try:
                _write_and_commit(checked, loaders, warehouse, by=by, tell=tell)
            except OperationalError as error:
                raise CannotApply(
                    "The database could not be written, so nothing was changed. Another program "
                    "may hold it, or its disk may be full: try again, or run trellis doctor."
                ) from error
            except DatabaseError as error:
                raise CannotApply(
                    "The database did not take the rows, so nothing was changed. "
                    "Check that no two people share an e-mail address, then try again."
                ) from error
            finally:
                # After a failure the new files are the orphans; after success the old ones are.
                warehouse.sweep(queries.kept_manifests())
                brought.refresh_from_db()
    except NotWrittenError as error:
        raise CannotApply(str(error)) from error
    shutil.rmtree(folder_of(brought), ignore_errors=True)
    return brought


def begin_with_sound_rows(brought: Import) -> bool:
    """Begin anew with refused files that are still there: with the rows that have no problem."""
    if not folder_of(brought).exists():
        return False
    stopped = Import.objects.filter(pk=brought.pk, state__in=STOPPED, sound_rows=False)
    begun = stopped.update(state=Import.State.RECEIVED, progress={}, sound_rows=True)
    return bool(begun)


def refuse(brought: Import, *, by: Person | None, keep_files: bool = False) -> Import:
    """End an import without applying it; its files are deleted.

    `keep_files` leaves them until somebody chooses to put them away, or the next ones come in: a
    person may still want the rows that are sound.
    """
    if brought.state == Import.State.REFUSED:
        shutil.rmtree(folder_of(brought), ignore_errors=True)
        return brought
    if brought.state in (Import.State.APPLIED, Import.State.APPLYING):
        raise CannotApply("This import was applied already.")
    with transaction.atomic():
        brought.state = Import.State.REFUSED
        brought.lists.all().delete()
        brought.finished_at = clock.now()
        brought.save(update_fields=["state", "finished_at"])
        happening = ImportRefused(import_id=brought.pk, problems=len(brought.problems))
        record(happening, by=by, subject=brought.pk)
    if not keep_files:
        shutil.rmtree(folder_of(brought), ignore_errors=True)
    return brought


def forget(brought: Import) -> None:
    """Drop the record of files that were only looked at: nothing was changed, nothing refused."""
    shutil.rmtree(folder_of(brought), ignore_errors=True)
    brought.delete()


def known_of(loaders: Sequence[Loader]) -> Known:
    """Collect what earlier imports brought, so that files may name it."""
    ids: dict[str, set[str]] = {}
    for loader in loaders:
        ids |= loader.known_ids()
    return Known(
        ids=ids, emails=known_emails(), aliases=known_aliases(), tables=_known_tables(loaders),
        numbers=known_numbers, disguise=disguise,
    )  # fmt: skip


def _known_tables(loaders: Sequence[Loader]) -> dict[str, pl.DataFrame]:
    return {name: rows for loader in loaders for name, rows in loader.known_tables().items()}


def _same_as_last(files: DistrictFiles) -> Import | None:
    """Return the last applied import if it brought exactly these files."""
    last = queries.last_applied()
    if last is None or last.left_out or not files.files:  # what stayed out may be sound by now
        return None
    return last if last.content_hash == files.content_hash else None


def _write_and_commit(
    checked: Checked, loaders: Sequence[Loader], warehouse: Warehouse, *, by: Person | None,
    tell: Tell,
) -> None:  # fmt: skip
    base = queries.warehouse().manifest
    tell("Writing the tables of results", 0, 0)
    manifest = _write_tables(checked, loaders, warehouse, base)
    with transaction.atomic():
        done, journal = _write_rows(checked, loaders, tell)
        _keep_journal(checked.record, journal)
        _finish(checked.record, done, manifest, by=by)


def _write_tables(
    checked: Checked, loaders: Sequence[Loader], warehouse: Warehouse, base: str
) -> str:
    learners = learners_of_sections(checked.files)
    new = analytic.tables(
        checked.files,
        known=_known_tables(loaders),
        teachers=teachers_of_sections(checked.files),
        learners=learners,
        secret=settings.TRELLIS_PSEUDONYM_SECRET,
        import_id=str(checked.record.pk),
    )
    merged = {
        name: replace_rows(
            _standing(name, checked.files, warehouse.read(name, base)),
            frame,
            analytic.replaced_by(name, checked.files),
        )
        for name, frame in new.items()
    }
    # Written first: a bundle may have brought results by objective beside the file of them.
    written = warehouse.write(merged, snapshot_of=base)
    large = analytic.partitions(
        checked.files,
        learners=learners,
        old=lambda table, values: warehouse.pieces(table, written, values),
        secret=settings.TRELLIS_PSEUDONYM_SECRET,
        import_id=str(checked.record.pk),
    )
    return warehouse.write({}, partitions=large, snapshot_of=written) if large else written


def _standing(name: str, files: DistrictFiles, old: pl.LazyFrame | None) -> pl.LazyFrame | None:
    """Return the rows of a table that the files leave standing."""
    if old is None or name != "objective_results":
        return old
    return objective_results.standing(files, old, secret=settings.TRELLIS_PSEUDONYM_SECRET)


def _write_rows(
    checked: Checked, loaders: Sequence[Loader], tell: Tell
) -> tuple[list[Change], list[Entry]]:
    brought = checked.record
    state = Import.objects.select_for_update().get(pk=brought.pk).state
    if state not in READY:
        raise CannotApply("This import was applied or refused in the meantime.")
    done: list[Change] = []
    journal: list[Entry] = []
    bringing = Bringing(brought.pk, clock.now())
    for difference in _differences(checked.files, loaders, bringing):
        done.append(difference.change)
        journal.append(store(difference))
        tell(f"Stored {difference.said.kind}", len(done), len(checked.changes))
    # Once more, of what was truly done: the district may have changed since the preview.
    if (asked := asks(done)) and not brought.accepts_leavers:
        raise ManyWouldLeave(asked)
    return done, journal


def _keep_journal(brought: Import, journal: Sequence[Entry]) -> None:
    """Keep what takes this import back, and no longer what took an older one back."""
    JournalEntry.objects.all().delete()
    listing.forget_older(brought)
    JournalEntry.objects.bulk_create(
        JournalEntry(brought=brought, position=place, body=packed(entry))
        for place, entry in enumerate(journal)
    )


def _finish(brought: Import, done: Sequence[Change], manifest: str, *, by: Person | None) -> None:
    brought.state = Import.State.APPLIED
    brought.finished_at = clock.now()
    brought.manifest = manifest
    brought.changes = {change.kind: asdict(change) for change in done}
    brought.save()
    happening = ImportApplied(
        import_id=brought.pk,
        files=len(brought.files),
        added=sum(change.added for change in done),
        changed=sum(change.changed for change in done),
        gone=sum(change.gone for change in done),
    )
    record(happening, by=by, subject=brought.pk)
    if asked := asks(done):
        leaving = sum(ask.leaving for ask in asked)
        accepted = LeaversAccepted(import_id=brought.pk, leaving=leaving)
        record(accepted, by=by, subject=brought.pk)
