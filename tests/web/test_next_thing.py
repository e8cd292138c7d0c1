"""One next thing: what waits for her, in an order that can be told in a sentence."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trellis.web.next_thing import Candidate, Urge, choose

TODAY = date(2026, 3, 11)


def a_candidate(urge: Urge, day: date = TODAY, title: str = "Something") -> Candidate:
    return Candidate(urge=urge, day=day, title=title, text="", button="Go", href="/")


def test_nothing_waits_when_nothing_waits() -> None:
    assert choose([], TODAY) is None


def test_a_visit_that_somebody_asks_about_comes_before_all_else() -> None:
    visit = a_candidate(Urge.ANSWER_A_VISIT, TODAY + timedelta(days=5))

    assert (
        choose([a_candidate(Urge.LOOK_BACK), visit, a_candidate(Urge.SET_A_GOAL)], TODAY) == visit
    )


def test_a_look_back_waits_for_its_day() -> None:
    tomorrow = a_candidate(Urge.LOOK_BACK, TODAY + timedelta(days=1))
    goal = a_candidate(Urge.SET_A_GOAL)

    assert choose([tomorrow, goal], TODAY) == goal
    assert choose([tomorrow, goal], TODAY + timedelta(days=1)) == tomorrow


def test_of_two_look_backs_the_earlier_day_comes_first() -> None:
    old = a_candidate(Urge.LOOK_BACK, TODAY - timedelta(days=3), "Old")

    assert choose([a_candidate(Urge.LOOK_BACK), old], TODAY) == old


@given(st.lists(st.tuples(st.sampled_from(Urge), st.integers(-9, 9)), max_size=8))
def test_the_same_things_always_give_the_same_choice(given_: list[tuple[Urge, int]]) -> None:
    candidates = [
        a_candidate(u, TODAY + timedelta(days=d), f"{i}") for i, (u, d) in enumerate(given_)
    ]

    chosen = choose(candidates, TODAY)

    ready = [c for c in candidates if c.urge != Urge.LOOK_BACK or c.day <= TODAY]
    assert (chosen is None) == (not ready)
    assert all((chosen.urge, chosen.day) <= (c.urge, c.day) for c in ready if chosen)
