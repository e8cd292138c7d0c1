"""A plain twin of class readiness: every unknown in one large system of equations.

Henderson's mixed model equations (1975) for objectives (fixed), classes and classes by objectives
(random), written out cell by cell and solved at once.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import norm

from trellis.diagnosis.mastery import ClassResult, Pooled
from trellis.stats.gaussian import Array


def noise_by_hand(results: Sequence[ClassResult]) -> list[tuple[float, float]]:
    """Return each result's empirical logit and the variance of its error."""
    top = bottom = 0.0
    smoothed = []
    for r in results:
        answers = r.students * r.items
        p = (r.share * answers + 0.5) / (answers + 1)
        smoothed.append(p)
        between = r.variance * r.students / (r.students - 1)
        if r.items > 1:
            top += (p * (1 - p) - between) * r.items / (r.items - 1)
            bottom += p * (1 - p)
    within = min(max(top / bottom, 0.2), 1.0) if bottom else 1.0
    return [
        (float(np.log(p / (1 - p))), within / (r.students * r.items * p * (1 - p)))
        for r, p in zip(results, smoothed, strict=True)
    ]


def own_differences(
    results: Sequence[ClassResult], model: Pooled
) -> Mapping[tuple[str, str], tuple[float, float]]:
    """Return mean and standard deviation of d by class and objective, given the variances."""
    objectives = sorted({r.objective for r in results})
    classes = sorted({r.klass for r in results})
    cells = [(r.klass, r.objective) for r in results]
    names: list[object] = [*objectives, *classes, *cells]
    at = {name: i for i, name in enumerate(names)}
    left, right = np.zeros((len(names), len(names))), np.zeros(len(names))
    for r, (y, noise) in zip(results, noise_by_hand(results), strict=True):
        mine = [at[r.objective], at[r.klass], at[r.klass, r.objective]]
        for i in mine:
            right[i] += y / noise
            for j in mine:
                left[i, j] += 1 / noise
    for klass in classes:
        left[at[klass], at[klass]] += 1 / model.variances[0]
    for cell in cells:
        left[at[cell], at[cell]] += 1 / model.variances[1]
    inverse = np.linalg.inv(left)
    solved = inverse @ right
    return {cell: (float(solved[at[cell]]), float(inverse[at[cell], at[cell]]) ** 0.5)
            for cell in cells}  # fmt: skip


def log_likelihood(
    results: Sequence[ClassResult], means: Mapping[str, float], theta: Array
) -> float:
    """Return the penalized log likelihood of (sigma_a^2, sigma_d^2), one dense normal a class."""
    told = noise_by_hand(results)
    total = float(norm.logpdf(np.log(theta / np.array([0.25, 0.10]))).sum())
    for klass in sorted({r.klass for r in results}):
        mine = [i for i, r in enumerate(results) if r.klass == klass]
        cov = np.full((len(mine), len(mine)), theta[0])
        cov += np.diag([theta[1] + told[i][1] for i in mine])
        off = np.array([told[i][0] - means[results[i].objective] for i in mine])
        _sign, logdet = np.linalg.slogdet(cov)
        total -= 0.5 * (float(logdet) + float(off @ np.linalg.solve(cov, off)))
    return total
