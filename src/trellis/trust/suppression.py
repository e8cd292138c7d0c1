"""Decide which figures about groups of people may be shown: one engine for every output.

Four rules, always together:

- primary: nothing about fewer than 5 teachers (10 students outside the own class; 2 coaches where
  the figure is about coaches' time, content or usefulness);
- complementary: no shown figures add up or subtract to a group smaller than that, within a table
  and across tables over the same people;
- coding: shares near none and near all are shown as bounds (NCES 2011-603), reach as fifths in
  words;
- no certainty about one person: bands that together would force somebody in or out stay closed.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Generic, TypeVar

TEACHERS = 5
STUDENTS = 10
COACHES = 2

TOO_FEW = "Not enough people to show."
TOO_FEW_COACHES = "Shown when at least 2 coaches take part, so that nobody's work can be read off."
PROTECTS = "Not shown, so that a smaller group stays closed."

_SOLVER_TOLERANCE = 1e-6  # margins are counts of people: a real one is far above this

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)
View = frozenset[int]


@dataclass(frozen=True, slots=True)
class Shown(Generic[Value]):
    """A figure that may be shown."""

    value: Value


@dataclass(frozen=True, slots=True)
class Hidden:
    """A figure that stays closed, and the sentence that says so."""

    reason: str


Cell = Shown[Value] | Hidden


class Band(Enum):
    """A fifth, in words: how far something reaches, too broad to work out one person."""

    A_FEW = "a few"
    SOME = "some"
    ABOUT_HALF = "about half"
    MOST = "most"
    NEARLY_ALL = "nearly all"

    @property
    def fifth(self) -> int:
        """Return the place of the band, 1 to 5, for drawing it."""
        return list(Band).index(self) + 1


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people; `or_more` where so many are in it that the rest would be few."""

    value: int
    or_more: bool = False

    def __str__(self) -> str:
        return f"{self.value} or more" if self.or_more else str(self.value)


def figure(
    value: Value, *, teachers: int, coaches: int | None = None, minimum: int = TEACHERS
) -> Cell[Value]:
    """Show one figure on its own; `coaches` only where it is about what coaches do."""
    if teachers < minimum:
        return Hidden(TOO_FEW)
    if coaches is not None and coaches < COACHES:
        return Hidden(TOO_FEW_COACHES)
    return Shown(value)


def counts(
    by_key: Mapping[Key, int], *, total_is_known: bool = True, minimum: int = TEACHERS
) -> dict[Key, Cell[int]]:
    """Show counts of people who each stand in one row, beside a total that readers may know."""
    keys = [key for key, count in by_key.items() if count]
    views: list[Collection[Hashable]] = [[key] for key in keys]
    if total_is_known:
        views.append(keys)
    verdicts = guard(views, sizes=by_key, minimum=minimum)
    reasons = dict(zip(keys, verdicts, strict=False))
    return {
        key: Shown(count) if (reason := reasons.get(key, TOO_FEW)) is None else Hidden(reason)
        for key, count in by_key.items()
    }


def choices(
    by_key: Mapping[Key, int], *, population: int, minimum: int = TEACHERS
) -> dict[Key, Cell[Count]]:
    """Show how many of a known number of people chose each thing, where one may choose several.

    Those who did not choose it are a group as well: their number follows by subtraction.
    """
    most = population - minimum
    return {
        key: Shown(Count(min(count, most), or_more=count > most))
        if minimum <= min(count, most)
        else Hidden(TOO_FEW)
        for key, count in by_key.items()
    }


def crossed_counts(
    cells: Mapping[tuple[str, str], int], *, minimum: int = TEACHERS
) -> dict[tuple[str, str], Cell[int]]:
    """Show a table of counts with its totals; a total has "" in place of the row or column.

    The totals come first, being the larger: a cell closes rather than its total.
    """
    views: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row, column in cells:
        for key in ((row, column), (row, ""), ("", column), ("", "")):
            views.setdefault(key, []).append((row, column))
    verdicts = guard(list(views.values()), sizes=cells, minimum=minimum)
    return {
        key: Shown(sum(cells[cell] for cell in inside)) if reason is None else Hidden(reason)
        for (key, inside), reason in zip(views.items(), verdicts, strict=True)
    }


def reach(
    groups: Sequence[Collection[Hashable]],
    having: Collection[Hashable],
    *,
    minimum: int = TEACHERS,
) -> list[Cell[Band]]:
    """Show how much of each group has something, as fifths in words.

    Pass every group a reader can see side by side, in one call: the guard looks at all of them
    together. Groups may overlap (grades and experience) and may hold all others (the school).
    """
    people = {person: 1 for group in groups for person in group}
    verdicts = guard(groups, sizes=people, minimum=minimum)
    number = {person: i for i, person in enumerate(people)}
    sets = [frozenset(number[p] for p in group) for group in groups]
    parts = [len(set(group) & set(having)) for group in groups]
    for i in sorted(range(len(groups)), key=lambda i: -len(sets[i])):
        if verdicts[i] is not None:
            continue
        together = [j for j in range(len(groups)) if verdicts[j] is None and _before(sets, j, i)]
        ranges = tuple(_range_of(parts[j], len(sets[j])) for j in together)
        if not _leaves_everyone_open(tuple(sets[j] for j in together), ranges):
            verdicts[i] = PROTECTS
    return [
        Shown(band_of(parts[i], len(sets[i]))) if reason is None else Hidden(reason)
        for i, reason in enumerate(verdicts)
    ]


def band_of(part: int, whole: int) -> Band:
    """Return the fifth; the outer bands are closed, so that they never mean exactly none or all."""
    if 5 * part <= whole:
        return Band.A_FEW
    if 5 * part >= 4 * whole:
        return Band.NEARLY_ALL
    if 5 * part <= 2 * whole:
        return Band.SOME
    if 5 * part >= 3 * whole:
        return Band.MOST
    return Band.ABOUT_HALF


# Size of the group -> the percentage at each end within which only a bound is shown.
_CODING = ((300, 1), (100, 2), (40, 5), (20, 10), (10, 20))


def coded_share(part: int, whole: int, *, minimum: int = STUDENTS) -> Cell[str]:
    """Show a share in percent, with the ends coded by the size of the group (NCES 2011-603)."""
    if whole < minimum:
        return Hidden(TOO_FEW)
    end = next((percent for size, percent in _CODING if whole >= size), None)
    if end is None:  # a group of 5 to 9 adults: a percentage would be a head count
        return Shown(band_of(part, whole).value)
    percent = 100 * part / whole
    if percent <= end:
        return Shown(f"{end}% or less")
    if percent >= 100 - end:
        return Shown(f"{100 - end}% or more")
    return Shown(f"{percent:.0f}%")


def guard(
    views: Sequence[Collection[Hashable]], *, sizes: Mapping[Key, int], minimum: int = TEACHERS
) -> list[str | None]:
    """Return for each view why it stays closed, or None where it may be shown.

    A view is a set of units (people, or cells of a table); `sizes` says how many people a unit
    holds. Views are let in from the largest to the smallest. One is closed when, with those
    already open, some sum and difference of views would be a group below the minimum.
    """
    units = {unit: i for i, unit in enumerate(sizes)}
    people = list(sizes.values())
    sets = [frozenset(units[unit] for unit in view) for view in views]  # type: ignore[index]  # every unit of a view has a size, which the key's type cannot say
    large = [i for i, s in enumerate(sets) if sum(people[u] for u in s) >= minimum]
    verdicts: list[str | None] = [TOO_FEW] * len(views)
    merged, weights = _merge([sets[i] for i in large], people)
    opened: list[View] = []
    for i, view in sorted(
        zip(large, merged, strict=True), key=lambda pair: -sum(weights[a] for a in pair[1])
    ):
        if _a_small_group_follows([*opened, view], weights, minimum):
            verdicts[i] = PROTECTS
        else:
            verdicts[i] = None
            opened.append(view)
    return verdicts


def _before(sets: Sequence[View], j: int, i: int) -> bool:
    return (-len(sets[j]), j) <= (-len(sets[i]), i)


def _range_of(part: int, whole: int) -> tuple[int, int]:
    """Return the least and most people that a reader of the band can think of."""
    band = band_of(part, whole)
    inside = [n for n in range(whole + 1) if band_of(n, whole) is band]
    return inside[0], inside[-1]


def _merge(views: Sequence[View], people: Sequence[int]) -> tuple[list[View], list[int]]:
    """Merge units that no view tells apart; return the views and the sizes over merged units."""
    signatures: dict[tuple[int, ...], list[int]] = {}
    for unit in range(len(people)):
        inside = tuple(i for i, view in enumerate(views) if unit in view)
        if inside and people[unit]:
            signatures.setdefault(inside, []).append(unit)
    weights = [sum(people[u] for u in units) for units in signatures.values()]
    merged = [
        frozenset(a for a, inside in enumerate(signatures) if i in inside)
        for i in range(len(views))
    ]
    return merged, weights


def _a_small_group_follows(views: Sequence[View], weights: Sequence[int], minimum: int) -> bool:
    """Return whether sums and differences of the views give a group below the minimum.

    A group follows from the views when its indicator lies in their row space, which is when it is
    orthogonal to their null space. Each unit's null vector is packed into one integer, so that
    the search over small groups adds numbers instead of vectors.
    """
    packed = _packed_null_vectors(views, len(weights), minimum)
    small = [(weights[a], packed[a]) for a in range(len(weights)) if weights[a] < minimum]

    def search(start: int, left: int, total: int) -> bool:
        for i in range(start, len(small)):
            weight, vector = small[i]
            if weight <= left and (
                total + vector == 0 or search(i + 1, left - weight, total + vector)
            ):
                return True
        return False

    return search(0, minimum - 1, 0)


def _packed_null_vectors(views: Sequence[View], units: int, minimum: int) -> list[int]:
    rows = [[Fraction(u in view) for u in range(units)] for view in views]
    pivots = _reduce(rows)
    basis = []
    for free in (u for u in range(units) if u not in pivots):
        vector = [Fraction(u == free) for u in range(units)]
        for row, pivot in zip(rows, pivots, strict=False):
            vector[pivot] = -row[free]
        scale = lcm(*(entry.denominator for entry in vector))
        basis.append([int(entry * scale) for entry in vector])
    largest = max((abs(entry) for vector in basis for entry in vector), default=0)
    step = 2 * largest * minimum + 1  # no sum of fewer than `minimum` entries carries over
    return [sum(vector[u] * step**k for k, vector in enumerate(basis)) for u in range(units)]


def _reduce(rows: list[list[Fraction]]) -> list[int]:
    """Bring the rows to reduced echelon form in place; return the pivot columns."""
    pivots: list[int] = []
    for column in range(len(rows[0]) if rows else 0):
        at = len(pivots)
        found = next((r for r in range(at, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[at], rows[found] = rows[found], rows[at]
        lead = rows[at][column]
        rows[at] = [entry / lead for entry in rows[at]]
        for r, row in enumerate(rows):
            if r != at and row[column]:
                times = row[column]
                rows[r] = [a - times * b for a, b in zip(row, rows[at], strict=True)]
        pivots.append(column)
    return pivots


@lru_cache(maxsize=512)
def _leaves_everyone_open(views: tuple[View, ...], ranges: tuple[tuple[int, int], ...]) -> bool:
    """Return whether each person may still be thought in or out, given all the bands at once.

    One linear program: push every unit's count away from none and from all by the same margin.
    If a unit were forced to an end in every world that fits the bands, the margin would be zero;
    if none is, the mean of such worlds has a margin above zero.
    """
    import numpy as np  # late: pages without overlapping groups never pay for the solver
    from scipy.optimize import linprog

    everyone = max((u for view in views for u in view), default=-1) + 1
    merged, weights = _merge(views, [1] * everyone)
    units = len(weights)
    inside = np.array([[u in view for u in range(units)] for view in merged], dtype=float)
    low, high = np.array(ranges, dtype=float).T
    none = np.zeros((len(merged), 1))
    margin = np.ones((units, 1))
    program = linprog(
        c=np.r_[np.zeros(units), -1.0],
        A_ub=np.vstack(
            [
                np.hstack([inside, none]),
                np.hstack([-inside, none]),
                np.hstack([np.eye(units), margin]),
                np.hstack([-np.eye(units), margin]),
            ]
        ),
        b_ub=np.r_[high, -low, weights, np.zeros(units)],
        bounds=[(None, None)] * units + [(None, 1.0)],
    )
    return program.fun is not None and -program.fun > _SOLVER_TOLERANCE
