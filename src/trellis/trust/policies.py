"""Decide who may read what: one object per thing, with a predicate and a matching filter."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from trellis.trust import clock
from trellis.trust.events import record_read
from trellis.trust.models import Share

if TYPE_CHECKING:
    from trellis.people.models import Person

Thing = TypeVar("Thing", bound=Model)


class Policy(Generic[Thing]):
    """Who may read one kind of thing.

    A subclass states the rule twice: `may_read` for one object in hand and `readable_by` for a
    query. The two are held against each other over random worlds by the tests. Things are reached
    through `open`, so that permission cannot be forgotten and each look leaves its trace.
    """

    model: type[Thing]
    # How the owner reads it in "who has looked": "your visit notes".
    called: str

    def may_read(self, who: "Person", what: Thing) -> bool:
        raise NotImplementedError

    def readable_by(self, who: "Person") -> Q:
        raise NotImplementedError

    def owner_of(self, what: Thing) -> "Person | None":
        """Return the adult whose record this is, or None for what belongs to no one person."""
        raise NotImplementedError

    def visible(self, who: "Person") -> "QuerySet[Thing]":
        """Return all that `who` may read."""
        return self.model._default_manager.filter(self.readable_by(who)).distinct()

    def open(self, who: "Person", pk: object, *, look: bool = True) -> Thing:
        """Return the thing for `who`, and record the look; 404 where it may not be read.

        404 rather than 403: whether a record of another person exists is itself her own affair.
        """
        thing = self.visible(who).filter(pk=pk).first()
        if thing is None:
            raise Http404
        owner = self.owner_of(thing)
        if look and owner is not None:
            record_read(reader=who, owner=owner, what=self.called, subject=thing.pk)
        return thing


def shared_ids(who: "Person", kind: str) -> "QuerySet[Share]":
    """Return the ids of what was shared with `who` by name and is open today."""
    return Share.objects.filter(
        audience=who, subject_kind=kind, revoked_at=None, until__gte=clock.today()
    ).values("subject_id")  # type: ignore[return-value]  # a values query used as a subquery
