"""Say which sound rows of a roster Trellis has no use for, so that none is dropped in silence."""

from collections.abc import Iterator, Mapping

import polars as pl

from trellis.evidence import line_items
from trellis.evidence.objective_results import measuring_one
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.csv_text import ROW
from trellis.interchange.problems import Problem, Severity, shorten
from trellis.interchange.references import adults, students
from trellis.people.roster import bundle_of


def left_aside(files: DistrictFiles) -> Iterator[Problem]:
    """Yield a notice for each user of no known role, and one for each other reason."""
    bundle = bundle_of(files)
    if "users" in bundle:
        yield from _users(files, bundle)
    if "results" in bundle:
        yield from _results(files, bundle["results"])


def _users(files: DistrictFiles, bundle: Mapping[str, pl.DataFrame]) -> Iterator[Problem]:
    ids = files.known.ids if files.known else {}
    known = ids.get("adult", set()) | ids.get("student", set())
    # In changes without roles nobody is taken for staff who was not known before.
    are_said = "roles" in bundle or files.modes.get("oneroster/users") == "bulk"
    said = students(bundle) | (adults(bundle) if are_said else set())
    taken = [*(known | said)]
    others = bundle["users"].filter(~pl.col("sourcedId").is_in(taken))
    roles = bundle["roles"]["userSourcedId"].drop_nulls().to_list() if "roles" in bundle else []
    has_role = pl.col("sourcedId").is_in(roles)
    file = files.sources["oneroster/users"]
    for row, name in others.filter(~has_role).select(ROW, "sourcedId").iter_rows():
        yield Problem(
            file, row, "sourcedId", shorten(name), "a person with a role, or one known already",
            "The row was left aside: nobody can tell whether this person works or learns here. "
            "Add a row to roles.csv.", "row.no_role", Severity.NOTICE,
        )  # fmt: skip
    families = others.filter(has_role)
    yield from _count(
        files, "users", families, "people who neither work nor learn here",
        "Parents, relatives and proctors are not kept; there is nothing to do.",
    )  # fmt: skip


def _results(files: DistrictFiles, results: pl.DataFrame) -> Iterator[Problem]:
    measuring = measuring_one(line_items.all_of(files))["line_item"]
    of_one = pl.col("lineItemSourcedId").is_in(measuring.implode())
    yield from _count(
        files, "results", results.filter(~of_one), "results of no single objective",
        "Trellis keeps results of line items that measure one objective and say how many answers "
        "can be right. Name it in lineItemLearningObjectiveIds.csv and bring the results again.",
    )  # fmt: skip
    yield from _count(
        files, "results", results.filter(of_one & pl.col("score").is_null()),
        "results without a score", "There is nothing to keep of them before they are scored.",
    )  # fmt: skip


def _count(
    files: DistrictFiles, name: str, rows: pl.DataFrame, what: str, advice: str
) -> Iterator[Problem]:
    if rows.height:
        row = int(rows[ROW].item(0))
        yield Problem(
            files.sources[f"oneroster/{name}"], row, "", f"{what}: {rows.height:,}",
            "rows that Trellis keeps", f"They were left aside. {advice}", "row.not_kept",
            Severity.NOTICE,
        )  # fmt: skip
