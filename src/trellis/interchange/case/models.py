"""State what a CASE 1.1 package may hold, strictly: what Trellis writes always fits these models.

Names of fields are those of the standard. `Shape` tells the lenient reader what each field wants.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

VERSION: Literal["1.1"] = "1.1"
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]*[A-Za-z0-9._]")
CHILD = "isChildOf"
RELATIONS = (
    CHILD, "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy",
    "exemplar", "hasSkillLevel", "isTranslationOf",
)  # fmt: skip


class Shape(StrEnum):
    """What a text of the standard looks like."""

    UUID = "a UUID such as 8f14e45f-ceea-467f-a8d1-1d3b2f7c1a55"
    MOMENT = "a date and time such as 2025-07-01T12:00:00Z"
    DAY = "a date such as 2025-07-01"
    RELATION = "one of CASE's association types, or ext: and a word"
    TARGET = "CASE, or ext: and a word"
    STATEMENT = "a text that says something"
    NUMBER = "a number"


def is_moment(said: str) -> bool:
    """Return True for a date and time with its zone, as RFC 3339 writes it."""
    if not MOMENT.fullmatch(said):
        return False
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return False
    return True


def is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return len(said) == 10


def is_relation(said: str) -> bool:
    return said in RELATIONS or bool(EXTENSION.fullmatch(said))


def is_target(said: str) -> bool:
    return said == "CASE" or bool(EXTENSION.fullmatch(said))


FITS: dict[Shape, Callable[[str], bool]] = {
    Shape.UUID: lambda said: bool(UUID.fullmatch(said)),
    Shape.MOMENT: is_moment,
    Shape.DAY: is_day,
    Shape.RELATION: is_relation,
    Shape.TARGET: is_target,
    Shape.STATEMENT: lambda said: bool(said.strip()),
}


def _as(shape: Shape) -> AfterValidator:
    def check(said: str) -> str:
        if not FITS[shape](said):
            raise ValueError(f"expected {shape.value}")
        return said

    return AfterValidator(check)


# A text that a database or another program would choke on is not a text of the standard.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Uuid = Annotated[Text, Shape.UUID, _as(Shape.UUID)]
Moment = Annotated[Text, Shape.MOMENT, _as(Shape.MOMENT)]
Day = Annotated[Text, Shape.DAY, _as(Shape.DAY)]
Relation = Annotated[Text, Shape.RELATION, _as(Shape.RELATION)]
Target = Annotated[Text, Shape.TARGET, _as(Shape.TARGET)]
Statement = Annotated[Text, Shape.STATEMENT, _as(Shape.STATEMENT)]
# Whole numbers stay whole: a score of 2 is written as 2.
Number = Annotated[int | Annotated[float, Field(allow_inf_nan=False)], Shape.NUMBER]
Extensions = dict[str, JsonValue]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LinkURI(Strict):
    """A reference to something else of the standard: an item, a license, a subject."""

    title: Text
    identifier: Uuid
    uri: Text


class LinkGenURI(Strict):
    """One end of an association; it may lie outside CASE."""

    title: Text
    identifier: Text
    uri: Text
    targetType: Target | None = None


class CFDocument(Strict):
    identifier: Uuid
    uri: Text
    frameworkType: Text | None = None
    caseVersion: Literal["1.1"] = VERSION
    creator: Statement
    title: Statement
    lastChangeDateTime: Moment
    officialSourceURL: Text | None = None
    publisher: Text | None = None
    description: Text | None = None
    subject: list[Text] | None = None
    subjectURI: list[LinkURI] | None = None
    language: Text | None = None
    version: Text | None = None
    adoptionStatus: Text | None = None
    statusStartDate: Day | None = None
    statusEndDate: Day | None = None
    licenseURI: LinkURI | None = None
    notes: Text | None = None
    extensions: Extensions | None = None


class CFItem(Strict):
    identifier: Uuid
    fullStatement: Statement
    alternativeLabel: Text | None = None
    CFItemType: Text | None = None
    uri: Text
    humanCodingScheme: Text | None = None
    listEnumeration: Text | None = None
    abbreviatedStatement: Text | None = None
    conceptKeywords: list[Text] | None = None
    conceptKeywordsURI: LinkURI | None = None
    notes: Text | None = None
    subject: list[Text] | None = None
    subjectURI: list[LinkURI] | None = None
    language: Text | None = None
    educationLevel: list[Text] | None = None
    CFItemTypeURI: LinkURI | None = None
    licenseURI: LinkURI | None = None
    statusStartDate: Day | None = None
    statusEndDate: Day | None = None
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFAssociation(Strict):
    identifier: Uuid
    associationType: Relation
    sequenceNumber: int | None = None
    uri: Text
    originNodeURI: LinkGenURI
    destinationNodeURI: LinkGenURI
    CFAssociationGroupingURI: LinkURI | None = None
    lastChangeDateTime: Moment
    notes: Text | None = None
    extensions: Extensions | None = None


class CFConcept(Strict):
    identifier: Uuid
    uri: Text
    title: Text
    keywords: Text | None = None
    hierarchyCode: Text
    description: Text | None = None
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFSubject(Strict):
    identifier: Uuid
    uri: Text
    title: Text
    hierarchyCode: Text
    description: Text | None = None
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFLicense(Strict):
    identifier: Uuid
    uri: Text
    title: Text
    description: Text | None = None
    licenseText: Text
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFItemType(Strict):
    identifier: Uuid
    uri: Text
    title: Text
    description: Text
    hierarchyCode: Text
    typeCode: Text | None = None
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFAssociationGrouping(Strict):
    identifier: Uuid
    uri: Text
    title: Text
    description: Text | None = None
    lastChangeDateTime: Moment
    extensions: Extensions | None = None


class CFDefinition(Strict):
    CFConcepts: list[CFConcept] | None = None
    CFSubjects: list[CFSubject] | None = None
    CFLicenses: list[CFLicense] | None = None
    CFItemTypes: list[CFItemType] | None = None
    CFAssociationGroupings: list[CFAssociationGrouping] | None = None
    extensions: Extensions | None = None


class CFRubricCriterionLevel(Strict):
    identifier: Uuid
    uri: Text
    description: Text | None = None
    quality: Text | None = None
    score: Number | None = None
    feedback: Text | None = None
    position: int | None = None
    rubricCriterionId: Uuid | None = None
    lastChangeDateTime: Moment
    # A list, and only here: so says the published schema.
    extensions: list[Extensions] | None = None


class CFRubricCriterion(Strict):
    identifier: Uuid
    uri: Text
    category: Text | None = None
    description: Text | None = None
    CFItemURI: LinkURI | None = None
    weight: Number | None = None
    position: int | None = None
    rubricId: Uuid | None = None
    lastChangeDateTime: Moment
    CFRubricCriterionLevels: list[CFRubricCriterionLevel] | None = None
    extensions: Extensions | None = None


class CFRubric(Strict):
    identifier: Uuid
    uri: Text
    title: Text | None = None
    description: Text | None = None
    lastChangeDateTime: Moment
    CFRubricCriteria: list[CFRubricCriterion] | None = None
    extensions: Extensions | None = None


class Package(Strict):
    """A framework, whole: its document, items, associations, definitions and rubrics."""

    CFDocument: CFDocument
    CFItems: list[CFItem] | None = None
    CFAssociations: list[CFAssociation] | None = None
    CFDefinitions: CFDefinition | None = None
    CFRubrics: list[CFRubric] | None = None
    extensions: Extensions | None = None

    @property
    def items(self) -> list[CFItem]:
        return self.CFItems or []

    @property
    def associations(self) -> list[CFAssociation]:
        return self.CFAssociations or []
