"""Open folders, archives and files, and refuse the dangerous ones before unpacking anything."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trellis.interchange.problems import Problem, Severity, shorten

MEGABYTE = 1_000_000

# What zipfile and its decompressors raise on damaged archives; not all of it is documented.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError,
    NotImplementedError, ValueError, LookupError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be brought at once.

    Attributes
    ----------
    file_bytes : of one file, unpacked.
    total_bytes : of all files together, unpacked.
    ratio : unpacked to packed size; ordinary CSV stays below 30.
    ratio_from : packed files that unpack to less are never bombs.
    files : number of files.
    """

    file_bytes: int = 400 * MEGABYTE
    total_bytes: int = 1_500 * MEGABYTE
    ratio: int = 150
    ratio_from: int = 10 * MEGABYTE
    files: int = 300


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: the archive it came in (empty when loose), its own name and its bytes."""

    archive: str
    name: str
    data: bytes

    @property
    def shown(self) -> str:
        return f"{self.archive}/{self.name}" if self.archive else self.name


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that could be opened, and why the rest could not."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]


def open_paths(paths: Iterable[Path], limits: Limits) -> Opened:
    """Read folders, archives and files into memory, one level of archives deep."""
    files: list[SourceFile] = []
    problems: list[Problem] = []
    room = limits.total_bytes
    for path in _expanded(paths, problems):
        for found in _open_one(path, limits, room):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                files.append(found)
                room -= len(found.data)
    if len(files) > limits.files:
        problems.append(_too_many(len(files), limits))
        return Opened((), tuple(problems))
    return Opened(tuple(files), tuple(problems))


def _expanded(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
            if not inside:
                problems.append(_whole(path.name, "an empty folder", "files to import",
                                       "Put the files of the district into the folder.",
                                       "package.empty_folder"))  # fmt: skip
            yield from inside
        elif path.is_file():
            yield path
        else:
            problems.append(_whole(str(path), "", "a file or a folder",
                                   "Check the name and the place.",
                                   "package.not_there"))  # fmt: skip


def _open_one(path: Path, limits: Limits, room: int) -> Iterator[SourceFile | Problem]:
    try:
        size = path.stat().st_size
        if size > min(limits.file_bytes, room):
            yield _oversized(path.name, size, limits)
            return
        data = path.read_bytes()
    except OSError as error:
        yield _whole(path.name, error.strerror or "an error", "a file that can be read",
                     "Check that the file may be read and is not on a lost drive.",
                     "package.unreadable")  # fmt: skip
        return
    if path.suffix.lower() == ".zip":
        yield from _open_archive(path.name, data, limits, room, nested=False)
    else:
        yield SourceFile("", path.name, data)


def _open_archive(
    name: str, data: bytes, limits: Limits, room: int, *, nested: bool
) -> Iterator[SourceFile | Problem]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        yield _broken(name, str(error))
        return
    with archive:
        members = [
            m for m in archive.infolist() if not m.is_dir() and not _of_the_system(m.filename)
        ]
        refused = list(_refused_members(name, members, limits, room))
        if refused:
            yield from refused
            return
        for member in members:
            yield from _open_member(archive, member, name, limits, room, nested=nested)


def _open_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: Limits, room: int,
    *, nested: bool,
) -> Iterator[SourceFile | Problem]:  # fmt: skip
    inside = PurePosixPath(member.filename).name
    try:
        with archive.open(member) as stream:
            # Never trust the size that the archive claims for itself.
            data = stream.read(limits.file_bytes + 1)
    except DAMAGE as error:
        yield _broken(f"{name}/{inside}", str(error))
        return
    if len(data) > limits.file_bytes:
        yield _oversized(f"{name}/{inside}", len(data), limits)
    elif not inside.lower().endswith(".zip"):
        yield SourceFile(name, inside, data)
    elif nested:
        yield _whole(f"{name}/{inside}", "an archive in an archive in an archive",
                     "at most one archive inside another", "Unpack it first.",
                     "package.nested")  # fmt: skip
    else:
        yield from _open_archive(f"{name}/{inside}", data, limits, room, nested=True)


def _refused_members(
    name: str, members: list[zipfile.ZipInfo], limits: Limits, room: int
) -> Iterator[Problem]:
    """Judge an archive by its table of contents alone, before a byte is unpacked."""
    if len(members) > limits.files:
        yield _too_many(len(members), limits, name)
    total, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if total > room:
        yield _oversized(name, total, limits)
    elif total > limits.ratio_from and total > limits.ratio * max(packed, 1):
        yield _bomb(name, total, packed, limits)
    seen: set[str] = set()
    for member in members:
        shown = f"{name}/{PurePosixPath(member.filename.replace(chr(92), '/')).name}"
        if _escapes(member.filename):
            yield _whole(name, member.filename, "file names without a path upward",
                         "Pack the files again, flat, without folders.",
                         "package.path")  # fmt: skip
        elif member.file_size > limits.file_bytes:
            yield _oversized(shown, member.file_size, limits)
        elif member.flag_bits & 0x1:
            yield _whole(shown, "a file locked with a password", "a file that can be opened",
                         "Pack it again without a password.", "package.encrypted")  # fmt: skip
        elif shown in seen:
            yield _whole(shown, "a second file of this name", "each file once",
                         "Keep the one that is right.", "package.duplicate_file")  # fmt: skip
        seen.add(shown)


def _escapes(filename: str) -> bool:
    path = PurePosixPath(filename.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in filename


def _of_the_system(filename: str) -> bool:
    parts = PurePosixPath(filename.replace("\\", "/")).parts
    return "__MACOSX" in parts or parts[-1].startswith(".")


def _whole(file: str, found: str, expected: str, advice: str, code: str) -> Problem:
    return Problem(file, 0, "", shorten(found), expected, advice, code)


def _broken(name: str, why: str) -> Problem:
    return _whole(name, f"a damaged archive ({why})", "a zip archive that opens",
                  "Make or download the archive again; it may have been cut off on its way.",
                  "package.broken_zip")  # fmt: skip


def _oversized(name: str, size: int, limits: Limits) -> Problem:
    return _whole(name, f"{size / MEGABYTE:,.1f} MB",
                  f"at most {limits.file_bytes / MEGABYTE:,.0f} MB a file and "
                  f"{limits.total_bytes / MEGABYTE:,.0f} MB together",
                  "Bring one school year at a time.", "package.oversized")  # fmt: skip


def _bomb(name: str, total: int, packed: int, limits: Limits) -> Problem:
    return _whole(name, f"{packed:,} bytes that unpack to {total:,}",
                  f"an archive that unpacks to at most {limits.ratio} times its size",
                  "Nothing was unpacked. If the files are really yours, bring them unpacked.",
                  "package.zip_bomb")  # fmt: skip


def _too_many(found: int, limits: Limits, name: str = "all files") -> Problem:
    return _whole(name, f"{found:,} files", f"at most {limits.files} files",
                  "Bring only the files of the district.", "package.too_many_files")  # fmt: skip


def unused(file: SourceFile, why: str) -> Problem:
    """Say that a file was left aside, so that nothing is dropped in silence."""
    return Problem(file.shown, 0, "", file.name, "a file that Trellis reads", why,
                   "package.unknown_file", Severity.NOTICE)  # fmt: skip
