"""Store what could help a teacher, and who provides it."""

import uuid

from django.db import models


class Provider(models.Model):
    """A vendor or an office of the district that offers programs and resources."""

    class Kind(models.TextChoices):
        IN_HOUSE = "in-house", "In-house"
        COMMERCIAL = "commercial", "Commercial"

    external_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EvidenceTier(models.TextChoices):
    STRONG = "strong", "Strong"
    MODERATE = "moderate", "Moderate"
    PROMISING = "promising", "Promising"
    RATIONALE = "rationale", "Demonstrates a rationale"
    NONE = "none", "Not yet known"


class Resource(models.Model):
    """Something a teacher could use: offered with its reasons, never assigned."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", "Practice"
        COURSE = "course", "Course"
        READING = "reading", "Reading"
        VIDEO = "video", "Video"
        TOOL = "tool", "Tool"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    summary = models.TextField()
    elements = models.JSONField(default=list)
    grades = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    format = models.CharField(max_length=60, blank=True)
    url = models.URLField(max_length=500, blank=True)
    evidence_tier = models.CharField(
        max_length=10, choices=EvidenceTier.choices, default=EvidenceTier.NONE
    )
    evidence_source = models.TextField(blank=True)
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.SET_NULL)
    license = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
