"""Describe a change without a comparison; it never carries a verdict."""

import numpy as np

from trellis.efficacy.effects import CannotEstimate, Design, Effect, FloatArray, half_width

CAVEAT = (
    "Description only: without a comparison, growth with experience, a good year or a return to "
    "the average look the same as an effect."
)


def describe(before: FloatArray, after: FloatArray) -> Effect | CannotEstimate:
    """Mean change of the same teachers, in standard deviations of the year before (paired t)."""
    both = np.isfinite(before) & np.isfinite(after)
    n = int(both.sum())
    spread = float(np.std(before[both], ddof=1)) if n > 1 else 0.0
    if n < 2 or spread <= 0:
        reason = f"{n} teachers were measured both before and after."
        return CannotEstimate(reason, n=n, design=Design.BEFORE_AFTER)
    change = (after[both] - before[both]) / spread
    mean, error = float(change.mean()), float(np.std(change, ddof=1) / np.sqrt(n))
    half = half_width(error, n - 1)
    return Effect(
        estimate=mean,
        low=mean - half,
        high=mean + half,
        standard_error=error,
        degrees_of_freedom=float(n - 1),
        n=n,
        treated=n,
        comparison=0,
        clusters=n,
        treated_clusters=n,
        design=Design.BEFORE_AFTER,
        caveats=(CAVEAT,),
    )
