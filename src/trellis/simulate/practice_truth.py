"""Put together what a teacher's practice truly is in each year."""

import numpy as np

from trellis.simulate.involvement import ANA, Involvement
from trellis.simulate.people import NOBODY, People
from trellis.simulate.traits import ELEMENTS, Floats, Traits, experience_effect

SCHOOL_SHARE = 0.10
YEAR_WOBBLE_SD = 0.20
TREND_A_YEAR = 0.05
# Ana's story: what is planted in her practice, as deviations from her own overall practice.
ANA_STRENGTH, ANA_EARLY_STRENGTH, ANA_NEXT_STEP = (
    "culture.support",
    "agency.collaboration",
    "instruction.thinking",
)
_ANA = {ANA_STRENGTH: 1.6, ANA_EARLY_STRENGTH: 1.0, ANA_NEXT_STEP: -1.8}


def plant_ana(traits: Traits) -> None:
    """Give Ana two strengths and one next step, around an ordinary overall practice."""
    traits.practice[ANA] = 0.1
    traits.perceived[ANA] = 0.2
    traits.elements[ANA] = [0.1 + _ANA.get(element, -0.08) for element in ELEMENTS]


def true_practice(
    rng: np.random.Generator, people: People, traits: Traits, done: Involvement
) -> Floats:
    """Return (J, 1 + years, 11) practice by element, the year before the first one first."""
    teachers, years = len(people.teachers), len(people.years)
    school = rng.standard_normal(len(people.shape.schools))
    at = people.schools_of()
    at = np.vstack([at[:1], at])
    school_part = np.where(at == NOBODY, 0.0, school[at]).T
    taught = np.array(
        [
            [t.experience_in(people.years[0] - 1 + y) for y in range(years + 1)]
            for t in people.teachers
        ]
    )
    overall = np.sqrt(1 - SCHOOL_SHARE) * traits.practice[:, None]
    overall = overall + np.sqrt(SCHOOL_SHARE) * school_part
    overall += experience_effect(taught) - experience_effect(np.array([14]))
    overall += TREND_A_YEAR * np.arange(years + 1)
    overall += rng.normal(0, YEAR_WOBBLE_SD, (teachers, years + 1))
    overall[:, 1:] += done.lasting_practice()
    overall[ANA] = traits.practice[ANA]
    deviation = traits.elements - traits.practice[:, None]
    return np.asarray(overall[:, :, None] + deviation[:, None, :])
