"""Say what a framework brings as rows to compare, so that a preview is what is applied.

A version is found by its content alone: the same package again adds nothing, another one is
another version. No row of a version is ever compared, so none can ever be changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q

from trellis.evidence.models import (
    Adoption,
    CrosswalkLink,
    Framework,
    FrameworkItem,
    FrameworkVersion,
)
from trellis.interchange.case.crosswalk import Relation, relations_in
from trellis.interchange.case.models import VERSION, Package
from trellis.interchange.case.objectives import known_as
from trellis.interchange.case.terms import PRACTICE, STANDARDS, Terms
from trellis.interchange.case.tree import arrange
from trellis.interchange.case.write import digest, write_package
from trellis.trust.loading import Bringing, Difference, Row, Rows, compare


@dataclass(frozen=True, slots=True)
class Coming:
    """A framework that comes in: the package, its terms, and where it came from."""

    package: Package
    terms: Terms
    source: str
    case_version: str = VERSION
    by: UUID | int | None = None
    findings: Sequence[Mapping[str, object]] = field(default_factory=tuple)

    @property
    def identifier(self) -> str:
        return self.package.CFDocument.identifier


def arrival(
    coming: Coming, bringing: Bringing, *, by_import: bool = True
) -> Iterator[Difference]:  # fmt: skip
    """Compare the framework, the version and its items with what is stored."""
    yield _framework(coming)
    yield _version(coming, bringing, by_import=by_import)
    stored = version_of(coming)
    # A preview of what is new stops here: items are counted with their version.
    if stored is not None:
        yield _items(coming, stored.pk)


def adoption(coming: Coming, bringing: Bringing) -> Iterator[Difference]:
    """Compare which version is in use, and what the package says about other frameworks."""
    stored = version_of(coming)
    if stored is not None:
        yield compare(
            Rows(
                kind="frameworks in use",
                model=Adoption,
                key=("framework_id",),
                compared=("version_id",),
                written=("adopted_at", "adopted_by_id"),
                rows=[(stored.framework_id, stored.pk, bringing.at, coming.by)],
            )
        )
    inside = {item.identifier for item in coming.package.items}
    outward = [
        one
        for one in relations_in(coming.package)
        if not (one.origin in inside and one.destination in inside)
    ]
    if outward:
        yield crosswalk(outward, bringing, source=coming.package.CFDocument.title, by=coming.by)


def crosswalk(
    relations: Sequence[Relation], bringing: Bringing, *, source: str, by: UUID | int | None
) -> Difference:
    """Compare relations between items of frameworks; one that is there stays as it was made."""
    return compare(
        Rows(
            kind="relations between frameworks",
            model=CrosswalkLink,
            key=("origin", "relation", "destination"),
            compared=(),
            written=("note", "source", "made_by_id", "made_at"),
            rows=[
                (one.origin[:200], one.relation[:100], one.destination[:200], one.note,
                 source[:200], by, bringing.at)
                for one in relations
            ],
        )
    )  # fmt: skip


def version_of(coming: Coming) -> FrameworkVersion | None:
    """Return the stored version that says exactly this."""
    return FrameworkVersion.objects.filter(
        framework__identifier=coming.identifier,
        content_hash=digest(coming.package),
        terms_hash=coming.terms.digest,
    ).first()


def under_known_terms(coming: Coming) -> Coming:
    """Return what comes in under the terms that somebody stated for the same content before.

    A district sends its files again and again, and the file goes on saying nothing of a license.
    """
    stored = (
        FrameworkVersion.objects.filter(
            framework__identifier=coming.identifier, content_hash=digest(coming.package)
        )
        .select_related("framework")
        .order_by("-number")
        .first()
    )
    return replace(coming, terms=terms_of_version(stored)) if stored else coming


def terms_of_version(version: FrameworkVersion) -> Terms:
    """Return the terms under which a version came in."""
    return Terms(
        kind=PRACTICE if version.framework.kind == PRACTICE else STANDARDS,
        license_title=version.license_title,
        license_text=version.license_text,
        license_uri=version.license_uri,
        attribution=version.attribution,
        disclaimer=version.disclaimer,
        is_private=version.is_private,
    )


def _framework(coming: Coming) -> Difference:
    document = coming.package.CFDocument
    return compare(
        Rows(
            kind="frameworks",
            model=Framework,
            key=("identifier",),
            compared=("title", "creator"),
            rows=[(document.identifier, document.title, document.creator)],
            fresh={
                "kind": coming.terms.kind,
                "source": coming.source[:200],
            },
            label="{title}",
        )
    )


def _version(coming: Coming, bringing: Bringing, *, by_import: bool) -> Difference:
    stored = Framework.objects.filter(identifier=coming.identifier).first()
    terms, package = coming.terms, coming.package
    number = stored.versions.count() + 1 if stored else 1
    row: Row = (
        stored.pk if stored else None, digest(package), terms.digest, number,
        write_package(package).decode(), coming.case_version, terms.license_title,
        terms.license_uri, terms.license_text,
        terms.attribution, terms.disclaimer, terms.is_private, len(package.items),
        list(coming.findings),
        bringing.at, coming.by, bringing.import_id if by_import else None,
    )  # fmt: skip
    return compare(
        Rows(
            kind="versions of frameworks",
            model=FrameworkVersion,
            key=("framework_id", "content_hash", "terms_hash"),
            compared=(),
            written=(
                "number", "package", "case_version", "license_title", "license_uri",
                "license_text", "attribution", "disclaimer", "is_private", "items_count",
                "findings", "imported_at", "imported_by_id", "brought_by_id",
            ),
            rows=[row],
            within=Q(framework__identifier=coming.identifier),
        )
    )  # fmt: skip


def _items(coming: Coming, version: int) -> Difference:
    rows = [
        (
            version, known_as(placed.item), placed.item.humanCodingScheme or "",
            placed.item.fullStatement, placed.item.abbreviatedStatement or "",
            placed.item.CFItemType or "", placed.item.educationLevel or [],
            placed.parent or "", placed.depth, place,
        )
        for place, placed in enumerate(arrange(coming.package).placed)
    ]  # fmt: skip
    return compare(
        Rows(
            kind="items of frameworks",
            model=FrameworkItem,
            key=("version_id", "identifier"),
            compared=(),
            written=(
                "code", "statement", "short_statement", "item_type", "grades", "parent", "depth",
                "place",
            ),
            rows=rows,
            within=Q(version_id=version),
        )
    )  # fmt: skip
