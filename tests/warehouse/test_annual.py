"""The scores of a year are one query away: by student, year, subject, test and grade."""

from datetime import date

import polars as pl

from trellis.warehouse.annual import annual_scores
from trellis.warehouse.tables import TABLES


def test_the_scores_of_spring_are_given_with_their_errors() -> None:
    row = {
        "student": "b", "school_year": 2026, "term": "spring", "tested_on": date(2026, 5, 6),
        "subject": "math", "grade": "04", "scale_score": 2455.0, "standard_error": 22.0,
        "percentile": None, "test": "State", "import_id": "i", "file": "f", "row": 2,
    }  # fmt: skip
    rows = [
        row,
        row | {"term": "fall", "scale_score": 1.0},
        row | {"student": "a", "school_year": 2025, "grade": "03", "standard_error": None},
        row | {"test": None, "percentile": 40.0},
    ]
    results = pl.DataFrame(rows, schema=TABLES["assessment_results"].schema)

    found = annual_scores(results.lazy()).collect()

    columns = ["student", "year", "subject", "test", "grade", "score", "csem"]
    assert found.select(columns).rows() == [
        ("a", 2025, "math", "State", "03", 2455.0, None),
        ("b", 2026, "math", None, "04", 2455.0, 22.0),
        ("b", 2026, "math", "State", "04", 2455.0, 22.0),
    ]
    assert found["percentile"].to_list() == [None, 40.0, None]
    assert annual_scores(results.lazy(), term="fall").collect()["score"].to_list() == [1.0]
