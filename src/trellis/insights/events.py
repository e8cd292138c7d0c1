"""Name what happens to insights and to evidence."""

from dataclasses import dataclass
from typing import ClassVar

from trellis.trust.events import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsComputed(Happening):
    """All teachers' insights were computed."""

    teachers: int
    sentence: ClassVar[str] = "Insights were computed for {teachers} teachers."


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightAnswered(Happening):
    """A teacher answered an insight; what she said stays with her."""

    sentence: ClassVar[str] = "You answered an insight."


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithdrawn(Happening):
    """A teacher took a piece of evidence out of all estimates."""

    source: str
    seen_on: str
    sentence: ClassVar[str] = "You withdrew a piece of evidence ({source}, {seen_on})."


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRestored(Happening):
    """A teacher brought a withdrawn piece of evidence back."""

    source: str
    seen_on: str
    sentence: ClassVar[str] = "You brought back a piece of evidence ({source}, {seen_on})."


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkKept(Happening):
    """A teacher kept the figures of a lesson's talk."""

    held_on: str
    sentence: ClassVar[str] = "You kept what the talk of a lesson shows ({held_on})."


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkCounted(Happening):
    """A teacher let a lesson's talk count among her evidence."""

    held_on: str
    sentence: ClassVar[str] = "You let the talk of a lesson count as evidence ({held_on})."


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkDeleted(Happening):
    """A teacher deleted what was kept of a lesson's talk."""

    held_on: str
    sentence: ClassVar[str] = "You deleted what was kept of the talk of a lesson ({held_on})."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReadingAdded(Happening):
    """A teacher added her own reading."""

    elements: int
    sentence: ClassVar[str] = "You added your own reading of {elements} parts of your teaching."
