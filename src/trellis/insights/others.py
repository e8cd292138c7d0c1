"""Say where the middle half of teachers stand, to a teacher who asks: a band, and nobody in it.

It loads numpy, so import it where it is used.
"""

from dataclasses import dataclass

from trellis.diagnosis.norm import Norm
from trellis.diagnosis.signals import levels_in_words
from trellis.insights import estimates
from trellis.stats import Interval
from trellis.trust import suppression
from trellis.trust.suppression import Count, Hidden

HALF = 0.5  # of teachers
FIVES = 5  # teachers are counted in fives: one more or less is not to be seen
NOT_YET = "It cannot be told yet: no insights of all teachers have been computed since."
TOO_OPEN = "It cannot be told yet: what is known of teachers here leaves open where it lies."
WITHIN = (
    (0.1, "a tenth"),
    (0.2, "a fifth"),
    (0.25, "a quarter"),
    (1 / 3, "a third"),
    (0.5, "half"),
)


@dataclass(frozen=True, slots=True)
class Others:
    """Where others stand in words, or why that is not said; and the band, where it is."""

    words: str
    norm: Norm | None = None


def asked(element: str) -> Others:
    """Return where the middle half of teachers here stand on an element.

    She who asks knows where she stands herself: the others alone must be enough.
    """
    norm = estimates.norm_of(element)
    if norm is None:
        return Others(NOT_YET)
    shown = suppression.figure(norm, teachers=norm.teachers - 1)
    if isinstance(shown, Hidden):
        return Others(shown.reason)
    within = next((words for most, words in WITHIN if norm.off <= most), "")
    if not within:
        return Others(TOO_OPEN)
    count = Count(norm.teachers // FIVES * FIVES, or_more=True)
    return Others(
        "The dotted lines hold the middle half of teachers here: "
        f"{levels_in_words(Interval(norm.low, norm.high, HALF))}. They are estimated from looks at "
        f"{count} teachers, for where visitors here would find them in the long run. Each line is "
        f"known to within {within} of the step from one word to the next, 8 times in 10; more "
        "looks bring it closer. No claim uses them.",
        norm,
    )
