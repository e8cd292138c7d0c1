"""Number teachers, lessons, visitors and elements so that each step is one pass over arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trellis.stats.gaussian import Array

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows that each hold a few entries, sorted by row, with all ordered pairs inside a row.

    row : (e,) row of each entry
    rows : how many rows
    first, second : (q,) the two entries of each pair (an entry is also paired with itself)
    """

    row: Places
    rows: int
    first: Places
    second: Places

    @classmethod
    def of(cls, row: Places, rows: int) -> "Ragged":
        """Return the pairs of entries in each row; `row` is sorted."""
        size = np.bincount(row, minlength=rows)
        start = np.cumsum(size) - size
        repeats = size[row]
        first = np.repeat(np.arange(len(row)), repeats)
        begins = np.cumsum(repeats) - repeats
        second = np.arange(len(first)) - begins[first] + start[row[first]]
        return cls(row, rows, first, second)

    def sums(self, values: Array) -> Array:
        """Return the sum over each row's entries; values are (e, m), the sums (rows, m)."""
        return grouped(self.row, values, self.rows)

    def sums_of_pairs(self, values: Array) -> Array:
        """Return the sum over each row's pairs; values are (q, m), the sums (rows, m)."""
        return grouped(self.row[self.first], values, self.rows)


def total(place: Places, values: Array, length: int) -> Array:
    """Return sums of values (n,) by place, (length,)."""
    return np.bincount(place, values, length).astype(np.float64, copy=False)


def grouped(group: Places, values: Array, groups: int) -> Array:
    """Return sums of the rows of `values` (n, ...) by sorted group, (groups, ...)."""
    found = np.zeros((groups, *values.shape[1:]))
    if len(group):
        begins = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        found[group[begins]] = np.add.reduceat(values, begins, axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each of n marks belongs; sorted by teacher, then lesson, then visitor.

    A look is one visitor in one lesson; a pairing is one visitor with one teacher.

    level : (n,) 0, 1, ..., top, as numbers to compute with
    counts : (top + 1,) marks of each level
    teacher, lesson, visitor, element : (n,) places
    look : (n,) place of its look
    own : (n,) place of its teacher-by-element
    seen : (n,) place of its lesson-by-element
    lesson_teacher : (lessons,) teacher of each lesson, sorted
    look_lesson, look_visitor, look_pairing : (looks,)
    pairings : pairings by teacher; pairing_visitor : (pairings,)
    looks : looks by lesson
    reach : every pairing that the teacher of a lesson has, by lesson; reach_pairing : its pairing
    look_reach : (looks,) the place in `reach` of each look
    """

    level: Array
    counts: Array
    teacher: Places
    lesson: Places
    visitor: Places
    element: Places
    look: Places
    own: Places
    seen: Places
    lesson_teacher: Places
    look_lesson: Places
    look_visitor: Places
    look_pairing: Places
    pairings: Ragged
    pairing_visitor: Places
    looks: Ragged
    reach: Ragged
    reach_pairing: Places
    look_reach: Places
    teachers: int
    lessons: int
    visitors: int
    elements: int

    @property
    def top(self) -> int:
        """Return the highest level."""
        return len(self.counts) - 1


def arrange(
    teacher: Places, lesson: Places, visitor: Places, element: Places, level: Places
) -> Layout:
    """Return the layout of marks given as places 0, 1, ... without holes, each (n,).

    A lesson belongs to one teacher; levels run from 0 to the top without holes.
    """
    order = np.lexsort((element, visitor, lesson, teacher))
    teacher, lesson, visitor, element, level = (
        a[order] for a in (teacher, lesson, visitor, element, level)
    )
    teachers, visitors, elements = (int(a.max()) + 1 for a in (teacher, visitor, element))
    lesson = _renumber(lesson)
    look = _renumber(lesson * visitors + visitor)
    starts = np.flatnonzero(np.r_[True, look[1:] != look[:-1]])
    of_lesson = np.flatnonzero(np.r_[True, lesson[1:] != lesson[:-1]])
    look_lesson, look_visitor = lesson[starts], visitor[starts]
    keys, look_pairing = np.unique(teacher[starts] * visitors + look_visitor, return_inverse=True)
    pairings = Ragged.of(keys // visitors, teachers)
    lesson_teacher = teacher[of_lesson]
    size = np.bincount(pairings.row, minlength=teachers)
    first = np.cumsum(size) - size
    reach_row = np.repeat(np.arange(len(lesson_teacher)), size[lesson_teacher])
    reach_begin = np.cumsum(size[lesson_teacher]) - size[lesson_teacher]
    within = np.arange(len(reach_row)) - reach_begin[reach_row]
    return Layout(
        level=level.astype(np.float64),
        counts=np.bincount(level).astype(np.float64),
        teacher=teacher,
        lesson=lesson,
        visitor=visitor,
        element=element,
        look=look,
        own=teacher * elements + element,
        seen=lesson * elements + element,
        lesson_teacher=lesson_teacher,
        look_lesson=look_lesson,
        look_visitor=look_visitor,
        look_pairing=look_pairing,
        pairings=pairings,
        pairing_visitor=keys % visitors,
        looks=Ragged.of(look_lesson, len(lesson_teacher)),
        reach=Ragged.of(reach_row, len(lesson_teacher)),
        reach_pairing=first[lesson_teacher[reach_row]] + within,
        look_reach=reach_begin[look_lesson] + look_pairing - first[lesson_teacher[look_lesson]],
        teachers=teachers,
        lessons=len(lesson_teacher),
        visitors=visitors,
        elements=elements,
    )


def _renumber(sorted_groups: Places) -> Places:
    """Return 0, 1, ... for groups whose members stand together."""
    return np.cumsum(np.r_[False, sorted_groups[1:] != sorted_groups[:-1]]).astype(np.int64)
