"""Compare groups before a program started, as the What Works Clearinghouse asks."""

from dataclasses import dataclass
from math import gamma, sqrt

import numpy as np

from trellis.efficacy.effects import BoolArray, FloatArray

FINE = 0.05  # up to here no adjustment is needed
ADJUST = 0.25  # up to here adjustment is enough; above, groups that no one drew are not comparable


@dataclass(frozen=True, slots=True)
class Baseline:
    """One thing measured before: difference between the groups (Hedges' g), and how many."""

    name: str
    g: float
    treated: int
    comparison: int


def hedges_g(name: str, values: FloatArray, treated: BoolArray) -> Baseline | None:
    """Standardized difference with the small-sample correction; None where a side is too small."""
    known = np.isfinite(values)
    a, b = values[known & treated], values[known & ~treated]
    freedom = len(a) + len(b) - 2
    if min(len(a), len(b)) < 2:
        return None
    pooled = sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / freedom)
    if pooled == 0:
        return None
    g = _small_sample(freedom) * float(a.mean() - b.mean()) / pooled
    return Baseline(name, g, len(a), len(b))


def _small_sample(freedom: int) -> float:
    """Hedges (1981), exact for small samples; its limit 1 - 3/(4 df - 1) where gamma overflows."""
    if freedom > 300:
        return 1 - 3 / (4 * freedom - 1)
    return gamma(freedom / 2) / (sqrt(freedom / 2) * gamma((freedom - 1) / 2))
