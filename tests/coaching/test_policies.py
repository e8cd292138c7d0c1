"""Who reads what partners say: predicate and filter agree in random worlds."""

from datetime import date, timedelta

import pytest
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import CAST, YEAR
from trellis.coaching.models import Partnership, Session, Visit, VisitNote
from trellis.coaching.policies import (
    PartnershipPolicy,
    SessionPolicy,
    VisitNotePolicy,
    VisitPolicy,
)
from trellis.people.models import EvaluatorRelation, Person, RoleGrant
from trellis.trust import clock
from trellis.trust.models import Share
from trellis.trust.policies import Policy

pytestmark = pytest.mark.django_db

who = st.integers(0, len(CAST) - 1)
POLICIES: tuple[Policy[Model], ...] = (  # type: ignore[assignment]  # each of its own kind
    PartnershipPolicy(),
    SessionPolicy(),
    VisitPolicy(),
    VisitNotePolicy(),
)


def a_world(pairs: list[tuple[int, int, bool]], cast: list[Person]) -> None:
    for teacher, partner, is_shared in pairs:
        if teacher == partner:
            continue
        pair = Partnership.objects.create(
            teacher=cast[teacher], partner=cast[partner], kind="coach", state="active"
        )
        Session.objects.create(partnership=pair, held_on=clock.today(), minutes=30)
        visit = Visit.objects.create(
            partnership=pair,
            state="done",
            accepted_at=clock.now(),
            shared_at=clock.now() if is_shared else None,
        )
        VisitNote.objects.create(visit=visit, text="Seen")


def shared(audience: Person, thing: Session | Visit, days: int) -> None:
    Share.objects.get_or_create(
        audience=audience,
        subject_kind=thing._meta.label,
        subject_id=thing.pk,
        defaults={
            "owner": thing.partnership.teacher,
            "granted_at": clock.now(),
            "until": clock.today() + timedelta(days=days),
        },
    )


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pairs=st.lists(st.tuples(who, who, st.booleans()), min_size=1, max_size=3),
    shares=st.lists(st.tuples(who, st.integers(-1, 1)), max_size=3),
    evaluating=st.lists(st.tuples(who, who), max_size=3),
    left=st.sets(who, max_size=2),
)
def test_the_predicates_and_the_filters_agree(
    db: None,
    pairs: list[tuple[int, int, bool]],
    shares: list[tuple[int, int]],
    evaluating: list[tuple[int, int]],
    left: set[int],
) -> None:
    for model in (Partnership, Share, EvaluatorRelation):
        model.objects.all().delete()
    RoleGrant.objects.update(ends_on=None)
    cast = [make() for make in CAST]
    a_world(pairs, cast)
    for audience, days in shares:
        for thing in (*Session.objects.all(), *Visit.objects.all()):
            shared(cast[audience], thing, days)
    for evaluator, teacher in evaluating:
        EvaluatorRelation.objects.get_or_create(
            evaluator=cast[evaluator], teacher=cast[teacher], school_year=YEAR
        )
    RoleGrant.objects.filter(person__in=[cast[i] for i in left]).update(ends_on=date(2026, 3, 1))

    for person in Person.objects.all():
        for policy in POLICIES:
            every = policy.model._default_manager.all()
            seen = set(policy.visible(person))
            assert seen == {t for t in every if policy.may_read(person, t)}, policy
