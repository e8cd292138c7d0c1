"""Say who can be compared at all: teachers and visitors who are linked by visits, in one group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from trellis.stats import TrellisNumbersError

Places = NDArray[np.int64]
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Teachers and visitors whom visits link, directly or over others; both in order of name."""

    teachers: tuple[str, ...]
    visitors: tuple[str, ...]

    def __str__(self) -> str:
        return f"visitors {_some(self.visitors)} with teachers {_some(self.teachers)}"


class UnconnectedError(TrellisNumbersError):
    """Some teachers and visitors share no visit with the others, not even over third people.

    Attributes
    ----------
    groups : the groups, largest first
    pairings : (visitor, teacher) visits that would link every group to the first
    """

    def __init__(self, groups: Sequence[Group], pairings: Sequence[tuple[str, str]]) -> None:
        self.groups = tuple(groups)
        self.pairings = tuple(pairings)
        listed = "; ".join(f"({n}) {group}" for n, group in enumerate(groups[:MOST_NAMES], 1))
        more = f"; and {len(groups) - MOST_NAMES} more" if len(groups) > MOST_NAMES else ""
        visits = "; ".join(f"{who} visits {whom}" for who, whom in pairings[:MOST_NAMES])
        others = " and so on" if len(pairings) > MOST_NAMES else ""
        super().__init__(
            f"No visit links {len(groups)} groups of people, so a mild visitor cannot be told from "
            f"a strong lesson across them: {listed}{more}. These visits would link them: "
            f"{visits}{others}. A few visits each make a firmer link than one. Until then, give "
            "each group’s marks alone."
        )


def require_one_group(
    teacher: Places, visitor: Places, teachers: Sequence[str], visitors: Sequence[str]
) -> None:
    """Raise UnconnectedError unless all people are linked.

    Parameters
    ----------
    teacher, visitor : (n,) places of who was seen and who looked
    teachers, visitors : their names, by place
    """
    people = len(teachers) + len(visitors)
    ones = np.ones(len(teacher), dtype=np.int8)
    links = coo_matrix((ones, (teacher, len(teachers) + visitor)), shape=(people, people))
    count, found = connected_components(links, directed=False)
    label = found.astype(np.int64)
    if count == 1:
        return
    size = np.bincount(label[: len(teachers)], minlength=count)
    order = sorted(range(count), key=lambda g: (-size[g], int(np.argmax(label == g))))
    groups = [
        Group(
            tuple(name for name, g in zip(teachers, label, strict=False) if g == one),
            tuple(
                name for name, g in zip(visitors, label[len(teachers) :], strict=True) if g == one
            ),
        )
        for one in order
    ]
    by_whom = _busiest(visitor, visitors, label[len(teachers) :], order[0])
    pairings = [
        (by_whom, _busiest(teacher, teachers, label[: len(teachers)], one)) for one in order[1:]
    ]
    raise UnconnectedError(groups, pairings)


def _busiest(places: Places, names: Sequence[str], label: Places, group: int) -> str:
    """Return who of a group has most marks: the one whose place is known best."""
    marks = np.bincount(places, minlength=len(names))
    return names[int(np.argmax(np.where(label == group, marks, -1)))]


def _some(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} more"
