"""A teacher asks her class by a code; students answer without an account; only counts are kept."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import a_school, a_section, ana, ben, chi, dee, hana
from trellis.evidence import asking
from trellis.evidence.instrument import ANSWERS, ITEMS, level_for
from trellis.evidence.loading import ANSWERS as ANSWERS_OF_FILES
from trellis.evidence.models import AnswerSent, ClassCollection, EvidenceItem, Source
from trellis.insights.tasks import compute
from trellis.interchange.district import ELEMENTS, FEEDBACK_ITEMS
from trellis.people.models import Enrollment, Section, Student
from trellis.trust import clock
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_missed() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def a_class(students: int = 8, grade: str = "04") -> Section:
    section = a_section(ana())
    Section.objects.filter(pk=section.pk).update(grade=grade)
    for number in range(students):
        student, _ = Student.objects.get_or_create(
            external_id=f"p-{number}", defaults={"given_name": "A", "family_name": f"B{number}"}
        )
        Enrollment.objects.get_or_create(section=section, student=student)
    section.refresh_from_db()
    return section


def asked(students: int = 8) -> ClassCollection:
    return asking.ask(a_class(students), by=ana(), level="younger")


def signed_in(who: object) -> Client:
    assert callable(who)
    browser = Client()
    browser.force_login(who())
    return browser


def send(collection: ClassCollection, said: str = "often", **instead: str) -> Client:
    """Answer as one student does, on a browser of her own."""
    student = Client()
    student.get(f"/class/{collection.code}/")
    answers = dict.fromkeys((item.code for item in ITEMS), said) | instead
    answer = student.post(f"/class/{collection.code}/", answers)
    assert (answer.status_code, answer.get("Location")) == (302, "/class/thanks/"), answer.content
    return student


def test_a_teacher_opens_five_answer_she_closes_and_sees_what_they_said() -> None:
    section, browser = a_class(), signed_in(ana)
    browser.post(f"/ask-my-class/{section.pk}/open/", {"reading_level": "younger"})
    collection = ClassCollection.objects.get()
    address = f"/ask-my-class/{collection.pk}/"
    for said in ("often", "often", "always", "sometimes", "often"):
        send(collection, said)

    before = browser.get(address).content.decode()
    browser.post(f"{address}close/")

    after = browser.get(address).content.decode()
    assert str(collection.code) in before
    assert "5 of 8 answered" in before
    assert "What your class said" not in before
    assert "What your class said" in after
    assert "<span>Often 3</span>" in after
    assert "In class" not in after
    assert "Class feedback" in browser.get("/insights/evidence/").content.decode()


def test_answers_become_the_same_evidence_as_those_of_a_file() -> None:
    collection = asked()
    for said in ("often", "often", "always", "sometimes", "often"):
        send(collection, said)

    asking.close(collection, by=ana())

    items = EvidenceItem.objects.filter(owner=ana(), source=Source.CLASS_FEEDBACK)
    assert {item.element for item in items} == {item.element for item in ITEMS}
    one = items.get(element="instruction.thinking")
    assert (one.n, one.value, one.spread) == (5, 4.0, 0.707107)
    assert one.section == collection.section
    assert one.visitor is None


def test_with_fewer_than_five_answers_nothing_is_kept() -> None:
    collection = asked()
    for _ in range(4):
        send(collection, "never")

    asking.close(collection, by=ana())

    collection.refresh_from_db()
    assert collection.counts == {}
    assert asking.results(collection) == []
    assert not EvidenceItem.objects.exists()
    assert (
        "nothing was kept" in signed_in(ana).get(f"/ask-my-class/{collection.pk}/").content.decode()
    )


def test_a_question_that_fewer_than_five_answered_is_not_shown() -> None:
    collection = asked()
    for _ in range(4):
        send(collection)
    send(collection, "often", **{"support.1": ""})

    asking.close(collection, by=ana())
    collection.refresh_from_db()

    shown = {words for words, _, _ in asking.results(collection)}
    assert ITEMS[0].younger not in shown
    assert len(shown) == 9


def test_nothing_is_kept_of_a_student_but_one_more_in_each_count() -> None:
    collection = asked()

    student = send(collection, "rarely")

    collection.refresh_from_db()
    assert collection.counts["support.1"] == [0, 1, 0, 0, 0]
    assert collection.answered == 1
    fields = {field.name for field in AnswerSent._meta.get_fields()}
    assert fields == {"id", "collection", "digest"}
    word = next(v.value for k, v in student.cookies.items() if k.startswith("trellis_class"))
    assert word not in str(list(AnswerSent.objects.values_list()))
    assert {name.split("_")[0] for name in student.cookies} == {"trellis", "csrftoken"}
    assert not Event.objects.filter(kind__icontains="answer").exists()
    asking.close(collection, by=ana())
    assert not AnswerSent.objects.exists()


def test_the_same_browser_counts_once_unless_somebody_else_uses_it() -> None:
    collection = asked()
    student = send(collection)
    address = f"/class/{collection.code}/"

    again = student.post(address, {"support.1": "never"})
    page = student.get(address).content.decode()
    student.get(f"{address}?again=1")
    other = student.post(address, {"support.1": "never"})

    assert again.status_code == 422
    assert "in already" in again.content.decode()
    assert "Does somebody else use this device now?" in page
    assert other.status_code == 302
    collection.refresh_from_db()
    assert collection.answered == 2


def test_no_more_answers_are_taken_than_there_are_students() -> None:
    collection = asked(5)
    for _ in range(5):
        send(collection)
    student = Client()
    student.get(f"/class/{collection.code}/")

    more = student.post(f"/class/{collection.code}/", {"support.1": "never"})

    assert more.status_code == 422
    assert "As many answers are in as there are students" in more.content.decode()


def test_answers_from_another_site_are_refused() -> None:
    collection = asked()
    elsewhere = Client(enforce_csrf_checks=True)
    elsewhere.get(f"/class/{collection.code}/")

    assert elsewhere.post(f"/class/{collection.code}/", {"support.1": "never"}).status_code == 403
    assert ClassCollection.objects.get().answered == 0


def test_the_page_of_the_students_tells_nothing_about_who_asks() -> None:
    collection = asked()

    page = Client().get(f"/class/{collection.code.lower()}/")  # type: ignore[union-attr]  # open

    told = page.content.decode()
    for word in ("Ana", "Ruiz", collection.section.title, a_school().name, str(collection.pk)):
        assert word not in told
    assert told.count('type="radio"') == 50
    assert page["Cache-Control"].startswith("max-age=0")


def test_a_code_ends_when_it_is_closed_and_after_two_weeks() -> None:
    closed = asked()
    code = closed.code
    asking.close(closed, by=ana())
    over = asking.ask(closed.section, by=ana(), level="older")
    ClassCollection.objects.filter(pk=over.pk).update(closes_on=clock.today() - timedelta(days=1))

    assert Client().get(f"/class/{code}/").status_code == 404
    assert Client().get(f"/class/{over.code}/").status_code == 404


def expire(collection: ClassCollection) -> None:
    yesterday = clock.today() - timedelta(days=1)
    ClassCollection.objects.filter(pk=collection.pk).update(closes_on=yesterday)


def test_a_collection_that_is_over_closes_when_its_teacher_looks() -> None:
    collection = asked()
    for _ in range(5):
        send(collection)
    expire(collection)

    page = signed_in(ana).get(f"/ask-my-class/{collection.pk}/").content.decode()

    assert "What your class said" in page
    days = set(EvidenceItem.objects.values_list("seen_on", flat=True))
    assert days == {clock.today() - timedelta(days=1)}


def test_a_collection_that_is_over_counts_in_the_next_insights_though_nobody_looks() -> None:
    collection = asked()
    for _ in range(5):
        send(collection)
    expire(collection)

    compute()

    collection.refresh_from_db()
    assert collection.closed_at is not None
    assert EvidenceItem.objects.filter(owner=ana(), n=5).count() == 5


def test_what_a_class_said_is_in_her_download_once_it_is_closed() -> None:
    collection, browser = asked(), signed_in(ana)
    for _ in range(5):
        send(collection)

    def downloaded() -> list[dict[str, object]]:
        answer = browser.get("/privacy/download/")
        text = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
        (record,) = json.loads(text)["evidence.ClassCollection"]
        assert {"counts", "code"}.isdisjoint(record)
        said = record["said"]
        assert isinstance(said, list)
        return said

    assert downloaded() == []
    asking.close(collection, by=ana())
    assert [one["counts"]["Often"] for one in downloaded()] == [5] * 10  # type: ignore[index]


def test_guessing_codes_is_slowed_down() -> None:
    stranger, collection = Client(), asked()
    codes = [stranger.get(f"/class/WRONG{n}/").status_code for n in range(201)]

    assert set(codes[:200]) == {404}
    assert codes[200] == 429
    assert stranger.get(f"/class/{collection.code}/").status_code == 429


@pytest.mark.parametrize("who", [ben, chi, dee, hana])
def test_nobody_else_sees_that_a_class_is_asked_or_what_it_said(who: object) -> None:
    collection = asked()
    browser = signed_in(who)

    assert browser.get(f"/ask-my-class/{collection.pk}/").status_code == 404
    assert browser.get(f"/ask-my-class/{collection.pk}/show/").status_code == 404
    assert browser.post(f"/ask-my-class/{collection.pk}/close/").status_code == 404
    assert browser.get(f"/ask-my-class/{collection.section.pk}/open/").status_code == 404


@pytest.mark.parametrize(
    ("students", "grade", "words"),
    [(4, "04", "Fewer than five students"), (8, "01", "grade 3 and up")],
)
def test_a_class_that_cannot_be_asked_is_told_why(students: int, grade: str, words: str) -> None:
    section = a_class(students, grade)

    page = signed_in(ana).post(f"/ask-my-class/{section.pk}/open/", {"reading_level": "younger"})

    assert page.status_code == 422
    assert words in page.content.decode()


def test_a_class_is_asked_once_at_a_time() -> None:
    collection = asked()

    page = signed_in(ana).post(
        f"/ask-my-class/{collection.section.pk}/open/", {"reading_level": "older"}
    )

    assert page.status_code == 422
    assert "already" in page.content.decode()


def test_the_instrument_asks_twice_about_each_of_five_elements() -> None:
    assert tuple(item.code for item in ITEMS) == FEEDBACK_ITEMS
    assert ANSWERS == ANSWERS_OF_FILES
    elements = [item.element for item in ITEMS]
    assert set(elements) <= set(ELEMENTS)
    assert all(elements.count(element) == 2 for element in elements)
    for item in ITEMS:
        assert item.younger.endswith("?")
        assert item.older.endswith("?")
        assert max(len(word.strip("?,.")) for word in item.younger.split()) <= 10


def test_the_reading_level_follows_the_grade() -> None:
    told = {grade: level_for(grade) for grade in ("KG", "02", "03", "05", "06", "12", "")}

    assert told == {"KG": None, "02": None, "03": "younger", "05": "younger", "06": "older",
                    "12": "older", "": "younger"}  # fmt: skip
