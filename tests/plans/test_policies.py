"""Who reads a plan: predicate and filter agree in random worlds."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import CAST, YEAR, a_goal, a_plan, ana, ben, chi, dee, eli, hana
from trellis.people.models import EvaluatorRelation
from trellis.plans.models import Collaborator, Goal, Plan
from trellis.plans.policies import GOAL_KIND, GoalPolicy, PlanPolicy
from trellis.trust import clock
from trellis.trust.models import AccessEvent, Share

pytestmark = pytest.mark.django_db

people = st.sampled_from(range(len(CAST)))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    invited=st.lists(st.tuples(people, people, st.booleans()), max_size=6),
    shared=st.lists(st.tuples(people, people, st.integers(-2, 2), st.booleans()), max_size=6),
    evaluating=st.lists(st.tuples(people, people), max_size=3),
)
def test_the_predicate_and_the_filter_agree(
    db: None,
    invited: list[tuple[int, int, bool]],
    shared: list[tuple[int, int, int, bool]],
    evaluating: list[tuple[int, int]],
) -> None:
    cast = [make() for make in CAST]
    Collaborator.objects.all().delete()
    Share.objects.all().delete()
    EvaluatorRelation.objects.all().delete()
    goals = [Goal.objects.filter(plan=a_plan(p)).first() or a_goal(p) for p in cast[:3]]
    for owner, guest, ended in invited:
        Collaborator.objects.get_or_create(
            plan=a_plan(cast[owner % 3]),
            person=cast[guest],
            revoked_at=clock.now() if ended else None,
            defaults={"invited_at": clock.now()},
        )
    for owner, reader, days, revoked in shared:
        Share.objects.get_or_create(
            owner=cast[owner % 3],
            audience=cast[reader],
            subject_kind=GOAL_KIND,
            subject_id=goals[owner % 3].pk,
            defaults={
                "granted_at": clock.now(),
                "until": clock.today() + timedelta(days=days),
                "revoked_at": clock.now() if revoked else None,
            },
        )
    for evaluator, teacher in evaluating:
        EvaluatorRelation.objects.get_or_create(
            evaluator=cast[evaluator], teacher=cast[teacher % 3], school_year=YEAR
        )

    for who in cast:
        seen_plans = set(PlanPolicy().visible(who))
        assert seen_plans == {p for p in Plan.objects.all() if PlanPolicy().may_read(who, p)}
        seen_goals = set(GoalPolicy().visible(who))
        assert seen_goals == {g for g in Goal.objects.all() if GoalPolicy().may_read(who, g)}


def test_no_role_opens_a_plan() -> None:
    a_goal(ana())

    for whoever in (ben(), chi(), dee(), eli(), hana()):
        assert not PlanPolicy().visible(whoever).exists()
        assert not GoalPolicy().visible(whoever).exists()


def test_a_shared_goal_opens_by_name_until_its_day_and_leaves_its_trace() -> None:
    me, principal = ana(), dee()
    goal = a_goal(me)
    share = Share.objects.create(
        owner=me,
        audience=principal,
        subject_kind=GOAL_KIND,
        subject_id=goal.pk,
        granted_at=clock.now(),
        until=date(2026, 3, 11),
    )

    GoalPolicy().open(principal, goal.pk)

    assert AccessEvent.objects.get(owner=me).reader == principal
    assert not PlanPolicy().may_read(principal, goal.plan)
    Share.objects.filter(pk=share.pk).update(until=date(2026, 3, 10))
    with pytest.raises(Http404):
        GoalPolicy().open(principal, goal.pk)
