"""Each thing that can be wrong with a bundle is found by its kind, file, row and field."""

from pathlib import Path

import pytest

from tests.interchange import tiny
from trellis.interchange import oneroster
from trellis.interchange.problems import Problem, Severity

HEAD = "sourcedId,status,dateLastModified,"
MORE = {
    "scoreScales": f"{HEAD}title,type,orgSourcedId,courseSourcedId,classSourcedId,scoreScaleValue\n"
    'sc1,,,Letters,letter,s1,math4,c1,"{A:4},{B:2}"\n',
    "lineItemScoreScales": f"{HEAD}title,lineItemSourcedId,scoreScaleSourcedId\nls1,,,,li1,sc1\n",
}
FILES = {f"{name}.csv": text for name, text in (tiny.ONEROSTER | MORE).items()}
FILES = {"manifest.csv": tiny.manifest((*tiny.ONEROSTER, *MORE)), **FILES}
Members = dict[str, str | bytes]


def found_in(tmp_path: Path, members: Members) -> list[Problem]:
    return list(oneroster.read(tiny.write_zip(tmp_path / "oneroster.zip", members)).findings)


def place(problem: Problem) -> tuple[str, str, int, str]:
    return problem.code, problem.file, problem.row, problem.field


def changed(name: str, old: str, new: str) -> Members:
    assert old in FILES[name], f"{old!r} is not in {name}"
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def row_of(property_name: str) -> int:
    lines = FILES["manifest.csv"].split("\n")
    return next(i for i, line in enumerate(lines, 1) if line.startswith(f"{property_name},"))


def test_the_bundle_that_these_tests_spoil_is_valid(tmp_path: Path) -> None:
    assert found_in(tmp_path, {**FILES}) == []


ERRORS = [
    # the text of a file
    ("orgs.csv", 's1,,,Cedar Elementary', 's1,,,"Cedar Elementary', "csv.unclosed_quote", 3, ""),
    ("orgs.csv", "Cedar Elementary", '"Cedar" Elementary', "csv.stray_quote", 3, ""),
    ("orgs.csv", "Tiny District,", "Tiny, District,", "csv.row_width_mismatch", 2, ""),
    # the header
    ("orgs.csv", ",type,", ",name,", "header.duplicate_column", 1, "name"),
    ("orgs.csv", ",type,", ",,", "header.unnamed_column", 1, ""),
    ("orgs.csv", ",name,", ",metadata.name,", "header.missing_column", 1, "name"),
    ("users.csv", ",identifier,", ",identifer,", "header.unknown_column", 1, "identifer"),
    # cells
    ("users.csv", "t-ben,,,true", "t-ben,,,yes", "row.invalid_boolean", 3, "enabledUser"),
    ("lineItems.csv", "2025-09-15", "15/09/2025", "row.invalid_date", 2, "assignDate"),
    ("lineItems.csv", "y26,0,5", "y26,0,five", "row.invalid_number", 2, "resultValueMax"),
    ("academicSessions.csv", ",2026\n", ",26\n", "row.out_of_range", 2, "schoolYear"),
    ("academicSessions.csv", "schoolYear,2025", "year,2025", "row.unknown_word", 2, "type"),
    ("academicSessions.csv", "2026-06-12", "2024-06-12", "row.dates_out_of_order", 2, "endDate"),
    ("users.csv", "t-chi,,,true,chi,,Chi", "t-chi,,,true,chi,,", "row.required", 4, "givenName"),
    ("orgs.csv", "Cedar Elementary", "C" * 201, "row.too_long", 3, "name"),
    # names of other rows
    ("orgs.csv", "\ns1,", "\nd1,", "reference.duplicate_sourced_id", 3, "sourcedId"),
    ("roles.csv", "t-ben,primary", "t-bo,primary", "reference.missing_target_record", 3,
     "userSourcedId"),
    # what rows mean together
    ("classes.csv", ",s1,y26", ",d1,y26", "semantic.org_type_mismatch", 2, "schoolSourcedId"),
    ("results.csv", "graded,4,", "graded,5.5,", "semantic.score_above_max", 2, "score"),
    ("results.csv", "graded,2,", "graded,-1,", "semantic.score_below_min", 3, "score"),
    ("scoreScales.csv", "{B:2}", "B=2", "semantic.invalid_score_scale_mapping", 2,
     "scoreScaleValue"),
]  # fmt: skip
NOTICES = [
    ("orgs.csv", "Cedar Elementary", '"Cedar\nElementary"', "csv.field_line_break", 3, "name"),
    ("orgs.csv", "district,,\n", "district,,\r", "csv.bare_carriage_return", 2, ""),
    ("orgs.csv", "sourcedId", "\ufeffsourcedId", "csv.byte_order_mark", 1, ""),
    ("orgs.csv", ",type,", ",Type,", "header.wrong_case", 1, "Type"),
    ("classes.csv", ",grades,", ",grade,", "header.old_name", 1, "grade"),
    ("users.csv", ",agentSourcedIds,", ",agents,", "header.old_name", 1, "agents"),
    ("users.csv", ",userIds,", ",userId,", "header.old_name", 1, "userId"),
    ("lineItems.csv", ",academicSessionSourcedId,", ",gradingPeriodSourcedId,", "header.old_name",
     1, "gradingPeriodSourcedId"),
    ("users.csv", ",pronouns", ",metadata.pronouns", "header.missing_column", 1, "pronouns"),
    ("users.csv", ",pronouns", ",shoes", "header.unknown_column", 1, "shoes"),
    ("users.csv", "t-ben,,,true", "t-ben,,,TRUE", "row.invalid_boolean", 3, "enabledUser"),
    ("users.csv", "true,ben", "true,", "row.required", 3, "username"),
    ("enrollments.csv", "e4,,,", "e4,inactive,,", "row.old_word", 5, "status"),
    ("enrollments.csv", "e4,,,", "e4,tobedeleted,,", "row.gone_in_bulk", 5, "status"),
    ("orgs.csv", "s1,,,", "s1,active,,", "row.unexpected_status", 3, "status"),
    ("orgs.csv", "s1,,,", "s1,,2025-08-18T00:00:00Z,", "row.unexpected_date", 3,
     "dateLastModified"),
    ("orgs.csv", "Cedar Elementary", "=Cedar", "row.formula", 3, "name"),
    ("classes.csv", ",math4,", ",math5,", "reference.missing_target_record", 2, "courseSourcedId"),
    ("enrollments.csv", "e3,,,c1,s1", "e3,,,c1,d1", "semantic.org_type_mismatch", 4,
     "schoolSourcedId"),
    ("results.csv", "li1,p-2", "li1,t-ben", "semantic.result_student_not_enrolled", 3,
     "studentSourcedId"),
    ("roles.csv", "r2,,,t-ben,primary", "r2,,,t-ana,primary",
     "semantic.multiple_primary_roles_for_user_org", 3, "roleType"),
    ("roles.csv", "d1,\n", "s1,\n", "semantic.primary_org_missing_role", 6, "primaryOrgSourcedId"),
    ("lineItemLearningObjectiveIds.csv", tiny.OBJECTIVE, "4.NF.1",
     "semantic.invalid_case_learning_objective_id", 2, "learningObjectiveId"),
]  # fmt: skip
ELSEWHERE = {"semantic.primary_org_missing_role": "users.csv"}


@pytest.mark.parametrize(
    ("severity", "case"),
    [(Severity.ERROR, c) for c in ERRORS] + [(Severity.NOTICE, c) for c in NOTICES],
    ids=lambda value: value[3] if isinstance(value, tuple) else None,
)
def test_a_departure_is_found_where_it_stands(
    tmp_path: Path, severity: Severity, case: tuple[str, str, str, str, int, str]
) -> None:
    name, old, new, code, row, field = case

    found = found_in(tmp_path, changed(name, old, new))

    wanted = (code, ELSEWHERE.get(code, name), row, field)
    same = [problem for problem in found if place(problem) == wanted]
    assert same, [str(problem) for problem in found]
    assert same[0].severity is severity
    assert same[0].expected
    assert same[0].advice.endswith((".", "?"))


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("file.users,bulk", "file.users,full", "manifest.invalid_file_mode", "file.users"),
        ("file.users,bulk", "file.users,", "manifest.invalid_file_mode", "file.users"),
        ("file.users,bulk", "file.users,absent", "manifest.file_unexpected", "file.users"),
        ("file.resources,absent", "file.resources,bulk", "manifest.file_missing", "file.resources"),
        ("file.users,bulk", "file.users,bulk,", "manifest.row_width_mismatch", ""),
        ("oneroster.version,1.2", "oneroster.version,3.0", "manifest.invalid_version",
         "oneroster.version"),
        ("file.users,bulk", "file.users,bulk\nfile.users,delta", "manifest.duplicate_property",
         "file.users"),
    ],
)  # fmt: skip
def test_a_manifest_that_departs_is_told_by_its_row(
    tmp_path: Path, old: str, new: str, code: str, field: str
) -> None:
    row = row_of(old.split(",")[0]) + (code == "manifest.duplicate_property")

    found = found_in(tmp_path, changed("manifest.csv", old, new))

    assert (code, "manifest.csv", row, field) in {place(problem) for problem in found}


@pytest.mark.parametrize("name", ["manifest.version", "oneroster.version", "file.users"])
def test_a_property_that_a_manifest_lacks_is_named(tmp_path: Path, name: str) -> None:
    lines = FILES["manifest.csv"].split("\n")
    without = "\n".join(line for line in lines if not line.startswith(f"{name},"))

    found = found_in(tmp_path, {**FILES, "manifest.csv": without})

    assert ("manifest.missing_property", "manifest.csv", 0, name) in {place(p) for p in found}


def without(name: str) -> Members:
    return {n: text for n, text in FILES.items() if n != name}


def test_a_bundle_without_a_manifest_says_so(tmp_path: Path) -> None:
    found = found_in(tmp_path, without("manifest.csv"))

    assert place(found[0]) == ("package.missing_manifest", "manifest.csv", 0, "")


def test_files_that_are_unknown_doubled_or_misspelt_are_named(tmp_path: Path) -> None:
    members = without("orgs.csv") | {"Orgs.csv": FILES["orgs.csv"], "clases.csv": "sourcedId\n"}
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, text in (members | {"Users.CSV": FILES["users.csv"]}).items():
        (folder / name).write_text(str(text))

    found = oneroster.read(folder).findings

    assert {place(problem) for problem in found} == {
        ("package.wrong_case", "Orgs.csv", 0, ""),
        ("package.duplicate_file", "Users.CSV", 0, ""),
        ("package.unknown_file", "clases.csv", 0, ""),
    }
    assert any("classes.csv?" in problem.advice for problem in found)


def test_a_name_of_an_absent_file_is_told_as_such(tmp_path: Path) -> None:
    members = without("courses.csv")
    manifest = FILES["manifest.csv"].replace("file.courses,bulk", "file.courses,absent")

    found = found_in(tmp_path, members | {"manifest.csv": manifest})

    wanted = ("reference.missing_target_file", "classes.csv", 2, "courseSourcedId")
    assert wanted in {place(problem) for problem in found}
    assert {p.severity for p in found} == {Severity.NOTICE}


def test_a_column_of_the_other_version_is_read_and_said(tmp_path: Path) -> None:
    lines = FILES["users.csv"].strip().split("\n")
    users = "\n".join([f"{lines[0]},role", *(f"{line},teacher" for line in lines[1:])]) + "\n"

    bundle = oneroster.read(
        tiny.write_zip(tmp_path / "oneroster.zip", {**FILES, "users.csv": users})
    )

    assert [place(f) for f in bundle.findings] == [("header.other_version", "users.csv", 1, "role")]
    assert set(bundle.tables["users"]["role"]) == {"teacher"}


def test_what_an_old_name_is_called_now_is_told_with_the_version(tmp_path: Path) -> None:
    found = found_in(tmp_path, changed("classes.csv", ",grades,", ",grade,"))

    assert found[0].expected == "grades: so it is called in OneRoster 1.2"


def test_blank_columns_at_the_end_of_a_header_are_read_past(tmp_path: Path) -> None:
    orgs = "\n".join(f"{line},," for line in FILES["orgs.csv"].strip().split("\n")) + "\n"

    found = found_in(tmp_path, {**FILES, "orgs.csv": orgs})

    assert [place(problem) for problem in found] == [("header.blank_at_end", "orgs.csv", 1, "")]


@pytest.mark.parametrize(
    "broken",
    ["s1,,,Cedar, Elementary,school,,d1", "s1,,,Cedar Elementary,school", 's1,,,"Cedar,school,,d1'],
)
def test_a_row_that_cannot_be_split_is_one_finding_and_not_one_for_each_that_names_it(
    tmp_path: Path, broken: str
) -> None:
    members = changed("orgs.csv", "s1,,,Cedar Elementary,school,,d1", broken)

    (problem,) = found_in(tmp_path, members)

    assert (problem.file, problem.row, problem.severity) == ("orgs.csv", 3, Severity.ERROR)


def test_demographics_of_nobody_are_found(tmp_path: Path) -> None:
    columns = [column.name for column in oneroster.FILES["1.2"]["demographics"].columns]
    text = f"{','.join(columns)}\np-9{',' * (len(columns) - 1)}\n"
    manifest = tiny.manifest((*tiny.ONEROSTER, *MORE, "demographics"))

    (problem,) = found_in(tmp_path, {**FILES, "manifest.csv": manifest, "demographics.csv": text})

    said = ("reference.missing_target_record", "demographics.csv", 2, "sourcedId")
    assert place(problem) == said


def test_files_in_a_folder_of_an_archive_are_read_and_said_once(tmp_path: Path) -> None:
    inside = {f"export/{name}": text for name, text in FILES.items()}
    path = tiny.write_zip(tmp_path / "oneroster.zip", inside)

    bundle = oneroster.read(path)

    (problem,) = bundle.findings
    assert place(problem) == ("package.subfolder", "oneroster.zip", 0, "")
    assert f"export/ with {len(FILES)} files" in problem.found
    assert bundle.tables["users"].height == 8


def test_a_folder_in_a_folder_is_not_looked_into_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    for place_of, text in (("", FILES), ("/old", {"orgs.csv": FILES["orgs.csv"]})):
        (tmp_path / f"bundle{place_of}").mkdir()
        for name, content in text.items():
            (tmp_path / f"bundle{place_of}" / name).write_text(content)

    (problem,) = oneroster.read(folder).findings

    assert place(problem) == ("package.subfolder", "old", 0, "")
    assert problem.severity is Severity.NOTICE


def test_a_cell_of_the_wrong_kind_is_not_said_to_be_empty_as_well(tmp_path: Path) -> None:
    modes = FILES["manifest.csv"].replace(",bulk", ",delta")
    changes = {
        name: text.replace(",,,", ",active,2025-01-02T03:04:05.006Z,", 1)
        for name, text in FILES.items()
    }
    orgs = f"{HEAD}name,type,identifier,parentSourcedId\nd1,active,2/1/2025,Tiny,district,,\n"

    found = found_in(tmp_path, changes | {"manifest.csv": modes, "orgs.csv": orgs})

    assert [place(problem) for problem in found if problem.file == "orgs.csv"] == [
        ("row.invalid_datetime", "orgs.csv", 2, "dateLastModified")
    ]
