"""What can happen to a district between two exports, as changes to the files of the tiny one."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.interchange import tiny

Texts = dict[str, str]


def _replace(name: str, old: str, new: str) -> Callable[[Texts], None]:
    def happen(texts: Texts) -> None:
        texts[name] = texts[name].replace(old, new)

    return happen


def _add(**lines: str) -> Callable[[Texts], None]:
    def happen(texts: Texts) -> None:
        for name, line in lines.items():
            texts[name] += line + "\n"

    return happen


def _drop(who: str, *names: str) -> Callable[[Texts], None]:
    def happen(texts: Texts) -> None:
        for name in names:
            lines = texts[name].splitlines(keepends=True)
            texts[name] = "".join(line for line in lines if who not in line)

    return happen


def _swap_addresses(texts: Texts) -> None:
    swapped = texts["users"].replace("ana@tiny", "ben@tiny.", 1)
    swapped = swapped.replace(",ben@tiny.example", ",ana@tiny.example", 1)
    texts["users"] = swapped.replace("ben@tiny..example", "ben@tiny.example")


ADULT = "t-new,,,true,new,,Nia,Ode,,,nia@tiny.example,,,,,,,,,,s1,"
PUPIL = "p-4,,,true,p4,,Lea,Orr,,,,,,,04,,,,,,s1,"

HAPPENINGS: dict[str, Callable[[Texts], None]] = {
    "a teacher marries": _replace("users", ",Ana,Ruiz,", ",Ana,Reyes,"),
    "two people swap addresses": _swap_addresses,
    "a teacher comes": _add(
        users=ADULT,
        roles="r9,,,t-new,primary,teacher,2025-08-18,,s1,",
        enrollments="e9,,,c1,s1,t-new,teacher,false,2025-08-18,",
    ),
    "a student comes": _add(
        users=PUPIL,
        roles="r10,,,p-4,primary,student,2025-08-18,,s1,",
        enrollments="e10,,,c1,s1,p-4,student,,2025-08-18,",
    ),
    "a student leaves": _drop("p-3", "users", "roles", "enrollments", "results"),
    "a student changes class": _drop("p-3", "enrollments", "results"),
    "a teacher is closed": _replace("users", "t-chi,,,true", "t-chi,,,false"),
    "a class comes": _add(classes="c2,,,Grade 4 ELA,04,math4,,scheduled,,s1,y26,ela,,"),
    "a class has another title": _replace("classes", "Grade 4 Math", "Math with Ana"),
    "students get numbers": _replace("users", "p1,,Ivy,Lane,,,", "p1,{sis:801},Ivy,Lane,,1001,"),
    "a school year begins": _add(
        academicSessions="y27,,,2026-27,schoolYear,2026-08-17,2027-06-11,,2027",
        classes="c9,,,Grade 5 Math,05,math4,,scheduled,,s1,y27,math,,",
    ),
    "a school comes": _add(orgs="s2,,,Dogwood Elementary,school,,d1"),
    "a role ends": _drop("t-chi,teacher", "role_grants"),
    "a role has another reason": _replace("role_grants", "coaches teachers", "coaches in math"),
    "an evaluator goes": _drop("t-dee,t-ana", "evaluators"),
    "costs change": _replace("costs", "Coach time", "Coaching time"),
    "participation changes": _replace("participation", "attended,240", "partly,120"),
    "a note is mended": _replace("visit_notes", "Five students", "Six students"),
    "a winter test comes": _add(assessment_results="p-1,2026,winter,2026-01-14,math,04,410,12.0"),
    "a program has another title": _replace("programs", "Online library", "Library"),
    "a resource goes": _drop("re1,", "resources"),
    "a peer partnership ends later": _replace("partnerships", "2026-01-30", "2026-02-27"),
    "an objective comes": lambda texts: _objective(texts),
}


def _objective(texts: Texts) -> None:
    package = json.loads(texts["learning_objectives"])
    item = dict(package["CFItems"][0], identifier="obj-9", fullStatement="Compare fractions")
    package["CFItems"].append(item | {"uri": "https://tiny.example/obj-9"})
    texts["learning_objectives"] = json.dumps(package)


def write_later(folder: Path, happened: Iterable[str]) -> Path:
    """Write the tiny district after some things have happened to it."""
    texts = {**tiny.ONEROSTER, "learning_objectives": json.dumps(tiny.OBJECTIVES)}
    texts |= {Path(name).stem: text for name, text in tiny.FILES.items()}
    for name in happened:
        HAPPENINGS[name](texts)
    tiny.write_district(folder, **{n: t for n, t in texts.items() if f"{n}.csv" in tiny.FILES})
    tiny.write_bundle(folder / "oneroster.zip", **{n: texts[n] for n in tiny.ONEROSTER})
    (folder / "learning_objectives.json").write_text(texts["learning_objectives"])
    return folder
