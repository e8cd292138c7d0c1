"""Decide who may read a review, run it, and decide on it.

A review holds counts and intervals, never a person. Those who run programs read all of them;
participants read a read-out first, then the provider replies, then it is opened to the district.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from trellis.impact.models import ProgramReview
from trellis.people.models import Person, Role
from trellis.people.queries import grants_of, has_role
from trellis.trust.policies import Policy

RUNS_REVIEWS = (Role.PD_LEAD, Role.ANALYST)
READS_RELEASED = (Role.TEACHER, Role.COACH, Role.MENTOR, Role.SCHOOL_LEADER)


class NotYoursToRun(PermissionDenied):
    """Somebody tried to register, run or release a review without that task."""

    def __init__(self) -> None:
        super().__init__("PD leads and analysts register, run and release reviews.")


class NotYoursToDecide(PermissionDenied):
    """Somebody tried to record the district's decision."""

    def __init__(self) -> None:
        super().__init__("The PD lead records what the district decides.")


class NotYoursToReply(PermissionDenied):
    """Somebody outside the provider tried to reply in its name."""

    def __init__(self) -> None:
        super().__init__("Only the provider of the program replies to its read-out.")


class ReviewPolicy(Policy[ProgramReview]):
    """PD leads and analysts read all; participants and the provider what was read out; the
    schools what was opened to them. An administrator as such reads none."""

    model = ProgramReview
    called = "a review"

    def may_read(self, who: Person, what: ProgramReview) -> bool:
        if runs_reviews(who):
            return True
        read_outs = list(what.read_outs.all())
        if not read_outs:
            return False
        concerned = (
            what.program.provider.external_id in providers_of(who)
            or what.program.offers.filter(participations__teacher=who).exists()
        )
        opened = any(r.released_at for r in read_outs) and has_role(who, *READS_RELEASED)
        return concerned or opened

    def readable_by(self, who: Person) -> Q:
        if runs_reviews(who):
            return Q()
        concerned = Q(program__provider__external_id__in=providers_of(who))
        concerned |= Q(program__offers__participations__teacher=who)
        readable = Q(read_outs__isnull=False) & concerned
        if has_role(who, *READS_RELEASED):
            readable |= Q(read_outs__released_at__isnull=False)
        return readable

    def owner_of(self, what: ProgramReview) -> None:
        """A review belongs to no one person."""


def runs_reviews(who: Person) -> bool:
    """Return whether a person registers, runs and releases reviews."""
    return has_role(who, *RUNS_REVIEWS)


def decides(who: Person) -> bool:
    """Return whether a person records what the district decides."""
    return has_role(who, Role.PD_LEAD)


def replies_for(who: Person, review: ProgramReview) -> bool:
    """Return whether a person works for the provider of the reviewed program."""
    return review.program.provider.external_id in providers_of(who)


def providers_of(who: Person) -> list[str]:
    """Return the providers that a person works for today as a consultant."""
    grants = (g for g in grants_of(who) if g.role == Role.CONSULTANT)
    return [g.scope_id for g in grants if g.scope_kind == "provider"]
