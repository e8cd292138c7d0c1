"""Serve Trellis: the web server and the task worker together, both ended by one Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from trellis.cli.platform import bring_up_to_date, put_right, start_django

SECONDS_TO_END = 8
HOST = "127.0.0.1"
PORT = 8000


def serve(
    host: str = typer.Option(HOST, help="The address to listen on; by default this machine alone."),
    port: int = typer.Option(PORT, help="The port to listen on."),
) -> None:
    """Serve the web pages and run the background work, until Ctrl-C."""
    require_free_port(host, port)
    start_django()
    bring_up_to_date()
    if found := put_right():
        typer.echo(f"An earlier run was ended in the middle. Put right: {found}.")
    typer.echo(f"Trellis answers on http://{host}:{port} (Ctrl-C ends it)")
    run_together(web_command(host, port), worker_command())


def require_free_port(host: str, port: int) -> None:
    """End with advice where another program listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            typer.echo(
                f"Trellis cannot listen on {host}:{port}: {error.strerror}.\n"
                f"Another program may use it. Choose another port: trellis serve --port {port + 1}",
                err=True,
            )
            raise typer.Exit(1) from error


def web_command(host: str, port: int) -> list[str]:
    # Static files come as plain iterators, which Django reads aside and warns about each time.
    # Pages that stay open for live news would hold up the end: they get three seconds.
    return [
        *(sys.executable, "-W", "ignore:StreamingHttpResponse must consume"),
        *("-m", "uvicorn", "trellis.web.asgi:application"),
        *("--host", host, "--port", str(port), "--log-level", "warning"),
        *("--timeout-graceful-shutdown", "3"),
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "django", "db_worker", "--interval", "0.5", "--queue-name", "*"]


def run_together(*commands: Sequence[str]) -> None:
    """Run commands until one of them ends or this process is told to; then end them all."""
    environment = {"DJANGO_SETTINGS_MODULE": "trellis.web.settings"} | os.environ
    with _told_to_end() as told:
        # A session of their own: Ctrl-C reaches this process alone, which ends them in good order.
        children = [
            subprocess.Popen(c, env=environment, start_new_session=True)  # noqa: S603  # our own commands
            for c in commands
        ]
        while not told and all(child.poll() is None for child in children):
            time.sleep(0.2)
        codes = [_end(child) for child in children]
    if not told:
        raise typer.Exit(next((code for code in codes if code), 1))


@contextmanager
def _told_to_end() -> Iterator[list[int]]:
    """Give a list that stays empty until this process is told to end."""
    told: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: told.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    yield told
    for number, handler in before.items():
        signal.signal(number, handler)


def _end(child: "subprocess.Popen[bytes]") -> int:
    ended_itself = child.poll()
    if ended_itself is not None:
        return ended_itself
    child.terminate()
    try:
        child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 0
