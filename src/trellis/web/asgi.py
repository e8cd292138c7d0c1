"""Serve Trellis to an ASGI server."""

import os
import tempfile

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.web.settings")
_django = get_asgi_application()

from django.conf import settings  # noqa: E402 - ready only now

from trellis.web.gate import Gate  # noqa: E402 - reads models, which are ready only now

# Bodies are spooled to the disk of the uploads: the machine's own temporary folder may be memory.
tempfile.tempdir = str(settings.FILE_UPLOAD_TEMP_DIR)
application = Gate(_django)
