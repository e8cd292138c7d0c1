"""Say what can happen to a review; ids and verdicts only, never anybody's words."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRegistered(Happening):
    sentence: ClassVar[str] = "A review was registered and locked ({fingerprint})."
    review: UUID
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAmended(Happening):
    sentence: ClassVar[str] = "A registered review was amended; the change stands beside it."
    review: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRun(Happening):
    sentence: ClassVar[str] = "A review was run: {verdict}."
    review: UUID
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFailed(Happening):
    sentence: ClassVar[str] = "A review could not be run; nothing was changed."
    review: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutReleased(Happening):
    sentence: ClassVar[str] = "A read-out was opened to the district; participants had it before."
    review: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecorded(Happening):
    sentence: ClassVar[str] = "A decision was recorded: {choice}."
    review: UUID
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReplied(Happening):
    sentence: ClassVar[str] = "The provider replied to a read-out."
    review: UUID
