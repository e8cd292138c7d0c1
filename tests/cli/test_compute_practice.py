"""`trellis compute practice`: one file of evidence in; states, predictions and numbers out."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from trellis.cli.compute import app

HEADER = "teacher,date,element,source,lesson,visitor,value,n"
ELEMENTS = ("questions", "warmth", "wait time")


def run(path: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["practice", str(path), "-o", str(out), *more])


def a_file(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def some_lines(teachers: int, *, seed: int = 3, of: str = "t") -> list[str]:
    """Return visits in levels, rates of talk, class answers and own levels, out of any order."""
    rng = np.random.default_rng(seed)
    lines = []
    for t in range(teachers):
        practice = rng.normal(0, 0.5, 3)
        for k in range(4):
            on = date(2025, 9, 1) + timedelta(days=30 * k + t)
            for e, element in enumerate(ELEMENTS[:2]):
                level = np.clip(round(2.5 + practice[e] + rng.normal(0, 0.5)), 1, 4)
                lines.append(f"{of}{t},{on},{element},visit,l{k},v{k % 2},{level:.0f},")
            asked = int(rng.integers(20, 60))
            said = rng.binomial(asked, 1 / (1 + np.exp(2.5 - practice[2])))
            lines.append(f"{of}{t},{on},{ELEMENTS[2]},talk,l{k},,{said / asked},{asked}")
        lines.append(f"{of}{t},2025-12-01,warmth,feedback,period 2,,{3.6 + practice[1] / 2:.2f},22")
        lines.append(f"{of}{t},2025-12-02,warmth,self,,,3,")
    rng.shuffle(lines)
    return lines


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as stream:
        return list(csv.DictReader(stream))


def test_every_piece_is_foretold_in_the_order_of_the_file_on_its_own_scale(tmp_path: Path) -> None:
    lines = some_lines(6)
    ran = run(a_file(tmp_path / "e.csv", lines), tmp_path / "out")

    assert ran.exit_code == 0, ran.output
    told = table(tmp_path / "out" / "predictions.csv")
    assert list(told[0]) == ["teacher", "date", "element", "source", "predicted",
                             "low80", "high80", "low90", "high90"]  # fmt: skip
    assert [",".join([r["teacher"], r["date"], r["element"], r["source"]]) for r in told] == [
        ",".join(line.split(",")[:4]) for line in lines
    ]
    ends = {"visit": (1, 4), "self": (1, 4), "feedback": (1, 5), "talk": (0, 1)}
    for r in told:
        low, high = ends[r["source"]]
        order = [float(r[c]) for c in ("low90", "low80", "high80", "high90")]
        assert low <= order[0] <= order[1] <= order[2] <= order[3] <= high
        assert low <= float(r["predicted"]) <= high


def test_what_comes_on_the_same_day_or_later_does_not_change_what_was_foretold(
    tmp_path: Path,
) -> None:
    lines = some_lines(4)
    run(a_file(tmp_path / "e.csv", lines), tmp_path / "fit")
    fitted = str(tmp_path / "fit" / "hyperparameters.json")
    turned = [
        ",".join([*(cells := line.split(","))[:6], "1" if cells[3] != "talk" else "0.9", cells[7]])
        if line.startswith("t0") and line.split(",")[1] >= "2025-10-31"
        else line
        for line in lines
    ]
    run(a_file(tmp_path / "turned.csv", turned), tmp_path / "out", "--hyperparameters", fitted)

    before, after = (table(tmp_path / d / "predictions.csv") for d in ("fit", "out"))
    early = [r["teacher"] != "t0" or r["date"] <= "2025-10-31" for r in before]
    assert [r for r, e in zip(before, early, strict=True) if e] == [
        r for r, e in zip(after, early, strict=True) if e
    ]
    assert before != after


def test_hyperparameters_fitted_on_some_teachers_serve_others_unchanged(tmp_path: Path) -> None:
    run(a_file(tmp_path / "some.csv", some_lines(6)), tmp_path / "some")
    fitted = tmp_path / "some" / "hyperparameters.json"
    others = [f"{line},".replace(",v0,", ",new,")[:-1] for line in some_lines(2, seed=9, of="o")]

    ran = run(a_file(tmp_path / "others.csv", others), tmp_path / "others",
              "--hyperparameters", str(fitted))  # fmt: skip

    assert ran.exit_code == 0, ran.output
    assert json.loads(fitted.read_text()) == json.loads(
        (tmp_path / "others" / "hyperparameters.json").read_text()
    )
    assert len(table(tmp_path / "others" / "predictions.csv")) == len(others)


def test_states_carry_their_intervals_and_their_scale(tmp_path: Path) -> None:
    run(a_file(tmp_path / "e.csv", some_lines(4)), tmp_path / "out")

    states = table(tmp_path / "out" / "states.csv")
    scales = {r["element"]: r["scale"] for r in states}
    assert scales == {"questions": "level 1 to 4", "warmth": "level 1 to 4",
                      "wait time": "rate 0 to 1"}  # fmt: skip
    for r in states:
        order = [float(r[c]) for c in ("low", "low80", "estimate", "high80", "high")]
        assert order == sorted(order)
        assert r["looks"]
        assert r["design"]


def test_one_teacher_with_one_mark_gets_a_wide_range(tmp_path: Path) -> None:
    ran = run(a_file(tmp_path / "e.csv", ["a,2026-01-08,x,visit,,,3,"]), tmp_path / "out")

    assert ran.exit_code == 0, ran.output
    (told,) = table(tmp_path / "out" / "predictions.csv")
    assert float(told["high90"]) - float(told["low90"]) > 0.5


def test_marks_that_never_vary_are_foretold_without_a_warning(tmp_path: Path) -> None:
    lines = [f"t{t},2026-01-{k + 1:02},x,visit,{k},v,2," for t in range(3) for k in range(3)]
    ran = run(a_file(tmp_path / "e.csv", lines), tmp_path / "out")

    assert ran.exit_code == 0, ran.output
    assert {round(float(r["predicted"])) for r in table(tmp_path / "out" / "predictions.csv")} == {
        2
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,2026-01-08,x,visit,,,nan,", "Row 2, column value: 'nan' is not a finite number."),
        ("a,2026-01-08,x,visit,,,5,", "Row 2, column value: 5 lies outside 1 to 4."),
        ("a,2026-01-08,x,talk,,,1.2,10", "Row 2, column value: 1.2 lies outside 0 to 1."),
        ("a,2026-01-08,x,talk,,,.2,", "Row 2, column n: a rate of talk needs"),
        ("a,2026-01-08,x,talk,,,.2,0", "Row 2, column n: '0' is not a whole number"),
        ("a,8.1.2026,x,visit,,,2,", "Row 2, column date: '8.1.2026' is not a date."),
        ("a,2026-01-08,x,rumor,,,2,", "Row 2, column source: 'rumor' is none of"),
        (",2026-01-08,x,visit,,,2,", "Row 2, column teacher: it is blank."),
        ("a,2026-01-08,x,visit,,,2,,,", "Row 2 has more or fewer cells"),
        ("a,2026-01-08,x,visit,,,2,\na,2026-01-08,x,visit,,,3,", "Row 3 repeats row 2"),
    ],
)
def test_what_cannot_be_used_is_told_by_row_and_column(
    tmp_path: Path, line: str, said: str
) -> None:
    ran = run(a_file(tmp_path / "e.csv", [line]), tmp_path / "out")

    assert ran.exit_code == 2
    assert said in ran.output
    assert not (tmp_path / "out" / "states.csv").exists()


def test_rows_keep_their_number_behind_blank_lines(tmp_path: Path) -> None:
    ran = run(a_file(tmp_path / "e.csv", ["", "", "a,2026-01-08,x,rumor,,,2,"]), tmp_path / "out")

    assert "Row 4, column source: 'rumor'" in ran.output


@pytest.mark.parametrize("day", ["0206-01-08", "9999-12-31"])
def test_a_year_that_no_lesson_was_in_is_refused(tmp_path: Path, day: str) -> None:
    ran = run(a_file(tmp_path / "e.csv", [f"a,{day},x,visit,,,2,"]), tmp_path / "out")

    assert ran.exit_code == 2
    assert f"Row 2, column date: {day} is not from 1950 to 2100." in ran.output


def test_a_date_written_in_two_ways_is_the_same_date(tmp_path: Path) -> None:
    lines = ["a,2026-01-08,x,visit,1,v,2,", "a,20260108,x,visit,1,v,3,"]
    ran = run(a_file(tmp_path / "e.csv", lines), tmp_path / "out")

    assert "Row 3 repeats row 2" in ran.output


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace(",", ";"), "save the file with commas"),
        (HEADER + ",value", "The header has value more than once."),
    ],
)
def test_a_header_that_misleads_is_explained(tmp_path: Path, header: str, said: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text(f"{header}\na,2026-01-08,x,visit,1,v,2,,3\n")
    ran = run(path, tmp_path / "out")

    assert ran.exit_code == 2
    assert said in ran.output


def test_the_order_of_the_rows_changes_no_state(tmp_path: Path) -> None:
    lines = some_lines(24)
    run(a_file(tmp_path / "e.csv", lines), tmp_path / "one")
    run(a_file(tmp_path / "e.csv", lines[::-1]), tmp_path / "other")

    for name in ("states.csv", "hyperparameters.json"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "other" / name).read_text()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([f"t{t},2026-01-0{k + 1},x,visit,{k},v,{k % 3 + 1}," for t in range(3) for k in range(4)],
         "v is the only visitor who saw more than one teacher"),
        ([f"t{t},2026-01-0{k + 1},x,visit,{k},v,2," for t in range(2) for k in range(4)],
         "All values of source visit are the same."),
        ([f"t{t},2026-01-0{k + 1},x,visit,{k},v{t // 2},{k % 3 + 1},"
          for t in range(4) for k in range(4)],
         "No visit links 2 groups of people, such as visitors v0 with teachers t0, t1, and "
         "visitors v1 with teachers t2, t3."),
        (["t,2026-01-01,x,visit,1,v,2,"], "There is one teacher with evidence of one day only"),
        (["t,2026-01-01,x,visit,1,v,2,"], "There is one teacher to fit the model to"),
        (["t,2026-01-01,x,feedback,1,,3.5,"], "1 rows of feedback have no n, the first is row 2"),
    ],
)  # fmt: skip
def test_what_little_evidence_cannot_tell_is_said(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    ran = run(a_file(tmp_path / "e.csv", lines), tmp_path / "out")

    assert ran.exit_code == 0
    assert f"Caution: {said}" in ran.stderr


@pytest.mark.parametrize(
    "wrong", [{"own": None}, {"own": "much"}, {"drift": 1e308}, {"drift": 10**400}]
)
def test_hyperparameters_that_cannot_serve_leave_no_file(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    evidence = a_file(tmp_path / "e.csv", some_lines(3))
    run(evidence, tmp_path / "fit")
    kept = json.loads((tmp_path / "fit" / "hyperparameters.json").read_text())
    kept["instruments"]["visit"] |= {k: v for k, v in wrong.items() if k == "own"}
    kept |= {k: v for k, v in wrong.items() if k == "drift"}
    (tmp_path / "h.json").write_text(json.dumps(kept))

    ran = run(evidence, tmp_path / "out", "--hyperparameters", str(tmp_path / "h.json"))

    assert ran.exit_code == 2
    assert "Traceback" not in ran.output
    assert not (tmp_path / "out").exists()


def test_an_empty_file_a_lost_column_and_a_lost_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("teacher,date\na,2026-01-08\n")
    cases = {
        a_file(tmp_path / "empty.csv", []): "holds no evidence",
        tmp_path / "short.csv": "The header lacks element, source, value.",
        tmp_path / "none.csv": "cannot be opened",
    }
    for path, said in cases.items():
        ran = run(path, tmp_path / "out")
        assert (ran.exit_code, said in ran.output) == (2, True), ran.output


def test_an_element_that_the_hyperparameters_do_not_know_is_refused(tmp_path: Path) -> None:
    run(a_file(tmp_path / "e.csv", some_lines(3)), tmp_path / "fit")
    fitted = tmp_path / "fit" / "hyperparameters.json"
    lines = ["a,2026-01-08,dancing,visit,,,2,"]

    ran = run(a_file(tmp_path / "new.csv", lines), tmp_path / "out", "--hyperparameters",
              str(fitted))  # fmt: skip
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(json.loads(fitted.read_text()) | {"drift": -1}))
    refused = run(a_file(tmp_path / "again.csv", some_lines(2)), tmp_path / "out",
                  "--hyperparameters", str(broken))  # fmt: skip

    assert ran.exit_code == 2
    assert "Row 2, column element: 'dancing' from source 'visit'" in ran.output
    assert refused.exit_code == 2
    assert "a variance is below 0" in refused.output
