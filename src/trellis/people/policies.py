"""Decide who opens accounts and grants: each person her own, an administrator everyone's."""

from django.db.models import Q

from trellis.people.models import Merge, Person, Role, RoleGrant, TwoPeople
from trellis.people.queries import has_role
from trellis.trust.policies import Policy


class AccountPolicy(Policy[Person]):
    """An account holds a name, an address and roles: configuration, never work or evidence."""

    model = Person
    called = "your account and roles"

    def may_read(self, who: Person, what: Person) -> bool:
        return what.pk == who.pk or has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk=who.pk)

    def owner_of(self, what: Person) -> Person:
        return what


class GrantPolicy(Policy[RoleGrant]):
    """A grant is read by the person whom it lets in and by administrators."""

    model = RoleGrant
    called = "your roles"

    def may_read(self, who: Person, what: RoleGrant) -> bool:
        return what.person_id == who.pk or has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(person=who)

    def owner_of(self, what: RoleGrant) -> Person:
        return what.person


class MergePolicy(Policy[Merge]):
    """That two records became one, who decided and why: for administrators alone."""

    model = Merge
    called = "a merge of two records"

    def may_read(self, who: Person, _what: Merge) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: Merge) -> None:
        return None


class TwoPeoplePolicy(Policy[TwoPeople]):
    """That two records are of two people, and who said so: for administrators alone."""

    model = TwoPeople
    called = "two records that were told apart"

    def may_read(self, who: Person, _what: TwoPeople) -> bool:
        return has_role(who, Role.ADMINISTRATOR)

    def readable_by(self, who: Person) -> Q:
        return Q() if has_role(who, Role.ADMINISTRATOR) else Q(pk__in=())

    def owner_of(self, _what: TwoPeople) -> None:
        return None


accounts = AccountPolicy()
two_people = TwoPeoplePolicy()
merges = MergePolicy()
grants = GrantPolicy()
