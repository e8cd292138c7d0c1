"""Version 1.1 is read and written as 1.1, and reaches the rest of Trellis in one form."""

from pathlib import Path

from tests.interchange import tiny
from trellis.interchange import oneroster
from trellis.interchange.reading import read_district

HEAD = "sourcedId,status,dateLastModified,"
SAME = ("orgs", "academicSessions", "courses", "classes", "enrollments")
FILES = {name: tiny.ONEROSTER[name] for name in SAME} | {
    "users": f"{HEAD}enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    't-ana,,,true,"s1,d1",teacher,ana,{LDAP:ana},Ana,Ruiz,,,ana@tiny.example,,,,,secret\n'
    "t-dee,,,true,s1,administrator,dee,,Dee,Walker,,,dee@tiny.example,,,,,\n"
    "p-1,,,true,s1,student,p1,,Ivy,Lane,,,,,,,04,\n"
    "p-2,,,true,s1,student,p2,,Jon,Moss,,,,,,,04,\n"
    "p-3,,,true,s1,student,p3,,Kim,Nash,,,,,,,04,\n",
    "categories": f"{HEAD}title\nquiz,,,Quizzes\n",
    "lineItems": f"{HEAD}title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"
    "gradingPeriodSourcedId,resultValueMin,resultValueMax\n"
    "li1,,,Fractions,,2025-09-15,2025-09-19,c1,quiz,y26,0,5\n",
    "results": f"{HEAD}lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment\n"
    "res1,,,li1,p-1,fully graded,4,2025-09-19,Well done\n",
}


def a_bundle(path: Path, version: str = "1.1") -> Path:
    names = sorted(oneroster.FILES["1.1"], key=str.lower)
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    lines += [f"file.{name},{'bulk' if name in FILES else 'absent'}" for name in names]
    members = {"manifest.csv": "\n".join(lines) + "\n"}
    return tiny.write_zip(path, {**members, **{f"{n}.csv": FILES[n] for n in sorted(FILES)}})


def test_a_bundle_of_1_1_is_read_and_written_as_1_1(tmp_path: Path) -> None:
    read = oneroster.read(a_bundle(tmp_path / "given.zip"))

    oneroster.write(read, tmp_path / "again.zip")

    assert (read.version, read.findings) == ("1.1", ())
    assert oneroster.read(tmp_path / "again.zip") == read
    assert oneroster.as_files(read)["users.csv"].decode() == FILES["users"]


def test_what_1_1_says_of_a_user_becomes_roles(tmp_path: Path) -> None:
    tables = oneroster.one_form(oneroster.read(a_bundle(tmp_path / "oneroster.zip")))

    roles = tables["roles"].select("userSourcedId", "roleType", "role", "orgSourcedId").rows()
    assert roles[:3] == [
        ("t-ana", "primary", "teacher", "s1"),
        ("t-ana", "secondary", "teacher", "d1"),
        ("t-dee", "primary", "siteAdministrator", "s1"),
    ]
    assert tables["users"]["primaryOrgSourcedId"].to_list()[0] == "s1"
    assert tables["lineItems"]["academicSessionSourcedId"].to_list() == ["y26"]


def test_an_import_knows_staff_and_students_of_1_1(tmp_path: Path) -> None:
    read = read_district([a_bundle(tmp_path / "oneroster.zip")])

    assert read.sound, [str(problem) for problem in read.problems]
    assert set(read.tables) >= {"oneroster/roles", "oneroster/results"}
    assert read.sources["oneroster/roles"] == "oneroster.zip/users.csv"
    assert "secret" not in str(read.tables["oneroster/users"].rows())


def test_the_level_of_a_document_is_read_as_its_version(tmp_path: Path) -> None:
    read = oneroster.read(a_bundle(tmp_path / "oneroster.zip", "1.1.1"))

    assert read.version == "1.1"
    assert [f.code for f in read.findings] == ["manifest.invalid_version"]


def test_a_version_that_is_not_said_is_seen_from_the_columns(tmp_path: Path) -> None:
    read = oneroster.read(a_bundle(tmp_path / "oneroster.zip", ""))

    assert read.version == "1.1"
    assert [f.field for f in read.findings] == ["oneroster.version"]


def test_passwords_phones_and_demographics_stay_behind(tmp_path: Path) -> None:
    header = f"{HEAD}birthDate,sex," + ",".join(
        c.name for c in oneroster.FILES["1.2"]["demographics"].columns[5:]
    )
    people = f"{header}\np-1,,,2015-05-05,female{',' * 11}\n"
    names = (*tiny.ONEROSTER, "demographics")
    members = {f"{n}.csv": t for n, t in (tiny.ONEROSTER | {"demographics": people}).items()}
    bundle = tiny.write_zip(
        tmp_path / "oneroster.zip", {"manifest.csv": tiny.manifest(names), **members}
    )

    read = read_district([bundle])

    assert read.problems == ()
    assert "oneroster/demographics" not in read.tables
    kept = {column for table in read.tables.values() for column in table.columns}
    assert not kept & {"password", "phone", "sms", "birthDate", "sex", "comment"}
    assert read.bundle is not None
    assert not {"demographics", "userProfiles"} & set(read.bundle.tables)
