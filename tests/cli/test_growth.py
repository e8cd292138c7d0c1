"""`trellis compute growth`: scores in, percentiles out, and a sentence for what is wrong."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from trellis.cli.main import app

HEADER = "student,year,subject,grade,score"
STUDENTS = 300


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["compute", "growth", *map(str, words)])


def written(folder: Path, lines: list[str], header: str = HEADER) -> Path:
    path = folder / "scores.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def lines(csem: str = "", seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=STUDENTS)
    return [
        f"s{i},{2022 + k},MATHEMATICS,{3 + k},{500 + 50 * x + 15 * rng.normal():.0f}{csem}"
        for k in range(3)
        for i, x in enumerate(ability)
    ]


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_every_student_with_a_prior_gets_a_row_in_the_order_of_the_file(tmp_path: Path) -> None:
    out = tmp_path / "sgp.csv"

    result = run(written(tmp_path, lines()), "-o", out)

    assert result.exit_code == 0, result.output
    rows = table(out)
    assert list(rows[0]) == ["student", "year", "subject", "grade", "order", "sgp"]
    assert [row["student"] for row in rows] == [f"s{i}" for i in range(STUDENTS)] * 2
    assert [row["order"] for row in rows] == ["1"] * STUDENTS + ["2"] * STUDENTS
    assert all(1 <= int(row["sgp"]) <= 99 for row in rows)
    assert "no column csem" in result.stderr


def test_one_year_and_one_prior_can_be_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "sgp.csv"

    result = run(written(tmp_path, lines()), "-o", out, "--year", "2024", "--max-order", "1")

    assert result.exit_code == 0, result.output
    assert {(row["year"], row["order"]) for row in table(out)} == {("2024", "1")}


def test_a_standard_error_gives_every_student_an_interval(tmp_path: Path) -> None:
    out = tmp_path / "sgp.csv"

    run(written(tmp_path, lines(",15"), HEADER + ",csem"), "-o", out)

    rows = table(out)
    assert list(rows[0])[-2:] == ["low", "high"]
    assert all(int(row["low"]) <= int(row["sgp"]) <= int(row["high"]) for row in rows)


def test_given_knots_are_used_and_others_computed(tmp_path: Path) -> None:
    scores, out, saved = written(tmp_path, lines()), tmp_path / "sgp.csv", tmp_path / "saved.json"
    bends = {"knots": [450, 480.5, 520, 550], "boundaries": [200, 800]}
    knots = tmp_path / "knots.json"
    knots.write_text(json.dumps({"MATHEMATICS": {"4": bends}, "READING": {"4": bends}}))

    result = run(scores, "-o", out, "--year", "2024", "--knots", knots, "--save", saved)

    assert result.exit_code == 0, result.output
    recent, before = json.loads(saved.read_text())["cells"][1]["splines"]
    assert recent == bends
    assert before["boundaries"] != [200, 800]
    assert "READING, of which there are no scores" in result.stderr


def test_saved_coefficients_give_the_same_percentiles_and_measure_later_students(
    tmp_path: Path,
) -> None:
    scores, saved = written(tmp_path, lines()), tmp_path / "saved.json"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    run(scores, "-o", first, "--save", saved)

    run(scores, "-o", second, "--coefficients", saved)

    assert second.read_bytes() == first.read_bytes()
    later = written(tmp_path, [line.replace(",202", ",203") for line in lines(seed=2)])
    result = run(later, "-o", second, "--coefficients", saved)
    assert result.exit_code == 0, result.output
    assert "measured by how students grew in 2024" in result.stderr
    assert len(table(second)) == 2 * STUDENTS


def test_years_that_span_two_and_scores_that_are_missing_are_understood(tmp_path: Path) -> None:
    some = [
        line.replace(",2022,", ",2021_2022,").replace(",2023,", ",2022_2023,") for line in lines()
    ]
    some[0] = "s0,2021_2022,MATHEMATICS,3,NA"

    result = run(written(tmp_path, some[: 2 * STUDENTS]), "-o", tmp_path / "sgp.csv")

    assert result.exit_code == 0, result.output
    assert "1 rows have no score" in result.stderr
    assert table(tmp_path / "sgp.csv")[0]["year"] == "2022_2023"
    assert len(table(tmp_path / "sgp.csv")) == STUDENTS - 1


@pytest.mark.parametrize(
    ("place", "line", "says"),
    [
        (3, "s3,2022,MATHEMATICS,3,inf", "scores.csv, row 5, score: found “inf”"),
        (3, "s3,2022,MATHEMATICS,3,nan", "scores.csv, row 5, score: found “nan”"),
        (3, "s3,2022,MATHEMATICS,3,high", "scores.csv, row 5, score: found “high”"),
        (3, "s3,2022,MATHEMATICS,3,1e300", "row 5, score: found “1e300”; no score is as large"),
        (3, "s3,2022,MATHEMATICS,third,1", "scores.csv, row 5, grade: found “third”"),
        (3, "s3,22,MATHEMATICS,3,1", "scores.csv, row 5, year: found “22”"),
        (3, ",2022,MATHEMATICS,3,1", "scores.csv, row 5, student"),
        (3, "s3,2022,,3,1", "scores.csv, row 5, subject"),
        (3, "s2,2022,MATHEMATICS,3,1", "rows 4 and 5: student “s2” has two scores"),
        (3, "s3,2022,MATHEMATICS,3", "row 5"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(
    tmp_path: Path, place: int, line: str, says: str
) -> None:
    some = lines()
    some[place] = line

    result = run(written(tmp_path, some), "-o", tmp_path / "sgp.csv")

    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "sgp.csv").exists()


@pytest.mark.parametrize(
    ("header", "csem", "says"),
    [
        ("student,year,subject,score,x", "", "no column grade"),
        (HEADER + ",csem", ",-1", "row 2, csem: found “-1”"),
        (HEADER + ",csem", ",inf", "row 2, csem: found “inf”"),
        (HEADER + ",csem", ",1e300", "row 2, csem: found “1e300”; no standard error is as large"),
    ],
)
def test_columns_that_are_wrong_are_named(
    tmp_path: Path, header: str, csem: str, says: str
) -> None:
    result = run(written(tmp_path, lines(csem), header), "-o", tmp_path / "sgp.csv")

    assert result.exit_code == 2
    assert says in result.stderr


def test_semicolons_between_cells_are_named(tmp_path: Path) -> None:
    some = [line.replace(",", ";") for line in lines()]

    result = run(written(tmp_path, some, HEADER.replace(",", ";")), "-o", tmp_path / "sgp.csv")

    assert result.exit_code == 2
    assert "save the file with commas" in result.stderr


def test_what_gives_no_growth_at_all_is_refused_with_the_reason(tmp_path: Path) -> None:
    some, out = lines(), tmp_path / "sgp.csv"
    constant = [",".join([*line.split(",")[:4], "500"]) for line in some]
    few = [line for line in some if line.startswith("s1,")]

    for these, says in [
        (some[:STUDENTS], "at least two years"),
        (constant, "all 300 scores are 500"),
        (few, "too few, 1 where at least 80 are needed"),
    ]:
        result = run(written(tmp_path, these), "-o", out)
        assert result.exit_code == 2
        assert says in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "knots.json is no JSON"),
        ('{"MATHEMATICS": {"4": {"knots": [1, 2, 3], "boundaries": [0, 9]}}}', "4 numbers"),
        ('{"MATHEMATICS": {"4": {"knots": [1, 2, 3, 9], "boundaries": [0, 5]}}}', "ascend"),
        ('{"MATHEMATICS": {"four": {}}}', "grade four: this is not a grade"),
        (
            '{"MATHEMATICS": {"4": {"knots": [1, 2, 3, 4], "boundaries": [0, 1'
            + "0" * 400
            + "]}}}",
            "none of them as large as a billion",
        ),
        ("[]", "an object in braces"),
    ],
)
def test_knots_that_cannot_be_used_are_named(tmp_path: Path, text: str, says: str) -> None:
    knots = tmp_path / "knots.json"
    knots.write_text(text)

    result = run(written(tmp_path, lines()), "-o", tmp_path / "sgp.csv", "--knots", knots)

    assert result.exit_code == 2
    assert says in result.stderr


def test_knots_of_a_grade_without_scores_are_said(tmp_path: Path) -> None:
    knots = tmp_path / "knots.json"
    knots.write_text('{"MATHEMATICS": {"11": {"knots": [1, 2, 3, 4], "boundaries": [0, 9]}}}')

    result = run(written(tmp_path, lines()), "-o", tmp_path / "sgp.csv", "--knots", knots)

    assert "names grade 11 in MATHEMATICS, of which there are no scores." in result.stderr


def test_students_without_an_interval_are_counted_aloud(tmp_path: Path) -> None:
    some = [line + ("," if line.startswith("s3,") else ",20") for line in lines()]

    result = run(written(tmp_path, some, HEADER + ",csem"), "-o", tmp_path / "sgp.csv")

    assert result.exit_code == 0, result.output
    without = [row for row in table(tmp_path / "sgp.csv") if not row["low"]]
    assert f"{len(without)} percentiles have no interval" in result.stderr
    assert {row["student"] for row in without} == {"s3"}


def test_coefficients_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "kept.json"

    result = run(
        written(tmp_path, lines()), "-o", tmp_path / "sgp.csv", "--max-order", "1",
        "--save", nowhere,
    )  # fmt: skip

    assert result.exit_code == 2
    assert "kept.json cannot be written" in result.stderr


def test_options_that_exclude_each_other_and_files_that_are_no_coefficients_are_refused(
    tmp_path: Path,
) -> None:
    scores, out = written(tmp_path, lines()), tmp_path / "sgp.csv"
    other = tmp_path / "other.json"
    other.write_text('{"format": "another"}')

    both = run(scores, "-o", out, "--coefficients", other, "--save", other)
    wrong = run(scores, "-o", out, "--coefficients", other)
    future = run(scores, "-o", out, "--year", "2030")
    absent = run(tmp_path / "absent.csv", "-o", out)

    assert [one.exit_code for one in (both, wrong, future, absent)] == [2, 2, 2, 2]
    assert "without --knots and --save" in both.stderr
    assert "no file of growth coefficients" in wrong.stderr
    assert "the years are 2022, 2023, 2024" in future.stderr
    assert "absent.csv cannot be read" in absent.stderr
