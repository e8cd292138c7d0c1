"""Take files from other systems: plain addresses, a token, and every answer as JSON."""

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from trellis.evidence import systems
from trellis.evidence.models import SystemToken
from trellis.web import tasks

CHUNK = 256 * 1024
NAME = re.compile(r"^[\w][\w .()-]{0,150}\.(zip|csv|json)$", re.IGNORECASE)
KEY = re.compile(r"^[\x21-\x7e]{1,100}$")
APPLY = {"no": False, "if-sound": True}
Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, SystemToken, Args], HttpResponse]


class Refused(Exception):  # noqa: N818 - reads as what is said to the system
    """A request that cannot be taken, with its status and a sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


def by_token(view: View[Args]) -> Callable[..., HttpResponse]:
    """Let in who has a valid token, and turn what is refused into an answer.

    No cookie is looked at, so there is nothing that another page could make a browser send.
    """

    @csrf_exempt
    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        token = systems.token_of(request.headers.get("Authorization", ""))
        try:
            if token is None:
                raise Refused(401, "token", "Send a valid token: Authorization: Bearer trellis_...")
            return view(request, token, *args, **kwargs)
        except Refused as problem:
            said = {"error": {"code": problem.code, "sentence": problem.sentence}}
            told = JsonResponse(said, status=problem.status)
            if problem.status == 401:
                told["WWW-Authenticate"] = "Bearer"
            return told

    return answer


@by_token
@require_POST
def send(request: HttpRequest, token: SystemToken) -> HttpResponse:
    """Take one file or archive as the body, and answer where its import can be followed."""
    apply = APPLY.get(request.GET.get("apply", "no"))
    if apply is None:
        raise Refused(400, "apply", "Say apply=no, or apply=if-sound.")
    name, key = _name(request), request.headers.get("Idempotency-Key")
    if key is not None and not KEY.match(key):
        raise Refused(400, "key", "An Idempotency-Key has 1 to 100 signs without spaces.")
    path, digest = _store(request)
    try:
        sending = systems.Sending(path, name, digest, key, apply)
        sent, is_new = systems.receive(token, sending)
    except systems.OtherContent:
        raise Refused(
            409, "key", "This Idempotency-Key came with other content before. Choose a new one."
        ) from None
    finally:
        path.unlink(missing_ok=True)
    if is_new:
        tasks.check_import.enqueue(str(sent.pk))
    return _answer(request, sent.pk, status=202)


@by_token
@require_safe
def follow(request: HttpRequest, token: SystemToken, pk: UUID) -> HttpResponse:
    """Tell where an import stands that this token sent."""
    return _answer(request, pk, status=200, token=token)


def _answer(
    request: HttpRequest, pk: UUID, *, status: int, token: SystemToken | None = None
) -> HttpResponse:
    from trellis.evidence.models import SentImport

    sent = systems.sent_by(token, pk) if token else SentImport.objects.get(pk=pk)
    if sent is None:
        raise Refused(404, "import", "This token sent no such import.")
    address = request.build_absolute_uri(reverse("web:api_import", args=[pk]))
    answer = JsonResponse(systems.as_data(sent.brought) | {"address": address}, status=status)
    if status == 202:
        answer["Location"] = address
    return answer


def _name(request: HttpRequest) -> str:
    """Return the file's name, which says what it holds; an archive needs none."""
    name = request.headers.get("X-File-Name", "")
    if not name and request.content_type == "application/zip":
        return "sent.zip"
    if not NAME.match(name):
        raise Refused(
            400, "name",
            "Send the file's name as X-File-Name, ending in .zip, .csv or .json; an archive with "
            "Content-Type: application/zip needs none.",
        )  # fmt: skip
    return name


def _store(request: HttpRequest) -> tuple[Path, str]:
    """Write the body to disk as it is read, and refuse what is too large or nothing at all."""
    hashed, size = sha256(), 0
    with NamedTemporaryFile(dir=settings.TRELLIS_UPLOADS, prefix=".sent-", delete=False) as kept:
        path = Path(kept.name)
        while chunk := request.read(CHUNK):
            size += len(chunk)
            if size > settings.TRELLIS_LARGEST_UPLOAD:
                break
            hashed.update(chunk)
            kept.write(chunk)
    if not size or size > settings.TRELLIS_LARGEST_UPLOAD:
        path.unlink()
        if size:
            raise Refused(413, "size", _too_large())
        raise Refused(400, "body", "Send the file as the body of the request.")
    return path, hashed.hexdigest()


def _too_large() -> str:
    most = settings.TRELLIS_LARGEST_UPLOAD // 1_000_000
    return f"At most {most:,} MB at once. Send one school year at a time."
