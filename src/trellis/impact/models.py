"""Store reviews of programs: what was registered, what was found, what was decided."""

import uuid

from django.conf import settings
from django.db import models

from trellis.activities.models import Program


class ProgramReview(models.Model):
    """A question about a program, with its comparison fixed before outcomes were opened."""

    class State(models.TextChoices):
        REGISTERED = "registered", "Registered"
        RUNNING = "running", "Running"
        READ_OUT = "read out", "Read out"
        DECIDED = "decided", "Decided"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="reviews")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    registered_at = models.DateTimeField()
    registration = models.JSONField()  # the locked plan, as its pydantic schema wrote it
    registration_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REGISTERED)

    class Meta:
        ordering = ["-registered_at"]

    def __str__(self) -> str:
        return f"Review of {self.program}"


class Amendment(models.Model):
    """A later change to a registration, shown beside it."""

    review = models.ForeignKey(ProgramReview, on_delete=models.CASCADE, related_name="amendments")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:60]


class ReadOut(models.Model):
    """What a review found: figures, verdict, and the frozen input they can be rerun from."""

    class Verdict(models.TextChoices):
        HELPS = "helps", "Helps"
        HARMS = "harms", "Harms"
        NO_DIFFERENCE = "no meaningful difference", "No meaningful difference"
        CANNOT_TELL = "cannot tell yet", "Cannot tell yet"
        NOT_FAIR = "not a fair comparison", "Not a fair comparison"

    review = models.ForeignKey(ProgramReview, on_delete=models.CASCADE, related_name="read_outs")
    made_at = models.DateTimeField()
    verdict = models.CharField(max_length=30, choices=Verdict.choices)
    figures = models.JSONField()
    snapshot = models.CharField(max_length=64)
    seed = models.BigIntegerField()
    trellis_version = models.CharField(max_length=20)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.review}: {self.verdict}"


class Decision(models.Model):
    """What the district does with a read-out, by whom and why."""

    class Choice(models.TextChoices):
        CONTINUE = "continue", "Continue"
        ADAPT = "adapt", "Adapt"
        STOP = "stop", "Stop"
        STUDY = "study further", "Study further"

    read_out = models.ForeignKey(ReadOut, on_delete=models.CASCADE, related_name="decisions")
    choice = models.CharField(max_length=15, choices=Choice.choices)
    why = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.choice


class ProviderReply(models.Model):
    """The provider's own words beside a read-out."""

    read_out = models.ForeignKey(ReadOut, on_delete=models.CASCADE, related_name="replies")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:60]
