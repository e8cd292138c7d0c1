"""Hana brings files by the browser: problems, preview, apply or refuse; nobody else can."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import ana, ben, chi, dee, eli, fay, gus, hana
from tests.interchange import tiny
from trellis.evidence import imports, undoing
from trellis.evidence.models import Import
from trellis.insights.models import Computation
from trellis.people.models import Person, Section, Student
from trellis.trust import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(hana())
    return client


@pytest.fixture(autouse=True)
def _nothing_is_left_over() -> Iterator[None]:
    yield
    for brought in Import.objects.all():
        imports.forget(brought)


def upload(folder: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(p.name, p.read_bytes()) for p in sorted(folder.iterdir())]


def bring(browser: Client, folder: Path) -> Import:
    answer = browser.post("/imports/", {"chosen": upload(folder)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("received_at")


def page(browser: Client, brought: Import) -> str:
    return browser.get(f"/imports/{brought.pk}/").content.decode()


def test_hana_sees_what_would_change_and_applies_it(browser: Client, tmp_path: Path) -> None:
    brought = bring(browser, tiny.write_district(tmp_path))
    preview = page(browser, brought)

    browser.post(f"/imports/{brought.pk}/apply/")

    assert "Ready to apply" in preview
    assert "Cedar Elementary" in preview
    assert "t-section" in preview
    assert Section.objects.count() == 1
    assert "Applied" in page(browser, brought)
    assert "Hana Sato" in browser.get("/imports/").content.decode()
    assert not imports.folder_of(brought).exists()


def test_hana_sees_each_problem_with_its_place_and_what_to_do(
    browser: Client, tmp_path: Path
) -> None:
    text = tiny.FILES["sessions.csv"].replace("2025-09-16", "16/09/2025")
    brought = bring(browser, tiny.write_district(tmp_path, sessions=text))

    shown = page(browser, brought)

    assert "Refused: nothing was changed" in shown
    for words in ("sessions.csv", "held_on", "16/09/2025", "a date as YYYY-MM-DD"):
        assert words in shown
    assert "Apply all of it" not in shown
    assert not Section.objects.exists()


def test_hana_refuses_what_she_does_not_want(browser: Client, tmp_path: Path) -> None:
    brought = bring(browser, tiny.write_district(tmp_path))

    browser.post(f"/imports/{brought.pk}/refuse/")

    brought.refresh_from_db()
    assert brought.state == Import.State.REFUSED
    assert not Section.objects.exists()
    browser.post(f"/imports/{brought.pk}/apply/")
    assert not Section.objects.exists()


def test_the_same_files_again_are_said_to_be_applied_already(
    browser: Client, tmp_path: Path
) -> None:
    folder = tiny.write_district(tmp_path)
    first = bring(browser, folder)
    browser.post(f"/imports/{first.pk}/apply/")

    again = bring(browser, folder)

    assert "applied already on March 11, 2026" in page(browser, again)


def test_a_form_without_files_says_what_is_needed(browser: Client) -> None:
    answer = browser.post("/imports/", {})

    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()


def test_a_file_that_is_no_file_of_a_district_ends_in_words(browser: Client) -> None:
    broken = SimpleUploadedFile("oneroster.zip", b"PK\x03\x04 cut off")
    browser.post("/imports/", {"chosen": [broken]})

    shown = page(browser, Import.objects.get())

    assert "damaged archive" in shown
    assert "Traceback" not in shown


def test_a_page_at_work_asks_again_by_itself(browser: Client) -> None:
    brought = Import.objects.create(
        received_at=clock.now(), progress={"now": "Reading the files", "done": 1, "total": 4}
    )

    shown = page(browser, brought)

    assert 'hx-trigger="every 1s"' in shown
    assert "Reading the files" in shown


def test_leavers_are_named_as_a_number_before_anything_is_applied(
    browser: Client, tmp_path: Path
) -> None:
    first = bring(browser, tiny.write_district(tmp_path / "one"))
    browser.post(f"/imports/{first.pk}/apply/")
    gone = {
        name: "\n".join(x for x in tiny.ONEROSTER[name].split("\n") if "t-chi" not in x)
        for name in ("users", "roles", "enrollments")
    }
    (tmp_path / "two").mkdir()
    tiny.write_bundle(tmp_path / "two" / "oneroster.zip", **gone)

    brought = bring(browser, tmp_path / "two")

    shown = page(browser, brought)
    assert "1 person is not in these files" in shown
    assert Person.objects.get(external_id="t-chi").is_active


def with_an_error(folder: Path) -> Path:
    wrong = "=cmd|' /C calc'!A0"
    return tiny.write_district(
        folder, sessions=tiny.FILES["sessions.csv"].replace("2025-09-16", wrong)
    )


def test_hana_may_choose_what_is_sound_and_downloads_what_stays_out(
    browser: Client, tmp_path: Path
) -> None:
    brought = bring(browser, with_an_error(tmp_path))
    refused = page(browser, brought)

    browser.post(f"/imports/{brought.pk}/sound-rows/")
    preview = page(browser, brought)
    table = browser.get(f"/imports/{brought.pk}/stays-out.csv").content.decode()
    browser.post(f"/imports/{brought.pk}/apply/")

    assert "Look at what is sound" in refused
    assert "1 row with a problem" in preview
    assert "Apply what is sound" in preview
    assert "sessions.csv,2,held_on,'=cmd|" in table
    assert Section.objects.count() == 1
    assert "Applied" in page(browser, brought)


def test_files_with_problems_are_put_away_when_hana_says_so(
    browser: Client, tmp_path: Path
) -> None:
    brought = bring(browser, with_an_error(tmp_path))

    browser.post(f"/imports/{brought.pk}/refuse/")

    assert not imports.folder_of(brought).exists()
    assert "Look at what is sound" not in page(browser, brought)
    browser.post(f"/imports/{brought.pk}/sound-rows/")
    brought.refresh_from_db()
    assert brought.state == Import.State.REFUSED


def without_students(folder: Path) -> Path:
    folder.mkdir()
    cut = {
        name: "".join(
            x
            for x in tiny.ONEROSTER[name].splitlines(keepends=True)
            if ",p-" not in x[3:] and not x.startswith("p-")
        )
        for name in ("users", "roles", "enrollments", "results")
    }
    empty = tiny.ONEROSTER["resultLearningObjectiveIds"].split("\n")[0] + "\n"
    tiny.write_bundle(folder / "oneroster.zip", **cut, resultLearningObjectiveIds=empty)
    return folder


def test_many_leavers_are_applied_only_after_hana_has_said_that_it_is_right(
    browser: Client, tmp_path: Path
) -> None:
    first = bring(browser, tiny.write_district(tmp_path / "one"))
    browser.post(f"/imports/{first.pk}/apply/")
    brought = bring(browser, without_students(tmp_path / "two"))
    preview = page(browser, brought)

    unsaid = browser.post(f"/imports/{brought.pk}/apply/")
    stayed = Student.objects.filter(is_active=True).count()
    browser.post(f"/imports/{brought.pk}/apply/", {"accept_leavers": "on"})

    assert "These files leave out 3 of 3 students." in preview
    assert unsaid.status_code == 422
    assert "Tick this first" in unsaid.content.decode()
    assert stayed == 3
    assert not Student.objects.filter(is_active=True).exists()


def test_hana_sees_what_undoing_takes_back_and_undoes_it(browser: Client, tmp_path: Path) -> None:
    brought = bring(browser, tiny.write_district(tmp_path))
    browser.post(f"/imports/{brought.pk}/apply/")
    applied = page(browser, brought)

    preview = browser.get(f"/imports/{brought.pk}/undo/").content.decode()
    browser.post(f"/imports/{brought.pk}/undo/")

    assert "See what undoing it would take back" in applied
    assert "3 taken out again" in preview
    assert not Section.objects.exists()
    shown = page(browser, brought)
    assert "Undone" in shown
    assert "What was taken back" in shown
    assert browser.get(f"/imports/{brought.pk}/undo/").status_code == 302


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (undoing.CannotUndo("The database did not take the rows back."), "did not take the rows"),
        (RuntimeError("unexpected"), "the log of the server says what happened"),
    ],
)
def test_hana_is_told_why_an_import_was_not_undone(
    browser: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    said: str,
) -> None:
    def fails(_brought: Import, **_how: object) -> None:
        Import.objects.update(state=Import.State.APPLIED)
        raise failure

    brought = bring(browser, tiny.write_district(tmp_path))
    browser.post(f"/imports/{brought.pk}/apply/")
    monkeypatch.setattr(undoing, "undo", fails)

    browser.post(f"/imports/{brought.pk}/undo/")

    shown = page(browser, brought)
    assert "It was not undone." in shown
    assert said in shown
    assert Section.objects.exists()


def test_hana_reads_all_of_a_list_by_name(browser: Client, tmp_path: Path) -> None:
    brought = bring(browser, tiny.write_district(tmp_path))

    shown = browser.get(
        f"/imports/{brought.pk}/changes/", {"kind": "people", "what": "added"}
    ).content.decode()

    assert "Ana Ruiz" in shown
    assert "5 in all" in shown
    assert browser.get(f"/imports/{brought.pk}/changes/?what=everything").status_code == 302


@pytest.mark.parametrize("who", [ana, ben, chi, dee, eli, fay, gus])
def test_nobody_but_an_administrator_sees_or_starts_an_import(who: object) -> None:
    assert callable(who)
    brought = Import.objects.create(received_at=clock.now())
    client = Client()
    client.force_login(who())

    for path in ("/imports/", f"/imports/{brought.pk}/", "/data-quality/"):
        assert client.get(path).status_code in (403, 404)
    for path in ("/imports/", f"/imports/{brought.pk}/apply/", f"/imports/{brought.pk}/refuse/"):
        assert client.post(path).status_code in (403, 404)


def test_the_number_of_questions_to_the_database_does_not_grow(
    browser: Client, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    assert callable(django_assert_max_num_queries)
    for _ in range(20):
        Import.objects.create(received_at=clock.now(), brought_by=hana())

    with django_assert_max_num_queries(12):
        browser.get("/imports/")
    with django_assert_max_num_queries(40):
        browser.get("/data-quality/")


def test_the_data_page_says_how_far_the_insights_are(browser: Client) -> None:
    said = []
    for state in (None, *Computation.State):
        if state:
            Computation.objects.create(
                state=state,
                step="Writing insights",
                done=40,
                total=396,
                started_at=clock.now(),
                finished_at=None if state == Computation.State.RUNNING else clock.now(),
                problem="ValueError('a secret of the machine')",
            )
        said.append(browser.get("/data-quality/").content.decode())

    assert "have not been computed yet" in said[0]
    assert 'value="40" max="396"' in said[1]
    assert "on March 11, 2026.</p>" in said[2]
    assert "Earlier insights stand" in said[3]
    assert "a secret of the machine" not in said[3]
