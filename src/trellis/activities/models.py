"""Store programs, what they offered, who took part, and what they cost."""

import uuid

from django.conf import settings
from django.db import models

from trellis.resources.models import EvidenceTier, Provider


class Program(models.Model):
    """A named offer with a theory of action. Programs are reviewed; teachers never are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="programs")
    description = models.TextField(blank=True)
    theory_of_action = models.TextField(blank=True)
    mechanisms = models.JSONField(default=list)
    elements = models.JSONField(default=list)
    evidence_tier = models.CharField(
        max_length=10, choices=EvidenceTier.choices, default=EvidenceTier.NONE
    )
    evidence_source = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Offer(models.Model):
    """A program offered in a school year, with its seats and how people come to it."""

    external_id = models.CharField(max_length=100, unique=True)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="offers")
    title = models.CharField(max_length=200)
    school_year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    seats = models.PositiveIntegerField(null=True, blank=True)
    place = models.CharField(max_length=12)
    assignment = models.CharField(max_length=20)

    class Meta:
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return self.title


class Participation(models.Model):
    """A teacher in an offer: what she chose and what came of it."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="participations")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="participations"
    )
    state = models.CharField(max_length=12)
    minutes = models.PositiveIntegerField(default=0)
    useful = models.CharField(max_length=6, blank=True)
    tried_in_class = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "teacher"], name="one_participation_an_offer")
        ]

    def __str__(self) -> str:
        return f"Participation in {self.offer}"


class CostItem(models.Model):
    """An ingredient of a program: so much of it, at this price, from this source."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="cost_items")
    school_year = models.PositiveSmallIntegerField()
    ingredient = models.CharField(max_length=200)
    category = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=60)
    unit_price_usd = models.DecimalField(max_digits=12, decimal_places=2)
    price_year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "school_year", "ingredient"], name="one_line_per_ingredient"
            )
        ]

    def __str__(self) -> str:
        return self.ingredient
