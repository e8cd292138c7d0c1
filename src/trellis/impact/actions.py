"""Register a review, keep what it found, open it to its readers, and record what was decided."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from trellis import __version__
from trellis.activities.models import Program
from trellis.impact import events
from trellis.impact.models import Amendment, Decision, ProgramReview, ProviderReply, ReadOut
from trellis.impact.policies import (
    NotYoursToDecide,
    NotYoursToReply,
    NotYoursToRun,
    decides,
    replies_for,
    runs_reviews,
)
from trellis.people.models import Person
from trellis.trust import clock
from trellis.trust.events import record

if TYPE_CHECKING:
    from trellis.impact.figures import Figures
    from trellis.interchange.registrations import Registration

State = ProgramReview.State


@transaction.atomic
def register(program: Program, *, plan: "Registration", by: Person) -> ProgramReview:
    """Lock a question and its comparison, before its outcomes are opened."""
    from trellis.impact.registration import fingerprint, plan_of

    _only_reviewers(by)
    if ProgramReview.objects.filter(external_id=plan.review_id).exists():
        raise ValidationError("A review of this name is registered already. Choose another name.")
    locked = plan_of(plan)
    review = ProgramReview.objects.create(
        external_id=plan.review_id,
        program=program,
        registered_by=by,
        registered_at=clock.now(),
        registration=locked,
        registration_hash=fingerprint(locked),
    )
    happened = events.ReviewRegistered(review=review.pk, fingerprint=review.registration_hash[:12])
    record(happened, by=by, subject=review.pk)
    return review


@transaction.atomic
def amend(review: ProgramReview, *, text: str, by: Person) -> Amendment:
    """Say what is done otherwise than registered; the registration itself stays as it was."""
    _only_reviewers(by)
    if not text.strip():
        raise ValidationError({"text": "Say what changes, and why."})
    amendment = Amendment.objects.create(review=review, at=clock.now(), by=by, text=text.strip())
    record(events.ReviewAmended(review=review.pk), by=by, subject=review.pk)
    return amendment


@transaction.atomic
def ask_to_run(review: ProgramReview, *, by: Person) -> ProgramReview:
    """Begin a run in the background; a second tap while it runs changes nothing."""
    from trellis.impact.tasks import run_review

    _only_reviewers(by)
    if review.state == State.RUNNING:
        return review
    review.state = State.RUNNING
    review.save(update_fields=["state"])
    transaction.on_commit(lambda: run_review.enqueue(str(review.pk), str(by.pk)))
    return review


@transaction.atomic
def keep_read_out(
    review: ProgramReview, *, figures: "Figures", snapshot: str, seed: int, by: Person | None
) -> ReadOut:
    """Keep what a run found, with all that is needed to find it again."""
    read_out = ReadOut.objects.create(
        review=review,
        made_at=clock.now(),
        verdict=figures.verdict.word,
        figures=figures.model_dump(mode="json"),
        snapshot=snapshot,
        seed=seed,
        trellis_version=__version__,
    )
    review.state = State.READ_OUT
    review.save(update_fields=["state"])
    happened = events.ReviewRun(review=review.pk, verdict=read_out.verdict)
    record(happened, by=by, subject=review.pk)
    return read_out


@transaction.atomic
def set_back(review: ProgramReview, *, by: Person | None) -> ProgramReview:
    """Return a review to where it stood when a run of it failed."""
    review.state = State.READ_OUT if review.read_outs.exists() else State.REGISTERED
    review.save(update_fields=["state"])
    record(events.ReviewFailed(review=review.pk), by=by, subject=review.pk)
    return review


@transaction.atomic
def release(read_out: ReadOut, *, by: Person) -> ReadOut:
    """Open a read-out to the district, after the participants and the provider could read it."""
    _only_reviewers(by)
    if read_out.released_at is None:
        read_out.released_at = clock.now()
        read_out.save(update_fields=["released_at"])
        record(events.ReadOutReleased(review=read_out.review_id), by=by, subject=read_out.review_id)
    return read_out


@transaction.atomic
def decide(read_out: ReadOut, *, choice: str, why: str, by: Person) -> Decision:
    """Record what the district does with a read-out, and why."""
    if not decides(by):
        raise NotYoursToDecide
    if choice not in Decision.Choice.values:
        raise ValidationError({"choice": "Choose one of the four."})
    if not why.strip():
        raise ValidationError({"why": "Say why, in a sentence or two."})
    decision = Decision.objects.create(
        read_out=read_out, choice=choice, why=why.strip(), by=by, at=clock.now()
    )
    ProgramReview.objects.filter(pk=read_out.review_id).update(state=State.DECIDED)
    happened = events.DecisionRecorded(review=read_out.review_id, choice=choice)
    record(happened, by=by, subject=read_out.review_id)
    return decision


@transaction.atomic
def reply(read_out: ReadOut, *, text: str, by: Person) -> ProviderReply:
    """Put the provider's own words beside a read-out."""
    if not replies_for(by, read_out.review):
        raise NotYoursToReply
    if not text.strip():
        raise ValidationError({"text": "Write your reply, then send it."})
    answer = ProviderReply.objects.create(
        read_out=read_out, by=by, text=text.strip(), at=clock.now()
    )
    record(events.ProviderReplied(review=read_out.review_id), by=by, subject=read_out.review_id)
    return answer


def _only_reviewers(by: Person) -> None:
    if not runs_reviews(by):
        raise NotYoursToRun
