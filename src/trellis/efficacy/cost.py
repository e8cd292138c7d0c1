"""Say what a program costs in full, teachers' own time included, and what an effect costs."""

from dataclasses import dataclass

import numpy as np

from trellis.efficacy.effects import Effect
from trellis.efficacy.verdict import chance_not_positive

SIMULATIONS = 20_000
TENTH = 0.1  # the effect whose price is stated, in standard deviations
MOST_DOUBT = 0.05  # above this chance of no gain a price per gain would be an invention


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One ingredient (Levin and McEwan): quantity times price, with its source and year."""

    name: str
    category: str
    quantity: float
    unit: str
    unit_price_usd: float
    price_year: int
    source: str

    @property
    def total_usd(self) -> float:
        """Quantity times price."""
        return self.quantity * self.unit_price_usd


@dataclass(frozen=True, slots=True)
class Cost:
    """The full cost of a program over the years of a review.

    `per_hour_usd` is per hour that a teacher took part; None where no time was recorded.
    """

    ingredients: tuple[Ingredient, ...]
    total_usd: float
    teacher_time_usd: float
    teachers: int
    per_teacher_usd: float
    per_hour_usd: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Dollars for each teacher and tenth of a standard deviation; no upper end where it is open."""

    estimate_usd: float
    low_usd: float
    high_usd: float | None


@dataclass(frozen=True, slots=True)
class NoRatioYet:
    """No price of an effect, since the chance of no gain at all is too large."""

    chance_of_no_gain: float


def full_cost(ingredients: tuple[Ingredient, ...], *, teachers: int, hours: float) -> Cost | None:
    """Add up the ingredients for those reached; None where no one was, or nothing is known."""
    if not ingredients or teachers < 1:
        return None
    total = sum(i.total_usd for i in ingredients)
    time = sum(i.total_usd for i in ingredients if i.category == "teacher time")
    hourly = total / hours if hours > 0 else None
    return Cost(ingredients, total, time, teachers, total / teachers, hourly)


def per_tenth(cost: Cost, effect: Effect, *, rng: np.random.Generator) -> Ratio | NoRatioYet:
    """Price of a tenth of a standard deviation, with a Monte Carlo interval over the effect.

    The cost is taken as known, the effect as uncertain (Student's t around its estimate). A
    simulated effect at or below zero has no finite price, so that it counts at the upper end.
    """
    doubt = chance_not_positive(effect)
    if doubt > MOST_DOUBT:
        return NoRatioYet(doubt)
    noise = rng.standard_t(effect.degrees_of_freedom, SIMULATIONS)
    effects = effect.estimate + effect.standard_error * noise
    prices = np.full(SIMULATIONS, np.inf)
    np.divide(cost.per_teacher_usd * TENTH, effects, out=prices, where=effects > 0)
    low, high = np.quantile(prices, [0.025, 0.975], method="higher")
    point = cost.per_teacher_usd * TENTH / effect.estimate
    return Ratio(point, float(low), float(high) if np.isfinite(high) else None)
