"""Make the most of a package that departs from the standard, and say each departure."""

import uuid
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue

from trellis.interchange.case import models
from trellis.interchange.case.findings import Findings, pointer
from trellis.interchange.case.models import UUID, Shape
from trellis.interchange.case.values import Left, as_number, as_shape, as_text

Object = dict[str, JsonValue]
KEPT = "It was kept among the extensions."
# What says nothing of its own: which package or document a thing is in. OpenSALT and OpenCASE
# write it into every item, where the standard has no place for it.
IN_WHICH = ("CFPackageURI", "CFDocumentURI")
# What the standard wants and nothing else tells: an empty text stands for "not said".
MAY_BE_EMPTY = ("title", "hierarchyCode", "description", "licenseText")
LINKS = (models.LinkURI, models.LinkGenURI)
UNKNOWN_DAY = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Want:
    """What one property of the standard wants."""

    many: bool = False
    model: type[BaseModel] | None = None
    shape: Shape | None = None
    base: type = str
    required: bool = False


@cache
def wants(model: type[BaseModel]) -> dict[str, Want]:
    """Return what each property of a thing wants, as its model says."""
    return {
        name: _want(model.__annotations__[name], required=said.is_required())
        for name, said in model.model_fields.items()
    }


@cache
def spellings(model: type[BaseModel]) -> dict[str, str]:
    """Return the names of a thing's properties by themselves and by their small letters."""
    names = model.model_fields
    return {name.lower(): name for name in names} | {name: name for name in names}


# Any: annotations have no type of their own.
def _want(said: Any, *, required: bool, many: bool = False) -> Want:
    if isinstance(said, UnionType) or get_origin(said) is Union:
        return _want(get_args(said)[0], required=required, many=many)
    if get_origin(said) is list:
        return _want(get_args(said)[0], required=required, many=True)
    if get_origin(said) is Annotated:
        base, *marks = get_args(said)
        shape = next((mark for mark in marks if isinstance(mark, Shape)), None)
        base = base if isinstance(base, type) else float
        return Want(many=many, shape=shape, base=base, required=required)
    if get_origin(said) is dict:
        return Want(many=many, base=dict, required=required)
    if isinstance(said, type) and issubclass(said, BaseModel):
        return Want(many=many, model=said, required=required)
    return Want(many=many, base=said if isinstance(said, type) else str, required=required)


@dataclass(slots=True)
class Lenient:
    """One reading: what was found, and the names that had to be made where a UUID is wanted."""

    findings: Findings
    made: dict[str, str] = field(default_factory=dict)
    moment: str = UNKNOWN_DAY
    document: str = ""

    def package(self, found: Object) -> Object | None:
        """Return the package in the standard's shape; None where it has no document."""
        document = found.get("CFDocument")
        if not isinstance(document, dict):
            self.findings.error(
                "not_a_package", "", ", ".join(found) or "nothing", "a CFPackage with a CFDocument",
                "Export the whole framework (a CFPackage), not a list of its items.",
            )  # fmt: skip
            return None
        moment = document.get("lastChangeDateTime")
        if isinstance(moment, str):
            self.moment = str(as_shape(moment, Shape.MOMENT).value or UNKNOWN_DAY)
        self.document = str(document.get("identifier", ""))
        return self.thing(models.Package, found, "")

    def thing(self, model: type[BaseModel], found: JsonValue, at: str) -> Object | None:
        """Read one object; None, with an error said, where nothing can be made of it."""
        if isinstance(found, str) and model in LINKS:
            found = {"uri": found}
            self.findings.notice(
                "link_as_text", at, found["uri"], "an object with title, identifier and uri",
                "It was read as the address of what it links to.",
            )  # fmt: skip
        if not isinstance(found, dict):
            self.findings.error(
                "wrong_kind", at, found, f"an object ({model.__name__})",
                "Correct it in the source and export again.",
            )  # fmt: skip
            return None
        named = self._right_names(model, found, at)
        kept: Object = {}
        aside: Object = {}
        for name, want in wants(model).items():
            if name not in named or name == "extensions":
                continue
            value, left = self._property(want, named[name], pointer(at, name))
            if value is not None:
                kept[name] = value
            if left is not None:
                aside[name] = left
        self._leftovers(model, named, aside, at)
        self._extensions(model, named, kept, aside, at)
        return kept if self._complete(model, kept, at) else None

    def _right_names(self, model: type[BaseModel], found: Object, at: str) -> Object:
        right = spellings(model)
        named: Object = {}
        for name, value in found.items():
            meant = right.get(name) or right.get(name.lower(), name)
            if meant != name and meant not in found:
                self.findings.notice(
                    "misspelled", pointer(at, name), name, meant, f"It was read as {meant}."
                )
                named[meant] = value
            else:
                named[name] = value
        return named

    def _property(
        self, want: Want, found: JsonValue, at: str
    ) -> tuple[JsonValue, JsonValue]:  # fmt: skip
        """Return what was read and what could not be: one of the two is None."""
        if found is None:
            self.findings.notice("null", at, "null", "a value or nothing", "It was left out.")
            return None, None
        if not want.many:
            return self._one(want, found, at)
        if not isinstance(found, list):
            self.findings.notice(
                "list_wanted", at, found, "a list", "It was read as a list of one."
            )
            found = [found]
        kept: list[JsonValue] = []
        aside: list[JsonValue] = []
        for place, one in enumerate(found):
            value, left = self._one(want, one, pointer(at, place))
            if value is not None:
                kept.append(value)
            if left is not None:
                aside.append(left)
        return kept, aside or None

    def _one(self, want: Want, found: JsonValue, at: str) -> tuple[JsonValue, JsonValue]:
        if want.model in LINKS and not isinstance(found, str | dict) and not want.required:
            self.findings.notice("unreadable", at, found, "a link", KEPT)
            return None, found
        if want.model is not None:
            return self.thing(want.model, found, at), None
        if want.base is dict:
            return (found, None) if isinstance(found, dict) else (None, found)
        if want.shape is Shape.UUID:
            return self._name(found, at)
        if want.base in (int, float):
            said = as_number(found, whole=want.base is int)
        elif want.shape is not None:
            said = as_shape(found, want.shape)
        else:
            said = as_text(found)
        return self._told(said, found, want, at)

    def _told(
        self, said: Left, found: JsonValue, want: Want, at: str
    ) -> tuple[JsonValue, JsonValue]:
        expected = want.shape.value if want.shape else f"a {want.base.__name__}"
        expected = {"a str": "a text", "a int": "a whole number"}.get(expected, expected)
        if said.value is None:
            code = "bad_date" if want.shape in (Shape.MOMENT, Shape.DAY) else "unreadable"
            self.findings.notice(code, at, found, expected, "It could not be read. " + _fate(at))
            return None, found
        if said.advice:
            self.findings.notice(said.code, at, found, expected, said.advice)
        return said.value, None

    def _name(self, found: JsonValue, at: str) -> tuple[JsonValue, JsonValue]:
        """Return an identifier; what is no UUID gets one, always the same for the same name."""
        said = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
        if UUID.fullmatch(said):
            return said, None
        if not said.strip():
            self.findings.notice("unreadable", at, found, Shape.UUID.value, "It was left out.")
            return None, None
        self.findings.notice(
            "identifier_not_uuid", at, said, Shape.UUID.value,
            "A UUID was made from it; what is here stays known as sourceIdentifier.",
        )  # fmt: skip
        self.made.setdefault(said, made_from(f"{self.document} {said}"))
        return self.made[said], None

    def _leftovers(
        self, model: type[BaseModel], named: Object, aside: Object, at: str
    ) -> None:  # fmt: skip
        """Put what the standard does not know beside it."""
        for name, value in named.items():
            if name in model.model_fields or value is None:
                continue
            if name in IN_WHICH and model is not models.CFDocument and self._is_ours(value):
                self.findings.notice(
                    "package_uri", pointer(at, name), name, "nothing inside a package",
                    "It only says which document this is part of, so it was left out.",
                )  # fmt: skip
                continue
            advice = "A link has no place for it: it was left out." if model in LINKS else KEPT
            self.findings.notice(
                "unknown_property", pointer(at, name), name, "a property of CASE 1.1", advice
            )
            aside[name] = value

    def _is_ours(self, value: JsonValue) -> bool:
        said = value.get("identifier") if isinstance(value, dict) else value
        return bool(self.document) and str(said).rstrip("/").endswith(self.document)

    def _extensions(
        self, model: type[BaseModel], named: Object, kept: Object, aside: Object, at: str
    ) -> None:
        """Keep what vendors put beside the standard, and beside it what had no place."""
        if model in LINKS:
            return
        listed = wants(model)["extensions"].many
        given = self._given(named, aside, pointer(at, "extensions"), listed=listed)
        source = str(named.get("identifier", ""))
        if source in self.made:
            aside["sourceIdentifier"] = source
        if listed:
            together: list[JsonValue] = [*given, aside] if aside else [*given]
            if together or named.get("extensions") == []:
                kept["extensions"] = together
            return
        merged: Object = {}
        for one in (*given, aside):
            for name, value in one.items():
                merged[name if merged.get(name, value) == value else f"{name} (as found)"] = value
        if merged or named.get("extensions") == {}:
            kept["extensions"] = merged

    def _given(self, named: Object, aside: Object, at: str, *, listed: bool) -> list[Object]:
        """Return the extensions that stand there: an object, or a list of them for levels."""
        here = named.get("extensions")
        objects = [one for one in here if isinstance(one, dict)] if isinstance(here, list) else []
        if isinstance(here, list) and len(objects) == len(here) and listed:
            return objects
        if isinstance(here, dict) and not listed:
            return [here]
        if "extensions" in named:
            expected = "a list of objects" if listed else "an object"
            self.findings.notice("unreadable", at, here, expected, KEPT)
        if isinstance(here, dict):
            return [here]
        if here:
            aside["extensions"] = here
        return []

    def _complete(self, model: type[BaseModel], kept: Object, at: str) -> bool:
        for name, want in wants(model).items():
            if want.required and name not in kept and not self._supply(model, name, kept, at):
                self.findings.error(
                    "missing", pointer(at, name), "", want.shape.value if want.shape else name,
                    f"A {model.__name__} cannot be without it: add it in the source.",
                )  # fmt: skip
                return False
        return True

    def _supply(self, model: type[BaseModel], name: str, kept: Object, at: str) -> bool:
        """Fill in what the standard wants where the rest says it; links wait for their targets."""
        if model in LINKS:
            return self._supply_link(name, kept, at)
        value, advice = self._from_the_rest(model, name, kept)
        if value is None:
            return False
        kept[name] = value
        self.findings.notice("missing", pointer(at, name), "", name, advice)
        return True

    def _from_the_rest(
        self, model: type[BaseModel], name: str, kept: Object
    ) -> tuple[str | None, str]:
        rest = {n: v for n, v in kept.items() if isinstance(v, str)}
        if name == "identifier" and rest.get("uri"):
            return identifier_in(rest["uri"]), "It was taken from the uri."
        if name == "uri":
            return f"urn:uuid:{rest.get('identifier')}", "It was made from the identifier."
        if name == "lastChangeDateTime":
            return self.moment, "The document's was taken; 1970 stands for not known."
        if name == "fullStatement":
            said = rest.get("abbreviatedStatement") or rest.get("humanCodingScheme")
            return said, "The short statement or the code was taken."
        if name == "creator":
            return rest.get("publisher"), "The publisher was taken."
        if name in MAY_BE_EMPTY and model is not models.CFDocument:
            return "", "It was left empty."
        return None, ""

    def _supply_link(self, name: str, kept: Object, at: str) -> bool:
        uri, identifier = kept.get("uri"), kept.get("identifier")
        if name == "identifier" and isinstance(uri, str) and uri:
            kept[name] = identifier_in(uri)
        elif name == "uri" and isinstance(identifier, str):
            kept[name] = f"urn:uuid:{identifier}"
        elif name == "title":
            kept[name] = ""
        else:
            return False
        self.findings.notice(
            "missing", pointer(at, name), "", name, "It was made from the rest of the link."
        )
        return True


def _fate(at: str) -> str:
    in_a_link = at.rsplit("/", 2)[-2].endswith("URI")
    return "A link has no place for it: it was left out." if in_a_link else KEPT


def identifier_in(uri: str) -> str:
    """Return the UUID with which an address ends, or one made from the whole address."""
    last = uri.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return last if UUID.fullmatch(last) else made_from(uri)


def made_from(said: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, said))
