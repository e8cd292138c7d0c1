"""A plain twin of class readiness: Bayes on a grid for one class with two objectives."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from trellis.diagnosis import mastery
from trellis.diagnosis.mastery import ClassResult


def specific_by_quadrature(results: Sequence[ClassResult], klass: str) -> dict[str, float]:
    """Return P(d < -delta) by objective, summing over a grid of (d_1, d_2, a).

    The fitted means and variances are taken over; what is checked is the conditioning.
    """
    rows = sorted(results, key=lambda r: (r.klass, r.objective))
    logits, noise = mastery._logits(rows)
    groups = mastery._groups(rows)
    column = np.array([int(r.objective[1:]) for r in rows])
    means, (of_class, of_objective) = mastery._fit(logits, noise, column, groups, 2)
    mine = groups[klass]
    grid = np.arange(-2.5, 2.5, 0.05)
    d1, d2, a = np.meshgrid(grid, grid, grid, indexing="ij")
    log_density = (
        norm.logpdf(d1, 0, of_objective**0.5)
        + norm.logpdf(d2, 0, of_objective**0.5)
        + norm.logpdf(a, 0, of_class**0.5)
    )
    for d, i in zip((d1, d2), mine, strict=True):
        log_density = log_density + norm.logpdf(
            logits[i], means[column[i]] + a + d, noise[i] ** 0.5
        )
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    # Half a cell at the boundary, since the grid has a point on it.
    return {
        rows[i].objective: float(
            weight[d < -mastery.DELTA - 0.025].sum()
            + weight[np.abs(d + mastery.DELTA) <= 0.025].sum() / 2
        )
        for d, i in zip((d1, d2), mine, strict=True)
    }
