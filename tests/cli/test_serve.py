"""`trellis serve`: web and worker together, one clean end, and advice when a port is taken."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trellis.cli.serve import run_together

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = f"""
from trellis.cli.serve import run_together
run_together({SLEEPER!r}, {SLEEPER!r})
"""


def test_a_taken_port_is_told_with_the_next_thing_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        told = subprocess.run(
            [sys.executable, "-m", "trellis.cli.main", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": "src"},
            check=False,
        )

    assert told.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in told.stderr
    assert f"--port {port + 1}" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_both_programs(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], env=os.environ | {"PYTHONPATH": "src"}
    )
    children = _children_of(parent.pid, wanted=2)

    parent.send_signal(how)

    assert parent.wait(15) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def test_when_one_program_fails_the_other_ends_too() -> None:
    began = time.monotonic()

    with pytest.raises(Exception) as ended:  # noqa: PT011  # typer's own exit, whatever its class
        run_together([sys.executable, "-c", "raise SystemExit(3)"], SLEEPER)

    assert getattr(ended.value, "exit_code", None) == 3
    assert time.monotonic() - began < 10


def _children_of(pid: int, *, wanted: int) -> list[int]:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(listed) == wanted:
            return [int(child) for child in listed]
        time.sleep(0.1)
    raise AssertionError("the programs did not start")
