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

# Findings of what could not even be opened.
CLOSED = frozenset(
    {f"package.{why}" for why in ("broken_zip", "not_there", "unreadable", "nothing",
                                  "empty_folder", "encrypted")} | {"csv.not_text"}
)  # fmt: skip
UNKNOWN = "nothing that Trellis reads"


@dataclass(frozen=True, slots=True)
class Identified:
    """What a file or folder turned out to be.

    Attributes
    ----------
    kinds : each thing that is in it, in words; empty if it could not be opened.
    rows : rows of all files that were read.
    findings : every departure, with files named as they stand inside of what was looked at.
    """

    kinds: tuple[str, ...]
    files: int
    rows: int
    findings: tuple[Problem, ...]


def identify(path: Path) -> Identified:
    """Look at a file, an archive or a folder."""
    framework = _framework(path)
    if framework is not None:
        return framework
    read = read_district([path])
    findings = tuple(_inside(problem, path) for problem in read.problems)
    if _is_binary(path):
        return Identified((), 0, 0, (_not_text(path),))
    opened = read.files or any(p.code not in CLOSED for p in findings)
    if not opened or (findings and all(p.code in CLOSED for p in findings)):
        return Identified((), 0, 0, findings)
    kinds = tuple(_kinds(read)) or (UNKNOWN,)
    rows = sum(file.rows for file in read.files)
    return Identified(kinds, len(read.files), rows, findings)


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


def _told(read: CaseRead) -> Identified:
    findings = in_order(read.problems)
    if read.package is None:
        return Identified((UNKNOWN,), 1, 0, findings)
    title, version = read.package.CFDocument.title, read.version or "1.0"
    items = len(read.package.CFItems or ())
    return Identified((f"a CASE {version} package: {title}",), 1, items, findings)
