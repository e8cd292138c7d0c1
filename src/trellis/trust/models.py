"""Store what happened, who looked, and what was shared with whom."""

import uuid

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that happened; the log is append-only and everything else reads it."""

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The person whose record this concerns: she can read the event.
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    subject = models.CharField(max_length=80, blank=True, db_index=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class AccessEvent(models.Model):
    """Somebody opened another adult's record; the owner can see that."""

    at = models.DateTimeField()
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reads_made"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reads_of_mine"
    )
    what = models.CharField(max_length=120)
    subject = models.CharField(max_length=80)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reader} opened {self.what} of {self.owner}"


class Share(models.Model):
    """A dated, revocable permission to read one thing, given by its owner to one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares_given"
    )
    audience = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares_received"
    )
    # "plans.Goal" and its key: what is shared, and nothing around it.
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    granted_at = models.DateTimeField()
    until = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["audience", "subject_kind", "subject_id"],
                condition=models.Q(revoked_at=None),
                name="one_open_share_per_person_and_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} of {self.owner} for {self.audience} until {self.until}"
