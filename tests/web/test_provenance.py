"""What the end of a page tells of its numbers, and to whom."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import hana
from tests.evidence.test_imports import bring, checked
from tests.interchange import tiny
from trellis.evidence import imports
from trellis.evidence.models import EvidenceItem, Import, LearningObjective
from trellis.insights.models import ClassLearning
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.web.loaders import LOADERS

pytestmark = pytest.mark.django_db


def page(person: Person, name: str) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse(name)).getvalue().decode()


def one_import(folder: Path, *, by: Person | None) -> Import:
    found = checked(tiny.write_district(folder))
    Import.objects.filter(pk=found.record.pk).update(brought_by=by)
    found.record.refresh_from_db()
    return imports.apply(found, LOADERS, by=by)


def test_a_teacher_reads_which_files_and_when_and_follows_no_link(tmp_path: Path) -> None:
    one_import(tmp_path, by=hana())

    told = page(Person.objects.get(external_id="t-ana"), "insights:my_evidence")

    assert "Where these numbers come from" in told
    assert "visit_notes.csv" in told
    assert "oneroster.zip/results.csv" in told
    assert "an administrator" in told
    assert "/imports/" not in told
    assert "Hana Sato" not in told


def test_who_administers_follows_the_link_to_the_import(tmp_path: Path) -> None:
    administrator = hana()
    done = one_import(tmp_path, by=administrator)

    told = page(administrator, "trust:who_sees_what")

    assert reverse("web:import", args=[done.pk]) in told
    assert administrator.full_name in told


def test_a_piece_of_evidence_names_its_file_row_and_moment(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    item = EvidenceItem.objects.get(external_id="visit:v1:instruction.thinking")

    told = page(item.owner, "insights:my_evidence")

    assert "visit_notes.csv, rows 2, 3, imported Mar 11, 2026, " in told
    assert "by a command on the server" in told


def test_the_newest_file_of_a_kind_is_named(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    bring(folder)
    ana = Person.objects.get(external_id="t-ana")
    assert "later.csv" not in page(ana, "web:explore")
    assert "resources.csv" in page(ana, "web:explore")
    later = tmp_path / "other"
    later.mkdir()
    (later / "resources.csv").write_text(tiny.FILES["resources.csv"].replace("Talk", "Tell"))
    newest = bring(later).record

    administrator = hana()
    assert ana.external_id == "t-ana"
    told = page(administrator, "web:explore")

    assert reverse("web:import", args=[newest.pk]) in told


def test_telling_it_costs_a_constant_number_of_questions(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    ana = Person.objects.get(external_id="t-ana")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as counted:
            page(ana, "web:explore")
        asked.append(len([q for q in counted if "evidence_import" in q["sql"]]))

    assert asked[1] == 1  # the rest is remembered until the next import


def test_a_class_leads_to_the_rows_of_its_answers(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path))
    ana = Person.objects.get(external_id="t-ana")
    section = Section.objects.get()
    objective = LearningObjective.objects.get()
    ClassLearning.objects.create(
        section=section, objective=objective, students=24, right=0.5, low=0.4, high=0.6,
        usual=0.5, behind=0.1, is_next=False, computed_at=clock.now(),
    )  # fmt: skip
    client = Client()
    client.force_login(ana)
    address = reverse("insights:look_again", args=[section.pk, objective.pk])

    assert address in client.get(reverse("insights:my_class", args=[section.pk])).content.decode()
    told = " ".join(client.get(address).content.decode().split())

    assert "2 answers of this class" in told
    assert "oneroster.zip/results.csv, rows 2 to 3" in told
    assert "imported Mar 11, 2026, " in told
