"""Make small worlds of looks for the tests: by hand, at random, and from a planted truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.diagnosis.practice_settings import Settings
from trellis.stats.gaussian import Array

ORIGIN = date(2023, 8, 1)
TODAY = date(2026, 3, 11)
SETTINGS = Settings(ORIGIN)
ASKED = tuple(ELEMENTS[i] for i in (0, 2, 3, 5, 7))  # elements of the class feedback


@dataclass(frozen=True, slots=True)
class Variances:
    """What a simulated world is drawn with, in squared level units (drift: per year)."""

    general: float = 0.05
    element: float = 0.06
    drift_general: float = 0.01
    drift_element: float = 0.02
    lesson: float = 0.06
    visitor: float = 0.03
    visit: float = 0.25
    klass: float = 0.03
    administration: float = 0.01
    feedback: float = 0.02
    view: float = 0.04
    view_element: float = 0.03


def a_visit(
    element: str, level: float, on: date, *, by: str = "ben", piece: str = "", section: str = "math"
) -> Look:
    name = piece or f"visit {by} {on}"
    return Look(name, Source.VISIT, element, on, level, by, section=section)


def answers(element: str, level: float, on: date, *, section: str = "math", n: int = 24) -> Look:
    name = f"answers {section} {on}"
    return Look(
        name, Source.CLASS_FEEDBACK, element, on, level, section, 0.6 / n, n, section=section
    )


def own_reading(element: str, level: float, on: date) -> Look:
    return Look(f"own {on}", Source.SELF_REFLECTION, element, on, level, "own")


def a_teacher(
    rng: np.random.Generator, truth: Variances, *, visits: int, classes: int = 1, name: str = "t"
) -> tuple[list[Look], Array]:
    """Return the looks at one teacher, drawn from the model itself, and her levels today (11,)."""
    path = _walk(rng, truth)
    looks: list[Look] = []
    severity = rng.normal(0, truth.visitor**0.5, 2)
    for k in range(visits):
        on = ORIGIN + timedelta(days=40 + int(880 * k / max(visits, 1)))
        lesson = rng.normal(0, truth.lesson**0.5)
        for e in rng.choice(len(ELEMENTS), 3, replace=False):
            noise = rng.normal(0, truth.visit**0.5)
            level = 1.6 + path[_day(on), e] + lesson + severity[k % 2] + noise
            looks.append(a_visit(ELEMENTS[e], level, on, by=f"v{k % 2}", piece=f"{name} v{k}"))
    view = rng.normal(0, truth.view**0.5) + rng.normal(0, truth.view_element**0.5, len(ELEMENTS))
    for c in range(classes):
        klass = rng.normal(0, truth.klass**0.5)
        for k in range(6):
            on = ORIGIN + timedelta(days=70 + 150 * k)
            shared = klass + rng.normal(0, truth.administration**0.5)
            for element in ASKED:
                e = ELEMENTS.index(element)
                x = path[_day(on), e] + view[e]
                noise = rng.normal(0, (truth.feedback + 0.6 / 24) ** 0.5)
                look = answers(element, 1.9 + x + shared + noise, on, section=f"{name} c{c}")
                looks.append(look)
    return looks, 1.6 + path[_day(TODAY)]


def rounded_to_words(looks: Sequence[Look]) -> list[Look]:
    """Return the looks as people report them: visits in level words, not in fractions."""
    return [
        replace(k, level=float(np.clip(round(k.level), 0, 3))) if k.source == Source.VISIT else k
        for k in looks
    ]


def _day(on: date) -> int:
    return (on - ORIGIN).days // 10


def _walk(rng: np.random.Generator, v: Variances) -> Array:
    """Return deviations from the usual level every ten days, (steps, 11)."""
    steps, dt = _day(TODAY) + 1, 10 / 365.25
    general = rng.normal(0, (v.drift_general * dt) ** 0.5, (steps, 1))
    own = rng.normal(0, (v.drift_element * dt) ** 0.5, (steps, len(ELEMENTS)))
    start = rng.normal(0, v.general**0.5) + rng.normal(0, v.element**0.5, len(ELEMENTS))
    return np.asarray(start + np.cumsum(general + own, axis=0))
