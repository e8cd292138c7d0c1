"""The many-facet fit against an exact sampler and against what other programs said of the marks."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.stats.facets_sampler import Sampler
from trellis.simulate.marks import World, draw
from trellis.stats.facets import Facets, arrange, fit
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.posterior import reading_variance, readings
from trellis.stats.facets.system import local_variance, solve

DATA = Path(__file__).parent / "data"
SAMPLED = 0.15  # of a posterior SD: five Monte Carlo errors of a mean
SAMPLED_SD = 0.08  # relative: about four Monte Carlo errors of an SD
POOLED = (
    0.03  # logits, in the mean: ours pulls severities a little toward their mean, mirt does not
)
LAPLACE = 0.12  # logits: lme4 finds smaller variances (Laplace), so its effects lie closer together


def fitted(name: str) -> Facets:
    return fit(arrange(*np.loadtxt(DATA / name, delimiter=",", skiprows=1, dtype=np.int64).T))


def test_means_and_variances_are_those_of_the_exact_posterior() -> None:
    drawn = draw(World(12, 4, 3, 3), np.random.default_rng(4))
    variances = Variances(teacher=0.8, element=0.2, lesson=0.25, visitor=0.16)
    layout = arrange(drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, drawn.level)
    effects, unsure = Effects.none(layout), np.zeros(len(drawn.level))
    for _ in range(30):
        system = solve(layout, effects, variances, unsure)
        effects, unsure = effects.plus(system.step), local_variance(layout, system)
    sds = np.sqrt(variances.array())
    sampler = Sampler(drawn, (sds[0], sds[1], sds[2], sds[3]))
    sampled = sampler.readings(chains=30, draws=100, rng=np.random.default_rng(1))
    mean, sd = sampled.mean(axis=0), sampled.std(axis=0)

    assert np.abs(readings(layout, effects, variances) - mean).max() < SAMPLED * sd.max()
    ours = np.sqrt(reading_variance(layout, variances, system))
    assert ours / sd == pytest.approx(np.ones_like(sd), abs=SAMPLED_SD)


def test_severities_are_those_of_a_converged_fit_with_fixed_severities() -> None:
    found = fitted("marks_without_lessons.csv")
    mirt = np.loadtxt(DATA / "many_facet.csv", delimiter=",", skiprows=1)

    assert np.abs(found.severity - mirt[:, 1]).mean() < POOLED
    assert found.severity_se / mirt[:, 2] == pytest.approx(np.ones(20), abs=0.05)


def test_two_levels_are_a_logistic_mixed_model() -> None:
    found = fitted("marks_of_two_levels.csv")
    with (DATA / "two_levels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    def of(what: str) -> np.ndarray:
        return np.array([float(row["value"]) for row in rows if row["what"] == what])

    ours = found.reading[:, -1] - found.effects.usual.mean()
    assert np.abs(ours - of("teacher")).max() < LAPLACE
    assert np.corrcoef(ours, of("teacher"))[0, 1] > 0.999
    assert np.abs(found.effects.visitor - of("severity")).max() < LAPLACE
    assert np.abs(found.effects.usual - of("usual")).max() < LAPLACE
