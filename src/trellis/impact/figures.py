"""The figures of a read-out, as they are stored, shown and compared when it is run again."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """Stored as JSON and read back strictly."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EffectFigure(Stored):
    """One estimate with its interval; `counts` is False for what never decides."""

    outcome: str
    measured_by: str
    estimate: float
    low: float
    high: float
    n: int
    treated: int
    comparison: int
    clusters: int
    counts: bool = True
    is_primary: bool = False


class CheckFigure(Stored):
    name: str
    holds: bool
    finding: str


class FlowFigure(Stored):
    """How many stood where, on both sides; words where a count would be about too few people."""

    step: str
    treated: str
    comparison: str


class BalanceFigure(Stored):
    name: str
    before: float
    after: float


class EventFigure(Stored):
    period: int
    estimate: float
    low: float
    high: float


class SensitivityFigure(Stored):
    """The same question asked another way."""

    way: str
    estimate: float
    low: float
    high: float
    n: int


class ChanceFigure(Stored):
    above: float
    chance: float
    prior: str


class DetectableFigure(Stored):
    effect: float
    treated: int
    comparison: int
    assumptions: str


class IngredientFigure(Stored):
    name: str
    category: str
    quantity: float
    unit: str
    unit_price_usd: float
    total_usd: float
    price_year: int
    source: str


class CostFigure(Stored):
    """Full cost; `tenth_usd` is None where there is no ratio yet, and then why is a chance."""

    total_usd: float
    teacher_time_usd: float
    teachers: int
    per_teacher_usd: float
    per_hour_usd: float | None
    ingredients: tuple[IngredientFigure, ...]
    tenth_usd: float | None = None
    tenth_low_usd: float | None = None
    tenth_high_usd: float | None = None
    chance_of_no_gain: float | None = None


class LinkFigure(Stored):
    """One link from the session to the student, or that it was not measured."""

    link: str
    words: str
    known: bool


class VerdictFigure(Stored):
    word: Literal[
        "helps", "harms", "no meaningful difference", "cannot tell yet", "not a fair comparison"
    ]
    reason: str = ""
    detectable: float | None = None
    units_now: int | None = None
    units_to_settle: int | None = None
    unit: str = "teachers"


class Figures(Stored):
    """Everything that a read-out says in numbers."""

    verdict: VerdictFigure
    effects: tuple[EffectFigure, ...]
    checks: tuple[CheckFigure, ...]
    flow: tuple[FlowFigure, ...]
    balance: tuple[BalanceFigure, ...] = ()
    events: tuple[EventFigure, ...] = ()
    sensitivity: tuple[SensitivityFigure, ...] = ()
    chance: ChanceFigure | None = None
    planned: DetectableFigure | None = None
    randomization_p: float | None = None
    attrition_overall: float | None = None
    attrition_differential: float | None = None
    cost: CostFigure | None = None
    chain: tuple[LinkFigure, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def primary(self) -> EffectFigure | None:
        """The registered outcome, which comes first where it could be estimated."""
        return next((e for e in self.effects if e.is_primary), None)
