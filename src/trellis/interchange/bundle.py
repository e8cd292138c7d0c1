"""Hold what a district brought at once: its tables, what is wrong with them, what was known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.case.models import Package
from trellis.interchange.columns import FileSpec
from trellis.interchange.district import DISTRICT_FILES
from trellis.interchange.mapping import ColumnMapping
from trellis.interchange.oneroster import Mode
from trellis.interchange.problems import Problem, Severity, refuses
from trellis.interchange.references import Ids
from trellis.interchange.registrations import Registration
from trellis.interchange.streams import Streamed
from trellis.interchange.student_numbers import Disguise, in_clear, no_numbers

ONEROSTER = "oneroster/"
OBJECTIVES = "learning_objectives"
UNKNOWN_LAYOUT = "package.unknown_layout"
LEFT_ASIDE = "It was left aside. Names are in the reference of files."

SPECS: dict[str, FileSpec] = DISTRICT_FILES


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier imports brought: names of things by kind, and the tables that keep people apart.

    Attributes
    ----------
    ids : external ids by kind (`adult`, `student`, `school`, `section`, `program`, ...).
    emails : external id by e-mail address, in small letters; empty for accounts made by hand.
    tables : `evaluators` and `partnerships` as in the files.
    numbers : gives `kind`, `number` as it is kept, `student`: what else students are known by.
    disguise : turns numbers in clear into what is kept of them.
    mappings : of vendors' layouts, by name.
    aliases : the id that stays, by each id of the same person that was merged into it.
    mapping : name of the one that all unknown files are read by; empty for the one that fits.
    """

    ids: Ids = field(default_factory=dict)
    emails: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    numbers: Callable[[], pl.DataFrame] = no_numbers
    disguise: Disguise = in_clear
    mappings: Mapping[str, ColumnMapping] = field(default_factory=dict)
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that was read.

    Attributes
    ----------
    rows : records below its header; each is sound, refused or left out.
    refused : rows that cannot be applied.
    left_out : rows that a mapping leaves out: without a result, or of an earlier try.
    """

    name: str
    sha256: str
    size: int
    rows: int
    refused: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class DistrictFiles:
    """What was brought: typed tables by name, registered reviews and every problem.

    Attributes
    ----------
    tables : by name (`staff`, `oneroster/users`, `learning_objectives`, ...); each has the column
        `row`, the record in its file (the header is row 1), but for the objectives of a document.
        Those of OneRoster have the columns of 1.2, whatever the bundle's version, without
        passwords, phones and demographics; rows with the status `tobedeleted` are gone.
    modes : by name; of a `bulk` table the absent are gone too, a `delta` speaks only for its rows.
    streamed : tables that may be too large for memory, read piece by piece.
    sources : name of the file of each table, for provenance.
    problems : what was found; of a sound part, what does not stand in its way.
    set_aside : of a sound part, why rows and files were set aside.
    withheld : tables of which no row counts, because their file cannot be understood.
    bundle : the OneRoster bundle, as far as it is kept.
    known : what it was held against; None if it was checked alone.
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
    set_aside: tuple[Problem, ...] = ()
    withheld: frozenset[str] = frozenset()
    bundle: oneroster.Bundle | None = None
    mapped: Mapping[str, ColumnMapping] = field(default_factory=dict)
    known: Known | None = None

    @property
    def sound(self) -> bool:
        return bool(self.files) and not refuses(self.problems)

    @property
    def wrong_only_where_unused(self) -> bool:
        """True if every error stands in a file of the bundle of which nothing is ever kept."""
        bundle = self.bundle
        wrong = [p for p in (*self.problems, *self.set_aside) if p.severity is Severity.ERROR]
        if bundle is None or not wrong:
            return False
        return all(oneroster.in_unused(problem, bundle) for problem in wrong)
