"""Nobody is visited unasked; notes are the visitor's until shared, then the host's evidence."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.cast import CAST, a_partnership, a_section, ana, ben, chi, dee
from trellis.coaching import actions, visiting
from trellis.coaching.models import Partnership, Visit, VisitNote
from trellis.coaching.policies import VisitNotePolicy, VisitPolicy
from trellis.coaching.visiting import LookForGiven, NoteGiven
from trellis.evidence.actions import SeenOnVisit, add_visit_evidence
from trellis.evidence.models import EvidenceItem
from trellis.insights.models import Insight
from trellis.people.models import EvaluatorRelation, Person
from trellis.trust import clock
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db

LESSON = {
    "instruction.thinking": 0,
    "culture.support": 3,
    "instruction.facilitation": 3,
    "agency.perseverance": 2,
}


def an_asked_visit(host: Person, visitor: Person, *, by: Person | None = None) -> Visit:
    known = Partnership.objects.filter(teacher=host, partner=visitor).first()
    return visiting.propose_visit(
        known or a_partnership(host, visitor),
        by=by or host,
        planned_for=clock.now() + timedelta(hours=1),
        section=a_section(host),
        question="Who explains, and with what words?" if by in (None, host) else "",
    )


def an_agreed_visit(host: Person, visitor: Person) -> Visit:
    return visiting.accept_visit(an_asked_visit(host, visitor), by=visitor)


def a_note(text: str = "Eleven hands", **more: object) -> NoteGiven:
    return NoteGiven(key=uuid4(), text=text, seconds=61, **more)  # type: ignore[arg-type]  # as given


def test_a_visit_that_nobody_accepted_cannot_be_held() -> None:
    host, visitor = ana(), ben()
    visit = an_asked_visit(host, visitor)

    with pytest.raises(ValidationError, match="not accepted"):
        visiting.write_note(visit, by=visitor, note=a_note())
    with pytest.raises(ValidationError, match="not accepted"):
        visiting.share_notes(visit, by=visitor, minutes=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(state=Visit.State.DONE)

    assert not VisitNote.objects.exists()


@pytest.mark.parametrize("asks_first", ["host", "visitor"])
def test_the_one_who_asks_does_not_answer(asks_first: str) -> None:
    host, visitor = ana(), ben()
    asker, other = (host, visitor) if asks_first == "host" else (visitor, host)
    visit = an_asked_visit(host, visitor, by=asker)

    with pytest.raises(PermissionDenied):
        visiting.accept_visit(visit, by=asker)
    visiting.accept_visit(visit, by=other)

    assert visit.state == Visit.State.ACCEPTED


def test_the_host_chooses_at_most_three_things_to_look_for() -> None:
    host, visitor = ana(), ben()
    visit = an_asked_visit(host, visitor, by=visitor)
    four = [LookForGiven(text=f"Thing {i}") for i in range(4)]

    with pytest.raises(ValidationError, match="Three things"):
        visiting.accept_visit(visit, by=host, look_fors=four)
    visiting.accept_visit(visit, by=host, look_fors=four[:3])

    assert visit.look_fors.count() == 3


def test_a_visitor_does_not_choose_what_to_look_for() -> None:
    host, visitor = ana(), ben()

    with pytest.raises(PermissionDenied):
        visiting.propose_visit(
            a_partnership(host, visitor),
            by=visitor,
            planned_for=clock.now() + timedelta(hours=1),
            look_fors=[LookForGiven(text="Discipline")],
        )

    assert not Visit.objects.exists()


def test_who_evaluates_the_host_can_neither_propose_nor_hold_a_visit() -> None:
    host, visitor = ana(), ben()
    pair = a_partnership(host, visitor)
    agreed = an_agreed_visit(host, visitor)
    asked = an_asked_visit(host, visitor)
    EvaluatorRelation.objects.create(evaluator=visitor, teacher=host, school_year=2026)

    attempts: list[Callable[[], object]] = [
        lambda: an_asked_visit(host, visitor),
        lambda: visiting.accept_visit(asked, by=visitor),
        lambda: visiting.write_note(agreed, by=visitor, note=a_note()),
        lambda: visiting.share_notes(agreed, by=visitor, minutes=30),
    ]
    for attempt in attempts:
        with pytest.raises((ValidationError, PermissionDenied)):
            attempt()

    assert not VisitPolicy().may_read(visitor, agreed)
    assert not VisitPolicy().visible(visitor).exists()
    assert pair.visits.filter(state=Visit.State.DONE).count() == 0


def test_notes_are_the_visitors_alone_until_she_shares_them() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    note = visiting.write_note(visit, by=visitor, note=a_note())
    assert not VisitNotePolicy().may_read(host, note)
    assert not VisitNotePolicy().visible(host).exists()

    visiting.share_notes(visit, by=visitor, minutes=35)

    note.refresh_from_db()
    assert VisitNotePolicy().may_read(host, note)
    assert VisitNotePolicy().visible(host).get() == note
    for make in CAST:
        if make not in (ana, ben):
            assert not VisitNotePolicy().may_read(make(), note)
            assert not VisitNotePolicy().visible(make()).exists()


def test_a_line_sent_twice_is_one_line() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    line = a_note("Three eighths is smaller")

    first = visiting.write_note(visit, by=visitor, note=line)
    again = visiting.write_note(visit, by=visitor, note=line)

    assert first == again
    assert VisitNote.objects.count() == 1


def test_a_line_sent_again_after_sharing_is_still_the_same_line() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    line = a_note()
    visiting.write_note(visit, by=visitor, note=line)
    visiting.share_notes(visit, by=visitor, minutes=30)

    assert visiting.write_note(visit, by=visitor, note=line).pk == line.key
    with pytest.raises(ValidationError, match="shared"):
        visiting.write_note(visit, by=visitor, note=a_note("Something new"))


def test_somebody_elses_key_does_not_open_her_line() -> None:
    host, visitor, peer = ana(), ben(), chi()
    line = a_note()
    visiting.write_note(an_agreed_visit(host, visitor), by=visitor, note=line)

    with pytest.raises(PermissionDenied):
        visiting.write_note(an_agreed_visit(host, peer), by=peer, note=line)


def test_shared_level_words_become_the_hosts_evidence_once() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    visiting.write_note(
        visit, by=visitor, note=a_note("Why?", element="instruction.thinking", level=1)
    )
    visiting.write_note(visit, by=visitor, note=a_note("No level word here"))
    assert not EvidenceItem.objects.exists()

    for _ in range(2):
        visiting.share_notes(visit, by=visitor, minutes=30)

    item = EvidenceItem.objects.get()
    assert (item.owner, item.visitor, item.value) == (host, visitor, 1.0)
    assert (item.lesson, item.source, item.reason) == (str(visit.pk), "visit", "asked for")


def test_a_level_word_says_what_it_is_about() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)

    with pytest.raises(ValidationError, match="about"):
        visiting.write_note(visit, by=visitor, note=a_note(element="attitude", level=1))


def test_sharing_tells_the_host_at_once_and_by_a_letter_without_content() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    visiting.write_note(visit, by=visitor, note=a_note("SECRET WORDS"))
    mail.outbox.clear()

    visiting.share_notes(visit, by=visitor, minutes=30)

    event = Event.objects.get(kind="NotesShared")
    assert (event.about, event.subject) == (host, str(visit.pk))
    (letter,) = mail.outbox
    assert letter.to == [host.email]
    assert "SECRET" not in letter.body + letter.subject + str(event.data)


def test_an_ended_partnership_calls_off_the_visits_that_are_to_come() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)

    actions.end(visit.partnership, by=host)

    visit.refresh_from_db()
    assert visit.state == Visit.State.CANCELED
    with pytest.raises(ValidationError):
        visiting.share_notes(visit, by=visitor, minutes=30)


def test_only_the_hosts_own_classes_can_be_visited() -> None:
    host, visitor = ana(), ben()

    with pytest.raises(ValidationError, match="own classes"):
        visiting.propose_visit(
            a_partnership(host, visitor),
            by=host,
            planned_for=clock.now() + timedelta(hours=1),
            section=a_section(chi(), "Grade 4 Reading"),
        )


def test_a_principal_sees_no_visit_of_her_school() -> None:
    an_agreed_visit(ana(), ben())

    assert not VisitPolicy().visible(dee()).exists()


def test_the_hosts_insights_are_read_anew_from_what_was_shared() -> None:
    host, visitor = ana(), ben()
    for weeks in range(1, 9):
        add_visit_evidence(
            host,
            [
                SeenOnVisit(note=uuid4(), element=element, level=level)
                for element, level in LESSON.items()
            ],
            visit=uuid4(),
            visitor=chi() if weeks % 2 else visitor,
            seen_on=clock.today() - timedelta(weeks=weeks),
            section=a_section(host),
        )
    visit = an_agreed_visit(host, visitor)
    line = a_note("Short answers", element="instruction.thinking", level=0)
    visiting.write_note(visit, by=visitor, note=line)
    assert not Insight.objects.exists()

    visiting.share_notes(visit, by=visitor, minutes=30)

    assert Insight.objects.filter(owner=host, element="instruction.thinking").exists()


def test_notes_shared_from_two_pages_at_once_are_shared_once() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    opened_twice = Visit.objects.get(pk=visit.pk)
    visiting.share_notes(visit, by=visitor, minutes=30)

    visiting.share_notes(opened_twice, by=visitor, minutes=45)

    assert Event.objects.filter(kind="NotesShared").count() == 1
    assert Visit.objects.get(pk=visit.pk).minutes == 30
