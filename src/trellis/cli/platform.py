"""Load the platform once a command needs it, so that help answers at once."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trellis.evidence.recovery import PutRight


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.web.settings")
    import django  # late: takes longer than all of --help

    django.setup()


def bring_up_to_date() -> None:
    """Apply the migrations that this version brings, and its framework of practice."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from trellis.evidence.framework import shipped_digest
    from trellis.evidence.models import FrameworkVersion

    if not FrameworkVersion.objects.filter(content_hash=shipped_digest()).exists():
        from trellis.evidence.frameworks import bring_shipped  # late: reading it takes longer

        bring_shipped()


def put_right() -> "PutRight":
    """Put right what a program left behind that was ended in the middle of an import."""
    from trellis.evidence import recovery
    from trellis.web.tasks import waiting_imports

    return recovery.put_right(waiting_imports())
