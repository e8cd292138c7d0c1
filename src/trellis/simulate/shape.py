"""Say how large the district is: its schools, and the teaching positions in each."""

from dataclasses import dataclass
from typing import Literal

Size = Literal["small", "demo", "large"]
SchoolKind = Literal["elementary", "k8", "middle", "high"]
PositionKind = Literal["homeroom", "specialist", "secondary"]

SUBJECTS = ("math", "ela", "science", "social studies", "arts")
SPECIALTIES = ("arts", "music", "physical education", "reading support", "science")
GRADES_OF_KIND: dict[SchoolKind, range] = {
    "elementary": range(6),
    "k8": range(9),
    "middle": range(6, 9),
    "high": range(9, 13),
}


@dataclass(frozen=True, slots=True)
class School:
    """A school.

    Attributes
    ----------
    zone : schools of one zone feed one another.
    classes : parallel classes per elementary grade (0 in middle and high schools).
    """

    id: str
    name: str
    kind: SchoolKind
    zone: int
    classes: int
    specialists: int
    secondary_teachers: int

    @property
    def grades(self) -> range:
        """Return the grades taught here, kindergarten as 0."""
        return GRADES_OF_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class Position:
    """A teaching position that someone holds each year."""

    school: int
    kind: PositionKind
    grade: int
    subject: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the district in numbers.

    Attributes
    ----------
    volunteers : share of teachers who enter the draw for content coaching in a fall.
    """

    schools: tuple[School, ...]
    coaches: int
    mentors: int
    study_visitors: int
    consultants: int
    volunteers: float

    def positions(self) -> list[Position]:
        """List the teaching positions; the first two are Ana's and Chi's."""
        listed = [p for i, s in enumerate(self.schools) for p in _positions_of(i, s)]
        grade_four = [p for p in listed if p.school == 0 and p.grade == 4 and p.kind == "homeroom"]
        rest = list(listed)
        for position in grade_four[:2]:
            rest.remove(position)
        return grade_four[:2] + rest


def _positions_of(index: int, school: School) -> list[Position]:
    homerooms = [
        Position(index, "homeroom", grade, "elementary")
        for grade in range(6)
        for _ in range(school.classes)
    ]
    specialists = [
        Position(index, "specialist", n % 6, SPECIALTIES[n % len(SPECIALTIES)])
        for n in range(school.specialists)
    ]
    secondary = [
        Position(index, "secondary", school.grades[-1], SUBJECTS[n % len(SUBJECTS)])
        for n in range(school.secondary_teachers)
    ]
    return homerooms + specialists + secondary


_ELEMENTARY = ("Cedar", "Maple", "Juniper", "Willow", "Sycamore", "Hawthorn", "Aspen")
_LARGE_WORDS = (
    "",
    "North ",
    "South ",
    "East ",
    "West ",
    "Upper ",
    "Lower ",
    "New ",
    "Old ",
    "Far ",
)


def _zone(zone: int, word: str) -> list[School]:
    """Return the twelve schools of one zone: 396 teachers, about 6,800 students."""
    tag = f"z{zone}-" if zone else ""
    schools = [
        School(
            f"{tag}{name.lower()}", f"{word}{name} Elementary", "elementary", zone, classes, 5, 0
        )
        for name, classes in zip(_ELEMENTARY, (3, 3, 4, 3, 3, 4, 3), strict=True)
    ]
    schools.append(School(f"{tag}riverbend", f"{word}Riverbend School", "k8", zone, 2, 3, 8))
    schools += [
        School(f"{tag}{name.lower()}", f"{word}{name} Middle School", "middle", zone, 0, 0, 40)
        for name in ("Lakeview", "Stonebridge")
    ]
    schools += [
        School(f"{tag}{name.lower()}", f"{word}{name} High School", "high", zone, 0, 0, 60)
        for name in ("Alder", "Summit")
    ]
    return schools


def shape_of(size: Size) -> Shape:
    """Return the shape of a size: small for tests, demo as documented, large ten times that."""
    if size == "small":
        few = (
            School("cedar", "Cedar Elementary", "elementary", 0, 4, 6, 0),
            School("riverbend", "Riverbend School", "k8", 0, 3, 4, 12),
            School("lakeview", "Lakeview Middle School", "middle", 0, 0, 0, 13),
            School("alder", "Alder High School", "high", 0, 0, 0, 32),
        )
        return Shape(few, 5, 4, 6, 2, 0.30)
    if size == "demo":
        return Shape(tuple(_zone(0, "")), 14, 12, 18, 5, 0.28)
    schools = tuple(s for z, word in enumerate(_LARGE_WORDS) for s in _zone(z, word))
    return Shape(schools, 140, 120, 180, 50, 0.28)
