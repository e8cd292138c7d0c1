"""Let students grow through their classes, and test them."""

from dataclasses import dataclass

import numpy as np

from trellis.simulate.classes import Section, Students
from trellis.simulate.instruments import GROWTH, Ints, yearly_growth
from trellis.simulate.traits import Floats, Subject, Traits

SUBJECTS: tuple[Subject, ...] = ("math", "ela")
TESTED_GRADES = range(3, 9)
TERMS = ("fall", "winter", "spring")
# True standing next year on this year's: tests of reliability .87 then correlate about .80.
CARRY = 0.92
TRUE_VARIANCE, ERROR_VARIANCE = 0.87, 0.13
# Publishers report less error than a test has (Boyd et al. 2013).
REPORTED_ERROR = 0.30
SCALE_SD = 15.0
MISSED_TEST = 0.05
# Annual growth from the grade below, in SDs (Hill, Bloom, Black and Lipsey 2008).
ANNUAL_GROWTH = {
    "math": (0.0, 1.14, 1.03, 0.89, 0.52, 0.56, 0.41, 0.30, 0.32),
    "ela": (0.0, 1.52, 0.97, 0.60, 0.36, 0.40, 0.32, 0.23, 0.26),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where students truly stand, S students.

    Attributes
    ----------
    before, after : by subject, (years, S) standing at start and end of each year, within grade.
    """

    before: dict[Subject, Floats]
    after: dict[Subject, Floats]


def grow(
    rng: np.random.Generator,
    students: Students,
    sections: list[list[Section]],
    traits: Traits,
    achievement: Floats,
) -> Standing:
    """Let students grow under their teachers; `achievement` is (J, years) effects of programs."""
    before: dict[Subject, Floats] = {}
    after: dict[Subject, Floats] = {}
    own = rng.standard_normal((2, len(students.ids)))
    for s, subject in enumerate(SUBJECTS):
        standing = np.sqrt(TRUE_VARIANCE) * (0.9 * students.ability + np.sqrt(0.19) * own[s])
        starts, ends = [], []
        for y, year_sections in enumerate(sections):
            starts.append(standing)
            teacher = _teacher_of(students, year_sections, subject)
            gains = _gains(rng, subject, traits) + achievement[:, y]
            gain = np.where(teacher[1] >= 0, gains[teacher[0], teacher[1]], 0.0)
            left_over = np.sqrt(TRUE_VARIANCE * (1 - CARRY**2))
            standing = CARRY * standing + gain + rng.normal(0, left_over, len(standing))
            ends.append(standing)
        before[subject], after[subject] = np.array(starts), np.array(ends)
    return Standing(before, after)


def _gains(rng: np.random.Generator, subject: Subject, traits: Traits) -> Floats:
    """Return (2, J) gains by level of school."""
    base = traits.value_added[subject]
    return np.array(
        [yearly_growth(rng, base, GROWTH[subject, level]) for level in ("elementary", "middle")]
    )


def _teacher_of(students: Students, sections: list[Section], subject: Subject) -> Ints:
    """Return (2, S): level of school (0 elementary, 1 middle) and teacher, -1 where nobody."""
    found = np.full((2, len(students.ids)), -1)
    for section in sections:
        if section.subject == subject and section.grade <= 8:
            found[0, section.students] = int(section.grade > 5)
            found[1, section.students] = section.teacher
    return found


@dataclass(frozen=True, slots=True)
class Tests:
    """Results of a term's test in one subject, N students."""

    student: Ints
    grade: Ints
    score: Floats
    standard_error: Floats


def take_test(
    rng: np.random.Generator,
    students: Students,
    standing: Standing,
    subject: Subject,
    year: int,
    term: int,
) -> Tests:
    """Test the tested grades; `year` and `term` are indexes."""
    grade = students.grade + year
    tested = np.isin(grade, TESTED_GRADES) & (rng.random(len(grade)) >= MISSED_TEST)
    who = np.flatnonzero(tested)
    part = term / 2
    true = (1 - part) * standing.before[subject][year, who] + part * standing.after[subject][
        year, who
    ]
    height = np.cumsum(ANNUAL_GROWTH[subject])
    level = height[grade[who] - 1] + part * (height[grade[who]] - height[grade[who] - 1])
    read = level + true + rng.normal(0, np.sqrt(ERROR_VARIANCE), len(who))
    far = np.abs(true)
    error = SCALE_SD * REPORTED_ERROR * (1 + 0.08 * far**2)
    return Tests(who, grade[who], np.round(170 + SCALE_SD * read), np.round(error, 1))
