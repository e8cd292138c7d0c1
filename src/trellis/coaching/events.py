"""Say what can happen in a partnership: who, when and how long, never what was said or seen."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Happening):
    sentence: ClassVar[str] = "{who} invited you to work together."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Happening):
    sentence: ClassVar[str] = "{who} accepted your invitation."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationDeclined(Happening):
    sentence: ClassVar[str] = "{who} declined your invitation."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipEnded(Happening):
    sentence: ClassVar[str] = "{who} ended your partnership."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementChanged(Happening):
    sentence: ClassVar[str] = "{who} proposed new words for your agreement."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned(Happening):
    sentence: ClassVar[str] = "{who} signed your agreement."
    partnership: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLogged(Happening):
    sentence: ClassVar[str] = "{who} logged {minutes} minutes on {held_on}."
    session: UUID
    who: str
    held_on: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised(Happening):
    sentence: ClassVar[str] = "{who} promised a next step for {due_on}."
    step: UUID
    who: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseAnswered(Happening):
    sentence: ClassVar[str] = "{who} looked back on a next step."
    step: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitProposed(Happening):
    sentence: ClassVar[str] = "{who} asks about a visit on {day}."
    visit: UUID
    who: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAnswered(Happening):
    sentence: ClassVar[str] = "{who} {answer} the visit."
    visit: UUID
    who: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesShared(Happening):
    sentence: ClassVar[str] = "{who} shared notes of the visit with you."
    visit: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Debriefed(Happening):
    sentence: ClassVar[str] = "You two talked about the visit."
    visit: UUID
