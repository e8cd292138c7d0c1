"""Put students into classes, and classes into the hands of teachers."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from trellis.simulate.instruments import Ints
from trellis.simulate.people import Adult, People, Registry
from trellis.simulate.shape import SUBJECTS, School, Shape
from trellis.simulate.traits import Floats

ELEMENTARY_CLASS, SECONDARY_CLASS = 20.9, 24.0
SPECIALIST_CLASSES = 4
SUBJECT_TITLES = {"math": "Math", "ela": "ELA"}


@dataclass(frozen=True, slots=True)
class Students:
    """Everyone who is a student in some year, S students.

    Attributes
    ----------
    grade : (S,) grade in the first school year, below 0 for those who start later.
    path : (S, 3) index of the elementary, middle and high school.
    ability : (S,) standing among students of the same grade before the first year, SD 1.
    """

    ids: list[str]
    names: list[tuple[str, str]]
    grade: Ints
    path: Ints
    ability: Floats

    def school_in(self, grade: Ints) -> Ints:
        """Return (S,) the school in a grade."""
        return np.where(grade <= 5, self.path[:, 0], np.where(grade <= 8, *self.path.T[1:]))


@dataclass(frozen=True, slots=True)
class Section:
    """A class of a year."""

    id: str
    year: int
    school: int
    teacher: int
    grade: int
    subject: str
    students: Ints

    @property
    def title(self) -> str:
        """Return what the class is called."""
        subject = SUBJECT_TITLES.get(self.subject, self.subject.title())
        return f"Grade {self.grade} {subject}" if self.grade else f"Kindergarten {subject}"


def enroll_students(rng: np.random.Generator, shape: Shape, years: int) -> Students:
    """Draw the students who pass through the district in the given number of years."""
    registry = Registry(rng)
    grades: list[Ints] = []
    paths: list[Ints] = []
    for index, school in enumerate(shape.schools):
        if not school.classes:
            continue
        for starting in range(1 - years, 13):
            count = round(float(rng.normal(ELEMENTARY_CLASS, 0.7)) * school.classes)
            grades.append(np.full(count, starting))
            paths.append(np.array([_path(shape, index, n) for n in range(count)]))
    grade, path = np.concatenate(grades), np.concatenate(paths)
    standing = rng.normal(0, 0.3, len(shape.schools))
    ability = standing[path[:, 0]] + rng.normal(0, np.sqrt(1 - 0.3**2), len(grade))
    ids = [f"s{n + 1:05d}" for n in range(len(grade))]
    return Students(ids, [registry.someone()[:2] for _ in ids], grade, path, ability)


def _path(shape: Shape, elementary: int, nth: int) -> tuple[int, int, int]:
    """Return elementary, middle and high school of the nth child of an elementary school."""
    home = shape.schools[elementary]
    middles = _of_kind(shape, home.zone, "middle")
    highs = _of_kind(shape, home.zone, "high")
    side = elementary % len(middles)
    middle = elementary if home.kind == "k8" else middles[side]
    return elementary, middle, highs[(nth if home.kind == "k8" else side) % len(highs)]


def _of_kind(shape: Shape, zone: int, kind: str) -> list[int]:
    return [i for i, s in enumerate(shape.schools) if s.kind == kind and s.zone == zone]


def form_sections(
    rng: np.random.Generator, people: People, students: Students, year_index: int
) -> list[Section]:
    """Form every class of one school year."""
    year = people.years[year_index]
    grade = students.grade + year_index
    school_of = students.school_in(grade)
    holders = _holders(people, year_index)
    drafts: list[tuple[int, int, int, str, Ints]] = []
    for index, school in enumerate(people.shape.schools):
        here = {
            g: rng.permutation(np.flatnonzero((school_of == index) & (grade == g)))
            for g in school.grades
        }
        drafts += _elementary_sections(index, school, here, holders)
        drafts += _secondary_sections(index, school, here, holders)
    return [
        Section(f"c{year % 100}-{n + 1:04d}", year, school_index, teacher, g, subject, members)
        for n, (school_index, teacher, g, subject, members) in enumerate(drafts)
    ]


def _holders(people: People, year_index: int) -> dict[tuple[int, str, str | int], list[int]]:
    """Return teachers by school, kind and grade (homerooms) or subject."""
    found: dict[tuple[int, str, str | int], list[int]] = defaultdict(list)
    for position, teacher in zip(people.positions, people.holders[year_index], strict=True):
        what = position.grade if position.kind == "homeroom" else position.subject
        found[position.school, position.kind, what].append(int(teacher))
        if position.kind == "specialist":
            found[position.school, "specialists", ""].append(int(teacher))
    return found


def _elementary_sections(
    index: int,
    school: School,
    here: dict[int, Ints],
    holders: dict[tuple[int, str, str | int], list[int]],
) -> list[tuple[int, int, int, str, Ints]]:
    if not school.classes:
        return []
    rooms = [
        (teacher, grade, members)
        for grade in range(6)
        for teacher, members in zip(
            holders[index, "homeroom", grade],
            np.array_split(here[grade], school.classes),
            strict=True,
        )
    ]
    drafts = [
        (index, teacher, grade, subject, members)
        for teacher, grade, members in rooms
        for subject in ("math", "ela")
    ]
    subject_of = {
        teacher: subject
        for (at, kind, subject), found in holders.items()
        if at == index and kind == "specialist"
        for teacher in found
    }
    for n, teacher in enumerate(holders[index, "specialists", ""]):
        for k in range(SPECIALIST_CLASSES):
            _, grade, members = rooms[(n * SPECIALIST_CLASSES + k) % len(rooms)]
            drafts.append((index, teacher, grade, str(subject_of[teacher]), members))
    return drafts


def _secondary_sections(
    index: int,
    school: School,
    here: dict[int, Ints],
    holders: dict[tuple[int, str, str | int], list[int]],
) -> list[tuple[int, int, int, str, Ints]]:
    drafts = []
    grades = [g for g in school.grades if g > 5]
    for subject in SUBJECTS if school.secondary_teachers else ():
        pieces = [
            (grade, members)
            for grade in grades
            for members in np.array_split(
                np.roll(here[grade], SUBJECTS.index(subject) * 7),
                max(1, round(len(here[grade]) / SECONDARY_CLASS)),
            )
        ]
        teachers = holders[index, "secondary", subject]
        for n, (grade, members) in enumerate(pieces):
            drafts.append(
                (index, teachers[n * len(teachers) // len(pieces)], grade, subject, members)
            )
    return drafts


def leaders_by_school(people: People) -> dict[str, Adult]:
    """Return the principal of each school by its id."""
    return {adult.scope_id: adult for adult in people.with_role("school_leader")}
