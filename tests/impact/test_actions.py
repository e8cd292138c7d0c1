"""Registering locks, running keeps all that is needed to run again, deciding is the PD lead's."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from tests.cast import ana, eli, fay, gus, hana
from tests.impact.worlds import a_plan, a_program, a_review, a_warehouse, lottery_tables
from trellis.impact import actions, tasks
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.queries import review_page
from trellis.impact.registration import fingerprint
from trellis.trust.models import Event
from trellis.warehouse.store import Warehouse

pytestmark = pytest.mark.django_db


def a_run(effect: float = 0.9) -> ReadOut:
    a_warehouse(lottery_tables(effect))
    return tasks.run(a_review(), by=gus())


def test_registering_locks_the_plan_with_its_hash() -> None:
    review = actions.register(a_program(), plan=a_plan(), by=gus())

    assert review.registration_hash == fingerprint(review.registration)
    assert Event.objects.filter(kind="ReviewRegistered", by=gus()).exists()
    with pytest.raises(ValidationError, match="registered already"):
        actions.register(a_program(), plan=a_plan(), by=gus())


def test_a_registration_that_was_changed_behind_our_back_says_so() -> None:
    review = a_review()
    assert review_page(review, gus()).is_as_registered

    review.registration["smallest_effect"] = 0.01
    review.save()

    assert not review_page(review, gus()).is_as_registered


def test_a_later_change_is_an_amendment_beside_the_plan() -> None:
    review = a_review()
    before = dict(review.registration)

    actions.amend(review, text="Fall visits move by two weeks.", by=gus())

    review.refresh_from_db()
    assert review.registration == before
    assert [a.text for a in review_page(review, gus()).amendments] == [
        "Fall visits move by two weeks."
    ]


@pytest.mark.parametrize("who", [ana, fay, hana])
def test_nobody_else_registers_or_runs(who: object) -> None:
    person = who()  # type: ignore[operator]  # one of the cast's builders
    review = a_review()

    with pytest.raises(PermissionDenied):
        actions.register(a_program("other"), plan=a_plan("other"), by=person)
    with pytest.raises(PermissionDenied):
        actions.ask_to_run(review, by=person)


def test_a_run_keeps_verdict_figures_snapshot_seed_and_version() -> None:
    read_out = a_run()

    assert read_out.verdict == "helps"
    assert read_out.review.state == ProgramReview.State.READ_OUT
    assert len(read_out.snapshot) == 64
    assert read_out.trellis_version
    assert Event.objects.get(kind="ReviewRun").data["verdict"] == "helps"


def test_a_read_out_runs_again_to_the_last_bit_after_new_data_came_in() -> None:
    read_out = a_run()
    a_warehouse(lottery_tables(effect=-0.9, seed=8))
    Warehouse(settings.TRELLIS_WAREHOUSE).sweep([])

    again = tasks.rerun(ReadOut.objects.get(pk=read_out.pk))

    assert again.is_identical, again.words


def test_figures_that_were_touched_are_found_out() -> None:
    read_out = a_run()
    read_out.figures["verdict"]["word"] = "harms"

    again = tasks.rerun(read_out)

    assert not again.is_identical
    assert "verdict" in again.words


def test_a_read_out_whose_data_were_deleted_says_so() -> None:
    read_out = a_run()
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    for parts in warehouse.manifest(read_out.snapshot).tables.values():
        for part in parts:
            (warehouse.root / part.path).unlink()

    again = tasks.rerun(read_out)

    assert not again.is_identical
    assert "cannot be run again" in again.words


def test_running_from_the_page_goes_through_the_background(
    django_capture_on_commit_callbacks: object,
) -> None:
    a_warehouse(lottery_tables())
    review = a_review()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        actions.ask_to_run(review, by=gus())

    review.refresh_from_db()
    assert review.state == ProgramReview.State.READ_OUT


def test_a_run_without_data_leaves_the_review_where_it_stood() -> None:
    review = a_review()
    review.state = ProgramReview.State.RUNNING
    review.save()

    with pytest.raises(tasks.NothingImported):
        tasks.run_review.func(str(review.pk), str(gus().pk))

    review.refresh_from_db()
    assert review.state == ProgramReview.State.REGISTERED


def test_only_the_pd_lead_decides_and_says_why() -> None:
    read_out = a_run()

    with pytest.raises(PermissionDenied):
        actions.decide(read_out, choice="continue", why="It helps.", by=gus())
    with pytest.raises(ValidationError):
        actions.decide(read_out, choice="continue", why=" ", by=eli())
    actions.decide(read_out, choice="continue", why="It helps.", by=eli())

    read_out.review.refresh_from_db()
    assert read_out.review.state == ProgramReview.State.DECIDED
    assert "It helps." not in str(Event.objects.get(kind="DecisionRecorded").data)


def test_only_the_provider_replies() -> None:
    read_out = a_run()

    with pytest.raises(PermissionDenied):
        actions.reply(read_out, text="We disagree.", by=fay())


def test_reviews_that_ran_on_these_data_are_not_run_twice() -> None:
    a_run()

    assert tasks.run_due(lambda *_: None) == []
