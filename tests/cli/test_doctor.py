"""`trellis doctor`: what is well with an installation, and what to do about the rest."""

import subprocess
from pathlib import Path

from tests.demonstration import environment, trellis


def look_at(home: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        trellis("doctor"), env=environment(home), capture_output=True, text=True, check=False
    )


def test_an_installation_that_was_never_started_is_told_how_to_begin(tmp_path: Path) -> None:
    told = look_at(tmp_path / "home")

    assert told.returncode == 1
    assert "to apply" in told.stdout
    assert "trellis serve" in told.stdout


def test_the_demonstration_has_nothing_to_mend(demonstration: Path) -> None:
    told = look_at(demonstration)

    assert told.returncode == 0, told.stdout
    assert "0 to apply" in told.stdout
    assert "0 failed" in told.stdout
