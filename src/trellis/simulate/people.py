"""Fill the positions of the district with people, year after year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trellis.simulate.instruments import Ints
from trellis.simulate.names import names
from trellis.simulate.shape import Position, Shape
from trellis.simulate.traits import Bools

DOMAIN = "alder-valley.example"
NOBODY = -1

# Leaving the district and moving to another of its schools: about 16 % of positions turn over.
LEAVES, MOVES = 0.125, 0.035
# Mentoring keeps four more in a hundred novices; without it novices leave this often.
NOVICE_LEAVES_WITHOUT_MENTOR, MENTORING_KEEPS = 0.165, 0.04
NOVICE_YEARS = 3
NOVICE_SHARE = 0.17


@dataclass(frozen=True, slots=True)
class Teacher:
    """Someone who teaches in the district for some of its years.

    Attributes
    ----------
    hired : the school year in which she came to the district.
    experience : completed years of teaching when she came, 0 for a first year.
    """

    id: str
    given: str
    family: str
    email: str
    hired: int
    experience: int

    def experience_in(self, school_year: int) -> int:
        """Return her years of teaching, the current one counted."""
        return self.experience + school_year - self.hired + 1


@dataclass(frozen=True, slots=True)
class Adult:
    """Someone who works with teachers."""

    id: str
    given: str
    family: str
    email: str
    role: str
    scope_kind: str
    scope_id: str


@dataclass(frozen=True, slots=True)
class People:
    """Everyone who is grown up.

    Attributes
    ----------
    years : school years, in order.
    holders : (years, positions) index of the teacher in each position.
    """

    shape: Shape
    years: tuple[int, ...]
    positions: list[Position]
    teachers: list[Teacher]
    holders: Ints
    adults: list[Adult]

    def with_role(self, role: str) -> list[Adult]:
        """Return the adults of a role."""
        return [adult for adult in self.adults if adult.role == role]

    def position_of(self) -> Ints:
        """Return (years, teachers) the position of each teacher, NOBODY while away."""
        found = np.full((len(self.years), len(self.teachers)), NOBODY)
        for y, row in enumerate(self.holders):
            found[y, row] = np.arange(len(row))
        return found

    def schools_of(self) -> Ints:
        """Return (years, teachers) the school of each teacher, NOBODY while away."""
        school = np.array([p.school for p in self.positions] + [NOBODY])
        return np.asarray(school[self.position_of()])


class Registry:
    """Hand out names and e-mail addresses, no address twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._names: Iterator[tuple[str, str]] = names(rng)
        self._taken: dict[str, int] = {}

    def someone(self) -> tuple[str, str, str]:
        """Return a given name, a family name and an address."""
        given, family = next(self._names)
        local = f"{given}.{family}".lower()
        self._taken[local] = self._taken.get(local, 0) + 1
        suffix = "" if self._taken[local] == 1 else str(self._taken[local])
        return given, family, f"{local}{suffix}@{DOMAIN}"


CAST = {
    "ana": ("Ana", "Ruiz"),
    "ben": ("Ben", "Okafor"),
    "chi": ("Chi", "Nguyen"),
    "dee": ("Dee", "Walker"),
    "eli": ("Eli", "Brandt"),
    "fay": ("Fay", "Lindqvist"),
    "gus": ("Gus", "Hale"),
    "hana": ("Hana", "Sato"),
}
NORTHSTAR = "northstar"


def fill_positions(rng: np.random.Generator, shape: Shape, years: Sequence[int]) -> People:
    """Hire everyone, and let people leave, move and come over the years."""
    registry = Registry(rng)
    positions = shape.positions()
    teachers = _first_teachers(rng, registry, len(positions), years[0])
    rows = [np.arange(len(positions))]
    for year in years[1:]:
        row = _swap_movers(rng, positions, rows[-1].copy())
        leaving = _leaving(rng, teachers, row, year - 1)
        for position in np.flatnonzero(leaving):
            row[position] = len(teachers)
            teachers.append(_new_teacher(rng, registry, len(teachers), year))
        rows.append(row)
    adults = _adults(shape, registry)
    return People(shape, tuple(years), positions, teachers, np.array(rows), adults)


def _first_teachers(
    rng: np.random.Generator, registry: Registry, count: int, year: int
) -> list[Teacher]:
    teachers = [_cast_teacher("ana", year - 4, 0), _cast_teacher("chi", year - 9, 1)]
    while len(teachers) < count:
        taught = _years_taught(rng)
        in_district = 1 if rng.random() < 0.07 else int(rng.integers(1, taught + 1))
        teachers.append(
            _teacher(registry, len(teachers), year - in_district + 1, taught - in_district)
        )
    return teachers


def _years_taught(rng: np.random.Generator) -> int:
    if rng.random() < NOVICE_SHARE:
        return int(rng.integers(1, NOVICE_YEARS + 1))
    return NOVICE_YEARS + 1 + min(int(rng.gamma(2.0, 6.3)), 35)


def _cast_teacher(key: str, hired: int, experience: int) -> Teacher:
    given, family = CAST[key]
    return Teacher(key, given, family, f"{key}@{DOMAIN}", hired, experience)


def _new_teacher(rng: np.random.Generator, registry: Registry, index: int, year: int) -> Teacher:
    taught = 0 if rng.random() < 0.5 else int(rng.gamma(1.5, 5.0))
    return _teacher(registry, index, year, taught)


def _teacher(registry: Registry, index: int, hired: int, experience: int) -> Teacher:
    return Teacher(f"t{index + 1:04d}", *registry.someone(), hired, experience)


def _leaving(rng: np.random.Generator, teachers: list[Teacher], row: Ints, year: int) -> Bools:
    novice = np.array([teachers[t].experience_in(year) <= NOVICE_YEARS for t in row])
    chance = np.where(novice, NOVICE_LEAVES_WITHOUT_MENTOR - MENTORING_KEEPS, LEAVES)
    leaves = rng.random(len(row)) < chance
    leaves[:2] = False  # Ana and Chi stay for the whole story
    return np.asarray(leaves)


def _swap_movers(rng: np.random.Generator, positions: list[Position], row: Ints) -> Ints:
    """Let pairs of teachers of one kind exchange schools."""
    for kind in ("homeroom", "specialist", "secondary"):
        able = [i for i, p in enumerate(positions) if p.kind == kind and i > 1]
        pairs = round(len(able) * MOVES / 2)
        drawn: Ints = rng.choice(able, size=(pairs, 2), replace=False)
        for one, other in drawn.tolist():
            if positions[one].school != positions[other].school:
                row[one], row[other] = row[other], row[one]
    return row


def _adults(shape: Shape, registry: Registry) -> list[Adult]:
    adults = [
        _cast("ben", "coach", "district", ""),
        _cast("dee", "school_leader", "school", shape.schools[0].id),
        _cast("eli", "pd_lead", "district", ""),
        _cast("fay", "consultant", "provider", NORTHSTAR),
        _cast("gus", "analyst", "district", ""),
        _cast("hana", "administrator", "district", ""),
    ]
    adults += [
        _adult(registry, f"coach{n:02d}", "coach", "district", "")
        for n in range(2, shape.coaches + 1)
    ]
    adults += [
        _adult(registry, f"mentor{n:02d}", "mentor", "district", "")
        for n in range(1, shape.mentors + 1)
    ]
    adults += [
        _adult(registry, f"lead-{school.id}", "school_leader", "school", school.id)
        for school in shape.schools[1:]
    ]
    adults += [
        _adult(registry, f"ns{n:02d}", "consultant", "provider", NORTHSTAR)
        for n in range(2, shape.consultants + 1)
    ]
    adults += [
        _adult(registry, f"visitor{n:02d}", "study visitor", "", "")
        for n in range(1, shape.study_visitors + 1)
    ]
    return adults


def _cast(key: str, role: str, scope_kind: str, scope_id: str) -> Adult:
    given, family = CAST[key]
    return Adult(key, given, family, f"{key}@{DOMAIN}", role, scope_kind, scope_id)


def _adult(registry: Registry, key: str, role: str, scope_kind: str, scope_id: str) -> Adult:
    return Adult(key, *registry.someone(), role, scope_kind, scope_id)
