"""What a command writes has its name only when it is whole."""

from contextlib import suppress
from pathlib import Path

from trellis.cli.tables import whole


def test_a_file_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "states.csv"
    path.write_text("of before")

    with suppress(ZeroDivisionError), whole(path) as stream:
        stream.write("half")
        raise ZeroDivisionError

    assert path.read_text() == "of before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_comes_to_its_end_stands_there(tmp_path: Path) -> None:
    with whole(tmp_path / "states.csv") as stream:
        stream.write("whole")

    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("states.csv", "whole")]
