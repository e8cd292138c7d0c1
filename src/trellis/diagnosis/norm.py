"""Say where the middle half of all teachers stand on an element: a band, and nobody's place in it.

What is estimated of each teacher is drawn toward what is usual, the more the less was seen of her,
so that the middle half of the estimates is narrower than that of the teachers. The band is taken
from the distribution that the estimates are drawn toward: levels under the fitted model.
Docs: docs/methods/insights.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy.special import ndtri

from trellis.diagnosis.looks import Look
from trellis.diagnosis.practice import usual_level
from trellis.diagnosis.practice_joint import Told, joint, level
from trellis.diagnosis.practice_model import open_levels
from trellis.diagnosis.practice_settings import Settings
from trellis.diagnosis.sureness import BAND

QUARTILE, WITHIN = float(ndtri(0.75)), float(ndtri(0.5 + BAND / 2))


@dataclass(frozen=True, slots=True)
class Norm:
    """The middle half of teachers' true levels on an element, in level units.

    off : half the 80 % interval of either end
    teachers : how many were looked at on this element
    """

    low: float
    high: float
    off: float
    teachers: int


def norms(evidence: Sequence[Sequence[Look]], settings: Settings, on: date) -> dict[str, Norm]:
    """Return the band of each element at which somebody was looked, from each teacher's looks.

    What is open of the middle is what the fit left open of the usual level; of the spread, what the
    looks tell of y_i ~ N(m, v + e_i): 2 / sum((v + e_i)^-2), where 1 / (v + e_i) = (v - s_i) / v²
    for s_i, the variance left of a teacher if the middle were known.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, ch. 3.
    """
    known_middle = replace(settings, levels_left=())
    teachers = [joint(looks, known_middle) for looks in evidence]
    seen = [{look.element for look in looks} for looks in evidence]
    return {
        element: _norm(
            usual_level(element, settings),
            float((open_levels(settings)[settings.index(element)] ** 2).sum()),
            [
                known.told(level(element, on))
                for known, of in zip(teachers, seen, strict=True)
                if element in of
            ],
        )
        for element in sorted(set().union(*seen))
    }


def _norm(middle: float, open_middle: float, told: Sequence[Told]) -> Norm:
    v = told[0].prior
    taken = np.array([v - each.variance for each in told])
    open_spread = 2.0 * v**4 / (taken**2).sum() / (4.0 * v)
    half = QUARTILE * v**0.5
    off = WITHIN * (open_middle + QUARTILE**2 * open_spread) ** 0.5
    return Norm(middle - half, middle + half, float(off), len(told))
