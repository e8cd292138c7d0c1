"""Store what stands out for a teacher, and what she answers."""

import uuid

from django.conf import settings
from django.db import models

from trellis.evidence.models import EvidenceItem, LearningObjective
from trellis.people.models import Section


class Insight(models.Model):
    """A claim with its warrant, computed from evidence that its owner can open; hers alone."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", "A strength to build on"
        NEXT_STEP = "next step", "A possible next step"
        DISAGREEMENT = "disagreement", "Sources see this differently"

    class Sure(models.TextChoices):
        NOT_ENOUGH = "not enough", "Not enough to say"
        EARLY = "early", "An early sign"
        FAIRLY = "fairly", "Fairly sure"
        WELL = "well", "Well supported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="insights"
    )
    element = models.CharField(max_length=40)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    sure = models.CharField(max_length=10, choices=Sure.choices)
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # on Today; null = not shown
    title = models.CharField(max_length=200)
    claim = models.TextField()
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=20)
    # The numbers behind the claim, as `diagnosis.signals` gave them (interval, n, shares, ...).
    numbers = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "is_current"])]

    def __str__(self) -> str:
        return self.title


class Reply(models.Model):
    """A teacher's answer to an insight: professional judgment, private."""

    class Answer(models.TextChoices):
        AGREE = "agree", "I agree"
        DISAGREE = "disagree", "I see it differently"
        CONTEXT = "context", "Add context"
        NOT_ME = "not me", "Not about me"
        MUTE = "mute", "Mute"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    element = models.CharField(max_length=40)
    kind = models.CharField(max_length=15, choices=Insight.Kind.choices)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    # By which rule the claim was made: the rule is judged by its answers, in aggregate alone.
    rule = models.CharField(max_length=60, blank=True)
    rule_version = models.CharField(max_length=20, blank=True)
    # What she said against a claim is evidence of hers, which she can withdraw like any other.
    evidence = models.OneToOneField(
        EvidenceItem, null=True, blank=True, on_delete=models.CASCADE, related_name="reply"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "element", "kind"], name="one_answer_per_insight"
            )
        ]

    def __str__(self) -> str:
        return self.answer


class FocusArea(models.Model):
    """An element that a teacher chose for an open goal, and since when; written by her plan."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="focus_areas"
    )
    element = models.CharField(max_length=40)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "element"], name="one_focus_an_element")
        ]

    def __str__(self) -> str:
        return f"{self.element} since {self.since}"


class LessonTalk(models.Model):
    """What a teacher keeps of a lesson's talk: counts, and moments that she chose. Hers alone.

    The transcript is never stored; names are masked before anything is counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lesson_talks"
    )
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.SET_NULL)
    held_on = models.DateField()
    # As `insights.talk.Kept` says: sentences, shares with ranges, what speaks of practice.
    figures = models.JSONField()
    moments = models.JSONField(default=list)  # what a student said, and the answer
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = "lesson’s talk"
        ordering = ["-held_on", "-kept_at"]

    def __str__(self) -> str:
        return f"Talk of {self.held_on:%Y-%m-%d}"


class Fit(models.Model):
    """The fitted hyperparameters of the practice model; the newest are the ones in use."""

    made_at = models.DateTimeField()
    # As `diagnosis.practice_settings.to_json` gives them; none were kept before that form.
    hyperparameters = models.JSONField(null=True)
    teachers = models.PositiveIntegerField()
    # By element, the band of the middle half of teachers, as `diagnosis.norm.Norm` has it; coarse.
    norms = models.JSONField(default=dict)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"Fit of {self.made_at:%Y-%m-%d %H:%M} over {self.teachers} teachers"


class Computation(models.Model):
    """One run over all teachers, with its progress."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped by a problem"

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    step = models.CharField(max_length=60)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.step}: {self.done} of {self.total}"


class ClassLearning(models.Model):
    """Where a class stands on a learning objective: about students, for their own teachers."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="learning")
    objective = models.ForeignKey(LearningObjective, on_delete=models.CASCADE)
    students = models.PositiveIntegerField()
    right = models.FloatField()  # expected share of items right, with its 80 % interval
    low = models.FloatField()
    high = models.FloatField()
    usual = models.FloatField()  # share that a class of the same level usually has right
    behind = models.FloatField()  # chance that this objective is behind, for this class
    is_next = models.BooleanField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-behind"]
        constraints = [
            models.UniqueConstraint(fields=["section", "objective"], name="one_row_a_class_goal")
        ]

    def __str__(self) -> str:
        return f"{self.objective} in {self.section}"


class ClassGrowth(models.Model):
    """How a class's students grew to the newest test: about students, for their own teachers.

    Context about students, kept with the class and computed anew in every run. It is no property of
    a teacher and is never added up by teacher.
    """

    class Term(models.TextChoices):
        FALL = "fall", "fall"
        WINTER = "winter", "winter"
        SPRING = "spring", "spring"

    section = models.OneToOneField(Section, on_delete=models.CASCADE, related_name="growth")
    test = models.CharField(max_length=100, blank=True)
    students = models.PositiveIntegerField()  # in the class
    tested = models.PositiveIntegerField()  # of these, with a growth percentile
    among = models.PositiveIntegerField()  # students of the same grades who are compared
    grades = models.CharField(max_length=40, blank=True)  # in words: "grade 4"
    two_before = models.PositiveIntegerField()  # of those tested, with two earlier tests
    term = models.CharField(max_length=10, choices=Term.choices, blank=True)
    tested_on = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)  # the test just before
    # Mean and median growth percentile with 95 % intervals; null below 10 students.
    mean = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    median = models.FloatField(null=True, blank=True)
    median_low = models.FloatField(null=True, blank=True)
    median_high = models.FloatField(null=True, blank=True)
    # Half the interval that the tests' own errors leave to one student; null where none is known.
    one_student = models.FloatField(null=True, blank=True)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Growth of {self.section}"
