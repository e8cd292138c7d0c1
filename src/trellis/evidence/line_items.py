"""Tell what a roster's results refer to: by the files, else as earlier files have said."""

from collections.abc import Iterator

import polars as pl

from trellis.evidence.models import LineItem
from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import Section
from trellis.people.roster import bundle_of, leavers_of
from trellis.trust.loading import Difference, Rows, compare, keys

# Between the objectives of one line item; no id holds a line break.
BETWEEN = "\n"
SAID_BY = ("lineItems", "lineItemLearningObjectiveIds")
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "line_item": pl.String, "section": pl.String, "objectives": pl.List(pl.String),
    "items": pl.Int64,
}  # fmt: skip


def differences(files: DistrictFiles) -> Iterator[Difference]:
    """Compare the line items of the files with those that are known."""
    if not any(name in bundle_of(files) for name in SAID_BY):
        return
    sections, gone = keys(Section), leavers_of(files).get("lineItems")
    rows = [
        (name, sections.get(section), BETWEEN.join(objectives), items)
        for name, section, objectives, items in said(files).iter_rows()
    ]
    yield compare(
        Rows(
            kind="line items of results",
            model=LineItem,
            key=("external_id",),
            compared=("section_id", "objectives", "items"),
            rows=rows,
            leaving="stays" if gone is None else "removed",
            leavers=None if gone is None else [(name,) for name in gone["sourcedId"].to_list()],
            guarded=False,
        )
    )


def all_of(files: DistrictFiles) -> pl.DataFrame:
    """Return every line item: `line_item`, `section`, `objectives` (a list), `items` (the most
    answers that can be right, 0 if not known); those of the files as the files say them.
    """
    both = pl.concat([said(files), known()]).unique("line_item", keep="first", maintain_order=True)
    gone = leavers_of(files).get("lineItems")
    if gone is None:
        return both
    return both.filter(~pl.col("line_item").is_in(gone["sourcedId"].implode()))


def said(files: DistrictFiles) -> pl.DataFrame:
    """Return the line items of which the files say anything; what they leave out is as known."""
    bundle, gone = bundle_of(files), leavers_of(files)
    items, links = bundle.get("lineItems"), bundle.get("lineItemLearningObjectiveIds")
    ended = gone.get("lineItemLearningObjectiveIds")
    stated = _stated(items) if items is not None else pl.DataFrame(schema=_STATED)
    told = [_links(table) for table in (links, ended) if table is not None]
    named = pl.concat([stated.select("line_item"), *(t.select("line_item") for t in told)]).unique()
    before = known().join(named, on="line_item")
    linked = _linked(before, links, ended)
    return (
        named.join(stated, on="line_item", how="left")
        .join(before.drop("objectives"), on="line_item", how="left", suffix="_known")
        .join(linked, on="line_item", how="left")
        .select(
            "line_item",
            pl.coalesce("section", "section_known").alias("section"),
            pl.col("objectives").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.coalesce("items", "items_known", pl.lit(0)).alias("items"),
        )
        .filter(pl.col("section").is_not_null())
        .sort("line_item")
    )


def known() -> pl.DataFrame:
    """Return the line items that earlier files have said."""
    rows = LineItem.objects.values_list(
        "external_id", "section__external_id", "objectives", "items"
    )
    return pl.DataFrame(
        [(name, section, text.split(BETWEEN) if text else [], items)
         for name, section, text, items in rows],
        schema=_SCHEMA, orient="row",
    )  # fmt: skip


_STATED = {"line_item": pl.String, "section": pl.String, "items": pl.Int64}


def _stated(items: pl.DataFrame) -> pl.DataFrame:
    return items.select(
        pl.col("sourcedId").alias("line_item"),
        pl.col("classSourcedId").alias("section"),
        pl.col("resultValueMax").round().cast(pl.Int64, strict=False).alias("items"),
    ).unique("line_item", keep="first")


def _links(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(
        pl.col("lineItemSourcedId").alias("line_item"),
        pl.col("learningObjectiveId").alias("objective"),
    ).drop_nulls()


def _linked(
    before: pl.DataFrame, links: pl.DataFrame | None, ended: pl.DataFrame | None
) -> pl.DataFrame:
    """Return the objectives of each line item: a full file says all, changes add and end some."""
    stood = before.select("line_item", pl.col("objectives").alias("objective")).explode("objective")
    parts = [_links(links)] if links is not None else []
    if links is None or ended is not None:
        parts.append(stood.drop_nulls())
    pairs = pl.concat(parts).unique()
    if ended is not None:
        again = _links(links) if links is not None else pairs.clear()
        over = _links(ended).join(again, on=["line_item", "objective"], how="anti")
        pairs = pairs.join(over, on=["line_item", "objective"], how="anti")
    return pairs.group_by("line_item").agg(pl.col("objective").sort().alias("objectives"))
