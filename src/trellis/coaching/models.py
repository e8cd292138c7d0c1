"""Store partnerships: countable ledger facts in some tables, what was said and seen in others.

Ledger facts (who, when, minutes, kind) may be counted. Content (notes, next steps) is read by
the two partners and by whom they share it with by name: that is why they are apart.
"""

import uuid

from django.conf import settings
from django.db import models

from trellis.people.models import Section


class Partnership(models.Model):
    """A teacher with a coach, mentor, peer or consultant, begun by invitation and acceptance."""

    class Kind(models.TextChoices):
        COACH = "coach", "Coach"
        MENTOR = "mentor", "Mentor"
        PEER = "peer", "Peer"
        CONSULTANT = "consultant", "Consultant"

    class State(models.TextChoices):
        INVITED = "invited", "Invited"
        ACTIVE = "active", "Active"
        DECLINED = "declined", "Declined"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partnerships"
    )
    partner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="caseload"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.TextField(blank=True)
    focus_element = models.CharField(max_length=40, blank=True)
    # The teacher's own word at the invitation: once accepted, the partner reads her plan too.
    opens_plan = models.BooleanField(default=False)
    program_external_id = models.CharField(max_length=100, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["partner", "state"]),
            models.Index(fields=["teacher", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} with {self.partner}"


class CoachingAgreement(models.Model):
    """Who is told what, in words that both signed. The floor below it no agreement can lower."""

    partnership = models.ForeignKey(
        Partnership, on_delete=models.CASCADE, related_name="agreements"
    )
    version = models.PositiveSmallIntegerField(default=1)
    # Whether the school leader may know the focus; who, when and minutes she may always know.
    leader_may_know_focus = models.BooleanField(default=False)
    meets = models.CharField(max_length=120, blank=True)
    signed_by_teacher_at = models.DateTimeField(null=True, blank=True)
    signed_by_partner_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "version"], name="one_agreement_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"Agreement {self.version} of {self.partnership}"


class Session(models.Model):
    """The countable facts of one contact: who, when, minutes, kind. Each minute counted once."""

    class Mode(models.TextChoices):
        IN_PERSON = "in person", "In person"
        VIDEO = "video call", "Video call"
        MESSAGE = "message", "Message"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="sessions")
    held_on = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.IN_PERSON)
    moves = models.JSONField(default=list)
    logged_at = models.DateTimeField(null=True, blank=True)  # null: planned, not yet held
    # Made by the device that logs, so that a repeated send is the same session.
    client_key = models.UUIDField(unique=True, null=True, blank=True)

    class Meta:
        ordering = ["-held_on"]
        indexes = [models.Index(fields=["partnership", "held_on"])]

    def __str__(self) -> str:
        return f"Session on {self.held_on}"


class SessionContent(models.Model):
    """What was said in a session; the partners read it, and by a share whom they name."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="content")
    strength = models.TextField(blank=True)
    noticed = models.TextField(blank=True)
    stands = models.CharField(max_length=40, blank=True)
    parked = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Content of {self.session}"


class Visit(models.Model):
    """An accepted invitation into a section. A visit that nobody accepted cannot be held."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for an answer"
        ACCEPTED = "accepted", "Agreed"
        DECLINED = "declined", "Declined"
        DONE = "done", "Held"
        DEBRIEFED = "debriefed", "Talked about"
        CANCELED = "canceled", "Canceled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="visits")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    planned_for = models.DateTimeField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=20, blank=True)
    question = models.TextField(blank=True)  # what the host wants to know
    accepted_at = models.DateTimeField(null=True, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(unique=True, null=True, blank=True)

    class Meta:
        ordering = ["-planned_for"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "debriefed"])
                | models.Q(accepted_at__isnull=False),
                name="no_visit_without_acceptance",
            )
        ]

    def __str__(self) -> str:
        return f"Visit to {self.partnership.teacher}"


class LookFor(models.Model):
    """One of at most three things that the host asked the visitor to watch for."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="look_fors")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    element = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="one_look_for_a_place"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=3), name="at_most_three_look_fors"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class VisitNote(models.Model):
    """A noticing (what was seen or heard) or a wondering (an open question)."""

    class Kind(models.TextChoices):
        NOTICING = "noticing", "Noticing"
        WONDERING = "wondering", "Wondering"

    class Level(models.IntegerChoices):
        NOT_SEEN = 0, "not seen this time"
        BEGINNING = 1, "beginning"
        DEVELOPING = 2, "developing"
        ESTABLISHED = 3, "established"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTICING)
    seconds = models.PositiveIntegerField(null=True, blank=True)  # since the visit began
    text = models.TextField(blank=True)
    element = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level.choices, null=True, blank=True)

    class Meta:
        ordering = ["visit", "seconds"]

    def __str__(self) -> str:
        return self.text[:60]


class NextStep(models.Model):
    """A promise one partner makes to the other, with a day; each promises for herself alone."""

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        KEPT = "kept", "Done"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partnership = models.ForeignKey(
        Partnership, on_delete=models.CASCADE, related_name="next_steps"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.AGREED)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["due_on"]

    def __str__(self) -> str:
        return self.text
