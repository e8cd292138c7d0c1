"""The many-facet model written plainly: one dense matrix over every effect, nothing eliminated."""

import numpy as np
from numpy.typing import NDArray

from trellis.stats.facets import Layout
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.system import NEARLY_FLAT

Array = NDArray[np.float64]
POINTS = 40


class Dense:
    """Effects in the order: own (teacher-major), lessons, visitors, usual places, thresholds."""

    def __init__(self, layout: Layout, at: Effects, variances: Variances, unsure: Array) -> None:
        self.layout = layout
        t, i = layout.teachers, layout.elements
        self.cut = np.cumsum([t * i, layout.lessons, layout.visitors, i, layout.top - 1])
        self.value = np.concatenate([at.own.ravel(), at.lesson, at.visitor, at.usual, at.kappa])
        design = np.zeros((len(layout.level), self.cut[2]))
        rows = np.arange(len(layout.level))
        design[rows, layout.teacher * i + layout.element] = 1
        design[rows, self.cut[0] + layout.lesson] = 1
        design[rows, self.cut[1] + layout.visitor] = -1
        prior = self._prior(variances)
        gradient, hessian = self._likelihood(design, at.kappa, unsure)
        self.cov = np.linalg.inv(hessian + prior)
        self.step = self.cov @ (gradient - prior @ self.value)
        local = np.linalg.inv((hessian + prior)[: self.cut[1], : self.cut[1]])
        own = design[:, : self.cut[1]]
        self.local_variance = np.einsum("ni,ij,nj->n", own, local, own)

    def _prior(self, variances: Variances) -> Array:
        t, i = self.layout.teachers, self.layout.elements
        prior = np.zeros((self.cut[4], self.cut[4]))
        block = np.linalg.inv(variances.teacher * np.ones((i, i)) + variances.element * np.eye(i))
        usual = slice(self.cut[2], self.cut[3])
        for teacher in range(t):
            own = slice(teacher * i, teacher * i + i)
            prior[own, own] = block
            prior[own, usual] = prior[usual, own] = -block
            prior[usual, usual] += block
        for start, end, precision in (
            (self.cut[0], self.cut[1], 1 / variances.lesson),
            (self.cut[1], self.cut[2], 1 / variances.visitor),
            (self.cut[2], self.cut[4], NEARLY_FLAT),
        ):
            prior[range(start, end), range(start, end)] += precision
        return prior

    def _likelihood(self, design: Array, kappa: Array, unsure: Array) -> tuple[Array, Array]:
        nodes, weights = np.polynomial.hermite_e.hermegauss(POINTS)
        eta = design @ self.value[: self.cut[2]]
        gradient, hessian = np.zeros(self.cut[4]), np.zeros((self.cut[4], self.cut[4]))
        for n, level in enumerate(self.layout.level.astype(int)):
            for node, weight in zip(nodes, weights / weights.sum(), strict=True):
                g, h = _mark(level, eta[n] + node * unsure[n] ** 0.5, kappa)
                by = np.zeros((self.cut[4], len(g)))
                by[: self.cut[2], 0] = design[n]
                by[self.cut[3] :, 1:] = np.eye(len(kappa))
                gradient += weight * by @ g
                hessian += weight * by @ h @ by.T
        return gradient, hessian

    def reading_variance(self, variances: Variances) -> Array:
        """Return the variance of theta + gamma and, last, theta: (teachers, elements + 1)."""
        t, i = self.layout.teachers, self.layout.elements
        found = np.zeros((t, i + 1))
        usual = self.cut[2]
        share = variances.teacher / (variances.teacher + variances.element / i)
        for teacher in range(t):
            for element in range(i + 1):
                by = np.zeros(self.cut[4])
                by[usual : usual + i] += 1 / i
                if element < i:
                    by[teacher * i + element] += 1
                    by[usual + element] -= 1
                    found[teacher, element] = by @ self.cov @ by
                else:
                    by[teacher * i : teacher * i + i] += share / i
                    by[usual : usual + i] -= share / i
                    left = variances.teacher * (1 - share)
                    found[teacher, element] = by @ self.cov @ by + left
        return found


def _mark(level: int, eta: float, kappa: Array) -> tuple[Array, Array]:
    """Return the gradient, and minus the second derivative, of one mark in (eta, kappa)."""
    top = len(kappa) + 1
    sufficient = np.zeros((top + 1, top))  # log P = sufficient @ (eta, kappa) - log sum
    sufficient[:, 0] = np.arange(top + 1)
    for k in range(1, top):
        sufficient[k, k] = -1
    p = np.exp(sufficient @ np.concatenate([[eta], kappa]))
    p /= p.sum()
    mean = p @ sufficient
    return sufficient[level] - mean, (sufficient.T * p) @ sufficient - np.outer(mean, mean)
