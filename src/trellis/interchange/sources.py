"""Open folders, archives and files, and refuse the dangerous ones before unpacking anything."""

import errno
import hashlib
import io
import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from trellis.interchange.problems import Problem, Severity, shorten
from trellis.interchange.workroom import NoRoomError, Workroom

MEGABYTE = 1_000_000
# Enough for any header line that makes sense.
HEAD_BYTES = 16_384
# Members of an archive up to this size are unpacked into memory, larger ones onto the disk.
IN_MEMORY_BYTES = 32 * MEGABYTE
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

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
    file_bytes : of one file that is read whole, unpacked.
    total_bytes : of all files that are read whole, unpacked.
    streamed_bytes : of one file that is read piece by piece, unpacked, and of all of them.
    ratio : unpacked to packed size; ordinary CSV stays below 30.
    ratio_from : packed files that unpack to less are never bombs.
    files : number of files.
    """

    file_bytes: int = 400 * MEGABYTE
    total_bytes: int = 1_500 * MEGABYTE
    streamed_bytes: int = 20_000 * MEGABYTE
    ratio: int = 150
    ratio_from: int = 10 * MEGABYTE
    files: int = 300


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: the archive it came in (empty when loose), its own name and where its bytes are.

    Attributes
    ----------
    content : the bytes, or the file on the disk that holds them.
    streamed : it may be too large for memory, and is read piece by piece.
    """

    archive: str
    name: str
    content: bytes | Path
    streamed: bool = False

    @property
    def shown(self) -> str:
        return f"{self.archive}/{self.name}" if self.archive else self.name

    @property
    def size(self) -> int:
        if isinstance(self.content, bytes):
            return len(self.content)
        return self.content.stat().st_size

    @property
    def data(self) -> bytes:
        """Everything at once; not for files that are streamed."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()

    def open(self) -> io.BufferedIOBase:
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return self.content.open("rb")

    def head(self, size: int = HEAD_BYTES) -> bytes:
        with self.open() as stream:
            return stream.read(size)

    def sha256(self) -> str:
        with self.open() as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that could be opened, and why the rest could not."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]


# Tells from the name of a file and its first bytes whether it is read piece by piece.
Streams = Callable[[str, bytes], bool]


def open_paths(
    paths: Iterable[Path], limits: Limits, *, streams: Streams, room: Workroom
) -> Opened:
    """Open folders, archives and files, one level of archives deep.

    Loose files stay where they are until somebody reads them; large members of an archive are
    unpacked into the workroom.
    """
    opening = _Opening(limits, streams, room)
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for path in _expanded(paths, problems):
        for found in opening.open(path):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                files.append(found)
    if len(files) > limits.files:
        problems.append(_too_many(len(files), limits))
        return Opened((), tuple(problems))
    return Opened(tuple(files), tuple(problems))


def _expanded(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            there = sorted(p for p in path.iterdir() if not _of_the_system(p.name))
            inside = [p for p in there if p.is_file()]
            problems += [_unopened_folder(path, p.name) for p in there if p.is_dir()]
            if not inside:
                problems.append(_whole(path.name, "a folder without files", "files to import",
                                       "Put the files of the district into the folder.",
                                       "package.empty_folder"))  # fmt: skip
            yield from inside
        elif path.is_file():
            yield path
        else:
            problems.append(_whole(str(path), "", "a file or a folder",
                                   "Check the name and the place.",
                                   "package.not_there"))  # fmt: skip


class _Opening:
    """The opening of all paths: what room is left for files read whole, and for streamed ones."""

    def __init__(self, limits: Limits, streams: Streams, room: Workroom) -> None:
        self.limits = limits
        self.streams = streams
        self.room = room
        self.whole_left = limits.total_bytes
        self.streamed_left = limits.streamed_bytes

    def open(self, path: Path) -> Iterator[SourceFile | Problem]:
        if path.suffix.lower() == ".zip":
            yield from self._archive(path.name, path, nested=False)
            return
        try:
            file = SourceFile("", path.name, path)
            yield self._accepted(replace(file, streamed=self.streams(file.name, file.head())))
        except OSError as error:
            yield _whole(path.name, error.strerror or "an error", "a file that can be read",
                         "Check that the file may be read and is not on a lost drive.",
                         "package.unreadable")  # fmt: skip

    def _accepted(self, file: SourceFile) -> SourceFile | Problem:
        """Take a file into account, or refuse it for its size."""
        if file.size > self._most(streamed=file.streamed):
            return _oversized(file.shown, file.size, self.limits)
        if file.streamed:
            self.streamed_left -= file.size
        else:
            self.whole_left -= file.size
        return file

    def _most(self, *, streamed: bool) -> int:
        whole = min(self.limits.file_bytes, self.whole_left)
        return self.streamed_left if streamed else whole

    def _archive(
        self, name: str, content: Path | bytes, *, nested: bool
    ) -> Iterator[SourceFile | Problem]:
        try:
            source = io.BytesIO(content) if isinstance(content, bytes) else content
            archive = zipfile.ZipFile(source)
        except DAMAGE as error:
            yield _broken(name, str(error))
            return
        with archive:
            members = [
                m for m in archive.infolist() if not m.is_dir() and not _of_the_system(m.filename)
            ]
            refused = list(
                _refused_members(
                    name, members, self.limits, self.whole_left,
                    lambda member: self._is_streamed(archive, member),
                )
            )  # fmt: skip
            if refused:
                yield from refused
                return
            yield from _folders(name, members)
            for member in members:
                yield from self._member(archive, member, name, nested=nested)

    def _is_streamed(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
        try:
            with archive.open(member) as stream:
                return self.streams(PurePosixPath(member.filename).name, stream.read(HEAD_BYTES))
        except DAMAGE:
            return False

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, *, nested: bool
    ) -> Iterator[SourceFile | Problem]:
        inside = PurePosixPath(member.filename).name
        shown = f"{name}/{inside}"
        try:
            with archive.open(member) as stream:
                head = stream.read(HEAD_BYTES)
                streamed = self.streams(inside, head)
                unpacked = self._unpacked(head, stream, member, shown, streamed=streamed)
        except NoRoomError as error:
            yield no_room(shown, str(error))
            return
        except DAMAGE as error:
            yield _broken(shown, str(error))
            return
        if isinstance(unpacked, Problem):
            yield unpacked
        elif not inside.lower().endswith(".zip"):
            yield self._accepted(SourceFile(name, inside, unpacked, streamed))
        elif nested:
            yield _whole(shown, "an archive in an archive in an archive",
                         "at most one archive inside another", "Unpack it first.",
                         "package.nested")  # fmt: skip
        else:
            yield from self._archive(shown, unpacked, nested=True)

    def _unpacked(
        self, head: bytes, stream: IO[bytes], member: zipfile.ZipInfo, shown: str, *, streamed: bool
    ) -> bytes | Path | Problem:
        """Unpack a member, counting what comes out: what it claims for itself is not trusted."""
        most = self._most(streamed=streamed)
        if member.file_size > most:
            return _oversized(shown, member.file_size, self.limits)
        bomb = max(self.limits.ratio_from, self.limits.ratio * max(member.compress_size, 1))
        if member.file_size <= IN_MEMORY_BYTES:
            data = head + stream.read(min(most, bomb) + 1 - len(head))
            return self._too_large(shown, len(data), member, most, bomb) or data
        path = self.room.new_file()
        if shutil.disk_usage(path.parent).free < member.file_size:
            return no_room(shown, "No space left on device")
        size = 0
        try:
            with path.open("wb") as kept:
                for piece in _pieces(head, stream):
                    size += len(piece)
                    if size > min(most, bomb):
                        break
                    kept.write(piece)
        except OSError as error:
            if error.errno in NO_SPACE:
                return no_room(shown, str(error.strerror))
            raise
        return self._too_large(shown, size, member, most, bomb) or path

    def _too_large(
        self, shown: str, size: int, member: zipfile.ZipInfo, most: int, bomb: int
    ) -> Problem | None:
        if size > bomb:
            return _bomb(shown, size, member.compress_size, self.limits)
        return _oversized(shown, size, self.limits) if size > most else None


def _pieces(head: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    yield head
    while piece := stream.read(MEGABYTE):
        yield piece


def _refused_members(
    name: str, members: list[zipfile.ZipInfo], limits: Limits, room: int,
    is_streamed: Callable[[zipfile.ZipInfo], bool],
) -> Iterator[Problem]:  # fmt: skip
    """Judge an archive by its table of contents alone, before more than a header is unpacked."""
    if len(members) > limits.files:
        yield _too_many(len(members), limits, name)
    total, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if total > room and sum(m.file_size for m in members if not is_streamed(m)) > room:
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
        elif member.file_size > limits.file_bytes and not is_streamed(member):
            yield _oversized(shown, member.file_size, limits)
        elif member.flag_bits & 0x1:
            yield _whole(shown, "a file locked with a password", "a file that can be opened",
                         "Pack it again without a password.", "package.encrypted")  # fmt: skip
        elif shown in seen:
            yield _whole(shown, "a second file of this name", "each file once",
                         "Keep the one that is right.", "package.duplicate_file")  # fmt: skip
        seen.add(shown)


def _folders(name: str, members: list[zipfile.ZipInfo]) -> Iterator[Problem]:
    """Say once of each folder of an archive that its files were read as if they stood outside."""
    inside: dict[str, int] = {}
    for member in members:
        path = PurePosixPath(member.filename)
        if len(path.parts) > 1:
            inside[str(path.parent)] = inside.get(str(path.parent), 0) + 1
    for folder, files in inside.items():
        count = "1 file" if files == 1 else f"{files:,} files"
        yield Problem(
            name, 0, "", shorten(f"{folder}/ with {count}"), "files at the root of the archive",
            "They were read all the same. Other readers may not find them: pack the files, not "
            "the folder they lie in.", "package.subfolder", Severity.NOTICE,
        )  # fmt: skip


def _unopened_folder(path: Path, inside: str) -> Problem:
    return Problem(
        f"{path.name}/{inside}", 0, "", f"{inside}/, a folder in the folder",
        "files in the folder itself",
        "It was not looked into. Bring it by itself, or move its files up.",
        "package.subfolder", Severity.NOTICE,
    )  # fmt: skip


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
                  f"{limits.total_bytes / MEGABYTE:,.0f} MB together; of test results "
                  f"{limits.streamed_bytes / MEGABYTE:,.0f} MB",
                  "Bring one school year at a time.", "package.oversized")  # fmt: skip


def no_room(file: str, why: str) -> Problem:
    """Say that the disk of Trellis did not take what is too large for memory."""
    return _whole(file, why, "a disk with room for what is read",
                  "Nothing was changed. Make room on the disk of Trellis, then bring it again.",
                  "package.no_space")  # fmt: skip


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
