"""A share is given by its owner alone, ends on its day, and can be taken back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q

from tests.cast import a_goal, ana, ben, chi, dee
from trellis.people.models import Person
from trellis.plans.models import Goal
from trellis.trust import clock
from trellis.trust.actions import NotYoursToShare, revoke, share
from trellis.trust.events import record_read
from trellis.trust.models import Event
from trellis.trust.policies import Policy, shared_ids
from trellis.trust.queries import shares_given, shares_received, who_looked

pytestmark = pytest.mark.django_db

SOON = date(2026, 4, 1)


class OwnGoalPolicy(Policy[Goal]):
    """The least policy there can be; these tests are about shares, not about plans."""

    model = Goal
    called = "a goal"

    def may_read(self, who: Person, what: Goal) -> bool:
        return what.plan.teacher == who

    def readable_by(self, who: Person) -> Q:
        return Q(plan__teacher=who)

    def owner_of(self, what: Goal) -> Person:
        return what.plan.teacher


GOALS = OwnGoalPolicy()


def test_ana_shares_a_goal_with_dee_until_a_day() -> None:
    goal = a_goal(ana())

    share(goal, policy=GOALS, by=ana(), audience=dee(), until=SOON)

    assert [s.audience for s in shares_given(ana())] == ["Dee Walker"]
    assert [(s.owner, s.until) for s in shares_received(dee())] == [("Ana Ruiz", SOON)]
    assert shared_ids(dee(), "plans.Goal").filter(subject_id=goal.pk).exists()
    assert Event.objects.filter(kind="Shared", about=ana()).count() == 1


def test_nobody_shares_what_belongs_to_another() -> None:
    goal = a_goal(ana())

    with pytest.raises(NotYoursToShare):
        share(goal, policy=GOALS, by=ben(), audience=dee(), until=SOON)


def test_nobody_takes_back_what_another_shared() -> None:
    given = share(a_goal(ana()), policy=GOALS, by=ana(), audience=dee(), until=SOON)

    with pytest.raises(NotYoursToShare):
        revoke(given, by=dee())


def test_a_share_that_was_taken_back_opens_nothing() -> None:
    given = share(a_goal(ana()), policy=GOALS, by=ana(), audience=dee(), until=SOON)

    revoke(given, by=ana())

    assert shares_received(dee()) == []
    assert not shared_ids(dee(), "plans.Goal").exists()


def test_a_share_opens_nothing_after_its_day(settings: object) -> None:
    share(a_goal(ana()), policy=GOALS, by=ana(), audience=dee(), until=SOON)

    settings.TRELLIS_TODAY = SOON + timedelta(days=1)  # type: ignore[attr-defined]  # pytest-django's

    assert shares_received(dee()) == []
    assert not shared_ids(dee(), "plans.Goal").exists()


def test_sharing_again_moves_the_day_and_makes_no_second_share() -> None:
    goal = a_goal(ana())
    share(goal, policy=GOALS, by=ana(), audience=chi(), until=SOON)

    share(goal, policy=GOALS, by=ana(), audience=chi(), until=SOON + timedelta(days=9))

    assert [s.until for s in shares_given(ana())] == [SOON + timedelta(days=9)]


@pytest.mark.parametrize("until", [date(2026, 3, 10), date(2028, 1, 1)])
def test_a_share_ends_on_a_day_to_come_and_within_a_year(until: date) -> None:
    with pytest.raises(ValidationError):
        share(a_goal(ana()), policy=GOALS, by=ana(), audience=dee(), until=until)


def test_ana_sees_who_has_looked_and_how_often() -> None:
    goal = a_goal(ana())
    for _ in range(3):
        record_read(reader=ben(), owner=ana(), what="a goal", subject=goal.pk)
    record_read(reader=ana(), owner=ana(), what="a goal", subject=goal.pk)

    looks = who_looked(ana())

    assert [(look.who, look.what, look.times) for look in looks] == [("Ben Okafor", "a goal", 3)]
    assert looks[0].on == clock.today()
