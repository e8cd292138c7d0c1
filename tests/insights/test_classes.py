"""The class page: what students could learn next and how they grew, for their own teachers."""

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import a_section, ana, chi
from tests.impact.worlds import a_warehouse
from trellis.evidence.models import LearningObjective
from trellis.evidence.queries import person_key, section_key, warehouse
from trellis.insights import class_account, growth
from trellis.insights.classes import GrowthRow, ObjectiveRow, Span, class_of
from trellis.insights.models import ClassGrowth, ClassLearning
from trellis.people.models import Section
from trellis.trust import clock
from trellis.warehouse.tables import TABLES

pytestmark = pytest.mark.django_db

DISTRICT = 120  # students of the grade
MARCH = date(2026, 3, 11)
GROWN = GrowthRow(
    students=22, tested=20, among=480, grades="grade 4", two_before=18, test="", term="winter",
    tested_on=date(2026, 1, 21), since=date(2025, 9, 10), mean=Span(47, 35, 59),
    median=Span(45, 30, 61), one_student=32,
)  # fmt: skip


def an_objective(statement: str = "Compare fractions", *, is_next: bool = True) -> ClassLearning:
    objective = LearningObjective.objects.create(identifier=statement, statement=statement)
    return ClassLearning.objects.create(
        section=a_section(ana()), objective=objective, students=24, right=0.5, low=0.4, high=0.6,
        usual=0.65, behind=0.95 if is_next else 0.4, is_next=is_next, computed_at=clock.now(),
    )  # fmt: skip


def a_grade(*, in_class: int, more: float = 0.0, test: str | None = None) -> None:
    """Bring a district's fourth grade with a fall and a winter test; the first are in one class.

    `more` is by how many points the class gains beyond others.
    """
    section, rng = a_section(ana()), Random(1)
    tests: list[dict[str, object]] = []
    for i in range(DISTRICT):
        ability = rng.gauss(500, 15)
        for term, day in (("fall", date(2025, 9, 10)), ("winter", date(2026, 1, 21))):
            gain = more if term == "winter" and i < in_class else 0.0
            tests.append(
                {
                    "student": person_key(f"s{i}"), "school_year": 2026, "term": term,
                    "tested_on": day, "subject": "math", "grade": "04", "test": test,
                    "scale_score": round(ability + rng.gauss(gain, 5)), "standard_error": 3.0,
                }
            )  # fmt: skip
    roster = [
        {
            "section": section_key(section.external_id), "teacher": "t",
            "student": person_key(f"s{i}"), "school_id": "cedar", "school_year": 2026,
            "subject": "Math", "grade": "04",
        }
        for i in range(in_class)
    ]  # fmt: skip
    a_warehouse({"assessment_results": rows("assessment_results", tests),
                 "rosters": rows("rosters", roster)})  # fmt: skip


def rows(table: str, found: list[dict[str, object]]) -> pl.DataFrame:
    schema = TABLES[table].schema
    brought = {"import_id": "i", "file": "f.csv", "row": 2}
    return pl.DataFrame(
        [{name: (row | brought).get(name) for name in schema} for row in found], schema=schema
    )


def page_of(client: Client, section: Section) -> str:
    client.force_login(ana())
    return " ".join(
        client.get(reverse("insights:my_class", args=[section.pk])).content.decode().split()
    )


def test_a_class_page_is_for_its_own_teachers(client: Client) -> None:
    learning = an_objective()
    section = learning.section
    address = reverse("insights:my_class", args=[section.pk])

    page = page_of(client, section)
    names = client.get(reverse("insights:look_again", args=[section.pk, learning.objective_id]))
    client.force_login(chi())

    assert "Compare fractions" in page
    assert "About 50% of items right, between 40% and 60%. A class of this level usually" in page
    assert "Nobody stands out" in names.content.decode()
    assert client.get(address).status_code == 404


def test_a_class_where_nothing_stands_out_reads_where_it_is_least_far_along(client: Client) -> None:
    section = an_objective(is_next=False).section

    page = page_of(client, section)

    assert "Nothing stands out" in page
    assert "Relatively the least far along: “Compare fractions”, with about 50%" in page


def test_growth_is_computed_for_the_class_among_the_grade_of_the_district(client: Client) -> None:
    a_grade(in_class=20, more=40)

    assert growth.compute_growth(MARCH) == 1

    found = ClassGrowth.objects.get()
    assert (found.students, found.tested, found.among) == (20, 20, DISTRICT)
    assert (found.grades, found.term, found.since) == ("grade 4", "winter", date(2025, 9, 10))
    assert found.low is not None
    assert found.low > 50
    page = page_of(client, found.section)
    assert "These 20 students grew more than similar students did since September: " in page
    assert "where 50 is the middle of similar students in this district" in page
    assert "It says nothing about your teaching" in page


def test_below_ten_students_the_page_says_what_is_missing(client: Client) -> None:
    a_grade(in_class=9)

    assert growth.compute_growth(MARCH) == 0

    found = ClassGrowth.objects.get()
    assert (found.tested, found.mean, found.one_student) == (9, None, None)
    page = page_of(client, found.section)
    assert "Not enough students to show" in page
    assert "9 of the 9 students of this class have" in page


def test_a_class_whose_subject_has_no_test_says_so(client: Client) -> None:
    a_grade(in_class=20)
    growth.compute_growth(MARCH)
    section = a_section(ana(), "Grade 4 Music")

    assert "No test of music has been brought for this school year" in page_of(client, section)


def test_when_the_tests_are_taken_back_no_growth_is_left_standing() -> None:
    a_grade(in_class=20)
    growth.compute_growth(MARCH)
    a_warehouse({})

    growth.compute_growth(MARCH)

    assert not ClassGrowth.objects.exists()


def test_scores_of_different_tests_are_never_compared() -> None:
    a_grade(in_class=20, test="One")
    growth.compute_growth(MARCH)
    assert (ClassGrowth.objects.get().test, ClassGrowth.objects.get().tested) == ("One", 20)

    tests = warehouse().read("assessment_results").collect()
    rosters = warehouse().read("rosters").collect()
    named = pl.when(pl.col("term") == "fall").then(pl.lit("One")).otherwise(pl.lit("Other"))
    a_warehouse({"assessment_results": tests.with_columns(test=named), "rosters": rosters})
    growth.compute_growth(MARCH)

    assert ClassGrowth.objects.get().tested == 0


@pytest.mark.parametrize(
    ("mean", "words"),
    [
        (Span(47, 35, 59), "grew about as similar students did since September: 47, between 35"),
        (Span(69, 57, 82), "grew more than similar students did since September: 69"),
        (Span(30, 18, 42), "grew less than similar students did since September: 30"),
    ],
)
def test_growth_is_told_as_its_interval_allows(mean: Span, words: str) -> None:
    assert words in class_account.growth_in_words(replace(GROWN, mean=mean))


def test_a_class_that_is_much_of_its_grade_is_told_so(client: Client) -> None:
    a_grade(in_class=60)
    growth.compute_growth(MARCH)

    page = page_of(client, a_section(ana()))

    assert "This class is 50% of them, and that draws its figure toward 50." in page


def test_the_list_of_classes_says_one_sentence_of_each(client: Client) -> None:
    a_grade(in_class=20, more=40)
    growth.compute_growth(MARCH)
    an_objective()
    client.force_login(ana())

    page = " ".join(client.get(reverse("insights:my_evidence")).content.decode().split())

    assert "Next: “Compare fractions”, about 50% right, between 40% and 60% (24 students)." in page
    assert "These 20 students grew more than similar students did since September" in page


def test_a_class_page_asks_a_fixed_number_of_questions(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    section = an_objective().section
    for name in ("Add", "Subtract", "Divide"):
        an_objective(name, is_next=False)
    client.force_login(ana())

    with django_assert_max_num_queries(12):
        client.get(reverse("insights:my_class", args=[section.pk]))
    assert len(class_of(section).objectives) == 4


def test_what_is_usual_stands_beside_every_objective() -> None:
    row = ObjectiveRow(1, "4.1", "Compare", 24, 69, 64, 74, 71, is_next=False)

    assert "about 69% of items right where a class of this level usually has 71%" in (
        class_account.nothing_stands_out((row,))
    )
