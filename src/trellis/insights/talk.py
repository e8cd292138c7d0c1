"""Look at a lesson's talk without storing it, and keep what the teacher chooses of it.

It loads numpy, so import it where it is used.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from trellis.diagnosis import talk as measures
from trellis.diagnosis.talk import Exchange, Figures, Line
from trellis.diagnosis.talk.sentences import Part, Said, parts, said
from trellis.diagnosis.talk.words import RULES_VERSION
from trellis.evidence.models import EvidenceItem, Source
from trellis.insights.actions import OnlyTheOwnerDecides, refresh
from trellis.insights.events import TalkCounted, TalkDeleted, TalkKept
from trellis.insights.models import LessonTalk
from trellis.interchange.transcripts import MOST_LINES, MOST_SPEAKERS
from trellis.people.models import Person, Section, Student
from trellis.trust import clock
from trellis.trust.events import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_MOMENTS = 10
# A moment is remembered by how it begins; a long turn is not a quote.
MOMENT_WORDS = 60
BEGINNING_WORDS = 12
LONGEST_SECONDS = 1e6


@dataclass(frozen=True, slots=True)
class Speaker:
    """One of those who speak, as the teacher finds herself among them."""

    label: str
    turns: int
    words: int
    begins: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A student's words and the teacher's answer, cut to a length that one remembers."""

    turn: int
    student: str
    teacher: str
    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    """All that is seen of a transcript while nothing of it is stored."""

    lines: tuple[Line, ...]
    teacher: str
    speakers: tuple[Speaker, ...]
    figures: Figures
    said: tuple[Said, ...]
    parts: tuple[Part, ...]
    moments: tuple[Moment, ...]

    @property
    def can_count(self) -> bool:
        return bool(measures.evidence_of(self.figures))


def masked(lines: Sequence[Line], owner: Person) -> tuple[Line, ...]:
    """Return the lines without the names of students in the owner's own classes."""
    students = Student.objects.filter(enrollments__section__teachings__person=owner).distinct()
    names = [name for pair in students.values_list("given_name", "family_name") for name in pair]
    return measures.masked(lines, names)


def look(lines: Sequence[Line], teacher: str = "") -> Look:
    """Measure masked lines; whoever says most is taken for the teacher until she says otherwise.

    Raises
    ------
    ValidationError
        if there is nothing that could be measured
    """
    counted = measures.words_by_speaker(lines)
    if not any(counted.values()):
        raise ValidationError("Nobody says a word in this transcript.")
    if teacher not in counted or not counted[teacher]:
        teacher = next(iter(counted))
    figures = measures.measure(lines, teacher)
    return Look(
        lines=tuple(lines),
        teacher=teacher,
        speakers=_speakers(lines, counted),
        figures=figures,
        said=said(figures),
        parts=parts(figures),
        moments=tuple(_moment(one) for one in sorted(figures.exchanges, key=_taken_up_first)),
    )


def carried(lines: Iterable[Line]) -> str:
    """Write masked lines into the form that the teacher's browser holds until she decides."""
    rows = [[line.speaker, line.text, line.start, line.end] for line in lines]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def taken_back(text: str, owner: Person) -> tuple[Line, ...]:
    """Read what the browser held; names are masked again, whatever came.

    Raises
    ------
    ValidationError
        if it is not what `carried` writes
    """
    try:
        rows = json.loads(text)
        lines = [_line(row) for row in rows][: MOST_LINES + 1]
    except (ValueError, TypeError, RecursionError):
        lines = []
    speakers = {line.speaker for line in lines}
    if not lines or len(lines) > MOST_LINES or len(speakers) > MOST_SPEAKERS:
        raise ValidationError("The transcript did not come along. Choose the file again.")
    return masked(lines, owner)


@transaction.atomic
def keep(
    owner: Person,
    *,
    by: Person,
    seen: Look,
    held_on: date,
    section: Section | None,
    turns: Collection[int] = (),
    counts: bool = False,
) -> LessonTalk:
    """Keep the figures of a lesson's talk and the chosen moments, and nothing else of it."""
    if owner.pk != by.pk:
        raise OnlyTheOwnerDecides
    chosen = [moment for moment in seen.moments if moment.turn in turns]
    if len(chosen) > MOST_MOMENTS:
        raise ValidationError(f"Choose at most {MOST_MOMENTS} moments to keep.")
    figures = {
        "rules": RULES_VERSION,
        "said": [asdict(one) for one in seen.said],
        "parts": [asdict(one) for one in seen.parts],
        "evidence": [asdict(one) for one in measures.evidence_of(seen.figures)],
    }
    kept = LessonTalk.objects.create(
        owner=owner,
        section=section,
        held_on=held_on,
        figures=figures,
        moments=[{"student": one.student, "teacher": one.teacher} for one in chosen],
        kept_at=clock.now(),
    )
    record(TalkKept(held_on=f"{held_on}"), by=by, about=owner, subject=kept.pk)
    if counts:
        count(kept, by=by)
    return kept


@transaction.atomic
def count(kept: LessonTalk, *, by: Person) -> list[EvidenceItem]:
    """Let what was kept speak as one piece of evidence; a repeat adds nothing."""
    if kept.owner_id != by.pk:
        raise OnlyTheOwnerDecides
    if not kept.figures["evidence"]:
        raise ValidationError("There is too little in this lesson's talk to count as evidence.")
    if pieces_of(kept).exists():
        return []
    items = EvidenceItem.objects.bulk_create(
        EvidenceItem(
            owner=by,
            source=Source.TALK,
            element=one["element"],
            seen_on=kept.held_on,
            value=one["rate"],
            n=one["n"],
            lesson=piece_of(kept),
            section=kept.section,
            external_id=f"{piece_of(kept)}:{one['element']}",
            added_at=clock.now(),
        )
        for one in kept.figures["evidence"]
    )
    refresh(by)
    record(TalkCounted(held_on=f"{kept.held_on}"), by=by, about=by, subject=kept.pk)
    return items


@transaction.atomic
def delete(kept: LessonTalk, *, by: Person) -> None:
    """Delete what was kept, with its moments and the evidence made from it."""
    if kept.owner_id != by.pk:
        raise OnlyTheOwnerDecides
    deleted, _ = pieces_of(kept).delete()
    record(TalkDeleted(held_on=f"{kept.held_on}"), by=by, about=by)
    kept.delete()
    if deleted:
        refresh(by)


def piece_of(kept: LessonTalk) -> str:
    """Name the piece of evidence that is made from a lesson's talk."""
    return f"talk:{kept.pk}"


def pieces_of(kept: LessonTalk) -> "QuerySet[EvidenceItem]":
    """Return the evidence made from a lesson's talk."""
    return EvidenceItem.objects.filter(owner_id=kept.owner_id, lesson=piece_of(kept))


def _line(row: Any) -> Line:
    """Return one carried line; Any: it comes from a browser, and is looked at here."""
    speaker, text, *times = row
    if not (isinstance(speaker, str) and isinstance(text, str)):
        raise TypeError("a line holds words")
    start, end = (None if time is None else float(time) for time in times)
    if any(time is not None and not 0 <= time <= LONGEST_SECONDS for time in (start, end)):
        raise ValueError("a time lies within the lesson")
    return Line(speaker, text, start, end)


def _speakers(lines: Sequence[Line], counted: dict[str, int]) -> tuple[Speaker, ...]:
    turns: dict[str, list[str]] = {}
    for turn in measures.turns_of(lines, ""):
        turns.setdefault(turn.lines[0].speaker, []).append(turn.text)
    return tuple(
        Speaker(label, len(turns[label]), words, _cut(turns[label][0], BEGINNING_WORDS))
        for label, words in counted.items()
        if label in turns
    )


def _moment(one: Exchange) -> Moment:
    kind = "Built on" if one.built_on else "Taken up" if one.taken_up else ""
    if not kind and one.asked:
        kind = "Asked for thinking"
    return Moment(one.turn, _cut(one.student, MOMENT_WORDS), _cut(one.teacher, MOMENT_WORDS), kind)


def _taken_up_first(one: Exchange) -> tuple[bool, bool, bool, int]:
    return not one.built_on, not one.taken_up, not one.asked, one.turn


def _cut(text: str, most: int) -> str:
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
