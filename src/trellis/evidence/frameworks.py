"""Bring frameworks in, put a version in use or out of it, relate items, and let files out."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from trellis.evidence.events import (
    CrosswalkBrought,
    FrameworkAdopted,
    FrameworkBrought,
    FrameworkPutAway,
)
from trellis.evidence.framework import PACK, shipped_digest
from trellis.evidence.framework_rows import (
    Coming,
    adoption,
    arrival,
    crosswalk,
    terms_of_version,
    version_of,
)
from trellis.evidence.models import Adoption, Framework, FrameworkItem, FrameworkVersion
from trellis.interchange.case.crosswalk import read_crosswalk
from trellis.interchange.case.difference import VersionDifference, difference
from trellis.interchange.case.item_csv import About, read_items, write_items
from trellis.interchange.case.models import Package
from trellis.interchange.case.read import CaseRead, read_package
from trellis.interchange.case.terms import STANDARDS, Kind, Terms, check_terms, stated, terms_of
from trellis.interchange.case.write import digest
from trellis.interchange.problems import Problem, refuses
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record
from trellis.trust.loading import Bringing, Difference
from trellis.trust.storing import store

SHIPPED = "shipped with Trellis"
FINDINGS = 200


class CannotLeave(Exception):  # noqa: N818 - reads as what is said to the person
    """A framework may not be exported; its message is for people."""


class CannotBring(Exception):  # noqa: N818 - reads as what is said to the person
    """A file cannot be brought in as it is; the problems say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("Nothing was changed: mend the file and bring it again.")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the person who brings a file says of it, where the file itself says nothing."""

    kind: Kind | None = None
    license_title: str = ""
    attribution: str = ""
    private: bool = False
    title: str = ""
    creator: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A file, read and ready to be brought in; with errors it cannot be."""

    package: Package | None
    terms: Terms | None
    case_version: str
    problems: tuple[Problem, ...]


NOTHING_STATED = Stated()


def read(data: bytes, file: str, said: Stated = NOTHING_STATED) -> Read:
    """Read a package or a table of items, and judge under which terms it may be used."""
    found = _read(data, file, said)
    if found.package is None:
        return Read(None, None, found.version, found.problems)
    terms = stated(
        terms_of(found.package), kind=said.kind, license_title=said.license_title,
        attribution=said.attribution, private=said.private,
    )  # fmt: skip
    problems = (*found.problems, *check_terms(terms, file))
    return Read(found.package, terms, found.version, problems)


def _read(data: bytes, file: str, said: Stated) -> CaseRead:
    if not file.lower().endswith(".csv"):
        return read_package(data, file)
    if not (said.title and said.creator):
        problem = Problem(
            file, 0, "", "", "title and author of the framework",
            "A table of items does not say what it is called and who made it: say it beside it.",
            "framework.no_title",
        )  # fmt: skip
        return CaseRead(None, "", (problem,))
    return read_items(data, file, About(said.title, said.creator))


@transaction.atomic
def bring(found: Read, *, source: str, by: Person | None) -> FrameworkVersion:
    """Store what was read as a version; the same content again is the version that is there."""
    if found.package is None or found.terms is None or refuses(found.problems):
        raise CannotBring(found.problems)
    coming = Coming(
        found.package, found.terms, source, found.case_version or "1.0",
        by.pk if by else None,
        [asdict(p) | {"severity": p.severity.value} for p in found.problems[:FINDINGS]],
    )  # fmt: skip
    is_new = version_of(coming) is None
    _write(arrival(coming, _now(), by_import=False))
    version = FrameworkVersion.objects.get(
        framework__identifier=coming.identifier,
        content_hash=digest(found.package),
        terms_hash=found.terms.digest,
    )
    if is_new:
        record(
            FrameworkBrought(version=version.pk, items=version.items_count), by=by,
            subject=version.pk,
        )  # fmt: skip
    return version


@transaction.atomic
def adopt(version: FrameworkVersion, *, by: Person | None) -> FrameworkVersion:
    """Put a version in use; the one before stays as it was, to be looked at."""
    from trellis.evidence.loading import objectives  # late: it reads polars
    from trellis.interchange.case.objectives import objective_rows

    package = package_of(version)
    terms = terms_of_version(version)
    coming = Coming(package, terms, version.framework.source, by=by.pk if by else None)
    _write(adoption(coming, _now()))
    if version.framework.kind == STANDARDS:
        _write(objectives(objective_rows(package)))
    record(FrameworkAdopted(version=version.pk, number=version.number), by=by, subject=version.pk)
    return version


@transaction.atomic
def put_away(framework: Framework, *, by: Person | None) -> Framework:
    """Take a framework out of use; its versions and what results refer to stay."""
    Adoption.objects.filter(framework=framework).delete()
    record(FrameworkPutAway(framework=framework.pk), by=by, subject=framework.pk)
    return framework


def package_of(version: FrameworkVersion) -> Package:
    """Return the package of a version, strictly as it was stored."""
    return Package.model_validate_json(version.package)


def difference_to_current(version: FrameworkVersion) -> VersionDifference | None:
    """Return what would change if this version came into use; None where none is in use."""
    adopted = Adoption.objects.filter(framework=version.framework).select_related("version").first()
    if adopted is None or adopted.version_id == version.pk:
        return None
    return difference(package_of(adopted.version), package_of(version))


def export(version: FrameworkVersion, *, table: bool = False) -> bytes:
    """Return a version as a file; a private framework leaves by no door."""
    if version.is_private or not version.license_title:
        raise CannotLeave(
            f"“{version.framework.title}” is private: its license lets this district use it and "
            "not pass it on. It can be read in Trellis and is never exported."
        )
    return write_items(package_of(version)) if table else version.package.encode()


@transaction.atomic
def bring_crosswalk(data: bytes, file: str, *, by: Person | None) -> int:
    """Store relations from a table `from, relation, to`; return how many are new."""
    found = read_crosswalk(data, file, known_items())
    if refuses(found.problems):
        raise CannotBring(found.problems)
    difference = crosswalk(
        found.relations, _now(), source=Path(file).name, by=by.pk if by else None
    )
    added = difference.change.added
    store(difference)
    if added:
        record(CrosswalkBrought(relations=added), by=by)
    return added


def known_items() -> dict[str, str]:
    """Return the items in use by identifier and, where only one carries it, by code."""
    in_use = Adoption.objects.values("version")
    codes: dict[str, list[str]] = {}
    known: dict[str, str] = {}
    for name, code in FrameworkItem.objects.filter(version__in=in_use).values_list(
        "identifier", "code"
    ):
        known[name] = name
        codes.setdefault(code, []).append(name)
    return {code: names[0] for code, names in codes.items() if code and len(names) == 1} | known


def bring_shipped() -> FrameworkVersion | None:
    """Bring the framework that ships with Trellis through the ordinary door, once a version."""
    if FrameworkVersion.objects.filter(content_hash=shipped_digest()).exists():
        return None
    version = bring(read(PACK.read_bytes(), PACK.name), source=SHIPPED, by=None)
    return adopt(version, by=None)


def _now() -> Bringing:
    return Bringing(uuid4(), clock.now())


def _write(differences: Iterator[Difference]) -> None:
    for each in differences:
        store(each)
