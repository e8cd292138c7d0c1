"""Read everything that a district brings at once, and say all that is wrong with it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.case.models import Package
from trellis.interchange.case.objectives import read_case
from trellis.interchange.columns import FileSpec, check, forbidden_columns, forbidden_problem
from trellis.interchange.csv_text import CsvText, read_csv_text
from trellis.interchange.district import DISTRICT_FILES
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
from trellis.interchange.references import Ids, dangling, defined_ids
from trellis.interchange.registrations import Registration, read_registrations
from trellis.interchange.roster import check_staff
from trellis.interchange.separation import kept_apart
from trellis.interchange.sources import Limits, SourceFile, open_paths, unused

ONEROSTER = "oneroster/"
OBJECTIVES = "learning_objectives"
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
    sources : name of the file of each table, for provenance.
    content_hash : SHA-256 over the names and contents of the files, whatever their order.
    standards : the whole package of which `learning_objectives` are the items.
    """

    tables: Mapping[str, pl.DataFrame]
    modes: Mapping[str, Mode]
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
    paths: Iterable[Path], *, known: Known | None = None, limits: Limits | None = None
) -> DistrictFiles:
    """Read folders, archives and files; every problem is listed."""
    known = known or Known()
    opened = open_paths(paths, limits or Limits())
    reading = _Reading(known, problems=list(opened.problems))
    for group in _by_archive(opened.files):
        reading.take(group)
    reading.check_together()
    if not opened.files and not opened.problems:
        reading.problems.append(_nothing())
    return DistrictFiles(
        tables=reading.used_tables(),
        modes={name: reading.mode_of(name) for name in reading.used_tables()},
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
    problems: list[Problem]
    mapped: dict[str, ColumnMapping] = field(default_factory=dict)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
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
        elif name := _district_table(file):
            self._take_csv(file, name, SPECS[name])
        elif file.name.lower().endswith(".csv"):
            self._take_unknown(file)
        else:
            self.problems.append(unused(file, LEFT_ASIDE))

    def _take_csv(self, file: SourceFile, name: str, spec: FileSpec) -> None:
        if name in self.tables:
            self.problems.append(_second(file, self.sources[name]))
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
        text = read_csv_text(file.data, file.shown)
        chosen = self.known.mappings.get(self.known.mapping)
        found = (
            (self.known.mapping, chosen) if chosen else best_fit(self.known.mappings, text.header)
        )
        if found:
            self._take_mapped(file, text, *found)
            return
        proposal = results_in(text)
        banned = refused_columns(text.header) if proposal else forbidden_columns(text.header)
        self.problems += [forbidden_problem(file.shown, name) for name in banned]
        self.problems.append(_unknown_layout(file) if proposal else unused(file, LEFT_ASIDE))

    def _take_mapped(
        self, file: SourceFile, text: CsvText, name: str, mapping: ColumnMapping
    ) -> None:
        if mapping.table in self.tables:
            self.problems.append(_second(file, self.sources[mapping.table]))
            return
        checked = check(apply_mapping(text, mapping, file.shown), mapping.spec, file.shown)
        self.mapped[mapping.table] = mapping
        said = in_the_files_words(checked.problems, mapping)
        self._keep(file, mapping.table, checked.rows, [read_by(file.shown, name), *said])

    def _note(self, file: SourceFile, rows: int) -> None:
        digest = hashlib.sha256(file.data).hexdigest()
        self.files.append(ReadFile(file.shown, digest, len(file.data), rows))

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
        self.problems += self._reviews_of_unknown_programs(ids, unknowable)
        bundle = {n.removeprefix(ONEROSTER): t for n, t in self.tables.items() if ONEROSTER in n}
        files = {n.removeprefix(ONEROSTER): f for n, f in self.sources.items()}
        self.problems += oneroster.check_meaning(bundle, files, self.tables.get(OBJECTIVES))
        self.problems += check_staff(bundle, files, known.emails)
        self.problems += kept_apart(self.tables, known.tables, self.sources)

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
        and (b"sourcedId" in file.data[:200] or _stem(file.name) not in DISTRICT_FILES)
        and any(_stem(other.name) in oneroster.FILES for other in group)
    )


def _district_table(file: SourceFile) -> str | None:
    """Recognize a district's file by its name, else by exactly the right header."""
    if not file.name.lower().endswith(".csv"):
        return None
    stem = _stem(file.name).lower()
    if stem in DISTRICT_FILES:
        return stem
    header = set(read_csv_text(file.data[:4096].split(b"\n")[0], file.shown).header)
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
