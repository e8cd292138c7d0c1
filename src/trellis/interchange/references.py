"""Find the rows that name a person, section, school or program that nobody knows."""

from collections.abc import Iterator, Mapping, Set

import polars as pl

from trellis.interchange.columns import FileSpec, Reference
from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster import GONE
from trellis.interchange.problems import Problem, Severity, shorten

# Where each kind of thing is named, for the advice.
HOME = {
    "adult": "users.csv and roles.csv of the OneRoster bundle, with a role of the staff",
    "student": "users.csv and roles.csv of the OneRoster bundle, with the role student",
    "school": "orgs.csv of the OneRoster bundle (type school)",
    "section": "classes.csv of the OneRoster bundle",
    "program": "programs.csv",
    "provider": "programs.csv",
    "partnership": "partnerships.csv",
    "offer": "offers.csv",
    "objective": "learning_objectives.json",
}

Ids = Mapping[str, Set[str]]


def defined_ids(
    tables: Mapping[str, pl.DataFrame], specs: Mapping[str, FileSpec]
) -> dict[str, set[str]]:
    """Collect the names of everything that the files define, by kind of thing."""
    ids: dict[str, set[str]] = {}
    for name, rows in tables.items():
        for kind, column in specs[name].defines if name in specs else ():
            ids.setdefault(kind, set()).update(rows[column].drop_nulls().to_list())
    if "learning_objectives" in tables:
        objectives = tables["learning_objectives"]["identifier"].drop_nulls()
        ids.setdefault("objective", set()).update(objectives.to_list())
    bundle = {n.removeprefix("oneroster/"): t for n, t in tables.items() if "oneroster/" in n}
    if "orgs" in bundle:
        schools = bundle["orgs"].filter(pl.col("type") == "school")
        ids.setdefault("school", set()).update(_here(schools))
    if "classes" in bundle:
        ids.setdefault("section", set()).update(_here(bundle["classes"]))
    if "users" in bundle:
        ids.setdefault("adult", set()).update(adults(bundle))
        ids.setdefault("student", set()).update(students(bundle))
    return ids


def _here(rows: pl.DataFrame) -> list[str]:
    """Return the names of the rows of a bundle that are not gone."""
    there = rows.filter((pl.col("status") != GONE).fill_null(True))
    return there["sourcedId"].drop_nulls().to_list()


def students(bundle: Mapping[str, pl.DataFrame]) -> set[str]:
    """Return the users of a bundle who learn: by their role, or by sitting in a class."""
    found: set[str] = set()
    for name in ("roles", "enrollments"):
        if name in bundle:
            learners = bundle[name].filter(pl.col("role") == "student")
            found |= set(learners["userSourcedId"].drop_nulls().to_list())
    return found


def adults(bundle: Mapping[str, pl.DataFrame]) -> set[str]:
    """Return the users of a bundle who work in the district; families are left out."""
    everyone = set(bundle["users"]["sourcedId"].drop_nulls().to_list())
    if "roles" not in bundle:
        return everyone - students(bundle)
    staff = bundle["roles"].filter(~pl.col("role").is_in(_NOT_STAFF))
    return everyone & set(staff["userSourcedId"].drop_nulls().to_list())


_NOT_STAFF = ("student", "guardian", "parent", "relative", "proctor")


def dangling(
    rows: pl.DataFrame, spec: FileSpec, file: str, ids: Ids, *, unknowable: Set[str]
) -> Iterator[Problem]:
    """Yield a problem for each cell that names a thing which is neither in the files nor known.

    `unknowable` kinds are skipped: their own file could not be read, and its problem is enough.
    """
    for reference in spec.references:
        if reference.kind not in unknowable:
            yield from _dangling_in(rows, reference, file, ids.get(reference.kind, frozenset()))


def _dangling_in(
    rows: pl.DataFrame, reference: Reference, file: str, known: Set[str]
) -> Iterator[Problem]:
    cells = rows.filter(reference.when) if reference.when is not None else rows
    cells = cells.select(ROW, pl.col(reference.column).alias("named"))
    if isinstance(cells.schema["named"], pl.List):
        cells = cells.explode("named")
    cells = cells.filter(pl.col("named").is_not_null())
    unknown = set(cells["named"].unique().to_list()) - known
    if not unknown:
        return
    if reference.dispensable:
        unknown_cells = cells.filter(pl.col("named").is_in(list(unknown)))
        once = unknown_cells.unique("named", keep="first", maintain_order=True)
        yield from _notices(once, reference, file)
        return
    home = HOME[reference.kind]
    for row, named in cells.filter(pl.col("named").is_in(list(unknown))).iter_rows():
        yield Problem(
            file, row, reference.column, shorten(named),
            f"a {_thing(reference.kind)} that is known",
            f"Add it to {home}, or correct the name here.", "reference.missing_target_record",
        )  # fmt: skip


def _notices(cells: pl.DataFrame, reference: Reference, file: str) -> Iterator[Problem]:
    """Say it once for each name: the rows are brought all the same."""
    for row, named in cells.iter_rows():
        yield Problem(
            file, row, reference.column, shorten(named),
            f"a {_thing(reference.kind)} that is known",
            "The rows are brought without it; nothing else needs to be done.",
            "reference.missing_target_record", Severity.NOTICE,
        )  # fmt: skip


def _thing(kind: str) -> str:
    words = {"adult": "member of the staff", "objective": "learning objective"}
    return words.get(kind, kind)
