"""A district's files come in whole or not at all, once, and never touch a plan."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import OperationalError

from tests.cast import ben, hana
from tests.interchange import tiny
from trellis.activities.models import CostItem, Offer, Participation, Program
from trellis.coaching.models import Partnership, Session, Visit, VisitNote
from trellis.evidence import imports, queries
from trellis.evidence.models import (
    Adoption,
    EvidenceItem,
    Framework,
    FrameworkItem,
    FrameworkVersion,
    Import,
    LearningObjective,
    LineItem,
    Source,
)
from trellis.impact.models import ProgramReview
from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import (
    Employment,
    Enrollment,
    EvaluatorRelation,
    Person,
    RoleGrant,
    School,
    Section,
    Student,
    Teaching,
)
from trellis.plans.models import Goal, Plan
from trellis.resources.models import Provider, Resource
from trellis.trust import clock
from trellis.trust.loading import Bringing, Difference
from trellis.trust.models import Event
from trellis.web.loaders import LOADERS

pytestmark = pytest.mark.django_db

MODELS = (
    School, Person, Student, Section, Teaching, Enrollment, Employment, RoleGrant,
    EvaluatorRelation, Provider, Resource, LearningObjective, EvidenceItem, Program, Offer,
    Participation, CostItem,
    Partnership, Session, Visit, VisitNote, ProgramReview,
    Framework, FrameworkVersion, FrameworkItem, Adoption, LineItem,
)  # fmt: skip


def checked(folder: Path) -> imports.Checked:
    brought = Import.objects.create(received_at=clock.now())
    return imports.check(brought, [folder], LOADERS)


def bring(folder: Path) -> imports.Checked:
    found = checked(folder)
    assert found.files.sound, [str(problem) for problem in found.files.problems]
    imports.apply(found, LOADERS, by=None)
    return found


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def test_a_sound_district_is_applied_whole(tmp_path: Path) -> None:
    found = bring(tiny.write_district(tmp_path))

    assert found.record.state == Import.State.APPLIED
    assert counts() == {
        "School": 1, "Person": 5, "Student": 3, "Section": 1, "Teaching": 1, "Enrollment": 3,
        "Employment": 2, "RoleGrant": 5, "EvaluatorRelation": 1, "Provider": 2, "Resource": 1,
        "LearningObjective": 1, "EvidenceItem": 4, "Program": 2, "Offer": 1,
        "Participation": 1, "CostItem": 1,
        "Partnership": 2, "Session": 1, "Visit": 2, "VisitNote": 3, "ProgramReview": 1,
        "Framework": 1, "FrameworkVersion": 1, "FrameworkItem": 1, "Adoption": 1, "LineItem": 1,
    }  # fmt: skip
    section = Section.objects.get()
    assert (section.subject, section.grade, section.school_year) == ("math", "04", 2026)


def test_what_a_partner_saw_is_content_and_evidence_that_its_teacher_owns(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))

    item = EvidenceItem.objects.get(external_id="visit:v1:instruction.thinking")
    assert item.owner.given_name == "Ana"
    assert item.visitor is not None
    assert item.visitor.given_name == "Ben"
    assert (item.source, item.value, item.n, item.lesson) == (Source.VISIT, 1.0, 1, "v1")
    assert (item.file, item.row) == ("visit_notes.csv", 2)
    assert Visit.objects.get(external_id="v1").state == Visit.State.DONE


def test_class_feedback_is_summed_up_and_few_answers_are_not_kept(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))

    item = EvidenceItem.objects.get(source=Source.CLASS_FEEDBACK)
    # thinking.1: 1,2,3,2,1 -> 3.0 of 9 answers; thinking.2: 1,1,3,2,1 -> 25/8; checks.1 has four.
    assert item.element == "instruction.thinking"
    assert item.owner.given_name == "Ana"
    assert item.n == 9
    assert item.value == pytest.approx((3.0 + 25 / 8) / 2, abs=1e-6)
    assert item.spread == pytest.approx(((12 / 8 + 10.875 / 7) / 2) ** 0.5, abs=1e-6)


def test_the_warehouse_holds_pseudonyms_and_where_each_row_came_from(tmp_path: Path) -> None:
    found = bring(tiny.write_district(tmp_path))

    now = queries.warehouse()
    tests = now.read("assessment_results").collect()
    assert tests["student"].to_list()[0] == queries.person_key("p-1")
    assert set(tests["import_id"]) == {str(found.record.pk)}
    assert tests["row"].to_list() == [2, 3, 4]
    objectives = now.read("objective_results").collect()
    assert objectives.select("items", "correct").rows() == [(5, 4), (5, 2)]
    assert objectives["objective_id"].to_list() == [
        "0b100000-0000-4000-8000-000000000001",
        "0b100000-0000-4000-8000-000000000001",
    ]
    exposure = now.read("partnership_exposures").collect().row(0, named=True)
    assert (exposure["teacher"], exposure["minutes"]) == (queries.person_key("t-ana"), 30)
    visit = now.read("study_visits").collect().row(0, named=True)
    assert (visit["teacher"], visit["level"]) == (queries.person_key("t-ana"), 2)
    rosters = now.read("rosters").collect()
    assert set(rosters["teacher"]) == {queries.person_key("t-ana")}
    everything = b"".join(p.read_bytes() for p in settings.TRELLIS_WAREHOUSE.rglob("*.parquet"))
    assert b"t-ana" not in everything


def test_each_test_keeps_its_own_year_term_and_subject(tmp_path: Path) -> None:
    header = "student_id,school_year,term,tested_on,subject,grade,scale_score,standard_error\n"
    told = [
        ("p-1", 2025, "fall", "math"), ("p-1", 2025, "winter", "ela"),
        ("p-2", 2025, "spring", "math"), ("p-2", 2026, "fall", "ela"),
        ("p-3", 2026, "winter", "math"),
    ]  # fmt: skip
    rows = [f"{who},{year},{term},2025-09-20,{what},04,200,3\n" for who, year, term, what in told]

    bring(tiny.write_district(tmp_path, assessment_results=header + "".join(rows)))

    stored = queries.warehouse().read("assessment_results").collect().sort("row")
    kept = stored.select("student", "school_year", "term", "subject").rows()
    assert kept == [(queries.person_key(who), *rest) for who, *rest in told]


def test_every_table_of_the_warehouse_is_filled_by_a_full_district(tmp_path: Path) -> None:
    from trellis.warehouse.tables import TABLES

    bring(tiny.write_district(tmp_path))

    empty = [n for n in TABLES if not queries.warehouse().read(n).collect().height]
    assert empty == []


def test_the_same_files_again_change_nothing_and_say_so(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    first = bring(folder)
    before = counts()

    again = checked(folder)

    assert again.applied_before == first.record
    assert counts() == before


def test_other_files_with_the_same_content_would_change_nothing(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    bring(folder)
    (folder / "lunch.csv").write_text("day\nMonday\n")
    (folder / "costs.csv").write_text(tiny.FILES["costs.csv"].replace("\n", "\r\n"))

    again = checked(folder)

    assert again.applied_before is None
    moved = [c for c in again.changes if c.added or c.changed or c.gone]
    assert moved == []


def test_the_preview_counts_what_applying_then_does(tmp_path: Path) -> None:
    found = checked(tiny.write_district(tmp_path))
    preview = {c.kind: (c.added, c.changed, c.gone) for c in found.changes}

    imports.apply(found, LOADERS, by=None)

    done = found.record.changes
    applied = {kind: (c["added"], c["changed"], c["gone"]) for kind, c in done.items()}
    # What hangs on objectives and versions can only be compared once those are there.
    later = ("objectives under their parents", "items of frameworks", "frameworks in use")
    for kind in later:
        preview.pop(kind, None)
        del applied[kind]
    assert preview == applied


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    checked(tiny.write_district(tmp_path))

    assert set(counts().values()) == {0}
    assert queries.warehouse().manifest == ""


def test_who_is_no_longer_in_a_full_bundle_is_set_aside_and_never_deleted(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    gone = {
        name: "\n".join(
            line
            for line in tiny.ONEROSTER[name].split("\n")
            if not ("t-chi" in line or "p-3" in line)
        )
        for name in ("users", "roles", "enrollments", "results")
    }
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip", **gone)

    found = bring(bundle)

    chi = Person.objects.get(external_id="t-chi")
    assert not chi.is_active
    assert chi.deactivated_on == clock.today()
    assert not Student.objects.get(external_id="p-3").is_active
    assert Enrollment.objects.count() == 2
    assert Partnership.objects.filter(partner=chi).exists()
    assert found.record.changes["people"]["gone"] == 1


def test_an_administrator_is_never_locked_out_by_a_roster(tmp_path: Path) -> None:
    cast_hana, cast_ben = hana(), ben()

    bring(tiny.write_district(tmp_path))

    cast_hana.refresh_from_db()
    cast_ben.refresh_from_db()
    assert (cast_hana.is_active, cast_ben.is_active) == (True, False)


def test_who_comes_back_is_active_again(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    bring(folder)
    Person.objects.filter(external_id="t-chi").update(is_active=False, deactivated_on=clock.today())
    (folder / "lunch.csv").write_text("day\nMonday\n")
    (folder / "costs.csv").unlink()

    bring(folder)

    chi = Person.objects.get(external_id="t-chi")
    assert (chi.is_active, chi.deactivated_on) == (True, None)


def test_a_later_file_may_name_what_an_earlier_import_brought(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    later = tmp_path / "sessions.csv"
    later.write_text(tiny.FILES["sessions.csv"].replace("se1", "se2").replace("30", "45"))

    bring(later)

    assert Session.objects.count() == 2
    assert queries.warehouse().read("assessment_results").collect().height == 3


def test_a_planned_session_becomes_held_and_what_was_logged_stays(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    planned = tiny.FILES["sessions.csv"].replace("se1", "se2").replace(",held,", ",planned,")
    file = tmp_path / "sessions.csv"
    logged = []

    for text in (planned, planned.replace(",planned,", ",held,"), planned):
        file.write_text(text)
        bring(file)
        logged.append(Session.objects.get(external_id="se2").logged_at is not None)

    assert logged == [False, True, True]


def test_evidence_that_was_withdrawn_stays_withdrawn(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    bring(folder)
    EvidenceItem.objects.update(withdrawn_at=clock.now())
    text = tiny.FILES["visit_notes.csv"].replace("Five", "Six")
    (folder / "visit_notes.csv").write_text(text)

    bring(folder)

    assert not EvidenceItem.objects.filter(withdrawn_at=None).exists()
    assert EvidenceItem.objects.filter(text__startswith="Six").exists()


def test_no_import_puts_anything_into_a_plan(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))

    assert not Plan.objects.exists()
    assert not Goal.objects.exists()


def test_nobody_gets_a_usable_password_from_an_import(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))

    assert not [p for p in Person.objects.all() if p.has_usable_password()]
    assert "secret" not in "".join(Person.objects.values_list("password", flat=True))


class _FailsLast:
    """A loader that fails when everything else was written."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def differences(self, _files: DistrictFiles, _bringing: Bringing) -> Iterator[Difference]:
        raise self.failure
        yield

    def known_ids(self) -> dict[str, set[str]]:
        return {}

    def known_tables(self) -> dict[str, pl.DataFrame]:
        return {}


def test_a_failure_at_the_very_end_leaves_database_and_warehouse_as_they_were(
    tmp_path: Path,
) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    before, manifest = counts(), queries.warehouse().manifest
    files = sorted(p for p in settings.TRELLIS_WAREHOUSE.rglob("*") if p.is_file())
    people = Person.objects.count()
    bundle = tiny.write_bundle(
        tmp_path / "oneroster.zip", users=tiny.ONEROSTER["users"].replace("Ana,", "Anna,")
    )
    found = checked(bundle)

    with pytest.raises(RuntimeError):
        imports.apply(found, (*LOADERS, _FailsLast(RuntimeError("the last fails"))), by=None)

    assert (counts(), queries.warehouse().manifest) == (before, manifest)
    assert Person.objects.count() == people
    assert Person.objects.get(external_id="t-ana").given_name == "Ana"
    assert sorted(p for p in settings.TRELLIS_WAREHOUSE.rglob("*") if p.is_file()) == files
    assert found.record.state == Import.State.PREVIEWED


def test_a_database_held_by_another_program_is_named_as_the_reason(tmp_path: Path) -> None:
    found = checked(tiny.write_district(tmp_path))
    held = _FailsLast(OperationalError("database is locked"))

    with pytest.raises(imports.CannotApply, match="Another program may hold it"):
        imports.apply(found, (*LOADERS, held), by=None)

    assert not Section.objects.exists()


def test_files_with_problems_are_refused_and_cannot_be_applied(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path, staff=tiny.FILES["staff.csv"].replace("2026", "soon"))

    found = checked(folder)

    assert found.record.state == Import.State.REFUSED
    assert found.record.problems[0]["file"] == "staff.csv"
    assert set(counts().values()) == {0}
    with pytest.raises(imports.CannotApply):
        imports.apply(found, LOADERS, by=None)


def test_an_import_is_applied_once(tmp_path: Path) -> None:
    found = bring(tiny.write_district(tmp_path))

    with pytest.raises(imports.CannotApply):
        imports.apply(found, LOADERS, by=None)


def test_an_evaluator_known_from_before_cannot_become_a_partner(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    later = tmp_path / "partnerships.csv"
    later.write_text(
        tiny.FILES["partnerships.csv"].split("\n")[0] + "\npa9,t-ana,t-dee,coach,2025-09-08,,,\n"
    )

    found = checked(later)

    assert [p.code for p in found.files.problems] == ["semantic.evaluator_conflict"]
    assert found.record.state == Import.State.REFUSED


def test_an_address_of_an_account_made_by_hand_is_not_taken_over(tmp_path: Path) -> None:
    Person.objects.create(email="ana@tiny.example", given_name="Other", family_name="Ana")

    found = checked(tiny.write_district(tmp_path))

    assert [p.code for p in found.files.problems] == ["semantic.email_taken"]


def test_applying_and_refusing_are_events_without_content(tmp_path: Path) -> None:
    found = bring(tiny.write_district(tmp_path))

    event = Event.objects.get(kind="ImportApplied")
    assert event.subject == str(found.record.pk)
    assert "were imported" in event.data["sentence"]


def test_uploaded_files_wait_under_safe_names_and_go_after_the_import(tmp_path: Path) -> None:
    uploads = [("../../sta ff.csv", BytesIO(b"a")), ("oneroster.zip", BytesIO(b"PK"))]

    brought = imports.receive(uploads, by=None)

    folder = imports.folder_of(brought)
    assert sorted(p.name for p in folder.iterdir()) == ["oneroster.zip", "sta_ff.csv"]
    imports.refuse(brought, by=None)
    assert not folder.exists()


OBJECTIVES_OF_TESTS = """student_id,school_year,tested_on,subject,objective_id,items,correct
p-1,2026,2025-10-01,math,0b100000-0000-4000-8000-000000000001,5,4
p-2,2026,2025-10-01,ela,0b100000-0000-4000-8000-000000000001,5,2
"""


def test_results_by_objective_find_the_students_only_section_of_the_subject(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path / "first")
    (folder / "objective_results.csv").write_text(OBJECTIVES_OF_TESTS)
    bring(folder)
    (tmp_path / "later").mkdir()
    later = tmp_path / "later" / "objective_results.csv"
    later.write_text(OBJECTIVES_OF_TESTS.replace("5,4", "5,5"))

    bring(tmp_path / "later")

    rows = queries.warehouse().read("objective_results").collect()
    of_tests = rows.filter(pl.col("file") == "objective_results.csv").sort("correct")
    assert rows.height == 4  # two of the gradebook stay, two of the test were replaced
    assert of_tests["correct"].to_list() == [2, 5]
    # There is no section of English: the row stays, and no class page shows it.
    assert of_tests["section"].to_list() == [None, queries.section_key("c1")]
