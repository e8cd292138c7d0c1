"""Take back what was stored from files, and keep what people have made with it since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Field, Model

from trellis.trust.loading import ACTIVE, SAMPLES, Row
from trellis.trust.models import Share
from trellis.trust.storing import (
    Entry,
    Values,
    batches,
    columns_of,
    found_by_key,
    insert,
    mark,
    unique_columns,
    update,
)

Keys = set[object]


@dataclass(frozen=True, slots=True)
class Step:
    """What is taken back of one kind of thing; nothing is written until `carry_out`.

    Attributes
    ----------
    going : added rows that nobody has built on, by primary key.
    staying : added rows that people have worked on or with since.
    restored : rows and the values that they get again.
    kept : values that somebody has changed since, which stay as they are.
    returning : whole rows that were taken out and come back, in the order of `columns`.
    """

    kind: str
    model: type[Model]
    going: Sequence[object]
    staying: Sequence[object]
    restored: Sequence[Values]
    kept: int
    columns: Sequence[str]
    returning: Sequence[Row]

    @property
    def told(self) -> "TakenBack":
        stays = self.model._default_manager.filter(pk__in=self.staying[:SAMPLES])
        names = [str(thing) for thing in stays] if _can_be_set_aside(self.model) else []
        return TakenBack(
            self.kind, len(self.going), len(self.staying), len(self.restored), self.kept,
            len(self.returning), _can_be_set_aside(self.model), tuple(names),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many things of a kind go, stay, get their old values again, or come back."""

    kind: str
    going: int
    staying: int
    restored: int
    kept: int
    returning: int
    set_aside: bool
    names: tuple[str, ...]

    @property
    def anything(self) -> bool:
        return bool(self.going or self.staying or self.restored or self.kept or self.returning)


def plan(entries: Sequence[Entry], *, derived: Collection[type[Model]]) -> list[Step]:
    """Return the steps back, the last first; `derived` things are worked out, made by nobody."""
    going: dict[type[Model], Keys] = {}
    again: dict[type[Model], dict[object, Mapping[str, object]]] = {}
    steps = []
    for entry in reversed(entries):
        model = apps.get_model(entry.model)
        leave, stay = _added(model, entry, again.get(model, {}))
        built_on = _built_on(model, leave, going, derived)
        leave, stay = [k for k in leave if k not in built_on], [*stay, *built_on]
        restored, kept = _restored(model, entry, leave)
        back = list(_returning(model, entry))
        steps.append(Step(entry.kind, model, leave, stay, restored, kept, entry.columns, back))
        going.setdefault(model, set()).update(leave)
        again.setdefault(model, {}).update(restored)
    return steps


def carry_out(steps: Sequence[Step], *, day: date) -> list[TakenBack]:
    """Take the steps; the caller holds the transaction."""
    told = [step.told for step in steps]
    for step in steps:
        objects = step.model._default_manager
        for batch in batches(step.going):
            objects.filter(pk__in=batch).delete()
        if _can_be_set_aside(step.model):
            away = _away(step.model, day)
            for batch in batches(step.staying):
                objects.filter(pk__in=batch).update(**away)
        update(step.model, step.restored)
        insert(step.model, step.columns, step.returning, fresh={})
    return told


def _added(
    model: type[Model], entry: Entry, again: Mapping[object, Mapping[str, object]]
) -> tuple[list[object], list[object]]:
    """Return the added rows that are as they were stored, and those that somebody worked on.

    `again` are the values that later steps of the same import have set and that go first.
    """
    fields = [_field(model, name) for name in entry.key]
    marks: dict[Row, object] = {}
    for *said, marked in entry.added:
        marks[tuple(f.to_python(value) for f, value in zip(fields, said, strict=True))] = marked
    same: list[object] = []
    touched: list[object] = []
    names = columns_of(model)
    for key, (pk, *row) in found_by_key(model, entry.key, list(marks), ["pk", *names]):
        first = again.get(pk, {})
        stored = [first.get(name, value) for name, value in zip(names, row, strict=True)]
        (touched if marks[key] and marks[key] != mark(stored) else same).append(pk)
    return same, touched


def _built_on(
    model: type[Model],
    pks: Sequence[object],
    going: Mapping[type[Model], Keys],
    derived: Collection[type[Model]],
) -> Keys:
    """Return those that something names which does not go with them."""
    found: Keys = set()
    for relation in model._meta.related_objects:
        other = relation.related_model
        if relation.many_to_many or other in derived or isinstance(other, str):
            continue
        leaving = set(pks) if other is model else going.get(other, set())
        name = relation.field.attname
        for batch in batches(pks):
            rows = other._default_manager.filter(**{f"{name}__in": batch}).order_by()
            pairs = rows.values_list(name, "pk").iterator()
            found |= {named for named, pk in pairs if pk not in leaving}
    if pks and model._meta.pk.get_internal_type() == "UUIDField":
        found |= _shared(model, pks)
    return found


def _shared(model: type[Model], pks: Sequence[object]) -> Keys:
    """A share names its thing by kind and key, which no foreign key tells."""
    open_shares = Share.objects.filter(subject_kind=model._meta.label, revoked_at=None)
    return set(pks).intersection(open_shares.values_list("subject_id", flat=True))


def _restored(
    model: type[Model], entry: Entry, going: Sequence[object]
) -> tuple[list[Values], int]:
    """Return the values to set again; one that is not what the files set stays as it is."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    key_of = model._meta.pk.to_python
    leaving = set(going)
    altered = {key_of(pk): pairs for pk, pairs in entry.altered}
    taken = _taken(model, altered)
    restored: list[Values] = []
    kept = 0
    for batch in batches([pk for pk in altered if pk not in leaving]):
        rows = model._default_manager.filter(pk__in=batch)
        for pk, *now in rows.values_list("pk", *fields):
            present = dict(zip(fields, now, strict=True))
            again = {}
            for name, (old, new) in altered[pk].items():
                was = fields[name].to_python(old)
                if present[name] == fields[name].to_python(new) and (name, was) not in taken:
                    again[name] = was
                else:
                    kept += 1
            if again:
                restored.append((pk, again))
    return restored, kept


def _taken(
    model: type[Model], altered: Mapping[object, Mapping[str, tuple[object, object]]]
) -> set[tuple[str, object]]:
    """Return unique names that something else has by now."""
    taken: set[tuple[str, object]] = set()
    for name in unique_columns(model):
        wanted = [pairs[name][0] for pairs in altered.values() if name in pairs]
        for batch in batches(wanted):
            holders = model._default_manager.filter(**{f"{name}__in": batch})
            taken |= {
                (name, held) for pk, held in holders.values_list("pk", name) if pk not in altered
            }
    return taken


def _returning(model: type[Model], entry: Entry) -> Iterator[Row]:
    """Yield the rows that come back, but for those that are there again."""
    fields = [_field(model, name) for name in entry.columns]
    places = [entry.columns.index(name) for name in entry.key]
    rows = [
        tuple(f.to_python(v) for f, v in zip(fields, row, strict=True)) for row in entry.removed
    ]
    wanted = [tuple(row[place] for place in places) for row in rows]
    there = {key for key, _ in found_by_key(model, entry.key, wanted, ["pk"])}
    yield from (row for row, key in zip(rows, wanted, strict=True) if key not in there)


def _field(model: type[Model], attname: str) -> "Field[object, object]":
    return next(f for f in model._meta.concrete_fields if f.attname == attname)


def _can_be_set_aside(model: type[Model]) -> bool:
    return any(f.attname == ACTIVE for f in model._meta.concrete_fields)


def _away(model: type[Model], day: date) -> dict[str, object]:
    dated = {"deactivated_on": day} if "deactivated_on" in columns_of(model) else {}
    return {ACTIVE: False, **dated}
