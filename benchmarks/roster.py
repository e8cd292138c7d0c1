"""Measure a roster of 50,000 users and 400,000 enrollments: python -m benchmarks.roster.

Checked and compared on an empty and on a filled database, applied, and undone.
"""

import argparse
import io
import os
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl
from rich.console import Console
from rich.table import Table

SCHOOLS, ADULTS, STUDENTS, EACH = 60, 4_000, 46_000, 8
SECTIONS = 16_000
KIB_A_GIB = 2**20
Result = TypeVar("Result")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the import of a large roster.")
    parser.add_argument("--part", type=float, default=1.0, help="Share of the full size.")
    part = parser.parse_args().part
    with tempfile.TemporaryDirectory(prefix="trellis-roster-") as home:
        os.environ |= {"TRELLIS_HOME": home, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        import django

        django.setup()
        table = Table("what", "seconds", "against Polars", title="A roster")
        for row in measure(Path(home), part):
            table.add_row(*row)
        Console().print(table)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_A_GIB
        Console().print(f"Most memory: {peak:.2f} GiB")


def measure(home: Path, part: float = 1.0) -> list[tuple[str, ...]]:
    """Return seconds of each step; the home holds the imported roster afterwards."""
    from django.core.management import call_command

    from trellis.evidence import imports, undoing
    from trellis.evidence.models import Import
    from trellis.trust import clock
    from trellis.web.loaders import DERIVED, LOADERS

    call_command("migrate", verbosity=0)
    first = write_bundle(home / "first.zip", part=part, moved=0)
    later = write_bundle(home / "later.zip", part=part, moved=int(STUDENTS * part) // 50)

    def check(path: Path) -> imports.Checked:
        brought = Import.objects.create(received_at=clock.now())
        found = imports.check(brought, [path], LOADERS)
        assert found.files.sound, found.files.problems[:3]
        return found

    peer = min(_timed(lambda: _read_by_polars(first))[0] for _ in range(3))
    rows = [("Polars reads it", peer)]
    seconds, found = _timed(lambda: check(first))
    rows.append(("check and compare, nothing known", seconds))
    rows.append(("apply it", _timed(lambda: imports.apply(found, LOADERS, by=None))[0]))
    seconds, changed = _timed(lambda: check(later))
    rows.append(("check and compare the next, 2 % moved", seconds))
    rows.append(("apply that", _timed(lambda: imports.apply(changed, LOADERS, by=None))[0]))
    rows.append(("open Data quality", _timed(_open_data_quality)[0]))
    look = _timed(lambda: undoing.preview(changed.record, derived=DERIVED))[0]
    rows.append(("say what undoing takes back", look))
    undone = _timed(lambda: undoing.undo(changed.record, by=None, derived=DERIVED))[0]
    rows.append(("undo it", undone))
    return [(what, f"{took:.1f}", f"{took / peer:,.0f} x") for what, took in rows]


def _open_data_quality() -> None:
    """Open the page as an administrator, who first comes to be."""
    from django.test import Client

    from trellis.people.models import Person, Role, RoleGrant
    from trellis.trust import clock

    hana = Person.objects.create(external_id="bench-hana", given_name="Hana", family_name="Sato")
    RoleGrant.objects.create(
        person=hana, role=Role.ADMINISTRATOR, scope_kind="district", starts_on=clock.today(),
        legitimate_interest="Measures this page",
    )  # fmt: skip
    browser = Client()
    browser.force_login(hana)
    assert browser.get("/data-quality/").status_code == 200


def write_bundle(path: Path, *, part: float, moved: int) -> Path:
    """Write a bundle; the first `moved` students sit in other sections than before."""
    schools, adults = max(1, int(SCHOOLS * part)), int(ADULTS * part)
    students, sections = int(STUDENTS * part), int(SECTIONS * part)
    status = {"status": None, "dateLastModified": None}
    people = pl.DataFrame({"n": range(adults + students)}).with_columns(
        (pl.col("n") < adults).alias("is_adult"),
        pl.format("u{}", "n").alias("sourcedId"),
        pl.format("s{}", pl.col("n") % schools).alias("school"),
    )
    pupils = people.filter(~pl.col("is_adult")).with_row_index("i")
    seats = pupils.join(pl.DataFrame({"k": range(EACH)}), how="cross").with_columns(
        (
            (pl.col("i").cast(pl.Int64) * 7 + pl.col("k") * 1_999
             + (pl.col("i") < moved).cast(pl.Int64)) % sections
        ).alias("section")
    ).unique(["i", "section"])  # fmt: skip
    taught = pl.DataFrame({"section": range(sections)}).with_columns(
        pl.format("u{}", pl.col("section") % adults).alias("sourcedId")
    )
    tables = {
        "orgs": pl.DataFrame({"n": range(schools)}).select(
            pl.format("s{}", "n").alias("sourcedId"), *_nothing(status),
            pl.format("School {}", "n").alias("name"), pl.lit("school").alias("type"),
            *_empty("identifier", "parentSourcedId"),
        ),
        "academicSessions": pl.DataFrame({
            "sourcedId": ["y26"], "status": [""], "dateLastModified": [""], "title": ["2025-26"],
            "type": ["schoolYear"], "startDate": ["2025-08-18"], "endDate": ["2026-06-12"],
            "parentSourcedId": [""], "schoolYear": [2026],
        }),
        "courses": pl.DataFrame({
            "sourcedId": ["math"], "status": [""], "dateLastModified": [""],
            "schoolYearSourcedId": ["y26"], "title": ["Math"], "courseCode": [""],
            "grades": ["04"], "orgSourcedId": ["s0"], "subjects": ["math"], "subjectCodes": [""],
        }),
        "classes": pl.DataFrame({"n": range(sections)}).select(
            pl.format("c{}", "n").alias("sourcedId"), *_nothing(status),
            pl.format("Math {}", "n").alias("title"), pl.lit("04").alias("grades"),
            pl.lit("math").alias("courseSourcedId"), *_empty("classCode"),
            pl.lit("scheduled").alias("classType"), *_empty("location"),
            pl.format("s{}", pl.col("n") % schools).alias("schoolSourcedId"),
            pl.lit("y26").alias("termSourcedIds"), pl.lit("math").alias("subjects"),
            *_empty("subjectCodes", "periods"),
        ),
        "users": people.select(
            "sourcedId", *_nothing(status), pl.lit("true").alias("enabledUser"),
            pl.col("sourcedId").alias("username"), *_empty("userIds"),
            pl.format("Given{}", pl.col("n") % 997).alias("givenName"),
            pl.format("Family{}", pl.col("n") % 9_973).alias("familyName"),
            *_empty("middleName", "identifier"),
            pl.when("is_adult").then(pl.format("{}@large.example", "sourcedId")).alias("email"),
            *_empty("sms", "phone", "agentSourcedIds", "grades", "password",
                    "userMasterIdentifier", "preferredGivenName", "preferredMiddleName",
                    "preferredFamilyName"),
            pl.col("school").alias("primaryOrgSourcedId"), *_empty("pronouns"),
        ),
        "roles": people.select(
            pl.format("r{}", "n").alias("sourcedId"), *_nothing(status),
            pl.col("sourcedId").alias("userSourcedId"), pl.lit("primary").alias("roleType"),
            pl.when("is_adult").then(pl.lit("teacher")).otherwise(pl.lit("student")).alias("role"),
            pl.lit("2025-08-18").alias("beginDate"), *_empty("endDate"),
            pl.col("school").alias("orgSourcedId"), *_empty("userProfileSourcedId"),
        ),
        "enrollments": pl.concat([
            seats.select("section", "sourcedId", pl.lit("student").alias("role")),
            taught.select("section", "sourcedId", pl.lit("teacher").alias("role"))
            .with_columns(pl.col("section").cast(pl.Int64)),
        ]).with_row_index("n").select(
            pl.format("e{}", "n").alias("sourcedId"), *_nothing(status),
            pl.format("c{}", "section").alias("classSourcedId"),
            pl.format("s{}", pl.col("section") % schools).alias("schoolSourcedId"),
            pl.col("sourcedId").alias("userSourcedId"), "role",
            pl.when(pl.col("role") == "teacher").then(pl.lit("true")).alias("primary"),
            pl.lit("2025-08-18").alias("beginDate"), *_empty("endDate"),
        ),
    }  # fmt: skip
    said = "".join(f"file.{name},bulk\n" for name in tables)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        head = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
        archive.writestr("manifest.csv", head + said)
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", table.write_csv())
    return path


def _nothing(names: dict[str, None]) -> list[pl.Expr]:
    return _empty(*names)


def _empty(*names: str) -> list[pl.Expr]:
    return [pl.lit(None, dtype=pl.String).alias(name) for name in names]


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _read_by_polars(path: Path) -> int:
    with zipfile.ZipFile(path) as bundle:
        names = [name for name in bundle.namelist() if name.endswith(".csv")]
        tables = (pl.read_csv(io.BytesIO(bundle.read(name)), infer_schema=False) for name in names)
        return sum(table.height for table in tables)


if __name__ == "__main__":
    main()
