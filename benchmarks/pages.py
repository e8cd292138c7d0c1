"""Measure each home page, and an insight without one piece, at 1 and at 20 readers.

Against an empty page of the same server.
"""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse

from trellis.insights import explain
from trellis.insights.models import Insight

HOMES = (
    ("an empty page", "ana", "/empty/"),
    ("Ana: Today", "ana", "/today/"),
    ("Ana: My plan", "ana", "/plan/"),
    ("Ben: Today", "ben", "/coaching/"),
    ("Dee: School", "dee", "/school/"),
    ("Eli: Reviews", "eli", "/reviews/"),
    ("Hana: Imports", "hana", "/imports/"),
)
READERS = (1, 20)
REQUESTS = 100  # for each page and number of readers, however fast they come
SECONDS_TO_START = 60


def measure(home: Path) -> list[tuple[str, ...]]:
    """Return p50 and p95 of each page, and both as multiples of the empty page's."""
    table: list[tuple[str, ...]] = [("page", *(_heading(n) for n in READERS))]
    pages = [*HOMES, ("Ana: an insight without one piece", "ana", _without_one_piece())]
    with _server(home) as port:
        cookies = {who: _sign_in(port, who) for _, who, _ in pages}
        floor: dict[int, tuple[float, float]] = {}
        for name, who, path in pages:
            cells = []
            for readers in READERS:
                found = _percentiles(port, path, cookies[who], readers)
                floor.setdefault(readers, found)
                cells.append(_cell(found, floor[readers]))
            table.append((name, *cells))
    return table


def _without_one_piece() -> str:
    """Return the address that a switch on the page of Ana's first insight asks for."""
    shown = Insight.objects.filter(
        owner__given_name="Ana", owner__family_name="Ruiz", is_current=True
    )
    insight = shown.order_by("position").select_related("owner")[0]
    _, *rest = explain.account(insight).rows
    asked = urlencode({"switched": 1, "counted": [row.piece for row in rest]}, doseq=True)
    return f"{reverse('insights:insight', args=[insight.pk])}?{asked}"


def _heading(readers: int) -> str:
    return f"{readers} reader{'s' * (readers > 1)}: p50, p95 (times the empty page)"


def _cell(found: tuple[float, float], floor: tuple[float, float]) -> str:
    (p50, p95), (floor50, floor95) = found, floor
    return f"{p50:.0f}, {p95:.0f}  ({p50 / floor50:.1f}, {p95 / floor95:.1f})"


def _percentiles(port: int, path: str, cookie: str, readers: int) -> tuple[float, float]:
    each = REQUESTS // readers
    with ThreadPoolExecutor(readers) as pool:
        lists = list(pool.map(lambda _: _read(port, path, cookie, each), range(readers)))
    times = sorted(t for reader in lists for t in reader)
    cuts = statistics.quantiles(times, n=20)
    return 1000 * statistics.median(times), 1000 * cuts[-1]


def _read(port: int, path: str, cookie: str, times: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        # A switch on a page asks for a part of it; the home pages are read whole.
        headers = {"Cookie": cookie} | ({"HX-Request": "true"} if "?" in path else {})
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        taken.append(time.perf_counter() - began)
    return taken[1:]  # the first one opens the connection


def _sign_in(port: int, who: str) -> str:
    """Sign in by the card of the cast, as a visitor does, and return the session's cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sign-in/")
    page = connection.getresponse()
    text = page.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    crumb = (page.getheader("Set-Cookie") or "").split(";")[0]
    body = urlencode({"cast": who, "csrfmiddlewaretoken": token[1] if token else ""})
    headers = {"Cookie": crumb, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in/as/", body, headers)
    answer = connection.getresponse()
    answer.read()
    cookies = [v.split(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"]
    if answer.status != 302 or not cookies:
        raise RuntimeError(f"signing in as {who} answered {answer.status}")
    return "; ".join(cookies)


@contextmanager
def _server(home: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "trellis.web.asgi:application"]
    command += ["--port", str(port), "--log-level", "error"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ.copy())
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
