"""Read the learning objectives that results refer to: a CASE 1.1 package."""

from dataclasses import dataclass

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trellis.interchange.problems import Problem, shorten

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "identifier": pl.String,
    "code": pl.String,
    "statement": pl.String,
    "short_statement": pl.String,
    "subject": pl.String,
    "grades": pl.List(pl.String),
    "parent": pl.String,
    "position": pl.Int64,
}


class Link(BaseModel):
    identifier: str = Field(min_length=1, max_length=100)


class Document(BaseModel):
    identifier: str = Field(min_length=1, max_length=100)
    title: str = Field(min_length=1)
    creator: str = Field(min_length=1)


class Item(BaseModel):
    """One statement; what else a package says about it is left to the package."""

    model_config = ConfigDict(str_strip_whitespace=True)
    identifier: str = Field(min_length=1, max_length=100)
    fullStatement: str = Field(min_length=1, max_length=10_000)
    humanCodingScheme: str | None = Field(None, max_length=100)
    abbreviatedStatement: str | None = Field(None, max_length=300)
    educationLevel: list[str] = []
    subject: list[str] = []


class Association(BaseModel):
    associationType: str
    originNodeURI: Link
    destinationNodeURI: Link
    sequenceNumber: int | None = None


class Package(BaseModel):
    CFDocument: Document
    CFItems: list[Item] = Field(min_length=1)
    CFAssociations: list[Association] = []


@dataclass(frozen=True, slots=True)
class Objectives:
    """The objectives of a package, one a row, with parent and place from `isChildOf` alone."""

    title: str
    rows: pl.DataFrame
    problems: tuple[Problem, ...]


def read_case(data: bytes, file: str) -> Objectives:
    """Read a package strictly; a departure names the place in the document."""
    try:
        package = Package.model_validate_json(data)
    except ValidationError as error:
        return Objectives("", pl.DataFrame(schema=SCHEMA), json_problems(error, file, "CASE 1.1"))
    problems = tuple(_twice(package, file)) + tuple(_loose_ends(package, file))
    return Objectives(package.CFDocument.title, _rows(package), problems)


def json_problems(error: ValidationError, file: str, standard: str) -> tuple[Problem, ...]:
    """Turn what pydantic found into problems that name the place in the document."""
    return tuple(
        Problem(
            file, 0, ".".join(str(part) for part in found["loc"]), shorten(str(found["input"])),
            f"a document as {standard} says", f"{found['msg']}. Correct it and try again.",
            "json.invalid" if found["type"] == "json_invalid" else "json.invalid_document",
        )
        for found in error.errors(include_url=False)
    )  # fmt: skip


def _twice(package: Package, file: str) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for place, item in enumerate(package.CFItems):
        if item.identifier in seen:
            problems.append(
                Problem(file, 0, f"CFItems.{place}.identifier", item.identifier, "each item once",
                        "Keep one of the two items.", "row.duplicate")
            )  # fmt: skip
        seen.add(item.identifier)
    return problems


def _loose_ends(package: Package, file: str) -> list[Problem]:
    known = {item.identifier for item in package.CFItems} | {package.CFDocument.identifier}
    return [
        Problem(file, 0, f"CFAssociations.{place}", node.identifier, "an item of this package",
                "Add the item, or remove the association.", "reference.missing_target_record")
        for place, association in enumerate(package.CFAssociations)
        if association.associationType == "isChildOf"
        for node in (association.originNodeURI, association.destinationNodeURI)
        if node.identifier not in known
    ]  # fmt: skip


def _rows(package: Package) -> pl.DataFrame:
    children = [a for a in package.CFAssociations if a.associationType == "isChildOf"]
    parent = {a.originNodeURI.identifier: a.destinationNodeURI.identifier for a in children}
    place = {a.originNodeURI.identifier: a.sequenceNumber for a in children}
    rows = [
        {
            "identifier": item.identifier,
            "code": item.humanCodingScheme,
            "statement": item.fullStatement,
            "short_statement": item.abbreviatedStatement,
            "subject": item.subject[0] if item.subject else None,
            "grades": item.educationLevel,
            "parent": parent.get(item.identifier),
            "position": place.get(item.identifier),
        }
        for item in package.CFItems
    ]
    return pl.DataFrame(rows, schema=SCHEMA)
