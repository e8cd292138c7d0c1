"""Serve copies of the small demonstration district to the stories."""

import http.client
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.demonstration import environment, trellis

SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A district of its own on a loopback port, and the file where its mail and errors go."""

    address: str
    home: Path
    log: Path

    def mail_and_errors(self) -> str:
        return self.log.read_text()


@contextmanager
def served(original: Path, home: Path) -> Iterator[Served]:
    """Serve a copy of a district until the block ends."""
    shutil.copytree(original, home)
    port = _free_port()
    log = home / "server.log"
    with log.open("w") as out:
        command = trellis("serve", "--port", str(port))
        process = subprocess.Popen(command, env=environment(home), stdout=out, stderr=out)
    try:
        _wait_until_well(port, process, log)
        yield Served(f"http://127.0.0.1:{port}", home, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_well(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
