"""Check what the files of a bundle mean together, where each by itself is sound."""

from collections.abc import Iterator

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster.model import Bundle
from trellis.interchange.oneroster.standard import GONE
from trellis.interchange.problems import Problem, Severity, shorten

UUID = r"^(?i)(urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
# What stands for something, a colon, and what it stands for: {A:94}.
MAPPING = r"^\{[^{}:]+:[^{}:]+\}$"


def check_meaning(bundle: Bundle) -> Iterator[Problem]:
    """Yield what the standard forbids between rows, or what rarely is meant."""
    yield from _schools_that_are_none(bundle)
    yield from _primary_roles(bundle)
    yield from _primary_orgs(bundle)
    yield from _scores(bundle)
    yield from _results_of_strangers(bundle)
    yield from _objective_ids(bundle)
    yield from _score_scales(bundle)


def _rows(bundle: Bundle, name: str) -> pl.DataFrame | None:
    """Return the rows of a table that are there, or None if it is absent or not to be trusted."""
    if name not in bundle.tables or not bundle.parts[name].usable:
        return None
    return bundle.tables[name].filter((pl.col("status") != GONE).fill_null(True))


def _all_rows(bundle: Bundle, name: str) -> pl.DataFrame | None:
    """Return the rows of a table that holds everything: only then is what it lacks nowhere."""
    return _rows(bundle, name) if bundle.modes.get(name) == "bulk" else None


def _schools_that_are_none(bundle: Bundle) -> Iterator[Problem]:
    orgs = _rows(bundle, "orgs")
    if orgs is None:
        return
    school = (pl.col("type") == "school") | pl.col("type").str.starts_with("ext:")
    others = orgs.filter(~school).select(pl.col("sourcedId").alias("schoolSourcedId"), "type")
    for name in ("classes", "enrollments", "lineItems"):
        rows = _rows(bundle, name)
        if rows is None or "schoolSourcedId" not in rows.columns:
            continue
        # A class must be placed in a school; the others follow their class.
        severity = Severity.ERROR if name == "classes" else Severity.NOTICE
        found = rows.join(others.unique("schoolSourcedId"), on="schoolSourcedId")
        for row, org, kind in found.select(ROW, "schoolSourcedId", "type_right" if "type" in
                                           rows.columns else "type").iter_rows():  # fmt: skip
            yield Problem(
                bundle.parts[name].file, row, "schoolSourcedId", f"{org}, which is a {kind}",
                "an org of type school", "Name the school, or correct the org's type in orgs.csv.",
                "semantic.org_type_mismatch", severity,
            )  # fmt: skip


def _primary_roles(bundle: Bundle) -> Iterator[Problem]:
    roles = _rows(bundle, "roles")
    if roles is None:
        return
    pair = pl.struct("userSourcedId", "orgSourcedId")
    primary = roles.filter(pl.col("roleType") == "primary")
    again = primary.filter(~pair.is_first_distinct() & pl.col("userSourcedId").is_not_null())
    for row, user, org in again.select(ROW, "userSourcedId", "orgSourcedId").iter_rows():
        yield Problem(
            bundle.parts["roles"].file, row, "roleType", shorten(f"primary, {user} in {org}"),
            "one primary role of a person in an org",
            "Both roles were read. Make one of them secondary.",
            "semantic.multiple_primary_roles_for_user_org", Severity.NOTICE,
        )  # fmt: skip


def _primary_orgs(bundle: Bundle) -> Iterator[Problem]:
    users, roles = _rows(bundle, "users"), _all_rows(bundle, "roles")
    if users is None or roles is None or "primaryOrgSourcedId" not in users.columns:
        return
    held = roles.select(
        pl.col("userSourcedId").alias("sourcedId"),
        pl.col("orgSourcedId").alias("primaryOrgSourcedId"),
    )
    said = users.filter(pl.col("primaryOrgSourcedId").is_not_null())
    without = said.join(held, on=["sourcedId", "primaryOrgSourcedId"], how="anti")
    for row, org in without.select(ROW, "primaryOrgSourcedId").iter_rows():
        yield Problem(
            bundle.parts["users"].file, row, "primaryOrgSourcedId", shorten(org),
            "an org in which the person has a role",
            "Add the role to roles.csv, or correct the org. The person was read all the same.",
            "semantic.primary_org_missing_role", Severity.NOTICE,
        )  # fmt: skip


def _scores(bundle: Bundle) -> Iterator[Problem]:
    results, items = _rows(bundle, "results"), _rows(bundle, "lineItems")
    if results is None or items is None:
        return
    bounds = items.select("sourcedId", "resultValueMin", "resultValueMax").unique("sourcedId")
    joined = results.join(bounds, left_on="lineItemSourcedId", right_on="sourcedId")
    file = bundle.parts["results"].file
    for code, bound, bad, words in (
        (
            "semantic.score_above_max",
            "resultValueMax",
            pl.col("score") > pl.col("resultValueMax"),
            "at most",
        ),
        (
            "semantic.score_below_min",
            "resultValueMin",
            pl.col("score") < pl.col("resultValueMin"),
            "at least",
        ),
    ):
        for row, score, limit in joined.filter(bad).select(ROW, "score", bound).iter_rows():
            yield Problem(
                file, row, "score", f"{score:g}", f"{words} {limit:g}, as the line item says",
                f"Check the score, or {bound} of its line item.", code,
            )  # fmt: skip


def _results_of_strangers(bundle: Bundle) -> Iterator[Problem]:
    results, items = _rows(bundle, "results"), _rows(bundle, "lineItems")
    enrollments = _all_rows(bundle, "enrollments")
    if results is None or items is None or enrollments is None:
        return
    of_item = items.select("sourcedId", pl.col("classSourcedId").alias("of_item"))
    placed = results.join(
        of_item.unique("sourcedId"), left_on="lineItemSourcedId", right_on="sourcedId"
    ).with_columns(pl.col("of_item").alias("class"))
    members = enrollments.select(
        pl.col("classSourcedId").alias("class"), pl.col("userSourcedId").alias("studentSourcedId")
    )
    known = placed.filter(
        pl.col("class").is_not_null() & pl.col("studentSourcedId").is_not_null()
    ).join(members, on=["class", "studentSourcedId"], how="anti", maintain_order="left")
    for row, student, section in known.select(ROW, "studentSourcedId", "class").iter_rows():
        yield Problem(
            bundle.parts["results"].file, row, "studentSourcedId",
            shorten(f"{student}, not in {section}"), "a student of the line item's class",
            "The result was read. If the student was in the class, add the enrollment with its "
            "dates.", "semantic.result_student_not_enrolled", Severity.NOTICE,
        )  # fmt: skip


def _objective_ids(bundle: Bundle) -> Iterator[Problem]:
    for name in ("lineItemLearningObjectiveIds", "resultLearningObjectiveIds"):
        rows = _rows(bundle, name)
        if rows is None:
            continue
        odd = rows.filter(
            (pl.col("source") == "case") & ~pl.col("learningObjectiveId").str.contains(UUID)
        )
        for row, found in odd.select(ROW, "learningObjectiveId").iter_rows():
            yield Problem(
                bundle.parts[name].file, row, "learningObjectiveId", shorten(found),
                "the UUID of a CASE item",
                "It will find no statement of a framework. Write the item's identifier, or "
                "unknown as its source.", "semantic.invalid_case_learning_objective_id",
                Severity.NOTICE,
            )  # fmt: skip


def _score_scales(bundle: Bundle) -> Iterator[Problem]:
    scales = _rows(bundle, "scoreScales")
    if scales is None:
        return
    each = scales.select(ROW, "scoreScaleValue").explode("scoreScaleValue")
    wrong = each.filter(~pl.col("scoreScaleValue").str.contains(MAPPING))
    for row, found in wrong.iter_rows():
        yield Problem(
            bundle.parts["scoreScales"].file, row, "scoreScaleValue", shorten(found),
            "pairs like {A:94},{B:84}", "Write each pair in braces, with one colon.",
            "semantic.invalid_score_scale_mapping",
        )  # fmt: skip
