"""Say how far apart a teacher's students and her visitors see the same element.

Class feedback reads practice through students' eyes: w_e is the part of what they see of element e
that visits do not, beside how far the two lie apart on all that this teacher does and usually do on
e. Its prior is N(0, steady_element); it is conditioned on all looks together with the rest of the
model, in which a kind class, and a view of the teacher as a whole, are explanations of their own.
Docs: docs/methods/insights.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from trellis.diagnosis import practice
from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice import Settings


@dataclass(frozen=True, slots=True)
class Apart:
    """How much more (+) or less (-) students see of an element than visits, in level units.

    mean, sd : of w_e, given all looks
    z : what the looks alone say of w_e, in standard errors; N(0, 1) where both see the same
    """

    mean: float
    sd: float
    z: float


def read_by_both(looks: Sequence[Look]) -> frozenset[str]:
    """Return the elements that students and visits have both looked at."""
    read = {(k.source, k.element) for k in looks}
    return frozenset(e for s, e in read if s == Source.VISIT and (Source.CLASS_FEEDBACK, e) in read)


def apart(element: str, looks: Sequence[Look], settings: Settings) -> Apart | None:
    """Return how far students and visits lie apart on an element; None if one has not looked.

    The looks' own estimate of w_e and its error follow from the posterior and the prior: the
    precision that the looks add is 1 / sd² - 1 / prior variance.
    """
    if element not in read_by_both(looks):
        return None
    prior, mean, variance = practice.view(looks, settings, element, Source.CLASS_FEEDBACK)
    told = max(1.0 / variance - 1.0 / prior, 1e-12)  # never quite nothing, so that z exists
    return Apart(mean, variance**0.5, mean / variance / told**0.5)
