"""Fit weighted least squares with an interval that stays honest when clusters are few."""

from dataclasses import dataclass

import numpy as np

from trellis.efficacy.effects import FloatArray, IntArray

SINGULAR = 1e-10  # eigenvalues of I - H below this belong to points fitted exactly


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient with its CR2 standard error and Satterthwaite degrees of freedom."""

    estimate: float
    standard_error: float
    degrees_of_freedom: float


def coefficient(
    y: FloatArray, X: FloatArray, weights: FloatArray, cluster: IntArray, column: int
) -> Coefficient:
    """Estimate one coefficient of y on X by weighted least squares, clustered.

    Bell and McCaffrey (2002), Pustejovsky and Tipton (2018): residuals of cluster g are
    multiplied by (I - H_gg)^(-1/2), so that the variance is unbiased when errors are independent
    with variance proportional to 1 / weight; the degrees of freedom come from the same working
    model. With one row per cluster this is HC2.

    Parameters
    ----------
    y : (n,) outcome. X : (n, k) full column rank. weights : (n,) positive.
    cluster : (n,) label of the unit that was assigned. column : which coefficient.
    """
    root: FloatArray = np.sqrt(weights)
    Z, z = X * root[:, None], y * root
    bread = np.asarray(np.linalg.inv(Z.T @ Z), dtype=np.float64)
    beta = bread @ (Z.T @ z)
    loading = Z @ bread[column]
    variance, freedom = _cr2(Z, bread, z - Z @ beta, loading, cluster)
    return Coefficient(float(beta[column]), float(np.sqrt(variance)), freedom)


def independent_columns(X: FloatArray) -> FloatArray:
    """Drop columns that the ones before them already span, so that a fit has one answer."""
    kept: list[int] = []
    basis = np.empty((X.shape[0], 0))
    for j in range(X.shape[1]):
        rest = X[:, j] - basis @ (basis.T @ X[:, j])
        size = float(np.linalg.norm(rest))
        if size > 1e-8 * max(1.0, float(np.linalg.norm(X[:, j]))):
            kept.append(j)
            basis = np.column_stack([basis, rest / size])
    return X[:, kept]


def _cr2(
    Z: FloatArray, bread: FloatArray, residual: FloatArray, loading: FloatArray, cluster: IntArray
) -> tuple[float, float]:
    """Variance of the loaded sum and its degrees of freedom (Satterthwaite)."""
    hat = Z @ bread @ Z.T
    annihilator = np.eye(len(Z)) - hat
    labels = np.unique(cluster)
    spread = np.zeros((len(Z), len(labels)))
    variance = 0.0
    for g, label in enumerate(labels):
        rows = np.flatnonzero(cluster == label)
        adjusted = _inverse_root(annihilator[np.ix_(rows, rows)]) @ loading[rows]
        variance += float(adjusted @ residual[rows]) ** 2
        spread[:, g] = annihilator[:, rows] @ adjusted
    gram = spread.T @ spread
    freedom = float(np.trace(gram) ** 2 / np.sum(gram * gram)) if variance > 0 else 1.0
    return variance, freedom


def _inverse_root(block: FloatArray) -> FloatArray:
    """Symmetric (pseudo-)inverse square root of I - H_gg."""
    if block.shape == (1, 1):
        value = block[0, 0]
        return np.array([[value**-0.5 if value > SINGULAR else 0.0]])
    values, vectors = np.linalg.eigh(block)
    good = values > SINGULAR
    scale = np.where(good, np.where(good, values, 1.0) ** -0.5, 0.0)
    result: FloatArray = (vectors * scale) @ vectors.T
    return result
