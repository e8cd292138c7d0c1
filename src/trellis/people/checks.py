"""Refuse to start a demonstration that others than its own machine could reach."""

from collections.abc import Sequence

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from trellis.people import demonstration


@register()
def demonstration_stays_at_home(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - the signature of a check
    **kwargs: object,  # noqa: ARG001 - the signature of a check
) -> list[CheckMessage]:
    """Report names of the server that would let strangers be anyone of the district."""
    beyond = demonstration.hosts_beyond_home() if settings.TRELLIS_DEMO else []
    if not beyond:
        return []
    return [
        Error(
            "The demonstration signs anybody in as anyone, and this server also answers to "
            f"{', '.join(beyond)}.",
            hint="Unset TRELLIS_DEMO for a district, or unset TRELLIS_HOSTS for a demonstration.",
            id="trellis.people.E001",
        )
    ]
