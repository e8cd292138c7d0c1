"""Ana looks at a lesson's talk; nothing is stored until she keeps it, and deleting deletes."""

import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import a_section, ana, ben, chi
from tests.diagnosis.talk.lessons import FILE
from tests.insights.evidence import THINKING, anas_year
from trellis.evidence.models import EvidenceItem, Source
from trellis.insights import explain, tasks
from trellis.insights.models import Insight, LessonTalk
from trellis.people.models import Enrollment, Student
from trellis.trust import clock
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db

NAMES = ("Maya", "Jordan", "Priya", "Sam", "Lena", "Omar")
TRANSCRIPT = FILE.read_bytes()


@pytest.fixture
def browser() -> Client:
    section = a_section(ana())
    for name in NAMES:
        student = Student.objects.create(external_id=name, given_name=name, family_name="Lopez")
        Enrollment.objects.create(section=section, student=student)
    browser = Client()
    browser.force_login(ana())
    return browser


def drop(browser: Client, data: bytes = TRANSCRIPT, name: str = "lesson.vtt") -> tuple[int, str]:
    """Drop a transcript on the page; return the answer's status and text."""
    file = SimpleUploadedFile(name, data)
    sent = {"file": file, "held_on": "2026-02-02", "section": str(a_section(ana()).pk)}
    answer = browser.post(reverse("insights:classroom_talk"), sent)
    return answer.status_code, answer.content.decode()


def form_of(page: str) -> dict[str, str]:
    """Return what the page's form carries, as a browser would send it back."""
    lines = re.search(r'name="lines" value="([^"]*)"', page)
    assert lines
    return {"lines": unescape(lines.group(1)), "teacher": "Ms. Ruiz", "held_on": "2026-02-02"}


def keep(browser: Client, **more: object) -> LessonTalk:
    _, page = drop(browser)
    answer = browser.post(reverse("insights:keep_talk"), form_of(page) | more)
    assert answer.status_code == 302, answer.content.decode()
    return LessonTalk.objects.get()


def test_ana_reads_the_figures_as_sentences_with_ranges(browser: Client) -> None:
    status, page = drop(browser)

    assert status == 200
    for words in (
        "You took up what a student said in 12 of 23 exchanges",
        "11 of your 25 questions asked for a reason, a way or an idea.",
        "Students spoke 294 of 693 words",
        "That is 44%. In lessons with talk like this it would lie between 27% and 62%.",
        "Your longest stretch without another voice was 48 words",
        "Only you",
        "Nothing is kept yet",
        'data-source="insights:classroom_talk"',
    ):
        assert words in unescape(page), words
    assert page.count("<svg") > 2


def test_looking_stores_nothing_and_names_nobody(browser: Client) -> None:
    uploads = set(Path(settings.TRELLIS_UPLOADS).rglob("*"))

    with CaptureQueriesContext(connection) as asked:
        _, page = drop(browser)

    main = unescape(page)
    # PostgreSQL declares a cursor for what is read row by row.
    reads = ("SELECT", "SAVEPOINT", "RELEASE", "DECLARE")
    assert not [q["sql"] for q in asked if not q["sql"].startswith(reads)]
    assert not LessonTalk.objects.exists()
    assert set(Path(settings.TRELLIS_UPLOADS).rglob("*")) == uploads
    assert not [name for name in NAMES if name in main]
    assert "a student 1" in main


def test_the_answer_is_not_to_be_kept_by_anything_on_its_way(browser: Client) -> None:
    answer = browser.post(
        reverse("insights:classroom_talk"),
        {"file": SimpleUploadedFile("lesson.vtt", TRANSCRIPT), "held_on": "2026-02-02"},
    )

    assert "no-store" in answer["Cache-Control"]


def test_another_speaker_can_be_the_teacher(browser: Client) -> None:
    _, page = drop(browser)

    again = browser.post(
        reverse("insights:keep_talk"),
        form_of(page) | {"teacher": "a student 1", "again": "1"},
    )

    assert again.status_code == 200
    assert "11 of your 25 questions" not in again.content.decode()
    assert not LessonTalk.objects.exists()


def test_she_keeps_figures_and_the_moments_she_chose_and_nothing_else(browser: Client) -> None:
    kept = keep(browser, moments=["1"], section=str(a_section(ana()).pk))

    assert [m["student"][:22] for m in kept.moments] == ["I noticed that when I "]
    assert kept.section == a_section(ana())
    stored = json.dumps([kept.figures, kept.moments])
    assert "Pencils down" not in stored
    assert "pizza" not in stored
    assert not [name for name in NAMES if name in stored]
    assert not EvidenceItem.objects.exists()
    page = browser.get(reverse("insights:talk", args=[kept.pk])).content.decode()
    assert "It does not count as evidence." in page
    assert "I noticed that when I fold the strip" in page


def test_it_counts_only_by_her_choice_and_is_withdrawn_as_one_piece(browser: Client) -> None:
    kept = keep(browser, counts="on")

    items = EvidenceItem.objects.filter(source=Source.TALK, owner=ana())
    assert {(i.element, round(i.value or 0, 3), i.n, i.seen_on) for i in items} == {
        ("instruction.thinking", 0.44, 25, date(2026, 2, 2)),
        ("instruction.feedback", 0.522, 14, date(2026, 2, 2)),
    }
    evidence = browser.get(reverse("insights:my_evidence")).content.decode()
    assert "Classroom talk" in evidence
    assert "44% of your questions asked for thinking" in evidence
    browser.post(reverse("insights:withdraw", args=[items[0].pk]))
    assert not items.filter(withdrawn_at=None).exists()
    assert (
        "you withdrew it" in browser.get(reverse("insights:talk", args=[kept.pk])).content.decode()
    )
    browser.post(reverse("insights:restore", args=[items[0].pk]))
    assert items.filter(withdrawn_at=None).count() == 2


def test_counting_it_later_counts_it_once(browser: Client) -> None:
    kept = keep(browser)

    for _ in range(2):
        browser.post(reverse("insights:count_talk", args=[kept.pk]))

    assert EvidenceItem.objects.filter(source=Source.TALK).count() == 2


def test_what_counts_is_read_by_the_estimates_and_withdrawing_undoes_it(browser: Client) -> None:
    anas_year()
    tasks.compute()
    before = browser.get(reverse("insights:insight", args=[thinking().pk])).content.decode()
    kept = keep(browser, counts="on")

    tasks.compute()
    insight = thinking()
    account = explain.account(insight)
    page = unescape(browser.get(reverse("insights:insight", args=[insight.pk])).content.decode())

    assert "Classroom talk" not in before
    row = next(row for row in account.rows if row.kind == "talk")
    assert row.seen == "44% of your questions asked for thinking"
    assert row.counted
    assert "one lesson’s talk" in page
    assert "Classroom talk" in page
    shared = explain.account(insight, with_words=False)
    assert [r.seen for r in shared.rows if r.kind == "talk"] == [""]
    browser.post(reverse("insights:delete_talk", args=[kept.pk]))
    assert not [r for r in explain.account(insight).rows if r.kind == "talk"]


def thinking() -> Insight:
    return Insight.objects.get(owner=ana(), element=THINKING, is_current=True)


def test_deleting_really_deletes(browser: Client) -> None:
    kept = keep(browser, counts="on", moments=["1"])

    browser.post(reverse("insights:delete_talk", args=[kept.pk]))

    assert not LessonTalk.objects.exists()
    assert not EvidenceItem.objects.exists()
    assert "strip" not in json.dumps(list(Event.objects.values()), default=str)
    assert browser.get(reverse("insights:talk", args=[kept.pk])).status_code == 404


def test_nobody_else_opens_counts_or_deletes_it(browser: Client) -> None:
    kept = keep(browser, moments=["1"])

    for other in (ben(), chi()):
        stranger = Client()
        stranger.force_login(other)
        for act in ("count_talk", "delete_talk"):
            assert stranger.post(reverse(f"insights:{act}", args=[kept.pk])).status_code == 404
        assert stranger.get(reverse("insights:talk", args=[kept.pk])).status_code == 404
    assert LessonTalk.objects.exists()


def test_what_she_kept_leaves_with_her_download(browser: Client) -> None:
    keep(browser, moments=["1"])

    answer = browser.get(reverse("trust:download"))

    assert "fold the strip" in answer.getvalue().decode()


def test_a_file_that_is_no_transcript_is_refused_by_name_and_nothing_is_kept(
    browser: Client,
) -> None:
    for data, words in (
        (b"PK\x03\x04", "not an archive"),
        (b"WEBVTT\n\n00:01.0 --> 00:02.0\nhello\n", "Nobody is named"),
        (b"x" * 1_000_001, "not its recording"),
        (b"", "empty"),
        (b"speaker,text\nT,...\n", "Nobody says a word"),
    ):
        status, page = drop(browser, data)
        assert status == 422
        assert words in unescape(page)
    assert not LessonTalk.objects.exists()


def test_a_lesson_that_is_still_to_come_is_asked_again_with_everything_kept(
    browser: Client,
) -> None:
    _, page = drop(browser)
    tomorrow = clock.today() + timedelta(days=1)

    answer = browser.post(
        reverse("insights:keep_talk"), form_of(page) | {"held_on": str(tomorrow), "moments": ["1"]}
    )

    assert answer.status_code == 422
    said = answer.content.decode()
    assert "still to come" in said
    assert re.search(r'value="1"[^>]*checked', said)


@pytest.mark.parametrize(
    "lines",
    ["", "[]", "{}", "7", "[[1,2,3,4]]", '[["a","b"]]', '[["T","hi",NaN,1]]', '[["T","hi",-1,1]]',
     '[["T","hi",1e400,1]]', '[["T","...",0,1]]', "[" * 5000],
)  # fmt: skip
def test_what_no_page_of_ours_carried_is_refused(browser: Client, lines: str) -> None:
    answer = browser.post(
        reverse("insights:keep_talk"), {"lines": lines, "teacher": "T", "held_on": "2026-02-02"}
    )

    assert answer.status_code == 302
    assert answer["Location"] == reverse("insights:classroom_talk")
    assert not LessonTalk.objects.exists()


def test_names_are_masked_again_whatever_comes_back(browser: Client) -> None:
    _, page = drop(browser)
    rows = json.loads(form_of(page)["lines"])
    rows[2][1] = "I, Maya, noticed that the strip is longer when you fold it"

    browser.post(
        reverse("insights:keep_talk"),
        form_of(page) | {"lines": json.dumps(rows), "moments": ["1"]},
    )

    assert LessonTalk.objects.get().moments[0]["student"].startswith("I, a student, noticed")
