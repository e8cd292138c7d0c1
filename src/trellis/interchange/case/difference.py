"""Say what a new version of a framework adds, changes and takes away."""

from collections.abc import Iterator
from dataclasses import dataclass

from trellis.interchange.case.models import CFItem, Package
from trellis.interchange.case.tree import arrange

# In words for people; a new date alone is no change.
CALLED = {
    "fullStatement": "statement", "humanCodingScheme": "code", "abbreviatedStatement": "short name",
    "educationLevel": "grades", "conceptKeywords": "keywords", "licenseURI": "license",
    "CFItemType": "type",
}  # fmt: skip
DATES = {"lastChangeDateTime", "uri"}


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """An item that says something else now, or stands elsewhere."""

    before: CFItem
    after: CFItem
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """Items by identifier, each list in reading order."""

    added: tuple[CFItem, ...]
    changed: tuple[ChangedItem, ...]
    gone: tuple[CFItem, ...]
    same: int


def difference(before: Package, after: Package) -> VersionDifference:
    """Compare two versions item by item."""
    old = {placed.item.identifier: placed for placed in arrange(before).placed}
    new = {placed.item.identifier: placed for placed in arrange(after).placed}
    changed = []
    for name, placed in new.items():
        if name in old:
            what = list(_changed(old[name].item, placed.item))
            if old[name].parent != placed.parent:
                what.append("place")
            if what:
                changed.append(ChangedItem(old[name].item, placed.item, tuple(what)))
    return VersionDifference(
        added=tuple(placed.item for name, placed in new.items() if name not in old),
        changed=tuple(changed),
        gone=tuple(placed.item for name, placed in old.items() if name not in new),
        same=len(new.keys() & old.keys()) - len(changed),
    )


def _changed(before: CFItem, after: CFItem) -> Iterator[str]:
    for name in CFItem.model_fields:
        if name not in DATES and getattr(before, name) != getattr(after, name):
            yield CALLED.get(name, name)
