"""Hold the district's own learning objectives and say them as a CASE 1.1 package."""

import json
import uuid
from dataclasses import dataclass
from importlib.resources import files

SUBJECT_NAMES = {"math": "Mathematics", "ela": "English Language Arts"}
CHANGED = "2023-06-30T12:00:00+00:00"
BASE = "https://case.alder-valley.example/ims/case/v1p1"
LICENSE = "CC BY 4.0"
LICENSE_URI = "https://creativecommons.org/licenses/by/4.0/"
# What the district's own people wrote beside an objective: the element of practice (its identifier
# in the Trellis Practice Framework) that it asks of a lesson, known by words of its statement.
CROSSWALK = (
    (
        "0752ef39-3538-519f-8d9f-b24e02cc974f",
        "Students explain their thinking",
        ("explain", "say why", "reason"),
        "The objective asks students for reasons.",
    ),
    (
        "36947281-51dd-560d-bc70-aba0c80a3385",
        "Students take up each other's ideas",
        ("discussion", "speaker"),
        "The objective asks students to answer one another.",
    ),
)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, BASE)


@dataclass(frozen=True, slots=True)
class Objective:
    """What students of a grade are to learn.

    Attributes
    ----------
    id : identifier of its CASE item.
    code : short code for people, for example M.4.4.
    """

    id: str
    code: str
    subject: str
    grade: int
    statement: str


def objectives() -> dict[tuple[str, int], list[Objective]]:
    """Return the objectives of each subject and grade, in the order of the year."""
    text = files("trellis.simulate").joinpath("data/objectives.json").read_text("utf-8")
    bank: dict[str, dict[str, list[str]]] = json.loads(text)
    return {
        (subject, int(grade)): [
            _objective(subject, int(grade), n + 1, said) for n, said in enumerate(statements)
        ]
        for subject, grades in bank.items()
        for grade, statements in grades.items()
    }


def _objective(subject: str, grade: int, n: int, statement: str) -> Objective:
    code = f"{'M' if subject == 'math' else 'E'}.{grade or 'K'}.{n}"
    return Objective(_id(code), code, subject, grade, statement)


def _id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def grade_code(grade: int) -> str:
    """Return the code of a grade in OneRoster and CASE, KG to 12."""
    return "KG" if grade == 0 else f"{grade:02d}"


def case_package(listed: dict[tuple[str, int], list[Objective]]) -> dict[str, object]:
    """Return the objectives as a CASE 1.1 CFPackage: document, subject, grade, objective."""
    document = _id("document")
    title = "Alder Valley Learning Objectives, Kindergarten to Grade 8"
    items: list[dict[str, object]] = []
    links: list[dict[str, object]] = []
    for n, (subject, name) in enumerate(SUBJECT_NAMES.items()):
        items.append(_item(subject, name, subject[0].upper(), [], "Subject"))
        links.append(_child(_id(subject), name, document, title, n + 1, "CFDocument"))
    for (subject, grade), objectives_of_grade in listed.items():
        key = f"{subject}-{grade}"
        said = f"{SUBJECT_NAMES[subject]}, {'Kindergarten' if grade == 0 else f'Grade {grade}'}"
        code = objectives_of_grade[0].code.rsplit(".", 1)[0]
        items.append(_item(key, said, code, [grade_code(grade)], "Grade"))
        links.append(_child(_id(key), said, _id(subject), SUBJECT_NAMES[subject], grade + 1))
        for n, o in enumerate(objectives_of_grade):
            items.append(_item(o.code, o.statement, o.code, [grade_code(grade)], "Objective"))
            links.append(_child(o.id, o.code, _id(key), said, n + 1))
            links += _relations(o)
    return {
        "CFDocument": {
            "identifier": document,
            "uri": f"{BASE}/CFDocuments/{document}",
            "creator": "Alder Valley Unified",
            "title": title,
            "lastChangeDateTime": CHANGED,
            "frameworkType": "Learning objectives",
            "caseVersion": "1.1",
            "adoptionStatus": "Adopted",
            "language": "en",
            "version": "2023",
            "licenseURI": _link("license", LICENSE, LICENSE_URI),
            "extensions": {"attribution": f"{title}, 2023, by Alder Valley Unified, {LICENSE}."},
        },
        "CFItems": items,
        "CFAssociations": links,
        "CFDefinitions": _definitions(),
    }


def _definitions() -> dict[str, object]:
    kinds = ("Subject", "Grade", "Objective")
    return {
        "CFLicenses": [
            _link("license", LICENSE, LICENSE_URI)
            | {
                "licenseText": "Creative Commons Attribution 4.0 International: "
                "share and adapt, with credit and a word on what was changed.",
                "lastChangeDateTime": CHANGED,
            }
        ],
        "CFItemTypes": [
            _link(f"type {kind}", kind)
            | {
                "description": f"{kind} of the district's objectives",
                "hierarchyCode": str(n + 1),
                "lastChangeDateTime": CHANGED,
            }
            for n, kind in enumerate(kinds)
        ],
        "CFAssociationGroupings": [
            _link("crosswalk", "Elements of practice")
            | {
                "description": "What an objective asks of a lesson, as the curriculum team sees it",
                "lastChangeDateTime": CHANGED,
            }
        ],
    }


def _link(name: str, title: str, uri: str = "") -> dict[str, object]:
    identifier = _id(name)
    return {"title": title, "identifier": identifier, "uri": uri or f"urn:uuid:{identifier}"}


def _relations(objective: Objective) -> list[dict[str, object]]:
    said = objective.statement.lower()
    return [
        {
            "identifier": (identifier := _id(f"{objective.code} relates to {element}")),
            "uri": f"{BASE}/CFAssociations/{identifier}",
            "associationType": "isRelatedTo",
            "originNodeURI": {
                "title": objective.code,
                "identifier": objective.id,
                "uri": f"{BASE}/CFItems/{objective.id}",
            },
            "destinationNodeURI": {
                "title": title,
                "identifier": element,
                "uri": f"urn:uuid:{element}",
            },
            "CFAssociationGroupingURI": _link("crosswalk", "Elements of practice"),
            "notes": note,
            "lastChangeDateTime": CHANGED,
        }
        for element, title, words, note in CROSSWALK
        if any(word in said for word in words)
    ]


def _item(
    key: str, statement: str, code: str, education_level: list[str], kind: str
) -> dict[str, object]:
    identifier = _id(key)
    item: dict[str, object] = {
        "identifier": identifier,
        "uri": f"{BASE}/CFItems/{identifier}",
        "fullStatement": statement,
        "humanCodingScheme": code,
        "CFItemType": kind,
        "CFItemTypeURI": _link(f"type {kind}", kind),
        "language": "en",
        "lastChangeDateTime": CHANGED,
    }
    if education_level:
        item["educationLevel"] = education_level
    return item


def _child(
    child: str, child_title: str, parent: str, parent_title: str, order: int, kind: str = "CFItem"
) -> dict[str, object]:
    identifier = _id(f"{child} in {parent}")
    return {
        "identifier": identifier,
        "uri": f"{BASE}/CFAssociations/{identifier}",
        "associationType": "isChildOf",
        "sequenceNumber": order,
        "originNodeURI": {
            "title": child_title,
            "identifier": child,
            "uri": f"{BASE}/CFItems/{child}",
        },
        "destinationNodeURI": {
            "title": parent_title,
            "identifier": parent,
            "uri": f"{BASE}/{kind}s/{parent}",
        },
        "lastChangeDateTime": CHANGED,
    }
