"""Simulate districts with known truth and count how often insights mislead.

`make calibrate` runs the full study and writes docs/methods/calibration-diagnosis.md; the suite
runs a short version of the same functions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from tests.calibration.insight_worlds import (
    GOAL_SET,
    ORIGIN,
    SINCE,
    TODAY,
    Teacher,
    World,
    district,
    seen,
)
from trellis.diagnosis import practice, rules, signals
from trellis.diagnosis.looks import ELEMENTS
from trellis.diagnosis.practice import INDEX, Settings
from trellis.diagnosis.rules import Setting
from trellis.diagnosis.signals import Claim
from trellis.stats.gaussian import Array

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "calibration-diagnosis.md"
LEVELS = (0.80, 0.95)

STILL = World("all teachers alike in all")
ALIKE = World("teachers differ in level alone", general=0.06)
STRICT = World("no differences; visitors strict, each at her own elements", visitor=0.12,
               unbalanced=True)  # fmt: skip
LESSONS = World("no differences; lessons differ much", lesson=0.25)
NULL = (
    STILL,
    ALIKE,
    LESSONS,
    STRICT,
    World("no differences; two visits each", visits=(2, 2)),
    World("no differences; many looks at five elements", visits=(12, 18), elements=5),
    World("no differences; a district of 20 teachers", teachers=20),
)
DIFFERENT = World("teachers differ in profile", general=0.06, element=0.10, drift=0.01, view=0.03)
PLANTED = (
    DIFFERENT,
    replace(DIFFERENT, name="… lessons differ much", lesson=0.25),
    replace(DIFFERENT, name="… visitors strict, each at her own elements", visitor=0.12,
            unbalanced=True),
    replace(DIFFERENT, name="… two visits each", visits=(2, 2)),
    replace(DIFFERENT, name="… four visits each", visits=(4, 4)),
    replace(DIFFERENT, name="… eight visits each", visits=(8, 8)),
    replace(DIFFERENT, name="… many looks, and teachers move", drift=0.10, visits=(12, 18),
            elements=5),
    replace(DIFFERENT, name="… many looks, and teachers move much", drift=0.40, visits=(12, 18),
            elements=5),
    replace(DIFFERENT, name="… drift with a memory", drift=0.10, memory=0.9, visits=(12, 18),
            elements=5),
    replace(DIFFERENT, name="… students see it their own way", view=0.20),
    replace(DIFFERENT, name="… a district of 20 teachers", teachers=20),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Counts over simulated teachers; `made` and `wrong` by the name of the rule."""

    teachers: int
    with_claim: int
    made: Counter[str]
    wrong: Counter[str]
    covered: tuple[int, ...]  # by level
    intervals: int

    @property
    def any_claim(self) -> float:
        """Share of teachers who were shown any claim."""
        return self.with_claim / self.teachers

    @property
    def claims(self) -> int:
        """Number of claims shown, of all rules."""
        return self.made.total()

    @property
    def wrong_share(self) -> float:
        """Share of shown claims with the wrong sign."""
        return self.wrong.total() / max(self.claims, 1)

    def coverage(self, level: float) -> float:
        """Share of intervals at a level that hold the true level of an element."""
        return self.covered[LEVELS.index(level)] / self.intervals


def study(world: World, *, districts: int, seed: int) -> Found:
    """Fit each district from its own looks, show claims, and hold them against the truth."""
    rng = np.random.default_rng(seed)
    made: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with_claim, covered, teachers = 0, np.zeros(len(LEVELS), dtype=int), 0
    for _ in range(districts):
        people = district(world, rng)
        settings = practice.fit(seen(people), ORIGIN, ELEMENTS)
        for teacher in people:
            around = Setting(TODAY, SINCE, goals={teacher.goal: GOAL_SET})
            claims = signals.claims(teacher.looks, settings, around)
            made.update(claim.rule.name for claim in claims)
            wrong.update(claim.rule.name for claim in claims if is_wrong(claim, teacher))
            with_claim += bool(claims)
            covered += _covered(teacher, settings)
        teachers += len(people)
    hits = tuple(int(x) for x in covered)
    return Found(teachers, with_claim, made, wrong, hits, teachers * len(INDEX))


def _covered(teacher: Teacher, settings: Settings) -> Array:
    """Return how many elements' true levels each interval holds, (levels,)."""
    known = practice.state(teacher.looks, settings, TODAY)
    off = np.abs(known.mean - teacher.truth.level(TODAY)) / np.sqrt(np.diag(known.cov))
    return np.array([int((off <= ndtri(0.5 + level / 2)).sum()) for level in LEVELS])


def is_wrong(claim: Claim, teacher: Teacher) -> bool:
    """Return whether the truth lies on the other side of the reference, or on it."""
    truth = true_difference(claim, teacher)
    return truth <= 0 if claim.difference.value > 0 else truth >= 0


def true_difference(claim: Claim, teacher: Teacher) -> float:
    """Return the truth of what the claim's rule compares, in level units."""
    at, truth = INDEX[claim.element], teacher.truth
    now = truth.level(TODAY)
    if claim.rule is rules.OWN_TEACHING:
        others = sorted({INDEX[k.element] for k in teacher.looks} - {at})
        return float(now[at] - now[others].mean())
    if claim.rule is rules.SOURCES:
        return float(truth.view_element[at])
    if claim.rule is rules.SINCE_GOAL:
        return float(now[at] - truth.level(GOAL_SET)[at])
    days = [k.on for k in teacher.looks if k.element == claim.element and k.on < SINCE]
    return float(now[at] - truth.level(sorted(days)[len(days) // 2])[at])


def main() -> dict[World, Found]:
    """Run the full study, write its table, and return what was found by world."""
    worlds = (*NULL, *PLANTED)
    with ProcessPoolExecutor() as pool:
        results = pool.map(full, worlds, range(100, 100 + len(worlds)))
        found = dict(zip(worlds, results, strict=True))
    TABLE.write_text(as_markdown(found))
    return found


def full(world: World, seed: int) -> Found:
    """Study a thousand teachers of a world."""
    return study(world, districts=1000 // world.teachers, seed=seed)


def as_markdown(found: Mapping[World, Found]) -> str:
    """Return the page with its two tables."""
    null = [_null_row(world, found[world]) for world in NULL]
    planted = [_planted_row(world, found[world]) for world in PLANTED]
    by_rule = [_rule_row(rule.name, [found[world] for world in PLANTED]) for rule in rules.RULES]
    return "\n".join([HEAD, *null, MIDDLE, *planted, BY_RULE, *by_rule, ""])


def _null_row(world: World, found: Found) -> str:
    shown = _share(found.any_claim, found.teachers)
    by_rule = ", ".join(f"{name} {n}" for name, n in sorted(found.made.items())) or "none"
    return f"| {world.name} | {found.teachers:,} | {shown} | {by_rule} |"


def _planted_row(world: World, found: Found) -> str:
    wrong = _share(found.wrong_share, found.claims)
    return (
        f"| {world.name} | {found.any_claim:.0%} | {found.claims:,} | {wrong} | "
        f"{found.coverage(0.80):.1%} | {found.coverage(0.95):.1%} |"
    )


def _rule_row(name: str, found: Sequence[Found]) -> str:
    made, wrong = sum(f.made[name] for f in found), sum(f.wrong[name] for f in found)
    return f"| `{name}` | {made:,} | {_share(wrong / max(made, 1), made)} |"


def _share(share: float, n: int) -> str:
    """Say a share with its Monte Carlo standard error."""
    return f"{share:.1%} ± {sqrt(max(share * (1 - share), 1e-4) / max(n, 1)):.1%}"


HEAD = """# Calibration of insights

Written by `make calibrate`: a thousand simulated teachers in each world, in districts of 200 (or
of 20). A world is drawn by its own lines (`tests/calibration/insight_worlds.py`), not by the model
that reads it: visits are rounded to level words, drift may have a memory, visitors may be strict
and look only at what they care for. Variances and usual levels are fitted from the simulated looks,
as in a district. Every teacher has a goal, and all rules speak. ± is the Monte Carlo standard
error.

## Districts without true differences

Nobody's elements differ from each other, nobody changes, students see what visits see: every claim
is wrong. Bar: at most 10 % of teachers are shown any claim, of all rules together.

| world | teachers | shown any claim | claims by rule |
|---|---|---|---|"""
MIDDLE = """
## Districts with true differences

Bar: at most 10 % of all shown claims have the wrong sign (by each rule's own measure, which
`../reference/insight-rules.md` states; exactly no difference counts as wrong). The last columns are
the shares of 80 % and 95 % intervals that hold an element's true level today.

| world | teachers shown any | claims | wrong sign | 80 % hold | 95 % hold |
|---|---|---|---|---|---|"""
BY_RULE = """
By rule, over all worlds of the second table:

| rule | claims | wrong sign |
|---|---|---|"""
