"""Say what happens to accounts and roles."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Happening):
    """A role was opened for a person."""

    sentence: ClassVar[str] = "The role “{role}” was opened from {starts_on}. Reason: {reason}"
    role: str
    starts_on: date
    ends_on: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(Happening):
    """A role got its last day."""

    sentence: ClassVar[str] = "The role “{role}” ends on {ends_on}."
    role: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed(Happening):
    """A person can no longer sign in; nothing of hers is deleted."""

    sentence: ClassVar[str] = "The account was closed."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOpened(Happening):
    """A closed account was opened again."""

    sentence: ClassVar[str] = "The account was opened again."


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsMerged(Happening):
    """Two records of one person became one."""

    sentence: ClassVar[str] = "Two records of one person were merged: {moved} things moved."
    kept: UUID
    other: UUID
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Happening):
    """Two records that were merged stand apart again."""

    sentence: ClassVar[str] = "A merge was undone: {moved} things went back, {staying} stayed."
    kept: UUID
    other: UUID
    moved: int
    staying: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsToldApart(Happening):
    """Two records that look alike were said to be of two people."""

    sentence: ClassVar[str] = "Two records that look alike were said to be of two people."
    one: UUID
    other: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingApartTakenBack(Happening):
    """Whether two records are of two people is open again."""

    sentence: ClassVar[str] = "Whether two records are of two people is open again."
    one: UUID
    other: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Happening):
    """A person chose a new password."""

    sentence: ClassVar[str] = "The password was changed."
