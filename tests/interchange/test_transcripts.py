"""Transcripts of any make are read leniently; what cannot be read is refused in a sentence."""

import csv
import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trellis.diagnosis.talk import Line
from trellis.interchange.identify import identify
from trellis.interchange.problems import Severity, refuses
from trellis.interchange.transcript_cues import seconds_of
from trellis.interchange.transcripts import MOST_BYTES, Transcript, read_transcript

DATA = Path(__file__).parent / "data"
VTT = """WEBVTT - a lesson

NOTE not spoken

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Ms. Ruiz>Good <i>morning</i> &amp; welcome</v>

01:00:03.000 --> 01:00:04.000
<v.loud Maya>Morning
everybody
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
Teacher: Good morning

2
00:00:03.0 --> 00:00:04
and welcome

3
00:00:04,000 --> 00:00:08,000
Maya: I have a pencil
Teacher: Fine
"""


def read(text: str | bytes, file: str = "lesson.vtt") -> Transcript:
    return read_transcript(text if isinstance(text, bytes) else text.encode(), file)


def codes(found: Transcript) -> list[str]:
    return [problem.code for problem in found.problems]


def test_webvtt_with_settings_notes_styles_tags_and_missing_hours_is_read() -> None:
    found = read(VTT)

    assert found.kind == "WebVTT"
    assert found.lines == (
        Line("Ms. Ruiz", "Good morning & welcome", 1.0, 2.5),
        Line("Maya", "Morning everybody", 3603.0, 3604.0),
    )
    assert not found.problems


def test_subrip_with_commas_dots_and_names_before_colons_is_read() -> None:
    found = read(SRT, "lesson.srt")

    assert found.kind == "SubRip"
    assert [(line.speaker, line.text) for line in found.lines] == [
        ("Teacher", "Good morning"), ("Teacher", "and welcome"), ("Maya", "I have a pencil"),
        ("Teacher", "Fine"),
    ]  # fmt: skip
    # Two speakers share a cue by the length of what they say: 15 letters and 4 of four seconds.
    assert found.lines[2].end == found.lines[3].start == pytest.approx(4 + 4 * 15 / 19)
    assert found.lines[3].end == 8.0
    assert codes(found) == ["transcript.speaker_missing"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_of_any_system_are_read_past(encoding: str, end: str) -> None:
    data = SRT.replace("pencil", "piñata").replace("\n", end).encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data

    assert read(data, "lesson.srt").lines[2].text == "I have a piñata"


def test_bytes_of_windows_are_read_and_said_by_their_line() -> None:
    found = read(SRT.replace("pencil", "piñata").encode("cp1252"), "lesson.srt")

    assert found.lines[2].text == "I have a piñata"
    assert [(p.code, p.row, p.severity) for p in found.problems if p.row] == [
        ("transcript.encoding", 11, Severity.NOTICE)
    ]


def test_slips_are_told_by_their_line_and_the_rest_is_read() -> None:
    found = read(
        "WEBVTT\n\nlost words\n\n00:05.000 --> 00:04.000\nA: Back\n\n0:x --> 00:07\nB: Gone\n\n"
        "00:01:00.000 --> 00:01:01.000\nA: Late\n\n00:00.000 --> 00:01.000\nB: Before\n"
    )

    assert [line.text for line in found.lines] == ["Back", "Late", "Before"]
    assert [(p.code, p.row) for p in found.problems] == [
        ("transcript.no_times", 3), ("transcript.times_backward", 5),
        ("transcript.times_unread", 8),
    ]  # fmt: skip
    assert found.lines[0].end == found.lines[0].start == 5.0


@pytest.mark.parametrize("file", ["voices.vtt", "plain.srt"])
def test_two_other_programs_read_the_same_cues(file: str) -> None:
    stored = json.loads((DATA / "captions.json").read_text())[file]

    found = read((DATA / file).read_bytes(), file)

    # webvtt-py leaves entities as they stand, srt leaves tags and names in the text.
    others = [
        (seconds_of(start), seconds_of(end), voice or said.split(":")[0],
         " ".join(re.sub(r"</?i>|^[A-Z][a-z]+:", "", html.unescape(said)).split()))
        for start, end, voice, said in stored
    ]  # fmt: skip
    assert [(line.start, line.end, line.speaker, line.text) for line in found.lines] == others


def test_overlapping_cues_stay_as_they_are() -> None:
    found = read("WEBVTT\n\n00:01.0 --> 00:05.0\nA: Long\n\n00:02.0 --> 00:03.0\nB: Short\n")

    assert [(line.start, line.end) for line in found.lines] == [(1.0, 5.0), (2.0, 3.0)]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_of_speaker_and_text_is_read_with_times_if_it_has_them(sign: str) -> None:
    rows = [["Speaker", "Text", "Start", "End Time"], ["T", "Hi, all; yes", "1.5", "0:02"]]
    rows += [["", "Maya: There", "", ""], ["T", "", "3", "4"], ["T", "Bad", "soon", "9"]]
    written = io.StringIO()
    csv.writer(written, delimiter=sign).writerows(rows)

    found = read(written.getvalue(), "lesson.csv")

    assert found.lines == (
        Line("T", "Hi, all; yes", 1.5, 2.0), Line("Maya", "There"), Line("T", "Bad", None, 9.0)
    )  # fmt: skip
    assert [(p.code, p.row) for p in found.problems] == [("transcript.times_unread", 5)]


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lesson.vtt", VTT)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "transcript.empty"),
        (b" \n\n", "transcript.empty"),
        (a_zip(), "transcript.not_text"),
        (b"\x00\x00\x00\x18ftypmp42", "transcript.not_text"),
        (b"%PDF-1.7 ...", "transcript.not_text"),
        (b"x" * (MOST_BYTES + 1), "transcript.too_large"),
        (b"Dear diary", "transcript.unknown"),
        (b"WEBVTT\n", "transcript.unknown"),
        (b"WEBVTT\n\n00:01.0 --> 00:02.0\nnobody says this\n", "transcript.no_speakers"),
        (b"who,when\nA,now\n", "transcript.column_missing"),
        (b'speaker,text\nA,"' + b"x" * 200_000, "transcript.table_unread"),
        (
            b"speaker,text\n" + b"".join(b"s%d,hi\n" % i for i in range(300)),
            "transcript.too_many_speakers",
        ),
        (b"speaker,text\n" + b"A,hi\n" * 20_001, "transcript.too_many_lines"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    found = read(data, "lesson.csv" if b"," in data[:20] else "lesson.vtt")

    assert code in codes(found)
    assert not found.lines
    assert not found.kind
    assert all(problem.advice.endswith(".") for problem in found.problems)


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode), st.sampled_from(["v", "c"]))
def test_any_bytes_are_read_or_refused(data: bytes, kind: str) -> None:
    read_transcript(data, "x.vtt" if kind == "v" else "x.csv")
    read_transcript(b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + data, "x.vtt")
    read_transcript(b"speaker,text,start\n" + data, "x.csv")


def clock(seconds: float, sign: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{sign}{rest % 1000:03d}"


WORD = st.text("abcdefgéñ", min_size=1, max_size=8)
SPOKEN = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
TIME = st.integers(0, 4_000_000).map(lambda ms: ms / 1000)
LESSON = st.lists(
    st.builds(
        lambda who, said, start, length: Line(who, said, start, round(start + length, 3)),
        st.sampled_from(["Ms. Ruiz", "Maya", "Student 2"]), SPOKEN, TIME, TIME,
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(LESSON, st.sampled_from(["vtt voice", "vtt name", "srt", "csv"]))
def test_what_a_program_writes_is_read_back_as_it_was(lines: list[Line], form: str) -> None:
    text = "WEBVTT\n\n" if form.startswith("vtt") else ""
    if form == "csv":
        written = io.StringIO()
        rows = [[line.speaker, line.text, line.start, line.end] for line in lines]
        csv.writer(written).writerows([["speaker", "text", "start", "end"], *rows])
        text = written.getvalue()
    else:
        sign = "," if form == "srt" else "."
        for place, line in enumerate(lines, start=1):
            voice = f"<v {line.speaker}>" if form == "vtt voice" else f"{line.speaker}: "
            assert line.start is not None
            assert line.end is not None
            times = f"{clock(line.start, sign)} --> {clock(line.end, sign)}"
            text += f"{place}\n{times}\n{voice}{line.text}\n\n"

    found = read(text, f"lesson.{form[:3]}")

    assert found.lines == tuple(lines)


def test_a_check_of_a_file_says_that_it_is_a_transcript(tmp_path: Path) -> None:
    for name, text in (("a.vtt", VTT), ("b.srt", SRT), ("c.csv", "Speaker,Sentence\nT,Hi\n")):
        (tmp_path / name).write_text(text)
        found = identify(tmp_path / name)
        assert found.kinds[0].startswith("a lesson's transcript in ")
        assert not refuses(found.findings)
    (tmp_path / "d.vtt").write_bytes(a_zip())
    assert identify(tmp_path / "d.vtt").kinds == ()


@pytest.mark.parametrize("said", ["nan", "inf", "-1", "1:2:x", ""])
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"is no time|could not convert"):
        seconds_of(said)
