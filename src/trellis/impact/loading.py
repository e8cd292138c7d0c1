"""Bring registered reviews from a district's files; what is registered never changes."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from hashlib import sha256

import polars as pl
from django.utils import timezone

from trellis.activities.models import Program
from trellis.impact.models import ProgramReview
from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import Person
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys


def differences(files: DistrictFiles, _bringing: Bringing) -> Iterator[Difference]:
    """Add reviews that are not known yet; a known one stays as it was registered."""
    if not files.reviews:
        return
    programs, persons, known = keys(Program), keys(Person), keys(ProgramReview)
    rows = []
    for review in files.reviews:
        if review.review_id in known:
            continue
        said = review.model_dump(mode="json")
        digest = sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        at = timezone.make_aware(datetime.combine(review.registered_on, time.min))
        rows.append(
            (review.review_id, programs.get(review.program_id), persons.get(review.registered_by),
             at, said, digest)
        )  # fmt: skip
    yield compare(
        Rows(
            kind="registered reviews",
            model=ProgramReview,
            key=("external_id",),
            compared=(),
            written=("program_id", "registered_by_id", "registered_at", "registration",
                     "registration_hash"),
            rows=rows,
        )
    )  # fmt: skip


def known_ids() -> dict[str, set[str]]:
    return {"review": set(keys(ProgramReview))}


def known_tables() -> dict[str, pl.DataFrame]:
    """Return nothing: no check of another file needs rows of this app."""
    return {}
