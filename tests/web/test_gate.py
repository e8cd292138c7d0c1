"""A large body of somebody unknown is turned away before it is read."""

import asyncio
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import hana
from trellis.evidence import systems
from trellis.web.gate import BY_TOKEN, ORDINARY, Gate, Message, Receive, Scope, Send

pytestmark = pytest.mark.django_db(transaction=True)
CHUNK = 500_000


class Django:
    """Read the whole body, as Django does before it asks anybody anything."""

    def __init__(self) -> None:
        self.read = 0

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            message = await receive()
            self.read += len(message.get("body", b""))
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})


def posted(
    size: int, *, path: str = "/imports/", told: bool = True, **headers: str
) -> tuple[int, int]:
    """Send a body of this size; return the status and how many bytes were read of it."""
    app, answers = Django(), []
    length = {"content-length": str(size)} if told else {}
    named = [(k.encode(), v.encode()) for k, v in (headers | length).items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": named,
             "query_string": b"", "http_version": "1.1", "server": ("testserver", 80)}  # fmt: skip

    def messages() -> Iterator[Message]:
        for start in range(0, size, CHUNK):
            body = b"x" * min(CHUNK, size - start)
            yield {"type": "http.request", "body": body, "more_body": start + CHUNK < size}

    coming = messages()

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(Gate(app)(scope, receive, send))
    return answers[0]["status"], app.read


def test_an_ordinary_form_comes_through_from_anybody() -> None:
    assert posted(200_000) == (200, 200_000)


def test_a_large_body_of_somebody_unknown_is_not_read_at_all() -> None:
    assert posted(50_000_000) == (413, 0)
    assert posted(50_000_000, cookie="sessionid=guessed") == (413, 0)


def test_a_body_of_unknown_length_is_cut_off_where_it_grows_large() -> None:
    status, read = posted(50_000_000, told=False)

    assert status == 413
    assert read <= ORDINARY


def test_who_is_signed_in_sends_large_files() -> None:
    browser = Client()
    browser.force_login(hana())
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"

    assert posted(5_000_000, cookie=cookie) == (200, 5_000_000)
    assert posted(5_000_000, told=False, cookie=cookie) == (200, 5_000_000)


def test_a_system_without_a_valid_token_is_not_listened_to() -> None:
    _, key = systems.make_token("Nightly export", by=None)

    assert posted(10, path=BY_TOKEN) == (401, 0)
    assert posted(10, path=BY_TOKEN, authorization="Bearer trellis_wrong") == (401, 0)
    assert posted(5_000_000, path=BY_TOKEN, authorization=f"Bearer {key}") == (200, 5_000_000)


def test_a_lessons_talk_stays_small_enough_for_memory_whoever_sends_it() -> None:
    browser = Client()
    browser.force_login(hana())
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"

    assert posted(5_000_000, path="/insights/talk/", cookie=cookie) == (413, 0)
    assert posted(5_000_000, path="/insights/talk/", told=False, cookie=cookie)[0] == 413
    assert posted(900_000, path="/insights/talk/", cookie=cookie) == (200, 900_000)
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE > ORDINARY  # above it Django writes to the disk


def test_nobody_sends_more_than_an_import_may_hold() -> None:
    _, key = systems.make_token("Nightly export", by=None)
    size = settings.TRELLIS_LARGEST_UPLOAD + 1

    assert posted(size, path=BY_TOKEN, authorization=f"Bearer {key}") == (413, 0)
