"""Let what a package says about itself meet: ends of associations, and things that stand twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from trellis.interchange.case.findings import Findings, pointer
from trellis.interchange.case.lenient import Object

ENDS = ("originNodeURI", "destinationNodeURI")
LISTS = ("CFItems", "CFAssociations", "CFRubrics")


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers of document and items, also by small letters and by address."""

    known: frozenset[str]
    by_letters: Mapping[str, str]
    by_uri: Mapping[str, str]
    made: Mapping[str, str]

    def meant(self, identifier: str, uri: str) -> str:
        """Return whom a link means, by its identifier or by what else leads there."""
        if identifier in self.known:
            return identifier
        return (
            self.made.get(identifier)
            or self.by_letters.get(identifier.lower())
            or self.by_uri.get(plain_uri(uri))
            or identifier
        )


def plain_uri(uri: str) -> str:
    """Return an address without what two spellings of it differ in: the scheme, a last slash."""
    return uri.removeprefix("https:").removeprefix("http:").rstrip("/")


def join(package: Object, made: Mapping[str, str], findings: Findings) -> None:
    """Point links to what they mean, and keep each thing once; changes the package in place."""
    for name in LISTS:
        _once(package, name, f"/{name}", findings)
    definitions = package.get("CFDefinitions")
    if isinstance(definitions, dict):
        for name in definitions:
            if name != "extensions":
                _once(definitions, name, f"/CFDefinitions/{name}", findings)
    names = _names(package, made)
    for place, association in enumerate(_objects(package.get("CFAssociations"))):
        for end in ENDS:
            at = pointer(pointer("/CFAssociations", place), end)
            _point(cast("Object", association[end]), names, at, findings)


def _names(package: Object, made: Mapping[str, str]) -> Names:
    things = [cast("Object", package["CFDocument"]), *_objects(package.get("CFItems"))]
    known = [str(thing["identifier"]) for thing in things]
    return Names(
        known=frozenset(known),
        by_letters={name.lower(): name for name in known},
        by_uri={plain_uri(str(t["uri"])): n for t, n in zip(things, known, strict=True)},
        made=made,
    )


def _point(end: Object, names: Names, at: str, findings: Findings) -> None:
    said = str(end["identifier"])
    meant = names.meant(said, str(end["uri"]))
    if meant != said:
        if said not in names.made:  # else it was said where the thing itself stands
            findings.notice(
                "link_resolved", at, said, "the identifier of an item of this package",
                "The item was found by its address or in other letters.",
            )  # fmt: skip
        end["identifier"] = meant


def _once(holder: Object, name: str, at: str, findings: Findings) -> None:
    seen: dict[str, Object] = {}
    for place, thing in enumerate(_objects(holder.get(name))):
        here = pointer(pointer(at, place), "identifier")
        identifier = str(thing["identifier"])
        first = seen.setdefault(identifier, thing)
        if first is thing:
            continue
        if first == thing:
            findings.notice(
                "duplicate", here, identifier, "each thing once",
                "It stands there twice in the same words and was kept once.",
            )  # fmt: skip
        else:
            findings.error(
                "duplicate_identifier", here, identifier, "an identifier of its own",
                "Two different things carry it: give one of them another, or remove it.",
            )  # fmt: skip
    if len(seen) < len(list(_objects(holder.get(name)))):
        holder[name] = list(seen.values())


def _objects(found: JsonValue) -> Iterator[Object]:
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())
