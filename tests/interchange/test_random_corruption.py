"""Whatever happens to a file on its way, reading ends in problems and never in a traceback."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.interchange import tiny
from trellis.interchange import oneroster
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.problems import Problem, refuses
from trellis.interchange.reading import read_district
from trellis.interchange.sound import sound_part

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


def _lose_a_column(data: bytes, chance: random.Random) -> bytes:
    rows = [line.split(b",") for line in data.split(b"\n")]
    place = chance.randrange(len(rows[0]))
    return b"\n".join(b",".join([*row[:place], *row[place + 1 :]]) for row in rows)


def _double_a_column(data: bytes, chance: random.Random) -> bytes:
    rows = [line.split(b",") for line in data.split(b"\n")]
    place = chance.randrange(len(rows[0]))
    return b"\n".join(b",".join([*row, *row[place : place + 1]]) for row in rows)


def _swap_two_rows(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _lose_a_cell(data: bytes, chance: random.Random) -> bytes:
    cells = data.split(b",")
    del cells[chance.randrange(len(cells))]
    return b",".join(cells)


def _encode_anew(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace").replace("e", chance.choice(("e", "é", "“")))
    return text.encode(chance.choice(("latin-1", "cp1252", "utf-16", "utf-8-sig")), "replace")


def _end_lines_anew(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b",,\n")))


WAYS = (
    _cut_off, _flip_a_byte, _mistype_a_cell, _lose_a_line, _double_a_line, _swap_two_columns,
    _insert_scraps, _lose_a_column, _double_a_column, _swap_two_rows, _lose_a_cell, _encode_anew,
    _end_lines_anew,
)  # fmt: skip


def says_what_to_do(problem: Problem) -> bool:
    return bool(problem.file and problem.expected and problem.advice and problem.code)


def adds_up(read: DistrictFiles) -> bool:
    """Hold the sound part against what was read: each row is in it or refused, with its reason."""
    part = sound_part(read)
    assert part.sound or not part.files
    whole = {file.name: file.rows for file in read.files}
    for file in part.files:
        names = [name for name in part.tables if part.sources[name] == file.name]
        # A table that the file makes beside its own (roles of 1.1) counts its rows again.
        heights = [part.tables[n]["row"].n_unique() for n in names if "row" in part.tables[n]]
        applied = max(heights, default=file.rows - file.refused)
        assert file.rows == whole[file.name] == applied + file.refused, file
        assert (
            not file.refused
            or any(p.file == file.name for p in part.set_aside)
            or ("manifest" in str(part.set_aside))
        ), file
    return True


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(NAMES), seed=st.integers(0, 10_000_000))
@example(name="oneroster.zip", seed=784)  # a table of contents that points before the file
def test_a_corrupted_file_is_read_without_a_traceback(name: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        tiny.write_district(Path(folder))
        file = Path(folder) / name
        file.write_bytes(corrupt(file.read_bytes(), seed))

        # Alone: what other files say is known, and a file is read in a tenth of the time.
        read = read_district([file])

        assert adds_up(read)
    assert all(says_what_to_do(problem) for problem in read.problems)
    assert read.sound or read.problems


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(["manifest", *sorted(tiny.ONEROSTER)]),
    lost=st.sampled_from(["", "manifest", *sorted(tiny.ONEROSTER)]),
    seed=st.integers(0, 10_000_000),
)
def test_a_corrupted_bundle_is_read_without_a_traceback(name: str, lost: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        sound = {"manifest": tiny.manifest(), **tiny.ONEROSTER}
        members: dict[str, str | bytes] = {f"{n}.csv": t for n, t in sound.items() if n != lost}
        members[f"{name}.csv"] = corrupt(sound[name].encode(), seed)
        bundle = tiny.write_zip(Path(folder) / "oneroster.zip", members)

        read = read_district([bundle])
        alone = oneroster.read(bundle)
        oneroster.write(alone, Path(folder) / "again.zip")

        assert refuses(alone.findings) or oneroster.read(Path(folder) / "again.zip") == alone
        assert adds_up(read)
        assert nothing_is_lost_in_silence(read, f"oneroster.zip/{name}.csv", members[f"{name}.csv"])
    assert all(says_what_to_do(problem) for problem in read.problems)


def nothing_is_lost_in_silence(read: DistrictFiles, file: str, data: str | bytes) -> bool:
    """Count lines that hold anything: each is a row that was read, where no cell has breaks."""
    if isinstance(data, str) or b'"' in data or b"\x00" in data or "manifest" in file:
        return True
    rows = next((one.rows for one in read.files if one.name == file), None)
    below = data.splitlines()[1:]
    return rows is None or rows == sum(bool(line.strip(b", \t")) for line in below)
