"""The files are those that a district would bring, exactly as the reference says."""

import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.simulate.conftest import SEED, Read
from trellis.evidence.framework import elements
from trellis.interchange.case.crosswalk import relations_in
from trellis.interchange.case.read import read_package
from trellis.interchange.case.terms import terms_of
from trellis.interchange.case.tree import arrange
from trellis.simulate import DEMONSTRATION_DAY, write_district
from trellis.simulate.objectives import CROSSWALK

REFERENCE = Path(__file__).parents[2] / "docs/reference/district-files.md"
ROW = re.compile(r"^\| `(\w+)\.csv` \|[^|]*\| `([^`]+)`", re.MULTILINE)
REFERRED = dict(ROW.findall(REFERENCE.read_text("utf-8")))
# The demonstration brings results by objective in its bundle, no percentiles, and one test.
LEFT_OUT = {"objective_results", "assessment_results.percentile", "assessment_results.test"}
CONTRACT = {
    name: ",".join(c for c in columns.split(",") if f"{name}.{c}" not in LEFT_OUT)
    for name, columns in REFERRED.items()
    if name not in LEFT_OUT
}

PEOPLE_COLUMNS = {
    "person_id",
    "teacher_id",
    "partner_id",
    "evaluator_id",
    "student_id",
    "unit",
    "visitor_id",
}
WORDS = {
    ("role_grants", "role"): "teacher|coach|mentor|consultant|school_leader|pd_lead|analyst"
    "|administrator",
    ("role_grants", "scope_kind"): "district|school|provider",
    ("staff", "next_year"): "stayed|moved|left|",
    ("assessment_results", "term"): "fall|winter|spring",
    ("assessment_results", "subject"): "math|ela",
    ("partnerships", "kind"): "coach|mentor|peer|consultant",
    ("sessions", "mode"): "in person|video call|message",
    ("visit_notes", "reason"): "planned|asked for",
    ("visit_notes", "level"): "not seen this time|beginning|developing|established",
    ("study_visits", "level"): "not seen this time|beginning|developing|established",
    ("study_visits", "made_by"): "trained visitor|deliverer",
    ("programs", "provider_kind"): "in-house|commercial",
    ("programs", "evidence_tier"): "strong|moderate|promising|rationale|none",
    ("offers", "place"): "in person|online|both",
    ("offers", "assignment"): "lottery|staggered|volunteers|referred|everyone|matched pairs",
    ("participation", "state"): "joined|attended|partly|missed|withdrawn",
    ("participation", "useful"): "yes|partly|no|",
    ("participation", "tried_in_class"): "yes|partly|no|",
    ("draws", "drawn"): "true|false",
    ("consents", "purpose"): "study visits|class feedback",
    ("costs", "category"): "staff|teacher time|substitutes|materials|travel|fees|administration",
    ("resources", "kind"): "practice|course|reading|video|tool",
    ("resources", "evidence_level"): "strong|moderate|promising|rationale|none",
}  # fmt: skip
DATE_COLUMNS = re.compile(r"_on$")


def test_the_reference_names_the_files_that_these_tests_check() -> None:
    assert len(REFERRED) == 18
    assert len(CONTRACT) == 17


@pytest.mark.parametrize("name", CONTRACT)
def test_a_file_has_exactly_the_columns_of_the_reference(name: str, read: Read) -> None:
    columns = [column.rstrip("*") for column in CONTRACT[name].split(",")]

    rows = read(name)

    assert list(rows[0]) == columns


@pytest.mark.parametrize("name", CONTRACT)
def test_what_must_not_be_empty_is_filled(name: str, read: Read) -> None:
    needed = [column.rstrip("*") for column in CONTRACT[name].split(",") if column.endswith("*")]

    empty = [column for row in read(name) for column in needed if row[column] == ""]

    assert empty == []


@pytest.mark.parametrize(("name", "column"), WORDS)
def test_a_word_is_one_of_the_words_of_the_reference(name: str, column: str, read: Read) -> None:
    found = {row[column] for row in read(name)}

    assert found <= set(WORDS[name, column].split("|"))


@pytest.mark.parametrize("name", CONTRACT)
def test_a_date_is_a_date_and_nothing_is_seen_after_today(name: str, read: Read) -> None:
    planned = {("offers", "ends_on"), ("role_grants", "ends_on"), ("sessions", "held_on")}

    for row in read(name):
        for column, value in row.items():
            if DATE_COLUMNS.search(column) and value:
                assert date.fromisoformat(value) <= DEMONSTRATION_DAY or (name, column) in planned


@pytest.mark.parametrize("name", CONTRACT)
def test_nothing_refers_to_what_is_not_there(name: str, read: Read) -> None:
    users = {row["sourcedId"] for row in read("oneroster/users")}
    known = {
        "school_id": {row["sourcedId"] for row in read("oneroster/orgs")},
        "section_id": {row["sourcedId"] for row in read("oneroster/classes")},
        "program_id": {row["program_id"] for row in read("programs")},
        "provider_id": {row["provider_id"] for row in read("programs")} | {"open-shelf"},
        "offer_id": {row["offer_id"] for row in read("offers")},
        "partnership_id": {row["partnership_id"] for row in read("partnerships")},
    }
    known["block"] = known["school_id"]

    for row in read(name):
        for column, value in row.items():
            if value and column in PEOPLE_COLUMNS and name != "costs":
                assert value in users
            if value and column in known:
                assert value in known[column]


def test_no_file_has_a_place_for_an_evaluation() -> None:
    banned = re.compile(r"rating|score_of|tier_of|effective|summative|proficien|growth_score")

    found = [c for columns in CONTRACT.values() for c in columns.split(",") if banned.search(c)]

    assert found == []


def test_the_truth_lies_outside_the_folder(small_district: Path) -> None:
    inside = {path.name for path in small_district.iterdir()}

    assert inside == {f"{name}.csv" for name in CONTRACT} | {
        "oneroster.zip",
        "learning_objectives.json",
        "reviews.json",
    }
    assert (small_district.parent / "truth.json").exists()


def test_a_truth_inside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must not lie inside"):
        write_district(
            tmp_path, size="small", seed=1, today=DEMONSTRATION_DAY, truth=tmp_path / "truth.json"
        )


def test_the_same_seed_gives_the_same_bytes(small_district: Path, tmp_path: Path) -> None:
    write_district(tmp_path, size="small", seed=SEED, today=DEMONSTRATION_DAY)

    for path in small_district.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_objectives_are_a_whole_framework_with_license_and_credit(small_district: Path) -> None:
    data = (small_district / "learning_objectives.json").read_bytes()

    found = read_package(data, "learning_objectives.json")

    assert not found.problems
    assert found.package
    terms = terms_of(found.package)
    assert (terms.license_title, terms.is_private) == ("CC BY 4.0", False)
    assert terms.attribution
    assert {placed.depth for placed in arrange(found.package).placed} == {0, 1, 2}


def test_the_objectives_say_which_elements_of_practice_they_ask_for(small_district: Path) -> None:
    data = (small_district / "learning_objectives.json").read_bytes()
    package = read_package(data, "learning_objectives.json").package
    assert package

    asked = {relation.destination for relation in relations_in(package)}

    names = elements()
    assert asked == {
        names["instruction.thinking"].identifier, names["agency.collaboration"].identifier
    }  # fmt: skip
    assert {title for _, title, _, _ in CROSSWALK} <= {e.title for e in names.values()}


def test_the_manifest_names_every_file_of_the_bundle(small_district: Path, read: Read) -> None:
    with zipfile.ZipFile(small_district / "oneroster.zip") as bundle:
        inside = {name.removesuffix(".csv") for name in bundle.namelist()} - {"manifest"}

    modes = {r["propertyName"]: r["value"] for r in read("oneroster/manifest")}

    assert modes["oneroster.version"] == "1.2"
    bulk = {k.removeprefix("file.") for k, v in modes.items() if k[:5] == "file." and v == "bulk"}
    assert bulk == inside
    assert len([k for k in modes if k.startswith("file.")]) == 21


def test_the_bundle_holds_together(read: Read) -> None:
    ids = {
        name: {row["sourcedId"] for row in read(f"oneroster/{name}")}
        for name in ("orgs", "academicSessions", "courses", "classes", "users", "lineItems",
                     "results", "categories")
    }  # fmt: skip
    points_to = {
        "orgSourcedId": "orgs",
        "schoolSourcedId": "orgs",
        "primaryOrgSourcedId": "orgs",
        "courseSourcedId": "courses",
        "schoolYearSourcedId": "academicSessions",
        "academicSessionSourcedId": "academicSessions",
        "classSourcedId": "classes",
        "userSourcedId": "users",
        "studentSourcedId": "users",
        "lineItemSourcedId": "lineItems",
        "resultSourcedId": "results",
        "categorySourcedId": "categories",
    }
    for name in (*ids, "enrollments", "roles", "resultLearningObjectiveIds",
                 "lineItemLearningObjectiveIds"):  # fmt: skip
        for row in read(f"oneroster/{name}"):
            assert row["status"] == row["dateLastModified"] == ""
            for column, target in points_to.items():
                assert not row.get(column) or row[column] in ids[target], (name, row)


def test_a_result_counts_items_answered_correctly(read: Read) -> None:
    items = {row["sourcedId"]: int(row["resultValueMax"]) for row in read("oneroster/lineItems")}

    assert all(4 <= most <= 8 for most in items.values())
    for row in read("oneroster/results"):
        assert 0 <= int(row["score"]) <= items[row["lineItemSourcedId"]]


def test_answers_of_a_class_never_exceed_those_enrolled(read: Read) -> None:
    for row in read("class_feedback"):
        answers = sum(int(row[k]) for k in ("never", "rarely", "sometimes", "often", "always"))
        assert 0 < answers <= int(row["enrolled"])
