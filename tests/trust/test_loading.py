"""A comparison tells what files would change, and writing stores exactly that."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.db.models import Q

from tests.cast import a_partnership, a_person, a_school
from trellis.coaching.models import Partnership
from trellis.people.models import Employment, EvaluatorRelation, Person, School
from trellis.trust.loading import Row, Rows, compare
from trellis.trust.storing import store

pytestmark = pytest.mark.django_db


def schools(rows: Sequence[Row]) -> Rows:
    return Rows(
        kind="schools",
        model=School,
        key=("external_id",),
        compared=("name", "is_active"),
        rows=rows,
        leaving="deactivated",
        away={"is_active": False},
        label="{name}",
    )


def told(rows: Sequence[Row], *, write: bool = True) -> tuple[int, int, int, int]:
    difference = compare(schools(rows))
    change = difference.change
    if write:
        store(difference)
    return change.added, change.changed, change.gone, change.same


def test_each_row_is_new_changed_gone_or_as_before() -> None:
    told([("a", "Ash", True), ("b", "Birch", True), ("c", "Cedar", True)])

    counted = told([("a", "Ash", True), ("b", "Beech", True), ("d", "Dogwood", True)])

    assert counted == (1, 1, 1, 1)
    assert list(School.objects.order_by("external_id").values_list("name", "is_active")) == [
        ("Ash", True), ("Beech", True), ("Cedar", False), ("Dogwood", True),
    ]  # fmt: skip


def test_the_same_rows_again_change_nothing() -> None:
    told([("a", "Ash", True)])
    told([("b", "Birch", True)])

    assert told([("b", "Birch", True)]) == (0, 0, 0, 1)


def test_a_comparison_alone_stores_nothing() -> None:
    assert told([("a", "Ash", True)], write=False) == (1, 0, 0, 0)
    assert not School.objects.exists()


def test_the_first_things_are_shown_by_their_label() -> None:
    difference = compare(schools([(str(i), f"School {i}", True) for i in range(9)]))

    assert difference.change.names["added"] == tuple(f"School {i}" for i in range(5))


def test_a_new_row_has_the_defaults_of_its_model_and_a_key_of_its_own() -> None:
    rows = Rows(
        kind="people",
        model=Person,
        key=("external_id",),
        compared=("email", "given_name", "family_name"),
        rows=[("x", "x@tiny.example", "Xan", "Yew"), ("y", "y@tiny.example", "Yan", "Yew")],
        fresh={"password": "!"},
    )

    store(compare(rows))

    xan, yan = Person.objects.order_by("external_id")
    assert xan.pk != yan.pk
    assert (xan.is_active, xan.password, xan.deactivated_on) == (True, "!", None)


def test_links_that_files_no_longer_name_are_taken_out_within_their_scope() -> None:
    ana, dee, ben = a_person("Ana"), a_person("Dee"), a_person("Ben")
    for year in (2025, 2026):
        EvaluatorRelation.objects.create(evaluator=dee, teacher=ana, school_year=year)

    rows = Rows(
        kind="evaluators",
        model=EvaluatorRelation,
        key=("evaluator_id", "teacher_id", "school_year"),
        compared=(),
        rows=[(ben.pk, ana.pk, 2026)],
        within=Q(school_year=2026),
        leaving="removed",
    )
    store(compare(rows))

    left = EvaluatorRelation.objects.order_by("school_year")
    assert list(left.values_list("evaluator__given_name", "school_year")) == [
        ("Dee", 2025),
        ("Ben", 2026),
    ]


def test_a_row_about_somebody_who_does_not_exist_yet_counts_as_new() -> None:
    Employment.objects.create(
        person=a_person("Ana"), school=a_school(), school_year=2026, years_experience=6
    )
    rows = Rows(
        kind="staff years",
        model=Employment,
        key=("person_id", "school_id", "school_year"),
        compared=("years_experience",),
        rows=[(None, a_school().pk, 2026, 3)],
    )

    assert compare(rows).change.added == 1


def test_who_is_spared_is_never_set_aside() -> None:
    ana, ben = a_person("Ana"), a_person("Ben")
    rows = Rows(
        kind="people",
        model=Person,
        key=("external_id",),
        compared=("is_active",),
        rows=[],
        leaving="deactivated",
        spared={ana.pk},
        away={"is_active": False, "deactivated_on": date(2026, 3, 11)},
    )

    store(compare(rows))

    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.is_active, ben.is_active) == (True, False)
    assert ben.deactivated_on == date(2026, 3, 11)


def test_a_changed_column_is_stored_whether_it_points_at_a_thing_or_only_ends_so() -> None:
    pair = a_partnership(a_person("Ana"), a_person("Ben"))
    Partnership.objects.filter(pk=pair.pk).update(external_id="p")
    chi = a_person("Chi")
    rows = Rows(
        kind="partnerships",
        model=Partnership,
        key=("external_id",),
        compared=("partner_id", "program_external_id"),
        rows=[("p", chi.pk, "content-coaching")],
    )

    store(compare(rows))

    pair.refresh_from_db()
    assert (pair.partner, pair.program_external_id) == (chi, "content-coaching")
