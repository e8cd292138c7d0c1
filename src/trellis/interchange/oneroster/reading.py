"""Read a bundle from a folder, an archive or files in memory: every file, every column."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import polars as pl

from trellis.interchange.checking import check
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.oneroster import manifest
from trellis.interchange.oneroster.linking import link
from trellis.interchange.oneroster.manifest import Manifest, read_manifest
from trellis.interchange.oneroster.meaning import check_meaning
from trellis.interchange.oneroster.model import Bundle, Part
from trellis.interchange.oneroster.standard import EVERY_FILE, FILES, Mode, Version, spec_of
from trellis.interchange.problems import Problem, Severity, in_order
from trellis.interchange.sources import Limits, SourceFile, open_paths
from trellis.interchange.workroom import Workroom

_FOLDED = {name.lower(): name for name in EVERY_FILE | {"manifest"}}


def read(path: Path, *, limits: Limits | None = None) -> Bundle:
    """Read a bundle that stands alone, and find everything that is wrong with it.

    What cannot be opened gives a bundle without tables; the findings say why.
    """
    opened = open_paths([path], limits or Limits(), streams=_never, room=Workroom())
    loose = [replace(file, archive="") for file in opened.files]
    bundle = read_files(loose)
    findings = [*_here(opened.problems, path), *bundle.findings]
    findings += [*link(bundle), *check_meaning(bundle)]
    return replace(bundle, findings=in_order(findings))


def _never(_name: str, _head: bytes) -> bool:
    """A bundle is read whole: its files name each other."""
    return False


def _here(problems: Iterable[Problem], path: Path) -> list[Problem]:
    """Name files as they stand in the archive that is read, without its own name."""
    return [replace(p, file=p.file.removeprefix(f"{path.name}/")) for p in problems]


def table_of(name: str) -> str | None:
    """Return the table that a file name stands for, also when its case is wrong."""
    path = PurePosixPath(name)
    return _FOLDED.get(path.stem.lower()) if path.suffix.lower() == ".csv" else None


def read_files(files: Sequence[SourceFile]) -> Bundle:
    """Read the files of a bundle, each by itself; what they say together is not checked here."""
    findings: list[Problem] = []
    chosen = _chosen(files, findings)
    said = _manifest(chosen, findings)
    version = said.version or _looks_like(chosen)
    modes: dict[str, Mode] = dict.fromkeys(FILES[version], "absent")
    tables: dict[str, pl.DataFrame] = {}
    parts: dict[str, Part] = {}
    line_end = "\r\n"
    for name, file in chosen.items():
        if name == "manifest":
            line_end = "\r\n" if b"\r\n" in file.data else "\n"
            continue
        mode = said.modes.get(name)
        read_one = _read_one(version, name, mode or "bulk", file)
        findings += read_one.problems
        modes[name] = mode if mode in ("bulk", "delta") else "bulk"
        tables[name] = read_one.rows
        usable = read_one.usable and mode in ("bulk", "delta")
        parts[name] = Part(file.shown, read_one.records, usable, read_one.lost)
    ordered = {name: tables[name] for name in sorted(tables)}
    return Bundle(version, modes, ordered, said.properties, tuple(findings), line_end, parts)


@dataclass(frozen=True, slots=True)
class _ReadOne:
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    records: int
    usable: bool
    lost: frozenset[str]


def _read_one(version: Version, name: str, mode: Mode, file: SourceFile) -> _ReadOne:
    text = read_csv_text(file.data, file.shown)
    checked = check(text, spec_of(version, name, mode), file.shown)
    problems = list(checked.problems)
    if not text.plain:
        problems += _line_breaks(checked.rows, file.shown)
    if name not in FILES[version]:
        problems.append(_of_another_version(file, version))
    named_first = bool(text.header) and text.header[0].strip().lower() == "sourcedid"
    lost = text.lost if named_first else frozenset()
    return _ReadOne(checked.rows, tuple(problems), text.records, checked.usable, lost)


def _line_breaks(rows: pl.DataFrame, file: str) -> Iterable[Problem]:
    for column in rows.select(pl.col(pl.String)).columns:
        broken = rows.filter(pl.col(column).str.contains(r"[\r\n]"))
        for row in broken["row"]:
            yield Problem(
                file, row, column, "a line break inside a cell", "a cell in one line",
                "It was read as it stands. Many readers of OneRoster cannot: leave it out.",
                "csv.field_line_break", Severity.NOTICE,
            )  # fmt: skip


def _chosen(files: Sequence[SourceFile], findings: list[Problem]) -> dict[str, SourceFile]:
    """Choose one file for each table; what is too much or unknown is a finding."""
    chosen: dict[str, SourceFile] = {}
    # The right spelling first, so that it wins over another case of the same name.
    for file in sorted(files, key=lambda file: file.name not in _exact_names()):
        name = table_of(file.name)
        if name is None:
            findings.append(_unknown_file(file))
        elif name in chosen:
            findings.append(_second(file, chosen[name]))
        else:
            chosen[name] = file
            if file.name != f"{name}.csv":
                findings.append(_wrong_case(file, name))
    return chosen


def _exact_names() -> frozenset[str]:
    return frozenset(f"{name}.csv" for name in _FOLDED.values())


def _manifest(chosen: Mapping[str, SourceFile], findings: list[Problem]) -> Manifest:
    present = {name: file.shown for name, file in chosen.items() if name != "manifest"}
    if "manifest" not in chosen:
        findings.append(_no_manifest(next(iter(chosen.values()), None)))
        return Manifest()
    file = chosen["manifest"]
    said = read_manifest(file.data, file.shown, present, _looks_like(chosen))
    findings += said.problems
    return said


def _looks_like(chosen: Mapping[str, SourceFile]) -> Version:
    """Guess the version by what only one of the two has; 1.2 where nothing speaks for 1.1."""
    for name, column in (("users", b"orgSourcedIds"), ("lineItems", b"gradingPeriodSourcedId")):
        if name in chosen and column in chosen[name].data.split(b"\n", 1)[0]:
            return "1.1"
    return "1.2"


def _no_manifest(beside: SourceFile | None) -> Problem:
    archive = beside.archive if beside else ""
    return Problem(
        f"{archive}/{manifest.NAME}" if archive else manifest.NAME, 0, "", "no manifest.csv",
        "a OneRoster manifest",
        "A OneRoster bundle says in manifest.csv which files it holds: export it again, whole.",
        "package.missing_manifest",
    )  # fmt: skip


def near_name(name: str) -> str:
    """Ask whether a file that nobody knows is one of the standard with a slip in its name."""
    if table_of(name):
        return ""
    near = difflib.get_close_matches(PurePosixPath(name).stem.lower(), _FOLDED, 1, 0.7)
    return f" Should it be {_FOLDED[near[0]]}.csv?" if near else ""


def _unknown_file(file: SourceFile) -> Problem:
    like = near_name(file.name)
    return Problem(
        file.shown, 0, "", file.name, "a file of the standard", f"It was left aside.{like}",
        "package.unknown_file", Severity.NOTICE,
    )  # fmt: skip


def _second(file: SourceFile, first: SourceFile) -> Problem:
    return Problem(
        file.shown, 0, "", file.name, "each file once",
        f"{first.name} is the same file and was read. Keep the one that is right.",
        "package.duplicate_file",
    )  # fmt: skip


def _wrong_case(file: SourceFile, name: str) -> Problem:
    return Problem(
        file.shown, 0, "", file.name, f"{name}.csv, in exactly these letters",
        "It was read all the same. Rename the file.", "package.wrong_case", Severity.NOTICE,
    )  # fmt: skip


def _of_another_version(file: SourceFile, version: Version) -> Problem:
    return Problem(
        file.shown, 0, "", file.name, f"the files of OneRoster {version}",
        "The file belongs to another version. It was read; correct the version in the manifest.",
        "package.file_of_other_version", Severity.NOTICE,
    )  # fmt: skip
