"""The last import can be taken back, whole and once; what people made since stays theirs."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import a_goal, ana, hana
from tests.evidence.later import HAPPENINGS, write_later
from tests.interchange import tiny
from trellis.coaching.models import Session, SessionContent, Visit
from trellis.evidence import imports, queries, undoing
from trellis.evidence.models import EvidenceItem, Import, ImportLines, JournalEntry
from trellis.insights.models import Insight
from trellis.people.models import Person, RoleGrant, Section, Student
from trellis.plans.models import Goal
from trellis.trust import clock
from trellis.trust.models import Event, Share
from trellis.web.loaders import DERIVED, LOADERS

pytestmark = pytest.mark.django_db

# The log, and what an import keeps about itself.
KEPT_APART = (Event, Import, ImportLines, JournalEntry)
Everything = dict[str, list[tuple[object, ...]]]


def bring(folder: Path) -> Import:
    brought = Import.objects.create(received_at=clock.now(), accepts_leavers=True)
    found = imports.check(brought, [folder], LOADERS)
    assert found.files.sound, [str(problem) for problem in found.files.problems]
    imports.apply(found, LOADERS, by=None)
    return brought


def undo(brought: Import) -> None:
    undoing.undo(brought, by=None, derived=DERIVED)


def everything() -> Everything:
    """Return all rows of all tables that an import or a person writes."""
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models()
        if model.__module__.startswith("trellis.") and model not in KEPT_APART
    }


class AnyChange(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        """Bring the first district once: what an example does to it is rolled back."""
        with TemporaryDirectory() as folder:
            bring(tiny.write_district(Path(folder)))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(happened=st.sets(st.sampled_from(sorted(HAPPENINGS)), min_size=1))
    def test_applying_any_change_and_undoing_it_leaves_everything_as_it_was(
        self, happened: set[str]
    ) -> None:
        before, manifest = everything(), queries.warehouse().manifest
        with TemporaryDirectory() as folder:
            later = bring(write_later(Path(folder), sorted(happened)))
            undo(later)

        assert everything() == before
        assert queries.warehouse().manifest == manifest
        queries.warehouse().read("assessment_results").collect()


def test_undoing_the_very_first_import_leaves_an_empty_district(tmp_path: Path) -> None:
    undo(bring(tiny.write_district(tmp_path)))

    assert not Person.objects.exists()
    assert not EvidenceItem.objects.exists()
    assert queries.warehouse().manifest == ""
    assert not list(django_settings.TRELLIS_WAREHOUSE.rglob("*.parquet"))


def test_only_the_last_import_can_be_undone_and_only_once(tmp_path: Path) -> None:
    first = bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a class comes"]))

    with pytest.raises(undoing.CannotUndo):
        undo(first)
    undo(last)
    for brought in (last, first):
        with pytest.raises(undoing.CannotUndo):
            undo(brought)

    assert queries.last_applied() == first
    assert first.state == Import.State.APPLIED


def test_what_was_undone_can_be_brought_again(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    folder = write_later(tmp_path / "two", ["a teacher comes", "a student leaves"])
    undo(bring(folder))

    bring(folder)

    assert Person.objects.get(external_id="t-new").is_active
    assert not Student.objects.get(external_id="p-3").is_active


def test_who_has_made_something_since_is_set_aside_and_not_deleted(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes", "a student comes"]))
    nia = Person.objects.get(external_id="t-new")
    goal = a_goal(nia)

    undo(last)

    nia.refresh_from_db()
    assert (nia.is_active, nia.deactivated_on) == (False, clock.today())
    assert Goal.objects.get() == goal
    assert not Student.objects.filter(external_id="p-4").exists()
    (said,) = [one for one in last.taken_back if one["kind"] == "people"]
    assert (said["going"], said["staying"], said["names"]) == (0, 1, ["Nia Ode"])


def test_who_has_signed_in_since_is_set_aside_and_not_deleted(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes"]))
    Person.objects.filter(external_id="t-new").update(last_login=clock.now())

    undo(last)

    assert not Person.objects.get(external_id="t-new").is_active


def test_insights_that_were_worked_out_hold_nobody_back(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes"]))
    nia = Person.objects.get(external_id="t-new")
    Insight.objects.create(
        owner=nia, element="culture.support", kind="strength", sure="early", title="A",
        claim="B", rule="r", rule_version="1", computed_at=clock.now(),
    )  # fmt: skip

    undo(last)

    assert not Person.objects.filter(external_id="t-new").exists()


def test_what_partners_wrote_or_shared_keeps_what_it_hangs_on(tmp_path: Path) -> None:
    only = bring(tiny.write_district(tmp_path))
    SessionContent.objects.create(session=Session.objects.get(), noticed="Two explained a step.")
    visit = Visit.objects.get(external_id="v1")
    teacher = visit.partnership.teacher
    Share.objects.create(
        owner=teacher, audience=Person.objects.get(external_id="t-chi"),
        subject_kind="coaching.Visit", subject_id=visit.pk, granted_at=clock.now(),
        until=clock.today(),
    )  # fmt: skip

    undo(only)

    assert SessionContent.objects.get().session.partnership.teacher == teacher
    assert list(Visit.objects.values_list("external_id", flat=True)) == ["v1"]
    assert not Person.objects.get(pk=teacher.pk).is_active


def test_a_value_that_somebody_set_since_stays_as_she_set_it(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher marries", "a teacher is closed"]))
    Person.objects.filter(external_id="t-ana").update(family_name="Ruiz-Reyes")

    undo(last)

    assert Person.objects.get(external_id="t-ana").family_name == "Ruiz-Reyes"
    assert Person.objects.get(external_id="t-chi").is_active
    (said,) = [one for one in last.taken_back if one["kind"] == "people"]
    assert said["kept"] == 1


def test_an_address_that_somebody_else_got_since_stays_with_her(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["two people swap addresses"]))
    Person.objects.filter(external_id="t-ana").update(email="ana@elsewhere.example")
    taken = Person.objects.create(email="ben@tiny.example", given_name="B", family_name="B")

    undo(last)

    taken.refresh_from_db()
    assert taken.email == "ben@tiny.example"


def test_undoing_is_an_event_of_counts_by_the_person_who_did_it(tmp_path: Path) -> None:
    brought = bring(tiny.write_district(tmp_path))
    me = hana()

    undoing.undo(brought, by=me, derived=DERIVED)

    event = Event.objects.get(kind="ImportUndone")
    assert (event.by, event.subject) == (me, str(brought.pk))
    assert "was undone" in event.data["sentence"]
    assert "Ana" not in event.data["sentence"]


def test_a_failure_while_undoing_leaves_the_import_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes", "a class comes"]))
    before, manifest = everything(), queries.warehouse().manifest
    undoing.begin_undoing(last)
    monkeypatch.setattr(undoing, "record", _fails)

    with pytest.raises(RuntimeError):
        undo(last)

    assert everything() == before
    assert queries.warehouse().manifest == manifest
    last.refresh_from_db()
    assert last.state == Import.State.APPLIED
    assert undoing.can_be_undone(last)


def _fails(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("the log is full")


def test_a_preview_of_undoing_counts_what_undoing_does(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes", "a student leaves"]))
    before = everything()

    preview = undoing.preview(last, derived=DERIVED)
    assert everything() == before
    done = undoing.undo(last, by=None, derived=DERIVED)

    assert preview == done


def test_the_warehouse_keeps_the_state_before_the_last_import_and_no_older_one(
    tmp_path: Path,
) -> None:
    manifests = []
    for count, happened in enumerate(([], ["a winter test comes"], ["a note is mended"])):
        manifests.append(bring(write_later(tmp_path / str(count), happened)).manifest)

    there = {p.stem for p in (django_settings.TRELLIS_WAREHOUSE / "manifests").iterdir()}

    assert there == set(manifests[1:])


def test_a_grant_opened_by_hand_holds_the_person_it_was_opened_for(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a teacher comes"]))
    nia = Person.objects.get(external_id="t-new")
    RoleGrant.objects.create(
        person=nia, role="coach", scope_kind="district", starts_on=clock.today(),
        legitimate_interest="coaches",
    )  # fmt: skip

    undo(last)

    assert RoleGrant.objects.filter(person=nia, role="coach").exists()


def test_a_section_of_a_class_with_evidence_of_its_own_is_set_aside(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    last = bring(write_later(tmp_path / "two", ["a class comes"]))
    section = Section.objects.get(external_id="c2")
    EvidenceItem.objects.create(
        owner=ana(), source="self-reflection", element="culture.support",
        seen_on=clock.today(), value=2, section=section, added_at=clock.now(),
    )  # fmt: skip

    undo(last)

    section.refresh_from_db()
    assert not section.is_active
