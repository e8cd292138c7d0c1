"""List what each program takes: ingredients, quantities and prices, teachers' time included."""

from collections import Counter
from dataclasses import dataclass

from trellis.simulate.involvement import Involvement

PRICE_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Something a program takes for each teacher, or once a year (`fixed`)."""

    name: str
    category: str
    quantity: float
    unit: str
    unit_price_usd: float
    source: str
    fixed: bool = False


def _teacher_hours(hours: float) -> Ingredient:
    return Ingredient(
        "Teachers' paid time", "teacher time", hours, "hour", 47.0, "Salary schedule with benefits"
    )


def _substitutes(days: float) -> Ingredient:
    return Ingredient("Substitutes", "substitutes", days, "day", 165.0, "Substitute office")


def _staff(name: str, share: float, salary: float) -> Ingredient:
    return Ingredient(name, "staff", share, "full-time position", salary, "Budget with benefits")


def _administration(hours: float) -> Ingredient:
    return Ingredient(
        "Office of professional learning", "administration", hours, "hour", 52.0, "Budget", True
    )


def _fee(name: str, quantity: float, unit: str, price: float, fixed: bool = False) -> Ingredient:
    return Ingredient(name, "fees", quantity, unit, price, "Contract", fixed)


INGREDIENTS: dict[str, tuple[Ingredient, ...]] = {
    "content-coaching": (
        _staff("Coach", 0.036, 94_000),
        _teacher_hours(15),
        _substitutes(0.5),
        Ingredient("Texts and manipulatives", "materials", 1, "set", 45.0, "Invoices"),
        _administration(60),
    ),
    "generic-coaching": (
        _staff("Coach", 0.034, 94_000),
        _teacher_hours(13),
        _substitutes(0.25),
        _administration(50),
    ),
    "peer-visits": (_teacher_hours(4), _substitutes(0.5), _administration(20)),
    "skill-pairs": (_teacher_hours(6), _substitutes(0.5), _administration(25)),
    "data-teams": (
        _teacher_hours(12),
        Ingredient("Facilitator", "staff", 0.4, "full-time position", 96_000, "Budget", True),
        _administration(30),
    ),
    "novice-mentoring": (
        _staff("Mentor", 0.045, 88_000),
        _teacher_hours(22),
        _substitutes(1),
        _administration(40),
    ),
    "brightpath-questions": (
        _fee("Workshop day", 1, "day", 4_800, True),
        _substitutes(1),
        _teacher_hours(6),
    ),
    "brightpath-routines": (
        _fee("Workshop day", 1, "day", 4_800, True),
        _substitutes(1),
        _teacher_hours(6),
    ),
    "brightpath-feedback": (
        _fee("Workshop day", 1, "day", 5_200, True),
        _substitutes(1),
        _teacher_hours(6),
    ),
    "lumenpd-library": (
        _fee("Licenses, whole district", 1, "year", 46_000, True),
        _teacher_hours(21),
    ),
    "northstar-literacy": (
        _fee("Consultant days", 2.4, "day", 2_150),
        Ingredient("Consultants' travel", "travel", 2.4, "day", 240.0, "Invoices"),
        Ingredient("Unit books", "materials", 1, "classroom set", 620.0, "Invoices"),
        _teacher_hours(20),
        _substitutes(2),
        _administration(45),
    ),
}


def cost_rows(done: Involvement) -> list[tuple[object, ...]]:
    """Return the ingredients of every program and year in the order of costs.csv."""
    reached = Counter((p.program_id, p.year) for p in done.parts if p.state != "withdrawn")
    return [
        (
            program_id,
            year,
            ingredient.name,
            ingredient.category,
            round(ingredient.quantity * (1 if ingredient.fixed else teachers), 2),
            ingredient.unit,
            ingredient.unit_price_usd,
            PRICE_YEAR,
            ingredient.source,
        )
        for (program_id, year), teachers in sorted(reached.items())
        for ingredient in INGREDIENTS[program_id]
    ]
