"""`trellis demo`: safe to repeat, and never mixed with another district."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.demonstration import environment, trellis


@pytest.fixture
def home(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "home"))


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = trellis("demo", "--no-serve", *words)
    return subprocess.run(
        command, env=environment(home), capture_output=True, text=True, check=False
    )


def test_a_second_time_does_nothing_again_and_says_what_is_there(home: Path) -> None:
    told = run(home, "--size", "small")

    assert told.returncode == 0, told.stderr
    assert "Import them" not in told.stdout
    assert "pieces of evidence" in told.stdout
    assert "Ana" in told.stdout
    assert "Wednesday, March 11, 2026" in told.stdout


@pytest.mark.parametrize("other", [("--seed", "7"), ("--today", "2026-01-14")])
def test_another_district_is_sent_to_a_home_of_its_own(home: Path, other: tuple[str, str]) -> None:
    told = run(home, "--size", "small", *other)

    assert told.returncode == 1
    assert "holds the demonstration of size small, seed 1" in told.stderr
    assert "TRELLIS_HOME=" in told.stderr


def test_a_real_district_is_never_made_a_demonstration(home: Path) -> None:
    shutil.rmtree(home / "demo")

    told = run(home, "--size", "small")

    assert told.returncode == 1
    assert "a district that is not the demonstration" in told.stderr


def test_the_planted_truth_lies_outside_what_is_imported(demonstration: Path) -> None:
    files = {path.name for path in (demonstration / "demo" / "district").iterdir()}

    assert "oneroster.zip" in files
    assert "truth.json" not in files
    assert (demonstration / "demo" / "truth.json").exists()
