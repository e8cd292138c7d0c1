"""Decide who may send a large body before it is read; Django stores it before it asks who sends.

Everybody may send what a form holds. More than that comes from people who are signed in, and from
systems with a token; anybody else is answered at once, and not a byte is stored. What a person may
do with a file, its page decides.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest

from trellis.evidence.systems import token_of

# Any: the ASGI standard's own types.
Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

BY_TOKEN = "/api/imports/"  # noqa: S105 - an address, not a secret
BODIES = {"POST", "PUT", "PATCH"}
# Kept in memory and never on the disk, so nobody sends more there than a form holds (0018).
IN_MEMORY = "/insights/talk/"
# As much as anybody may send: a form with a long text in it.
ORDINARY = 2_500_000

TALK_IS_TEXT = "Choose the text of the lesson, not its recording: at most 1 MB. Nothing was kept."


class TooLarge(Exception):  # noqa: N818 - stops reading; the sender gets a sentence
    """More came than this sender may send."""


class Gate:
    """Wrap the application: count what comes in, and ask who sends before it is much."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in BODIES:
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(IN_MEMORY):
            await self._within(scope, receive, send, ORDINARY, TALK_IS_TEXT)
            return
        by_token = scope["path"] == BY_TOKEN
        said = _content_length(scope)
        known = by_token or said > ORDINARY
        limit = await _limit(scope) if known else ORDINARY
        if by_token and limit == ORDINARY:
            await _answer(send, 401, "Send a valid token: Authorization: Bearer trellis_...")
            return
        await self._within(scope, receive, send, limit, _sentence(limit), known=known)

    async def _within(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        limit: int,
        said: str,
        *,
        known: bool = True,
    ) -> None:
        """Let a body through up to a limit, and answer with a sentence beyond it."""
        if _content_length(scope) > limit:
            await _answer(send, 413, said)
            return
        try:
            await self.app(scope, _counted(scope, receive, limit, known=known), send)
        except TooLarge:
            await _answer(send, 413, said)


def _counted(scope: Scope, receive: Receive, limit: int, *, known: bool) -> Receive:
    """Count the bytes of a body; one of unknown length asks who sends once it grows large."""
    seen, most, asked = 0, limit, known

    async def counted() -> Message:
        nonlocal seen, most, asked
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most and not asked:
            most, asked = await _limit(scope), True
        if seen > most:
            raise TooLarge
        return message

    return counted


@sync_to_async
def _limit(scope: Scope) -> int:
    request = ASGIRequest(scope, BytesIO())
    if token_of(request.headers.get("Authorization", "")):
        return int(settings.TRELLIS_LARGEST_UPLOAD)
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return int(settings.TRELLIS_LARGEST_UPLOAD) if get_user(request).is_authenticated else ORDINARY


def _content_length(scope: Scope) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


def _sentence(limit: int) -> str:
    if limit > ORDINARY:
        return f"At most {limit // 1_000_000:,} MB at once. Bring one school year at a time."
    return "Only people who are signed in send large files. Sign in, then try again."


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": {"code": "gate", "sentence": sentence}}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
