"""Ask classes how they see their lessons, twice a year."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from trellis.simulate.classes import Section
from trellis.simulate.days import Year, day_in, pick_days
from trellis.simulate.instruments import (
    FEEDBACK_ELEMENTS,
    FEEDBACK_ITEMS,
    Ints,
    answer_shares,
    count_answers,
)
from trellis.simulate.involvement import ANA
from trellis.simulate.traits import ELEMENTS, Floats, Traits

CLASS_MISSING, STUDENT_ANSWERS = 0.18, 0.92
WINDOWS = (((10, 13), (10, 24)), ((3, 16), (3, 27)))
# Students tell elements apart about as much as practice differs between them.
ELEMENT_SPREAD, AGREEMENT = 1.0, 0.8
_ANA = {"culture.support": 2.4, "instruction.thinking": -0.1}


@dataclass(frozen=True, slots=True)
class Feedback:
    """Answers of classes, C classes.

    Attributes
    ----------
    counts : (C, 10, 5) answers by item and label.
    """

    sections: list[Section]
    given_on: list[date]
    counts: Ints


def perceived_by_item(rng: np.random.Generator, traits: Traits, effects: Floats) -> Floats:
    """Return (J, years, 10) practice as students perceive it, by item."""
    index = [ELEMENTS.index(e) for e in FEEDBACK_ELEMENTS]
    deviation = (traits.elements - traits.practice[:, None])[:, index]
    own = np.sqrt(1 - AGREEMENT**2) * rng.standard_normal(deviation.shape)
    deviation = ELEMENT_SPREAD * (AGREEMENT * deviation + own)
    deviation -= deviation.mean(axis=1, keepdims=True)
    deviation[ANA] = [_ANA.get(element, 0.0) for element in FEEDBACK_ELEMENTS]
    # Students perceive about half of what a program changes in practice.
    overall = traits.perceived[:, None] + 0.45 * effects
    by_element = overall[:, :, None] + deviation[:, None, :]
    return np.repeat(by_element, len(FEEDBACK_ITEMS) // len(FEEDBACK_ELEMENTS), axis=2)


def ask_classes(
    rng: np.random.Generator,
    perceived: Floats,
    sections: list[Section],
    year: Year,
    y: int,
) -> list[Feedback]:
    """Give out the forms of one year in both windows, as far as it has happened."""
    answers = []
    for window, (start, end) in enumerate(WINDOWS):
        days = year.between(day_in(year.name, *start), day_in(year.name, *end))
        asked = _asked(rng, sections, window) if days else []
        if not asked:
            continue
        enrolled = np.array([len(s.students) for s in asked])
        answering = np.maximum(rng.binomial(enrolled, STUDENT_ANSWERS), 1)
        location = perceived[[s.teacher for s in asked], y]
        on = [pick_days(rng, days, 1)[0] for _ in asked]
        counts = count_answers(rng, location, answering)
        for c, section in enumerate(asked):
            if section.teacher == ANA:
                counts[c] = _told(location[c], int(answering[c]))
        answers.append(Feedback(asked, on, counts))
    return answers


def _told(perceived: Floats, answering: int) -> Ints:
    """Return Ana's answers without chance, (10, 5): her story is the same in every district."""
    expected = answering * answer_shares(perceived)
    counts = np.floor(expected).astype(np.int64)
    for item, rest in zip(counts, expected - counts, strict=True):
        item[np.argsort(-rest)[: answering - item.sum()]] += 1
    return counts


def _asked(rng: np.random.Generator, sections: list[Section], window: int) -> list[Section]:
    """Return one class per teacher, and a second for half of those who have more."""
    by_teacher: dict[int, list[Section]] = {}
    for section in sections:
        by_teacher.setdefault(section.teacher, []).append(section)
    asked = []
    for teacher, hers in sorted(by_teacher.items()):
        if teacher == ANA:
            asked.append(next(s for s in hers if s.subject == "math"))
            continue
        count = 1 if len(hers) < 3 or rng.random() < 0.5 else 2
        asked += [
            hers[(window + k) % len(hers)] for k in range(count) if rng.random() >= CLASS_MISSING
        ]
    return [s for s in asked if len(s.students) > 0]
