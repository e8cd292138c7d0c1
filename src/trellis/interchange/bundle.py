"""Read everything that a district brings at once, and say all that is wrong with it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.case.models import Package
from trellis.interchange.case.objectives import read_case
from trellis.interchange.columns import (
    FileSpec,
    check,
    forbidden_columns,
    forbidden_problem,
    no_rows,
)
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.district import DISTRICT_FILES, STREAMED
from trellis.interchange.mapping import (
    ColumnMapping,
    apply_mapping,
    best_fit,
    in_the_files_words,
    read_by,
    refused_columns,
)
from trellis.interchange.mapping_proposal import results_in
from trellis.interchange.oneroster import Mode
from trellis.interchange.problems import Problem, Severity, in_order, refuses
from trellis.interchange.records import blocks, endless
from trellis.interchange.references import Ids, dangling, defined_ids
from trellis.interchange.registrations import Registration, read_registrations
from trellis.interchange.roster import check_staff
from trellis.interchange.separation import kept_apart
from trellis.interchange.sources import Limits, SourceFile, open_paths, unused
from trellis.interchange.streams import Streamed, endless_problem, read_streamed
from trellis.interchange.workroom import Workroom

ONEROSTER = "oneroster/"
OBJECTIVES = "learning_objectives"
# So much of a file in an unknown layout is looked at.
SAMPLE_BYTES = 1_000_000
PEOPLE = {"adult", "student"}
UNKNOWN_LAYOUT = "package.unknown_layout"
LEFT_ASIDE = "It was left aside. Names are in the reference of files."
# What is known already, under the names that the files of a bundle use for it.
KINDS_OF_THE_STANDARD = {"adult": ("users",), "student": ("users",), "section": ("classes",)}
# What a bundle of changes may name without bringing it, and Trellis does not keep.
BEYOND = {*oneroster.FILES} - {"users", "classes"}

SPECS: dict[str, FileSpec] = DISTRICT_FILES | {
    f"{ONEROSTER}{name}": spec for name, spec in oneroster.FILES.items()
}


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier imports brought: names of things by kind, and the tables that keep people apart.

    Attributes
    ----------
    ids : external ids by kind (`adult`, `student`, `school`, `section`, `program`, ...).
    emails : external id by e-mail address, in small letters; empty for accounts made by hand.
    tables : `evaluators` and `partnerships` as in the files.
    mappings : of vendors' layouts, by name.
    mapping : name of the one that all unknown files are read by; empty for the one that fits.
    """

    ids: Ids = field(default_factory=dict)
    emails: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    mappings: Mapping[str, ColumnMapping] = field(default_factory=dict)
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that was read."""

    name: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class DistrictFiles:
    """What was brought: typed tables by name, registered reviews and every problem.

    Attributes
    ----------
    tables : by name (`staff`, `oneroster/users`, `learning_objectives`, ...); each has the column
        `row`, the record in its file (the header is row 1), but for the objectives of a document.
        Rows of OneRoster keep `status`: what is `tobedeleted` there is gone.
    modes : by name; of a `bulk` table the absent are gone too, a `delta` speaks only for its rows.
    streamed : tables that may be too large for memory, read piece by piece.
    sources : name of the file of each table, for provenance.
    content_hash : SHA-256 over the names and contents of the files, whatever their order.
    standards : the whole package of which `learning_objectives` are the items.
    """

    tables: Mapping[str, pl.DataFrame]
    modes: Mapping[str, Mode]
    streamed: Mapping[str, Streamed]
    sources: Mapping[str, str]
    reviews: tuple[Registration, ...]
    files: tuple[ReadFile, ...]
    problems: tuple[Problem, ...]
    content_hash: str
    standards: Package | None = None

    @property
    def sound(self) -> bool:
        return bool(self.files) and not refuses(self.problems)


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
    workplace : where folders for what is too large for memory are made, and removed again.
    """
    known = known or Known()
    room = Workroom(workplace)
    streams = partial(_may_be_large, known=known)
    opened = open_paths(paths, limits or Limits(), streams=streams, room=room)
    reading = _Reading(known, room, problems=list(opened.problems))
    for group in _by_archive(opened.files):
        reading.take(group)
    reading.check_together()
    if not opened.files and not opened.problems:
        reading.problems.append(_nothing())
    return DistrictFiles(
        tables=reading.used_tables(),
        modes={name: reading.mode_of(name) for name in reading.used_tables()},
        streamed=reading.streamed,
        sources=reading.sources,
        reviews=reading.reviews,
        files=tuple(reading.files),
        problems=in_order(reading.problems),
        content_hash=_content_hash(reading.files, reading.mapped.values()),
        standards=reading.standards,
    )


@dataclass(slots=True)
class _Reading:
    """The state of one reading: tables as they come in, problems as they are found."""

    known: Known
    room: Workroom
    problems: list[Problem]
    mapped: dict[str, ColumnMapping] = field(default_factory=dict)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    streams: dict[str, SourceFile] = field(default_factory=dict)
    streamed: dict[str, Streamed] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    modes: dict[str, Mode] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)
    reviews: tuple[Registration, ...] = ()
    standards: Package | None = None
    files: list[ReadFile] = field(default_factory=list)

    def take(self, group: Sequence[SourceFile]) -> None:
        bundle = [file for file in group if _is_oneroster(file, group)]
        if bundle:
            self._take_bundle(bundle)
        for file in group:
            if file not in bundle:
                self._take_loose(file)

    def _take_bundle(self, bundle: Sequence[SourceFile]) -> None:
        present = frozenset(_stem(file.name) for file in bundle)
        manifest = next((file for file in bundle if file.name == "manifest.csv"), None)
        if manifest is None:
            self.problems.append(_no_manifest(bundle[0]))
        else:
            self._note(manifest, 0)
            said = oneroster.read_manifest(manifest.data, manifest.shown, present)
            self.problems += said.problems
            self.modes |= said.modes
        for file in bundle:
            if file is not manifest:
                name = _stem(file.name)
                spec = oneroster.spec_of(name, self.modes.get(name, "bulk"))
                self._take_csv(file, f"{ONEROSTER}{name}", spec)

    def _take_loose(self, file: SourceFile) -> None:
        stem = _stem(file.name)
        if stem == OBJECTIVES:
            objectives = read_case(file.data, file.shown)
            self.standards = objectives.package
            self._keep(file, OBJECTIVES, objectives.rows, objectives.problems)
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
            self.problems.append(_second(file, self.sources[name]))
            return
        if name in STREAMED:
            # Read when the names of the other files are known; it may be too large to keep.
            self.streams[name], self.sources[name] = file, file.shown
            return
        if endless(file.data):
            self._keep(file, name, no_rows(spec), [endless_problem(file.shown, 0)])
            return
        checked = check(read_csv_text(file.data, file.shown), spec, file.shown)
        self._keep(file, name, checked.rows, checked.problems)

    def _keep(
        self, file: SourceFile, name: str, rows: pl.DataFrame, problems: Iterable[Problem]
    ) -> None:
        found = tuple(problems)
        self.problems += found
        self.tables[name], self.sources[name] = rows, file.shown
        if refuses(found) and not rows.height:
            self.unsound.add(name)
        self._note(file, rows.height)

    def _take_unknown(self, file: SourceFile) -> None:
        """Read a file in a vendor's layout by the mapping that fits, or leave it aside, said."""
        text = read_csv_text(_first_records(file.head(SAMPLE_BYTES)), file.shown)
        if found := _mapping_for(text.header, self.known):
            self._take_mapped(file, *found)
            return
        proposal = results_in(text)
        banned = refused_columns(text.header) if proposal else forbidden_columns(text.header)
        self.problems += [forbidden_problem(file.shown, name) for name in banned]
        self.problems.append(_unknown_layout(file) if proposal else unused(file, LEFT_ASIDE))

    def _take_mapped(self, file: SourceFile, name: str, mapping: ColumnMapping) -> None:
        table = mapping.table
        if table in self.sources:
            self.problems.append(_second(file, self.sources[table]))
            return
        self.mapped[table] = mapping
        self.problems.append(read_by(file.shown, name))
        if table in STREAMED:
            self.streams[table], self.sources[table] = file, file.shown
            return
        text = read_csv_text(file.data, file.shown)
        checked = check(apply_mapping(text, mapping, file.shown), mapping.spec, file.shown)
        self._keep(file, table, checked.rows, in_the_files_words(checked.problems, mapping))

    def _note(self, file: SourceFile, rows: int) -> None:
        self.files.append(ReadFile(file.shown, file.sha256(), file.size, rows))

    def check_together(self) -> None:
        """Check what only all files together can tell: references, meaning, and the wall."""
        known = self.known
        ids = defined_ids(self.tables, SPECS)
        for kind, names in known.ids.items():
            for same in (kind, *KINDS_OF_THE_STANDARD.get(kind, ())):
                ids.setdefault(same, set()).update(names)
        unknowable = {
            kind for name in self.unsound if name in SPECS for kind, _ in SPECS[name].defines
        }
        for name, kinds in (("orgs", {"school"}), ("users", PEOPLE), ("roles", PEOPLE)):
            if f"{ONEROSTER}{name}" in self.unsound:
                unknowable |= kinds
        for name, rows in self.tables.items():
            if name in SPECS:
                beyond = unknowable | (BEYOND if self.mode_of(name) == "delta" else set())
                found = dangling(rows, SPECS[name], self.sources[name], ids, unknowable=beyond)
                mapping = self.mapped.get(name)
                self.problems += in_the_files_words(found, mapping) if mapping else found
        for name in self.streams:
            self._read_stream(name, ids, unknowable)
        self.problems += self._reviews_of_unknown_programs(ids, unknowable)
        bundle = {n.removeprefix(ONEROSTER): t for n, t in self.tables.items() if ONEROSTER in n}
        files = {n.removeprefix(ONEROSTER): f for n, f in self.sources.items()}
        self.problems += oneroster.check_meaning(bundle, files, self.tables.get(OBJECTIVES))
        self.problems += check_staff(bundle, files, known.emails)
        self.problems += kept_apart(self.tables, known.tables, self.sources)

    def _read_stream(self, name: str, ids: Ids, unknowable: set[str]) -> None:
        file, mapping = self.streams[name], self.mapped.get(name)
        streamed = read_streamed(
            file, SPECS[name], ids=ids, unknowable=unknowable, room=self.room, mapping=mapping
        )
        found = streamed.problems
        self.problems += in_the_files_words(found, mapping) if mapping else found
        self.streamed[name] = streamed
        self._note(file, streamed.read)

    def _reviews_of_unknown_programs(self, ids: Ids, unknowable: set[str]) -> Iterator[Problem]:
        if "program" in unknowable:
            return
        for place, review in enumerate(self.reviews):
            if review.program_id not in ids.get("program", frozenset()):
                yield Problem(
                    self.sources["reviews"], 0, f"{place}.program_id", review.program_id,
                    "a program that is known", "Add it to programs.csv, or correct the name here.",
                    "reference.missing_target_record",
                )  # fmt: skip

    def mode_of(self, name: str) -> Mode:
        return self.modes.get(name.removeprefix(ONEROSTER), "bulk") if ONEROSTER in name else "bulk"

    def used_tables(self) -> dict[str, pl.DataFrame]:
        used = (
            {f"{ONEROSTER}{name}" for name in oneroster.USED} | set(DISTRICT_FILES) | {OBJECTIVES}
        )
        return {name: rows for name, rows in self.tables.items() if name in used}


def _by_archive(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    groups: dict[str, list[SourceFile]] = {}
    for file in files:
        groups.setdefault(file.archive, []).append(file)
    yield from groups.values()


def _is_oneroster(file: SourceFile, group: Sequence[SourceFile]) -> bool:
    """Recognize a file of a bundle by name and header: `resources.csv` exists in both worlds."""
    if file.name == "manifest.csv":
        return True
    return (
        file.name.endswith(".csv")
        and _stem(file.name) in oneroster.FILES
        and (b"sourcedId" in file.head(200) or _stem(file.name) not in DISTRICT_FILES)
        and any(_stem(other.name) in oneroster.FILES for other in group)
    )


def _may_be_large(name: str, head: bytes, known: Known) -> bool:
    """Tell whether a file is read piece by piece: results, also in a layout not known yet."""
    if not name.lower().endswith(".csv") or _stem(name) in oneroster.FILES:
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
    if stem in DISTRICT_FILES:
        return stem
    header = set(_header(name, head))
    return next(
        (
            name
            for name, spec in DISTRICT_FILES.items()
            if set(spec.needed) <= header <= set(spec.names)
        ),
        None,
    )


def _stem(name: str) -> str:
    return Path(name).stem


def _content_hash(files: Sequence[ReadFile], mappings: Iterable[ColumnMapping]) -> str:
    """Name what was brought: the files, and the mappings that say what they mean."""
    lines = sorted(f"{Path(file.name).name} {file.sha256}" for file in files)
    lines += sorted(mapping.model_dump_json() for mapping in mappings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _no_manifest(file: SourceFile) -> Problem:
    return Problem(
        file.archive or "manifest.csv", 0, "manifest.csv", "no manifest.csv",
        "a OneRoster manifest",
        "A OneRoster bundle says in manifest.csv which files it holds: export it again, whole.",
        "package.missing_manifest",
    )  # fmt: skip


def _second(file: SourceFile, first: str) -> Problem:
    return Problem(
        file.shown, 0, "", file.shown, "each kind of file once", f"{first} is of the same kind; "
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
