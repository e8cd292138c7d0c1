"""Say what a file or folder is, and everything that is wrong with it; needs no platform."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from trellis.interchange.bundle import OBJECTIVES, ONEROSTER, UNKNOWN_LAYOUT, DistrictFiles
from trellis.interchange.case.item_csv import About, read_items, simplified
from trellis.interchange.case.read import CaseRead, read_package
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.oneroster import Bundle
from trellis.interchange.problems import Problem, in_order
from trellis.interchange.reading import read_district
from trellis.interchange.transcript_rows import is_table_of_talk
from trellis.interchange.transcripts import MOST_BYTES, read_transcript

# Findings of what could not even be opened.
CLOSED = frozenset(
    {f"package.{why}" for why in ("broken_zip", "not_there", "unreadable", "nothing",
                                  "empty_folder", "encrypted")}
    | {"csv.not_text", "transcript.not_text"}
)  # fmt: skip
UNKNOWN = "nothing that Trellis reads"


@dataclass(frozen=True, slots=True)
class Identified:
    """What a file or folder turned out to be.

    Attributes
    ----------
    kinds : each thing that is in it, in words; empty if it could not be opened.
    rows : rows of all files that were read.
    unused : every error stands in a file of which Trellis keeps nothing.
    findings : every departure, with files named as they stand inside of what was looked at.
    """

    kinds: tuple[str, ...]
    files: int
    rows: int
    findings: tuple[Problem, ...]
    unused: bool = False


def identify(path: Path) -> Identified:
    """Look at a file, an archive or a folder."""
    alone = _framework(path) or _transcript(path)
    if alone is not None:
        return alone
    read = read_district([path])
    findings = tuple(_inside(problem, path) for problem in read.problems)
    if _is_binary(path):
        return Identified((), 0, 0, (_not_text(path),))
    if not _opened(read):
        return Identified((), 0, 0, findings)
    kinds = tuple(_kinds(read)) or (UNKNOWN,)
    rows = sum(file.rows for file in read.files)
    return Identified(kinds, len(read.files), rows, findings, read.wrong_only_where_unused)


def _opened(read: DistrictFiles) -> bool:
    """Ask whether anything could be read: one closed file among others is a finding."""
    closed = {problem.file for problem in read.problems if problem.code in CLOSED}
    open_file = any(file.name not in closed for file in read.files)
    return open_file or any(problem.code not in CLOSED for problem in read.problems)


def _inside(problem: Problem, path: Path) -> Problem:
    """Name files as they stand in the archive that is looked at, without its own name."""
    return replace(problem, file=problem.file.removeprefix(f"{path.name}/"))


def _is_binary(path: Path) -> bool:
    """Tell a picture or a program from a file of text with a name that nobody knows."""
    if path.suffix.lower() in (".csv", ".zip") or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            return b"\0" in stream.read(4096)
    except OSError:
        return False


def _not_text(path: Path) -> Problem:
    return Problem(
        path.name, 0, "", "bytes that are not text", "a zip archive, CSV or JSON",
        "Choose the export itself; a spreadsheet is saved as “CSV UTF-8” first.",
        "package.unreadable",
    )  # fmt: skip


def _kinds(read: DistrictFiles) -> list[str]:
    kinds = [_bundle_words(read.bundle)] if read.bundle is not None else []
    if OBJECTIVES in read.sources:
        kinds.append("a CASE package of learning objectives")
    names = (n for n in read.sources if ONEROSTER not in n and n not in (OBJECTIVES, "reviews"))
    own = sorted(names)
    if own:
        kinds.append(f"files of a district: {', '.join(own)}")
    if "reviews" in read.sources:
        kinds.append("registered reviews of programs")
    if any(p.code == UNKNOWN_LAYOUT for p in read.problems):
        kinds.append("results of a test in a vendor's layout")
    return kinds


def _bundle_words(bundle: Bundle) -> str:
    said = Counter(mode for mode in bundle.modes.values() if mode != "absent")
    modes = " and ".join(sorted(said)) or "no data files"
    return f"a OneRoster {bundle.version} bundle ({modes})"


def _framework(path: Path) -> Identified | None:
    """Return what a CASE package in JSON or CSV says, or None if the file is something else."""
    suffix = path.suffix.lower()
    if suffix not in (".json", ".csv") or path.stem == "reviews" or not path.is_file():
        return None
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if suffix == ".json":
        return _told(read_package(data, path.name))
    header = {simplified(name) for name in read_csv_text(data.split(b"\n")[0], "").header}
    if not {"identifier", "fullstatement"} <= header:
        return None
    return _told(read_items(data, path.name, About(path.stem, path.stem)))


def _transcript(path: Path) -> Identified | None:
    """Return what a lesson's transcript says, or None if the file is something else."""
    suffix = path.suffix.lower()
    if suffix not in (".vtt", ".srt", ".csv") or not path.is_file():
        return None
    try:
        # One byte more than is read: enough to say that it is too large.
        data = path.open("rb").read(MOST_BYTES + 1)
    except OSError:
        return None
    if suffix == ".csv" and not is_table_of_talk(data):
        return None
    read = read_transcript(data, path.name)
    if not read.kind:
        opened = any(problem.code not in CLOSED for problem in read.problems)
        return Identified((UNKNOWN,) if opened else (), 1, 0, read.problems)
    speakers = len(read.speakers)
    said = f"a lesson's transcript in {read.kind}, {speakers} speaker{'' if speakers == 1 else 's'}"
    return Identified((said,), 1, len(read.lines), read.problems)


def _told(read: CaseRead) -> Identified:
    findings = in_order(read.problems)
    if read.package is None:
        return Identified((UNKNOWN,), 1, 0, findings)
    title, version = read.package.CFDocument.title, read.version or "1.0"
    items = len(read.package.CFItems or ())
    return Identified((f"a CASE {version} package: {title}",), 1, items, findings)
