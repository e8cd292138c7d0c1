"""The district's generators reproduce the moments of the literature on 20,000 teachers."""

import numpy as np
import pytest

from trellis.simulate.instruments import (
    FEEDBACK_ITEMS,
    GROWTH,
    SECTION_SD,
    STUDENT_RESIDUAL_SD,
    VISITOR_SD,
    count_answers,
    mark_visits,
    yearly_growth,
)
from trellis.simulate.traits import (
    ELEMENT_CORRELATION,
    Floats,
    Subject,
    Traits,
    draw_traits,
    element_deviations,
    experience_effect,
)

pytestmark = pytest.mark.calibration

TEACHERS = 20_000
RESPONDENTS = 20
# The published moments themselves are known to about this much; the Monte Carlo error of a
# correlation over 20,000 teachers is .007.
TOLERANCE = 0.05
STUDENTS = {"elementary": 25, "middle": 75}
PUBLISHED = {
    # subject, level: year to year, with one visit, with four visits, with the survey
    ("math", "elementary"): (0.44, 0.15, 0.20, 0.22),
    ("ela", "elementary"): (0.32, 0.10, 0.13, 0.13),
    ("math", "middle"): (0.49, 0.16, 0.21, 0.24),
    ("ela", "middle"): (0.37, 0.10, 0.14, 0.14),
}
ONE_VISIT_RELIABILITY, FOUR_VISIT_RELIABILITY = 0.37, 0.66
SURVEY_RETEST, SURVEY_WITH_FOUR_VISITS, SURVEY_ICC = 0.71, 0.31, 0.11


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(20_260_311)


@pytest.fixture(scope="module")
def traits(rng: np.random.Generator) -> Traits:
    return draw_traits(rng, TEACHERS)


def visit_means(rng: np.random.Generator, traits: Traits, visits: int) -> Floats:
    """Return each teacher's mean level over visits to one class, each by another visitor."""
    section = rng.normal(0, SECTION_SD, TEACHERS)
    marks = [
        mark_visits(rng, traits.elements, section + rng.normal(0, VISITOR_SD, TEACHERS))
        for _ in range(visits)
    ]
    return np.asarray(np.mean([m.mean(axis=1) for m in marks], axis=0))


def survey_means(rng: np.random.Generator, traits: Traits, respondents: int) -> Floats:
    """Return each teacher's mean answer over ten questions, one class each."""
    perceived = np.repeat(traits.perceived[:, None], len(FEEDBACK_ITEMS), axis=1)
    counts = count_answers(rng, perceived, np.full(TEACHERS, respondents))
    return np.asarray((counts @ np.arange(1, 6)).mean(axis=1) / respondents)


def class_growth(rng: np.random.Generator, traits: Traits, subject: Subject, level: str) -> Floats:
    """Return the mean residual of each teacher's students in one year."""
    noise = STUDENT_RESIDUAL_SD / np.sqrt(STUDENTS[level])
    gains = yearly_growth(rng, traits.value_added[subject], GROWTH[subject, level])
    return np.asarray(gains + rng.normal(0, noise, TEACHERS))


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_visits_are_as_reliable_as_those_of_the_literature(
    rng: np.random.Generator, traits: Traits
) -> None:
    one = correlation(visit_means(rng, traits, 1), visit_means(rng, traits, 1))
    four = correlation(visit_means(rng, traits, 4), visit_means(rng, traits, 4))

    assert one == pytest.approx(ONE_VISIT_RELIABILITY, abs=TOLERANCE)
    assert four == pytest.approx(FOUR_VISIT_RELIABILITY, abs=TOLERANCE)


def test_visitors_seldom_use_the_first_and_the_last_word(
    rng: np.random.Generator, traits: Traits
) -> None:
    levels = mark_visits(rng, traits.elements, np.zeros(TEACHERS))

    shares = np.bincount(levels.ravel(), minlength=4) / levels.size
    assert shares[0] < 0.12
    assert shares[3] < 0.12
    assert min(shares) > 0.02


def test_two_elements_of_one_teacher_agree_by_half(traits: Traits) -> None:
    between = np.corrcoef(traits.elements.T)[np.triu_indices(11, 1)]

    assert between.mean() == pytest.approx(ELEMENT_CORRELATION, abs=TOLERANCE)
    assert np.allclose(traits.elements.mean(axis=1), traits.practice)


def test_deviations_of_elements_cancel_out(rng: np.random.Generator) -> None:
    assert np.allclose(element_deviations(rng, 10).sum(axis=1), 0)


@pytest.mark.parametrize(("subject", "level"), PUBLISHED)
def test_growth_visits_and_voices_relate_as_published(
    subject: Subject, level: str, rng: np.random.Generator, traits: Traits
) -> None:
    year_to_year, with_one, with_four, with_survey = PUBLISHED[subject, level]

    this, last = (class_growth(rng, traits, subject, level) for _ in range(2))

    survey = survey_means(rng, traits, RESPONDENTS)
    assert correlation(this, last) == pytest.approx(year_to_year, abs=TOLERANCE)
    assert correlation(this, visit_means(rng, traits, 1)) == pytest.approx(with_one, abs=TOLERANCE)
    assert correlation(this, visit_means(rng, traits, 4)) == pytest.approx(with_four, abs=TOLERANCE)
    assert correlation(this, survey) == pytest.approx(with_survey, abs=TOLERANCE)


def test_class_feedback_is_as_steady_as_published(rng: np.random.Generator, traits: Traits) -> None:
    one, other = (survey_means(rng, traits, RESPONDENTS) for _ in range(2))

    retest = correlation(one, other)
    per_student = retest / (retest + RESPONDENTS * (1 - retest))
    assert retest == pytest.approx(SURVEY_RETEST, abs=TOLERANCE)
    assert per_student == pytest.approx(SURVEY_ICC, abs=TOLERANCE)
    assert correlation(one, visit_means(rng, traits, 4)) == pytest.approx(
        SURVEY_WITH_FOUR_VISITS, abs=TOLERANCE
    )


def test_practice_grows_most_in_the_first_five_years() -> None:
    grown = experience_effect(np.array([0, 5, 15, 30]))

    assert grown.tolist() == [0.0, 0.35, 0.5, 0.5]
