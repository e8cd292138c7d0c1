"""Read everything that a district brings at once, and say all that is wrong with it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.aliases import with_one_name
from trellis.interchange.bundle import (
    LEFT_ASIDE,
    OBJECTIVES,
    ONEROSTER,
    SPECS,
    UNKNOWN_LAYOUT,
    DistrictFiles,
    Known,
    ReadFile,
)
from trellis.interchange.case.models import Package
from trellis.interchange.case.objectives import read_case
from trellis.interchange.checking import check
from trellis.interchange.columns import FileSpec
from trellis.interchange.csv_text import NOT_TEXT, read_csv_text
from trellis.interchange.district import STREAMED
from trellis.interchange.headers import forbidden_columns, forbidden_problem
from trellis.interchange.mapping import (
    ColumnMapping,
    best_fit,
    in_the_files_words,
    read_by,
    refused_columns,
    with_test,
)
from trellis.interchange.mapping_proposal import results_in
from trellis.interchange.problems import Problem, Severity, in_order, refuses
from trellis.interchange.records import blocks
from trellis.interchange.references import Ids
from trellis.interchange.registrations import Registration, read_registrations
from trellis.interchange.sources import Limits, SourceFile, no_room, open_paths, unused
from trellis.interchange.streams import read_streamed
from trellis.interchange.student_numbers import (
    SOURCED_ID,
    ByNumber,
    disguised,
    joined,
    numbers_in,
)
from trellis.interchange.together import (
    check_together,
    ids_of,
    names_known,
    unknowable_kinds,
    with_bundle,
    with_counts,
)
from trellis.interchange.workroom import NoRoomError, Workroom

USERS = f"{ONEROSTER}users"
# So much of a file in an unknown layout is looked at.
SAMPLE_BYTES = 1_000_000


def read_district(
    paths: Iterable[Path],
    *,
    known: Known | None = None,
    limits: Limits | None = None,
    workplace: Path | None = None,
) -> DistrictFiles:
    """Read folders, archives and files; every problem is listed.

    Parameters
    ----------
    known : without it the files are judged alone: what only the platform knows is no problem.
    workplace : where folders for what is too large for memory are made, and removed again.
    """
    room = Workroom(workplace)
    streams = partial(_may_be_large, known=known or Known())
    opened = open_paths(paths, limits or Limits(), streams=streams, room=room)
    reading = _Reading(known or Known(), room, problems=list(opened.problems))
    for group in _by_archive(opened.files):
        reading.take(group)
    if not opened.files and not opened.problems:
        reading.problems.append(_nothing())
    files = with_one_name(reading.with_streams(reading.files_of(known)))
    problems = [*files.problems, *check_together(files)]
    if reading.bundle is not None:
        problems += oneroster.link(reading.bundle, names_known(known))
        problems += oneroster.check_meaning(reading.bundle)
    return with_counts(replace(files, problems=in_order(problems)))


@dataclass(slots=True)
class _Reading:
    """The state of one reading: tables as they come in, problems as they are found."""

    known: Known
    room: Workroom
    problems: list[Problem]
    bundle: oneroster.Bundle | None = None
    mapped: dict[str, ColumnMapping] = field(default_factory=dict)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    streams: dict[str, SourceFile] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    reviews: tuple[Registration, ...] = ()
    standards: Package | None = None
    files: list[ReadFile] = field(default_factory=list)

    def take(self, group: Sequence[SourceFile]) -> None:
        with_manifest = any(oneroster.table_of(file.name) == "manifest" for file in group)
        bundle = [file for file in group if _is_oneroster(file, with_manifest=with_manifest)]
        if bundle:
            self._take_bundle(bundle)
        for file in group:
            if file not in bundle:
                self._take_loose(file)

    def _take_bundle(self, files: Sequence[SourceFile]) -> None:
        read = oneroster.read_files(files)
        self.problems += read.findings
        records = {part.file: part.records for part in read.parts.values()}
        for file in files:
            self._note(file, records.get(file.shown, 0))
        self.bundle = read if self.bundle is None else self._joined(self.bundle, read)

    def _joined(self, one: oneroster.Bundle, other: oneroster.Bundle) -> oneroster.Bundle:
        """Join two archives that were brought together, such as a roster and its gradebook."""
        for name in one.tables.keys() & other.tables.keys():
            self.problems.append(_second(other.parts[name].file, one.parts[name].file))
        said = {name: mode for name, mode in other.modes.items() if mode != "absent"}
        return replace(
            one,
            tables={**other.tables, **one.tables},
            parts={**other.parts, **one.parts},
            modes={**other.modes, **one.modes, **{n: m for n, m in said.items()
                                                  if one.modes.get(n, "absent") == "absent"}},
        )  # fmt: skip

    def _take_loose(self, file: SourceFile) -> None:
        stem = _stem(file.name)
        if stem == OBJECTIVES:
            objectives = read_case(file.data, file.shown)
            usable = not refuses(objectives.problems)
            self.problems += objectives.problems
            self.standards = objectives.package
            self._keep(file, OBJECTIVES, objectives.rows, objectives.rows.height, usable=usable)
        elif stem == "reviews" and file.name.endswith(".json"):
            registrations = read_registrations(file.data, file.shown)
            self.reviews = registrations.reviews
            self.problems += registrations.problems
            self._note(file, len(registrations.reviews))
            self.sources["reviews"] = file.shown
        elif name := _district_table(file.name, file.head()):
            self._take_csv(file, name, SPECS[name])
        elif file.name.lower().endswith(".csv"):
            self._take_unknown(file)
        else:
            self.problems.append(unused(file, LEFT_ASIDE))

    def _take_csv(self, file: SourceFile, name: str, spec: FileSpec) -> None:
        if name in self.sources:
            self.problems.append(_second(file.shown, self.sources[name]))
            return
        if name in STREAMED:
            # Read when the names of the other files are known; it may be too large to keep.
            self.streams[name], self.sources[name] = file, file.shown
            return
        text = read_csv_text(file.data, file.shown)
        checked = check(text, spec, file.shown)
        self.problems += checked.problems
        self._keep(file, name, checked.rows, text.records, usable=checked.usable)

    def _keep(
        self, file: SourceFile, name: str, rows: pl.DataFrame, records: int, *, usable: bool
    ) -> None:
        self.tables[name], self.sources[name] = rows, file.shown
        if not usable:
            self.withheld.add(name)
        self._note(file, records)

    def _take_unknown(self, file: SourceFile) -> None:
        """Read a file in a vendor's layout by the mapping that fits, or leave it aside, said."""
        text = read_csv_text(_first_records(file.head(SAMPLE_BYTES)), file.shown)
        if any(problem.code == NOT_TEXT for problem in text.problems):
            self.problems += text.problems
            return
        if found := _mapping_for(text.header, self.known):
            self._take_mapped(file, *found)
            return
        proposal = results_in(text)
        banned = refused_columns(text.header) if proposal else forbidden_columns(text.header)
        self.problems += [forbidden_problem(file.shown, name) for name in banned]
        why = f"{LEFT_ASIDE}{oneroster.near_name(file.name)}"
        self.problems.append(_unknown_layout(file) if proposal else unused(file, why))

    def _take_mapped(self, file: SourceFile, name: str, mapping: ColumnMapping) -> None:
        table = mapping.table
        if table in self.sources:
            self.problems.append(_second(file.shown, self.sources[table]))
            return
        self.mapped[table] = with_test(mapping, name)
        self.problems.append(read_by(file.shown, name))
        self.streams[table], self.sources[table] = file, file.shown

    def with_streams(self, files: DistrictFiles) -> DistrictFiles:
        """Read what may be too large for memory, now that the names of the rest are known."""
        ids, unknowable = ids_of(files), unknowable_kinds(files)
        found: list[Problem] = []
        streamed = {}
        for name, file in self.streams.items():
            mapping = self.mapped.get(name)
            by_number = self._by_number(mapping, files, ids)
            with ThreadPoolExecutor(1) as pool:
                digest = pool.submit(file.sha256)
                try:
                    read = read_streamed(
                        file, SPECS[name], ids=ids, unknowable=unknowable, room=self.room,
                        mapping=mapping, by_number=by_number,
                    )  # fmt: skip
                except NoRoomError as error:
                    found.append(no_room(file.shown, str(error)))
                    continue
            found += in_the_files_words(read.problems, mapping) if mapping else read.problems
            streamed[name] = read
            self.files.append(ReadFile(file.shown, digest.result(), file.size, read.read))
        return replace(
            files,
            streamed=streamed,
            files=tuple(self.files),
            problems=(*files.problems, *found),
            content_hash=_content_hash(self.files, self.mapped.values()),
        )

    def _by_number(
        self, mapping: ColumnMapping | None, files: DistrictFiles, ids: Ids
    ) -> ByNumber | None:
        """Return how a vendor's file names students, where it is not by `sourcedId`."""
        if not mapping or mapping.student_kind == SOURCED_ID:
            return None
        known = self.known.numbers()
        if USERS in files.tables and USERS not in files.withheld:
            users = files.tables[USERS]
            said = disguised(numbers_in(users, ids.get("student", set())), self.known.disguise)
            known = joined(said, known, users=set(users["sourcedId"].drop_nulls().to_list()))
        return ByNumber(mapping.student_kind, known, self.known.disguise)

    def _note(self, file: SourceFile, rows: int) -> None:
        self.files.append(ReadFile(file.shown, file.sha256(), file.size, rows))

    def files_of(self, known: Known | None) -> DistrictFiles:
        """Return what was read; of the bundle only what may be kept goes on from here."""
        files = DistrictFiles(
            tables=self.tables,
            modes=dict.fromkeys(self.tables, "bulk"),
            sources=self.sources,
            reviews=self.reviews,
            files=tuple(self.files),
            problems=tuple(self.problems),
            streamed={},
            content_hash="",
            withheld=frozenset(self.withheld),
            mapped=self.mapped,
            known=known,
            standards=self.standards,
        )
        return files if self.bundle is None else with_bundle(files, oneroster.kept(self.bundle))


def _by_archive(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    groups: dict[str, list[SourceFile]] = {}
    for file in files:
        groups.setdefault(file.archive, []).append(file)
    yield from groups.values()


def _is_oneroster(file: SourceFile, *, with_manifest: bool) -> bool:
    """Recognize a file of a bundle by name and header: `resources.csv` exists in both worlds."""
    name = oneroster.table_of(file.name)
    if name is None or name == "manifest":
        return name is not None
    ours_too = name in SPECS or not with_manifest
    return not ours_too or b"sourcedid" in file.head(300).lower()


def _may_be_large(name: str, head: bytes, known: Known) -> bool:
    """Tell whether a file is read piece by piece: results, also in a layout not known yet."""
    if not name.lower().endswith(".csv") or oneroster.table_of(name):
        return False
    if table := _district_table(name, head):
        return table in STREAMED
    found = _mapping_for(_header(name, head), known)
    return found is None or found[1].table in STREAMED


def _mapping_for(header: tuple[str, ...], known: Known) -> tuple[str, ColumnMapping] | None:
    """Return the mapping that was chosen, else the one that fits best, with its name."""
    chosen = known.mappings.get(known.mapping)
    return (known.mapping, chosen) if chosen else best_fit(known.mappings, header)


def _first_records(head: bytes) -> bytes:
    """Cut the beginning of a file where a record ends."""
    return head if len(head) < SAMPLE_BYTES else next(blocks(BytesIO(head)))


def _header(name: str, head: bytes) -> tuple[str, ...]:
    return read_csv_text(head.split(b"\n")[0], name).header


def _district_table(name: str, head: bytes) -> str | None:
    """Recognize a district's file by its name, else by exactly the right header."""
    if not name.lower().endswith(".csv"):
        return None
    stem = _stem(name).lower()
    if stem in SPECS:
        return stem
    header = set(_header(name, head))
    return next(
        (name for name, spec in SPECS.items() if set(spec.needed) <= header <= set(spec.names)),
        None,
    )


def _stem(name: str) -> str:
    return Path(name).stem


def _content_hash(files: Sequence[ReadFile], mappings: Iterable[ColumnMapping]) -> str:
    """Name what was brought: the files, and the mappings that say what they mean."""
    lines = sorted(f"{Path(file.name).name} {file.sha256}" for file in files)
    lines += sorted(mapping.model_dump_json() for mapping in mappings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _second(file: str, first: str) -> Problem:
    return Problem(
        file, 0, "", file, "each kind of file once", f"{first} is of the same kind; "
        "bring them one after the other.", "package.duplicate_file",
    )  # fmt: skip


def _unknown_layout(file: SourceFile) -> Problem:
    return Problem(
        file.shown, 0, "", file.name, "a layout that Trellis knows",
        "It looks like results of a test. Say once what its columns mean: on the page of this "
        "import, or with a mapping that another district shares.", UNKNOWN_LAYOUT,
        Severity.NOTICE,
    )  # fmt: skip


def _nothing() -> Problem:
    return Problem(
        "", 0, "", "", "files to import", "Choose the files of the district.", "package.nothing"
    )
