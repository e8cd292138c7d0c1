"""Decide who may read what partners say to each other: the two, and whom the teacher names.

No role opens it: not school leader, not PD lead, not administrator. Whoever evaluates the teacher
this year reads nothing of it, even if a file once made that person her partner.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from trellis.coaching.models import NextStep, Partnership, Session, Visit, VisitNote
from trellis.people.models import Person, Role
from trellis.people.queries import evaluated_by, evaluates, has_role
from trellis.trust import clock
from trellis.trust.policies import Policy, shared_ids

# A partner reads while she holds one of these: with her contract her access ends, too.
PARTNERS = (Role.COACH, Role.MENTOR, Role.CONSULTANT, Role.TEACHER)


class OnlyForHerself(PermissionDenied):
    """Somebody tried to answer, promise or sign for another."""

    def __init__(self) -> None:
        super().__init__("Each of you decides for herself: the other one answers this.")


def may_partner(who: Person, partnership: Partnership) -> bool:
    """Return whether a person is one of the two, and still may be."""
    if who.pk == partnership.teacher_id:
        return True
    year = clock.school_year(clock.today())
    return (
        who.pk == partnership.partner_id
        and has_role(who, *PARTNERS)
        and not evaluates(who, partnership.teacher, year)
    )


def partnerships_of(who: Person, path: str = "") -> Q:
    """Match what belongs to a partnership of this person; `path` leads to it, as "visit__"."""
    mine = Q(**{f"{path}teacher": who})
    if not has_role(who, *PARTNERS):
        return mine
    closed = evaluated_by(who, clock.school_year(clock.today()))
    return mine | (Q(**{f"{path}partner": who}) & ~Q(**{f"{path}teacher__in": closed}))


class PartnershipPolicy(Policy[Partnership]):
    """A partnership is open to its two people alone."""

    model = Partnership
    called = "your partnership"

    def may_read(self, who: Person, what: Partnership) -> bool:
        return may_partner(who, what)

    def readable_by(self, who: Person) -> Q:
        return partnerships_of(who)

    def owner_of(self, what: Partnership) -> Person:
        return what.teacher


class SessionPolicy(Policy[Session]):
    """A session with its content is open to the two, and by a share to whom the teacher names."""

    model = Session
    called = "your session"
    kind = "coaching.Session"

    def may_read(self, who: Person, what: Session) -> bool:
        return (
            may_partner(who, what.partnership)
            or shared_ids(who, self.kind).filter(subject_id=what.pk).exists()
        )

    def readable_by(self, who: Person) -> Q:
        return partnerships_of(who, "partnership__") | Q(pk__in=shared_ids(who, self.kind))

    def owner_of(self, what: Session) -> Person:
        return what.partnership.teacher


class VisitPolicy(Policy[Visit]):
    """A visit is open to host and visitor; once its notes are shared, the host may name others."""

    model = Visit
    called = "your visit"
    kind = "coaching.Visit"

    def may_read(self, who: Person, what: Visit) -> bool:
        return may_partner(who, what.partnership) or (
            what.shared_at is not None
            and shared_ids(who, self.kind).filter(subject_id=what.pk).exists()
        )

    def readable_by(self, who: Person) -> Q:
        named = Q(pk__in=shared_ids(who, self.kind), shared_at__isnull=False)
        return partnerships_of(who, "partnership__") | named

    def owner_of(self, what: Visit) -> Person:
        return what.partnership.teacher


class VisitNotePolicy(Policy[VisitNote]):
    """A note is its visitor's alone until she shares it; then it is read with its visit."""

    model = VisitNote
    called = "your visit notes"

    def may_read(self, who: Person, what: VisitNote) -> bool:
        if not VisitPolicy().may_read(who, what.visit):
            return False
        return what.visit.shared_at is not None or who.pk == what.visit.partnership.partner_id

    def readable_by(self, who: Person) -> Q:
        visits = Visit.objects.filter(VisitPolicy().readable_by(who)).values("pk")
        is_seen = Q(visit__shared_at__isnull=False) | Q(visit__partnership__partner=who)
        return Q(visit__in=visits) & is_seen

    def owner_of(self, what: VisitNote) -> Person:
        return what.visit.partnership.teacher


def own_promise(who: Person, pk: UUID) -> NextStep:
    """Return a step that she promised herself; 404 for anybody else's."""
    steps = NextStep.objects.filter(partnerships_of(who, "partnership__"), owner=who, pk=pk)
    found = steps.select_related("partnership__teacher", "partnership__partner").first()
    if found is None:
        raise Http404
    return found


def planned_session(partnership: Partnership, asked: str) -> Session | None:
    """Return the planned session that a log form was opened for, if any."""
    try:
        key = UUID(asked)
    except ValueError:
        return None
    return Session.objects.filter(pk=key, partnership=partnership, logged_at=None).first()
