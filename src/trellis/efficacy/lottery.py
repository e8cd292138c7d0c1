"""Estimate what being drawn in a lottery changed: intention to treat, within blocks, as drawn."""

from dataclasses import dataclass, replace

import numpy as np

from trellis.efficacy.effects import (
    Attrition,
    BoolArray,
    CannotEstimate,
    Design,
    Effect,
    FloatArray,
    IntArray,
    attrition,
    half_width,
)
from trellis.efficacy.regression import Coefficient, coefficient, independent_columns

REDRAWS = 4999
FEWEST_PER_SIDE = 5  # below this no spread can be estimated on one side


@dataclass(frozen=True, slots=True)
class Draws:
    """The lottery's record with outcomes: one row per teacher and draw.

    A teacher who was not drawn one year and drew again the next has two rows, one in each draw's
    own block and with each draw's own outcome; `person` ties them together for the interval.

    Attributes
    ----------
    person : (n,) who. block : (n,) the offer and school within which it was drawn.
    drawn : (n,) the result of the draw, whatever happened later.
    probability : (n,) with which this row was drawn, as recorded.
    outcome, baseline : (n,) measured after and before the draw; NaN = not measured.
    """

    person: IntArray
    block: IntArray
    drawn: BoolArray
    probability: FloatArray
    outcome: FloatArray
    baseline: FloatArray


@dataclass(frozen=True, slots=True)
class LotteryResult:
    """The effect of the offer as drawn, adjusted and plain, with what a reader needs to judge it.

    Attributes
    ----------
    effect : difference adjusted for the baseline (Lin 2013), in SD of those not drawn.
    unadjusted : the same without the baseline.
    randomization_p : share of redraws of the actual lottery at least as far from zero.
    attrition : missing outcomes, over all and drawn minus not drawn.
    scale : the standard deviation that effects are divided by, in the outcome's own units.
    without_contest : rows left out since their block drew everyone or no one.
    """

    effect: Effect
    unadjusted: Effect
    randomization_p: float
    attrition: Attrition
    scale: float
    without_contest: int


def estimate(draws: Draws, *, rng: np.random.Generator) -> LotteryResult | CannotEstimate:
    """Estimate the effect of the offer, with randomization inference over the actual draw."""
    contested = _contested(draws)
    entered = _rows(draws, contested)
    measured = np.isfinite(entered.outcome)
    seen = _rows(entered, measured & _comparable(entered, measured))
    sides = (int(seen.drawn.sum()), int((~seen.drawn).sum()))
    if min(sides) < FEWEST_PER_SIDE:
        reason = f"Only {sides[0]} drawn and {sides[1]} not drawn have a measured outcome."
        return CannotEstimate(reason, n=sum(sides), design=Design.LOTTERY)
    scale = float(np.std(seen.outcome[~seen.drawn], ddof=1))
    if scale <= 0:
        return CannotEstimate("The outcome does not vary.", n=sum(sides), design=Design.LOTTERY)
    standard = replace(seen, outcome=seen.outcome / scale)
    lost = attrition(entered.drawn, measured)
    return LotteryResult(
        effect=_effect(standard, lost, adjust=True),
        unadjusted=_effect(standard, lost, adjust=False),
        randomization_p=_redraw(standard, rng),
        attrition=lost,
        scale=scale,
        without_contest=int((~contested).sum()),
    )


def _effect(draws: Draws, lost: Attrition, *, adjust: bool) -> Effect:
    fit = _fit(draws, adjust=adjust)
    half = half_width(fit.standard_error, fit.degrees_of_freedom)
    people = np.unique(draws.person)
    return Effect(
        estimate=fit.estimate,
        low=fit.estimate - half,
        high=fit.estimate + half,
        standard_error=fit.standard_error,
        degrees_of_freedom=fit.degrees_of_freedom,
        n=len(draws.drawn),
        treated=int(draws.drawn.sum()),
        comparison=int((~draws.drawn).sum()),
        clusters=len(people),
        treated_clusters=len(np.unique(draws.person[draws.drawn])),
        design=Design.LOTTERY,
        caveats=_caveats(draws, lost),
    )


def _fit(draws: Draws, *, adjust: bool) -> Coefficient:
    """Weighted regression on the draw and its blocks.

    With weights 1/p and 1/(1-p) and a column per block, the coefficient of the draw is the mean of
    the blocks' own differences, each counted by its size: the average effect on everyone who
    entered. The baseline enters centered, alone and times the draw (Lin 2013, equation 4).
    """
    took = draws.drawn.astype(float)
    weights = np.where(draws.drawn, 1 / draws.probability, 1 / (1 - draws.probability))
    columns = [took, *_block_columns(draws.block)]
    if adjust:
        for x in _covariates(draws.baseline, weights):
            columns += [x, x * took]
    X = independent_columns(np.column_stack(columns))
    return coefficient(draws.outcome, X, weights, draws.person, column=0)


def _covariates(baseline: FloatArray, weights: FloatArray) -> list[FloatArray]:
    """The baseline, centered; where it is missing its mean, and a column that says so."""
    known = np.isfinite(baseline)
    if not known.any():
        return []
    mean = float(np.average(baseline[known], weights=weights[known]))
    filled: FloatArray = np.where(known, baseline - mean, 0.0)
    if known.all():
        return [filled]
    absent = (~known).astype(float)
    return [filled, absent - float(np.average(absent, weights=weights))]


def _redraw(draws: Draws, rng: np.random.Generator) -> float:
    """Share of redraws whose difference is at least as far from zero as the one that was drawn.

    The lottery is repeated within each block with the same number drawn. Outcomes are first freed
    of block and baseline, which no draw could change (Rosenbaum 2002), so that one product gives
    all differences.
    """
    weights = np.ones(len(draws.drawn))
    fixed = [*_block_columns(draws.block), *_covariates(draws.baseline, weights)]
    X = independent_columns(np.column_stack(fixed))
    residual = draws.outcome - X @ np.linalg.lstsq(X, draws.outcome, rcond=None)[0]
    up, down = residual / draws.probability, residual / (1 - draws.probability)
    base = float(down.sum())
    actual = abs(float((up + down)[draws.drawn].sum()) - base)
    totals = np.full(REDRAWS, -base)
    for label in np.unique(draws.block):
        rows = np.flatnonzero(draws.block == label)
        order = np.argsort(rng.random((REDRAWS, len(rows))), axis=1)
        chosen = order[:, : int(draws.drawn[rows].sum())]
        totals += (up + down)[rows][chosen].sum(axis=1)
    return float((1 + np.sum(np.abs(totals) >= actual - 1e-12)) / (REDRAWS + 1))


def _caveats(draws: Draws, lost: Attrition) -> tuple[str, ...]:
    said = [
        f"{lost.overall:.0%} of those who entered have no measured outcome; the share among those "
        f"drawn differs by {abs(lost.differential) * 100:.0f} points."
    ]
    again = len(draws.person) - len(np.unique(draws.person))
    if again:
        said.append(
            f"{again} entries are of teachers who drew again in a later year; the interval counts "
            "each teacher once."
        )
    if not np.isfinite(draws.baseline).all():
        said.append("Where a baseline is missing, the mean stands in and is marked as missing.")
    return tuple(said)


def _contested(draws: Draws) -> BoolArray:
    """True where the block drew some and not others; elsewhere there is nothing to compare."""
    inside: BoolArray = (draws.probability > 0) & (draws.probability < 1)
    return inside & _both_sides(draws.block, draws.drawn)


def _comparable(draws: Draws, measured: BoolArray) -> BoolArray:
    """True in blocks where someone was measured on both sides."""
    result = np.zeros(len(draws.drawn), dtype=bool)
    result[measured] = _both_sides(draws.block[measured], draws.drawn[measured])
    return result


def _both_sides(block: IntArray, drawn: BoolArray) -> BoolArray:
    some = np.isin(block, block[drawn])
    others = np.isin(block, block[~drawn])
    both: BoolArray = some & others
    return both


def _block_columns(block: IntArray) -> list[FloatArray]:
    return [(block == label).astype(float) for label in np.unique(block)]


def _rows(draws: Draws, keep: BoolArray) -> Draws:
    return Draws(
        person=draws.person[keep],
        block=draws.block[keep],
        drawn=draws.drawn[keep],
        probability=draws.probability[keep],
        outcome=draws.outcome[keep],
        baseline=draws.baseline[keep],
    )
