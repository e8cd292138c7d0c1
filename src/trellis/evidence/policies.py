"""Decide who reads imports and mappings: administrators, who never see evidence by them."""

from django.db.models import Q

from trellis.evidence.models import Import, SavedMapping
from trellis.people.models import Person, Role
from trellis.people.queries import has_role
from trellis.trust.policies import Policy


class ImportPolicy(Policy[Import]):
    """The record of an import holds file names, counts and problems; it belongs to no one."""

    model = Import
    called = "an import"

    def may_read(self, who: Person, _what: Import) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: Import) -> None:
        return None


imports = ImportPolicy()


class SavedMappingPolicy(Policy[SavedMapping]):
    """A mapping holds names of columns and words of a vendor; it belongs to no one."""

    model = SavedMapping
    called = "a mapping of columns"

    def may_read(self, who: Person, _what: SavedMapping) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: SavedMapping) -> None:
        return None


mappings = SavedMappingPolicy()
