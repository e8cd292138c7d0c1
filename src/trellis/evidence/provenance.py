"""Answer which files brought a kind of data, and where a single piece of evidence came from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from django.utils.dateformat import format as in_words

from trellis.evidence.models import EvidenceItem, Import
from trellis.trust import clock

# What was brought before that is told by the page of imports.
LOOKED_AT = 200
WHEN = "M j, Y, g:i a"

# Large columns of an import that `where_from` never reads: left out where many items are read.
NOT_READ = tuple(
    f"brought_by__{column}"
    for column in ("files", "problems", "changes", "progress", "suggested", "taken_back")
)


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that brought one kind of data: its rows, the import, when and by whom."""

    kind: str
    name: str
    rows: int
    import_id: UUID
    at: datetime
    by: str  # the name of a person, or empty for a command


def kind_of(file: Mapping[str, Any]) -> str:
    """Return the kind of a file of an import; before kinds were kept, its name told it."""
    return str(file.get("kind") or PurePath(file["name"]).stem)


def files_of(kinds: Collection[str]) -> list[BroughtFile]:
    """Return the last file of each kind, in the order of the kinds."""
    latest = _latest()
    return [latest[kind][-1] for kind in kinds if kind in latest]


def all_files() -> Mapping[str, tuple[BroughtFile, ...]]:
    """Return the files that were applied, by kind, the newest last."""
    return _latest()


def where_from(items: Sequence[EvidenceItem], *, reader_id: UUID | None = None) -> str:
    """Say where one piece of evidence came from: its file and rows, or who wrote it and when."""
    first = items[0]
    when = in_words(clock.local(first.added_at), WHEN)
    if first.file:
        return f"{first.file}{_rows(items)}, imported {when}{_by(first.brought_by)}"
    if first.visitor is not None and first.visitor_id != reader_id:
        return f"Written in Trellis on {when} by {first.visitor.given_name}"
    return f"Written in Trellis on {when}" + (" by you" if first.owner_id == reader_id else "")


def _rows(items: Sequence[EvidenceItem]) -> str:
    rows = [str(row) for row in sorted({item.row for item in items if item.row})]
    if not rows:
        return ""
    return f", row {rows[0]}" if len(rows) == 1 else f", rows {', '.join(rows)}"


def _by(brought: Import | None) -> str:
    if brought is None:
        return ""
    return " by an administrator" if brought.brought_by_id else " by a command on the server"


def _latest() -> Mapping[str, tuple[BroughtFile, ...]]:
    """Return the applied files by kind; they change only when an import is applied or undone."""
    applied = Import.objects.filter(state=Import.State.APPLIED)
    now = applied.aggregate(number=Count("pk"), last=Max("finished_at"))
    return _as_of(now["number"], now["last"])


@lru_cache(maxsize=1)
def _as_of(_number: int, _last: datetime | None) -> Mapping[str, tuple[BroughtFile, ...]]:
    applied = Import.objects.filter(state=Import.State.APPLIED).select_related("brought_by")
    found: dict[str, list[BroughtFile]] = {}
    for brought in reversed(applied.order_by("-finished_at")[:LOOKED_AT]):
        at = brought.finished_at or brought.received_at
        by = brought.brought_by.full_name if brought.brought_by else ""
        for file in brought.files:
            told = BroughtFile(kind_of(file), file["name"], file["rows"], brought.pk, at, by)
            found.setdefault(told.kind, []).append(told)
    return {kind: tuple(files) for kind, files in found.items()}
