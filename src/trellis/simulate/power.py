"""Tell how often each planted comparison would be seen, by drawing the district again and again.

The comparisons here are plain ones made from what the files hold. They are for whoever changes
the district: where the story needs an effect to be seen, change the district, never the analysis.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from trellis.simulate.district import District, make_district
from trellis.simulate.instruments import TEACHER_SD
from trellis.simulate.people import NOBODY
from trellis.simulate.programs import PROGRAMS
from trellis.simulate.shape import Size
from trellis.simulate.study_visits import StudyVisits, consenting, visit_teachers
from trellis.simulate.traits import Bools, Floats

CRITICAL = 1.96


@dataclass(frozen=True, slots=True)
class Power:
    """What one planted comparison would show over many districts.

    Attributes
    ----------
    truth : planted effect on those who take it up, practice SDs.
    treated, compared : teachers with an outcome, on average.
    estimate : mean estimate, practice SDs; for a lottery of the offer, not of taking it up.
    spread : SD of the estimate over districts.
    power : share of districts in which the estimate is above 0 by more than 1.96 spreads.
    """

    program_id: str
    design: str
    truth: float
    treated: float
    compared: float
    estimate: float
    spread: float
    power: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one district's files say about one program."""

    estimate: float
    treated: int
    compared: int


def power_report(
    *, size: Size = "demo", seed: int = 0, today: date, replications: int = 100
) -> list[Power]:
    """Draw many districts and return what each planted comparison shows."""
    seen: dict[str, list[_Seen]] = {p.id: [] for p in PROGRAMS}
    for n in range(replications):
        for program_id, one in _look(make_district(size, seed + n, today), seed + n):
            seen[program_id].append(one)
    return [_summarize(p.id, p.assignment, p.practice, seen[p.id]) for p in PROGRAMS]


def _summarize(program_id: str, design: str, truth: float, seen: list[_Seen]) -> Power:
    estimates = np.array([one.estimate for one in seen])
    spread = float(estimates.std(ddof=1))
    return Power(
        program_id,
        design,
        truth,
        float(np.mean([one.treated for one in seen])),
        float(np.mean([one.compared for one in seen])),
        float(estimates.mean()),
        spread,
        float(np.mean(estimates > CRITICAL * spread)),
    )


def _look(district: District, seed: int) -> Iterator[tuple[str, _Seen]]:
    rng = np.random.default_rng([seed, 99])
    agrees = consenting(rng, district.people, district.done)
    intake = np.zeros(district.practice.shape[:2])
    visits = visit_teachers(
        rng, district.people, agrees, district.practice, intake, district.done, district.calendar
    )
    outcome = yearly_means(district, visits)
    for program in PROGRAMS:
        if program.assignment == "lottery":
            yield program.id, _lottery(district, outcome)
        elif program.assignment == "staggered":
            yield program.id, _staggered(district, outcome, program.id)
        else:
            yield program.id, _takers(district, outcome, program.id)


def yearly_means(district: District, visits: StudyVisits) -> Floats:
    """Return (J, 1 + years) mean level over elements and trained visitors' visits, practice SDs."""
    shape = district.practice.shape[:2]
    y = visits.year - (district.people.years[0] - 1)
    kept = ~visits.by_deliverer
    total, count = np.zeros(shape), np.zeros(shape)
    mean = visits.levels.mean(axis=1) / TEACHER_SD
    np.add.at(total, (visits.teacher[kept], y[kept]), mean[kept])
    np.add.at(count, (visits.teacher[kept], y[kept]), 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _adjusted(outcome: Floats, baseline: Floats, treated: Bools, blocks: Floats) -> float:
    """Regress on treatment and baseline (missing: its mean and a flag) within blocks."""
    missing = np.isnan(baseline)
    filled = np.where(missing, np.nanmean(baseline), baseline)
    columns = np.column_stack([treated, filled, missing, outcome]).astype(float)
    for block in np.unique(blocks):
        columns[blocks == block] -= columns[blocks == block].mean(axis=0)
    return float(np.linalg.lstsq(columns[:, :3], columns[:, 3], rcond=None)[0][0])


def _lottery(district: District, outcome: Floats) -> _Seen:
    """Compare drawn and not drawn within school and cohort, by the offer."""
    first = district.people.years[0]
    tickets = [
        (t.teacher, int(t.offer_id.rsplit("-", 1)[1]) - first + 1, t.school, t.drawn)
        for t in district.done.tickets
    ]
    teacher, y, school, drawn = (np.array(column) for column in zip(*tickets, strict=True))
    after, before = outcome[teacher, y], outcome[teacher, y - 1]
    known = ~np.isnan(after)
    treated = drawn.astype(bool)[known]
    estimate = _adjusted(after[known], before[known], treated, (school * 10 + y)[known])
    return _Seen(estimate, int(treated.sum()), int((~treated).sum()))


def _takers(district: District, outcome: Floats, program_id: str) -> _Seen:
    """Compare takers and others of the same year, which is not a fair comparison."""
    people = district.people
    took = np.zeros((len(people.teachers), len(people.years)), dtype=bool)
    for part in district.done.parts:
        if part.program_id == program_id and part.state != "withdrawn":
            took[part.teacher, people.years.index(part.year)] = True
    after, before = outcome[:, 1:], outcome[:, :-1]
    known = ~np.isnan(after)
    years = np.broadcast_to(np.arange(after.shape[1]), after.shape)
    estimate = _adjusted(after[known], before[known], took[known], years[known].astype(float))
    return _Seen(estimate, int(took[known].sum()), int((~took[known]).sum()))


def _staggered(district: District, outcome: Floats, program_id: str) -> _Seen:
    """Average the changes of schools that started, less those of schools that had not yet."""
    people, turns = district.people, district.done.started[program_id]
    at = people.schools_of()
    at = np.vstack([at[:1], at]).T
    usable = ~np.isnan(outcome) & (at != NOBODY)
    means = np.array(
        [
            [outcome[usable[:, y] & (at[:, y] == s), y].mean() for y in range(outcome.shape[1])]
            for s in turns
        ]
    )
    last = outcome.shape[1]
    start = np.array([last if t is None else t - people.years[0] + 1 for t in turns.values()])
    effects = []
    for group in range(1, last):
        for y in range(group, last):
            own, waiting = start == group, start > y
            if own.any() and waiting.any():
                change = means[:, y] - means[:, group - 1]
                effects.append((change[own].mean() - change[waiting].mean(), own.sum()))
    weights = np.array([weight for _, weight in effects], dtype=float)
    estimate = float(np.average([effect for effect, _ in effects], weights=weights))
    return _Seen(estimate, int((start < last).sum()), int((start == last).sum()))
