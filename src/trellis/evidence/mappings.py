"""Keep what the columns of vendors' files mean, in versions, and share it as a file.

It reads polars through `interchange`, which is slow to start: import it where it is used.
"""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from pydantic import ValidationError as NotAMapping

from trellis.evidence.events import MappingPutAway, MappingSaved
from trellis.evidence.models import Import, SavedMapping
from trellis.evidence.queries import folder_of
from trellis.interchange.csv_text import CsvText, read_csv_text
from trellis.interchange.mapping import ColumnMapping
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

FORMAT = "trellis.column-mapping.1"
NAME = re.compile(r"^[\w][\w .()-]{0,59}$")
MOST_BYTES = 1_000_000
# As much of a file as its mapping page looks at.
FIRST_BYTES = 500_000


def in_use() -> dict[str, ColumnMapping]:
    """Return the newest version of each mapping that is not put away, by name."""
    return {kept.name: ColumnMapping.model_validate(kept.mapping) for kept in newest()}


def newest() -> list[SavedMapping]:
    """Return the newest version of each mapping that is not put away."""
    kept: dict[str, SavedMapping] = {}
    for one in SavedMapping.objects.filter(put_away_at=None).select_related("made_by"):
        kept.setdefault(one.name, one)  # ordered by name, the newest version first
    return list(kept.values())


@transaction.atomic
def save(mapping: ColumnMapping, *, name: str, vendor: str = "", by: Person | None) -> SavedMapping:
    """Keep a mapping as the newest version of its name; earlier ones stay as they were."""
    if not NAME.match(name):
        raise ValidationError("Name it with letters, digits, spaces and dots, at most 60 signs.")
    last = SavedMapping.objects.filter(name=name).aggregate(last=Max("version"))["last"]
    kept = SavedMapping.objects.create(
        name=name,
        version=(last or 0) + 1,
        vendor=vendor,
        mapping=mapping.model_dump(mode="json"),
        made_by=by,
        made_at=clock.now(),
    )
    record(MappingSaved(name=name, version=kept.version), by=by, subject=kept.pk)
    return kept


@transaction.atomic
def put_away(kept: SavedMapping, *, by: Person) -> None:
    """Read no further file by a mapping; its versions stay for the imports that used them."""
    versions = SavedMapping.objects.filter(name=kept.name, put_away_at=None)
    if versions.update(put_away_at=clock.now()):
        record(MappingPutAway(name=kept.name), by=by, subject=kept.pk)


def as_file(kept: SavedMapping) -> str:
    """Write a mapping as JSON that another district can take in."""
    said = {"format": FORMAT, "name": kept.name, "vendor": kept.vendor, "mapping": kept.mapping}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def take_in(data: bytes, *, by: Person | None) -> SavedMapping:
    """Keep a mapping that another district wrote; what is none is said in words."""
    try:
        said = json.loads(data) if len(data) <= MOST_BYTES else None
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise ValidationError("This is no mapping: a mapping is a JSON file of Trellis.")
        mapping = ColumnMapping.model_validate(said.get("mapping"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValidationError("This is no mapping: it is not JSON.") from error
    except NotAMapping as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ValidationError(f"This mapping cannot be used: {why}") from error
    name, vendor = str(said.get("name", "")), str(said.get("vendor", ""))[:100]
    return save(mapping, name=name, vendor=vendor, by=by)


def first_rows(brought: Import, file: str) -> CsvText | None:
    """Read the first rows of a file of an import that waits; None where there is no such file."""
    for shown, open_it in _files_of(folder_of(brought)):
        if shown == file:
            with open_it() as stream:
                data = stream.read(FIRST_BYTES)
            if len(data) == FIRST_BYTES:  # the last row may be cut off
                data = data[: data.rfind(b"\n") + 1]
            return read_csv_text(data, file)
    return None


def _files_of(folder: Path) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    for path in sorted(folder.glob("*")):
        if not zipfile.is_zipfile(path):
            yield path.name, partial(_opened, path)
            continue
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                inside = PurePosixPath(member.filename).name
                yield f"{path.name}/{inside}", partial(archive.open, member)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")
