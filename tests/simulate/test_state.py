"""A state is written district by district, each the same however the rest is written."""

from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from trellis.cli.main import app
from trellis.interchange.reading import read_district
from trellis.simulate import DEMONSTRATION_DAY, write_state
from trellis.simulate.state import districts, write_district

TODAY = DEMONSTRATION_DAY


def silent(_now: str, _done: int, _total: int) -> None:
    pass


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_district_comes_out_the_same_alone_and_within_its_state(tmp_path: Path) -> None:
    done = write_state(
        tmp_path / "state", students=6000, seed=3, today=TODAY, years=2, progress=silent
    )
    listed = list(districts(6000, 3))
    alone = tmp_path / "alone"

    for one in reversed(listed):
        write_district(alone / one.id, one, seed=3, today=TODAY, years=2)

    assert done.districts == len(listed) > 1
    assert files(alone) == files(tmp_path / "state")


def test_a_state_has_the_students_that_were_asked_for_and_another_seed_others() -> None:
    first, other = list(districts(50_000, 1)), list(districts(50_000, 2))

    assert sum(one.students for one in first) == 50_000
    assert first != other
    assert list(districts(60_000, 1))[: len(first) - 1] == first[:-1]


def test_each_district_is_read_without_a_problem(tmp_path: Path) -> None:
    write_state(tmp_path, students=5000, seed=1, today=TODAY, years=2, progress=silent)

    for folder in sorted(tmp_path.iterdir()):
        read = read_district([folder])
        assert [str(problem) for problem in read.problems] == []


def test_tests_lie_in_tested_grades_once_a_term(tmp_path: Path) -> None:
    write_state(tmp_path, students=3000, seed=1, today=TODAY, years=3, progress=silent)

    rows = pl.concat(
        pl.read_csv(path, schema_overrides={"grade": pl.String})
        for path in sorted(tmp_path.rglob("assessment_results.csv"))
    )

    key = ["student_id", "school_year", "term", "subject"]
    assert rows.select(key).is_unique().all()
    assert set(rows["grade"]) == {f"{grade:02}" for grade in range(3, 9)}
    assert rows["tested_on"].max() <= str(TODAY)  # type: ignore[operator]  # a column of text
    # A student's scores of two terms go together, as tests of this reliability do.
    fall = rows.filter(term="fall", subject="math", school_year=2025, grade="05")
    winter = rows.filter(term="winter", subject="math", school_year=2025, grade="05")
    both = fall.join(winter, on="student_id")
    assert 0.7 < both.select(pl.corr("scale_score", "scale_score_right")).item() < 0.97


def test_the_command_writes_a_folder_for_each_district(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["simulate", str(tmp_path), "--students", "500"])

    assert said.exit_code == 0, said.output
    assert (tmp_path / "d0001" / "oneroster.zip").exists()
    assert "districts" in said.output
