"""A vendor's file may name students by the district's number: nobody is mistaken, nobody lost."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis.interchange.csv_text import ROW
from trellis.interchange.district import ASSESSMENT_RESULTS, OBJECTIVE_RESULTS
from trellis.interchange.mapping import ColumnMapping, Reading, Retakes, with_test
from trellis.interchange.problems import Severity
from trellis.interchange.sources import SourceFile
from trellis.interchange.streams import Streamed, read_streamed
from trellis.interchange.student_numbers import (
    IDENTIFIER,
    SOURCED_ID,
    Asked,
    ByNumber,
    best_kind,
    in_clear,
    joined,
    numbers_in,
)
from trellis.interchange.workroom import Workroom

HEADER = ("Number", "Date", "Score", "Test")
IDS = {"student": {"p-1", "p-2", "p-3", "p-4"}}
NUMBERS = pl.DataFrame(
    [("identifier", "01", "p-1"), ("identifier", "02", "p-2"), ("identifier", "03", "p-3"),
     ("identifier", "03", "p-4"), ("userIds: state", "01", "p-2")],
    schema=["kind", "number", "student"], orient="row",
)  # fmt: skip


def mapping(*, retakes: Retakes = "listed", test: str = "") -> ColumnMapping:
    fields = {
        "student_id": Reading(column="Number", format=IDENTIFIER),
        "tested_on": Reading(column="Date", format="year-month-day"),
        "school_year": Reading(constant="2026"), "term": Reading(constant="fall"),
        "subject": Reading(constant="math"), "grade": Reading(constant="04"),
        "scale_score": Reading(column="Score"),
    }  # fmt: skip
    if test:
        fields["test"] = Reading(column=test)
    return ColumnMapping(table="assessment_results", header=HEADER, fields=fields, retakes=retakes)


def read(lines: list[str], said: ColumnMapping, *, block: int = 100_000) -> Streamed:
    data = "\n".join([",".join(said.header), *lines]).encode()
    by_number = ByNumber(said.student_kind, NUMBERS, in_clear)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trellis.interchange.records.BLOCK_BYTES", block)
        return read_streamed(
            SourceFile("", "v.csv", data), said.spec, ids=IDS, unknowable=set(), room=Workroom(),
            mapping=with_test(said, "Growth"), by_number=by_number,
        )  # fmt: skip


def rows(found: Streamed) -> list[tuple[object, ...]]:
    frames = [frame for _, group in found.groups() for frame in group]
    if not frames:
        return []
    return pl.concat(frames).sort(ROW).select(ROW, "student_id", "scale_score", "test").rows()


def test_the_numbers_of_students_are_read_from_a_bundle_and_nobody_elses() -> None:
    users = pl.DataFrame(
        {
            "sourcedId": ["p-1", "p-2", "t-1"],
            "identifier": ["01", None, "99"],
            "userIds": [["{sis:7}", "{ state : a:b }", "junk"], None, ["{sis:8}"]],
        }
    )

    assert numbers_in(users, {"p-1", "p-2"}).rows() == [
        ("identifier", "01", "p-1"), ("userIds: sis", "7", "p-1"), ("userIds: state", "a:b", "p-1")
    ]  # fmt: skip


def test_a_new_number_of_a_student_takes_the_place_of_the_known_one() -> None:
    said = pl.DataFrame([("identifier", "11", "p-1")], schema=NUMBERS.schema, orient="row")

    found = joined(said, NUMBERS, users={"p-1"})

    assert found.filter(pl.col("student") == "p-1").rows() == said.rows()
    assert found.filter(pl.col("student") == "p-2").height == 2


def test_who_is_meant_is_certain_or_a_problem_that_names_row_and_number() -> None:
    found = read(
        ["01,2025-09-10,400,", "03,2025-09-10,401,", "77,2025-09-10,402,", ",2025-09-10,403,",
         "p-1,2025-09-10,404,"], mapping(),
    )  # fmt: skip

    assert rows(found) == [(2, "p-1", 400.0, "Growth")]
    told = [(p.row, p.field, p.found, p.code) for p in found.problems]
    assert sorted(told) == [
        (3, "student_id", "03", "reference.student_ambiguous"),
        (4, "student_id", "77", "reference.student_unknown"),
        (5, "student_id", "", "row.required"),
        # What one student is called by `sourcedId` is no number of hers.
        (6, "student_id", "p-1", "reference.student_unknown"),
    ]
    assert (found.read, found.refused, found.left_out) == (5, 4, 0)


def test_what_a_column_holds_is_proposed_by_which_matches_most_rows() -> None:
    cells = pl.Series(["01", "01", "02", "p-1", "03"])
    asked = Asked(cells, {"p-1"}, ("identifier", "userIds: state"), NUMBERS, in_clear)

    shares = asked.shares()

    assert shares == {SOURCED_ID: 0.2, "identifier": 0.6, "userIds: state": 0.4}
    assert best_kind(shares) == "identifier"
    assert best_kind({SOURCED_ID: 0.0, "identifier": 0.0}) == ""
    assert best_kind({SOURCED_ID: 0.5, "identifier": 0.5}) == SOURCED_ID


def test_a_second_result_is_listed_unless_somebody_says_which_try_counts() -> None:
    tries = ["01,2025-09-10,400,", "02,2025-09-10,390,", "01,2025-09-20,380,", "01,2025-09-15,410,"]

    listed, latest, highest = (
        read(tries, mapping(retakes=rule)) for rule in ("listed", "latest", "highest")
    )

    assert [(p.row, p.code) for p in listed.problems] == [
        (4, "row.duplicate"), (5, "row.duplicate")
    ]  # fmt: skip
    assert (listed.refused, listed.left_out) == (2, 0)
    assert [r[:3] for r in rows(latest)] == [(3, "p-2", 390.0), (4, "p-1", 380.0)]
    assert [r[:3] for r in rows(highest)] == [(3, "p-2", 390.0), (5, "p-1", 410.0)]
    for found in (latest, highest):
        assert [(p.code, p.found) for p in found.problems] == [
            ("row.retake", "2 results of a test taken again")
        ]
        assert (found.read, found.refused, found.left_out) == (4, 0, 2)


def test_tests_of_two_names_do_not_repeat_each_other() -> None:
    found = read(["01,2025-09-10,400,A", "01,2025-09-11,300,B", "02,2025-09-10,1,"],
                 mapping(test="Test"))  # fmt: skip

    assert rows(found) == [(2, "p-1", 400.0, "A"), (3, "p-1", 300.0, "B"), (4, "p-2", 1.0, None)]
    assert {values[-1] for values, _ in found.groups()} == {"A", "B", None}


@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(["01", "02", "03", "77", "", "p-1"]), st.integers(10, 13),
            st.sampled_from(["400", "500", "", "x"]), st.sampled_from(["A", "B", ""]),
        ),
        max_size=20,
    ),
    retakes=st.sampled_from(["listed", "latest", "highest"]),
    block=st.sampled_from([30, 100, 10_000]),
)  # fmt: skip
def test_every_row_is_applied_refused_or_left_out_and_counted_once(
    lines: list[tuple[str, int, str, str]], retakes: Retakes, block: int
) -> None:
    text = [f"{who},2025-09-{day},{score},{test}" for who, day, score, test in lines]

    found = read(text, mapping(retakes=retakes, test="Test"), block=block)

    kept = rows(found)
    assert found.read == len(lines)
    assert found.read == len(kept) + found.refused + found.left_out
    refused = {p.row for p in found.problems if p.severity is Severity.ERROR}
    assert len(refused) == found.refused
    assert not refused & {row[0] for row in kept}
    names = {"01": "p-1", "02": "p-2"}
    sound = Counter(
        (names[who], test)
        for who, _, score, test in lines
        if who in names and score in ("400", "500")
    )
    assert Counter((str(r[1]), str(r[3] or "")) for r in kept) == Counter(dict.fromkeys(sound, 1))
    # A row without a result is nobody's mistake; every other row of nobody certain is one.
    assert found.left_out >= sum(score == "" for _, _, score, _ in lines)


def test_results_by_objective_are_read_piece_by_piece_and_repeats_found_across_pieces() -> None:
    header = "student_id,school_year,tested_on,subject,objective_id,items,correct"
    lines = [f"p-{i % 4 + 1},2026,2025-09-{10 + i // 8},math,o-{i // 4 % 2},5,{i % 6}"
             for i in range(32)]  # fmt: skip
    lines.append(lines[3])
    data = "\n".join([header, *lines]).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trellis.interchange.records.BLOCK_BYTES", 200)
        found = read_streamed(
            SourceFile("", "o.csv", data), OBJECTIVE_RESULTS, ids={**IDS, "objective": {"o-0"}},
            unknowable=set(), room=Workroom(),
        )  # fmt: skip

    frames = [frame for values, group in found.groups() for frame in group if values == (2026,)]
    kept = pl.concat(frames)
    assert kept.height == 32
    assert kept[ROW].to_list() == list(range(2, 34))
    assert (found.read, found.refused) == (33, 1)
    told = [(p.row, p.code) for p in found.problems]
    # o-1 has no name yet: said once in the whole file.
    assert told == [(6, "reference.missing_target_record"), (34, "row.duplicate")]
    assert found.problems[1].advice == "Row 5 says the same; keep one of the two."


def test_the_districts_own_file_may_name_its_test_or_not() -> None:
    header = "student_id,school_year,term,tested_on,subject,grade,scale_score,standard_error,test"
    row = "p-1,2026,fall,2025-09-10,math,04,401.5,12.1,"
    data = "\n".join([header, row, f"{row}State", f"{row}State"]).encode()

    found = read_streamed(
        SourceFile("", "r.csv", data), ASSESSMENT_RESULTS, ids=IDS, unknowable=set(),
        room=Workroom(),
    )  # fmt: skip

    assert [r[::3] for r in rows(found)] == [(2, None), (3, "State")]
    assert [(p.row, p.code) for p in found.problems] == [(4, "row.duplicate")]
