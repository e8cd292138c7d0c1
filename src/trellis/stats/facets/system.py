"""Solve one Newton step of all effects at once: eliminate lessons, then teachers, then the rest.

The joint precision of lessons d, teacher-by-element places u, and the rest g (visitors, usual
places of elements, thresholds) is an arrow: lessons do not meet each other, teachers meet only
through g. So a lesson costs a division, a teacher a small matrix, and only g is dense. All
`shared` below are entries of that precision after lessons are gone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from trellis.stats.facets.adjacent import Slopes, slopes
from trellis.stats.facets.effects import Effects, Variances
from trellis.stats.facets.layout import Layout, Places, grouped, total
from trellis.stats.gaussian import Array, cholesky

NEARLY_FLAT = 0.01  # prior precision of usual places and thresholds: SD of 10 logits


@dataclass(frozen=True, slots=True)
class Lessons:
    """What lessons are to the others.

    strength : (lessons,) precision of a lesson, given all else
    seen : (lessons, elements) what it shares with its teacher's elements
    thresholds : (lessons, free) what it shares with the thresholds
    look : (looks,) what it shares with each of its visitors, without the sign
    pull : (lessons,) gradient
    """

    strength: Array
    seen: Array
    thresholds: Array
    look: Array
    pull: Array


@dataclass(frozen=True, slots=True)
class Teachers:
    """What teachers are to the rest, once lessons are gone.

    cov : (teachers, elements, elements) covariance of a teacher's elements, given the rest
    visitor : (pairings, elements) what they share with a pairing's visitor
    fixed : (teachers, elements, f) what they share with usual places and thresholds
    gain, gain_fixed : cov @ visitor, cov @ fixed: u moves by -gain where the rest moves by one
    pull : (teachers, elements) gradient
    """

    cov: Array
    visitor: Array
    fixed: Array
    gain: Array
    gain_fixed: Array
    pull: Array


@dataclass(frozen=True, slots=True)
class System:
    """The eliminated precision, from which variances follow, and its Newton step.

    rest : (g, g) covariance of visitors, usual places and thresholds, in this order
    information : mean information of a mark about its place on the logit scale
    """

    lessons: Lessons
    teachers: Teachers
    rest: Array
    information: float
    step: Effects


def solve(layout: Layout, at: Effects, variances: Variances, unsure: Array) -> System:
    """Return the system at given effects.

    Parameters
    ----------
    unsure : (n,) variance of each mark's place over which its likelihood is smoothed

    Raises
    ------
    TrellisNumbersError
        if the precision is not positive definite
    """
    s = slopes(layout.level, layout.counts, at.eta(layout), unsure, at.kappa)
    prior = _prior(layout.elements, variances)
    lessons = _lessons(layout, at, variances, s)
    teachers = _teachers(layout, at, prior, lessons, s)
    rest = _rest(layout, variances, prior, lessons, s)
    _without_teachers(layout, teachers, rest)
    factor = cholesky(rest)
    half, _ = lapack.dpotri(factor, lower=1)
    covariance = np.tril(half) + np.tril(half, -1).T
    pull = _pull(layout, at, variances, prior, lessons, s)
    pull -= _from_teachers(layout, teachers)
    step = _step(layout, lessons, teachers, covariance @ pull)
    return System(lessons, teachers, covariance, float(s.weight.mean()), step)


def local_variance(layout: Layout, system: System) -> Array:
    """Return (n,) the variance of each mark's place, given the rest."""
    lessons, cov = system.lessons, system.teachers.cov[layout.lesson_teacher]
    with_lesson = np.einsum("oij,oj->oi", cov, lessons.seen)
    own = np.einsum("oi,oi->o", with_lesson, lessons.seen)
    lesson = 1 / lessons.strength + own / lessons.strength**2
    both = np.einsum("oii->oi", cov) + lesson[:, None]
    both -= 2 * with_lesson / lessons.strength[:, None]
    return np.asarray(both.ravel()[layout.seen])


def _prior(elements: int, variances: Variances) -> Array:
    """Return the precision of a teacher's elements about their usual places."""
    whole = variances.element * (variances.element + elements * variances.teacher)
    return np.eye(elements) / variances.element - variances.teacher / whole


def _lessons(layout: Layout, at: Effects, variances: Variances, s: Slopes) -> Lessons:
    count = layout.lessons
    thresholds = np.empty((count, s.cross.shape[1]))
    for k, column in enumerate(s.cross.T):
        thresholds[:, k] = total(layout.lesson, column, count)
    return Lessons(
        total(layout.lesson, s.weight, count) + 1 / variances.lesson,
        total(layout.seen, s.weight, count * layout.elements).reshape(count, -1),
        thresholds,
        total(layout.look, s.weight, len(layout.look_lesson)),
        total(layout.lesson, s.gradient, count) - at.lesson / variances.lesson,
    )


def _teachers(layout: Layout, at: Effects, prior: Array, lessons: Lessons, s: Slopes) -> Teachers:
    size, count, of = layout.elements, layout.teachers, layout.lesson_teacher
    scaled = lessons.seen / lessons.strength[:, None]

    def by_cell(values: Array) -> Array:
        return total(layout.own, values, count * size).reshape(count, size)

    precision: Array = np.tile(prior, (count, 1, 1))
    precision[:, np.arange(size), np.arange(size)] += by_cell(s.weight)
    precision -= grouped(of, scaled[:, :, None] * lessons.seen[:, None, :], count)
    cov = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    visitor = _with_visitors(layout, lessons, scaled, s)
    fixed = np.empty((count, size, size + s.cross.shape[1]))
    fixed[:, :, :size] = -prior
    for k, column in enumerate(s.cross.T):
        fixed[:, :, size + k] = by_cell(column)
    fixed[:, :, size:] -= grouped(of, scaled[:, :, None] * lessons.thresholds[:, None, :], count)
    pull: Array = by_cell(s.gradient) - (at.own - at.usual) @ prior
    pull -= grouped(of, scaled * lessons.pull[:, None], count)
    gain = np.einsum("pij,pj->pi", cov[layout.pairings.row], visitor)
    return Teachers(cov, visitor, fixed, gain, cov @ fixed, pull)


def _with_visitors(layout: Layout, lessons: Lessons, scaled: Array, s: Slopes) -> Array:
    size, count = layout.elements, len(layout.pairing_visitor)
    cell = layout.look_pairing[layout.look] * size + layout.element
    shared = -total(cell, s.weight, count * size).reshape(count, size)
    through_lessons = scaled[layout.look_lesson] * lessons.look[:, None]
    order = np.argsort(layout.look_pairing, kind="stable")
    shared += grouped(layout.look_pairing[order], through_lessons[order], count)
    return np.asarray(shared)


def _rest(layout: Layout, variances: Variances, prior: Array, lessons: Lessons, s: Slopes) -> Array:
    """Return the precision of the rest without lessons, teachers still to be eliminated."""
    size, visitors, free = layout.elements, layout.visitors, s.cross.shape[1]
    rest = np.zeros((visitors + size + free, visitors + size + free))
    v = layout.look_visitor
    first, second = layout.looks.first, layout.looks.second
    both = lessons.look[first] * lessons.look[second] / lessons.strength[layout.look_lesson[first]]
    rest[:visitors, :visitors] = -_square(v[first], v[second], both, visitors)
    own = total(layout.visitor, s.weight, visitors) + 1 / variances.visitor
    rest[np.arange(visitors), np.arange(visitors)] += own
    usual, kappa = slice(visitors, visitors + size), slice(visitors + size, None)
    rest[usual, usual] = layout.teachers * prior + NEARLY_FLAT * np.eye(size)
    rest[kappa, kappa] = s.kappa_weight + NEARLY_FLAT * np.eye(free)
    rest[kappa, kappa] -= lessons.thresholds.T @ (lessons.thresholds / lessons.strength[:, None])
    part = lessons.look / lessons.strength[layout.look_lesson]
    for k in range(free):
        column = total(v, part * lessons.thresholds[layout.look_lesson, k], visitors)
        column -= total(layout.visitor, s.cross[:, k], visitors)
        rest[:visitors, visitors + size + k] = column
        rest[visitors + size + k, :visitors] = column
    return rest


def _without_teachers(layout: Layout, teachers: Teachers, rest: Array) -> None:
    """Subtract from the rest, in place, what teachers carry."""
    visitors, v = layout.visitors, layout.pairing_visitor
    first, second = layout.pairings.first, layout.pairings.second
    both = np.einsum("qi,qi->q", teachers.visitor[first], teachers.gain[second])
    rest[:visitors, :visitors] -= _square(v[first], v[second], both, visitors)
    mixed = np.einsum("pi,pif->pf", teachers.visitor, teachers.gain_fixed[layout.pairings.row])
    for f, column in enumerate(mixed.T):
        carried = total(v, column, visitors)
        rest[:visitors, visitors + f] -= carried
        rest[visitors + f, :visitors] -= carried
    flat = teachers.fixed.reshape(-1, teachers.fixed.shape[2])
    rest[visitors:, visitors:] -= flat.T @ teachers.gain_fixed.reshape(flat.shape)


def _pull(
    layout: Layout,
    at: Effects,
    variances: Variances,
    prior: Array,
    lessons: Lessons,
    s: Slopes,
) -> Array:
    """Return the gradient in the rest without lessons, teachers still to be eliminated."""
    visitors, resolved = layout.visitors, lessons.pull / lessons.strength
    visitor = -total(layout.visitor, s.gradient, visitors) - at.visitor / variances.visitor
    visitor += total(layout.look_visitor, lessons.look * resolved[layout.look_lesson], visitors)
    usual = (at.own - at.usual).sum(axis=0) @ prior - NEARLY_FLAT * at.usual
    kappa = s.kappa_gradient - NEARLY_FLAT * at.kappa - lessons.thresholds.T @ resolved
    return np.concatenate([visitor, usual, kappa])


def _from_teachers(layout: Layout, teachers: Teachers) -> Array:
    """Return the part of the gradient in the rest that teachers carry."""
    taken = np.einsum("pi,pi->p", teachers.gain, teachers.pull[layout.pairings.row])
    visitor = total(layout.pairing_visitor, taken, layout.visitors)
    return np.concatenate([visitor, np.einsum("tif,ti->f", teachers.gain_fixed, teachers.pull)])


def _step(layout: Layout, lessons: Lessons, teachers: Teachers, move: Array) -> Effects:
    """Return the whole step, given that of the rest."""
    visitors, size = layout.visitors, layout.elements
    own = np.einsum("tij,tj->ti", teachers.cov, teachers.pull)
    own -= layout.pairings.sums(teachers.gain * move[layout.pairing_visitor][:, None])
    own -= teachers.gain_fixed @ move[visitors:]
    lesson = lessons.pull - np.einsum("oi,oi->o", lessons.seen, own[layout.lesson_teacher])
    met = lessons.look * move[layout.look_visitor]
    lesson += total(layout.look_lesson, met, layout.lessons)
    lesson -= lessons.thresholds @ move[visitors + size :]
    return Effects(
        own,
        lesson / lessons.strength,
        move[:visitors],
        move[visitors : visitors + size],
        move[visitors + size :],
    )


def _square(row: Places, column: Places, values: Array, size: int) -> Array:
    return total(row * size + column, values, size**2).reshape(size, size)
