"""Run reviews: in the background from the page, or at once from the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django_tasks import task

from trellis.impact import actions
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.queries import current_manifest, reviews_named
from trellis.people.models import Person

if TYPE_CHECKING:
    from trellis.impact.figures import Figures


@dataclass(frozen=True, slots=True)
class Rerun:
    """Whether a read-out came out the same again, and if not, why not."""

    is_identical: bool
    words: str


@task()
def run_review(review_id: str, person_id: str) -> None:
    """Run one review in the background; where that fails, it stands where it stood before."""
    review = ProgramReview.objects.select_related("program").get(pk=review_id)
    by = Person.objects.filter(pk=person_id).first()
    try:
        run(review, by=by)
    except Exception:
        actions.set_back(review, by=by)
        raise


def run(review: ProgramReview, *, by: Person | None = None) -> ReadOut:
    """Run a review now, on a snapshot that is kept for good so that it can be run again."""
    from trellis.impact.registration import seed_of
    from trellis.warehouse.store import Warehouse

    manifest = current_manifest()
    if not manifest:
        raise NothingImported
    Warehouse(settings.TRELLIS_WAREHOUSE).freeze(manifest)
    seed = seed_of(review.registration_hash)
    figures = _figures(review, manifest, seed)
    return actions.keep_read_out(review, figures=figures, snapshot=manifest, seed=seed, by=by)


def run_due(tell: Callable[[str, int, int], None]) -> list[ReadOut]:
    """Run every review that was not yet run on the current data."""
    manifest = current_manifest()
    due = [
        review
        for review in reviews_named("")
        if not any(r.snapshot == manifest for r in review.read_outs.all())
    ]
    made = []
    for done, review in enumerate(due):
        tell(review.program.title, done, len(due))
        made.append(run(review))
    return made


def rerun(read_out: ReadOut) -> Rerun:
    """Run a read-out again from its own snapshot and hold the figures against the kept ones."""
    from trellis.warehouse.store import DamagedWarehouseError, Warehouse

    try:
        Warehouse(settings.TRELLIS_WAREHOUSE).verify(read_out.snapshot)
    except DamagedWarehouseError as problem:
        return Rerun(is_identical=False, words=f"It cannot be run again: {problem}")
    again = _figures(read_out.review, read_out.snapshot, read_out.seed).model_dump(mode="json")
    if again == read_out.figures:
        return Rerun(is_identical=True, words="The same figures, to the last bit.")
    differing = sorted(k for k in again if again[k] != read_out.figures.get(k))
    return Rerun(
        is_identical=False,
        words=f"Other figures in: {', '.join(differing)}. They were made by version "
        f"{read_out.trellis_version}.",
    )


class NothingImported(Exception):  # noqa: N818  (reads as what is said to the person)
    """No import was applied, so that there is nothing to compare."""

    def __init__(self) -> None:
        super().__init__("Nothing was imported yet. Import the district's files, then run this.")


def _figures(review: ProgramReview, manifest: str, seed: int) -> "Figures":
    from trellis.impact.analysis import analyze
    from trellis.impact.comparisons import Study
    from trellis.impact.outcomes import Snapshot
    from trellis.interchange.registrations import Registration

    plan = Registration.model_validate(review.registration)
    snapshot = Snapshot(settings.TRELLIS_WAREHOUSE, manifest)
    return analyze(Study(plan, snapshot, seed))
