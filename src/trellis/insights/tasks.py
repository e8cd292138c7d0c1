"""Compute all teachers' insights: after an import in the background, or at once by command."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django_tasks import task

from trellis.evidence import asking
from trellis.evidence.models import EvidenceItem
from trellis.insights import actions
from trellis.insights.events import InsightsComputed
from trellis.insights.models import Computation, Insight
from trellis.people.models import Section
from trellis.trust import clock
from trellis.trust.events import record

if TYPE_CHECKING:
    from trellis.diagnosis.signals import Claim

EVERY = 25  # teachers between two notes of progress

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run did."""

    teachers: int
    pieces: int
    insights: int
    with_insight: int
    classes: int
    seconds: float


@task()
def compute_insights() -> None:
    """Compute all insights in the background; the progress stands in `Computation`."""
    compute()


def compute(progress: Progress | None = None) -> Computed:
    """Compute all insights now. May be repeated at any time: same evidence, same insights."""
    started = time.perf_counter()
    run = Computation.objects.create(step="Reading the evidence", started_at=clock.now())

    def tell(step: str, done: int, total: int) -> None:
        run.step, run.done, run.total = step, done, total
        run.save(update_fields=["step", "done", "total"])
        if progress:
            progress(step, done, total)

    try:
        computed = _compute(tell, started)
    except Exception as problem:
        _finish(run, Computation.State.FAILED, repr(problem))
        raise
    _finish(run, Computation.State.DONE)
    return computed


def _compute(tell: Progress, started: float) -> Computed:
    from trellis.insights import estimates, growth, learning  # load numpy and polars: only in a run

    today = clock.today()
    asking.close_expired()
    evidence = _evidence_by_owner()
    owners = sorted(evidence, key=str)
    looks = {owner: estimates.looks_of(evidence[owner], today) for owner in owners}
    tell("Learning what is usual in the district", 0, len(owners))
    settings = estimates.fit([looks[owner] for owner in owners], today)
    subjects = {
        str(pk): estimates.said_subject(subject)
        for pk, subject in Section.objects.values_list("pk", "subject")
    }
    around = estimates.setting(today, subjects)
    goals, taught = estimates.goals_of(owners), estimates.classes_of(owners, today)
    claims = {}
    for done, owner in enumerate(owners, start=1):
        hers = replace(around, goals=goals[owner], classes=taught[owner])
        claims[owner] = estimates.claims(looks[owner], settings, hers)
        if done % EVERY == 0 or done == len(owners):
            tell("Looking at what stands out", done, len(owners))
    fit = estimates.kept_fit(settings, [looks[owner] for owner in owners], today)
    with transaction.atomic():
        fit.save()
        insights = actions.keep(_with_those_gone(claims), at=clock.now())
        record(InsightsComputed(teachers=len(owners)), by=None)
    tell("Reading what classes are ready for", len(owners), len(owners))
    classes = learning.compute_classes(today)
    tell("Seeing how classes grew", len(owners), len(owners))
    growth.compute_growth(today)
    return Computed(
        teachers=len(owners),
        pieces=len({(look.piece, owner) for owner in owners for look in looks[owner]}),
        insights=len(insights),
        with_insight=sum(bool(found) for found in claims.values()),
        classes=classes,
        seconds=time.perf_counter() - started,
    )


def _evidence_by_owner() -> dict[UUID, list[EvidenceItem]]:
    evidence = defaultdict(list)
    counted = EvidenceItem.objects.filter(withdrawn_at=None, value__isnull=False)
    for item in counted.order_by("pk").iterator(chunk_size=5000):
        evidence[item.owner_id].append(item)
    return evidence


def _with_those_gone(claims: dict[UUID, tuple["Claim", ...]]) -> dict[UUID, tuple["Claim", ...]]:
    """Add the owners of insights who have no evidence left, so that theirs are taken off."""
    left = Insight.objects.filter(is_current=True).exclude(owner_id__in=claims)
    return claims | dict.fromkeys(left.values_list("owner_id", flat=True), ())


def _finish(run: Computation, state: Computation.State, problem: str = "") -> None:
    run.state, run.problem, run.finished_at = state, problem, clock.now()
    run.save(update_fields=["state", "problem", "finished_at"])
