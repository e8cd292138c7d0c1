"""Store a teacher's own plan: goals that are met, refined and raised, and others' suggestions."""

import uuid

from django.conf import settings
from django.db import models

from trellis.insights.models import Insight
from trellis.resources.models import Resource


class Plan(models.Model):
    """A teacher's development plan for a school year. Only she changes it; others propose."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans"
    )
    school_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    weekly_minutes = models.PositiveSmallIntegerField(default=60)  # the time that she granted
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["teacher", "school_year"], name="one_plan_a_year")
        ]

    def __str__(self) -> str:
        return f"Plan of {self.teacher}, {self.school_year}"


class Collaborator(models.Model):
    """A person whom the teacher invited into her plan, with what that person may do."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="collaborators")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collaborations"
    )
    may_propose = models.BooleanField(default=True)
    invited_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "person"],
                condition=models.Q(revoked_at=None),
                name="one_open_collaboration",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.plan}"


class Goal(models.Model):
    """A student-focused aim. A raised goal is a new one whose parent is the one that was met."""

    class State(models.TextChoices):
        DRAFTING = "drafting", "Being written"
        SET = "set", "Set"
        IN_PROGRESS = "in progress", "In progress"
        MET = "met", "Met"
        RAISED = "raised", "Met and raised"
        SET_ASIDE = "set aside", "Set aside"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    text = models.CharField(max_length=300)
    why = models.TextField(blank=True)
    element = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SET)
    insight = models.ForeignKey(Insight, null=True, blank=True, on_delete=models.SET_NULL)
    parent = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="raised_to"
    )
    set_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_because = models.TextField(blank=True)  # only if she wishes to say
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-set_on", "-version"]

    def __str__(self) -> str:
        return self.text


class GoalVersion(models.Model):
    """An earlier wording of a goal, and why it was refined."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return self.text


class Measure(models.Model):
    """How the teacher will know: what she counts, from where to where, until when."""

    goal = models.OneToOneField(Goal, on_delete=models.CASCADE, related_name="measure")
    what = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, default="students")
    out_of = models.PositiveIntegerField(null=True, blank=True)
    baseline = models.PositiveIntegerField()
    target = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.what


class CheckIn(models.Model):
    """A dated look at a measure: the teacher's own count, not an estimate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="check_ins")
    on = models.DateField()
    value = models.PositiveIntegerField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.value} on {self.on}"


class Suggestion(models.Model):
    """Somebody else's idea, beside the plan and not in it until its owner says so."""

    class Kind(models.TextChoices):
        GOAL = "goal", "A goal"
        STEP = "step", "A next step"
        RESOURCE = "resource", "A resource"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for your word"
        ACCEPTED = "accepted", "Accepted"
        ADAPTED = "adapted", "Adapted"
        DECLINED = "declined", "Declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="suggestions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    resource = models.ForeignKey(Resource, null=True, blank=True, on_delete=models.CASCADE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.text


class ActionStep(models.Model):
    """One small thing the teacher will try, with a day to look back on it; hers."""

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        WORKING = "working", "Working"
        ADAPTING = "adapting", "Adapting"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="steps"
    )
    text = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.AGREED)
    agreed_on = models.DateField()
    follow_up_on = models.DateField()
    looked_back_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["follow_up_on"]

    def __str__(self) -> str:
        return self.text


class SavedResource(models.Model):
    """A resource that the teacher put beside her plan herself."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="saved_resources")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "resource"], name="saved_once_a_plan")
        ]

    def __str__(self) -> str:
        return str(self.resource)


class Comment(models.Model):
    """What the people of a plan say to each other about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text[:60]
