"""Draw valid bundles of OneRoster: every file, every column, whatever a cell may hold."""

import sys
from datetime import UTC, date, datetime

import polars as pl
from hypothesis import strategies as st

from trellis.interchange import oneroster
from trellis.interchange.columns import Column

WHEN = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
# No cell begins like a formula or holds only blanks: both are said, though both are read.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1,
    max_size=12,
).filter(lambda text: text.strip() and text.lstrip()[0] not in "=+-@")  # fmt: skip
WORD = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
UUID = st.uuids().map(str)


def ids_of(name: str, rows: int) -> list[str]:
    return [f"{name}-{i}" for i in range(rows)]


@st.composite
def valid_bundles(draw: st.DrawFn, version: oneroster.Version | None = None) -> oneroster.Bundle:
    """Draw a bundle whose rows name each other, with one to three rows in each file."""
    version = version or draw(st.sampled_from(["1.1", "1.2"]))
    mode = draw(st.sampled_from(["bulk", "delta"]))
    rows = draw(st.integers(1, 3))
    tables = {
        name: pl.DataFrame(
            {
                column.name: pl.Series(
                    [draw(_cell(column, name, i, rows, mode)) for i in range(rows)], dtype=dtype
                )
                for column, dtype in zip(
                    spec.columns, oneroster.types_of(version, name).values(), strict=True
                )
            }
        )
        for name, spec in oneroster.FILES[version].items()
    }
    return oneroster.Bundle(
        version=version,
        modes=dict.fromkeys(tables, mode),
        tables=_sound(tables),
        properties=draw(st.dictionaries(st.sampled_from(["source.systemName"]), TEXT)),
        line_end=draw(st.sampled_from(["\n", "\r\n"])),
    )


def _cell(column: Column, name: str, place: int, rows: int, mode: str) -> st.SearchStrategy[object]:
    if column.name == "sourcedId":
        # Demographics bear the name of their user.
        return st.just(f"{column.refers or name}-{place}")
    if column.name == "status":
        return st.just("active" if mode == "delta" else None)
    if column.name == "dateLastModified":
        return WHEN if mode == "delta" else st.none()
    made = _value(column, rows)
    empty = st.just([]) if column.kind == "list" else st.none()
    return made if column.required or column.asked else empty | made


def _value(column: Column, rows: int) -> st.SearchStrategy[object]:
    words = st.sampled_from(column.words) if column.words else None
    one = st.sampled_from(ids_of(column.refers, rows)) if column.refers else words
    match column.kind:
        case "list":
            word = WORD.map("{{{0}:1}}".format) if column.name == "scoreScaleValue" else WORD
            entry = word if one is None else one
            return st.lists(entry, min_size=1, max_size=3)
        case "date":
            return st.dates(date(1930, 1, 1), date(2099, 1, 1))
        case "integer":
            return st.integers(2000, 2100)
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case "id" if not column.refers:
            return UUID
        case _:
            return TEXT if one is None else one


def _sound(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Mend what the files say together: dates in order, scores in bounds, schools, roles."""
    made = dict(tables)
    for name, last in (("academicSessions", "endDate"), ("roles", "endDate"),
                       ("enrollments", "endDate")):  # fmt: skip
        if name in made:
            first = "startDate" if name == "academicSessions" else "beginDate"
            made[name] = made[name].with_columns(pl.col(first).alias(last))
    made["orgs"] = made["orgs"].with_columns(type=pl.lit("school"))
    low, high = pl.lit(None, pl.Float64), pl.lit(sys.float_info.max)
    made["lineItems"] = made["lineItems"].with_columns(resultValueMin=low, resultValueMax=high)
    return made
