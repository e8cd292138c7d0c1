"""Put the loaders of all apps in the order in which a district's files are stored.

It reads polars, which is slow to start: pages and commands import it where they use it.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from trellis.activities import loading as activities
from trellis.coaching import loading as coaching
from trellis.evidence import imports
from trellis.evidence import loading as evidence
from trellis.evidence.models import Import
from trellis.evidence.working import at_work
from trellis.impact import loading as impact
from trellis.insights.models import ClassGrowth, ClassLearning, Insight
from trellis.insights.tasks import compute_insights
from trellis.people import loading as people
from trellis.people.models import Person
from trellis.resources import loading as resources
from trellis.trust import clock

LOADERS: tuple[imports.Loader, ...] = (
    people, resources, evidence, activities, coaching, impact,
)  # fmt: skip


# What Trellis works out from what came in. It is nobody's work: undoing an import may drop it.
DERIVED = (Insight, ClassLearning, ClassGrowth)


def after_import() -> None:
    """Begin what new data asks for: insights are computed anew, in the background."""
    compute_insights.enqueue()


def bring_in(
    paths: Sequence[Path],
    *,
    apply: bool,
    by: Person | None = None,
    accept_leavers: bool = False,
    sound_rows: bool = False,
    tell: imports.Tell = imports.silent,
    mapping: str = "",
) -> imports.Checked:
    """Check files and, when they are sound and new, apply them whole.

    Where many would leave and nobody has accepted it, nothing is applied: `checked.asks` says so.
    """
    name = uuid4()
    with at_work(name):
        brought = Import.objects.create(
            pk=name,
            received_at=clock.now(),
            brought_by=by,
            mapping=mapping,
            accepts_leavers=accept_leavers,
            sound_rows=sound_rows,
        )
        checked = imports.check(brought, paths, LOADERS, tell=tell)
        unasked = bool(checked.asks) and not accept_leavers
        if brought.state == Import.State.WAITING:
            imports.refuse(brought, by=by)  # a command has no page to say what columns mean
        elif checked.files.sound and (checked.applied_before or not apply or unasked):
            imports.forget(brought)
        elif checked.files.sound:
            imports.apply(checked, LOADERS, by=by, tell=tell)
    return checked
