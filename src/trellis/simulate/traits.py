"""Draw what teachers are like underneath: practice, its elements, and how students fare with them.

All in standard deviations of teachers, so that published moments can be tested directly.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Subject = Literal["math", "ela"]

ELEMENTS = (
    "culture.support",
    "culture.expectations",
    "instruction.facilitation",
    "instruction.checks",
    "instruction.feedback",
    "instruction.thinking",
    "agency.autonomy",
    "agency.perseverance",
    "agency.collaboration",
    "content.tasks",
    "planning.assessment",
)
# Two elements of one teacher agree about this much.
ELEMENT_CORRELATION = 0.5

# Order: practice, value added in math, value added in ELA, practice as students perceive it.
# The entry between the two subjects is not published with the others; .60 is plausible.
TRAIT_CORRELATIONS = np.array(
    [
        [1.0, 0.38, 0.28, 0.45],
        [0.38, 1.0, 0.60, 0.40],
        [0.28, 0.60, 1.0, 0.28],
        [0.45, 0.40, 0.28, 1.0],
    ]
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What teachers are like, J teachers.

    Attributes
    ----------
    practice : (J,) overall practice, SD 1.
    elements : (J, 11) practice by element; its mean over elements is `practice`.
    value_added : base of growth of students by subject, each (J,), SD 1.
    perceived : (J,) practice as students perceive it, SD 1.
    """

    practice: Floats
    elements: Floats
    value_added: dict[Subject, Floats]
    perceived: Floats


def draw_traits(rng: np.random.Generator, count: int) -> Traits:
    """Draw correlated traits of teachers."""
    roots = np.linalg.cholesky(TRAIT_CORRELATIONS)
    drawn = rng.standard_normal((count, 4)) @ roots.T
    return Traits(
        practice=drawn[:, 0],
        elements=drawn[:, [0]] + element_deviations(rng, count),
        value_added={"math": drawn[:, 1], "ela": drawn[:, 2]},
        perceived=drawn[:, 3],
    )


def element_deviations(rng: np.random.Generator, count: int) -> Floats:
    """Draw (J, 11) deviations of elements that sum to zero for each teacher.

    With overall practice of SD 1 they make two elements correlate ELEMENT_CORRELATION.
    """
    k, rho = len(ELEMENTS), ELEMENT_CORRELATION
    element_variance = 1 / (rho + (1 - rho) / k)
    spread = np.sqrt((element_variance - 1) / (1 - 1 / k))
    raw = rng.standard_normal((count, k)) * spread
    return np.asarray(raw - raw.mean(axis=1, keepdims=True))


def experience_effect(years: NDArray[np.int64]) -> Floats:
    """Return growth of practice with experience: .35 SD by year 5, .15 more by year 15."""
    early = 0.35 * np.clip(years, 0, 5) / 5
    later = 0.15 * np.clip((years - 5) / 10, 0, 1)
    return np.asarray(early + later, dtype=np.float64)
