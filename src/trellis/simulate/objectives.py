"""Hold the district's own learning objectives and say them as a CASE 1.1 package."""

import json
import uuid
from dataclasses import dataclass
from importlib.resources import files

SUBJECT_NAMES = {"math": "Mathematics", "ela": "English Language Arts"}
CHANGED = "2023-06-30T12:00:00+00:00"
BASE = "https://case.alder-valley.example/ims/case/v1p1"
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
        },
        "CFItems": items,
        "CFAssociations": links,
    }


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
