"""Decide who reads imports and mappings: administrators, who never see evidence by them."""

from django.db.models import Q

from trellis.evidence.models import (
    ClassCollection,
    Framework,
    FrameworkVersion,
    Import,
    SavedMapping,
    SystemToken,
)
from trellis.people.models import Person, Role
from trellis.people.queries import has_role, roles_of
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


class FrameworkPolicy(Policy[Framework]):
    """Whoever works here reads a framework, a private one too; the private one nobody exports."""

    model = Framework
    called = "a framework"

    def may_read(self, who: Person, _what: Framework) -> bool:
        return bool(roles_of(who))

    def readable_by(self, who: Person) -> Q:
        return Q() if roles_of(who) else Q(pk__in=())

    def owner_of(self, _what: Framework) -> None:
        return None


class VersionPolicy(Policy[FrameworkVersion]):
    """What came in when, and what would change, is the administrators' affair."""

    model = FrameworkVersion
    called = "a version of a framework"

    def may_read(self, who: Person, _what: FrameworkVersion) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: FrameworkVersion) -> None:
        return None


frameworks = FrameworkPolicy()
versions = VersionPolicy()


class SystemTokenPolicy(Policy[SystemToken]):
    """Who sends files by which key is the administrators' affair; the key itself nobody reads."""

    model = SystemToken
    called = "a token of a system"

    def may_read(self, who: Person, _what: SystemToken) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: SystemToken) -> None:
        return None


class ClassCollectionPolicy(Policy[ClassCollection]):
    """What a class says is for the teacher who asked it, and for nobody else."""

    model = ClassCollection
    called = "what your class said"

    def may_read(self, who: Person, what: ClassCollection) -> bool:
        return what.teacher_id == who.pk

    def readable_by(self, who: Person) -> Q:
        return Q(teacher=who)

    def owner_of(self, what: ClassCollection) -> Person:
        return what.teacher


tokens = SystemTokenPolicy()
collections = ClassCollectionPolicy()
