"""A draw is fair, recorded and can be repeated from its record."""

from datetime import date

import numpy as np

from trellis.simulate.lottery import choose_volunteers, draw_places

ON = date(2023, 9, 25)
SCHOOLS = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])


def test_half_of_each_school_is_drawn_and_odd_ones_take_turns() -> None:
    tickets = draw_places("offer", np.arange(10), SCHOOLS, ON, seed=5)

    drawn = [sum(t.drawn for t in tickets if t.school == school) for school in range(3)]
    assert drawn == [3, 1, 1]
    assert [t.probability for t in tickets[::5]] == [3 / 5, 1 / 3]


def test_a_draw_can_be_repeated_from_its_record() -> None:
    tickets = draw_places("offer", np.arange(10), SCHOOLS, ON, seed=5)

    for school in range(3):
        block = [t for t in tickets if t.school == school]
        order = np.random.default_rng([5, school]).permutation([t.teacher for t in block])
        places = round(block[0].probability * len(block))
        assert {t.teacher for t in block if t.drawn} == set(order[:places].tolist())


def test_over_many_draws_everyone_is_drawn_with_the_recorded_chance() -> None:
    draws = [draw_places("offer", np.arange(10), SCHOOLS, ON, seed) for seed in range(2000)]

    share = np.mean([[t.drawn for t in tickets] for tickets in draws], axis=0)

    # Four standard errors of a share over 2,000 draws.
    assert np.allclose(share, [t.probability for t in draws[0]], atol=0.045)


def test_nobody_enters_a_draw_alone_in_a_school() -> None:
    rng = np.random.default_rng(3)

    chosen = choose_volunteers(rng, np.arange(10), np.zeros(10), SCHOOLS, 4)

    assert np.bincount(SCHOOLS[chosen])[np.unique(SCHOOLS[chosen])].min() >= 2
