"""Say how far apart a teacher's students and her visitors see the same element.

Class feedback reads practice through students' eyes: w_e is the part of what they see that visits
do not, as a deviation from how far the two usually lie apart. Its prior is N(0, view +
view_element); it is conditioned on all looks together with everything else in the model.
Docs: docs/methods/insights.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trellis.diagnosis import practice
from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice import Settings
from trellis.stats.gaussian import condition


@dataclass(frozen=True, slots=True)
class Apart:
    """How much more (+) or less (-) of an element students see than visits, in level units.

    mean, sd : of w_e, given all looks
    z : what the looks alone say of w_e, in standard errors; N(0, 1) where both see the same
    """

    mean: float
    sd: float
    z: float


def apart(element: str, looks: Sequence[Look], settings: Settings) -> Apart | None:
    """Return how far students and visits lie apart on an element; None if one has not looked.

    The looks' own estimate of w_e and its error follow from the posterior and the prior: the
    precision that the looks add is 1 / sd² - 1 / prior variance.
    """
    ordered = practice.in_order(looks)
    answers = np.array([k.source == Source.CLASS_FEEDBACK for k in ordered], dtype=bool)
    here = np.array([k.element == element for k in ordered], dtype=bool)
    visits = np.array([k.source == Source.VISIT for k in ordered], dtype=bool)
    if not (answers & here).any() or not (visits & here).any():
        return None
    v = settings.variances
    prior = v.view + v.view_element
    cross = (answers * (v.view + here * v.view_element))[np.newaxis, :]
    readings = practice._readings(ordered, settings)
    residuals = practice._residuals(ordered, settings)
    known = condition(np.array([[prior]]), cross, readings, residuals)
    mean, variance = float(known.mean[0]), float(known.cov[0, 0])
    told = max(1.0 / variance - 1.0 / prior, 1e-12)  # never quite nothing, so that z exists
    return Apart(mean, variance**0.5, mean / variance / told**0.5)
