"""Tell open pages at once what happened: one reader of the event log per process fans out.

The log is asked every 300 ms for what is newer, so it works across processes and on every
database. A page hears the kind of what happened and nothing else; it asks again for its part, and
the policies decide what it may show.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import OperationalError, close_old_connections
from django.http import HttpResponseBase, StreamingHttpResponse

from trellis.people.requests import PersonRequest
from trellis.trust.models import Event

EVERY_SECONDS = 0.3
HEARTBEAT_SECONDS = 15.0
# An event can be committed after one with a higher number: look back this far for such.
LOOK_BACK = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """Something happened that concerns a person."""

    number: int
    about: UUID
    kind: str


@dataclass(eq=False, slots=True)
class Reader:
    """Read the log for all pages that listen in this process; rest while none does."""

    listeners: set[tuple[UUID, "asyncio.Queue[Heard]"]] = field(default_factory=set)
    task: "asyncio.Task[None] | None" = None
    # One thread of its own: a request's thread ends with its request, and so would its connection.
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "live"))

    async def listen(self, person: UUID) -> AsyncIterator[Heard | None]:
        """Yield what concerns a person as it happens; None now and then, to keep the line open."""
        ear = (person, asyncio.Queue[Heard]())
        self.listeners.add(ear)
        loop = asyncio.get_running_loop()
        if self.task is None or self.task.done() or self.task.get_loop() is not loop:
            self.task = loop.create_task(self._read())
        try:
            while True:
                try:
                    yield await asyncio.wait_for(ear[1].get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield None
        finally:
            self.listeners.discard(ear)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        newest = await loop.run_in_executor(self.thread, _newest)
        seen: deque[int] = deque(range(newest - LOOK_BACK, newest + 1), maxlen=2 * LOOK_BACK)
        while self.listeners:
            try:
                found = await loop.run_in_executor(self.thread, _after, newest - LOOK_BACK)
            except OperationalError:
                found = []  # the database is busy or restarting: asked again in a moment
            for heard in found:
                if heard.number not in seen:
                    seen.append(heard.number)
                    newest = max(newest, heard.number)
                    self._tell(heard)
            await asyncio.sleep(EVERY_SECONDS)

    def _tell(self, heard: Heard) -> None:
        for person, queue in self.listeners:
            if person == heard.about:
                queue.put_nowait(heard)


READER = Reader()


async def live(request: PersonRequest) -> HttpResponseBase:
    """Stream to a page what concerns its reader."""
    person = await sync_to_async(lambda: request.user.pk)()  # a lazy look at the session
    answer = StreamingHttpResponse(_lines(person), content_type="text/event-stream")
    answer["Cache-Control"] = "no-cache"
    answer["X-Accel-Buffering"] = "no"  # a proxy that gathers would hold back what is new
    return answer


async def _lines(person: UUID) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async for heard in READER.listen(person):
        if heard is None:
            yield ": still here\n\n"
        else:
            yield f"id: {heard.number}\nevent: {heard.kind}\ndata: {heard.number}\n\n"


def _newest() -> int:
    close_old_connections()
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _after(number: int) -> list[Heard]:
    close_old_connections()
    rows = Event.objects.filter(pk__gt=number, about__isnull=False).order_by("pk")
    return [
        Heard(pk, about, kind)
        for pk, about, kind in rows.values_list("pk", "about_id", "kind")
        if about is not None
    ]
