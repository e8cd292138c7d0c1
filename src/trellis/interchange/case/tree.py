"""Say where each item stands: under whom, in which order, how deep. Only `isChildOf` decides."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trellis.interchange.case.findings import Findings
from trellis.interchange.case.models import CHILD, CFAssociation, CFItem, Package

Rank = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An item at its place.

    Attributes
    ----------
    parent : identifier of the item above; None right under the document.
    depth : 0 right under the document.
    """

    item: CFItem
    parent: str | None
    depth: int


@dataclass(frozen=True, slots=True)
class Tree:
    """The items in reading order, and what is odd about how they hang together.

    Attributes
    ----------
    twice : item and the second parent that it names.
    loose : items that name no parent, or none that the package has.
    loops : items that stand under themselves; they were put right under the document.
    dangling : places of `isChildOf` associations with an end outside the package.
    """

    placed: tuple[Placed, ...]
    twice: tuple[tuple[str, str], ...]
    loose: tuple[str, ...]
    loops: tuple[str, ...]
    dangling: tuple[int, ...]


def arrange(package: Package) -> Tree:
    """Hang each item under its first parent: the lowest sequence number, then as they stand."""
    items = {item.identifier: item for item in package.items}
    document = package.CFDocument.identifier
    chosen, twice, dangling = _parents(package.associations, items, document)
    below: dict[str, list[str]] = defaultdict(list)
    for name in items:
        below[chosen[name].destinationNodeURI.identifier if name in chosen else document] += [name]
    for siblings in below.values():
        siblings.sort(key=lambda name: _rank(items[name], chosen.get(name)))
    placed = list(_walk(document, below, items))
    reached = {one.item.identifier for one in placed}
    loops = tuple(name for name in items if name not in reached)
    placed += [Placed(items[name], None, 0) for name in loops]
    loose = tuple(name for name in items if name not in chosen)
    return Tree(tuple(placed), twice, loose, loops, dangling)


def _parents(
    associations: Sequence[CFAssociation], items: Mapping[str, CFItem], document: str
) -> tuple[dict[str, CFAssociation], tuple[tuple[str, str], ...], tuple[int, ...]]:
    said: dict[str, list[CFAssociation]] = defaultdict(list)
    dangling = []
    for place, one in enumerate(associations):
        if one.associationType != CHILD:
            continue
        parent = one.destinationNodeURI.identifier
        if one.originNodeURI.identifier not in items or not (parent in items or parent == document):
            dangling.append(place)
        else:
            said[one.originNodeURI.identifier].append(one)
    chosen = {name: min(parents, key=_number) for name, parents in said.items()}
    twice = {
        (name, one.destinationNodeURI.identifier): None
        for name, parents in said.items()
        for one in parents
        if one.destinationNodeURI.identifier != chosen[name].destinationNodeURI.identifier
    }
    return chosen, tuple(twice), tuple(dangling)


def _number(association: CFAssociation) -> tuple[bool, int]:
    """Rank what has a sequence number before what has none."""
    return association.sequenceNumber is None, association.sequenceNumber or 0


def _rank(item: CFItem, child: CFAssociation | None) -> Rank:
    """Rank siblings: by number, then by code as people count (2 before 10), then by identifier."""
    number = _number(child) if child else (True, 0)
    return *number, natural(item.humanCodingScheme or ""), item.identifier


def natural(code: str) -> Rank:
    """Return a code as people sort it: runs of digits as numbers."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and len(part) < 300 else (1, 0, part.lower())
        for part in re.findall(r"[0-9]+|[^0-9]+", code)
    )


def _walk(
    document: str, below: Mapping[str, Sequence[str]], items: Mapping[str, CFItem]
) -> Iterator[Placed]:
    # With a stack of its own: a chain of ten thousand items is no reason to fail.
    waiting = [(name, None, 0) for name in reversed(below.get(document, ()))]
    todo: list[tuple[str, str | None, int]] = list(waiting)
    while todo:
        name, parent, depth = todo.pop()
        yield Placed(items[name], parent, depth)
        todo.extend((child, name, depth + 1) for child in reversed(below.get(name, ())))


def report(tree: Tree, package: Package, findings: Findings) -> None:
    """Say what is odd about the hierarchy."""
    at = {item.identifier: f"/CFItems/{place}" for place, item in enumerate(package.items)}
    known = at.keys() | {package.CFDocument.identifier}
    for name in tree.loops:
        findings.error(
            "cycle", at[name], name, "a place under the document",
            "It stands under itself: remove one isChildOf association of the circle.",
        )  # fmt: skip
    for name, parent in tree.twice:
        findings.notice(
            "two_parents", at[name], f"{name} under {parent}", "one parent",
            "It is shown under the parent with the lower sequence number; the other was kept.",
        )  # fmt: skip
    for place in tree.dangling:
        association = package.associations[place]
        ends = (association.originNodeURI, association.destinationNodeURI)
        outside = next((end for end in ends if end.identifier not in known), ends[0])
        findings.notice(
            "dangling_association", f"/CFAssociations/{place}", outside.identifier,
            "items of this package as child and as parent",
            "The association was kept; it gives no item a place.",
        )  # fmt: skip
    if package.items:
        for name in tree.loose:
            findings.notice(
                "orphan", at[name], name, "an isChildOf association",
                "Nothing says where it belongs: it stands right under the document.",
            )  # fmt: skip
