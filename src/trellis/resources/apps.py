"""Tell Django about the app resources."""

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "trellis.resources"
    label = "resources"
