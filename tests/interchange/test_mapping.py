"""Results in any vendor's layout become ours, and problems point at the vendor's own file."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.interchange import vendors
from trellis.interchange.checking import Checked, check
from trellis.interchange.csv_text import CsvText, read_csv_text
from trellis.interchange.mapping import (
    OF_THE_DAY,
    ColumnMapping,
    Reading,
    apply_mapping,
    best_fit,
    in_the_files_words,
    map_rows,
)
from trellis.interchange.mapping_proposal import propose

FILE = "export.csv"


def read(text: str) -> CsvText:
    return read_csv_text(text.encode(), FILE)


def proposed(text: str) -> ColumnMapping:
    return propose(read(text)).mapping


def mapped(text: str, mapping: ColumnMapping) -> Checked:
    checked = check(apply_mapping(read(text), mapping, FILE), mapping.spec, FILE)
    return Checked(checked.rows, tuple(in_the_files_words(checked.problems, mapping)))


def rows(text: str) -> list[tuple[object, ...]]:
    found = mapped(text, proposed(text))
    assert [p for p in found.problems if p.severity == "error"] == []
    columns = ("student_id", "school_year", "term", "tested_on", "subject", "grade",
               "scale_score", "standard_error", "percentile")  # fmt: skip
    return [(r[0], r[1], r[2], str(r[3]), *r[4:]) for r in found.rows.select(columns).iter_rows()]


def test_a_growth_test_is_understood_without_a_word_from_anybody() -> None:
    assert rows(vendors.GROWTH) == [
        ("p-1", 2026, "fall", "2025-09-16", "math", "04", 203.0, 3.1, 58.0),
        ("p-1", 2026, "fall", "2025-09-17", "ela", "04", 199.0, 3.3, 51.0),
        ("p-2", 2026, "fall", "2025-09-16", "math", "04", 188.0, 3.0, 24.0),
    ]


def test_a_screener_is_understood_without_a_word_from_anybody() -> None:
    assert rows(vendors.SCREENER) == [
        ("p-1", 2026, "fall", "2025-09-09", "math", "04", 1012.0, 17.0, 61.0),
        ("p-2", 2026, "fall", "2025-09-09", "math", "04", 968.0, 18.0, 38.0),
    ]


def test_a_diagnostic_is_understood_without_a_word_from_anybody() -> None:
    assert rows(vendors.DIAGNOSTIC) == [
        ("p-1", 2026, "fall", "2025-09-11", "math", "04", 451.0, None, 57.0),
        ("p-2", 2026, "fall", "2025-09-11", "math", "KG", 338.0, None, 1.0),
    ]


def test_a_wide_state_file_gives_a_row_for_each_subject() -> None:
    assert rows(vendors.STATE) == [
        ("p-1", 2026, "spring", "2026-05-06", "math", "04", 2455.0, 22.0, None),
        ("p-1", 2026, "spring", "2026-05-06", "ela", "04", 2480.0, 24.0, None),
        ("p-2", 2026, "spring", "2026-05-06", "ela", "04", 2431.0, 25.0, None),
    ]


def test_results_by_objective_are_told_from_results_of_a_whole_test() -> None:
    mapping = proposed(vendors.OBJECTIVES)
    found = mapped(vendors.OBJECTIVES, mapping)

    assert mapping.table == "objective_results"
    assert mapping.fields["school_year"] == Reading(column="Test Date", format=OF_THE_DAY)
    assert found.problems == ()
    assert found.rows["correct"].to_list() == [4, 2]
    assert found.rows["school_year"].to_list() == [2026, 2026]


def test_rows_that_are_left_out_are_counted() -> None:
    found = mapped(vendors.GROWTH, proposed(vendors.GROWTH))

    assert [(p.code, p.found) for p in found.problems] == [("row.left_out", "2 of 5 rows")]


def test_a_problem_names_the_vendors_row_column_and_words() -> None:
    broken = vendors.GROWTH.replace("09/17/2025", "17/09/2025").replace(",188,", ",n/a,")

    found = mapped(broken, proposed(vendors.GROWTH))

    errors = [p for p in found.problems if p.severity == "error"]
    assert [(p.row, p.field, p.found) for p in errors] == [
        (3, "TestStartDate", "17/09/2025"),
        (5, "TestRITScore", "n/a"),
    ]
    assert "month/day/year, like 9/14/2025" in errors[0].expected


def test_a_term_that_nobody_taught_the_mapping_is_a_problem_not_a_guess() -> None:
    found = mapped(vendors.GROWTH.replace("Fall 2025", "Term 1 2025"), proposed(vendors.GROWTH))

    assert {(p.field, p.found) for p in found.problems if p.severity == "error"} == {
        ("TermName", "Term 1 2025-2026")
    }
    taught = proposed(vendors.GROWTH).model_copy(deep=True)
    words = Reading(column="TermName", words={"term 1 2025-2026": "fall"})
    taught = taught.model_copy(update={"fields": taught.fields | {"term": words}})
    again = mapped(vendors.GROWTH.replace("Fall 2025", "Term 1 2025"), taught)
    assert [p.code for p in again.problems] == ["row.left_out"]


def test_dates_that_can_be_read_two_ways_are_a_question() -> None:
    columns = {
        c.name: c for c in propose(read(vendors.SCREENER.replace("9/9/25", "9/10/2025"))).columns
    }
    sure = {c.name: c for c in propose(read(vendors.GROWTH)).columns}

    assert columns["Completed Date"].formats == ("month/day/year", "day/month/year")
    assert columns["Completed Date"].is_ambiguous
    assert sure["TestStartDate"].formats == ("month/day/year",)


def test_a_column_about_a_teachers_evaluation_is_refused_and_a_students_level_is_not_read() -> None:
    lines = vendors.STATE.strip().split("\n")
    with_rating = "\n".join([f"{lines[0]},Teacher Rating", *(f"{line},3" for line in lines[1:])])

    found = mapped(with_rating, proposed(vendors.STATE))

    assert [(p.code, p.field) for p in found.problems] == [
        ("header.forbidden_column", "Teacher Rating")
    ]
    assert found.rows.height == 0


def test_a_file_that_lost_a_column_says_which() -> None:
    found = mapped(vendors.GROWTH.replace("TestStandardError", "StdErr"), proposed(vendors.GROWTH))

    assert [(p.code, p.field) for p in found.problems] == [
        ("header.missing_column", "TestStandardError")
    ]


def test_the_mapping_of_the_same_header_is_chosen_before_one_that_also_fits() -> None:
    growth = proposed(vendors.GROWTH)
    narrow = growth.model_copy(update={"fields": {"student_id": Reading(column="StudentID")}})
    header = read(vendors.GROWTH).header

    assert best_fit({"narrow": narrow, "growth": growth}, header) == ("growth", growth)
    assert best_fit({"growth": growth}, read(vendors.STATE).header) is None
    assert best_fit({"growth": growth}, [*header, "NewColumn"]) == ("growth", growth)


def test_a_mapping_that_reads_what_is_not_there_is_no_mapping() -> None:
    header = read(vendors.GROWTH).header
    for fields in (
        {"student": {"column": "StudentID"}},
        {"student_id": {"column": "Elsewhere"}},
        {"tested_on": {"column": "TestStartDate", "format": "the usual"}},
    ):
        said = {
            "table": "assessment_results",
            "header": header,
            "fields": fields,
        }
        with pytest.raises(ValueError, match=r"has no column|cannot be read"):
            ColumnMapping.model_validate(said)


@given(cut=st.integers(0, 5), wide=st.booleans())
def test_rows_read_in_batches_are_the_rows_read_at_once(cut: int, wide: bool) -> None:
    text = read(vendors.STATE if wide else vendors.GROWTH)
    mapping = propose(text).mapping

    parts = [map_rows(text.rows[:cut], mapping), map_rows(text.rows[cut:], mapping)]

    assert pl.concat(parts).equals(map_rows(text.rows, mapping))


def test_a_mapping_travels_as_json() -> None:
    mapping = proposed(vendors.STATE)

    assert ColumnMapping.model_validate_json(mapping.model_dump_json()) == mapping


def test_a_file_of_something_else_does_not_look_like_results() -> None:
    menu = "Day,Dish,Price\n2025-09-01,Soup,3.50\n2025-09-02,Rice,4.00\n"

    assert not propose(read(menu)).looks_like_results
    assert propose(read(vendors.GROWTH)).looks_like_results
