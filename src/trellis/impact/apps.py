"""Tell Django about the app impact."""

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "trellis.impact"
    label = "impact"
