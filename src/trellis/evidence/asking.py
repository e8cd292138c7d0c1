"""Let a teacher ask her class: a code, ten questions, and nothing kept but how many said what.

It reads polars where it sums up, which is slow to start: there it is imported late.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from trellis.evidence.events import ClassAsked, ClassFeedbackClosed
from trellis.evidence.instrument import ANSWERS, BY_CODE, ITEMS, LABELS, Level, level_for
from trellis.evidence.models import AnswerSent, ClassCollection, EvidenceItem, Source
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.trust.events import record

OPEN_FOR = timedelta(days=14)
# Fewer answers say more about a student than about a lesson: then nothing at all is kept.
FEWEST_ANSWERS = 5
# No vowels, so that no word comes out, and nothing that looks like another sign.
ALPHABET = "BCDFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 6
TRIES = 20


class NotTaken(ValidationError):  # noqa: N818 - reads as what is said to the student
    """Answers that are not counted; its message is for a student."""


@transaction.atomic
def ask(section: Section, *, by: Person, level: Level) -> ClassCollection:
    """Open a collection for a class of one's own; its code works for two weeks."""
    if not section.teachings.filter(person=by).exists():
        raise ValidationError("Only a teacher of this class asks it.")
    if level_for(section.grade) is None:
        raise ValidationError("These questions are made for grade 3 and up.")
    if ClassCollection.objects.filter(section=section, teacher=by, closed_at=None).exists():
        raise ValidationError("You are asking this class already. Close that first.")
    enrolled = section.enrollments.filter(student__is_active=True).count()
    if enrolled < FEWEST_ANSWERS:
        raise ValidationError(
            "Fewer than five students are in this class. With so few, an answer could be told "
            "apart: ask them in a conversation."
        )
    collection = ClassCollection.objects.create(
        section=section, teacher=by, code=_new_code(), reading_level=level, enrolled=enrolled,
        opened_at=clock.now(), closes_on=clock.today() + OPEN_FOR,
        counts={item.code: [0] * len(ANSWERS) for item in ITEMS},
    )  # fmt: skip
    record(ClassAsked(), by=by, about=by, subject=collection.pk)
    return collection


def open_by_code(code: str) -> ClassCollection | None:
    """Return the collection that takes answers under this code today."""
    return ClassCollection.objects.filter(
        code=code.upper(), closed_at=None, closes_on__gte=clock.today()
    ).first()


@transaction.atomic
def answer(collection: ClassCollection, given: Mapping[str, str], *, once: str) -> None:
    """Count one student's answers. `once` is a random word of her browser, taken one time.

    What is kept is one more in each count. Nothing ties an answer to another, or to anybody.
    """
    locked = ClassCollection.objects.select_for_update().get(pk=collection.pk)
    known = {code: said for code, said in given.items() if code in BY_CODE and said in ANSWERS}
    if not known:
        raise NotTaken("Choose at least one answer.")
    if locked.closed_at or locked.closes_on < clock.today():
        raise NotTaken("This class is not being asked any more.")
    if locked.answered >= locked.enrolled:
        raise NotTaken("As many answers are in as there are students in this class.")
    try:
        with transaction.atomic():
            AnswerSent.objects.create(collection=locked, digest=digest_of(locked, once))
    except IntegrityError:
        raise NotTaken("Your answers are in already. Thank you.") from None
    for code, said in known.items():
        locked.counts[code][ANSWERS.index(said)] += 1
    locked.answered += 1
    locked.save(update_fields=["counts", "answered"])


def has_sent(collection: ClassCollection, once: str) -> bool:
    """Return whether this browser's answers are in."""
    return bool(once) and collection.sendings.filter(digest=digest_of(collection, once)).exists()


def digest_of(collection: ClassCollection, once: str) -> str:
    return sha256(f"{collection.pk}|{once}".encode()).hexdigest()


@transaction.atomic
def close(collection: ClassCollection, *, by: Person) -> list[EvidenceItem]:
    """End a collection; with enough answers they become evidence of the teacher who asked.

    With fewer than five nothing is kept: the counts are wiped out with the code.
    """
    locked = ClassCollection.objects.select_for_update().get(pk=collection.pk)
    if locked.teacher_id != by.pk:
        raise ValidationError("Only the teacher who asked closes it.")
    if locked.closed_at:
        return []
    enough = locked.answered >= FEWEST_ANSWERS
    locked.closed_at, locked.code = clock.now(), None
    if not enough:
        locked.counts = {}
    locked.save(update_fields=["closed_at", "code", "counts"])
    locked.sendings.all().delete()
    made = _evidence(locked) if enough else []
    record(ClassFeedbackClosed(), by=by, about=by, subject=locked.pk)
    return made


def close_expired(*, of: Person | None = None) -> int:
    """Close what is over, each in its teacher's name; return how many became evidence.

    There is no clock that rings: whoever would look at one, or compute from it, closes it first.
    """
    over = ClassCollection.objects.filter(closed_at=None, closes_on__lt=clock.today())
    mine = over.filter(teacher=of) if of else over
    return sum(bool(close(one, by=one.teacher)) for one in mine.select_related("teacher"))


def results(collection: ClassCollection) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return question, number of answers and counts in words, where enough answered it.

    Nothing before it is closed: a count that moves while one watches tells who answered what.
    """
    if not collection.closed_at:
        return []
    labels = LABELS[level_of(collection)]
    return [
        (BY_CODE[code].words(level_of(collection)), sum(counts),
         list(zip(labels, counts, strict=True)))
        for code, counts in collection.counts.items()
        if sum(counts) >= FEWEST_ANSWERS
    ]  # fmt: skip


def _new_code() -> str:
    for _ in range(TRIES):
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not ClassCollection.objects.filter(code=code).exists():
            return code
    raise ValidationError("No code is free just now. Try again.")


def _evidence(collection: ClassCollection) -> list[EvidenceItem]:
    """Sum the answers up as those of a file are, in the same words and with the same names."""
    import polars as pl

    from trellis.evidence.loading import summarized

    section, teacher = collection.section, collection.teacher
    day = min(clock.today(), collection.closes_on)
    rows = [
        {"section_id": section.external_id, "given_on": day, "element": BY_CODE[code].element,
         "row": place} | dict(zip(ANSWERS, counts, strict=True))
        for place, (code, counts) in enumerate(collection.counts.items())
    ]  # fmt: skip
    found = summarized(pl.DataFrame(rows))
    items = [
        EvidenceItem(
            owner=teacher, source=Source.CLASS_FEEDBACK, element=element, seen_on=day, value=mean,
            n=n, spread=spread, section=section, added_at=clock.now(),
            lesson=f"asked:{collection.pk}", external_id=f"asked:{collection.pk}:{element}",
        )
        for element, n, mean, spread in found.select("element", "n", "mean", "spread").iter_rows()
    ]  # fmt: skip
    return EvidenceItem.objects.bulk_create(items)


def level_of(collection: ClassCollection) -> Level:
    """Return for which age the questions of a collection are worded."""
    return "younger" if collection.reading_level == "younger" else "older"
