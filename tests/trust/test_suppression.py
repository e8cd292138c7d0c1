"""Small groups stay closed, whatever a reader adds up or subtracts."""

from collections.abc import Hashable, Sequence
from itertools import combinations
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from trellis.trust.suppression import (
    PROTECTS,
    TOO_FEW,
    TOO_FEW_COACHES,
    Band,
    Cell,
    Hidden,
    Shown,
    band_of,
    choices,
    coded_share,
    counts,
    crossed_counts,
    figure,
    guard,
    reach,
)

NOTHING = 1e-7  # the solver's own tolerance; counts of people are whole


def attack(
    known: Sequence[tuple[Sequence[float], float, float]],
    upper: Sequence[float | None],
    target: Sequence[float],
) -> tuple[float, float]:
    """Return the least and most that `target` can be, for someone who knows all of `known`."""
    rows = np.array([k[0] for k in known]).reshape(len(known), len(upper))
    low, high = np.array([k[1] for k in known]), np.array([k[2] for k in known])
    ends = []
    for sign in (1.0, -1.0):
        program = linprog(
            sign * np.array(target),
            A_ub=np.vstack([rows, -rows]) if known else None,
            b_ub=np.r_[high, -low] if known else None,
            bounds=[(0, u) for u in upper],
        )
        ends.append(sign * program.fun if program.success else sign * -np.inf)
    return ends[0], ends[1]


def test_a_figure_about_four_teachers_is_not_shown() -> None:
    assert figure(120, teachers=4) == Hidden(TOO_FEW)
    assert figure(120, teachers=5) == Shown(120)


def test_time_of_a_single_coach_is_not_shown_however_many_teachers_she_met() -> None:
    assert figure(900, teachers=30, coaches=1) == Hidden(TOO_FEW_COACHES)
    assert figure(900, teachers=30, coaches=2) == Shown(900)


def test_a_single_small_row_takes_the_next_smallest_with_it() -> None:
    shown = counts({"K-1": 9, "2-3": 7, "4-5": 6, "Arts": 3})

    assert shown["Arts"] == Hidden(TOO_FEW)
    assert shown["4-5"] == Hidden(PROTECTS)
    assert shown["K-1"] == Shown(9)
    assert shown["2-3"] == Shown(7)


def test_two_small_rows_that_hide_each_other_need_no_third() -> None:
    shown = counts({"K-1": 9, "2-3": 7, "Music": 3, "Arts": 3})

    assert shown["2-3"] == Shown(7)


def test_rows_without_a_known_total_are_judged_one_by_one() -> None:
    shown = counts({"Feedback": 6, "Autonomy": 2}, total_is_known=False)

    assert shown == {"Feedback": Shown(6), "Autonomy": Hidden(TOO_FEW)}


def test_of_a_choice_that_nearly_all_made_only_a_bound_is_shown() -> None:
    shown = choices({"Feedback": 12, "Autonomy": 29, "Checks": 4}, population=31)

    assert [str(c.value) if isinstance(c, Shown) else c for c in shown.values()] == [
        "12",
        "26 or more",
        Hidden(TOO_FEW),
    ]


def test_in_a_faculty_of_nine_no_choice_is_counted() -> None:
    # 5 who chose leave 4 who did not, and the faculty's number is known to all.
    assert choices({"Feedback": 5}, population=9) == {"Feedback": Hidden(TOO_FEW)}


def test_an_empty_row_is_closed_like_a_small_one() -> None:
    assert counts({"Feedback": 6, "Autonomy": 0})["Autonomy"] == Hidden(TOO_FEW)


def test_two_views_that_differ_by_three_people_are_not_both_shown() -> None:
    faculty = {f"t{i}": 1 for i in range(20)}
    without_new = [t for t in faculty if t not in {"t0", "t1", "t2"}]

    assert guard([list(faculty), without_new], sizes=faculty) == [None, PROTECTS]


def test_three_views_that_only_together_give_away_a_group_are_not_all_shown() -> None:
    people = {f"t{i}": 1 for i in range(18)}
    a, b = [f"t{i}" for i in range(8)], [f"t{i}" for i in range(8, 15)]

    assert guard([list(people), a, b], sizes=people) == [None, None, PROTECTS]


@pytest.mark.parametrize(
    ("part", "whole", "band"),
    [
        (0, 5, Band.A_FEW),
        (1, 5, Band.A_FEW),
        (2, 5, Band.SOME),
        (3, 6, Band.ABOUT_HALF),
        (5, 8, Band.MOST),
        (4, 5, Band.NEARLY_ALL),
        (5, 5, Band.NEARLY_ALL),
    ],
)
def test_reach_is_told_in_fifths(part: int, whole: int, band: Band) -> None:
    assert band_of(part, whole) is band


def test_the_outer_bands_never_mean_exactly_none_or_all() -> None:
    for whole in range(5, 60):
        assert band_of(1, whole) is Band.A_FEW
        assert band_of(whole - 1, whole) is Band.NEARLY_ALL


def test_a_band_that_would_prove_that_everyone_in_a_group_was_reached_is_closed() -> None:
    # 8 of 10 is nearly all, 3 of 5 is most: together they prove all five of the other group.
    first, second = [f"a{i}" for i in range(5)], [f"b{i}" for i in range(5)]

    cells = reach([first + second, first, second], having={*first, "b0", "b1", "b2"})

    assert cells[0] == Shown(Band.NEARLY_ALL)
    assert Hidden(PROTECTS) in cells[1:]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 12, "20% or less"),
        (6, 12, "50%"),
        (12, 12, "80% or more"),
        (39, 40, "95% or more"),
        (399, 400, "99% or more"),
        (3, 200, "2% or less"),
        (2, 25, "10% or less"),
    ],
)
def test_shares_near_the_ends_are_shown_as_bounds(part: int, whole: int, shown: str) -> None:
    assert coded_share(part, whole) == Shown(shown)


def test_nothing_is_said_about_nine_students() -> None:
    assert coded_share(4, 9) == Hidden(TOO_FEW)


def test_a_share_of_six_teachers_is_told_in_words() -> None:
    assert coded_share(4, 6, minimum=5) == Shown("most")


@pytest.mark.parametrize("seed", range(15))
def test_no_attacker_works_out_a_small_cell_of_a_table_with_totals(seed: int) -> None:
    rng = Random(seed)
    rows, columns = rng.randint(2, 4), rng.randint(2, 4)
    table = {
        (f"r{r}", f"c{c}"): rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 12])
        for r in range(rows)
        for c in range(columns)
    }

    shown = crossed_counts(table)

    cells = [cell for cell in table if table[cell]]  # that a cell is empty, the attacker may know
    known = []
    for (row, column), figure_shown in shown.items():
        if isinstance(figure_shown, Shown):
            inside = [float(row in ("", r) and column in ("", c)) for r, c in cells]
            known.append((inside, float(figure_shown.value), float(figure_shown.value)))
    for size in (1, 2, 3, 4):
        for some in combinations(cells, size):
            if sum(table[cell] for cell in some) < 5:
                target = [float(cell in some) for cell in cells]
                low, high = attack(known, [None] * len(cells), target)
                assert high - low > NOTHING, f"{some} is worked out to be {low}"


def a_faculty(rng: Random) -> tuple[list[str], list[list[Hashable]]]:
    people = [f"t{i}" for i in range(rng.randint(8, 30))]
    grade = {p: rng.choice("KKK2224445A") for p in people}
    years = {p: rng.choice("nnmmmll") for p in people}
    groups: list[list[Hashable]] = [list(people)]
    groups += [[p for p in people if grade[p] == g] for g in sorted(set(grade.values()))]
    groups += [[p for p in people if years[p] == y] for y in sorted(set(years.values()))]
    return people, groups


@pytest.mark.parametrize("seed", range(20))
def test_no_attacker_proves_of_anyone_that_support_did_or_did_not_reach_her(seed: int) -> None:
    rng = Random(seed)
    people, groups = a_faculty(rng)
    likely = rng.choice([0.05, 0.3, 0.5, 0.8, 0.97])
    reached = {p for p in people if rng.random() < likely}

    cells = reach(groups, reached)

    known = [
        ([float(p in group) for p in people], *_thinkable(cell, len(group)))
        for group, cell in zip(groups, cells, strict=True)
        if isinstance(cell, Shown)
    ]
    for person in people:
        low, high = attack(known, [1.0] * len(people), [float(p == person) for p in people])
        assert low < 1 - NOTHING, f"{person} is known to have been reached"
        assert high > NOTHING, f"{person} is known not to have been reached"


def _thinkable(cell: Cell[Band], whole: int) -> tuple[float, float]:
    assert isinstance(cell, Shown)
    inside = [n for n in range(whole + 1) if band_of(n, whole) is cell.value]
    return float(inside[0]), float(inside[-1])


@pytest.mark.parametrize("seed", range(20))
def test_no_shown_groups_add_or_subtract_to_fewer_than_five_people(seed: int) -> None:
    people, groups = a_faculty(Random(seed))

    verdicts = guard(groups, sizes=dict.fromkeys(people, 1))

    views = [
        [float(p in group) for p in people]
        for group, verdict in zip(groups, verdicts, strict=True)
        if verdict is None
    ]
    # A fact about a group follows from the views when adding it leaves their rank as it was.
    rank = np.linalg.matrix_rank(np.array(views)) if views else 0
    atoms: dict[tuple[float, ...], set[str]] = {}
    for i, person in enumerate(people):
        atoms.setdefault(tuple(view[i] for view in views), set()).add(person)
    for size in (1, 2, 3, 4):
        for some in combinations(atoms.values(), size):
            group = set().union(*some)
            if views and len(group) < 5 and any(any(k) for k, v in atoms.items() if v in some):
                target = [float(p in group) for p in people]
                assert np.linalg.matrix_rank(np.array([*views, target])) > rank
