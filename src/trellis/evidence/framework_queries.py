"""Answer which frameworks there are, what a version says, and how items of frameworks relate."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from trellis.evidence.framework import elements
from trellis.evidence.models import (
    Adoption,
    CrosswalkLink,
    Framework,
    FrameworkItem,
    FrameworkVersion,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

ITEMS_SHOWN = 300
INDENTED = (0, 3, 4, 5)  # steps of the style sheet, by depth
CHANGES_SHOWN = 100
LINKS_SHOWN = 200
# How the words of the standard read in a sentence, from either end.
SAID = {
    "isRelatedTo": "relates to",
    "isPeerOf": "stands beside",
    "exactMatchOf": "says the same as",
    "isPartOf": "is part of",
    "precedes": "comes before",
    "replacedBy": "is replaced by",
    "exemplar": "is shown by",
    "hasSkillLevel": "has the level",
    "isTranslationOf": "is a translation of",
}


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """A framework in the list: under which terms, and which version is in use."""

    id: int
    title: str
    creator: str
    kind: str
    is_private: bool
    license: str
    attribution: str
    versions: int
    in_use: int | None
    in_use_id: int | None
    items: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: int
    number: int
    imported_at: datetime
    by: str
    items: int
    in_use: bool


@dataclass(frozen=True, slots=True)
class RelationRow:
    """What an item relates to, read from its own end, and who said so when."""

    said: str
    code: str
    title: str
    framework: str
    framework_id: int | None
    note: str
    source: str
    by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ItemRow:
    identifier: str
    code: str
    title: str
    said: str
    depth: int
    kind: str
    grades: str
    relations: tuple[RelationRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LookRow:
    """One thing that a rubric describes, level by level."""

    title: str
    levels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """What one version says, and under which terms."""

    id: int
    framework_id: int
    title: str
    creator: str
    kind: str
    is_private: bool
    source: str
    number: int
    in_use: bool
    adopted_at: datetime | None
    imported_at: datetime
    by: str
    case_version: str
    license: str
    license_uri: str
    license_text: str
    attribution: str
    disclaimer: str
    description: str
    items: tuple[ItemRow, ...]
    items_count: int
    found: int
    rubrics: tuple[LookRow, ...]


def framework_rows(visible: "QuerySet[Framework]") -> list[FrameworkRow]:
    """Return the frameworks by kind and title, each with the version in use or the last one."""
    found = visible.annotate(count=Count("versions", distinct=True)).select_related(
        "adoption__version"
    )
    last = {v.framework_id: v for v in FrameworkVersion.objects.order_by("number").defer("package")}
    rows = []
    for one in found:
        adopted = getattr(one, "adoption", None)
        shown = adopted.version if adopted else last[one.pk]
        rows.append(
            FrameworkRow(
                id=one.pk, title=one.title, creator=one.creator, kind=one.get_kind_display(),
                is_private=shown.is_private, license=shown.license_title,
                attribution=shown.attribution, versions=one.count,
                in_use=adopted.version.number if adopted else None,
                in_use_id=adopted.version_id if adopted else None, items=shown.items_count,
            )
        )  # fmt: skip
    return rows


def version_rows(framework: Framework) -> list[VersionRow]:
    """Return the versions of a framework, newest first."""
    in_use = Adoption.objects.filter(framework=framework).values_list("version", flat=True).first()
    return [
        VersionRow(v.pk, v.number, v.imported_at, _by(v), v.items_count, v.pk == in_use)
        for v in framework.versions.select_related("imported_by").defer("package")
    ]


def shown_version(framework: Framework) -> FrameworkVersion | None:
    """Return the version in use; a framework out of use shows none."""
    adopted = Adoption.objects.filter(framework=framework).select_related("version").first()
    return adopted.version if adopted else None


def version_page(version: FrameworkVersion, *, words: str = "") -> VersionPage:
    """Return what a version says; `words` keeps the items that hold them."""
    framework = version.framework
    adopted = Adoption.objects.filter(framework=framework).first()
    items = version.items.all()
    if words:
        items = items.filter(Q(code__icontains=words) | Q(statement__icontains=words))
    shown = list(items[:ITEMS_SHOWN])
    relations = relations_of([item.identifier for item in shown])
    package = _plain(version)
    return VersionPage(
        id=version.pk, framework_id=framework.pk, title=framework.title, creator=framework.creator,
        kind=framework.get_kind_display(), is_private=version.is_private,
        source=framework.source, number=version.number,
        in_use=adopted is not None and adopted.version_id == version.pk,
        adopted_at=adopted.adopted_at if adopted and adopted.version_id == version.pk else None,
        imported_at=version.imported_at, by=_by(version), case_version=version.case_version,
        license=version.license_title, license_uri=_web(version.license_uri),
        license_text=version.license_text, attribution=version.attribution,
        disclaimer=version.disclaimer, description=package["CFDocument"].get("description", ""),
        items=tuple(_item(item, relations.get(item.identifier, ())) for item in shown),
        items_count=version.items_count, found=items.count() if words else version.items_count,
        rubrics=tuple(_rubrics(package)),
    )  # fmt: skip


def relations_of(identifiers: Collection[str]) -> dict[str, tuple[RelationRow, ...]]:
    """Return what each item relates to, whichever end it is; two queries for any number."""
    links = CrosswalkLink.objects.filter(
        Q(origin__in=identifiers) | Q(destination__in=identifiers)
    ).select_related("made_by")
    ends = _ends({name for link in links for name in (link.origin, link.destination)})
    found: dict[str, list[RelationRow]] = defaultdict(list)
    wanted = set(identifiers)
    for link in links:
        for here, there in ((link.origin, link.destination), (link.destination, link.origin)):
            if here in wanted:
                found[here].append(_relation(link, there, ends, from_origin=here == link.origin))
    return {name: tuple(sorted(rows, key=lambda r: (r.framework, r.code))) for name, rows in
            found.items()}  # fmt: skip


def relations_of_elements() -> dict[str, tuple[RelationRow, ...]]:
    """Return what each element of practice relates to, by its code."""
    names = {element.identifier: code for code, element in elements().items()}
    return {names[name]: rows for name, rows in relations_of(names.keys()).items()}


def related_to_element(code: str) -> list[str]:
    """Return the identifiers of all items that are related to an element of practice."""
    element = elements().get(code)
    if element is None:
        return []
    name = element.identifier
    ends = CrosswalkLink.objects.filter(Q(origin=name) | Q(destination=name))
    return [
        destination if origin == name else origin
        for origin, destination in ends.values_list("origin", "destination")
    ]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A relation in the list of all, with both ends."""

    origin: str
    said: str
    destination: str
    note: str
    source: str
    by: str
    made_at: datetime


def link_rows() -> tuple[list[LinkRow], int]:
    """Return the last relations between frameworks and how many there are."""
    links = list(
        CrosswalkLink.objects.select_related("made_by").order_by("-made_at", "pk")[:LINKS_SHOWN]
    )
    ends = _ends({name for link in links for name in (link.origin, link.destination)})
    rows = [
        LinkRow(
            _end_words(link.origin, ends), SAID.get(link.relation, link.relation),
            _end_words(link.destination, ends), link.note, link.source, _maker(link), link.made_at,
        )
        for link in links
    ]  # fmt: skip
    return rows, CrosswalkLink.objects.count()


def _ends(names: Collection[str]) -> dict[str, FrameworkItem]:
    in_use = Adoption.objects.values("version")
    items = FrameworkItem.objects.filter(version__in=in_use, identifier__in=names)
    return {item.identifier: item for item in items.select_related("version__framework").defer(
        "version__package"
    )}  # fmt: skip


def _relation(
    link: CrosswalkLink, there: str, ends: Mapping[str, FrameworkItem], *, from_origin: bool
) -> RelationRow:
    item = ends.get(there)
    said = SAID.get(link.relation, link.relation)
    return RelationRow(
        said=said if from_origin else f"{said} this:",
        code=item.code if item else "",
        title=_title(item) if item else f"an item that is not here ({there})",
        framework=item.version.framework.title if item else "",
        framework_id=item.version.framework_id if item else None,
        note=link.note, source=link.source, by=_maker(link), made_at=link.made_at,
    )  # fmt: skip


def _end_words(name: str, ends: Mapping[str, FrameworkItem]) -> str:
    item = ends.get(name)
    if item is None:
        return f"an item that is not here ({name})"
    return f"{item.code} {_title(item)}".strip()


def _maker(link: CrosswalkLink) -> str:
    return link.made_by.full_name if link.made_by else "a district’s import"


def _by(version: FrameworkVersion) -> str:
    if version.imported_by:
        return version.imported_by.full_name
    return "an import" if version.brought_by_id else "by command"


def _title(item: FrameworkItem) -> str:
    return item.short_statement or item.statement


def _web(uri: str) -> str:
    """Return an address that a browser opens; a urn is none."""
    return uri if uri.startswith(("https://", "http://")) else ""


def _item(item: FrameworkItem, relations: Sequence[RelationRow]) -> ItemRow:
    return ItemRow(
        identifier=item.identifier, code=item.code, title=_title(item),
        said=item.statement if item.short_statement else "", depth=INDENTED[min(item.depth, 3)],
        kind=item.item_type, grades=", ".join(item.grades), relations=tuple(relations),
    )  # fmt: skip


# Any: a stored package is JSON that was checked by the strict models when it came in.
def _plain(version: FrameworkVersion) -> dict[str, Any]:
    package: dict[str, Any] = json.loads(version.package)
    return package


def _rubrics(package: Mapping[str, Any]) -> list[LookRow]:
    return [
        LookRow(
            title=criterion.get("category") or criterion.get("description", ""),
            levels=tuple(
                (level.get("quality", ""), level.get("description", ""))
                for level in sorted(
                    criterion.get("CFRubricCriterionLevels", ()),
                    key=lambda level: level.get("position", 0),
                )
            ),
        )
        for rubric in package.get("CFRubrics", ())
        for criterion in sorted(
            rubric.get("CFRubricCriteria", ()), key=lambda one: one.get("position", 0)
        )
    ]
