"""Name the elements of practice, from the framework pack that ships with Trellis."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACK = Path(__file__).parent / "packs" / "trellis-practice-framework.json"


@dataclass(frozen=True, slots=True)
class Element:
    """One describable aspect of teaching, with what one can see or hear of it."""

    code: str
    title: str
    area: str
    behaviors: tuple[str, ...]


@cache
def elements() -> dict[str, Element]:
    """Return the elements by code, in the order of the framework."""
    pack = json.loads(PACK.read_text())
    return {
        e["code"]: Element(e["code"], e["title"], area["title"], tuple(e["behaviors"]))
        for area in pack["areas"]
        for e in area["elements"]
    }


@cache
def level_words() -> tuple[str, ...]:
    """Return the level words, least established first."""
    return tuple(json.loads(PACK.read_text())["levels"])


def titles() -> dict[str, str]:
    """Return the title of each element by code."""
    return {code: element.title for code, element in elements().items()}


def title_of(code: str) -> str:
    """Return an element's title, or its code where the framework does not know it."""
    element = elements().get(code)
    return element.title if element else code
