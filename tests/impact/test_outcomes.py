"""What a review reads as an outcome from tables with tests of several vendors."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from trellis.efficacy.effects import Outcome
from trellis.impact import outcomes
from trellis.impact.outcomes import Snapshot, outcome_of
from trellis.warehouse.store import Warehouse
from trellis.warehouse.tables import TABLES


def results(test: str | None, scores: dict[tuple[str, int], float]) -> pl.DataFrame:
    rows = [
        {"student": who, "school_year": year, "term": "spring", "tested_on": date(year, 5, 1),
         "subject": "math", "grade": f"{year - 2021:02}", "scale_score": score, "test": test}
        for (who, year), score in scores.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TABLES["assessment_results"].schema)


def test_of_two_tests_in_a_year_the_one_counts_that_more_students_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "FEWEST_ANSWERS", 1)
    scores = {
        (f"p-{i}", year): 400.0 + 7 * i + (i * i % 5) * (year - 2024)
        for i in range(8)
        for year in (2025, 2026)
    }
    few = {place: 900.0 - score for place, score in scores.items() if place[0] < "p-5"}
    roster = pl.DataFrame(
        {"student": [f"p-{i}" for i in range(8)], "teacher": [f"t-{i % 2}" for i in range(8)]}
    ).with_columns(school_year=pl.lit(2026, pl.Int64), subject=pl.lit("math"))
    rosters = pl.DataFrame(
        roster.to_dict(as_series=False) | {
            name: [None] * 8 for name in TABLES["rosters"].schema if name not in roster.columns
        },
        schema_overrides=TABLES["rosters"].schema,
    ).select(*TABLES["rosters"].schema)  # fmt: skip

    def outcome(*tests: pl.DataFrame) -> pl.DataFrame:
        warehouse = Warehouse(tmp_path)
        manifest = warehouse.write({"assessment_results": pl.concat(tests), "rosters": rosters})
        return outcome_of(Snapshot(tmp_path, manifest), Outcome.MATH)

    alone = outcome(results("Growth", scores))

    assert alone.height == 2
    assert outcome(results("Screener", few), results("Growth", scores)).equals(alone)
    assert outcome(results(None, few), results("Growth", scores)).equals(alone)
    assert outcome(results(None, scores)).equals(alone)
