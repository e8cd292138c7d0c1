"""`trellis compute visits`: four files from one, or a sentence that says what is missing."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from trellis.cli.main import app
from trellis.simulate.marks import World, draw

HEADER = "teacher,lesson,visitor,element,level\n"
SOUND = HEADER + (
    "Ana,1,Vi,talk,2\nAna,1,Vi,tasks,3\nBo,2,Vi,talk,3\nBo,2,Vi,tasks,3\n"
    "Bo,3,Wu,talk,4\nCy,4,Wu,tasks,1\nCy,5,Wu,tasks,2\n"
)


def run(folder: Path, text: str | bytes) -> Result:
    marks = folder / "marks.csv"
    marks.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(app, ["compute", "visits", str(marks), "-o", str(folder / "out")])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def simulated() -> str:
    drawn = draw(World(30, 6, 4, 3), np.random.default_rng(1))
    lines = (
        f"t{t:02d},l{o},v{r},e{i},{y + 1}\n"
        for t, o, r, i, y in zip(
            drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, drawn.level, strict=True
        )
    )
    return HEADER + "".join(lines)


def test_four_files_say_where_teachers_stand_and_how_sure_that_is(tmp_path: Path) -> None:
    ran = run(tmp_path, simulated())
    out = tmp_path / "out"

    assert ran.exit_code == 0
    teachers = rows_of(out / "teachers.csv")
    assert list(teachers[0]) == [
        "teacher",
        "element",
        "estimate",
        "low",
        "high",
        "looks",
        "visitors",
    ]
    assert len(teachers) == 30 * 5
    assert all(float(t["low"]) < float(t["estimate"]) < float(t["high"]) for t in teachers)
    assert [t["teacher"] for t in teachers] == sorted(t["teacher"] for t in teachers)
    visitors = rows_of(out / "visitors.csv")
    assert list(visitors[0]) == ["visitor", "severity", "se"]
    assert len(visitors) == 6
    parts = json.loads((out / "components.json").read_text())
    assert set(parts["variances"]) == {"teacher", "element", "lesson", "visitor"}
    assert all(v["low"] < v["value"] < v["high"] for v in parts["variances"].values())
    assert list(parts["thresholds"]) == ["1-2", "2-3", "3-4"]


def test_the_decision_study_gains_by_lessons_and_by_visitors(tmp_path: Path) -> None:
    run(tmp_path, simulated())
    study = {
        (row["about"], int(row["lessons"]), int(row["visitors"])): float(row["se"])
        for row in rows_of(tmp_path / "out" / "decision.csv")
    }

    assert study["overall", 4, 1] < study["overall", 1, 1]
    assert study["overall", 4, 4] < study["overall", 4, 1]
    assert study["one element", 4, 4] > study["overall", 4, 4]


def test_columns_may_stand_in_any_order_among_others_with_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    turned = "\n".join(
        ",".join([*reversed(line.split(",")), "more"]) for line in SOUND.splitlines()
    )
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, text in ((first, SOUND), (second, "\ufeff" + turned)):
        folder.mkdir()
        assert run(folder, text).exit_code == 0

    one, other = ((f / "out" / "teachers.csv").read_bytes() for f in (first, second))
    assert one == other


def test_cautions_are_told(tmp_path: Path) -> None:
    ran = run(tmp_path, SOUND)

    assert ran.exit_code == 0
    assert "One teacher was seen in one look." in ran.stderr
    assert "Every lesson was seen by one visitor" in ran.stderr


def test_people_whom_no_visit_links_are_refused_by_name(tmp_path: Path) -> None:
    ran = run(tmp_path, SOUND + "Di,6,Xi,talk,2\n")

    assert ran.exit_code == 2
    assert "visitors Xi with teachers Di" in ran.stderr
    assert "These visits would link them: Vi visits Di" in ran.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs the columns"),
        ("teacher,lesson,visitor,element\n", "Look at: level"),
        (HEADER.replace(",", ";"), "save the file with commas"),
        (HEADER, "There are no marks"),
        (HEADER + "Ana,1,Vi,talk,2.5\n", "Row 2: the level is “2.5”, not a whole number"),
        (HEADER + "Ana,1,Vi,talk,nan\n", "Row 2: the level is “nan”"),
        (HEADER + "Ana,1,Vi,talk,inf\n", "Row 2: the level is “inf”"),
        (HEADER + "Ana,1,Vi,talk,1e30\n", "Every mark is 1000000"),
        (HEADER + "Ana,1,Vi,talk,\n", "leave a row out where nothing was marked"),
        (HEADER + "Ana,1,,talk,2\n", "Row 2 has no visitor"),
        (HEADER + "Ana,1,Vi,talk\n", "Row 2 has 4 cells, the header 5"),
        (SOUND + "Ana,1,Vi,talk,4\n", "1 marks stand twice"),
        (HEADER.encode() + b"\xff\xfe,1,Vi,talk,2\n", "not a CSV file in UTF-8"),
        (HEADER + '"Ana,1,Vi,talk,2\n', "not a CSV file"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    ran = run(tmp_path, text)

    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.output


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.csv")
    ran = CliRunner().invoke(app, ["compute", "visits", missing, "-o", str(tmp_path / "out")])

    assert ran.exit_code == 2
    assert "cannot be opened" in ran.stderr


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    ran = run(tmp_path, SOUND)

    assert ran.exit_code == 2
    assert "cannot be written to" in ran.stderr
