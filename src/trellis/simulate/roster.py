"""Say the district as a OneRoster 1.2 bundle, all files in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from trellis.interchange import oneroster
from trellis.simulate.classes import SUBJECT_TITLES, Section, Students
from trellis.simulate.days import day_in, first_day, last_day
from trellis.simulate.objectives import grade_code
from trellis.simulate.people import NOBODY, People
from trellis.simulate.tables import from_rows, table
from trellis.simulate.unit_checks import UnitCheck

LEAD = "sourcedId,status,dateLastModified,"
HEADERS = {
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "categories": "title,weight",
    "classes": (
        "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,"
        "subjects,subjectCodes,periods"
    ),
    "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "lineItems": (
        "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
        "academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId"
    ),
    "lineItemLearningObjectiveIds": "lineItemSourcedId,source,learningObjectiveId",
    "orgs": "name,type,identifier,parentSourcedId",
    "results": (
        "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,"
        "classSourcedId,inProgress,incomplete,late,missing"
    ),
    "resultLearningObjectiveIds": "resultSourcedId,source,learningObjectiveId,score,textScore",
    "roles": "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "users": (
        "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
        "agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
        "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns"
    ),
}
DISTRICT = "alder-valley"
_ROLES = {
    "coach": "ext:coach",
    "mentor": "ext:mentor",
    "consultant": "ext:consultant",
    "school_leader": "principal",
    "pd_lead": "districtAdministrator",
    "analyst": "districtAdministrator",
    "administrator": "districtAdministrator",
    "study visitor": "ext:studyVisitor",
}


@dataclass(frozen=True, slots=True)
class Roster:
    """What a OneRoster bundle is made from."""

    people: People
    students: Students
    sections: dict[int, list[Section]]
    checks: list[UnitCheck]


def bundle(roster: Roster) -> tuple[dict[str, bytes], dict[str, int]]:
    """Return the files of the bundle and their rows; bulk: status and change date stay blank."""
    tables = {
        "academicSessions": _sessions(roster.people),
        "categories": from_rows(
            LEAD + HEADERS["categories"], [("unit-check", "", "", "Unit check", 1.0)]
        ),
        "classes": _classes(roster),
        "courses": _courses(roster),
        "enrollments": _enrollments(roster),
        "lineItems": _line_items(roster),
        "orgs": _orgs(roster.people),
        "roles": _roles(roster),
        "users": _users(roster),
        **_results(roster),
    }
    modes: dict[str, oneroster.Mode] = {
        name: "bulk" if name in tables else "absent" for name in oneroster.FILES["1.2"]
    }
    source = {"source.systemName": "Alder Valley SIS", "source.systemCode": DISTRICT}
    files = oneroster.as_files(oneroster.Bundle("1.2", modes, tables, source))
    return files, {f"oneroster.zip/{name}.csv": t.height for name, t in sorted(tables.items())}


def _table(name: str, columns: dict[str, Sequence[object] | pl.Series]) -> pl.DataFrame:
    return table(LEAD + HEADERS[name], columns)


def _terms(year: int) -> tuple[str, str]:
    return f"fall-{year}", f"spring-{year}"


def _sessions(people: People) -> pl.DataFrame:
    rows = []
    for y in people.years:
        start, middle, end = first_day(y), day_in(y, 1, 12), last_day(y)
        end = end.replace(day=end.day + 1)  # the end of a session is exclusive
        fall, spring = _terms(y)
        rows += [
            (f"sy-{y}", "", "", f"{y - 1}-{y % 100:02d}", "schoolYear", start, end, "", y),
            (fall, "", "", f"Fall {y - 1}", "semester", start, middle, f"sy-{y}", y),
            (spring, "", "", f"Spring {y}", "semester", middle, end, f"sy-{y}", y),
        ]
    return from_rows(LEAD + HEADERS["academicSessions"], rows)


def _orgs(people: People) -> pl.DataFrame:
    rows = [(DISTRICT, "", "", "Alder Valley Unified", "district", DISTRICT, "")]
    rows += [(s.id, "", "", s.name, "school", s.id, DISTRICT) for s in people.shape.schools]
    return from_rows(LEAD + HEADERS["orgs"], rows)


def _course(section: Section) -> str:
    return f"{section.subject.replace(' ', '-')}-{section.grade}-{section.year}"


def _courses(roster: Roster) -> pl.DataFrame:
    found = {_course(s): s for listed in roster.sections.values() for s in listed}
    rows = [
        (
            key,
            "",
            "",
            f"sy-{s.year}",
            s.title,
            key.upper(),
            grade_code(s.grade),
            DISTRICT,
            SUBJECT_TITLES.get(s.subject, s.subject.title()),
            "",
        )
        for key, s in sorted(found.items())
    ]
    return from_rows(LEAD + HEADERS["courses"], rows)


def _classes(roster: Roster) -> pl.DataFrame:
    schools = roster.people.shape.schools
    rows = [
        (
            s.id,
            "",
            "",
            s.title,
            grade_code(s.grade),
            _course(s),
            s.id,
            "scheduled",
            "",
            schools[s.school].id,
            ",".join(_terms(s.year)),
            SUBJECT_TITLES.get(s.subject, s.subject.title()),
            "",
            "",
        )
        for listed in roster.sections.values()
        for s in listed
    ]
    return from_rows(LEAD + HEADERS["classes"], rows)


def _enrollments(roster: Roster) -> pl.DataFrame:
    sections = [s for listed in roster.sections.values() for s in listed]
    schools, teachers = roster.people.shape.schools, roster.people.teachers
    student_ids = np.array(roster.students.ids)
    sizes = [len(s.students) + 1 for s in sections]
    users = np.concatenate(
        [
            np.append(np.array([teachers[s.teacher].id], dtype=object), student_ids[s.students])
            for s in sections
        ]
    )
    is_teacher = np.zeros(len(users), dtype=bool)
    is_teacher[np.cumsum([0, *sizes[:-1]])] = True

    def per_row(values: list[object]) -> list[object]:
        return np.repeat(np.array(values, dtype=object), sizes).tolist()

    return _table(
        "enrollments",
        {
            "sourcedId": [f"e{n + 1:06d}" for n in range(len(users))],
            "classSourcedId": per_row([s.id for s in sections]),
            "schoolSourcedId": per_row([schools[s.school].id for s in sections]),
            "userSourcedId": users.tolist(),
            "role": np.where(is_teacher, "teacher", "student").tolist(),
            "primary": is_teacher.tolist(),
            "beginDate": per_row([first_day(s.year) for s in sections]),
            "endDate": per_row([last_day(s.year) for s in sections]),
        },
    )


def _line_items(roster: Roster) -> pl.DataFrame:
    schools = roster.people.shape.schools
    rows = []
    for c in roster.checks:
        fall, spring = _terms(c.section.year)
        term = fall if c.on < day_in(c.section.year, 1, 12) else spring
        title = f"Unit check {c.objective.code}"
        rows.append(
            (
                c.id,
                "",
                "",
                title,
                c.objective.statement,
                c.on,
                c.on,
                c.section.id,
                "unit-check",
                term,
                0,
                c.items,
                schools[c.section.school].id,
            )
        )
    return from_rows(LEAD + HEADERS["lineItems"], rows)


def _results(roster: Roster) -> dict[str, pl.DataFrame]:
    checks = roster.checks
    sizes = [len(c.students) for c in checks]
    student_ids = np.array(roster.students.ids)
    who = np.concatenate([c.students for c in checks] or [np.zeros(0, dtype=np.int64)])
    score = pl.Series(np.concatenate([c.correct for c in checks] or [np.zeros(0, dtype=np.int64)]))
    ids = pl.Series([f"r{n + 1:06d}" for n in range(len(who))], dtype=pl.String)

    def per_row(values: list[object]) -> pl.Series:
        index = np.repeat(np.arange(len(values)), sizes)
        return pl.Series(values).gather(index) if values else pl.Series([], dtype=pl.String)

    case = pl.repeat("case", len(who), eager=True)
    objective = per_row([c.objective.id for c in checks])
    return {
        "results": _table(
            "results",
            {
                "sourcedId": ids,
                "lineItemSourcedId": per_row([c.id for c in checks]),
                "studentSourcedId": pl.Series(student_ids[who].tolist(), dtype=pl.String),
                "scoreStatus": pl.repeat("fully graded", len(who), eager=True),
                "score": score,
                "scoreDate": per_row([c.on for c in checks]),
                "classSourcedId": per_row([c.section.id for c in checks]),
            },
        ),
        "resultLearningObjectiveIds": _table(
            "resultLearningObjectiveIds",
            {
                "sourcedId": ids.str.replace("r", "ro"),
                "resultSourcedId": ids,
                "source": case,
                "learningObjectiveId": objective,
                "score": score,
            },
        ),
        "lineItemLearningObjectiveIds": from_rows(
            LEAD + HEADERS["lineItemLearningObjectiveIds"],
            [(f"lo-{c.id}", "", "", c.id, "case", c.objective.id) for c in checks],
        ),
    }


@dataclass(frozen=True, slots=True)
class _User:
    id: str
    given: str
    family: str
    email: str
    enabled: bool
    grade: str
    org: str
    role: str


def _everyone(roster: Roster) -> list[_User]:
    people, students = roster.people, roster.students
    schools, at = people.shape.schools, people.schools_of()
    users = []
    for n, t in enumerate(people.teachers):
        seen = at[:, n][at[:, n] != NOBODY]
        here = bool(at[-1, n] != NOBODY)
        users.append(
            _User(t.id, t.given, t.family, t.email, here, "", schools[seen[-1]].id, "teacher")
        )
    for a in people.adults:
        org = a.scope_id if a.scope_kind == "school" else DISTRICT
        users.append(_User(a.id, a.given, a.family, a.email, True, "", org, _ROLES[a.role]))
    last = len(people.years) - 1
    grade = students.grade + last
    school = students.school_in(np.clip(grade, 0, 12))
    for n, (given, family) in enumerate(students.names):
        here = 0 <= grade[n] <= 12
        users.append(
            _User(
                students.ids[n],
                given,
                family,
                "",
                here,
                grade_code(int(grade[n])) if here else "",
                schools[school[n]].id,
                "student",
            )
        )
    return users


def _users(roster: Roster) -> pl.DataFrame:
    users = _everyone(roster)
    return _table(
        "users",
        {
            "sourcedId": [u.id for u in users],
            "enabledUser": [u.enabled for u in users],
            "username": [u.email or u.id for u in users],
            "givenName": [u.given for u in users],
            "familyName": [u.family for u in users],
            "email": [u.email for u in users],
            "grades": [u.grade for u in users],
            "primaryOrgSourcedId": [u.org for u in users],
        },
    )


def _roles(roster: Roster) -> pl.DataFrame:
    users = _everyone(roster)
    return _table(
        "roles",
        {
            "sourcedId": [f"role-{u.id}" for u in users],
            "userSourcedId": [u.id for u in users],
            "roleType": ["primary"] * len(users),
            "role": [u.role for u in users],
            "orgSourcedId": [u.org for u in users],
        },
    )
