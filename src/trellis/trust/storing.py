"""Write a difference, and note what is needed to take it back."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from uuid import uuid4

from django.db import connection
from django.db.models import AutoField, Field, Model, QuerySet

from trellis.trust.loading import Altered, Difference, Row, Rows

# What is set of one row, by its primary key.
Values = tuple[object, Mapping[str, object]]
# A column's value before and after, by primary key.
Altering = tuple[object, dict[str, tuple[object, object]]]
# Of rows in one statement: SQLite allows about 32,000 parameters.
AT_ONCE = 400
# A name that no file uses, for the moment in which two things change names with each other.
PASSING = "passing-{}@people.invalid"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to one kind of thing, in plain values.

    Attributes
    ----------
    model : its label, as "people.Person".
    key : the columns that name a row.
    added : key of each new row, and a mark of what was stored ("" for links, which nobody edits).
    altered : primary key, and for each column that changed its value before and after.
    columns : all columns of the model, in the order of `removed`.
    removed : the whole rows that were taken out.
    """

    kind: str
    model: str
    key: list[str]
    added: list[list[object]] = field(default_factory=list)
    altered: list[Altering] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    removed: list[list[object]] = field(default_factory=list)


def packed(entry: Entry) -> bytes:
    """Return an entry in few bytes."""
    # Not `asdict`, which copies every row; str tells days, amounts and keys so that their fields
    # read them back whole.
    said = {each.name: getattr(entry, each.name) for each in fields(entry)}
    return zlib.compress(json.dumps(said, default=str).encode(), 1)


def unpacked(data: bytes) -> Entry:
    """Read an entry again."""
    return Entry(**json.loads(zlib.decompress(data)))


def store(difference: Difference) -> Entry:
    """Store a difference and return what takes it back; the caller holds the transaction."""
    said = difference.said
    entry = Entry(said.kind, said.model._meta.label, list(said.key), columns=columns_of(said.model))
    # Changes come first: a new person may get the address that another one gives up.
    entry.altered.extend(_change(said, difference.changed))
    insert(said.model, said.stored_names, difference.added, fresh=said.fresh)
    entry.added.extend(_named_again(said, difference.added))
    for batch in batches(difference.gone):
        leavers = said.model._default_manager.filter(pk__in=batch)
        if said.leaving == "removed":
            entry.removed.extend(list(row) for row in leavers.values_list(*entry.columns))
            leavers.delete()
        else:
            entry.altered.extend(_before_and_after(leavers, said.away))
            leavers.update(**said.away)
    return entry


def columns_of(model: type[Model]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields]


def mark(row: Sequence[object]) -> str:
    """Return a short mark by which a row that somebody has worked on since is known."""
    return blake2b(repr(tuple(row)).encode(), digest_size=8).hexdigest()


def found_by_key(
    model: type[Model], key: Sequence[str], wanted: Sequence[Row], columns: Sequence[str]
) -> Iterator[tuple[Row, Row]]:
    """Yield the key and the columns of each stored row that is wanted."""
    asked = set(wanted)
    depth = len(key)
    for batch in batches(list({row[0] for row in wanted})):
        found = model._default_manager.filter(**{f"{key[0]}__in": batch}).order_by()
        for row in found.values_list(*key, *columns).iterator():
            if row[:depth] in asked:
                yield row[:depth], row[depth:]


def update(model: type[Model], values: Sequence[Values]) -> None:
    """Set columns of rows by primary key, also where two rows change a unique name."""
    _let_go_of_unique(model, values)
    # Rows name columns (`partner_id`), an update names fields (`partner`).
    named = {f.attname: f.name for f in model._meta.concrete_fields}
    alike: dict[tuple[str, ...], list[Model]] = {}
    for pk, cells in values:
        alike.setdefault(tuple(cells), []).append(model(pk=pk, **cells))
    for names, objects in alike.items():
        model._default_manager.bulk_update(
            objects, [named[name] for name in names], batch_size=AT_ONCE
        )


def _change(said: Rows, changed: Sequence[Altered]) -> Iterator[Altering]:
    names = (*said.compared, *said.written)
    start, end = len(said.key), len(said.key) + len(names)
    new = {one.pk: dict(zip(names, one.row[start:end], strict=True)) for one in changed}
    for batch in batches(list(new)):
        rows = said.model._default_manager.filter(pk__in=batch)
        for pk, *old in rows.values_list("pk", *names):
            pairs = zip(names, old, new[pk].values(), strict=True)
            yield pk, {name: (was, now) for name, was, now in pairs if was != now}
    update(said.model, list(new.items()))


def _before_and_after(rows: "QuerySet[Model]", new: Mapping[str, object]) -> Iterator[Altering]:
    for pk, *old in list(rows.values_list("pk", *new)):
        pairs = zip(new.items(), old, strict=True)
        yield pk, {name: (was, now) for (name, now), was in pairs if was != now}


def _named_again(said: Rows, added: Sequence[Row]) -> Iterator[list[object]]:
    depth = len(said.key)
    if said.leaving == "removed":
        yield from ([*row[:depth], ""] for row in added)
        return
    names = [row[:depth] for row in added]
    for key, row in found_by_key(said.model, said.key, names, columns_of(said.model)):
        yield [*key, mark(row)]


def _let_go_of_unique(model: type[Model], values: Sequence[Values]) -> None:
    """Free names that pass from one row to another: a database checks them row by row."""
    for column in unique_columns(model):
        wanted = {pk: cells[column] for pk, cells in values if cells.get(column) is not None}
        for batch in batches(list(set(wanted.values()))):
            holders = model._default_manager.filter(**{f"{column}__in": batch})
            for pk, held in list(holders.values_list("pk", column)):
                if pk in wanted and wanted[pk] != held:
                    passing = {column: PASSING.format(uuid4().hex)}
                    model._default_manager.filter(pk=pk).update(**passing)


def unique_columns(model: type[Model]) -> list[str]:
    """Return the columns, besides the primary key, that no two rows share."""
    return [f.attname for f in model._meta.concrete_fields if f.unique and not f.primary_key]


def insert(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    fresh: Mapping[str, object],
) -> None:
    """Insert rows by one prepared statement.

    `bulk_create` makes an object and compiles SQL anew for every row, which takes three times as
    long; an import holds the database's only write lock, so others wait for it.
    """
    if not rows:
        return
    named = {name: place for place, name in enumerate(names)}
    fields = [
        f for f in model._meta.concrete_fields if f.attname in named or not isinstance(f, AutoField)
    ]
    values = [_values_of(f, rows, named.get(f.attname), fresh) for f in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column or f.attname) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Names of tables and columns come from our own models; every value is a parameter.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - see above
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*values, strict=True)))


def _values_of(
    field_: "Field[object, object]",
    rows: Sequence[Row],
    place: int | None,
    fresh: Mapping[str, object],
) -> Iterator[object]:
    """Yield one column as the database wants it: from the rows, the same for all, or by default."""
    if place is not None:
        return (field_.get_db_prep_save(row[place], connection) for row in rows)
    if field_.attname in fresh:
        same = field_.get_db_prep_save(fresh[field_.attname], connection)
        return (same for _ in rows)
    return (field_.get_db_prep_save(field_.get_default(), connection) for _ in rows)


def batches(things: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]
