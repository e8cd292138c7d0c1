"""Let other systems send files: by a token, once for each key, and with the answer as data."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import get_valid_filename

from trellis.evidence.events import TokenMade, TokenRevoked
from trellis.evidence.models import Import, SentImport, SystemToken
from trellis.evidence.queries import folder_of, import_page
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

PREFIX = "trellis_"
VALID_FOR = timedelta(days=365)
# "Last used" is told by the hour: a nightly job need not write a row for every request.
USED_AGAIN_AFTER = timedelta(hours=1)
FINDING = ("severity", "code", "file", "row", "field", "found", "expected", "advice")
SENTENCES = {
    Import.State.RECEIVED: "The files wait to be checked.",
    Import.State.CHECKED: "The files are being checked.",
    Import.State.WAITING: "A person has to say what the columns of a file mean.",
    Import.State.PREVIEWED: "The files are sound. A person may look at what they would change.",
    Import.State.APPLYING: "The files are being applied.",
    Import.State.APPLIED: "The files were applied whole.",
    Import.State.REFUSED: "Nothing was changed.",
}


class OtherContent(Exception):  # noqa: N818 - reads as what is said to the system
    """The same key came with other content before."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a system sent: the file on disk, its name and digest, and what it asks for."""

    path: Path
    name: str
    digest: str
    key: str | None
    apply_if_sound: bool

    @property
    def asked(self) -> str:
        words = f"{self.digest}|{self.name}|{self.apply_if_sound}"
        return sha256(words.encode()).hexdigest()


@transaction.atomic
def make_token(
    name: str, *, by: Person | None, ends_on: date | None = None, may_accept_leavers: bool = False
) -> tuple[SystemToken, str]:
    """Make a token; its key is told this once and kept nowhere."""
    ends = ends_on or clock.today() + VALID_FOR
    if ends <= clock.today():
        raise ValidationError("Choose a last day that is still to come.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = SystemToken.objects.create(
        name=name, digest=_digest(key), may_accept_leavers=may_accept_leavers, made_by=by,
        made_at=clock.now(), ends_on=ends,
    )  # fmt: skip
    record(TokenMade(name=name, ends_on=ends), by=by, subject=token.pk)
    return token, key


@transaction.atomic
def revoke(token: SystemToken, *, by: Person | None) -> None:
    """End a token at once; what it brought stays."""
    open_still = SystemToken.objects.filter(pk=token.pk, revoked_at=None)
    if open_still.update(revoked_at=clock.now()):
        record(TokenRevoked(name=token.name), by=by, subject=token.pk)


def token_of(authorization: str) -> SystemToken | None:
    """Return the token that a header names, if it is valid today."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(PREFIX):
        return None
    # Looked up by the digest of 256 random bits: nothing to guess, and no timing to learn from.
    token = SystemToken.objects.filter(
        digest=_digest(key.strip()), revoked_at=None, ends_on__gte=clock.today()
    ).first()
    if token and (not token.last_used_at or clock.now() - token.last_used_at > USED_AGAIN_AFTER):
        SystemToken.objects.filter(pk=token.pk).update(last_used_at=clock.now())
    return token


def earlier(token: SystemToken, sending: Sending) -> SentImport | None:
    """Return what the same key began before; another content under it is refused."""
    if sending.key is None:
        return None
    before = SentImport.objects.filter(token=token, key=sending.key).first()
    if before and before.asked != sending.asked:
        raise OtherContent
    return before


def receive(token: SystemToken, sending: Sending) -> tuple[SentImport, bool]:
    """Begin an import of what was sent; also say whether it is new. The file moves in."""
    before = earlier(token, sending)
    if before:
        return before, False
    try:
        with transaction.atomic():
            brought = Import.objects.create(received_at=clock.now(), brought_by=token.made_by)
            sent = SentImport.objects.create(
                brought=brought, token=token, key=sending.key, asked=sending.asked,
                apply_if_sound=sending.apply_if_sound,
            )  # fmt: skip
            folder_of(brought).mkdir(parents=True)
            sending.path.replace(folder_of(brought) / get_valid_filename(sending.name))
    except IntegrityError:  # the same key came twice at once: the other one began it
        before = earlier(token, sending)
        if before is None:
            raise
        return before, False
    return sent, True


def sent_by(token: SystemToken, pk: UUID) -> SentImport | None:
    """Return an import that this very token sent; those of others do not exist for it."""
    return SentImport.objects.select_related("brought").filter(token=token, pk=pk).first()


def lets_go_on(brought: Import) -> SystemToken | None:
    """Return the token in whose name a checked import is applied without asking a person."""
    sent = SentImport.objects.select_related("token").filter(brought=brought).first()
    if sent is None or not sent.apply_if_sound:
        return None
    page = import_page(brought)
    asked = page.stops or (page.asks and not sent.token.may_accept_leavers)
    return None if asked else sent.token


def as_data(brought: Import) -> dict[str, object]:
    """Tell where an import stands, in the words of the reference of the endpoint."""
    page = import_page(brought)
    sentence = SENTENCES.get(Import.State(brought.state), brought.get_state_display())
    return {
        "id": str(brought.pk),
        "state": brought.state,
        "sentence": " ".join([sentence, *page.asks]),
        "received_at": brought.received_at.isoformat(),
        "finished_at": brought.finished_at.isoformat() if brought.finished_at else None,
        "files": [_only(file, ("name", "rows", "size", "sha256")) for file in brought.files],
        "changes": [
            _only(said, ("kind", "added", "changed", "gone", "same"))
            for said in brought.changes.values()
        ],
        "findings": [_only(said, FINDING) for said in brought.problems],
    }


def _only(said: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: said.get(name) for name in names}


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
