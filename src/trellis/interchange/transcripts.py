"""Read a lesson's transcript (WebVTT, SubRip or CSV) into lines that say who, what and when.

Leniently: what can be read only one way is read so and said as a notice, by its line in the file.
What cannot be read at all is refused with one sentence. Nothing is written anywhere.
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace

from trellis.diagnosis.talk.lines import Line, words_by_speaker
from trellis.interchange.problems import Problem, Severity, in_order, refuses
from trellis.interchange.transcript_cues import read_cues
from trellis.interchange.transcript_rows import read_rows

# A lesson of an hour takes some 100 kB; this is a whole school day.
MOST_BYTES = 1_000_000
MOST_LINES = 20_000
MOST_SPEAKERS = 200
VTT, SRT, CSV = "WebVTT", "SubRip", "CSV"
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"%PDF", b"\xd0\xcf\x11\xe0")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
         (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
NOBODY = "Nobody named"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a file says of a lesson.

    Attributes
    ----------
    kind : WebVTT, SubRip or CSV; empty if it was refused.
    lines : in the order of the file; none if it was refused.
    speakers : each with the number of words, most first.
    problems : what departs from the format; `row` is the line in the file.
    """

    kind: str
    lines: tuple[Line, ...]
    speakers: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def read_transcript(data: bytes, file: str) -> Transcript:
    """Read the bytes of a transcript; what cannot be read is a problem, never an exception."""
    closed = _closed(data, file)
    if closed:
        return Transcript("", (), (), (closed,))
    text, notices = _decoded(data, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kind = kind_of(text, file)
    if not kind:
        return Transcript("", (), (), (*notices, _no_transcript(file)))
    reader: Callable[[str, str], tuple[list[Line], list[Problem]]]
    reader = read_rows if kind == CSV else read_cues
    lines, problems = reader(text, file)
    found = [*notices, *problems, *_about_all(lines, file)]
    if refuses(found):
        return Transcript("", (), (), in_order(found))
    named = _going_on(lines)
    return Transcript(kind, named, tuple(words_by_speaker(named).items()), in_order(found))


def kind_of(text: str, file: str) -> str:
    """Return which format a text is in, by what stands in it; empty if by none."""
    head = text[:10_000]
    if head.lstrip().startswith("WEBVTT"):
        return VTT
    if "-->" in head:
        return VTT if file.lower().endswith(".vtt") else SRT
    first = head.lstrip().split("\n", 1)[0].lower()
    return CSV if any(sign in first for sign in ",;\t") and "--" not in first else ""


def _closed(data: bytes, file: str) -> Problem | None:
    """Return why a file is not even looked into."""
    if not data.strip():
        return _refusal(
            file, "", "a transcript", "The file is empty. Export it again.", "transcript.empty"
        )
    if len(data) > MOST_BYTES:
        return _refusal(
            file, f"{len(data):,} bytes", f"at most {MOST_BYTES:,} bytes",
            "That is longer than a school day. Choose the text of one lesson, not its recording.",
            "transcript.too_large",
        )  # fmt: skip
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if data.startswith(_ARCHIVES) or (b"\0" in data and not is_wide):
        return _refusal(
            file, "bytes that are not text", "a transcript as text",
            "Choose the transcript itself: a .vtt, .srt or .csv file, not an archive, document or "
            "recording.", "transcript.not_text",
        )  # fmt: skip
    return None


def _decoded(data: bytes, file: str) -> tuple[str, list[Problem]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").replace("\0", ""), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notice = Problem(
            file, line, "", "", "UTF-8", "It was read as Windows-1252. Look whether names and "
            "accents are right; if not, export it as UTF-8.", "transcript.encoding",
            Severity.NOTICE,
        )  # fmt: skip
        return data.decode("cp1252", "replace"), [notice]


def _about_all(lines: list[Line], file: str) -> list[Problem]:
    """Return what is wrong with the whole."""
    if not lines:
        return [_no_transcript(file)]
    if len(lines) > MOST_LINES:
        return [
            _refusal(file, f"{len(lines):,} lines", f"at most {MOST_LINES:,}",
                     "Choose the transcript of one lesson.", "transcript.too_many_lines")
        ]  # fmt: skip
    named = {line.speaker for line in lines if line.speaker}
    if not named:
        return [
            _refusal(
                file, "", "who speaks: “Teacher: ...”, <v Teacher> or a column speaker",
                "Nobody is named. Turn on speaker names where the transcript is made, or write "
                "“Teacher:” and “Student:” before what each says.", "transcript.no_speakers",
            )
        ]  # fmt: skip
    if len(named) > MOST_SPEAKERS:
        return [
            _refusal(file, f"{len(named):,} speakers", f"at most {MOST_SPEAKERS}",
                     "Look whether each line names its speaker before a colon.",
                     "transcript.too_many_speakers")
        ]  # fmt: skip
    unnamed = sum(not line.speaker for line in lines)
    if not unnamed:
        return []
    return [
        Problem(
            file, 0, "", f"{unnamed:,} of {len(lines):,} lines", "a speaker for each line",
            "A line without a speaker is read as the one before going on.",
            "transcript.speaker_missing", Severity.NOTICE,
        )
    ]  # fmt: skip


def _going_on(lines: list[Line]) -> tuple[Line, ...]:
    """Give a line without a speaker to whoever spoke before; nobody is known before the first."""
    speaker, named = NOBODY, []
    for line in lines:
        speaker = line.speaker or speaker
        named.append(replace(line, speaker=speaker))
    return tuple(named)


def _no_transcript(file: str) -> Problem:
    return _refusal(
        file, "", "a transcript: WebVTT, SubRip, or CSV with the columns speaker and text",
        "Export the transcript as .vtt or .srt, or save a table of who said what as CSV.",
        "transcript.unknown",
    )  # fmt: skip


def _refusal(file: str, found: str, expected: str, advice: str, code: str) -> Problem:
    return Problem(file, 0, "", found, expected, advice, code)
