"""Results of any size are read piece by piece, and judged as if they were read at once."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.interchange import tiny
from trellis.interchange import records, sources, spool
from trellis.interchange.bundle import Known
from trellis.interchange.checking import check
from trellis.interchange.csv_text import ROW, read_csv_text
from trellis.interchange.district import ASSESSMENT_RESULTS
from trellis.interchange.problems import Problem, Severity
from trellis.interchange.reading import read_district
from trellis.interchange.references import dangling
from trellis.interchange.sound import sound_part
from trellis.interchange.sources import Limits, SourceFile
from trellis.interchange.streams import Streamed, read_streamed
from trellis.interchange.workroom import Workroom

HEADER = "student_id,school_year,term,tested_on,subject,grade,scale_score,standard_error"
SOUND = "p-1,2026,fall,2025-09-10,math,04,401.5,12.1"
IDS = {"student": {f"p-{i}" for i in range(6)}}
KEY = list(ASSESSMENT_RESULTS.key)


def streamed(data: bytes, *, block: int = records.BLOCK_BYTES) -> Streamed:
    """Read a file of results in blocks of some size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "BLOCK_BYTES", block)
        return read_streamed(
            SourceFile("", "r.csv", data), ASSESSMENT_RESULTS, ids=IDS, unknowable=set(),
            room=Workroom(),
        )  # fmt: skip


def rows_of(read: Streamed) -> pl.DataFrame:
    frames = [frame for _, group in read.groups() for frame in group]
    return pl.concat(frames).sort(ROW) if frames else pl.DataFrame()


def at_once(data: bytes) -> tuple[set[Problem], pl.DataFrame]:
    """Check the same file with the check of a whole file; also return its sound rows."""
    checked = check(read_csv_text(data, "r.csv"), ASSESSMENT_RESULTS, "r.csv")
    unknown = dangling(checked.rows, ASSESSMENT_RESULTS, "r.csv", IDS, unknowable=set())
    problems = {*checked.problems, *unknown}
    bad = [p.row for p in problems if p.severity is Severity.ERROR]
    return problems, checked.rows.filter(~pl.col(ROW).is_in(bad))


def number(row: int) -> str:
    """Name a student, a year, a term and a subject that no other row of a file has."""
    terms, subjects = ("fall", "winter", "spring"), ("math", "ela")
    year, term, subject = 2001 + row // 36, terms[row // 12 % 3], subjects[row // 6 % 2]
    return f"p-{row % 6},{year},{term},2025-09-10,{subject}"


cells = st.sampled_from(
    ["04", "", "KG", "a,b", 'a "b"', "two\nlines", "=1+1", "é", "x" * 30, " 04", "04 "]
)
scores = st.sampled_from(
    [
        "401.5",
        "",
        "12",
        "-3",
        "1e5",
        "nan",
        "inf",
        "x",
        " 7",
        "7 ",
        "+7",
        ".5",
        "1,5",
        "1e400",
        "\t7",
    ]
)
students = st.sampled_from(["", "", "", "", "unknown", "p-1,2001,fall,2025-09-10,math", "short"])


@given(
    rows=st.lists(st.tuples(students, cells, scores), max_size=25),
    block=st.sampled_from([40, 130, 700, 100_000]),
    ends=st.sampled_from(["\n", "\r\n"]),
    marked=st.booleans(),
    last=st.booleans(),
)
def test_blocks_of_any_size_give_the_problems_and_rows_of_the_whole(
    rows: list[tuple[str, str, str]], block: int, ends: str, marked: bool, last: bool
) -> None:
    lines = [HEADER]
    for i, (student, grade, score) in enumerate(rows):
        quoted = [f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\n') else c
                  for c in (grade, score)]  # fmt: skip
        beginning = number(i) if student in ("", "short") else student
        if student == "unknown":
            beginning = f"nobody,{number(i).split(',', 1)[1]}"
        lines.append(",".join([beginning, *quoted, *(() if student == "short" else ("1.5",))]))
    text = ends.join(lines) + (ends if last else "")
    data = (b"\xef\xbb\xbf" if marked else b"") + text.encode()

    read = streamed(data, block=block)

    problems, sound = at_once(data)
    # Of the same row twice, one that is refused for itself does not count as the first.
    ours = {p for p in read.problems if p.code != "row.duplicate"}
    assert ours == {p for p in problems if p.code != "row.duplicate"}
    assert read.read == len(rows)
    kept = rows_of(read)
    assert read.refused == len(rows) - kept.height
    if kept.height:
        assert kept.select(KEY).is_unique().all()
        assert set(sound[ROW].to_list()) <= set(kept[ROW].to_list())
        expected = check(read_csv_text(data, "r.csv"), ASSESSMENT_RESULTS, "r.csv").rows
        assert kept.equals(expected.filter(pl.col(ROW).is_in(kept[ROW].to_list())))


def test_the_same_row_again_is_found_in_another_block() -> None:
    lines = [HEADER, *(f"{number(i)},04,1,1" for i in range(60))]
    lines.insert(50, lines[3].replace(",04,", ",05,"))

    read = streamed("\n".join(lines).encode(), block=300)

    (problem,) = read.problems
    assert (problem.row, problem.code) == (51, "row.duplicate")
    assert problem.advice == "Row 4 says the same; keep one of the two."
    assert (read.read, read.refused, rows_of(read).height) == (61, 1, 60)


def test_rows_that_went_to_the_disk_come_back_in_the_order_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spool, "ROWS_IN_MEMORY", 10)
    data = "\n".join([HEADER, *(f"{number(i)},04,{i},1" for i in range(60))]).encode()

    read = streamed(data, block=200)

    for _, frames in read.groups():
        rows = pl.concat(list(frames))[ROW].to_list()
        assert rows == sorted(rows)
    assert rows_of(read)["scale_score"].to_list() == [float(i) for i in range(60)]


def test_a_line_without_an_end_is_refused_and_not_read_on() -> None:
    class Endless(SourceFile):
        def open(self):  # type: ignore[no-untyped-def]
            return OneLine()

    class OneLine:
        taken = 0

        def read(self, size: int) -> bytes:
            OneLine.taken += size
            assert OneLine.taken < 100_000_000, "it was read on"
            first = f"{HEADER}\n{SOUND}\n".encode()
            return first + b"x" * (size - len(first)) if OneLine.taken == size else b"x" * size

        def __enter__(self) -> "OneLine":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    read = read_streamed(
        Endless("", "r.csv", b""), ASSESSMENT_RESULTS, ids=IDS, unknowable=set(), room=Workroom()
    )

    (problem,) = read.problems
    assert (problem.row, problem.code) == (3, "csv.endless_line")
    assert problem.severity is Severity.ERROR


def test_a_quote_that_is_never_closed_is_an_endless_line_too() -> None:
    data = f'{HEADER}\n"{SOUND}\n' + f"{SOUND}\n" * 30_000

    read = streamed(f"{HEADER}\n{SOUND}\n{data.split(chr(10), 1)[1]}".encode())

    (problem,) = read.problems
    assert problem.code == "csv.endless_line"
    # Nobody knows what the rest would have said, so no row before it is of use alone.
    assert (list(read.groups()), read.refused) == ([], read.read)


def test_every_problem_counts_and_not_every_one_is_told() -> None:
    data = "\n".join([HEADER, *(f"{number(i)},04,x,1" for i in range(3000))])

    read = streamed(data.encode())

    assert len(read.problems) == 1001
    assert read.problems[-1].found == "2,000 more problems"
    assert (read.read, read.refused) == (3000, 3000)


def test_a_file_of_results_may_be_larger_than_one_that_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "assessment_results.csv").write_text(tiny.FILES["assessment_results.csv"])
    known = Known(ids=IDS)
    small = Limits(file_bytes=50, total_bytes=50)

    read = read_district([folder], known=known, limits=small)
    refused = read_district([folder], known=known, limits=replace(small, streamed_bytes=60))

    assert read.sound
    assert [p.code for p in refused.problems] == ["package.oversized"]


def test_a_large_member_of_an_archive_is_unpacked_onto_the_disk_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "IN_MEMORY_BYTES", 100)
    work = tmp_path / "work"
    members: dict[str, str | bytes] = {
        "assessment_results.csv": tiny.FILES["assessment_results.csv"]
    }
    archive = tiny.write_zip(tmp_path / "results.zip", members)

    read = read_district([archive], known=Known(ids=IDS), workplace=work)

    assert read.sound
    assert rows_of(read.streamed["assessment_results"]).height == 3
    assert list(work.glob("*/*"))
    del read
    assert not list(work.glob("*"))


def test_what_comes_out_of_an_archive_is_counted_and_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "IN_MEMORY_BYTES", 100)
    text = f"{HEADER}\n" + f"{SOUND}\n" * 2_000
    archive = tiny.write_zip(tmp_path / "results.zip", {"assessment_results.csv": text})

    read = read_district(
        [archive], known=Known(ids=IDS), workplace=tmp_path / "work",
        limits=Limits(ratio=3, ratio_from=10),
    )  # fmt: skip

    assert [p.code for p in read.problems] == ["package.zip_bomb"]


def test_without_room_on_the_disk_nothing_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "IN_MEMORY_BYTES", 100)
    monkeypatch.setattr(sources.shutil, "disk_usage", lambda _: type("Use", (), {"free": 10}))
    members: dict[str, str | bytes] = {
        "assessment_results.csv": tiny.FILES["assessment_results.csv"]
    }
    archive = tiny.write_zip(tmp_path / "results.zip", members)

    read = read_district([archive], known=Known(ids=IDS), workplace=tmp_path / "work")

    assert [p.code for p in read.problems] == ["package.no_space"]


def test_what_a_killed_reading_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "reading-left"
    left.mkdir()
    (left / ".lock").touch()
    (left / "1").write_text("rows")
    in_use = Workroom(tmp_path)
    kept = in_use.new_file()
    old = 1_000_000_000
    for folder in (left, kept.parent):
        __import__("os").utime(folder, (old, old))

    Workroom(tmp_path).new_file()

    assert not left.exists()
    assert kept.parent.exists()


def test_results_of_a_student_who_is_set_aside_are_set_aside_too(tmp_path: Path) -> None:
    folder = tiny.write_district(tmp_path)
    text = tiny.ONEROSTER["users"].replace("p-2,,,true", "p-2,,,perhaps")
    tiny.write_bundle(folder / "oneroster.zip", users=text)

    part = sound_part(read_district([folder]))

    results = part.streamed["assessment_results"]
    assert rows_of(results)["student_id"].to_list() == ["p-1"]
    counted = next(file for file in part.files if file.name == "assessment_results.csv")
    assert (counted.rows, counted.refused) == (3, 2)
    told = [p for p in part.set_aside if p.file == "assessment_results.csv"]
    assert [(p.row, p.found, p.code) for p in told] == [
        (3, "p-2", "reference.target_refused"), (4, "p-2", "reference.target_refused")
    ]  # fmt: skip
