"""Build the small demonstration district once for all tests that need a whole one."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What the tests set for their own process must not reach the programs that a person would start.
NOT_INHERITED = ("DATABASE_URL", "TRELLIS_TASKS", "TRELLIS_EMAIL_BACKEND", "TRELLIS_TODAY")


def built_once(folder: Path) -> Path:
    """Return the home of a finished demonstration; one of the test processes builds it."""
    home = folder / "demonstration"
    with (folder / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "demo" / "asked.json").exists():
            shutil.rmtree(home, ignore_errors=True)
            command = trellis("demo", "--no-serve", "--size", "small")
            subprocess.run(command, env=environment(home), check=True)
    return home


def trellis(*words: str) -> list[str]:
    """Return the command line of an operator."""
    return [sys.executable, "-m", "trellis.cli.main", *words]


def environment(home: Path) -> dict[str, str]:
    """Return the environment in which an operator works on the demonstration in `home`."""
    kept = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
    return kept | {
        "TRELLIS_HOME": str(home),
        "TRELLIS_DEMO": "1",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
    }
