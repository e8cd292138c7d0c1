"""What the Data quality page looks at: freshness, what is missing, what it blocks, who mends it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_person, a_school, a_section, grant, hana
from tests.evidence.test_imports import bring
from tests.interchange import tiny
from trellis.evidence.models import Import
from trellis.insights.models import Computation
from trellis.people.models import Enrollment, Person, Role, Section, Student, Teaching
from trellis.trust import clock
from trellis.web.missing import by_school, lacks

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(hana())
    return client


def shown(browser: Client) -> str:
    return browser.get("/data-quality/").getvalue().decode()


def found() -> dict[str, int]:
    return {lack.what: lack.count for lack in lacks(clock.today())}


def test_an_empty_installation_says_what_fails_and_never_that_all_is_well(browser: Client) -> None:
    told = shown(browser)

    assert "13 kinds of data that never came" in told
    assert "Results and feedback cannot reach a teacher." in told
    assert "Nothing is missing" in told  # with what was looked at
    assert "addresses and roles of people" in told


def test_each_thing_that_is_missing_says_what_it_blocks_who_mends_it_and_how(
    browser: Client, tmp_path: Path
) -> None:
    bring(tiny.write_district(tmp_path))

    told = shown(browser)

    # The online library of the tiny district was never offered and has no costs.
    assert "Programs without costs: 1" in told
    assert "Their reviews cannot say what an effect costs." in told
    assert "The office for professional development can mend it" in told
    assert "Bring costs.csv" in told
    assert "Mar 11, 2026" in told


def test_people_who_cannot_work_are_counted(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    before = found()
    grant(a_person("New"), Role.TEACHER, school=a_school())
    Person.objects.filter(external_id="t-chi").update(email="t-chi@people.invalid")
    a_person("Idle")

    after = found()

    assert after["teachers without a class this year"] == (
        before["teachers without a class this year"] + 1
    )
    assert after["people without an e-mail address"] == 1
    assert after["people without a role"] == before.get("people without a role", 0) + 1


def test_classes_without_teacher_or_students_are_counted(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    assert "classes of this year without a teacher" not in found()

    Teaching.objects.all().delete()
    Enrollment.objects.all().delete()

    counts = found()
    assert counts["classes of this year without a teacher"] == 1
    assert counts["classes of this year without students"] == 1
    assert counts["students without a class this year"] == Student.objects.count()


def test_tests_of_students_who_sit_in_no_class_are_counted(tmp_path: Path) -> None:
    lines = [line for line in tiny.ONEROSTER["enrollments"].splitlines() if ",p-2," not in line]
    folder = tiny.write_district(tmp_path)
    tiny.write_bundle(folder / "oneroster.zip", enrollments="\n".join(lines) + "\n")
    bring(folder)

    assert found()["students with tests and no class this year"] == 1


def test_a_term_that_came_last_year_and_not_this_year_is_missing(
    browser: Client, tmp_path: Path
) -> None:
    header = "student_id,school_year,term,tested_on,subject,grade,scale_score,standard_error\n"
    rows = (
        "p-1,2025,fall,2024-09-20,math,04,200,3\n"
        "p-1,2025,winter,2025-01-20,math,04,204,3\n"
        "p-1,2025,spring,2025-05-20,math,04,208,3\n"
        "p-1,2026,fall,2025-09-20,math,04,212,3\n"
    )
    bring(tiny.write_district(tmp_path, assessment_results=header + rows))

    told = " ".join(shown(browser).split())

    assert told.count("Missing </span>") == 1  # winter; spring is not expected before June
    assert "Not expected yet." in told


def test_what_is_older_than_usual_says_how_often_it_usually_comes(
    browser: Client, tmp_path: Path
) -> None:
    done = bring(tiny.write_district(tmp_path)).record
    for weeks in (6, 7, 8, 9):
        Import.objects.create(
            state=Import.State.APPLIED,
            received_at=clock.now(),
            finished_at=clock.now() - timedelta(weeks=weeks),
            files=[{"name": "costs.csv", "kind": "costs", "rows": 3}],
            manifest=done.manifest,
        )
    Import.objects.filter(pk=done.pk).update(
        files=[file for file in done.files if file["kind"] != "costs"]
    )

    told = " ".join(shown(browser).split())

    assert "6 weeks old; usually every week." in told
    assert "Older than usual" in told


def test_a_run_that_was_cut_off_does_not_run_for_ever(browser: Client) -> None:
    run = Computation.objects.create(step="Reading the evidence", started_at=clock.now())
    assert "Being computed since" in shown(browser)

    Computation.objects.filter(pk=run.pk).update(started_at=clock.now() - timedelta(hours=3))

    told = shown(browser)
    assert "did not end" in told
    assert "trellis compute" in told


def test_a_school_with_few_teachers_is_not_told_apart() -> None:
    small, large = a_school("Small"), a_school("Large")
    for number in range(5):
        Section.objects.filter(pk=a_section(a_person(f"L{number}")).pk).update(school=large)
    Section.objects.filter(pk=a_section(a_person("S0")).pk).update(school=small)

    rows = {row.name: row.is_shown for row in by_school(clock.today())}

    assert rows == {"Large": True, "Small": False}


def test_the_page_asks_the_database_the_same_number_of_times_however_much_there_is(
    browser: Client, tmp_path: Path
) -> None:
    asked = []
    for folder in ("one", "two"):
        bring(
            tiny.write_district(
                tmp_path / folder, staff=tiny.FILES["staff.csv"] + "\n" * (folder == "two")
            )
        )
        shown(browser)
        with CaptureQueriesContext(connection) as counted:
            shown(browser)
        asked.append(len(counted))

    assert asked[0] == asked[1]
    assert asked[0] <= 45
