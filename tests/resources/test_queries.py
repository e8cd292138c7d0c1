"""What could be relevant to a teacher: from what she teaches, never from who she is."""

import pytest

from tests.cast import a_school, a_section, ana, chi
from trellis.people.models import Employment
from trellis.resources.models import Resource
from trellis.resources.queries import Context, context_of, relevant_to

pytestmark = pytest.mark.django_db


def a_resource(title: str, **more: object) -> Resource:
    return Resource.objects.create(external_id=title, title=title, kind="practice", **more)


def test_a_teacher_of_several_subjects_has_none_in_particular() -> None:
    a_section(ana(), "Grade 4 Math")
    a_section(ana(), "Grade 4 ELA")

    assert context_of(ana()) == Context(grade="04", subject="")


def test_before_the_roster_names_classes_the_staff_list_says_what_she_teaches() -> None:
    Employment.objects.create(
        person=chi(),
        school=a_school(),
        school_year=2026,
        years_experience=3,
        grades="04",
        subjects="Math",
    )

    assert context_of(chi()) == Context(grade="04", subject="math")


def test_what_is_no_longer_offered_is_not_shown() -> None:
    a_section(ana())
    a_resource("Kept", grades=["04"])
    a_resource("Gone", grades=["04"], is_active=False)

    found = relevant_to(ana(), titles={})

    assert [one.title for one in found] == ["Kept"]
    assert "for grade 4" in found[0].reasons


def test_the_sum_of_the_reasons_is_what_orders_the_list() -> None:
    a_section(ana())
    a_resource("Fits", grades=["04"], evidence_tier="strong")
    a_resource("Fits less", grades=["04"])

    found = relevant_to(ana(), titles={})

    assert [one.title for one in found] == ["Fits", "Fits less"]
    assert found[0].score == pytest.approx(sum(value for _, value in found[0].exact))
