"""Answer what was imported and which state of the warehouse is current."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from trellis.evidence.guard import asks
from trellis.evidence.instrument import level_for
from trellis.evidence.models import ClassCollection, Import
from trellis.evidence.words import ONES, WHOLE, BackRow, back_row, told
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.loading import Change
from trellis.trust.taking_back import TakenBack

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The warehouse as it stands in one manifest; empty tables where nothing was brought."""

    manifest: str

    def read(self, table: str) -> "pl.LazyFrame":
        """Scan a table of `trellis.warehouse.tables`."""
        # Late: pages that show no numbers must not wait for polars.
        from trellis.warehouse.store import Warehouse
        from trellis.warehouse.tables import empty

        found = Warehouse(settings.TRELLIS_WAREHOUSE).read(table, self.manifest)
        return empty(table).lazy() if found is None else found


def warehouse() -> Snapshot:
    """Return the current state of the warehouse: the one that the last applied import set."""
    last = last_applied()
    return Snapshot(last.manifest if last else "")


def table_rows() -> dict[str, int]:
    """Count the rows of each table of the current warehouse, without opening one."""
    from trellis.warehouse.store import Warehouse

    manifest = warehouse().manifest
    if not manifest:
        return {}
    tables = Warehouse(settings.TRELLIS_WAREHOUSE).manifest(manifest).tables
    return {name: sum(part.rows for part in parts) for name, parts in tables.items()}


def objectives_by_code() -> dict[str, str]:
    """Return the identifier of each learning objective by its code, where that is of one alone."""
    from trellis.evidence.models import LearningObjective

    pairs = list(LearningObjective.objects.exclude(code="").values_list("code", "identifier"))
    times = Counter(code for code, _ in pairs)
    return {code: identifier for code, identifier in pairs if times[code] == 1}


def person_key(external_id: str) -> str:
    """Return the pseudonym of a person (student or adult) in the warehouse."""
    return _key("person", external_id)


def section_key(external_id: str) -> str:
    """Return the pseudonym of a section in the warehouse."""
    return _key("section", external_id)


def last_applied() -> Import | None:
    """Return the import that was applied last; one that is being undone stands until it is."""
    return _applied().first()


def kept_manifests() -> list[str]:
    """Return the states of the warehouse that must stay: the current one and the one before."""
    return list(_applied().values_list("manifest", flat=True)[:2])


def _applied() -> "QuerySet[Import]":
    standing = (Import.State.APPLIED, Import.State.UNDOING)
    return Import.objects.filter(state__in=standing).order_by("-finished_at")


def folder_of(brought: Import) -> Path:
    """Return where the files of an import wait until it is applied or refused."""
    return Path(settings.TRELLIS_UPLOADS) / str(brought.pk)


def _key(kind: str, external_id: str) -> str:
    from trellis.warehouse.pseudonyms import pseudonym

    return pseudonym(settings.TRELLIS_PSEUDONYM_SECRET, kind, external_id)


AT_WORK = (
    Import.State.RECEIVED, Import.State.CHECKED, Import.State.APPLYING, Import.State.UNDOING,
)  # fmt: skip
SHOWN = 200
HISTORY = 30


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the history: when, by whom, what came of it."""

    id: UUID
    received_at: datetime
    by: str
    state: str
    applied: bool
    waits: bool
    files: int
    rows: int
    added: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem as it stood when the files were read."""

    file: str
    row: int
    field: str
    found: str
    expected: str
    advice: str
    stops: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What an import would change, or changed, of one kind: counts, a sentence, the first names."""

    kind: str
    told: str
    same: int
    names: tuple[tuple[str, str], ...]
    listed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Where an import stands."""

    row: ImportRow
    at_work: bool
    may_apply: bool
    refused: bool
    undone: bool
    not_undone: str
    may_undo: bool
    may_take_sound: bool
    # Every error stands in a file that is checked and never kept.
    wrong_only_where_unused: bool
    sound_rows: bool
    left_out: int
    now: str
    done: int
    total: int
    stops: int
    problems: tuple[ProblemRow, ...]
    unshown: int
    changes: tuple[ChangeRow, ...]
    as_before: int
    asks: tuple[str, ...]
    leavers: tuple[str, ...]
    suggested: tuple[dict[str, str], ...]
    taken_back: tuple[BackRow, ...]
    file_names: tuple[str, ...]
    # Files of a vendor's layout: those that nobody explained yet, and those that a mapping reads.
    unexplained: tuple[str, ...]
    explained: tuple[str, ...]

    @property
    def waits(self) -> bool:
        return self.row.waits


def import_rows(visible: "QuerySet[Import]") -> list[ImportRow]:
    """Return the last imports, newest first."""
    return [_row(one) for one in visible.select_related("brought_by")[:HISTORY]]


def import_page(brought: Import) -> ImportPage:
    """Return what the page of one import says."""
    problems = tuple(_problem(said) for said in brought.problems)
    changes = [as_change(said) for said in brought.changes.values()]
    moved = [change for change in changes if change.added or change.changed or change.gone]
    listed = set(brought.lists.values_list("kind", "what"))
    progress = brought.progress or {}
    return ImportPage(
        row=_row(brought),
        at_work=brought.state in AT_WORK,
        may_apply=brought.state == Import.State.PREVIEWED,
        refused=brought.state == Import.State.REFUSED,
        undone=brought.state == Import.State.UNDONE,
        not_undone=progress.get("not_undone", ""),
        may_undo=last_applied() == brought and brought.journal.exists(),
        may_take_sound=_may_take_sound(brought),
        wrong_only_where_unused=_wrong_only_where_unused(brought),
        sound_rows=brought.sound_rows,
        left_out=brought.left_out,
        now=progress.get("now", "Waiting to begin"),
        done=progress.get("done", 0),
        total=progress.get("total", 0),
        stops=sum(problem.stops for problem in problems),
        problems=problems[:SHOWN],
        unshown=max(0, len(problems) - SHOWN),
        changes=tuple(_change(change, listed) for change in moved),
        as_before=sum(change.same for change in changes),
        asks=tuple(ask.sentence for ask in asks(changes)),
        leavers=tuple(_leavers(c) for c in moved if c.leaving and c.kind in ONES and not asks([c])),
        suggested=tuple(brought.suggested),
        taken_back=tuple(back_row(TakenBack(**said)) for said in brought.taken_back),
        file_names=tuple(file["name"] for file in brought.files),
        unexplained=_files_with(brought, "package.unknown_layout", "package.unknown_file"),
        explained=_files_with(brought, "mapping.used"),
    )


def _may_take_sound(brought: Import) -> bool:
    """Return whether files with problems are still there, and hold more than what is wrong."""
    sound = sum(file["rows"] - file.get("refused", 0) for file in brought.files)
    stopped = brought.state in (Import.State.REFUSED, Import.State.WAITING)
    return stopped and not brought.sound_rows and sound > 0 and folder_of(brought).exists()


def _wrong_only_where_unused(brought: Import) -> bool:
    errors = {said["file"] for said in brought.problems if said["severity"] == "error"}
    if not errors:
        return False
    from trellis.interchange.oneroster import UNUSED  # late: it reads polars

    # The district's own resources.csv has the name of a file of the standard, and is kept.
    unused = UNUSED - {"resources"}
    return errors <= {file["name"] for file in brought.files if file.get("kind") in unused}


def _files_with(brought: Import, *codes: str) -> tuple[str, ...]:
    """Name the CSV files of which one of these was said, while the files still wait."""
    if brought.state not in (Import.State.WAITING, Import.State.PREVIEWED):
        return ()
    found = (said["file"] for said in brought.problems if said["code"] in codes)
    return tuple(dict.fromkeys(name for name in found if name.lower().endswith(".csv")))


def _row(one: Import) -> ImportRow:
    told = one.changes.values()
    return ImportRow(
        id=one.pk,
        received_at=one.received_at,
        by=one.brought_by.full_name if one.brought_by else "by command",
        state=one.get_state_display(),
        applied=one.state == Import.State.APPLIED,
        waits=one.state == Import.State.WAITING,
        files=len(one.files),
        rows=sum(file["rows"] for file in one.files),
        added=sum(change["added"] for change in told),
        changed=sum(change["changed"] for change in told),
        gone=sum(change["gone"] for change in told),
    )


def _leavers(change: Change) -> str:
    if change.leaving == 1:
        return f"1 {ONES[change.kind]} is"
    return f"{change.leaving:,} {change.kind} are"


def _problem(said: "Mapping[str, Any]") -> ProblemRow:
    return ProblemRow(
        file=said["file"],
        row=said["row"],
        field=said["field"],
        found=said["found"],
        expected=said["expected"],
        advice=said["advice"],
        stops=said["severity"] == "error",
    )


def as_change(said: "Mapping[str, Any]") -> Change:
    """Read a change as it was kept, also by a version that counted less."""
    return Change(**{name: said[name] for name in Change.__dataclass_fields__ if name in said})


def _change(change: Change, listed: set[tuple[str, str]]) -> ChangeRow:
    counts = {"added": change.added, "changed": change.changed, "gone": change.gone}
    names = [
        (what, ", ".join(first) + (" …" if counts[what] > len(first) else ""))
        for what, first in change.names.items()
        if first
    ]
    whole = [(what, words) for what, words in WHOLE.items() if (change.kind, what) in listed]
    return ChangeRow(change.kind, told(change), change.same, tuple(names), tuple(whole))


@dataclass(frozen=True, slots=True)
class ClassToAsk:
    """One of a teacher's classes: what it is asked now, and what it was asked before."""

    id: UUID
    title: str
    too_young: bool
    open_now: ClassCollection | None
    before: tuple[ClassCollection, ...]


def classes_to_ask(teacher: Person) -> list[ClassToAsk]:
    """Return a teacher's classes of this school year, with what she asked them."""
    year = clock.school_year(clock.today())
    sections = list(teacher.sections.filter(school_year=year, is_active=True).order_by("title"))
    asked: dict[UUID, list[ClassCollection]] = {}
    for one in ClassCollection.objects.filter(teacher=teacher, section__in=sections):
        asked.setdefault(one.section_id, []).append(one)
    return [
        ClassToAsk(
            id=section.pk,
            title=section.title,
            too_young=level_for(section.grade) is None,
            open_now=next((c for c in asked.get(section.pk, ()) if not c.closed_at), None),
            before=tuple(c for c in asked.get(section.pk, ()) if c.closed_at),
        )
        for section in sections
    ]
