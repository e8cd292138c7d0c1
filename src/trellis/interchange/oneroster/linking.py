"""Find the rows of a bundle that name a row which is not there."""

from collections.abc import Iterator, Mapping, Set

import polars as pl

from trellis.interchange.columns import Column
from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster.model import Bundle
from trellis.interchange.oneroster.standard import FILES, GONE
from trellis.interchange.problems import Problem, Severity, shorten

Ids = Mapping[str, Set[str]]


def link(bundle: Bundle, known: Ids | None = None) -> Iterator[Problem]:
    """Yield a problem for each cell that names a row which is nowhere.

    A file in bulk says all there is of its kind. A file of changes, or one that is absent, leaves
    the rest to what the reader knows already: `known` holds names by table (`users`, `classes`)
    and, for the schools alone, under `schools`. Without it a bundle is judged by itself.
    """
    for name, table in bundle.tables.items():
        if not bundle.parts[name].usable:
            continue
        here = _not_gone(table)
        for column in _references(bundle, name):
            if column.name in here.columns:
                yield from _dangling(bundle, name, here, column, known)


def _references(bundle: Bundle, name: str) -> list[Column]:
    spec = FILES[bundle.version].get(name) or FILES["1.2"][name]
    return [column for column in (*spec.columns, *spec.elsewhere) if column.refers]


def _not_gone(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter((pl.col("status") != GONE).fill_null(True))


def _dangling(
    bundle: Bundle, name: str, rows: pl.DataFrame, column: Column, known: Ids | None
) -> Iterator[Problem]:
    there = _there(bundle, name, column, known)
    if there is None:
        return
    cells = rows.select(ROW, pl.col(column.name).alias("named"))
    if isinstance(cells.schema["named"], pl.List):
        cells = cells.explode("named")
    cells = cells.filter(pl.col("named").is_not_null())
    for row, named in cells.join(there, on="named", how="anti", maintain_order="left").iter_rows():
        yield _problem(bundle, name, row, named, column, known)


def _there(bundle: Bundle, name: str, column: Column, known: Ids | None) -> pl.DataFrame | None:
    """Return the names that a column may use, or None where nobody can tell."""
    target = column.refers
    mode = bundle.modes.get(target, "absent")
    table, part = bundle.tables.get(target), bundle.parts.get(target)
    if part is not None and not part.usable:
        return None
    lost = sorted(part.lost) if part is not None else []
    if mode == "bulk" and table is not None:
        named = _not_gone(table)["sourcedId"]
        return _names(pl.concat([named, pl.Series(lost, dtype=pl.String)]))
    kind = "schools" if column.name == "schoolSourcedId" else target
    if known is not None and kind in known:
        brought = _not_gone(table)["sourcedId"].drop_nulls().to_list() if table is not None else []
        return _names(pl.Series(sorted({*known[kind], *brought, *lost}), dtype=pl.String))
    # Of the orgs a reader keeps only the schools: nobody can tell about a district.
    asked = known is None or target != "orgs"
    if mode == "absent" and bundle.modes[name] == "bulk" and asked:
        return _names(pl.Series([], dtype=pl.String))
    return None


def _names(names: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"named": names.drop_nulls()})


def _problem(
    bundle: Bundle, name: str, row: int, named: str, column: Column, known: Ids | None
) -> Problem:
    target, file = column.refers, bundle.parts[name].file
    absent = bundle.modes.get(target, "absent") == "absent"
    kind = "schools" if column.name == "schoolSourcedId" else target
    # What a reader may know already stops nothing while nobody was asked.
    unasked = absent and known is None and kind in ("users", "classes", "orgs", "schools")
    severe = column.required and not unasked
    if absent:
        expected = f"{target}.csv in the bundle"
        advice = f"Add {target}.csv to the bundle" + (
            ", unless who reads it knows the row already." if unasked or not severe else "."
        )
    else:
        expected = f"a sourcedId of {target}.csv"
        advice = f"Add the row to {target}.csv, or correct the name here."
    if not severe and not unasked:
        advice += " The row is of use without it."
    return Problem(
        file, row, column.name, shorten(named), expected, advice,
        "reference.missing_target_file" if absent else "reference.missing_target_record",
        Severity.ERROR if severe else Severity.NOTICE,
    )  # fmt: skip
