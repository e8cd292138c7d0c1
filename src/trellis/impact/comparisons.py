"""Build the comparison that was registered from a snapshot, and estimate it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from trellis.efficacy import before_after, lottery, staggered
from trellis.efficacy.balance import Baseline, hedges_g
from trellis.efficacy.detectable import Detectable, whole_schools, within_blocks
from trellis.efficacy.effects import Attrition, CannotEstimate, Design, Effect, Outcome
from trellis.efficacy.lottery import Draws, LotteryResult
from trellis.efficacy.staggered import EventPoint, Panel, StaggeredResult
from trellis.efficacy.verdict import Check
from trellis.impact.outcomes import Snapshot, floats, outcome_of
from trellis.interchange.registrations import Registration

TOOK_PART = ("joined", "attended", "partly")
NO_MATCHING = (
    "Matched comparisons are not yet available here, so that this design cannot be answered. A "
    "lottery among those who ask for a seat could."
)


@dataclass(frozen=True, slots=True)
class Stage:
    """How many stood at one step, with the program and without."""

    step: str
    treated: int
    comparison: int
    of: Literal["teachers", "schools"] = "teachers"


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same question asked another way."""

    way: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one design says about one outcome, and what a reader needs to judge it."""

    number: Effect | CannotEstimate
    checks: tuple[Check, ...]
    stages: tuple[Stage, ...] = ()
    planned: Detectable | None = None
    baseline: tuple[tuple[Baseline, Baseline], ...] = ()
    events: tuple[EventPoint, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    trend_checked: bool = False
    randomization_p: float | None = None
    lost: Attrition | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """A registration with the snapshot that answers it; each outcome draws its own chance."""

    plan: Registration
    snapshot: Snapshot
    seed: int
    _outcomes: dict[Outcome, pl.DataFrame] = field(default_factory=dict)

    @property
    def design(self) -> Design:
        return Design(self.plan.design)

    def rng(self, outcome: Outcome) -> np.random.Generator:
        """Return the same generator for the same plan and outcome, whatever else is computed."""
        return np.random.default_rng([self.seed, list(Outcome).index(outcome)])

    def outcome(self, outcome: Outcome) -> pl.DataFrame:
        """Return an outcome by teacher and year; read once."""
        if outcome not in self._outcomes:
            self._outcomes[outcome] = outcome_of(self.snapshot, outcome)
        return self._outcomes[outcome]

    def took_part(self) -> pl.DataFrame:
        """Return who took part in the program in which of the review's years."""
        part = self.snapshot.table("participation").filter(
            (pl.col("program_id") == self.plan.program_id)
            & pl.col("school_year").is_in(self.plan.outcome_years)
            & pl.col("state").is_in(TOOK_PART)
        )
        return part.sort("teacher", "school_year", "offer_id")


def compare(study: Study, outcome: Outcome) -> Comparison:
    """Estimate one outcome by the registered design."""
    match study.design:
        case Design.LOTTERY:
            return _lottery(study, outcome)
        case Design.STAGGERED:
            return _staggered(study, outcome)
        case Design.BEFORE_AFTER:
            return _before_after(study, outcome)
        case Design.MATCHED:
            missing = CannotEstimate(NO_MATCHING, n=0, design=Design.MATCHED)
            return Comparison(missing, checks=())


def _lottery(study: Study, outcome: Outcome) -> Comparison:
    """Each draw is compared in its own year, adjusted for the year before it."""
    frame = _draws_with_outcomes(study, outcome)
    draws = _draws(frame)
    planned = _planned_lottery(frame, outcome)
    checks = (_draw_check(frame),)
    found = lottery.estimate(draws, rng=study.rng(outcome))
    stages = _stages(frame)
    if isinstance(found, CannotEstimate):
        return Comparison(found, checks, stages, planned)
    return Comparison(
        found.effect,
        checks,
        stages,
        planned,
        baseline=_lottery_balance(draws),
        alternatives=_lottery_alternatives(study, outcome, draws, found),
        randomization_p=found.randomization_p,
        lost=found.attrition,
    )


def _draws_with_outcomes(study: Study, outcome: Outcome) -> pl.DataFrame:
    plan, values = study.plan, study.outcome(outcome)
    entered = study.snapshot.table("draws").filter(
        (pl.col("program_id") == plan.program_id) & pl.col("school_year").is_in(plan.outcome_years)
    )
    before = values.select(
        "teacher", school_year=pl.col("school_year") + 1, baseline=pl.col("value")
    )
    part = study.took_part().select("teacher", "school_year", took_part=pl.lit(value=True)).unique()
    keys = ["teacher", "school_year"]
    joined = (
        entered.join(values, on=keys, how="left")
        .join(before, on=keys, how="left")
        .join(part, on=keys, how="left")
    )
    return joined.sort("offer_id", "block", "teacher")


def _draws(frame: pl.DataFrame) -> Draws:
    block = pl.concat_str("offer_id", "block", separator="\x1f").rank("dense")
    return Draws(
        person=frame.select(pl.col("teacher").rank("dense")).to_series().cast(int).to_numpy(),
        block=frame.select(block).to_series().cast(int).to_numpy(),
        drawn=frame["drawn"].to_numpy(),
        probability=frame["probability"].to_numpy(),
        outcome=floats(frame, "value"),
        baseline=floats(frame, "baseline"),
    )


def _planned_lottery(frame: pl.DataFrame, outcome: Outcome) -> Detectable | None:
    """What the draw alone could see: its counts are known before any outcome is."""
    blocks = frame.group_by("offer_id", "block", maintain_order=True).agg(
        drawn=pl.col("drawn").sum(), waiting=(~pl.col("drawn")).sum()
    )
    drawn, waiting = (blocks[side].cast(int).to_numpy() for side in ("drawn", "waiting"))
    return within_blocks(drawn, waiting, outcome)


def _draw_check(frame: pl.DataFrame) -> Check:
    """The record must agree with itself: as many drawn in each block as its probability says."""
    blocks = frame.group_by("offer_id", "block", maintain_order=True).agg(
        drawn=pl.col("drawn").sum(), expected=pl.col("probability").sum()
    )
    off = blocks.filter((pl.col("drawn") - pl.col("expected")).abs() > 0.5).height
    finding = (
        f"In {off} of {blocks.height} draws the number drawn does not fit the recorded chance."
        if off
        else f"In all {blocks.height} draws the number drawn is the one that was recorded."
    )
    return Check("the draw", holds=off == 0, finding=finding)


def _stages(frame: pl.DataFrame) -> tuple[Stage, ...]:
    drawn = pl.col("drawn")
    steps = (
        ("Entered the draw", pl.lit(value=True)),
        ("Took part in the program", pl.col("took_part").fill_null(value=False)),
        (
            "Measured before and after",
            pl.col("value").is_not_null() & pl.col("baseline").is_not_null(),
        ),
        ("Measured after: these are compared", pl.col("value").is_not_null()),
    )
    return tuple(
        Stage(words, frame.filter(drawn & holds).height, frame.filter(~drawn & holds).height)
        for words, holds in steps
    )


def _lottery_balance(draws: Draws) -> tuple[tuple[Baseline, Baseline], ...]:
    """Difference at the start: of all who are compared, and within the blocks of the draw."""
    seen = np.isfinite(draws.outcome)
    values, drawn, block = draws.baseline[seen], draws.drawn[seen], draws.block[seen]
    raw = hedges_g("Practice, the year before", values, drawn)
    inside = values.copy()
    for label in np.unique(block):
        rows = (block == label) & np.isfinite(values)
        if rows.any():
            inside[rows] -= values[rows].mean()
    adjusted = hedges_g("Practice, the year before", inside, drawn)
    return ((raw, adjusted),) if raw and adjusted else ()


def _lottery_alternatives(
    study: Study, outcome: Outcome, draws: Draws, found: LotteryResult
) -> tuple[Alternative, ...]:
    ways = [Alternative("Without the year before", found.unadjusted)]
    first = np.zeros(len(draws.person), dtype=bool)
    first[np.unique(draws.person, return_index=True)[1]] = True
    only_first = Draws(
        draws.person[first],
        draws.block[first],
        draws.drawn[first],
        draws.probability[first],
        draws.outcome[first],
        draws.baseline[first],
    )
    again = lottery.estimate(only_first, rng=study.rng(outcome))
    if isinstance(again, LotteryResult) and not first.all():
        ways.append(Alternative("Each teacher’s first draw only", again.effect))
    return tuple(ways)


def _staggered(study: Study, outcome: Outcome) -> Comparison:
    """Schools of the roll-out, all measured teachers in them, started or not yet."""
    frame = _panel_frame(study, outcome)
    starts = _starts(study)
    begun = int(starts["starts"].gt(0).sum())
    waiting = starts.height - begun
    per_school = frame.height / max(1, frame.select("school_id", "school_year").n_unique())
    planned = whole_schools(begun, waiting, per_school) if per_school else None
    checks = (_start_check(starts),)
    stages = _school_stages(frame)
    if not frame.height:
        nothing = CannotEstimate("No outcome was measured.", n=0, design=Design.STAGGERED)
        return Comparison(nothing, checks, stages, planned)
    panel = _panel(frame)
    found = staggered.estimate(panel, controls="not_yet_treated", rng=study.rng(outcome))
    if isinstance(found, CannotEstimate):
        return Comparison(found, checks, stages, planned)
    never = staggered.estimate(panel, controls="never_treated", rng=study.rng(outcome))
    ways = (
        (Alternative("Compared with schools that never started", never.effect),)
        if isinstance(never, StaggeredResult)
        else ()
    )
    return Comparison(
        found.effect,
        checks,
        stages,
        planned,
        events=found.events,
        alternatives=ways,
        trend_checked=found.trend_checked,
    )


def _starts(study: Study) -> pl.DataFrame:
    """Return (school_id, starts): the school year of the start, 0 = not within the review."""
    rollouts = study.snapshot.table("rollouts").filter(
        pl.col("program_id") == study.plan.program_id
    )
    day = pl.col("starts_on")
    year = day.dt.year() + (day.dt.month() >= 7).cast(pl.Int32)
    last = max(study.plan.outcome_years)
    starts = pl.when(year <= last).then(year).otherwise(0).fill_null(0).cast(pl.Int64)
    return rollouts.select("school_id", starts=starts).sort("school_id")


def _panel_frame(study: Study, outcome: Outcome) -> pl.DataFrame:
    years = (study.plan.baseline_year, *study.plan.outcome_years)
    values = study.outcome(outcome).filter(pl.col("school_year").is_in(years))
    placed = values.join(_schools(study), on="teacher").filter(
        (pl.col("school_year") >= pl.col("from_year"))
        & (pl.col("school_year") <= pl.col("to_year"))
    )
    return placed.join(_starts(study), on="school_id").sort("school_id", "school_year", "teacher")


def _schools(study: Study) -> pl.DataFrame:
    """Where a teacher worked from which year to which; before the first record, the same school.

    The baseline year lies before the first year that a district's records name.
    """
    staff = study.snapshot.table("staff_moves").select("teacher", "school_id", "school_year")
    first = pl.col("school_year") == pl.col("school_year").min().over("teacher")
    return staff.unique().select(
        "teacher",
        "school_id",
        from_year=pl.when(first).then(study.plan.baseline_year).otherwise("school_year"),
        to_year=pl.col("school_year"),
    )


def _panel(frame: pl.DataFrame) -> Panel:
    return Panel(
        school=frame.select(pl.col("school_id").rank("dense")).to_series().cast(int).to_numpy(),
        period=frame["school_year"].cast(int).to_numpy(),
        starts=frame["starts"].cast(int).to_numpy(),
        outcome=floats(frame, "value"),
    )


def _start_check(starts: pl.DataFrame) -> Check:
    begun = starts.filter(pl.col("starts") > 0)
    holds = begun.height > 0 and starts["starts"].n_unique() > 1
    finding = (
        f"{begun.height} of {starts.height} schools started, in "
        f"{begun['starts'].n_unique()} different years; the others had not."
        if holds
        else "All schools started at the same time, or none did: there is nothing to compare with."
    )
    return Check("schools to compare with", holds=holds, finding=finding)


def _school_stages(frame: pl.DataFrame) -> tuple[Stage, ...]:
    on = (pl.col("starts") > 0) & (pl.col("school_year") >= pl.col("starts"))

    def counted(rows: pl.DataFrame) -> tuple[int, int]:
        return rows["school_id"].n_unique(), rows["teacher"].n_unique()

    (s1, t1), (s0, t0) = counted(frame.filter(on)), counted(frame.filter(~on))
    return (
        Stage("Schools after their start, and before or without one", s1, s0, of="schools"),
        Stage("Teachers measured there", t1, t0),
    )


def _before_after(study: Study, outcome: Outcome) -> Comparison:
    """Each teacher's first year in the program against the year before it."""
    first = study.took_part().group_by("teacher").agg(pl.col("school_year").min())
    values = study.outcome(outcome)
    before = values.select(
        "teacher", school_year=pl.col("school_year") + 1, baseline=pl.col("value")
    )
    keys = ["teacher", "school_year"]
    frame = (
        first.join(values, on=keys, how="left").join(before, on=keys, how="left").sort("teacher")
    )
    number = before_after.describe(floats(frame, "baseline"), floats(frame, "value"))
    both = frame.drop_nulls().height
    stages = (
        Stage("Took part in the program", frame.height, 0),
        Stage("Measured before and after", both, 0),
    )
    return Comparison(number, checks=(), stages=stages)
