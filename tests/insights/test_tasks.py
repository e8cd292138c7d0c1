"""The run over all teachers: repeatable, with progress, and nothing of a person left over."""

import pytest

from tests.cast import ana, chi
from tests.insights.evidence import FALL, THINKING, a_visit, anas_year
from trellis.evidence.models import EvidenceItem
from trellis.insights import tasks
from trellis.insights.models import Computation, Fit, Insight

pytestmark = pytest.mark.django_db


def test_a_run_computes_everybody_and_says_what_it_did() -> None:
    anas_year()
    a_visit(chi(), ana(), FALL, {THINKING: 2.0})
    told: list[tuple[str, int, int]] = []

    computed = tasks.compute(lambda *said: told.append(said))

    assert (computed.teachers, computed.with_insight) == (2, 1)
    assert Insight.objects.filter(owner=ana(), is_current=True).count() == computed.insights == 2
    assert told[-1][1:] == (2, 2)
    assert Computation.objects.get().state == Computation.State.DONE


def test_a_second_run_changes_nothing_and_keeps_addresses() -> None:
    anas_year()
    tasks.compute()
    before = list(Insight.objects.order_by("pk").values("pk", "title", "numbers", "position"))

    tasks.compute()

    assert (
        list(Insight.objects.order_by("pk").values("pk", "title", "numbers", "position")) == before
    )
    assert Fit.objects.count() == 2


def test_when_all_evidence_is_gone_no_insight_is_left_standing() -> None:
    anas_year()
    tasks.compute()
    EvidenceItem.objects.all().delete()

    tasks.compute()

    assert not Insight.objects.filter(is_current=True).exists()


def test_a_run_that_stops_says_so() -> None:
    anas_year()

    def refuse(step: str, done: int, total: int) -> None:
        raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        tasks.compute(refuse)

    run = Computation.objects.get()
    assert run.state == Computation.State.FAILED
    assert "the lights went out" in run.problem


def test_without_any_evidence_a_run_is_done_at_once() -> None:
    computed = tasks.compute()

    assert (computed.teachers, computed.insights) == (0, 0)


def test_the_background_task_is_the_same_run() -> None:
    anas_year()

    tasks.compute_insights.enqueue()

    assert Insight.objects.filter(is_current=True).count() == 2
