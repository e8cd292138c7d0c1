"""Say what can happen to a plan; dates and counts only, never its words."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStarted(Happening):
    sentence: ClassVar[str] = "A plan for {school_year} was started."
    school_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSet(Happening):
    sentence: ClassVar[str] = "A goal was set."
    goal: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRefined(Happening):
    sentence: ClassVar[str] = "A goal was put in new words, version {version}."
    goal: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalMet(Happening):
    sentence: ClassVar[str] = "A goal was met."
    goal: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRaised(Happening):
    sentence: ClassVar[str] = "A goal was met and raised."
    goal: UUID
    raised_to: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSetAside(Happening):
    sentence: ClassVar[str] = "A goal was set aside."
    goal: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(Happening):
    sentence: ClassVar[str] = "A check-in was written for {on}."
    goal: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAgreed(Happening):
    sentence: ClassVar[str] = "A next step was taken into the plan, to look back on {follow_up_on}."
    step: UUID
    follow_up_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLookedBack(Happening):
    sentence: ClassVar[str] = "A next step was looked back on."
    step: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMoved(Happening):
    sentence: ClassVar[str] = "A look back was moved to {follow_up_on}."
    step: UUID
    follow_up_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested(Happening):
    sentence: ClassVar[str] = "{who} suggested something for your plan."
    suggestion: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionAnswered(Happening):
    sentence: ClassVar[str] = "A suggestion was answered."
    suggestion: UUID
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Happening):
    sentence: ClassVar[str] = "{who} wrote in the plan."
    comment: UUID
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaboratorInvited(Happening):
    sentence: ClassVar[str] = "{who} can read the plan."
    who: str
    may_propose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaborationEnded(Happening):
    sentence: ClassVar[str] = "{who} can no longer read the plan."
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSaved(Happening):
    sentence: ClassVar[str] = "A resource was saved to the plan."
    resource: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGranted(Happening):
    sentence: ClassVar[str] = "The time for growth was set to {minutes} minutes a week."
    minutes: int
