"""Name what happens to imports."""

from dataclasses import dataclass
from datetime import date
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
class LeaversAccepted(Happening):
    """Somebody was told how many the files leave out, and said that it is right."""

    import_id: UUID
    leaving: int
    sentence: ClassVar[str] = "It was confirmed that {leaving} are rightly no longer in the files."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(Happening):
    import_id: UUID
    removed: int
    restored: int
    staying: int
    sentence: ClassVar[str] = (
        "An import was undone: {removed} taken out again, {restored} put back, "
        "{staying} kept because people have built on them."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRefused(Happening):
    import_id: UUID
    problems: int
    sentence: ClassVar[str] = "An import was refused, with {problems} problems; nothing changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSaved(Happening):
    name: str
    version: int
    sentence: ClassVar[str] = "Version {version} of the mapping “{name}” was saved."


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingPutAway(Happening):
    name: str
    sentence: ClassVar[str] = "The mapping “{name}” was put away; no file is read by it any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkBrought(Happening):
    version: int
    items: int
    sentence: ClassVar[str] = "A version of a framework came in, with {items} items."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkAdopted(Happening):
    version: int
    number: int
    sentence: ClassVar[str] = "Version {number} of a framework came into use."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkPutAway(Happening):
    framework: int
    sentence: ClassVar[str] = "A framework went out of use."


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkBrought(Happening):
    relations: int
    sentence: ClassVar[str] = "{relations} relations between frameworks were brought in."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMade(Happening):
    name: str
    ends_on: date
    sentence: ClassVar[str] = "A token was made for the system “{name}”, valid until {ends_on}."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Happening):
    name: str
    sentence: ClassVar[str] = "The token of the system “{name}” was revoked."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAsked(Happening):
    sentence: ClassVar[str] = "A class was asked for feedback."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFeedbackClosed(Happening):
    sentence: ClassVar[str] = "The feedback of a class was closed; only its teacher sees it."
