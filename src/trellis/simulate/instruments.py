"""Turn what is true into what instruments read: visits, class feedback, tests.

Shares and sizes are those of the Measures of Effective Teaching study and its successors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from trellis.simulate.traits import ELEMENTS, Floats

Ints = NDArray[np.int64]

# -- visits, on a scale of four levels (1 to 4) --------------------------------------------------
LEVEL_WORDS = ("not seen this time", "beginning", "developing", "established")
CENTER = 2.55
TEACHER_SD = 0.28
TEACHER_SHARE, SECTION_SHARE, LESSON_SHARE, VISITOR_SHARE = 0.37, 0.04, 0.10, 0.06
VISIT_VARIANCE = TEACHER_SD**2 / TEACHER_SHARE
SECTION_SD = float(np.sqrt(SECTION_SHARE * VISIT_VARIANCE))
LESSON_SD = float(np.sqrt(LESSON_SHARE * VISIT_VARIANCE))
VISITOR_SD = float(np.sqrt(VISITOR_SHARE * VISIT_VARIANCE))
ELEMENT_NOISE_SD = 0.5
# What is left of the residual share when each element's own noise and its rounding to a
# word (variance 1/12) have been averaged over the eleven elements.
RESIDUAL_SD = float(np.sqrt(0.43 * VISIT_VARIANCE - (ELEMENT_NOISE_SD**2 + 1 / 12) / len(ELEMENTS)))
# Teachers of stronger classes are seen more kindly: per SD of the class's prior mean.
INTAKE_BIAS = 0.12 * float(np.sqrt(VISIT_VARIANCE))
OWN_COACH_SHIFT = 0.20
# In SDs of the mean of four visits by four visitors (reliability about .66).
FOUR_VISIT_SD = TEACHER_SD / float(np.sqrt(0.66))
DELIVERER_SHIFT = 0.40 * FOUR_VISIT_SD


def mark_visits(rng: np.random.Generator, elements: Floats, shift: Floats) -> Ints:
    """Mark each visit on each element.

    Parameters
    ----------
    elements : (V, 11) true practice at the visit, in practice SDs.
    shift : (V,) points added to the whole visit: section, visitor, intake, own coach.

    Returns
    -------
    (V, 11) levels, 0 to 3, as indexes of LEVEL_WORDS.
    """
    visits = len(elements)
    whole = shift + rng.normal(0, np.hypot(LESSON_SD, RESIDUAL_SD), visits)
    noise = rng.normal(0, ELEMENT_NOISE_SD, elements.shape)
    points = CENTER + TEACHER_SD * elements + whole[:, None] + noise
    return np.clip(np.rint(points), 1, 4).astype(np.int64) - 1


# -- class feedback, counts over five labels -----------------------------------------------------
FEEDBACK_ELEMENTS = (
    "culture.support",
    "instruction.facilitation",
    "instruction.checks",
    "instruction.thinking",
    "agency.perseverance",
)
FEEDBACK_ITEMS = tuple(
    (f"{element.split('.')[1]}.{n}", element) for element in FEEDBACK_ELEMENTS for n in (1, 2)
)
FEEDBACK_ICC = 0.11
STUDENT_VARIANCE = (1 - FEEDBACK_ICC) / FEEDBACK_ICC
# The answers of one student to ten items agree with alpha about .85.
ITEM_VARIANCE = STUDENT_VARIANCE * (0.85 + 10 * 0.15)
# Counts are drawn item by item; what students of a class share over items is drawn apart.
SHARED_VARIANCE = STUDENT_VARIANCE - ITEM_VARIANCE / len(FEEDBACK_ITEMS)
# Cuts between never, rarely, sometimes, often, always, in SDs of one answer.
LABEL_CUTS = np.array([-2.0, -1.3, -0.35, 0.75])


def count_answers(rng: np.random.Generator, perceived: Floats, answering: Ints) -> Ints:
    """Count the answers of classes over five labels.

    Parameters
    ----------
    perceived : (C, 10) practice as students perceive it, by item, SD 1 overall.
    answering : (C,) students who hand in the form.

    Returns
    -------
    (C, 10, 5) counts that sum to `answering` in every item.
    """
    shared = rng.normal(0, np.sqrt(SHARED_VARIANCE / answering))
    shares = answer_shares(perceived + shared[:, None])
    return np.asarray(rng.multinomial(answering[:, None], shares), dtype=np.int64)


def answer_shares(perceived: Floats) -> Floats:
    """Return the share of students who give each of the five labels, the labels last."""
    location = perceived / np.sqrt(1 + ITEM_VARIANCE)
    below = ndtr(LABEL_CUTS - location[..., None])
    ends = [np.zeros((*location.shape, 1)), below, np.ones((*location.shape, 1))]
    return np.asarray(np.diff(np.concatenate(ends, axis=-1), axis=-1))


# -- growth of students ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Growth:
    """How a subject at a level of school grows, in student SDs.

    Attributes
    ----------
    teacher_sd : spread of teachers' true value added in one year.
    persistent : share of its variance that a teacher keeps from year to year.
    class_shock_sd : what hits a teacher's classes in one year only.
    """

    teacher_sd: float
    persistent: float
    class_shock_sd: float


GROWTH = {
    ("math", "elementary"): Growth(0.16, 0.78, 0.07),
    ("ela", "elementary"): Growth(0.115, 0.75, 0.06),
    ("math", "middle"): Growth(0.13, 0.70, 0.05),
    ("ela", "middle"): Growth(0.10, 0.65, 0.05),
}
STUDENT_RESIDUAL_SD = 0.60


def yearly_growth(rng: np.random.Generator, base: Floats, growth: Growth) -> Floats:
    """Return what students of each teacher gain beyond expectation in one year, student SDs."""
    kept = np.sqrt(growth.persistent) * base
    fresh = np.sqrt(1 - growth.persistent) * rng.standard_normal(base.shape)
    shock = rng.normal(0, growth.class_shock_sd, base.shape)
    return np.asarray(growth.teacher_sd * (kept + fresh) + shock)
