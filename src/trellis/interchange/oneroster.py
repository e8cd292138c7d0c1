"""Read a OneRoster 1.2 bulk bundle: the manifest, the 21 data files and what they say together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from trellis.interchange.columns import Column, FileSpec, Kind, Rule
from trellis.interchange.csv_text import ROW, read_csv_text
from trellis.interchange.problems import Problem, Severity, shorten

# Tables that Trellis uses. The others are checked and left where they are: they hold
# nothing that growth needs (demographics, passwords, vendors' numbers).
USED = (
    "orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments", "categories",
    "lineItems", "results", "lineItemLearningObjectiveIds", "resultLearningObjectiveIds",
)  # fmt: skip

Mode = Literal["bulk", "delta"]
GONE = "tobedeleted"

_BULK = (
    Rule(
        "status", "row.unexpected_status", pl.col("status") == GONE,
        "an empty status in a bulk file",
        "Leave rows that are gone out of a bulk file; Trellis sets aside who is not in it.",
    ),
)  # fmt: skip
_DELTA = tuple(
    Rule(
        name, "row.required", pl.col(name).is_null(), "a value in a delta file",
        "A file of changes says for each row what became of it, and when.",
    )
    for name in ("status", "dateLastModified")
)  # fmt: skip


def _file(name: str, *columns: Column, defines: str = "", rules: tuple[Rule, ...] = ()) -> FileSpec:
    head = (
        Column("sourcedId", "id", required=True),
        Column("status", "text", words=("active", "tobedeleted")),
        Column("dateLastModified"),
    )
    kinds = ((name, "sourcedId"), *(((defines, "sourcedId"),) if defines else ()))
    return FileSpec(
        name, (*head, *columns), key=("sourcedId",), defines=kinds, rules=rules,
        extra_prefix="metadata.", separator=",",
    )  # fmt: skip


def _c(
    name: str, kind: Kind = "text", *words: str, ext: bool = False, longest: int | None = None
) -> Column:
    return Column(
        name.rstrip("*"), kind, name.endswith("*"), words, extensible=ext, longest=longest
    )  # fmt: skip


def _to(name: str, target: str, kind: Kind = "id") -> Column:
    return Column(name.rstrip("*"), kind, name.endswith("*"), refers=target)


def _skip(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "skip") for name in names)


def _not_before(first: str, last: str) -> Rule:
    return Rule(
        last, "row.dates_out_of_order", pl.col(last) < pl.col(first), f"not before {first}",
        "Check which of the two dates is wrong.",
    )  # fmt: skip


_USER_ROLES = (
    "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor",
    "relative", "siteAdministrator", "student", "systemAdministrator", "teacher",
)  # fmt: skip
_STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")
_RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)  # fmt: skip

FILES: dict[str, FileSpec] = {
    spec.name: spec
    for spec in (
        _file("academicSessions", _c("title*"),
              _c("type*", "text", "term", "gradingPeriod", "schoolYear", "semester", ext=True),
              _c("startDate*", "date"), _c("endDate*", "date"),
              _to("parentSourcedId", "academicSessions"),
              Column("schoolYear", "integer", True, least=2000, most=2100),
              rules=(_not_before("startDate", "endDate"),)),
        _file("orgs", _c("name*"),
              _c("type*", "text", "department", "school", "district", "local", "state", "national",
                 ext=True),
              _c("identifier"), _to("parentSourcedId", "orgs")),
        _file("courses", _to("schoolYearSourcedId", "academicSessions"), _c("title*"),
              _c("courseCode"), _c("grades", "list"), _to("orgSourcedId*", "orgs"),
              _c("subjects", "list"), _c("subjectCodes", "list")),
        _file("classes", _c("title*"), _c("grades", "list"), _to("courseSourcedId*", "courses"),
              _c("classCode"), _c("classType*", "text", "homeroom", "scheduled", ext=True),
              _c("location"), _to("schoolSourcedId*", "orgs"),
              _to("termSourcedIds*", "academicSessions", "list"), _c("subjects", "list"),
              _c("subjectCodes", "list"), _c("periods", "list"), defines="section"),
        _file("users", _c("enabledUser*", "boolean"), _c("username*"), *_skip("userIds"),
              _c("givenName*", longest=100), _c("familyName*", longest=100), _c("middleName"),
              _c("identifier"), _c("email"),
              *_skip("sms", "phone", "agentSourcedIds"), _c("grades", "list"),
              *_skip("password", "userMasterIdentifier"), _c("preferredGivenName"),
              _c("preferredMiddleName"), _c("preferredFamilyName"),
              _to("primaryOrgSourcedId", "orgs"), _c("pronouns")),
        _file("roles", _to("userSourcedId*", "users"),
              _c("roleType*", "text", "primary", "secondary"),
              _c("role*", "text", *_USER_ROLES, ext=True), _c("beginDate", "date"),
              _c("endDate", "date"), _to("orgSourcedId*", "orgs"),
              _to("userProfileSourcedId", "userProfiles"),
              rules=(_not_before("beginDate", "endDate"),)),
        _file("enrollments", _to("classSourcedId*", "classes"), _to("schoolSourcedId*", "orgs"),
              _to("userSourcedId*", "users"),
              _c("role*", "text", "administrator", "proctor", "student", "teacher"),
              _c("primary", "boolean"), _c("beginDate", "date"), _c("endDate", "date"),
              rules=(_not_before("beginDate", "endDate"),)),
        _file("demographics", _c("birthDate", "date"), *_skip("sex"),
              *(_c(race, "boolean") for race in _RACES),
              *_skip("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
                     "publicSchoolResidenceStatus")),
        _file("userProfiles", _to("userSourcedId*", "users"),
              *_skip("profileType", "vendorId", "applicationId", "description", "credentialType",
                     "username", "password")),
        _file("categories", _c("title*"), _c("weight", "number")),
        _file("lineItems", _c("title*"), _c("description", "prose"), _c("assignDate*", "date"),
              _c("dueDate*", "date"), _to("classSourcedId*", "classes"),
              _to("categorySourcedId*", "categories"),
              _to("academicSessionSourcedId", "academicSessions"),
              _c("resultValueMin", "number"), _c("resultValueMax", "number"),
              _to("schoolSourcedId", "orgs")),
        _file("results", _to("lineItemSourcedId*", "lineItems"), _to("studentSourcedId*", "users"),
              _c("scoreStatus*", "text", *_STATUSES), _c("score", "number"),
              _c("scoreDate*", "date"), *_skip("comment"), _c("textScore"),
              _to("classSourcedId", "classes"), _c("inProgress", "boolean"),
              _c("incomplete", "boolean"), _c("late", "boolean"), _c("missing", "boolean")),
        _file("scoreScales", _c("title*"), _c("type*"), _to("orgSourcedId", "orgs"),
              _to("courseSourcedId", "courses"), _to("classSourcedId", "classes"),
              *_skip("scoreScaleValue")),
        _file("lineItemScoreScales", _c("title"), _to("lineItemSourcedId*", "lineItems"),
              _to("scoreScaleSourcedId*", "scoreScales")),
        _file("resultScoreScales", _c("title"), _to("resultSourcedId*", "results"),
              _to("scoreScaleSourcedId*", "scoreScales")),
        _file("lineItemLearningObjectiveIds", _to("lineItemSourcedId*", "lineItems"),
              _c("source*", "text", "case", "unknown"), _c("learningObjectiveId*", "id")),
        _file("resultLearningObjectiveIds", _to("resultSourcedId*", "results"),
              _c("source*", "text", "case", "unknown"), _c("learningObjectiveId*", "id"),
              _c("score", "number"), _c("textScore")),
        _file("resources", _c("vendorResourceId*"), _c("title"), _c("roles", "list"),
              _c("importance", "text", "primary", "secondary"), _c("vendorId"),
              _c("applicationId")),
        _file("classResources", _c("title"), _to("classSourcedId*", "classes"),
              _to("resourceSourcedId*", "resources")),
        _file("courseResources", _c("title"), _to("courseSourcedId*", "courses"),
              _to("resourceSourcedId*", "resources")),
        _file("userResources", _to("userSourcedId*", "users"), _to("orgSourcedId", "orgs"),
              _to("classSourcedId", "classes"), _to("resourceSourcedId*", "resources")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says: the mode of each file that is there, and what is wrong with it."""

    modes: dict[str, Mode]
    problems: tuple[Problem, ...]


def read_manifest(data: bytes, file: str, present: frozenset[str]) -> Manifest:
    """Hold `manifest.csv` against the standard and against the files that are there."""
    text = read_csv_text(data, file)
    if text.problems and not text.rows.height:
        return Manifest({}, text.problems)
    if text.header != ("propertyName", "value"):
        found = ", ".join(text.header)
        problem = _manifest(file, 1, "", found, "the header propertyName,value", "invalid_header")
        return Manifest({}, (problem,))
    said = {name: (value or "", row) for name, value, row in text.rows.iter_rows() if name}
    problems = (*text.problems, *_versions(said, file), *_modes(said, file, present))
    modes: dict[str, Mode] = {
        name: "delta" if said.get(f"file.{name}", ("", 0))[0] == "delta" else "bulk"
        for name in FILES
        if name in present
    }
    return Manifest(modes, problems)


def _versions(said: Mapping[str, tuple[str, int]], file: str) -> Iterator[Problem]:
    for name, wanted in (("manifest.version", "1.0"), ("oneroster.version", "1.2")):
        value, row = said.get(name, ("", 0))
        if not value:
            yield _manifest(file, row, name, value, wanted, "missing_property")
        elif value != wanted:
            yield _manifest(file, row, name, value, wanted, "invalid_version")


def _modes(
    said: Mapping[str, tuple[str, int]], file: str, present: frozenset[str]
) -> Iterator[Problem]:
    for name in FILES:
        mode, row = said.get(f"file.{name}", ("absent", 0))
        field = f"file.{name}"
        if mode not in ("bulk", "delta", "absent"):
            yield _manifest(file, row, field, mode, "bulk, delta or absent", "invalid_file_mode")
        elif mode != "absent" and name not in present:
            yield Problem(
                file, row, field, mode, f"{name}.csv in the bundle",
                "Put the file into the bundle, or say absent.", "manifest.file_missing",
            )  # fmt: skip
        elif mode == "absent" and name in present:
            yield Problem(
                file, row, field, f"absent, yet {name}.csv is there", "bulk or delta",
                "Say bulk, or take the file out of the bundle.", "manifest.file_unexpected",
            )  # fmt: skip


def _manifest(file: str, row: int, field: str, found: str, expected: str, code: str) -> Problem:
    return Problem(
        file, row, field, shorten(found), expected,
        "Export the bundle again as OneRoster 1.2.", f"manifest.{code}",
    )  # fmt: skip


def spec_of(name: str, mode: Mode) -> FileSpec:
    """Return what a file promises when it holds everything (bulk) or changes alone (delta)."""
    spec = FILES[name]
    return replace(spec, rules=(*(_BULK if mode == "bulk" else _DELTA), *spec.rules))


def check_meaning(
    tables: Mapping[str, pl.DataFrame], files: Mapping[str, str], objectives: pl.DataFrame | None
) -> Iterator[Problem]:
    """Yield what is wrong between files that are each sound: results against their line items."""
    results, items = tables.get("results"), tables.get("lineItems")
    if results is not None and items is not None:
        yield from _outside_bounds(results, items, files["results"])
    links = tables.get("lineItemLearningObjectiveIds")
    if links is not None:
        yield from _unknown_objectives(links, objectives, files["lineItemLearningObjectiveIds"])


def _outside_bounds(results: pl.DataFrame, items: pl.DataFrame, file: str) -> Iterator[Problem]:
    bounds = items.select("sourcedId", "resultValueMin", "resultValueMax").unique("sourcedId")
    joined = results.join(bounds, left_on="lineItemSourcedId", right_on="sourcedId")
    outside = joined.filter(
        (pl.col("score") > pl.col("resultValueMax")) | (pl.col("score") < pl.col("resultValueMin"))
    )
    for row, score, low, high in outside.select(
        ROW, "score", "resultValueMin", "resultValueMax"
    ).iter_rows():
        yield Problem(
            file, row, "score", f"{score:g}",
            f"between {0 if low is None else low:g} and {'any' if high is None else f'{high:g}'}",
            "Check the score, or the bounds of its line item.",
            "semantic.score_above_max" if high is not None and score > high
            else "semantic.score_below_min",
        )  # fmt: skip


def _unknown_objectives(
    links: pl.DataFrame, objectives: pl.DataFrame | None, file: str
) -> Iterator[Problem]:
    known = objectives["identifier"] if objectives is not None else pl.Series([], dtype=pl.String)
    unknown = links.filter(
        (pl.col("source") == "case") & ~pl.col("learningObjectiveId").is_in(known.implode())
    )
    for row, found in unknown.select(ROW, "learningObjectiveId").iter_rows():
        yield Problem(
            file, row, "learningObjectiveId", found, "an objective of learning_objectives.json",
            "Results of this objective are kept, but it will have no name until its package "
            "is imported.", "reference.unknown_objective", Severity.NOTICE,
        )  # fmt: skip
