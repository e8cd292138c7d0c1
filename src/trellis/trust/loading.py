"""Compare what files say with what is stored, and write exactly the difference.

An app describes each kind of thing that files bring as rows; the comparison reads and the
writing writes, so that a preview is the very comparison that is applied later.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import AutoField, Field, Model, Q

Row = tuple[object, ...]
Leaving = Literal["stays", "deactivated", "removed"]

BATCH = 2_000
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """How many things of a kind an import adds, changes or sets aside, and the first of them."""

    kind: str
    added: int
    changed: int
    gone: int
    same: int
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bringing:
    """An import at work: its key, for provenance, and the moment it happens."""

    import_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What files say about one kind of thing.

    `rows` holds key, compared fields and fields that are written but not compared, in the order
    of these names. A key that holds None for a thing which does not exist yet is always new.
    `within` are the stored things that the files speak for: those not named are `leaving`, but
    for the `spared` primary keys.
    """

    kind: str
    model: type[Model]
    key: tuple[str, ...]
    compared: tuple[str, ...]
    rows: Sequence[Row]
    written: tuple[str, ...] = ()
    within: Q | None = None
    leaving: Leaving = "stays"
    spared: Collection[object] = ()
    fresh: Mapping[str, object] = field(default_factory=dict)
    away: Mapping[str, object] = field(default_factory=dict)
    label: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows to add and to change, and the primary keys of what the files left out."""

    said: Rows
    added: Sequence[Row]
    changed: Sequence[tuple[object, Row]]
    gone: Sequence[object]
    same: int

    @property
    def change(self) -> Change:
        return Change(
            self.said.kind, len(self.added), len(self.changed), len(self.gone), self.same,
            tuple(self._shown(row) for row in self._first()),
        )  # fmt: skip

    def write(self) -> None:
        """Store the difference; the caller holds the transaction."""
        said = self.said
        names = (*said.key, *said.compared, *said.written)
        objects = said.model._default_manager
        _insert(said.model, names, self.added, fresh=said.fresh)
        if self.changed:
            # Rows name columns (`partner_id`), an update names fields (`partner`).
            fields = {f.attname: f.name for f in said.model._meta.concrete_fields}
            objects.bulk_update(
                [
                    said.model(pk=pk, **dict(zip(names, row, strict=True)))
                    for pk, row in self.changed
                ],
                [fields[name] for name in (*said.compared, *said.written)],
                batch_size=400,
            )
        for start in range(0, len(self.gone), 400):
            leavers = objects.filter(pk__in=self.gone[start : start + 400])
            if said.leaving == "removed":
                leavers.delete()
            else:
                leavers.update(**said.away)

    def _first(self) -> list[Row]:
        return [*self.added[:SAMPLES], *(row for _, row in self.changed[:SAMPLES])][:SAMPLES]

    def _shown(self, row: Row) -> str:
        names = (*self.said.key, *self.said.compared, *self.said.written)
        cells = dict(zip(names, row, strict=True))
        return " ".join(str(cells[name]) for name in self.said.label)


def compare(said: Rows) -> Difference:
    """Hold the rows of files against the stored ones; nothing is written."""
    stored = _stored(said)
    width = len(said.key) + len(said.compared)
    added: list[Row] = []
    changed: list[tuple[object, Row]] = []
    same = 0
    for row in said.rows:
        key = row[: len(said.key)]
        found = stored.pop(key, None)
        if found is None:
            added.append(row)
        elif found[1] != row[len(said.key) : width]:
            changed.append((found[0], row))
        else:
            same += 1
    gone = () if said.leaving == "stays" else _leavers(said, stored)
    return Difference(said, added, changed, gone, same)


def keys(model: type[Model], name: str = "external_id") -> dict[str, object]:
    """Return the primary keys of stored things by the name that files use for them."""
    named = model._default_manager.exclude(**{name: None})
    return dict(named.values_list(name, "pk"))


def changes(differences: Iterator[Difference], *, write: bool) -> Iterator[Change]:
    """Tell each change as it comes; with `write`, store it before the next one is compared."""
    for difference in differences:
        if write:
            difference.write()
        yield difference.change


def _insert(
    model: type[Model], names: Sequence[str], rows: Sequence[Row], *, fresh: Mapping[str, object]
) -> None:
    """Insert rows by one prepared statement.

    `bulk_create` makes an object and compiles SQL anew for every row, which takes three times as
    long; an import holds the database's only write lock, so others wait for it.
    """
    if not rows:
        return
    named = {name: place for place, name in enumerate(names)}
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
    values = [_values_of(field, rows, named.get(field.attname), fresh) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.attname) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Names of tables and columns come from our own models; every value is a parameter.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - see above
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*values, strict=True)))


def _values_of(
    field: Field[object, object],
    rows: Sequence[Row],
    place: int | None,
    fresh: Mapping[str, object],
) -> Iterator[object]:
    """Yield one column as the database wants it: from the rows, the same for all, or by default."""
    if place is not None:
        return (field.get_db_prep_save(row[place], connection) for row in rows)
    if field.attname in fresh:
        same = field.get_db_prep_save(fresh[field.attname], connection)
        return (same for _ in rows)
    return (field.get_db_prep_save(field.get_default(), connection) for _ in rows)


def _stored(said: Rows) -> dict[Row, tuple[object, Row]]:
    objects = said.model._default_manager
    query = objects.all() if said.within is None else objects.filter(said.within)
    depth = len(said.key) + 1
    rows = query.values_list("pk", *said.key, *said.compared)
    return {row[1:depth]: (row[0], row[depth:]) for row in rows.iterator(chunk_size=BATCH)}


def _leavers(said: Rows, stored: Mapping[Row, tuple[object, Row]]) -> Sequence[object]:
    """Leave out those that are away already, so that a second import changes nothing."""
    names = said.compared
    away = tuple((names.index(name), value) for name, value in said.away.items() if name in names)
    return [
        pk
        for pk, values in stored.values()
        if pk not in said.spared and (not away or any(values[i] != v for i, v in away))
    ]
