"""Bring bundles of any version to one inner form: that of OneRoster 1.2."""

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster.model import Bundle
from trellis.interchange.oneroster.standard import types_of

# What an administrator of 1.1 is called in 1.2, by the kind of org.
_ADMINISTRATORS = {"school": "siteAdministrator", "district": "districtAdministrator"}


def one_form(bundle: Bundle) -> dict[str, pl.DataFrame]:
    """Return the tables of a bundle with the names and columns of 1.2; the bundle stays as it is.

    What 1.1 says on a user (`role`, `orgSourcedIds`) becomes rows of `roles`, whose `row` is that
    of the user; a grading period becomes an academic session. Columns that the version of the
    bundle does not have are empty, those of `metadata.` are left out.
    """
    tables = dict(bundle.tables)
    if "users" in tables and "roles" not in tables and _has_roles(tables["users"]):
        tables["roles"] = _roles_of(tables["users"], tables.get("orgs"))
        tables["users"] = _with_primary_org(tables["users"])
    if "lineItems" in tables:
        tables["lineItems"] = _with_session(tables["lineItems"])
    return {name: _columns_of_12(name, table) for name, table in tables.items()}


def _has_roles(users: pl.DataFrame) -> bool:
    return {"role", "orgSourcedIds"} <= set(users.columns)


def _roles_of(users: pl.DataFrame, orgs: pl.DataFrame | None) -> pl.DataFrame:
    each = users.select(
        ROW, "status", "dateLastModified", pl.col("sourcedId").alias("userSourcedId"), "role",
        pl.col("orgSourcedIds").alias("orgSourcedId"),
        pl.int_ranges(pl.col("orgSourcedIds").list.len()).alias("place"),
    ).explode("orgSourcedId", "place")  # fmt: skip
    kinds = _kinds(orgs)
    org_kind = pl.col("orgSourcedId").replace_strict(kinds, default=None, return_dtype=pl.String)
    administrator = org_kind.replace_strict(
        _ADMINISTRATORS, default="siteAdministrator", return_dtype=pl.String
    )
    return each.with_columns(
        pl.format("{}@{}", "userSourcedId", "orgSourcedId").alias("sourcedId"),
        pl.when(pl.col("place").fill_null(0) == 0)
        .then(pl.lit("primary"))
        .otherwise(pl.lit("secondary"))
        .alias("roleType"),
        pl.when(pl.col("role") == "administrator")
        .then(administrator)
        .otherwise(pl.col("role"))
        .alias("role"),
    ).drop("place")


def _kinds(orgs: pl.DataFrame | None) -> dict[str, str]:
    if orgs is None:
        return {}
    known = orgs.select("sourcedId", "type").drop_nulls()
    return dict(known.iter_rows())


def _with_primary_org(users: pl.DataFrame) -> pl.DataFrame:
    first = pl.col("orgSourcedIds").list.get(0, null_on_oob=True)
    said = pl.col("primaryOrgSourcedId") if "primaryOrgSourcedId" in users.columns else pl.lit(None)
    return users.with_columns(pl.coalesce(said, first).alias("primaryOrgSourcedId"))


def _with_session(items: pl.DataFrame) -> pl.DataFrame:
    if "academicSessionSourcedId" in items.columns:
        return items
    return items.rename({"gradingPeriodSourcedId": "academicSessionSourcedId"})


def _columns_of_12(name: str, table: pl.DataFrame) -> pl.DataFrame:
    return table.select(
        ROW,
        *(
            pl.col(column) if column in table.columns else pl.lit(None, dtype).alias(column)
            for column, dtype in types_of("1.2", name).items()
        ),
    )
