"""Name what happens to imports."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportApplied(Happening):
    import_id: UUID
    files: int
    added: int
    changed: int
    gone: int
    sentence: ClassVar[str] = (
        "{files} files were imported: {added} added, {changed} changed, {gone} set aside."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRefused(Happening):
    import_id: UUID
    problems: int
    sentence: ClassVar[str] = "An import was refused, with {problems} problems; nothing changed."
