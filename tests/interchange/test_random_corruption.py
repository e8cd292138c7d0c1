"""Whatever happens to a file on its way, reading ends in problems and never in a traceback."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.interchange import tiny
from trellis.interchange.problems import Problem
from trellis.interchange.reading import read_district

NAMES = (*tiny.FILES, "learning_objectives.json", "reviews.json", "oneroster.zip")
SCRAPS = ("", "=1+1", "x" * 400, "\ufeff", '"', "2026-13-01", "-1", "né", "\r", "\x00", ",,,")


def corrupt(data: bytes, seed: int) -> bytes:
    """Do one to three of the things that happen to files: cut, double, swap, mistype, garble."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(WAYS)(data, chance)
    return data


def _cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _flip_a_byte(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _mistype_a_cell(data: bytes, chance: random.Random) -> bytes:
    cells = data.split(b",")
    cells[chance.randrange(len(cells))] = chance.choice(SCRAPS).encode()
    return b",".join(cells)


def _lose_a_line(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _double_a_line(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join([*lines, chance.choice(lines)])


def _swap_two_columns(data: bytes, chance: random.Random) -> bytes:
    rows = [line.split(b",") for line in data.split(b"\n")]
    one, other = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    for row in rows:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]
    return b"\n".join(b",".join(row) for row in rows)


def _insert_scraps(data: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(data))
    return data[:place] + chance.choice(SCRAPS).encode() + data[place:]


WAYS = (
    _cut_off, _flip_a_byte, _mistype_a_cell, _lose_a_line, _double_a_line, _swap_two_columns,
    _insert_scraps,
)  # fmt: skip


def says_what_to_do(problem: Problem) -> bool:
    return bool(problem.file and problem.expected and problem.advice and problem.code)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(NAMES), seed=st.integers(0, 10_000_000))
@example(name="oneroster.zip", seed=784)  # a table of contents that points before the file
def test_a_corrupted_file_is_read_without_a_traceback(name: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        tiny.write_district(Path(folder))
        file = Path(folder) / name
        file.write_bytes(corrupt(file.read_bytes(), seed))

        # Alone: what other files say is known, and a file is read in a tenth of the time.
        read = read_district([file])

    assert all(says_what_to_do(problem) for problem in read.problems)
    assert read.sound or read.problems


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(tiny.ONEROSTER)), seed=st.integers(0, 10_000_000))
def test_a_corrupted_bundle_is_read_without_a_traceback(name: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        members: dict[str, str | bytes] = {f"{n}.csv": t for n, t in tiny.ONEROSTER.items()}
        members[f"{name}.csv"] = corrupt(tiny.ONEROSTER[name].encode(), seed)
        bundle = tiny.write_zip(
            Path(folder) / "oneroster.zip", {"manifest.csv": tiny.manifest()} | members
        )

        read = read_district([bundle])

    assert all(says_what_to_do(problem) for problem in read.problems)
