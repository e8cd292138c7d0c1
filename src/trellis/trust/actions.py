"""Share one thing with one person until a day, and take it back."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model

from trellis.trust import clock
from trellis.trust.events import Happening, record
from trellis.trust.models import Share

if TYPE_CHECKING:
    from trellis.people.models import Person
    from trellis.trust.policies import Policy

Thing = TypeVar("Thing", bound=Model)

LONGEST = timedelta(days=366)


class NotYoursToShare(PermissionDenied):
    """Somebody tried to share, or to take back, what belongs to another."""

    def __init__(self) -> None:
        super().__init__("Only the person whose record it is can share it or take it back.")


class Shared(Happening):
    """A permission to read one thing was given."""

    sentence: ClassVar[str] = "Something of yours was shared with one person, by name."


class ShareEnded(Happening):
    """A permission to read one thing was taken back before its day."""

    sentence: ClassVar[str] = "A share was taken back."


@transaction.atomic
def share(
    thing: Thing, *, policy: "Policy[Thing]", by: "Person", audience: "Person", until: date
) -> Share:
    """Let one person read one thing until a day; sharing it again moves the day."""
    if policy.owner_of(thing) != by:
        raise NotYoursToShare
    if audience == by:
        raise ValidationError({"audience": "You can read this already. Choose somebody else."})
    today = clock.today()
    if until < today:
        raise ValidationError({"until": "This day is past. Choose today or a later day."})
    if until > today + LONGEST:
        raise ValidationError({"until": "A share lasts at most a year. Choose an earlier day."})
    given, is_new = Share.objects.get_or_create(
        audience=audience,
        subject_kind=thing._meta.label,
        subject_id=thing.pk,
        revoked_at=None,
        defaults={"owner": by, "granted_at": clock.now(), "until": until},
    )
    if not is_new:
        given.until = until
        given.save(update_fields=["until"])
    record(Shared(), by=by, about=by, subject=given.pk)
    return given


@transaction.atomic
def revoke(given: Share, *, by: "Person") -> Share:
    """Take a share back: from this moment its audience reads the thing no more."""
    if given.owner_id != by.pk:
        raise NotYoursToShare
    if given.revoked_at is None:
        given.revoked_at = clock.now()
        given.save(update_fields=["revoked_at"])
        record(ShareEnded(), by=by, about=by, subject=given.pk)
    return given
