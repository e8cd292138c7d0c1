"""Tell Django about the app people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trellis.people"
    label = "people"

    def ready(self) -> None:
        """Register the system checks."""
        from trellis.people import checks  # noqa: F401 - late: apps must be loaded first
