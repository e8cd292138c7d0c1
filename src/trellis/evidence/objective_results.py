"""Keep what a roster's results say about objectives: which come in, and which stored ones end."""

from collections.abc import Iterator

import polars as pl

from trellis.evidence import line_items
from trellis.interchange.bundle import DistrictFiles
from trellis.people.roster import all_sections, bundle_of, leavers_of
from trellis.warehouse.pseudonyms import pseudonyms


def scored(files: DistrictFiles) -> pl.DataFrame:
    """Keep the results of line items that measure one objective and were scored."""
    bundle = bundle_of(files)
    years = all_sections(bundle).select("section", "school_year")
    items = measuring_one(line_items.all_of(files)).join(years, on="section", how="left")
    results = bundle.get("results", _NO_RESULTS)
    return (
        results.filter(pl.col("score").is_not_null())
        .select(
            pl.col("lineItemSourcedId").alias("line_item"),
            pl.col("studentSourcedId").alias("student"),
            pl.col("scoreDate").alias("scored_on"),
            pl.col("score").round().cast(pl.Int64).alias("correct"),
            "row",
        )
        .join(items, on="line_item")
    )


_NO_RESULTS = pl.DataFrame(
    schema={"lineItemSourcedId": pl.String, "studentSourcedId": pl.String, "scoreDate": pl.Date,
            "score": pl.Float64, "row": pl.Int64}
)  # fmt: skip


def measuring_one(items: pl.DataFrame) -> pl.DataFrame:
    """Keep the line items that measure one objective, which becomes `objective_id`."""
    one = items.filter((pl.col("objectives").list.len() == 1) & (pl.col("items") > 0))
    return one.with_columns(pl.col("objectives").list.first().alias("objective_id")).drop(
        "objectives"
    )


def standing(files: DistrictFiles, old: pl.LazyFrame, *, secret: str) -> pl.LazyFrame:
    """Return the stored results that the files leave standing, as they now say their line items.

    Every result that the files name ends here, whether or not a new one takes its place: it may
    be gone, or have lost its score. A full file names whole line items, a file of changes the
    results of single students. Results of a line item that measures no single objective any more
    end too; its objective and its number of items are those that the files say.
    """
    for gone in _ended(files, secret):
        old = old.join(gone.lazy(), on=gone.columns, how="anti")
    said = line_items.said(files).with_columns(pl.lit(True).alias("said"))
    new = measuring_one(said).rename({"objective_id": "new_objective", "items": "new_items"})
    return (
        old.join(said.select("line_item", "said").lazy(), on="line_item", how="left")
        .join(new.drop("section", "said").lazy(), on="line_item", how="left")
        .filter(pl.col("said").is_null() | pl.col("new_objective").is_not_null())
        .with_columns(
            pl.coalesce("new_objective", "objective_id").alias("objective_id"),
            pl.coalesce("new_items", "items").alias("items"),
        )
        .drop("said", "new_objective", "new_items")
    )


def _ended(files: DistrictFiles, secret: str) -> Iterator[pl.DataFrame]:
    """Yield the keys of stored rows that end."""
    named, gone = files.tables.get("oneroster/results"), leavers_of(files)
    if named is not None:
        item, student = pl.col("lineItemSourcedId"), pl.col("studentSourcedId")
        pairs = named.select(item.alias("line_item"), student.alias("student")).unique()
        keyed = pairs.with_columns(pseudonyms(secret, "person", pairs["student"]).alias("student"))
        yield keyed if "results" in gone else keyed.select("line_item").unique()
    if "lineItems" in gone:
        yield gone["lineItems"].select(pl.col("sourcedId").alias("line_item"))
