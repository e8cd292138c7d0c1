"""Name the elements of practice and the level words, as the pack that ships with Trellis says."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

PACK = Path(__file__).parent / "packs" / "trellis-practice-framework.json"


@dataclass(frozen=True, slots=True)
class Element:
    """One describable aspect of teaching, with what one can see or hear of it.

    Attributes
    ----------
    identifier : of its item in the pack; other frameworks refer to it by this.
    focus : a question that one can take to the next lesson.
    looks : what it can look like in a lesson, for each level word.
    """

    code: str
    title: str
    area: str
    behaviors: tuple[str, ...]
    identifier: str = ""
    said: str = ""
    focus: str = ""
    looks: tuple[tuple[str, str], ...] = ()


@cache
def elements() -> dict[str, Element]:
    """Return the elements by code, in the order of the framework."""
    pack = _pack()
    items = {item["identifier"]: item for item in pack["CFItems"]}
    below = _below(pack)
    criteria = {c["CFItemURI"]["identifier"]: c for c in pack["CFRubrics"][0]["CFRubricCriteria"]}
    found = {}
    for area in below[pack["CFDocument"]["identifier"]]:
        for name in below[area]:
            item = items[name]
            found[item["humanCodingScheme"]] = Element(
                code=item["humanCodingScheme"],
                title=item["abbreviatedStatement"],
                area=items[area]["abbreviatedStatement"],
                behaviors=tuple(items[child]["fullStatement"] for child in below[name]),
                identifier=name,
                said=item["fullStatement"],
                focus=item["notes"],
                looks=tuple(_levels(criteria[name])),
            )
    return found


@cache
def level_words() -> tuple[str, ...]:
    """Return the level words, least established first."""
    return tuple(word.lower() for word, _ in next(iter(elements().values())).looks)


def titles() -> dict[str, str]:
    """Return the title of each element by code."""
    return {code: element.title for code, element in elements().items()}


def title_of(code: str) -> str:
    """Return an element's title, or its code where the framework does not know it."""
    element = elements().get(code)
    return element.title if element else code


@dataclass(frozen=True, slots=True)
class ShippedTerms:
    """Whom to credit for the words, and what they are not."""

    attribution: str
    disclaimer: str


@cache
def shipped_terms() -> ShippedTerms:
    beside = _pack()["CFDocument"]["extensions"]
    return ShippedTerms(beside["attribution"], beside["disclaimer"])


def shipped_digest() -> str:
    """Return the digest of the pack: it is stored as it is shipped, to the byte."""
    return sha256(PACK.read_bytes()).hexdigest()


# Any: the pack is JSON of our own; tests read it by the strict models of the standard.
@cache
def _pack() -> dict[str, Any]:
    # By hand rather than by the reader of packages: forms and models ask for these words at
    # start-up, which must not wait for pydantic.
    pack: dict[str, Any] = json.loads(PACK.read_text("utf-8"))
    return pack


def _below(pack: dict[str, Any]) -> dict[str, list[str]]:
    children = [a for a in pack["CFAssociations"] if a["associationType"] == "isChildOf"]
    children.sort(key=lambda a: a["sequenceNumber"])
    below: dict[str, list[str]] = defaultdict(list)
    for child in children:
        below[child["destinationNodeURI"]["identifier"]].append(
            child["originNodeURI"]["identifier"]
        )
    return below


def _levels(criterion: dict[str, Any]) -> list[tuple[str, str]]:
    levels = sorted(criterion["CFRubricCriterionLevels"], key=lambda level: level["position"])
    return [(level["quality"], level["description"]) for level in levels]
