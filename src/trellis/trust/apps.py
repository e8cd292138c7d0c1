"""Tell Django about the app trust."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "trellis.trust"
    label = "trust"
