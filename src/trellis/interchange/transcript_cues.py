"""Split the text of captions (WebVTT, SubRip) into lines with speaker and times.

References: WebVTT, W3C Candidate Recommendation 2019, sections 4 and 6; SubRip has no standard, so
what players accept is read: numbers or none, comma or dot, hours or none.
"""

import html
import re
from dataclasses import dataclass

from trellis.diagnosis.talk.lines import Line
from trellis.interchange.problems import Problem, Severity, shorten

_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?"
_ARROW = re.compile(rf"^\s*({_TIME})\s*--+>\s*({_TIME})(?:\s+.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>\n]{1,200})>")
_TAG = re.compile(r"</?[A-Za-z0-9][^>\n]{0,200}>|\{\\[^}\n]{0,200}\}")
_NOT_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")
# "Teacher:", "Ms. Ruiz:", "SPEAKER_01:", ">> Maya:", "[Student 2]:"; no sentence, no time.
_NAMED = re.compile(
    r"^\s*(?:>>\s*|-\s+)?[\[(]?([^\W\d_][\w.'\u2019#&/ -]{0,48}?)[\])]?\s*(?:\([^)\n]{0,40}\))?\s*"
    r":(?=\s|$)\s*"
)
MOST_WORDS_OF_A_NAME = 5


@dataclass(frozen=True, slots=True)
class _Cue:
    line: int
    start: float
    end: float
    text: str


def read_cues(text: str, file: str) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a caption file and what departs from the format, by its line."""
    problems: list[Problem] = []
    lines: list[Line] = []
    before = 0.0
    for cue in _cues(text, file, problems):
        end = cue.end
        if end < cue.start:
            problems.append(_notice(file, cue.line, f"ends {cue.start - end:.1f} s early",
                                    "an end after its start", "It counts as without length.",
                                    "transcript.times_backward"))  # fmt: skip
            end = cue.start
        if cue.start < before - 60:
            problems.append(_notice(file, cue.line, "an earlier time than the cue before",
                                    "cues in the order of time", "Read in the order of the file.",
                                    "transcript.out_of_order"))  # fmt: skip
        before = cue.start
        lines += _spoken(cue, end)
    return lines, problems


def seconds_of(said: str) -> float:
    """Return the seconds that a time such as 01:02:03.500, 2:03,5 or 3.5 says.

    Raises
    ------
    ValueError
        if it is no time
    """
    total = 0.0
    for part in said.strip().replace(",", ".").split(":"):
        value = float(part)
        if not 0 <= value < 1e6:  # also refuses nan
            raise ValueError(f"{said!r} is no time")
        total = 60 * total + value
    return round(total, 6)  # 2:49.205 is 169.205, whatever the binary sum is


def speaker_and_text(said: str) -> tuple[str, str]:
    """Split "Teacher: Good morning" into speaker and text; the speaker is empty without one."""
    found = _NAMED.match(said)
    if not found or len(found.group(1).split()) > MOST_WORDS_OF_A_NAME:
        return "", said.strip()
    return " ".join(found.group(1).split()), said[found.end() :].strip()


def _cues(text: str, file: str, problems: list[Problem]) -> list[_Cue]:
    cues: list[_Cue] = []
    for number, block in _blocks(text):
        place = next((i for i, line in enumerate(block) if "-->" in line), None)
        if place is None:
            if not block[0].startswith(_NOT_CUES) and not "".join(block).strip().isdigit():
                problems.append(_notice(file, number, block[0], "a time line before what is said",
                                        "Left aside.", "transcript.no_times"))  # fmt: skip
            continue
        found = _ARROW.match(block[place])
        if not found:
            problems.append(
                _notice(file, number + place, block[place], "times: 00:01:02.500 --> 00:01:04",
                        "What it says is left out.", "transcript.times_unread")
            )  # fmt: skip
            continue
        start, end = map(seconds_of, found.groups())
        cues.append(_Cue(number + place, start, end, "\n".join(block[place + 1 :])))
    return cues


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Return the number of the first line and the lines of each block between blank lines.

    A second time line begins a block of its own: SubRip files lose their blank lines.
    """
    blocks: list[tuple[int, list[str]]] = []
    current: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        timed = "-->" in line and any("-->" in before for before in current)
        if current and (not line.strip() or timed):
            kept = current[:-1] if timed and current[-1].strip().isdigit() else current
            blocks.append((number - len(current), kept))
            current = []
        if line.strip():
            current.append(line)
    return blocks


def _spoken(cue: _Cue, end: float) -> list[Line]:
    """Return one line for each speaker within a cue; its time is shared by their words."""
    parts = [(who, said) for who, said in _voices(cue.text) if said]
    total = sum(len(said) for _, said in parts)
    lines, at = [], cue.start
    for who, said in parts:
        until = at + (end - cue.start) * len(said) / total
        lines.append(Line(who, said, at, until))
        at = until
    if lines:  # what is added up in pieces ends where the cue ends
        lines[-1] = Line(lines[-1].speaker, lines[-1].text, lines[-1].start, end)
    return lines


def _voices(text: str) -> list[tuple[str, str]]:
    """Return who says what in a cue: by voice tags, else by names before a colon."""
    pieces = _VOICE.split(text)
    if len(pieces) > 1:
        before = [("", _clean(pieces[0]))]
        pairs = zip(pieces[1::2], pieces[2::2], strict=True)
        return [*before, *((_clean(who), _clean(said)) for who, said in pairs)]
    voices: list[tuple[str, str]] = []
    for line in text.split("\n"):
        who, said = speaker_and_text(_clean(line))
        if voices and not who:
            voices[-1] = (voices[-1][0], f"{voices[-1][1]} {said}".strip())
        else:
            voices.append((who, said))
    return voices


def _clean(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def _notice(file: str, line: int, found: str, expected: str, advice: str, code: str) -> Problem:
    return Problem(file, line, "", shorten(found), expected, advice, code,
                   Severity.NOTICE)  # fmt: skip
