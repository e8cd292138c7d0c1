"""Answer a registered question from a frozen snapshot: same plan, same data, same figures."""

from trellis.efficacy import before_after, verdict
from trellis.efficacy.detectable import Detectable
from trellis.efficacy.effects import FEWEST_MEASURED, CannotEstimate, Design, Effect, Outcome
from trellis.efficacy.verdict import CannotTellYet, NotAFairComparison, Verdict
from trellis.impact.comparisons import Comparison, Stage, Study, compare
from trellis.impact.costs import chain_of, cost_of
from trellis.impact.figures import (
    BalanceFigure,
    ChanceFigure,
    CheckFigure,
    DetectableFigure,
    EffectFigure,
    EventFigure,
    Figures,
    FlowFigure,
    SensitivityFigure,
    VerdictFigure,
)
from trellis.impact.outcomes import delivered_marks, floats
from trellis.trust.suppression import TEACHERS, Hidden, figure

MEASURED_BY = {
    Outcome.PRACTICE: "independent visitors",
    Outcome.CLASS_FEEDBACK: "students, spring",
    Outcome.MATH: "students’ scores",
    Outcome.ELA: "students’ scores",
    Outcome.RETENTION: "staff records",
}
SECONDARY = (Outcome.PRACTICE, Outcome.CLASS_FEEDBACK, Outcome.MATH, Outcome.ELA)


def analyze(study: Study) -> Figures:
    """Run the registered comparison and put every figure of the read-out together."""
    primary = Outcome(study.plan.primary_outcome)
    main = compare(study, primary)
    decided = verdict.decide(
        main.number,
        smallest_effect=study.plan.smallest_effect,
        checks=main.checks,
        trend_checked=main.trend_checked,
    )
    effects = _effects(study, primary, main)
    number = main.number if isinstance(main.number, Effect) else None
    return Figures(
        verdict=_verdict(decided, study.design),
        effects=effects,
        checks=tuple(
            CheckFigure(name=c.name, holds=c.holds, finding=c.finding) for c in main.checks
        ),
        flow=_flow(main.stages),
        balance=tuple(
            BalanceFigure(name=raw.name, before=raw.g, after=inside.g)
            for raw, inside in main.baseline
        ),
        events=tuple(
            EventFigure(period=e.years_from_start, estimate=e.estimate, low=e.low, high=e.high)
            for e in main.events
            if not e.is_reference
        ),
        sensitivity=tuple(
            SensitivityFigure(
                way=a.way,
                estimate=a.effect.estimate,
                low=a.effect.low,
                high=a.effect.high,
                n=a.effect.n,
            )
            for a in main.alternatives
        ),
        chance=_chance(study, primary, number),
        planned=detectable_figure(main.planned),
        randomization_p=main.randomization_p,
        attrition_overall=main.lost.overall if main.lost else None,
        attrition_differential=main.lost.differential if main.lost else None,
        cost=cost_of(study, number),
        chain=chain_of(study, effects),
        caveats=(*(number.caveats if number else ()), *_inflation(study)),
    )


def _effects(study: Study, primary: Outcome, main: Comparison) -> tuple[EffectFigure, ...]:
    """The registered outcome first, then the others, then what the deliverer measured."""
    counts = study.design is not Design.BEFORE_AFTER  # a change alone is shown in gray
    rows = [_effect(primary, main.number, counts=counts, is_primary=True)]
    others = [o for o in SECONDARY if o is not primary and study.design is not Design.MATCHED]
    rows += [_effect(o, compare(study, o).number, counts=counts) for o in others]
    rows.append(_delivered(study))
    return tuple(row for row in rows if row is not None)


def _effect(
    outcome: Outcome,
    number: Effect | CannotEstimate,
    *,
    counts: bool = True,
    is_primary: bool = False,
) -> EffectFigure | None:
    """Leave out what is too small to say anything, but for the registered outcome itself."""
    if isinstance(number, CannotEstimate) or number.n < (
        TEACHERS if is_primary else FEWEST_MEASURED
    ):
        return None
    figured = _figure(outcome.value, MEASURED_BY[outcome], number, counts=counts)
    return figured.model_copy(update={"is_primary": is_primary})


def _figure(outcome: str, measured_by: str, number: Effect, *, counts: bool) -> EffectFigure:
    return EffectFigure(
        outcome=outcome,
        measured_by=measured_by,
        estimate=number.estimate,
        low=number.low,
        high=number.high,
        n=number.n,
        treated=number.treated,
        comparison=number.comparison,
        clusters=number.clusters,
        counts=counts,
    )


def _delivered(study: Study) -> EffectFigure | None:
    """What the deliverer would report: its own marks after, independent visitors' marks before."""
    own = delivered_marks(study.snapshot, study.plan.program_id)
    if not own.height:
        return None
    before = study.outcome(Outcome.PRACTICE).filter(
        study.outcome(Outcome.PRACTICE)["school_year"] == study.plan.baseline_year
    )
    latest = own.sort("teacher", "school_year").unique("teacher", keep="last", maintain_order=True)
    frame = latest.join(before.select("teacher", baseline="value"), on="teacher").sort("teacher")
    number = before_after.describe(floats(frame, "baseline"), floats(frame, "value"))
    if isinstance(number, CannotEstimate) or isinstance(figure(0, teachers=number.n), Hidden):
        return None
    return _figure("practice", "those who delivered it", number, counts=False)


def _inflation(study: Study) -> tuple[str, ...]:
    """How much higher the deliverer marks the same teachers in the same years than visitors do."""
    own = delivered_marks(study.snapshot, study.plan.program_id)
    visitors = study.outcome(Outcome.PRACTICE).rename({"value": "independent"})
    both = own.join(visitors, on=["teacher", "school_year"]).sort("teacher", "school_year")
    gap = before_after.describe(floats(both, "independent"), floats(both, "value"))
    if isinstance(gap, CannotEstimate) or gap.n < FEWEST_MEASURED:
        return ()
    return (
        "Those who delivered the program marked the same teachers in the same years "
        f"{gap.estimate:.2f} standard deviations higher than independent visitors did "
        f"({gap.low:.2f} to {gap.high:.2f}). Their marks are shown and do not count.",
    )


def _verdict(decided: Verdict, design: Design) -> VerdictFigure:
    unit = "schools" if design is Design.STAGGERED else "teachers"
    word = verdict.word(decided)
    match decided:
        case CannotTellYet():
            return VerdictFigure(
                word=word,
                reason=decided.reason,
                detectable=decided.detectable,
                units_now=decided.units_now,
                units_to_settle=decided.units_to_settle,
                unit=unit,
            )
        case NotAFairComparison():
            return VerdictFigure(word=word, reason=decided.failed.finding, unit=unit)
        case _:
            return VerdictFigure(word=word, unit=unit)


def _chance(study: Study, primary: Outcome, number: Effect | None) -> ChanceFigure | None:
    """How likely the effect is large enough to matter; never from a change without a comparison."""
    prior = verdict.prior_for(primary)
    if number is None or prior is None or study.design is Design.BEFORE_AFTER:
        return None
    smallest = study.plan.smallest_effect
    chance = verdict.chance_above(number, smallest, prior)
    return ChanceFigure(above=smallest, chance=chance, prior=prior.words)


def detectable_figure(planned: Detectable | None) -> DetectableFigure | None:
    """Store what a design could detect."""
    if planned is None:
        return None
    return DetectableFigure(
        effect=planned.effect,
        treated=planned.treated,
        comparison=planned.comparison,
        assumptions=planned.assumptions,
    )


def _flow(stages: tuple[Stage, ...]) -> tuple[FlowFigure, ...]:
    return tuple(
        FlowFigure(
            step=stage.step,
            treated=_count(stage, stage.treated),
            comparison=_count(stage, stage.comparison),
        )
        for stage in stages
    )


def _count(stage: Stage, people: int) -> str:
    """A count, or words where it would be about too few people."""
    if people == 0 or stage.of == "schools":
        return str(people) if people else "none"
    if isinstance(figure(people, teachers=people), Hidden):
        return f"fewer than {TEACHERS}"
    return str(people)
