"""An open page hears at once what concerns its reader, and nothing about anybody else."""

import asyncio
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from tests.cast import ana, ben, chi
from trellis.coaching.events import NotesShared
from trellis.people.models import Person
from trellis.trust.events import record
from trellis.web.live import READER, Heard

KEY = UUID(int=7)


def note_shared_with(person: Person) -> None:
    record(NotesShared(visit=KEY, who="Ben"), by=None, about=person, subject=KEY)


async def heard_by(person: Person, others: Person) -> Heard | None:
    ears = READER.listen(person.pk)
    first = asyncio.ensure_future(anext(ears))
    await asyncio.sleep(0.8)  # the reader has found where the log stands
    await sync_to_async(note_shared_with, thread_sensitive=False)(others)
    await sync_to_async(note_shared_with, thread_sensitive=False)(person)
    try:
        return await asyncio.wait_for(first, 10)
    finally:
        await ears.aclose()


@pytest.mark.django_db(transaction=True)
def test_a_page_hears_what_concerns_its_reader_and_nothing_of_others() -> None:
    me, other = ana(), chi()

    heard = asyncio.run(heard_by(me, other))

    assert heard is not None
    assert (heard.about, heard.kind) == (me.pk, "NotesShared")


@pytest.mark.django_db(transaction=True)
def test_the_stream_speaks_the_language_of_event_streams() -> None:
    client = Client()
    client.force_login(ben())

    answer = client.get("/live/")

    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-cache"


@pytest.mark.django_db
def test_a_stranger_hears_nothing(client: Client) -> None:
    assert client.get("/live/").status_code == 302
