"""Each way in which a file can be wrong gives a sentence with place, finding and advice."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from tests.interchange import tiny
from trellis.interchange.bundle import SPECS, DistrictFiles, Known
from trellis.interchange.problems import Problem, Severity, limited
from trellis.interchange.reading import read_district
from trellis.interchange.references import defined_ids
from trellis.interchange.sources import Limits

HEADERS = {name: text.split("\n")[0] for name, text in tiny.FILES.items()}


def only(read: DistrictFiles) -> Problem:
    """Return the one problem that refuses the import."""
    errors = [problem for problem in read.problems if problem.severity == Severity.ERROR]
    assert len(errors) == 1, [str(problem) for problem in errors]
    assert not read.sound
    return errors[0]


@cache
def known() -> Known:
    """Return what the sound district brings, so that a test reads one file and not twenty."""
    with TemporaryDirectory() as folder:
        tables = read_district([tiny.write_district(Path(folder))]).tables
    apart = {name: tables[name] for name in ("evaluators", "partnerships")}
    return Known(ids=defined_ids(tables, SPECS), tables=apart)


def with_file(tmp_path: Path, name: str, text: str | bytes) -> DistrictFiles:
    """Read one file of a district whose other files are known already."""
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_district([file], known=known())


def streamed_rows(read: DistrictFiles) -> pl.DataFrame:
    groups = read.streamed["assessment_results"].groups()
    return pl.concat([frame for _, frames in groups for frame in frames])


def in_district(tmp_path: Path, name: str, text: str) -> DistrictFiles:
    """Read a file together with all others."""
    folder = tiny.write_district(tmp_path / "district")
    (folder / name).write_text(text)
    return read_district([folder])


def test_a_sound_district_is_read_without_a_problem(tmp_path: Path) -> None:
    read = read_district([tiny.write_district(tmp_path)])

    assert [str(problem) for problem in read.problems] == []
    assert read.sound
    assert read.tables["staff"]["grades"].to_list() == [["04"], ["04", "05"]]
    assert read.tables["oneroster/results"]["row"].to_list() == [2, 3, 4]
    assert read.reviews[0].program_id == "content-coaching"


def test_the_same_files_have_the_same_content_hash_wherever_they_lie(tmp_path: Path) -> None:
    one = read_district([tiny.write_district(tmp_path / "a")])
    folder = tiny.write_district(tmp_path / "b")
    other = read_district(sorted(folder.iterdir(), reverse=True))

    assert one.content_hash == other.content_hash


def test_a_password_or_a_phone_number_is_never_read(tmp_path: Path) -> None:
    read = read_district([tiny.write_district(tmp_path)])

    users = read.tables["oneroster/users"]
    assert not {"password", "phone", "sms"} & set(users.columns)
    assert "+1 555 0100" not in str(users.rows())
    assert "secret" not in str(users.rows())


def test_a_broken_zip_is_named(tmp_path: Path) -> None:
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip")
    bundle.write_bytes(bundle.read_bytes()[:-200])

    problem = only(read_district([bundle]))

    assert (problem.file, problem.code) == ("oneroster.zip", "package.broken_zip")
    assert "again" in problem.advice


def test_a_zip_damaged_inside_is_named(tmp_path: Path) -> None:
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip")
    data = bytearray(bundle.read_bytes())
    start = data.index(b"manifest.csv") + 40
    data[start : start + 20] = bytes(20)
    bundle.write_bytes(bytes(data))

    read = read_district([bundle])

    assert "package.broken_zip" in {problem.code for problem in read.problems}
    assert not read.sound


def test_a_bundle_without_a_manifest_is_refused(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {f"{n}.csv": t for n, t in tiny.ONEROSTER.items()}

    read = read_district([tiny.write_zip(tmp_path / "oneroster.zip", members)])

    assert not read.sound
    assert ("oneroster.zip/manifest.csv", "package.missing_manifest") in {
        (p.file, p.code) for p in read.problems
    }


def test_a_manifest_that_promises_a_file_which_is_not_there_is_refused(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {"manifest.csv": tiny.manifest(("orgs", "users"))}
    members["orgs.csv"] = tiny.ONEROSTER["orgs"]

    problem = only(read_district([tiny.write_zip(tmp_path / "oneroster.zip", members)]))

    row = tiny.manifest().split("\n").index("file.users,bulk") + 1
    assert (problem.code, problem.field) == ("manifest.file_missing", "file.users")
    assert problem.row == row


def a_delta(**changed: str) -> dict[str, str | bytes]:
    """Return a bundle of changes: what became of each row, and when."""
    when = "2026-01-05T08:00:00.000Z"
    files = {
        name: "\n".join(
            line.replace(",,,", f",active,{when},", 1) if i else line
            for i, line in enumerate(text.split("\n"))
        )
        for name, text in tiny.ONEROSTER.items()
    } | changed
    manifest = tiny.manifest(tuple(files), "delta")
    return {"manifest.csv": manifest} | {f"{name}.csv": text for name, text in files.items()}


def test_a_delta_bundle_says_of_each_row_what_became_of_it(tmp_path: Path) -> None:
    gone = "e4,tobedeleted,2026-01-05T08:00:00.000Z,c1,s1,p-3,student,,2025-08-18,\n"
    header = tiny.ONEROSTER["enrollments"].split("\n")[0]
    delta = tiny.write_zip(tmp_path / "oneroster.zip", a_delta(enrollments=f"{header}\n{gone}"))

    read = read_district([delta])

    assert read.sound
    assert read.modes["oneroster/enrollments"] == "delta"
    assert read.tables["oneroster/enrollments"]["status"].to_list() == ["tobedeleted"]


def test_a_bulk_bundle_says_so(tmp_path: Path) -> None:
    read = read_district([tiny.write_bundle(tmp_path / "oneroster.zip")])

    assert read.modes["oneroster/users"] == "bulk"


def test_a_delta_may_name_what_is_known_already(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "manifest.csv": tiny.manifest(("enrollments",), "delta"),
        "enrollments.csv": a_delta()["enrollments.csv"],
    }

    read = read_district([tiny.write_zip(tmp_path / "oneroster.zip", files)], known=known())

    assert [str(problem) for problem in read.problems] == []


def test_a_row_of_a_delta_without_status_is_named(tmp_path: Path) -> None:
    orgs = tiny.ONEROSTER["orgs"]

    problems = read_district([tiny.write_zip(tmp_path / "d.zip", a_delta(orgs=orgs))]).problems

    assert {(p.row, p.field, p.code) for p in problems if p.severity == Severity.ERROR} == {
        (row, field, "row.required") for row in (2, 3) for field in ("status", "dateLastModified")
    }


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    problem = only(with_file(tmp_path, "evaluators.csv", "evaluator_id,teacher_id\nt-dee,t-ana\n"))

    assert (problem.file, problem.row, problem.field) == ("evaluators.csv", 1, "school_year")
    assert problem.code == "header.missing_column"


def test_a_misspelt_column_is_named_with_the_right_spelling(tmp_path: Path) -> None:
    text = tiny.FILES["evaluators.csv"].replace("school_year", "schoolyear")

    read = with_file(tmp_path, "evaluators.csv", text)

    unknown = next(p for p in read.problems if p.code == "header.unknown_column")
    assert unknown.field == "schoolyear"
    assert "Rename it to school_year" in unknown.advice


@pytest.mark.parametrize(
    "column",
    ["evaluation_rating", "effectiveness", "Summative Rating", "tier", "appr_score", "probation",
     "termination_date", "value_added", "improvement_plan"],
)  # fmt: skip
def test_a_column_about_evaluation_or_employment_is_refused_with_the_reason(
    tmp_path: Path, column: str
) -> None:
    header, first, second, *_ = tiny.FILES["staff.csv"].split("\n")

    problem = only(with_file(tmp_path, "staff.csv", f"{header},{column}\n{first},1\n{second},2\n"))

    assert (problem.code, problem.field, problem.row) == ("header.forbidden_column", column, 1)
    assert "apart from evaluation" in problem.advice


def test_a_rating_hidden_in_a_metadata_column_or_an_unknown_file_is_refused(tmp_path: Path) -> None:
    lines = tiny.ONEROSTER["orgs"].strip().split("\n")
    orgs = "\n".join([f"{lines[0]},metadata.teacherRating", *(f"{x},4" for x in lines[1:])]) + "\n"
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip", orgs=orgs)
    loose = tmp_path / "teachers.csv"
    loose.write_text("teacher,evaluation_rating\nAna,4\n")

    read = read_district([bundle, loose])

    found = {(p.file, p.field) for p in read.problems if p.code == "header.forbidden_column"}
    assert found == {
        ("oneroster.zip/orgs.csv", "metadata.teacherRating"),
        ("teachers.csv", "evaluation_rating"),
    }


@pytest.mark.parametrize("found", ["13/09/2025", "2025-02-30", "2025-9-8", "0025-09-08", "soon"])
def test_a_bad_date_is_named_by_line_and_field(tmp_path: Path, found: str) -> None:
    text = tiny.FILES["sessions.csv"].replace("2025-09-16", found)

    problem = only(with_file(tmp_path, "sessions.csv", text))

    assert (problem.file, problem.row, problem.field) == ("sessions.csv", 2, "held_on")
    assert (problem.found, problem.code) == (found, "row.invalid_date")


@pytest.mark.parametrize(
    ("name", "old", "new", "field", "code"),
    [
        ("draws.csv", ",true,", ",yes,", "drawn", "row.invalid_boolean"),
        ("draws.csv", "0.5,true", "1.5,true", "probability", "row.out_of_range"),
        ("draws.csv", "7,2025-08-20T15:00:00Z\nof1,t-chi", "7,2025-08-20\nof1,t-chi", "drawn_at",
         "row.invalid_datetime"),
        ("sessions.csv", ",30,", ",half an hour,", "minutes", "row.invalid_number"),
        ("sessions.csv", "in person", "on the phone", "mode", "row.unknown_word"),
        ("sessions.csv", "se1,", ",", "session_id", "row.required"),
        ("assessment_results.csv", "401.5", "nan", "scale_score", "row.invalid_number"),
        ("visit_notes.csv", "beginning", "1", "level", "row.unknown_word"),
        ("programs.csv", "insight;practice", "insight;magic", "mechanisms", "row.unknown_word"),
        ("offers.csv", "2026-05-29", "2025-05-29", "ends_on", "row.dates_out_of_order"),
        ("class_feedback.csv", "9,1,2,3,2,1", "8,1,2,3,2,1", "enrolled",
         "semantic.more_answers_than_students"),
        ("resources.csv", "https://tiny", "javascript://tiny", "url", "row.invalid_url"),
        ("role_grants.csv", "school,s1,2025-08-18,,teaches here\nt-chi",
         "school,,2025-08-18,,teaches here\nt-chi", "scope_id", "row.required"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_its_column_is_named(
    tmp_path: Path, name: str, old: str, new: str, field: str, code: str
) -> None:
    assert old in tiny.FILES[name]

    problem = only(with_file(tmp_path, name, tiny.FILES[name].replace(old, new, 1)))

    assert (problem.file, problem.row, problem.field, problem.code) == (name, 2, field, code)
    assert problem.expected
    assert problem.advice.endswith(".")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_formula_in_a_text_is_refused(tmp_path: Path, start: str) -> None:
    text = tiny.FILES["visit_notes.csv"].replace("Five students", f"{start}cmd|' /C calc'!A0")

    problem = only(with_file(tmp_path, "visit_notes.csv", text))

    assert (problem.row, problem.field, problem.code) == (4, "noticing", "row.formula")


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("staff.csv", "t-chi", "t-nobody", "person_id"),
        ("staff.csv", "t-ana,s1", "t-ana,s9", "school_id"),
        ("sessions.csv", "pa1", "pa9", "partnership_id"),
        ("class_feedback.csv", "c1", "c9", "section_id"),
        ("offers.csv", "content-coaching", "cheese-tasting", "program_id"),
        ("participation.csv", "of1", "of9", "offer_id"),
        ("role_grants.csv", "school_leader,school,s1", "school_leader,school,s9", "scope_id"),
    ],
)
def test_a_dangling_reference_is_named(
    tmp_path: Path, name: str, old: str, new: str, field: str
) -> None:
    read = with_file(tmp_path, name, tiny.FILES[name].replace(old, new, 1))

    problem = only(read)
    assert (problem.file, problem.field, problem.code) == (
        name,
        field,
        "reference.missing_target_record",
    )
    assert problem.found == new.rsplit(",", 1)[-1]


def test_a_dangling_reference_inside_the_bundle_is_named(tmp_path: Path) -> None:
    enrollments = tiny.ONEROSTER["enrollments"].replace("p-3", "p-99")

    problem = only(_bundle_and_objectives(tmp_path, enrollments=enrollments))

    assert (problem.file, problem.row) == ("oneroster.zip/enrollments.csv", 5)
    assert (problem.field, problem.found) == ("userSourcedId", "p-99")


def _bundle_and_objectives(tmp_path: Path, **changed: str) -> DistrictFiles:
    objectives = tmp_path / "learning_objectives.json"
    objectives.write_text(json.dumps(tiny.OBJECTIVES))
    return read_district([tiny.write_bundle(tmp_path / "oneroster.zip", **changed), objectives])


def test_a_file_that_cannot_be_read_is_blamed_alone(tmp_path: Path) -> None:
    users = tiny.ONEROSTER["users"].replace("Nash", "Nasé")
    members: dict[str, str | bytes] = {f"{n}.csv": t for n, t in tiny.ONEROSTER.items()}
    members |= {"manifest.csv": tiny.manifest(), "users.csv": users.encode("latin-1")}

    problem = only(read_district([tiny.write_zip(tmp_path / "oneroster.zip", members)]))

    assert (problem.file, problem.row, problem.code) == (
        "oneroster.zip/users.csv", 9, "csv.encoding"
    )  # fmt: skip


def test_a_score_above_its_maximum_is_named(tmp_path: Path) -> None:
    results = tiny.ONEROSTER["results"].replace("graded,4,", "graded,6,")

    problem = only(_bundle_and_objectives(tmp_path, results=results))

    assert (problem.row, problem.found, problem.code) == (2, "6", "semantic.score_above_max")


def test_an_unknown_objective_is_a_notice_that_stops_nothing(tmp_path: Path) -> None:
    bundle = tiny.write_bundle(tmp_path / "oneroster.zip")
    read = read_district([bundle], known=Known())

    assert [p.code for p in read.problems] == ["reference.unknown_objective"]
    assert read.sound


def test_a_bundle_checked_alone_is_not_blamed_for_what_only_the_platform_knows(
    tmp_path: Path,
) -> None:
    read = read_district([tiny.write_bundle(tmp_path / "oneroster.zip")])

    assert read.problems == ()


def test_a_resource_of_a_provider_from_outside_is_brought_with_a_notice(tmp_path: Path) -> None:
    text = tiny.FILES["resources.csv"].replace("district", "open-shelf")

    read = with_file(tmp_path, "resources.csv", text)

    assert [(p.field, p.found) for p in read.problems] == [("provider_id", "open-shelf")]
    assert read.sound


def test_a_row_named_twice_is_named_with_the_first_line(tmp_path: Path) -> None:
    text = tiny.FILES["staff.csv"] + "t-ana,s1,2026,7,,,\n"

    problem = only(with_file(tmp_path, "staff.csv", text))

    assert (problem.row, problem.code) == (4, "row.duplicate")
    assert "Row 2" in problem.advice


def test_a_record_is_one_row_even_if_a_cell_has_line_breaks(tmp_path: Path) -> None:
    lines = tiny.FILES["visit_notes.csv"].replace("Two students", "Two\nstudents\n\nof nine")
    text = lines.replace("2025-12-02", "2 December")

    assert only(with_file(tmp_path, "visit_notes.csv", text)).row == 4


def test_a_blank_line_counts_as_a_row_as_it_does_in_a_spreadsheet(tmp_path: Path) -> None:
    text = tiny.FILES["staff.csv"].replace("\nt-chi", "\n\n\nt-nobody")

    assert only(with_file(tmp_path, "staff.csv", text)).row == 5


@pytest.mark.parametrize(("row", "found"), [("t-dee,t-chi", "2 cells"), ("a,b,c,d", "4 cells")])
def test_a_row_with_too_few_or_too_many_cells_is_named(
    tmp_path: Path, row: str, found: str
) -> None:
    problem = only(with_file(tmp_path, "evaluators.csv", tiny.FILES["evaluators.csv"] + row))

    assert (problem.row, problem.found, problem.code) == (3, found, "csv.row_width_mismatch")


def test_an_open_quote_is_named_by_the_line_where_it_begins(tmp_path: Path) -> None:
    text = tiny.FILES["evaluators.csv"] + '"t-dee,t-chi,2026\n'

    problem = only(with_file(tmp_path, "evaluators.csv", text))

    assert (problem.row, problem.code) == (3, "csv.unclosed_quote")


def test_a_byte_order_mark_is_read_past_and_said(tmp_path: Path) -> None:
    read = with_file(tmp_path, "staff.csv", b"\xef\xbb\xbf" + tiny.FILES["staff.csv"].encode())

    assert [p.code for p in read.problems] == ["csv.byte_order_mark"]
    assert read.sound
    assert read.tables["staff"].height == 2


def test_an_older_encoding_is_named_by_line(tmp_path: Path) -> None:
    text = tiny.FILES["visit_notes.csv"].replace("Five students", "José")

    problem = only(with_file(tmp_path, "visit_notes.csv", text.encode("latin-1")))

    assert (problem.row, problem.code) == (4, "csv.encoding")
    assert "José" in problem.found
    assert "UTF-8" in problem.advice


def test_a_spreadsheet_named_csv_is_refused(tmp_path: Path) -> None:
    problem = only(with_file(tmp_path, "costs.csv", b"PK\x03\x04\x00\x00not a csv"))

    assert problem.code == "csv.not_text"


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert only(with_file(tmp_path, "costs.csv", "")).code == "csv.empty_file"


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    read = with_file(tmp_path, "staff.csv", tiny.FILES["staff.csv"].replace("\n", "\r\n"))

    assert read.sound
    assert read.tables["staff"]["next_year"].to_list() == [None, "stayed"]


def test_an_oversized_file_is_refused(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    (folder / "costs.csv").write_text(tiny.FILES["costs.csv"] + "x" * 20_000)

    read = read_district([folder], limits=Limits(file_bytes=10_000))

    assert ("costs.csv", "package.oversized") in {(p.file, p.code) for p in read.problems}
    assert not read.sound


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tiny.write_zip(tmp_path / "costs.zip", {"costs.csv": b"0" * 12_000_000})

    problem = only(read_district([bomb]))

    assert (problem.file, problem.code) == ("costs.zip", "package.zip_bomb")
    assert "Nothing was unpacked" in problem.advice


def test_many_small_files_that_are_too_much_together_are_refused(tmp_path: Path) -> None:
    many: dict[str, str | bytes] = {f"{i}.json": "a\n" * 500 for i in range(20)}
    bundle = tiny.write_zip(tmp_path / "many.zip", many)

    assert (
        only(read_district([bundle], limits=Limits(total_bytes=9_000))).code == "package.oversized"
    )
    assert only(read_district([bundle], limits=Limits(files=10))).code == "package.too_many_files"


@pytest.mark.parametrize("name", ["../staff.csv", "/etc/staff.csv", "..\\staff.csv", "c:\\s.csv"])
def test_a_zip_that_reaches_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    bundle = tiny.write_zip(tmp_path / "o.zip", {name: tiny.FILES["staff.csv"]})

    assert only(read_district([bundle])).code == "package.path"


def test_a_file_that_nobody_knows_is_left_aside_and_said(tmp_path: Path) -> None:
    read = in_district(tmp_path, "lunch.csv", "day,meal\nMonday,soup\n")

    assert [(p.file, p.code) for p in read.problems] == [("lunch.csv", "package.unknown_file")]
    assert read.sound


def test_a_file_under_another_name_is_known_by_its_header(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    (folder / "costs.csv").rename(folder / "kosten 2026.csv")

    assert read_district([folder]).tables["costs"].height == 1


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert only(read_district([tmp_path / "nowhere"])).code == "package.not_there"
    assert only(read_district([])).code == "package.nothing"


def test_every_problem_is_listed_and_a_page_keeps_the_first_and_counts_the_rest(
    tmp_path: Path,
) -> None:
    rows = "".join(f"t-{i},t-ana,2026\n" for i in range(250))

    read = with_file(tmp_path, "evaluators.csv", HEADERS["evaluators.csv"] + "\n" + rows)
    page = limited(read.problems, per_file=100)

    assert len(read.problems) == 250
    assert len(page) == 101
    assert page[-1].found == "150 more like these"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("{", ""),
        ('{"CFDocument": {}}', "/CFDocument/identifier"),
        (json.dumps(tiny.OBJECTIVES).replace(f'"{tiny.DOCUMENT}", "uri": "u"',
                                             f'"{tiny.OBJECTIVE}", "uri": "u"'), "/CFItems/0"),
    ],
)  # fmt: skip
def test_a_package_of_objectives_that_departs_from_case_is_named(
    tmp_path: Path, document: str, field: str
) -> None:
    read = with_file(tmp_path, "learning_objectives.json", document)

    assert not read.sound
    assert field in {problem.field for problem in read.problems}


def test_a_registration_with_an_unknown_design_or_program_is_named(tmp_path: Path) -> None:
    designed = json.dumps(tiny.REVIEWS).replace('"lottery"', '"hunch"')
    other = json.dumps(tiny.REVIEWS).replace("content-coaching", "cheese-tasting")

    assert only(with_file(tmp_path, "reviews.json", designed)).field == "0.design"
    assert (
        only(with_file(tmp_path, "reviews.json", other)).code == "reference.missing_target_record"
    )


def test_who_evaluates_a_teacher_cannot_be_her_partner_that_year(tmp_path: Path) -> None:
    text = tiny.FILES["evaluators.csv"] + "t-ben,t-ana,2026\n"

    problem = only(in_district(tmp_path, "evaluators.csv", text))

    assert (problem.file, problem.row) == ("partnerships.csv", 2)
    assert problem.code == "semantic.evaluator_conflict"
    assert "evaluators.csv, row 3" in problem.advice


def test_who_evaluated_a_teacher_in_another_year_may_be_her_partner_now(tmp_path: Path) -> None:
    text = tiny.FILES["evaluators.csv"] + "t-ben,t-ana,2025\n"

    assert in_district(tmp_path, "evaluators.csv", text).sound


def test_who_evaluates_a_teacher_makes_no_study_visit_that_year(tmp_path: Path) -> None:
    text = tiny.FILES["study_visits.csv"].replace("t-hana", "t-dee")

    assert (
        only(in_district(tmp_path, "study_visits.csv", text)).code == "semantic.evaluator_conflict"
    )


def test_a_column_that_may_be_left_out_is_empty_then(tmp_path: Path) -> None:
    without = with_file(tmp_path, "assessment_results.csv", tiny.FILES["assessment_results.csv"])
    rows = tiny.FILES["assessment_results.csv"].strip().split("\n")
    more = "\n".join([f"{rows[0]},percentile", *(f"{row},47" for row in rows[1:])]) + "\n"
    with_it = with_file(tmp_path, "assessment_results.csv", more)

    assert [str(problem) for problem in (*without.problems, *with_it.problems)] == []
    assert streamed_rows(without)["percentile"].to_list() == [None] * 3
    assert streamed_rows(with_it)["percentile"].to_list() == [47.0] * 3


def test_more_right_answers_than_questions_are_refused(tmp_path: Path) -> None:
    text = "student_id,school_year,tested_on,subject,objective_id,items,correct\n"
    read = with_file(
        tmp_path,
        "objective_results.csv",
        f"{text}p-1,2026,2025-09-10,math,{tiny.OBJECTIVE},4,5\n",
    )

    assert (only(read).field, only(read).row) == ("correct", 2)
