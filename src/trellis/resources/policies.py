"""Decide who may read resources: everybody who is signed in; they are about no one."""

from django.db.models import Q

from trellis.people.models import Person
from trellis.resources.models import Resource
from trellis.trust.policies import Policy


class ResourcePolicy(Policy[Resource]):
    """The catalogue is open to everybody in the district."""

    model = Resource
    called = "a resource"

    def may_read(self, who: Person, what: Resource) -> bool:
        return who.is_active and what.is_active

    def readable_by(self, who: Person) -> Q:
        return Q(is_active=True) if who.is_active else Q(pk__in=[])

    def owner_of(self, _what: Resource) -> None:
        return None


resources = ResourcePolicy()
