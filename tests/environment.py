"""Give every test run a home of its own; loaded as a plugin, before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

os.environ["TRELLIS_HOME"] = tempfile.mkdtemp(prefix="trellis-test-")
os.environ.setdefault("TRELLIS_TODAY", "2026-03-11")
os.environ.setdefault("TRELLIS_TASKS", "django_tasks.backends.immediate.ImmediateBackend")
os.environ.setdefault("TRELLIS_EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
atexit.register(shutil.rmtree, os.environ["TRELLIS_HOME"], ignore_errors=True)

# Speed is measured by the benchmarks; a busy machine must not make a test about behavior fail.
settings.register_profile("trellis", deadline=None)
settings.load_profile("trellis")
