"""Find records that may be of one person: a hint for somebody who knows, never a decision."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from trellis.people.models import Employment, Merge, Person, RoleGrant, TwoPeople

SHOWN = 50
# More records of one name than this are a common name, not one person.
MOST_OF_A_NAME = 4


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two records, and what makes one think that they are of one person."""

    one: UUID
    other: UUID
    name: str
    other_name: str
    why: str


@dataclass(frozen=True, slots=True)
class _Record:
    pk: UUID
    name: str
    key: str
    local_part: str
    schools: frozenset[object]


def likely_pairs() -> list[LikelyPair]:
    """Return pairs with the same name at a school, or the same name in the address, by name.

    Those that somebody has told apart are left out.
    """
    records = list(_records())
    found: dict[frozenset[UUID], LikelyPair] = {}
    for one, other in _alike(records, "key"):
        # Without a school nobody can tell; two of a name at different schools are two people.
        if one.schools & other.schools or not (one.schools and other.schools):
            _note(found, one, other, "the same name, and no school that sets them apart")
    for one, other in _alike(records, "local_part"):
        _note(found, one, other, "the same name in the e-mail address")
    for pair in TwoPeople.objects.values_list("one_id", "other_id"):
        found.pop(frozenset(pair), None)
    return sorted(found.values(), key=lambda pair: (pair.name, pair.other_name))[:SHOWN]


def _note(found: dict[frozenset[UUID], LikelyPair], one: _Record, other: _Record, why: str) -> None:
    pair = frozenset((one.pk, other.pk))
    found.setdefault(pair, LikelyPair(one.pk, other.pk, one.name, other.name, why))


def _alike(records: list[_Record], name: str) -> Iterator[tuple[_Record, _Record]]:
    groups: dict[str, list[_Record]] = {}
    for each in records:
        groups.setdefault(getattr(each, name), []).append(each)
    for key, group in groups.items():
        if key and 1 < len(group) <= MOST_OF_A_NAME:
            yield from combinations(group, 2)


def _records() -> Iterator[_Record]:
    schools: dict[UUID, set[object]] = {}
    for model in (RoleGrant, Employment):
        rows = model.objects.exclude(school=None).values_list("person_id", "school_id")
        for person, school in rows:
            schools.setdefault(person, set()).add(school)
    gone = Merge.objects.filter(undone_at=None).values("other")
    people = Person.objects.exclude(pk__in=gone).order_by("family_name", "given_name", "pk")
    for pk, given, family, email in people.values_list("pk", "given_name", "family_name", "email"):
        name = f"{given} {family}"
        places = frozenset(schools.get(pk, ()))
        yield _Record(pk, name, _plain(name), email.partition("@")[0].lower(), places)


def _plain(name: str) -> str:
    """Return a name without case, accents and signs: "José  O'Neil" is "jose oneil"."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", "", kept).split())
