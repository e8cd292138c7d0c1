"""Make two records of one person one, by somebody's decision, so that it can be undone.

Everything that points at the other record points at the kept one afterwards; each pointer is
written down with its value before. What would stand twice stays with the other record, which can
no longer sign in and is not deleted.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, ForeignObject, Model, Q, UniqueConstraint

from trellis.people.actions import OnlyAdministrators
from trellis.people.events import (
    MergeUndone,
    RecordsMerged,
    RecordsToldApart,
    TellingApartTakenBack,
)
from trellis.people.models import Merge, Person, PersonAlias, Role, TwoPeople
from trellis.people.queries import has_role
from trellis.trust import clock
from trellis.trust.events import record

# Model, primary key, column, value before, value after.
Move = list[str | None]
MERGED = "merged-{}@people.invalid"
# What tells of a merge itself stays where it was written.
LEFT = {"people.Merge", "people.TwoPeople"}
# Why two records must stay apart, as a sentence; empty where nothing stands against it.
Apart = Callable[[Person, Person], str]


@transaction.atomic
def merge(
    kept: Person, other: Person, *, by: Person, reason: str, same_person: bool, apart: Apart
) -> Merge:
    """Move all that is the other record's to the kept one, and let files reach it by both ids."""
    _check(kept, other, by=by, reason=reason, same_person=same_person)
    if why := apart(kept, other):
        raise ValidationError(why)
    moves = [*_moves(kept, other), *_close(kept, other)]
    done = Merge.objects.create(
        kept=kept,
        other=other,
        decided_by=by,
        decided_at=clock.now(),
        reason=reason.strip(),
        moved=moves,
    )
    happened = RecordsMerged(kept=kept.pk, other=other.pk, moved=len(moves))
    record(happened, by=by, subject=done.pk)
    return done


@transaction.atomic
def undo_merge(done: Merge, *, by: Person) -> int:
    """Put everything back that is still as the merge left it; return how much stayed."""
    _only_administrators(by)
    if not can_be_undone(done):
        raise ValidationError(
            "This merge cannot be undone: it was undone already, or one of the two records was "
            "merged again since. Undo that merge first."
        )
    staying = sum(not _put_back(move) for move in reversed(done.moved))
    done.undone_at = clock.now()
    done.save(update_fields=["undone_at"])
    happened = MergeUndone(
        kept=done.kept_id, other=done.other_id, moved=len(done.moved) - staying, staying=staying
    )
    record(happened, by=by, subject=done.pk)
    return staying


@transaction.atomic
def tell_apart(one: Person, other: Person, *, by: Person) -> TwoPeople:
    """Remember that two records are of two people: they are suggested no more, nor merged."""
    _only_administrators(by)
    first, second = sorted((one, other), key=lambda person: person.pk)
    if first == second:
        raise ValidationError("Choose two records, not one twice.")
    said, is_new = TwoPeople.objects.get_or_create(
        one=first, other=second, defaults={"decided_by": by, "decided_at": clock.now()}
    )
    if is_new:
        record(RecordsToldApart(one=first.pk, other=second.pk), by=by)
    return said


@transaction.atomic
def take_back_apart(said: TwoPeople, *, by: Person) -> None:
    """Leave it open again whether two records are of two people."""
    _only_administrators(by)
    record(TellingApartTakenBack(one=said.one_id, other=said.other_id), by=by)
    said.delete()


def can_be_undone(done: Merge) -> bool:
    """Return whether a merge stands and is the last one of both its records."""
    pair = (done.kept_id, done.other_id)
    later = Merge.objects.filter(
        Q(kept__in=pair) | Q(other__in=pair), undone_at=None, decided_at__gt=done.decided_at
    )
    return done.undone_at is None and not later.exists()


def _check(kept: Person, other: Person, *, by: Person, reason: str, same_person: bool) -> None:
    _only_administrators(by)
    if kept == other:
        raise ValidationError("Choose two records, not one twice.")
    if by in (kept, other):
        raise ValidationError(
            "One of these records is yours. Let another administrator decide about it."
        )
    if Merge.objects.filter(other__in=(kept, other), undone_at=None).exists():
        raise ValidationError("One of these records was merged into another one already.")
    if TwoPeople.objects.filter(one__in=(kept, other), other__in=(kept, other)).exists():
        raise ValidationError(
            "It was said that these are two people. If that was a mistake, take it back first."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say how you know that this is one person."})
    if not same_person:
        raise ValidationError({"same_person": "Confirm that both records are one human being."})


def _moves(kept: Person, other: Person) -> Iterator[Move]:
    for relation in Person._meta.related_objects:
        model = relation.related_model
        if relation.many_to_many or isinstance(model, str) or model._meta.label in LEFT:
            continue
        yield from _repoint(model, relation.field, other.pk, kept.pk)


def _repoint(
    model: type[Model], field: "ForeignObject[Any, Any]", old: object, new: object
) -> Iterator[Move]:
    """Point rows at another thing; what would then stand twice hands on what hangs on it."""
    rows = model._default_manager.filter(**{field.attname: old})
    for row in rows.exclude(_with_itself(model, field, new)):
        try:
            with transaction.atomic():
                model._default_manager.filter(pk=row.pk).update(**{field.attname: new})
        except IntegrityError:
            if twin := _twin(row, field, new):
                for below in model._meta.related_objects:
                    if not below.many_to_many and not isinstance(below.related_model, str):
                        yield from _repoint(below.related_model, below.field, row.pk, twin.pk)
        else:
            yield [model._meta.label, str(row.pk), field.attname, str(old), str(new)]


def _with_itself(model: type[Model], field: "ForeignObject[Any, Any]", new: object) -> Q:
    """Match rows that would tie a person to herself, such as a share with one's other record."""
    target = field.related_model
    also = [
        f.attname
        for f in model._meta.concrete_fields
        if isinstance(f, ForeignKey) and f.related_model is target and f is not field
    ]
    if model._meta.label == "trust.Event" or target is not Person:
        return Q(pk__in=())
    return reduce(or_, (Q(**{name: new}) for name in also), Q(pk__in=()))


def _twin(row: Model, field: "ForeignObject[Any, Any]", new: object) -> Model | None:
    """Return the row that already stands where this one would go."""
    model = type(row)
    for names in _unique_together(model):
        if field.name not in names:
            continue
        same = {name: getattr(row, name) for name in names if name != field.name}
        found = model._default_manager.filter(**same, **{field.attname: new}).first()
        if found is not None:
            return found
    return None


def _unique_together(model: type[Model]) -> Iterator[Sequence[str]]:
    yield from (c.fields for c in model._meta.constraints if isinstance(c, UniqueConstraint))
    yield from ((f.name,) for f in model._meta.concrete_fields if f.unique and not f.primary_key)


def _close(kept: Person, other: Person) -> Iterator[Move]:
    """Close the other record, free its address, and let its id lead to the kept one."""
    if other.external_id and kept.external_id:
        PersonAlias.objects.create(external_id=other.external_id, person=kept)
    passed_on = other.external_id if other.external_id and not kept.external_id else None
    yield from _set(
        other,
        external_id=None,
        email=MERGED.format(other.pk.hex),
        is_active=False,
        deactivated_on=other.deactivated_on or clock.today(),
    )
    if passed_on:
        yield from _set(kept, external_id=passed_on)


def _set(person: Person, **values: object) -> Iterator[Move]:
    for name, value in values.items():
        old = getattr(person, name)
        if old != value:
            setattr(person, name, value)
            yield ["people.Person", str(person.pk), name, _text(old), _text(value)]
    person.save(update_fields=list(values))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _put_back(move: Move) -> bool:
    """Set one value back if it is as the merge left it and its old one is still free."""
    label, pk, column, old, new = move
    model = apps.get_model(str(label))
    field = next(f for f in model._meta.concrete_fields if f.attname == column)
    if (label, column) == ("people.Person", "external_id") and old is not None:
        PersonAlias.objects.filter(external_id=old).delete()
    as_left = model._default_manager.filter(pk=pk, **{str(column): field.to_python(new)})
    if new is None:
        as_left = model._default_manager.filter(pk=pk, **{f"{column}__isnull": True})
    try:
        with transaction.atomic():
            return bool(as_left.update(**{str(column): field.to_python(old)}))
    except IntegrityError:
        return False


def _only_administrators(by: Person) -> None:
    if not has_role(by, Role.ADMINISTRATOR):
        raise OnlyAdministrators
