"""Draw scarce places by lot within schools, and keep the record of the draw."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np

from trellis.simulate.instruments import Ints
from trellis.simulate.traits import Floats


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line of the record of a draw: a teacher in the block of a school."""

    offer_id: str
    teacher: int
    school: int
    probability: float
    drawn: bool
    seed: int
    drawn_at: datetime


def choose_volunteers(
    rng: np.random.Generator, able: Ints, eagerness: Floats, schools: Ints, count: int
) -> Ints:
    """Choose who enters the draw, the eager more often, at least two in a school or none."""
    order = able[np.argsort(-(eagerness[able] + rng.gumbel(size=len(able))))]
    chosen, rest = list(order[:count]), list(order[count:])
    for school in np.unique(schools[chosen]):
        if np.sum(schools[chosen] == school) == 1:
            more = [t for t in rest if schools[t] == school]
            if more:
                chosen.append(more[0])
            else:
                chosen = [t for t in chosen if schools[t] != school]
    return np.sort(np.array(chosen, dtype=np.int64))


def draw_places(
    offer_id: str, volunteers: Ints, schools: Ints, on: date, seed: int
) -> list[Ticket]:
    """Give half of the volunteers of each school a place.

    Within a school, volunteers stand in the order of their ids; a generator seeded with `seed` and
    the school's index permutes them and the first half is drawn. An odd one out has a place in
    every second such school, so that about half are drawn overall.
    """
    at = datetime.combine(on, time(15, 0), UTC)
    tickets: list[Ticket] = []
    round_up = False
    for school in np.unique(schools[volunteers]):
        block = np.sort(volunteers[schools[volunteers] == school])
        if len(block) % 2:
            round_up = not round_up
        places = (len(block) + round_up * (len(block) % 2)) // 2
        lucky = set(np.random.default_rng([seed, int(school)]).permutation(block)[:places].tolist())
        tickets += [
            Ticket(offer_id, t, int(school), places / len(block), t in lucky, seed, at)
            for t in block.tolist()
        ]
    return tickets
