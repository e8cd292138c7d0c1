"""Compare what files say with what is stored, so that a preview is the difference that is applied.

An app describes each kind of thing that files bring as rows; the comparison reads. Writing it,
and taking it back, stand in `storing` and `taking_back`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from string import Formatter
from typing import Literal
from uuid import UUID

from django.db.models import Model, Q

Row = tuple[object, ...]
Leaving = Literal["stays", "deactivated", "removed"]
What = Literal["added", "changed", "gone"]

BATCH = 2_000
SAMPLES = 5
ACTIVE = "is_active"


@dataclass(frozen=True, slots=True)
class Change:
    """How many things of a kind an import adds, changes or sets aside, and the first of them.

    Of the changed, `renamed` have another name and `back` were set aside and come back. `leaving`
    are the gone and those that the files themselves close, out of `stood` that stood before.
    """

    kind: str
    added: int
    changed: int
    gone: int
    same: int
    renamed: int = 0
    back: int = 0
    leaving: int = 0
    stood: int = 0
    guarded: bool = False
    names: Mapping[What, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that an import adds, changes or sets aside, by name, and what changes of it."""

    what: What
    name: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Bringing:
    """An import at work: its key, for provenance, and the moment it happens."""

    import_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What files say about one kind of thing.

    `rows` holds key, compared fields, fields that are written but not compared, and cells that
    are only shown, in the order of these names. A key that holds None for a thing which does not
    exist yet is always new.

    `within` are the stored things that the files speak for: those not named are `leaving`, but
    for the `spared` primary keys. Files that bring changes only name their `leavers` by key
    instead, and nobody else leaves. `guarded` things do not leave in numbers without a person's
    word.

    `label` names a thing by the fields and cells in its braces, `stored_label` one that only the
    database knows. Without a label the things are counted and never listed. `unsaid` fields are
    told as changed without their values.
    """

    kind: str
    model: type[Model]
    key: tuple[str, ...]
    compared: tuple[str, ...]
    rows: Sequence[Row]
    written: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    within: Q | None = None
    leaving: Leaving = "stays"
    leavers: Collection[Row] | None = None
    spared: Collection[object] = ()
    guarded: bool = True
    fresh: Mapping[str, object] = field(default_factory=dict)
    away: Mapping[str, object] = field(default_factory=dict)
    label: str = ""
    stored_label: str = ""
    renames: tuple[str, ...] = ()
    unsaid: Collection[str] = ()

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Name the columns that the rows bring, in their order."""
        return (*self.key, *self.compared, *self.written)

    def cells(self, row: Row) -> dict[str, object]:
        return dict(zip((*self.stored_names, *self.shown), row, strict=True))


@dataclass(frozen=True, slots=True)
class Altered:
    """A stored thing that the files change: its primary key, the new row, the compared values."""

    pk: object
    row: Row
    old: Row


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows to add and to change, and the primary keys of what the files left out."""

    said: Rows
    added: Sequence[Row]
    changed: Sequence[Altered]
    gone: Sequence[object]
    same: int
    stood: int = 0

    @property
    def change(self) -> Change:
        back, closed = self._turned(on=True), self._turned(on=False)
        return Change(
            kind=self.said.kind,
            added=len(self.added),
            changed=len(self.changed),
            gone=len(self.gone),
            same=self.same,
            renamed=sum(self._is_renamed(one) for one in self.changed),
            back=back,
            leaving=len(self.gone) + closed,
            stood=self.stood,
            guarded=self.said.guarded and self.said.leaving != "stays",
            names=self._first_names(),
        )

    def lines(self) -> Iterator[Line]:
        """Yield each thing by name; nothing for kinds that are only counted."""
        if self.said.label:
            yield from (Line("added", self._name(row)) for row in self.added)
            yield from (Line("changed", self._name(a.row), self._said(a)) for a in self.changed)
            yield from (Line("gone", name) for name in self._gone_names(self.gone))

    def _first_names(self) -> dict[What, tuple[str, ...]]:
        if not self.said.label:
            return {}
        return {
            "added": tuple(self._name(row) for row in self.added[:SAMPLES]),
            "changed": tuple(self._name(one.row) for one in self.changed[:SAMPLES]),
            "gone": tuple(islice(self._gone_names(self.gone[:SAMPLES]), SAMPLES)),
        }

    def _name(self, row: Row) -> str:
        return self.said.label.format_map(self.said.cells(row))

    def _gone_names(self, gone: Sequence[object]) -> Iterator[str]:
        pattern = self.said.stored_label or self.said.label
        paths = [path for _, path, _, _ in Formatter().parse(pattern) if path]
        for start in range(0, len(gone), BATCH):
            found = self.said.model._default_manager.filter(pk__in=gone[start : start + BATCH])
            rows = found.order_by().values(*paths)
            yield from sorted(pattern.format_map(row) for row in rows)

    def _said(self, one: Altered) -> str:
        """Tell what changes, from what to what, where that is for administrators to read."""
        new = one.row[len(self.said.key) :]
        return "; ".join(
            self._told(name, old, now)
            for name, old, now in zip(self.said.compared, one.old, new, strict=False)
            if old != now
        )

    def _told(self, name: str, old: object, new: object) -> str:
        if name == ACTIVE:
            return "comes back" if new else "is set aside"
        words = name.removesuffix("_id").replace("_", " ")
        if name in self.said.unsaid or name.endswith("_id"):
            return words
        return f"{words}: {_shown(old)} → {_shown(new)}"

    def _is_renamed(self, one: Altered) -> bool:
        return any(
            self._pair(one, name)[0] != self._pair(one, name)[1] for name in self.said.renames
        )

    def _turned(self, *, on: bool) -> int:
        if ACTIVE not in self.said.compared:
            return 0
        return sum(self._pair(one, ACTIVE) == (not on, on) for one in self.changed)

    def _pair(self, one: Altered, name: str) -> tuple[object, object]:
        place = self.said.compared.index(name)
        return one.old[place], one.row[len(self.said.key) + place]


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def compare(said: Rows) -> Difference:
    """Hold the rows of files against the stored ones; nothing is written."""
    stored = _stored(said)
    stands = _standing(said)
    standing = sum(map(stands, stored.values()))
    leavers = [] if said.leavers is None else [stored[k] for k in said.leavers if k in stored]
    width = len(said.key) + len(said.compared)
    added: list[Row] = []
    changed: list[Altered] = []
    same = 0
    for row in said.rows:
        found = stored.pop(row[: len(said.key)], None)
        if found is None:
            added.append(row)
        elif found[1] != row[len(said.key) : width]:
            changed.append(Altered(found[0], row, found[1]))
        else:
            same += 1
    left = stored.values() if said.leavers is None else leavers
    gone = [] if said.leaving == "stays" else [one[0] for one in left if stands(one)]
    return Difference(said, added, changed, gone, same, standing)


def keys(model: type[Model], name: str = "external_id") -> dict[str, object]:
    """Return the primary keys of stored things by the name that files use for them."""
    named = model._default_manager.exclude(**{name: None})
    return dict(named.values_list(name, "pk"))


def _stored(said: Rows) -> dict[Row, tuple[object, Row]]:
    objects = said.model._default_manager.order_by()
    query = objects if said.within is None else objects.filter(said.within)
    depth = len(said.key) + 1
    rows = query.values_list("pk", *said.key, *said.compared)
    return {row[1:depth]: (row[0], row[depth:]) for row in rows.iterator(chunk_size=BATCH)}


def _standing(said: Rows) -> Callable[[tuple[object, Row]], bool]:
    """Return what tells whether a stored thing can leave: not away already, and not spared."""
    away = [(said.compared.index(n), v) for n, v in said.away.items() if n in said.compared]

    def stands(one: tuple[object, Row]) -> bool:
        pk, values = one
        if pk in said.spared:
            return False
        return not away or any(values[place] != value for place, value in away)

    return stands
