"""Add up what a program cost, and follow it from the session to the student."""

import polars as pl

from trellis.efficacy.cost import Cost, Ingredient, NoRatioYet, full_cost, per_tenth
from trellis.efficacy.effects import Design, Effect, Outcome
from trellis.impact.comparisons import Study
from trellis.impact.figures import CostFigure, EffectFigure, IngredientFigure, LinkFigure
from trellis.trust.suppression import TEACHERS, Hidden, coded_share


def cost_of(study: Study, effect: Effect | None) -> CostFigure | None:
    """Full cost over the review's years for each teacher reached, and for a tenth of the effect."""
    cost = _full_cost(study)
    if cost is None:
        return None
    figure = CostFigure(
        total_usd=cost.total_usd,
        teacher_time_usd=cost.teacher_time_usd,
        teachers=cost.teachers,
        per_teacher_usd=cost.per_teacher_usd,
        per_hour_usd=cost.per_hour_usd,
        ingredients=tuple(_ingredient(i) for i in cost.ingredients),
    )
    if effect is None or effect.design is Design.BEFORE_AFTER:
        return figure  # a change without a comparison is not an effect, so it has no price
    ratio = per_tenth(cost, effect, rng=study.rng(Outcome(study.plan.primary_outcome)))
    if isinstance(ratio, NoRatioYet):
        return figure.model_copy(update={"chance_of_no_gain": ratio.chance_of_no_gain})
    return figure.model_copy(
        update={
            "tenth_usd": ratio.estimate_usd,
            "tenth_low_usd": ratio.low_usd,
            "tenth_high_usd": ratio.high_usd,
        }
    )


def chain_of(study: Study, effects: tuple[EffectFigure, ...]) -> tuple[LinkFigure, ...]:
    """Guskey's five links on the same people, with those that nobody measured named."""
    part = study.took_part()
    seen = {e.outcome: e for e in effects if e.counts}  # the deliverer's own marks do not
    practice = seen.get(Outcome.PRACTICE.value)
    students = [o.value for o in (Outcome.CLASS_FEEDBACK, Outcome.MATH, Outcome.ELA)]
    return (
        _share("Found it useful", part, "useful"),
        LinkFigure(link="Learned", words="Not measured: no check of learning.", known=False),
        LinkFigure(
            link="School made room", words="Not measured: no record of cover or time.", known=False
        ),
        _share("Tried in class", part, "tried_in_class"),
        _effect_link("Teaching", [practice] if practice else []),
        _effect_link("Students", [seen[o] for o in students if o in seen]),
    )


def _full_cost(study: Study) -> Cost | None:
    plan, part = study.plan, study.took_part()
    rows = study.snapshot.table("costs").filter(
        (pl.col("program_id") == plan.program_id) & pl.col("school_year").is_in(plan.outcome_years)
    )
    ingredients = tuple(
        Ingredient(
            f"{r['ingredient']}, {r['school_year']}",
            r["category"],
            r["quantity"],
            r["unit"],
            r["unit_price_usd"],
            r["price_year"],
            r["source"],
        )
        for r in rows.sort("school_year", "ingredient").iter_rows(named=True)
    )
    hours = float(part["minutes"].sum()) / 60
    return full_cost(ingredients, teachers=part["teacher"].n_unique(), hours=hours)


def _ingredient(item: Ingredient) -> IngredientFigure:
    return IngredientFigure(
        name=item.name,
        category=item.category,
        quantity=item.quantity,
        unit=item.unit,
        unit_price_usd=item.unit_price_usd,
        total_usd=item.total_usd,
        price_year=item.price_year,
        source=item.source,
    )


def _share(link: str, part: pl.DataFrame, column: str) -> LinkFigure:
    """Share of those who answered; nobody is pressed to, so how many did stands beside it."""
    answers = part.filter(pl.col(column).is_in(["yes", "partly", "no"]))
    yes, whole = answers.filter(pl.col(column) == "yes").height, answers.height
    share = coded_share(yes, whole, minimum=TEACHERS)
    if isinstance(share, Hidden):
        return LinkFigure(link=link, words=share.reason, known=False)
    words = f"{share.value} of {whole} answers say yes; {part.height} could have answered."
    return LinkFigure(link=link, words=words, known=True)


def _effect_link(link: str, effects: list[EffectFigure]) -> LinkFigure:
    if not effects:
        return LinkFigure(link=link, words="Not measured.", known=False)
    words = "; ".join(
        f"{e.outcome} {e.estimate:+.2f} ({e.low:+.2f} to {e.high:+.2f})" for e in effects
    )
    return LinkFigure(
        link=link, words=f"{words}, in standard deviations.".replace("-", "−"), known=True
    )
