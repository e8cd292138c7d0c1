"""Say what is known of each effect once a system is solved: means and variances."""

from dataclasses import dataclass

import numpy as np

from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.layout import Layout, Places, Ragged
from trellis.stats.facets.system import System
from trellis.stats.gaussian import Array


@dataclass(frozen=True, slots=True)
class Moments:
    """For each kind of effect: sum of squared means, sum of variances, and how many; each (4,)."""

    squares: Array
    variances: Array
    sizes: Array


def moments(layout: Layout, at: Effects, variances: Variances, system: System) -> Moments:
    """Return the moments of teachers, teacher by element, lessons and visitors."""
    size, general = layout.elements, variances.general(layout.elements)
    away = at.own - at.usual
    mean = general * away.mean(axis=1)
    # Given a teacher's elements, what they have in common is a normal with this variance.
    left = variances.teacher * (1 - general)
    each, whole = _about_usual(layout, system)
    teacher = general**2 * whole + left
    element = each.sum(axis=1) + general * (general - 2) * size * whole + size * left
    squares = (mean, away - mean[:, None], at.lesson, at.visitor)
    spreads = (teacher, element, lesson_variance(layout, system), visitor_variance(layout, system))
    return Moments(
        np.array([float((one**2).sum()) for one in squares]),
        np.array([float(one.sum()) for one in spreads]),
        np.array([float(one.size) for one in squares]),
    )


def readings(layout: Layout, at: Effects, variances: Variances) -> Array:
    """Return (teachers, elements + 1) theta + gamma by element, and theta last.

    The difficulties beta of the elements sum to zero.
    """
    away = at.own - at.usual
    overall = variances.general(layout.elements) * away.mean(axis=1)
    return np.asarray(np.column_stack([away, overall]) + at.usual.mean())


def reading_variance(layout: Layout, variances: Variances, system: System) -> Array:
    """Return (teachers, elements + 1) the posterior variance of the readings."""
    size, general = layout.elements, variances.general(layout.elements)
    teachers = system.teachers
    entries = np.column_stack([teachers.gain, general * teachers.gain.mean(axis=1)])
    fixed = _fixed_about_usual(layout, system)
    fixed[:, size] *= general
    fixed[:, :, :size] -= 1 / size
    whole = general**2 * teachers.cov.sum(axis=(1, 2)) / size**2
    whole += variances.teacher * (1 - general)
    own = np.column_stack([np.einsum("tii->ti", teachers.cov), whole])
    return np.asarray(own + _of_teachers(layout, entries, fixed, system))


def lesson_variance(layout: Layout, system: System) -> Array:
    """Return (lessons,) the posterior variance of the lesson effects."""
    lessons, teachers, of = system.lessons, system.teachers, layout.lesson_teacher
    strength, reach = lessons.strength, layout.reach
    fixed = -np.einsum("oi,oif->of", lessons.seen, teachers.gain_fixed[of])
    fixed[:, layout.elements :] += lessons.thresholds
    met = np.zeros(len(reach.row))
    met[layout.look_reach] = -lessons.look
    met -= np.einsum("ei,ei->e", lessons.seen[reach.row], teachers.gain[layout.reach_pairing])
    through_rest = spread(
        reach,
        layout.pairing_visitor[layout.reach_pairing],
        (met / strength[reach.row])[:, None],
        (fixed / strength[:, None])[:, None, :],
        system.rest,
    )
    with_own = np.einsum("oij,oj->oi", teachers.cov[of], lessons.seen)
    own = np.einsum("oi,oi->o", with_own, lessons.seen)
    return np.asarray(1 / strength + own / strength**2 + through_rest[:, 0])


def visitor_variance(layout: Layout, system: System) -> Array:
    """Return (visitors,) the posterior variance of the severities."""
    return np.asarray(np.diag(system.rest)[: layout.visitors])


def visitor_spread(layout: Layout, system: System) -> Array:
    """Return (visitors,) the same about the mean of these visitors; of a single one, the same."""
    count = layout.visitors
    if count == 1:
        return visitor_variance(layout, system)
    cov = system.rest[:count, :count]
    mean = cov.mean(axis=0)
    return np.asarray(np.diag(cov) - 2 * mean + mean.mean())


def spread(rows: Ragged, visitor: Places, entries: Array, fixed: Array, rest: Array) -> Array:
    """Return (rows, m) the variance that m functionals of each row get from the rest.

    visitor : (e,) visitor of each entry; entries : (e, m) its coefficients
    fixed : (rows, m, f) coefficients of usual places and thresholds
    rest : (g, g) covariance of visitors, usual places and thresholds
    """
    visitors = len(rest) - fixed.shape[2]
    first, second = rows.first, rows.second
    shared = rest[visitor[first], visitor[second]]
    total = rows.sums_of_pairs(shared[:, None] * entries[first] * entries[second])
    mixed = np.einsum("ef,emf->em", rest[visitor, visitors:], fixed[rows.row])
    total += 2 * rows.sums(entries * mixed)
    total += np.einsum("rmf,rmf->rm", fixed @ rest[visitors:, visitors:], fixed)
    return total


def _about_usual(layout: Layout, system: System) -> tuple[Array, Array]:
    """Return the variance of each element, and of their mean, about the usual places."""
    size, teachers = layout.elements, system.teachers
    entries = np.column_stack([teachers.gain, teachers.gain.mean(axis=1)])
    extra = _of_teachers(layout, entries, _fixed_about_usual(layout, system), system)
    each = np.einsum("tii->ti", teachers.cov) + extra[:, :size]
    return each, teachers.cov.sum(axis=(1, 2)) / size**2 + extra[:, size]


def _fixed_about_usual(layout: Layout, system: System) -> Array:
    """Return how elements, and their mean, about the usual places move with the fixed effects."""
    size = layout.elements
    fixed = system.teachers.gain_fixed.copy()
    fixed[:, np.arange(size), np.arange(size)] += 1.0
    return np.concatenate([fixed, fixed.mean(axis=1, keepdims=True)], axis=1)


def _of_teachers(layout: Layout, entries: Array, fixed: Array, system: System) -> Array:
    return spread(layout.pairings, layout.pairing_visitor, entries, fixed, system.rest)
