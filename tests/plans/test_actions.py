"""A plan is its owner's: goals are set, met, refined and raised by her alone."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tests.cast import CAST, a_goal, a_plan, ana, chi
from trellis.people.models import Person
from trellis.plans import actions, proposals
from trellis.plans.actions import MeasureGiven, StaleText
from trellis.plans.models import ActionStep, Collaborator, Goal, Plan, Suggestion
from trellis.plans.policies import OnlyTheOwnerDecides
from trellis.plans.queries import lineages_of
from trellis.trust import clock
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db

COUNTING = MeasureGiven(what="students who explain a step", baseline=6, target=12, out_of=24)


def a_measured_goal(owner: Person) -> Goal:
    return actions.set_goal(
        owner, by=owner, text="Twelve of 24 students explain a step", measure=COUNTING
    )


def everything_in(plan: Plan) -> list[object]:
    """Return what a plan holds, to compare before and after."""
    return [
        list(Goal.objects.filter(plan=plan).order_by("pk").values()),
        list(ActionStep.objects.filter(plan=plan).order_by("pk").values()),
        list(plan.saved_resources.values()),
        list(Collaborator.objects.filter(plan=plan).values()),
    ]


def test_a_goal_is_set_met_and_raised_and_keeps_its_lineage() -> None:
    me = ana()
    goal = a_measured_goal(me)
    actions.check_in(goal, by=me, on=date(2026, 3, 10), value=13)

    actions.raise_goal(goal, by=me, text="Twenty of 24 students explain a step", target=20)

    (lineage,) = lineages_of(a_plan(me))
    assert [g.state for g in lineage.goals] == ["set", "raised"]
    assert lineage.newest.measure is not None
    assert lineage.newest.measure.baseline == 13
    assert lineage.newest.measure.target == 20
    assert lineage.earlier[0].closed_on == clock.today()


def test_a_raised_goal_aims_higher() -> None:
    me = ana()
    goal = a_measured_goal(me)

    with pytest.raises(ValidationError, match="higher than 12"):
        actions.raise_goal(goal, by=me, text="Ten will do", target=10)

    goal.refresh_from_db()
    assert goal.state == Goal.State.SET


def test_the_first_check_in_shows_that_the_goal_is_under_way() -> None:
    me = ana()
    goal = a_measured_goal(me)

    actions.check_in(goal, by=me, on=clock.today(), value=8)

    assert Goal.objects.get(pk=goal.pk).state == Goal.State.IN_PROGRESS


def test_a_second_count_of_the_same_day_replaces_the_first() -> None:
    me = ana()
    goal = a_measured_goal(me)
    actions.check_in(goal, by=me, on=clock.today(), value=8)

    actions.check_in(goal, by=me, on=clock.today(), value=9)

    assert [c.value for c in goal.measure.check_ins.all()] == [9]


@pytest.mark.parametrize(("on", "value"), [(date(2026, 3, 12), 8), (date(2026, 3, 11), 25)])
def test_a_check_in_of_tomorrow_or_of_more_students_than_there_are_is_refused(
    on: date, value: int
) -> None:
    me = ana()
    goal = a_measured_goal(me)

    with pytest.raises(ValidationError):
        actions.check_in(goal, by=me, on=on, value=value)

    assert not goal.measure.check_ins.exists()


def test_a_refined_goal_keeps_its_earlier_words_and_the_reason() -> None:
    me = ana()
    goal = a_goal(me, "Twelve students explain a step")

    refined = actions.refine_goal(
        goal, by=me, version=1, text="Twelve explain in their own words", reason="too easy to copy"
    )

    assert refined.version == 2
    assert [(v.text, v.reason) for v in refined.versions.all()] == [
        ("Twelve students explain a step", "too easy to copy")
    ]


def test_a_stale_text_is_not_saved_over_a_newer_one() -> None:
    me = ana()
    goal = a_goal(me)
    actions.refine_goal(goal, by=me, version=1, text="Written on the phone")

    with pytest.raises(StaleText) as stale:
        actions.refine_goal(goal, by=me, version=1, text="Written on the laptop")

    assert stale.value.current == "Written on the phone"
    assert Goal.objects.get(pk=goal.pk).text == "Written on the phone"


def test_a_goal_is_set_aside_without_a_reason() -> None:
    me = ana()

    rested = actions.set_aside(a_goal(me), by=me)

    assert rested.state == Goal.State.SET_ASIDE


def test_a_goal_that_is_closed_is_not_closed_again() -> None:
    me = ana()
    goal = actions.set_aside(a_goal(me), by=me)

    with pytest.raises(ValidationError, match="set aside"):
        actions.meet_goal(goal, by=me)


def test_a_step_can_be_moved_and_is_never_late() -> None:
    me = ana()
    step = actions.take_step(a_plan(me), by=me, text="Wait five", follow_up_on=date(2026, 3, 1))

    moved = actions.move_step(step, by=me, follow_up_on=date(2026, 3, 20))

    assert moved.follow_up_on == date(2026, 3, 20)
    with pytest.raises(ValidationError, match="today or a later day"):
        actions.move_step(step, by=me, follow_up_on=date(2026, 3, 1))


@pytest.mark.parametrize("whoever", [c for c in CAST if c is not ana], ids=lambda c: c.__name__)
def test_nobody_but_the_owner_changes_a_plan_even_when_invited(whoever: object) -> None:
    me, other = ana(), whoever()  # type: ignore[operator]  # one of the cast
    goal = a_measured_goal(me)
    plan = goal.plan
    step = actions.take_step(plan, by=me, text="Wait five", follow_up_on=clock.today())
    Collaborator.objects.create(plan=plan, person=other, invited_at=clock.now())
    idea = Suggestion.objects.create(
        plan=plan, by=other, kind="step", text="An idea", made_at=clock.now()
    )
    collaborator = Collaborator.objects.get(plan=plan, person=other)
    before = everything_in(plan)

    attempts = [
        lambda: actions.start_plan(me, by=other),
        lambda: actions.set_goal(me, by=other, text="Do this"),
        lambda: actions.check_in(goal, by=other, on=clock.today(), value=9),
        lambda: actions.measure_goal(goal, by=other, measure=COUNTING),
        lambda: actions.refine_goal(goal, by=other, version=1, text="Other words"),
        lambda: actions.meet_goal(goal, by=other),
        lambda: actions.raise_goal(goal, by=other, text="Higher", target=24),
        lambda: actions.set_aside(goal, by=other),
        lambda: actions.take_step(plan, by=other, text="Do it", follow_up_on=clock.today()),
        lambda: actions.look_back(step, by=other, state="working"),
        lambda: actions.move_step(step, by=other, follow_up_on=clock.today()),
        lambda: actions.grant_time(plan, by=other, weekly_minutes=600),
        lambda: proposals.accept_suggestion(idea, by=other, follow_up_on=clock.today()),
        lambda: proposals.decline_suggestion(idea, by=other),
        lambda: proposals.invite_collaborator(plan, by=other, person=chi()),
        lambda: proposals.end_collaboration(collaborator, by=other),
    ]
    for attempt in attempts:
        with pytest.raises(OnlyTheOwnerDecides):
            attempt()

    assert everything_in(plan) == before


def test_what_happens_to_a_goal_is_recorded_without_its_words() -> None:
    me = ana()
    goal = a_goal(me, "Something private about room 12")

    actions.refine_goal(goal, by=me, version=1, text="Something else", reason="room 13 now")

    event = Event.objects.get(kind="GoalRefined")
    assert event.about == me
    assert "room" not in str(event.data)
