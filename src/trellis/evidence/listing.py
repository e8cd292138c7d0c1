"""Keep by name what an import would change, so that an administrator can read all of it."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from trellis.evidence.models import Import, ImportLines
from trellis.interchange.problems import Problem
from trellis.trust.loading import Line

PER_PART = 1_000
PER_PAGE = 50
LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class LinesPage:
    """Some of the things of one kind that an import adds, changes or sets aside."""

    lines: tuple[Line, ...]
    number: int
    pages: int
    total: int


def keep(brought: Import, kind: str, lines: Iterable[Line]) -> None:
    """Keep the lines of one kind in parts, so that a page never reads all of them."""
    ImportLines.objects.bulk_create(_parts(brought, kind, lines), batch_size=50)


def keep_left_out(brought: Import, problems: Sequence[Problem]) -> None:
    """Keep why each row stays out that a person left out by choice."""
    for place, start in enumerate(range(0, len(problems), PER_PART)):
        some = problems[start : start + PER_PART]
        said = [[p.file, p.row, p.field, p.found, p.expected, p.advice] for p in some]
        ImportLines.objects.create(
            brought=brought, kind="", what=LEFT_OUT, part=place, lines=len(said), body=_packed(said)
        )


def left_out(brought: Import) -> Iterator[list[object]]:
    """Yield file, row, field, what was found and expected, and advice of each that stays out."""
    for part in brought.lists.filter(what=LEFT_OUT):
        yield from json.loads(zlib.decompress(bytes(part.body)))


def page(brought: Import, kind: str, what: str, number: int) -> LinesPage:
    """Return one page of what an import does to a kind; the last one if there are fewer."""
    parts = ImportLines.objects.filter(brought=brought, kind=kind, what=what)
    total = sum(parts.values_list("lines", flat=True))
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(number, 1), pages)
    first = (number - 1) * PER_PAGE
    part = parts.filter(part=first // PER_PART).first()
    said = json.loads(zlib.decompress(bytes(part.body))) if part else []
    shown = said[first % PER_PART : first % PER_PART + PER_PAGE]
    return LinesPage(tuple(Line(*line) for line in shown), number, pages, total)


def forget_older(than: Import) -> None:
    """Drop the lists of all other imports: what was done is counted, not kept by name for good."""
    ImportLines.objects.exclude(brought=than).exclude(
        brought__state__in=(Import.State.PREVIEWED, Import.State.APPLYING)
    ).delete()


def _by_part(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while some := list(islice(lines, PER_PART)):
        yield some


def _parts(brought: Import, kind: str, lines: Iterable[Line]) -> Iterator[ImportLines]:
    for what, group in groupby(lines, key=lambda line: line.what):
        for place, some in enumerate(_by_part(group)):
            said = [[line.what, line.name, line.said] for line in some]
            yield ImportLines(
                brought=brought,
                kind=kind,
                what=what,
                part=place,
                lines=len(some),
                body=_packed(said),
            )


def _packed(said: list[list[Any]]) -> bytes:
    return zlib.compress(json.dumps(said).encode(), 1)
