"""Load the platform once a command needs it, so that help answers at once."""

import os


def start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.web.settings")
    import django  # late: takes longer than all of --help

    django.setup()


def bring_up_to_date() -> None:
    """Apply the migrations that this version brings."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
