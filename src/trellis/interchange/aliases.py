"""Read two ids of one person as one, where somebody has decided that they are."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from trellis.interchange.bundle import ONEROSTER, SPECS, DistrictFiles

ADULTS = {"adult", "person"}
USERS = f"{ONEROSTER}users"


def with_one_name(files: DistrictFiles) -> DistrictFiles:
    """Put the id that stays in the place of each id that was merged into it.

    A person's own rows come before those under her other id: the first of a kind counts.
    """
    aliases = files.known.aliases if files.known else {}
    if not aliases:
        return files
    tables = {
        name: _renamed(table, list(_columns(name, table)), dict(aliases))
        for name, table in files.tables.items()
    }
    return replace(files, tables=tables)


def once_each(files: DistrictFiles) -> DistrictFiles:
    """Keep the first row of each key, once rows of two ids have become rows of one person."""
    if not files.known or not files.known.aliases:
        return files
    tables = {
        name: table.unique(SPECS[name].key, keep="first", maintain_order=True)
        if name in SPECS and SPECS[name].key and list(_columns(name, table))
        else table
        for name, table in files.tables.items()
    }
    return replace(files, tables=tables)


def _columns(name: str, table: pl.DataFrame) -> Iterator[str]:
    """Yield the columns of a table that name people."""
    if name.startswith(ONEROSTER):
        told = {"sourcedId"} if name == USERS else {"userSourcedId"}
        yield from (column for column in table.columns if column in told)
        return
    if name not in SPECS:
        return
    told = {reference.column for reference in SPECS[name].references if reference.kind in ADULTS}
    yield from (column for column in table.columns if column in told)


def _renamed(table: pl.DataFrame, columns: list[str], aliases: dict[str, str]) -> pl.DataFrame:
    if not columns:
        return table
    other = pl.any_horizontal(pl.col(column).is_in(list(aliases)) for column in columns)
    return (
        table.with_columns(other.fill_null(value=False).alias("_other"))
        .with_columns(pl.col(column).replace(aliases) for column in columns)
        .sort("_other", maintain_order=True)
        .drop("_other")
    )
