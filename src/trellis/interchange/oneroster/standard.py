"""Write down what OneRoster 1.1 and 1.2 say about the columns of each CSV file."""

from dataclasses import replace
from typing import Literal

import polars as pl

from trellis.interchange.columns import Column, FileSpec, Kind, Rule
from trellis.interchange.problems import Severity

Version = Literal["1.1", "1.2"]
Mode = Literal["absent", "bulk", "delta"]
GONE = "tobedeleted"
IS_GONE = pl.col("status") == GONE

_HEAD = (
    Column("sourcedId", "id", required=True),
    Column("status", "text", words=("active", GONE), synonyms={"inactive": GONE}),
    Column("dateLastModified", "moment"),
)


def _c(name: str, kind: Kind = "text", *words: str, longest: int | None = None) -> Column:
    """Read `name*` as needed, `name!` as asked for by the standard, `name-` as private.

    Words that end in `ext:` may be extended.
    """
    return Column(
        name.rstrip("*!-"), kind, name.endswith("*"), tuple(w for w in words if w != "ext:"),
        extensible="ext:" in words, longest=longest, asked=name.endswith("!"),
        private=name.endswith("-"),
    )  # fmt: skip


def _to(name: str, target: str, kind: Kind = "id") -> Column:
    return replace(_c(name, kind), refers=target)


def _private(*names: str) -> tuple[Column, ...]:
    return tuple(_c(f"{name}-", "free") for name in names)


def _not_before(first: str, last: str) -> Rule:
    return Rule(
        last, "row.dates_out_of_order", pl.col(last) < pl.col(first), f"not before {first}",
        "Check which of the two dates is wrong.",
    )  # fmt: skip


_ORG_TYPES = ("department", "school", "district", "local", "state", "national", "ext:")
_USER_ROLES_11 = (
    "administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher",
)  # fmt: skip
_USER_ROLES_12 = (
    "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor",
    "relative", "siteAdministrator", "student", "systemAdministrator", "teacher", "ext:",
)  # fmt: skip
_ENROLLMENT_ROLES = ("administrator", "proctor", "student", "teacher")
_STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted", "ext:")
_RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)  # fmt: skip

Columns = tuple[Column, ...]

_SESSIONS: Columns = (
    _c("title*"), _c("type*", "text", "term", "gradingPeriod", "schoolYear", "semester", "ext:"),
    _c("startDate*", "date"), _c("endDate*", "date"), _to("parentSourcedId", "academicSessions"),
    Column("schoolYear", "integer", True, least=2000, most=2100),
)  # fmt: skip
_ORGS: Columns = (
    _c("name*"), _c("type*", "text", *_ORG_TYPES), _c("identifier"),
    _to("parentSourcedId", "orgs"),
)  # fmt: skip
_COURSES: Columns = (
    _to("schoolYearSourcedId", "academicSessions"), _c("title*"), _c("courseCode"),
    _c("grades", "list"), _to("orgSourcedId!", "orgs"), _c("subjects", "list"),
    _c("subjectCodes", "list"),
)  # fmt: skip
_CLASSES: Columns = (
    _c("title*"), _c("grades", "list"), _to("courseSourcedId!", "courses"), _c("classCode"),
    _c("classType!", "text", "homeroom", "scheduled", "ext:"), _c("location"),
    _to("schoolSourcedId*", "orgs"), _to("termSourcedIds*", "academicSessions", "list"),
    _c("subjects", "list"), _c("subjectCodes", "list"), _c("periods", "list"),
)  # fmt: skip
_NAME: Columns = (
    _c("username!"), _c("userIds", "list"), _c("givenName*", longest=100),
    _c("familyName*", longest=100), _c("middleName"), _c("identifier"), _c("email"),
    *_private("sms", "phone"), replace(_to("agentSourcedIds", "users", "list"), private=True),
    _c("grades", "list"), *_private("password"),
)  # fmt: skip
_ORGS_OF_USER: Columns = (
    _to("orgSourcedIds*", "orgs", "list"), _c("role*", "text", *_USER_ROLES_11, "ext:"),
)  # fmt: skip
_USERS_11: Columns = (_c("enabledUser*", "boolean"), *_ORGS_OF_USER, *_NAME)
_USERS_12: Columns = (
    _c("enabledUser*", "boolean"), *_NAME, *_private("userMasterIdentifier"),
    _c("preferredGivenName"), _c("preferredMiddleName"), _c("preferredFamilyName"),
    _to("primaryOrgSourcedId", "orgs"), _c("pronouns"),
)  # fmt: skip
ROLES: Columns = (
    _to("userSourcedId*", "users"), _c("roleType*", "text", "primary", "secondary"),
    _c("role*", "text", *_USER_ROLES_12), _c("beginDate", "date"), _c("endDate", "date"),
    _to("orgSourcedId*", "orgs"), _to("userProfileSourcedId", "userProfiles"),
)  # fmt: skip
_ENROLLMENTS: Columns = (
    _to("classSourcedId*", "classes"), _to("schoolSourcedId!", "orgs"),
    _to("userSourcedId*", "users"), _c("role*", "text", *_ENROLLMENT_ROLES),
    _c("primary", "boolean"), _c("beginDate", "date"), _c("endDate", "date"),
)  # fmt: skip
_DEMOGRAPHICS: Columns = (
    _c("birthDate", "date"), *_private("sex"), *(_c(race, "boolean") for race in _RACES),
    *_private("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
              "publicSchoolResidenceStatus"),
)  # fmt: skip
_PROFILES: Columns = (
    _to("userSourcedId*", "users"),
    *_private("profileType", "vendorId", "applicationId", "description", "credentialType",
              "username", "password"),
)  # fmt: skip
_ITEM: Columns = (
    _c("title*"), _c("description", "prose"), _c("assignDate!", "date"), _c("dueDate!", "date"),
    _to("classSourcedId*", "classes"), _to("categorySourcedId!", "categories"),
)  # fmt: skip
_ITEMS_11: Columns = (
    *_ITEM, _to("gradingPeriodSourcedId!", "academicSessions"), _c("resultValueMin!", "number"),
    _c("resultValueMax!", "number"),
)  # fmt: skip
_ITEMS_12: Columns = (
    *_ITEM, _to("academicSessionSourcedId", "academicSessions"), _c("resultValueMin", "number"),
    _c("resultValueMax", "number"), _to("schoolSourcedId", "orgs"),
)  # fmt: skip
_RESULT: Columns = (
    _to("lineItemSourcedId*", "lineItems"), _to("studentSourcedId*", "users"),
    _c("scoreStatus*", "text", *_STATUSES), _c("score", "number"), _c("scoreDate*", "date"),
    *_private("comment"),
)  # fmt: skip
_RESULTS_12: Columns = (
    *_RESULT, _c("textScore"), _to("classSourcedId", "classes"),
    *(_c(name, "boolean") for name in ("inProgress", "incomplete", "late", "missing")),
)  # fmt: skip
_SCALES: Columns = (
    _c("title*"), _c("type*"), _to("orgSourcedId", "orgs"), _to("courseSourcedId", "courses"),
    _to("classSourcedId", "classes"), _c("scoreScaleValue", "list"),
)  # fmt: skip
_OBJECTIVE: Columns = (
    _c("source*", "text", "case", "unknown", "ext:"), _c("learningObjectiveId*", "id"),
)  # fmt: skip
_RESOURCES: Columns = (
    _c("vendorResourceId*"), _c("title"), _c("roles", "list"),
    _c("importance", "text", "primary", "secondary"), _c("vendorId"), _c("applicationId"),
)  # fmt: skip
_DATED = {
    "academicSessions": (_not_before("startDate", "endDate"),),
    "roles": (_not_before("beginDate", "endDate"),),
    "enrollments": (_not_before("beginDate", "endDate"),),
}
_SAME: dict[str, Columns] = {
    "academicSessions": _SESSIONS, "orgs": _ORGS, "courses": _COURSES, "classes": _CLASSES,
    "enrollments": _ENROLLMENTS, "demographics": _DEMOGRAPHICS, "resources": _RESOURCES,
    "classResources": (
        _c("title"), _to("classSourcedId*", "classes"), _to("resourceSourcedId*", "resources"),
    ),
    "courseResources": (
        _c("title"), _to("courseSourcedId*", "courses"), _to("resourceSourcedId*", "resources"),
    ),
}  # fmt: skip
_COLUMNS: dict[Version, dict[str, Columns]] = {
    "1.1": _SAME | {
        "users": _USERS_11, "categories": (_c("title*"),), "lineItems": _ITEMS_11,
        "results": tuple(
            replace(c, asked=True) if c.name == "score" else c for c in _RESULT
        ),
    },
    "1.2": _SAME | {
        "users": _USERS_12, "roles": ROLES, "userProfiles": _PROFILES,
        "categories": (_c("title*"), _c("weight", "number")),
        "lineItems": _ITEMS_12, "results": _RESULTS_12, "scoreScales": _SCALES,
        "lineItemScoreScales": (
            _c("title"), _to("lineItemSourcedId*", "lineItems"),
            _to("scoreScaleSourcedId*", "scoreScales"),
        ),
        "resultScoreScales": (
            _c("title"), _to("resultSourcedId*", "results"),
            _to("scoreScaleSourcedId*", "scoreScales"),
        ),
        "lineItemLearningObjectiveIds": (_to("lineItemSourcedId*", "lineItems"), *_OBJECTIVE),
        "resultLearningObjectiveIds": (
            _to("resultSourcedId*", "results"), *_OBJECTIVE, _c("score", "number"),
            _c("textScore"),
        ),
        "userResources": (
            _to("userSourcedId*", "users"), _to("orgSourcedId", "orgs"),
            _to("classSourcedId", "classes"), _to("resourceSourcedId*", "resources"),
        ),
    },
}  # fmt: skip

# Names that columns had in OneRoster 1.0, in drafts, or have in the other version.
_OLD_NAMES = {
    "users": {
        "agents": "agentSourcedIds", "userId": "userIds", "grade": "grades",
        "orgSourcedId": "orgSourcedIds",
    },
    "classes": {
        "grade": "grades", "termSourcedId": "termSourcedIds", "subject": "subjects",
        "subjectCode": "subjectCodes", "period": "periods",
    },
    "courses": {
        "grade": "grades", "schoolYearId": "schoolYearSourcedId", "subject": "subjects",
        "subjectCode": "subjectCodes",
    },
    "lineItems": {
        "gradingPeriodSourcedId": "academicSessionSourcedId",
        "academicSessionSourcedId": "gradingPeriodSourcedId",
    },
}  # fmt: skip

_BULK = (
    Rule(
        "status", "row.gone_in_bulk", IS_GONE, "no such row in a bulk file",
        "The row was read as gone. Leave it out: a bulk file holds only what is there.",
        Severity.NOTICE,
    ),
    Rule(
        "status", "row.unexpected_status", pl.col("status") == "active",
        "an empty status in a bulk file", "It changes nothing. Leave status empty in a bulk file.",
        Severity.NOTICE, once=True,
    ),
    Rule(
        "dateLastModified", "row.unexpected_date", pl.col("dateLastModified").is_not_null(),
        "an empty dateLastModified in a bulk file",
        "It changes nothing. Leave the cell empty in a bulk file.", Severity.NOTICE, once=True,
    ),
)  # fmt: skip
_DELTA = (
    Rule(
        "status", "row.required", pl.col("status").is_null(), f"active or {GONE}",
        "A file of changes says for each row what became of it.",
    ),
    Rule(
        "dateLastModified", "row.required", pl.col("dateLastModified").is_null(),
        "the time of the change", "A file of changes says for each row when it changed.",
    ),
)  # fmt: skip


def _spec(version: Version, name: str) -> FileSpec:
    columns = (*_HEAD, *_COLUMNS[version][name])
    if name == "demographics":  # they bear the name of their user
        columns = (replace(_HEAD[0], refers="users"), *columns[1:])
    here = {column.name for column in columns}
    other = _COLUMNS["1.2" if version == "1.1" else "1.1"].get(name, ())
    old = {b: n for b, n in _OLD_NAMES.get(name, {}).items() if n in here and b not in here}
    return FileSpec(
        name, columns, key=("sourcedId",), rules=_DATED.get(name, ()), extra_prefix="metadata.",
        separator=",", foreign=True, old_names=old | {"lastModified": "dateLastModified"},
        elsewhere=tuple(
            replace(c, required=False, asked=False) for c in other if c.name not in {*here, *old}
        ),
        twice="reference.duplicate_sourced_id", standard=f"OneRoster {version}", gone=IS_GONE,
    )  # fmt: skip


FILES: dict[Version, dict[str, FileSpec]] = {
    version: {name: _spec(version, name) for name in sorted(files)}
    for version, files in _COLUMNS.items()
}
EVERY_FILE = frozenset(FILES["1.1"]) | frozenset(FILES["1.2"])


_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "date": pl.Date, "moment": pl.Datetime("us", "UTC"), "integer": pl.Int64,
    "number": pl.Float64, "boolean": pl.Boolean, "list": pl.List(pl.String),
}  # fmt: skip


def types_of(version: Version, name: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Return the columns of a file with their types, in the order of the standard."""
    return {c.name: _TYPES.get(c.kind, pl.String) for c in FILES[version][name].columns}


def spec_of(version: Version, name: str, mode: Mode) -> FileSpec:
    """Return what a file promises when it holds everything (bulk) or changes alone (delta)."""
    spec = FILES[version].get(name) or FILES["1.2"][name]
    return replace(spec, rules=(*spec.rules, *(_DELTA if mode == "delta" else _BULK)))
