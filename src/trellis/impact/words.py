"""Say figures in sentences: the interval in words first, then the drawing, then the table."""

from typing import TYPE_CHECKING

from trellis.ui.charts import VerdictKind

if TYPE_CHECKING:
    from trellis.impact.figures import CostFigure, DetectableFigure, EffectFigure, Figures
    from trellis.interchange.registrations import Registration

KINDS: dict[str, VerdictKind] = {
    "helps": "helps",
    "harms": "harms",
    "no meaningful difference": "none",
    "cannot tell yet": "notyet",
    "not a fair comparison": "unfair",
}
OUTCOMES = {
    "practice": "Practice",
    "class feedback": "Class feedback",
    "math": "Math test",
    "ela": "ELA test",
    "retention": "Staying at the school",
}
DESIGNS = {
    "lottery": "A lottery among those who asked for a seat, within each school: those drawn "
    "against those not drawn, as the lot fell, whoever took part in the end.",
    "staggered": "Schools that started against schools that had not started yet, each by its own "
    "change since the year before its start.",
    "matched": "Those who took part against similar teachers who did not.",
    "before-after": "The same teachers before and after, without a comparison.",
}
TABLE = {"lottery": ("Drawn", "Not drawn"), "staggered": ("After a start", "Before or without")}


def said(value: float) -> str:
    """Write a size without its sign: the words around it say which way."""
    return f"{abs(value):.2f}"


def finding(figures: "Figures") -> str:
    """Say the registered outcome's estimate and interval in a sentence."""
    effect, verdict = figures.primary, figures.verdict
    if effect is None:
        return verdict.reason
    subject = f"{OUTCOMES[effect.outcome]}, as measured by {effect.measured_by},"
    if not effect.counts:
        return (
            f"{subject} was {said(effect.estimate)} standard deviations "
            f"{'higher' if effect.estimate >= 0 else 'lower'} afterward (between "
            f"{_end(effect.low)} and {_end(effect.high)}). {verdict.reason}"
        )
    change = (
        f"{subject} {'rose' if effect.estimate >= 0 else 'fell'} by {said(effect.estimate)} "
        f"standard deviations against the comparison; the truth could lie anywhere from "
        f"{_end(effect.low)} to {_end(effect.high)}."
    )
    return f"{change} {_meaning(figures)}"


def chance(figures: "Figures") -> str:
    """Say how likely the effect is large enough to matter, with the belief that it starts from."""
    told = figures.chance
    if told is None:
        return ""
    return (
        f"About {_in_twenty(told.chance)} that the effect is larger than {told.above:.2f}, which "
        f"is what was registered as mattering, if one starts from this: {told.prior}."
    )


def settle(figures: "Figures") -> str:
    """Say what could have been seen, and how much more would settle the question."""
    verdict = figures.verdict
    if verdict.detectable is None or verdict.units_to_settle is None or not verdict.units_now:
        return ""
    return (
        f"With the spread that was found, this comparison could see an effect of "
        f"{verdict.detectable:.2f} or more. To see the effect that was registered as mattering, it "
        f"would take about {verdict.units_to_settle} {verdict.unit} instead of {verdict.units_now}."
    )


def could_detect(planned: "DetectableFigure | None") -> str:
    """Say what the sponsor read before the start: the smallest effect that could be seen."""
    if planned is None:
        return "This design has no comparison that could detect an effect."
    return (
        f"An effect of {planned.effect:.2f} standard deviations or more, in four of five tries, "
        f"if {planned.assumptions}."
    )


def cost(figure: "CostFigure") -> str:
    """Say the full cost for each teacher, and what a tenth of a standard deviation costs."""
    own = figure.teacher_time_usd / figure.teachers
    text = (
        f"{dollars(figure.per_teacher_usd)} for each of {figure.teachers} teachers reached, of "
        f"which {dollars(own)} is teachers’ own time."
    )
    if figure.tenth_usd is not None and figure.tenth_low_usd is not None:
        top = (
            f"{dollars(figure.tenth_low_usd)} and {dollars(figure.tenth_high_usd)}"
            if figure.tenth_high_usd is not None
            else f"{dollars(figure.tenth_low_usd)} and no upper end that we can give"
        )
        return (
            f"{text} A tenth of a standard deviation for one teacher costs "
            f"{dollars(figure.tenth_usd)}, between {top}."
        )
    if figure.chance_of_no_gain is not None:
        return (
            f"{text} Cost per effect: no ratio yet, because the chance of no gain at all is "
            f"{figure.chance_of_no_gain * 100:.0f} in 100."
        )
    return f"{text} Cost per effect: no ratio, because there is no estimate of an effect."


def dollars(amount: float) -> str:
    """Write dollars: whole ones, or cents below ten."""
    return f"${amount:,.2f}" if amount < 10 else f"${amount:,.0f}"


def label(effect: "EffectFigure") -> tuple[str, str]:
    """Name a row of the effects: what, and who measured it on how many."""
    if not effect.counts and effect.measured_by == "those who delivered it":
        return "Practice, own marks", f"its deliverer, {effect.n} teachers"
    return OUTCOMES[effect.outcome], f"{effect.measured_by}, {effect.n} measured"


def comparison(plan: "Registration") -> str:
    """Say the registered comparison, and who carries the weight."""
    unit = (
        " Schools start, so schools, not teachers, carry the weight."
        if plan.unit == "school"
        else ""
    )
    return DESIGNS[plan.design] + unit


def _meaning(figures: "Figures") -> str:
    match figures.verdict.word:
        case "helps":
            return "All of that lies above zero."
        case "harms":
            return "All of that lies below zero."
        case "no meaningful difference":
            return "All of that is too small to matter, as it was registered."
        case _:
            return figures.verdict.reason


def _end(value: float) -> str:
    return f"{'a gain' if value >= 0 else 'a drop'} of {said(value)}"


def _in_twenty(share: float) -> str:
    chances = round(share * 20)
    if chances == 0:
        return "less than 1 chance in 20"
    if chances == 20:
        return "more than 19 chances in 20"
    return f"{chances} {'chance' if chances == 1 else 'chances'} in 20"
