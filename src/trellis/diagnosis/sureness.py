"""Tie words to probabilities: every threshold that decides whether and how something is said."""

from enum import StrEnum

from scipy.special import ndtr

EARLY, FAIRLY, WELL = 0.80, 0.90, 0.97
BAND = 0.80  # level of every interval on a teacher's page
MOST_WRONG = 0.10  # expected share of wrong signs among all that one teacher is shown
DELTA_IN_SD = 0.25
LEAST_DELTA = 0.10  # a tenth of a level word is too little to act on, however sure
SEE_DIFFERENTLY = 2.0  # standard errors between students' and visitors' view
BY_CHANCE = 0.05  # of teachers whose sources agree, those told of a difference on any element
MOST_CLAIMS = 3
MOST_NEXT_STEPS = 1


class Sure(StrEnum):
    """How sure a claim is, in the only words used for it."""

    NOT_ENOUGH = "not enough to say"
    EARLY = "an early sign"
    FAIRLY = "fairly sure"
    WELL = "well supported"


def sure(probability: float) -> Sure:
    """Return the words for a probability."""
    if probability >= WELL:
        return Sure.WELL
    if probability >= FAIRLY:
        return Sure.FAIRLY
    return Sure.EARLY if probability >= EARLY else Sure.NOT_ENOUGH


def beyond(mean: float, sd: float, least: float) -> float:
    """Return P(x > least in the direction of its mean) for x ~ N(mean, sd²)."""
    distance = abs(mean) - least
    return float(ndtr(distance / sd)) if sd > 0 else float(distance > 0)
