"""Estimate usual levels, offsets of reasons and visitors' severities across all teachers at once.

Generalized least squares with normal penalties (the mixed-model equations): a usual level leans
on its shipped default, the offset of a reason and a visitor's severity on none. How much visitors
differ is found on the way (EM). What stays open of levels and severities is kept beside them: it
is shared by all teachers, so that no number of looks takes it away. A visitor who saw one teacher
only stays a part of her noise.

Source: Henderson (1975), Biometrics 31, 423-447.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from scipy.linalg import cho_solve

from trellis.diagnosis.looks import NOBODY, Look, Source
from trellis.diagnosis.practice_model import design, numbers
from trellis.diagnosis.practice_settings import DEFAULT_USUAL, Pair, Settings, Severity
from trellis.diagnosis.practice_tails import weighted
from trellis.stats.gaussian import Array, cholesky, inverted

MOST_TEACHERS = 1500
MOST_LOOKS = 200  # of one teacher, the latest
MOST_VISITORS = 1500
REASONS = 0.02  # variance of the offsets of reasons, in squared levels
OPEN = 1e-6  # precision of a level that leans on nothing
LEAN_OF_VISITORS = 4.0  # how much visitors differ leans on what was searched as on so many visitors
TURNS = 8  # of EM

Name: TypeAlias = tuple[str, str] | str  # of a column: a usual level, a reason or a visitor


def levels(seen: Sequence[Sequence[Look]], settings: Settings, lean: float) -> Settings:
    """Return settings with usual levels, reasons and severities estimated from all teachers.

    lean : as how many looks a usual level counts its default
    """
    some = [looks[-MOST_LOOKS:] for looks in seen[:: len(seen) // MOST_TEACHERS + 1]]
    reasons, visitors = _reasons(some), _visitors(some)
    bare = replace(
        settings,
        reasons=MappingProxyType(dict.fromkeys(reasons, 0.0)),
        severities=MappingProxyType(dict.fromkeys(visitors, Severity(0.0, 0.0))),
        levels_left=(),
    )
    fixed = bare.open_order()
    column: dict[Name, int] = {name: i for i, name in enumerate(fixed)}
    column |= {_seen_by(v): len(fixed) + i for i, v in enumerate(visitors)}
    left, right = np.zeros((len(column), len(column))), np.zeros(len(column))
    for looks in some:
        _add(looks, bare, column, left, right)
    held = [_held(name, settings, lean) for name in fixed]
    for i, (precision, toward) in enumerate(held):
        left[i, i] += precision
        right[i] += precision * toward
    by = settings.instruments[Source.VISIT].by
    found, cov, by = _solved(left, right, len(fixed), by)
    centered = _centered(fixed, len(visitors))
    found, cov = centered @ found, centered @ cov @ centered.T
    known = _posterior(found, cov, len(fixed))
    offset = dict(zip(fixed, found, strict=False))
    return replace(
        visitors_apart(bare, by),
        usual=MappingProxyType({p: settings.usual[p] + float(offset[p]) for p in settings.usual}),
        reasons=MappingProxyType({r: float(offset[r]) for r in reasons}),
        severities=MappingProxyType(dict(zip(visitors, known, strict=True))),
        levels_left=tuple(
            tuple(map(float, row)) for row in cholesky(cov[: len(fixed), : len(fixed)])
        ),
    )


def visitors_apart(settings: Settings, by: float) -> Settings:
    """Return settings with another variance of visitors."""
    visit = replace(settings.instruments[Source.VISIT], by=by)
    return replace(
        settings, instruments=MappingProxyType({**settings.instruments, Source.VISIT: visit})
    )


def _solved(left: Array, right: Array, fixed: int, by: float) -> tuple[Array, Array, float]:
    """Return levels and severities, their covariance, and the variance of severities.

    It is found by EM, as likely as its inverse gamma is; used and returned is the mean of that,
    since of few visitors the likeliest is too small.
    """
    visitors, searched = len(right) - fixed, by
    severities = np.diag((np.arange(len(right)) >= fixed).astype(np.float64))

    def solved(by: float) -> tuple[Array, Array]:
        cov = inverted(cholesky(left + severities / max(by, OPEN)))
        return cov @ right, cov

    for _ in range(TURNS if visitors else 0):
        found, cov = solved(by)
        squares = float((found[fixed:] ** 2 + np.diag(cov)[fixed:]).sum())
        by = (squares + LEAN_OF_VISITORS * searched) / (visitors + LEAN_OF_VISITORS)
    if visitors:
        by *= (visitors + LEAN_OF_VISITORS) / (visitors + LEAN_OF_VISITORS - 2.0)
    return *solved(by), by


def _centered(fixed: Sequence[Pair | str], visitors: int) -> Array:
    """Return the matrix that makes usual what all visitors find in the mean, (p, p).

    One visitor is no mean: how strict she is stays in doubt, and in her teachers' levels.
    """
    of_visits = np.array([i for i, name in enumerate(fixed) if name[0] == Source.VISIT], np.intp)
    of_visitors = len(fixed) + np.arange(visitors)
    centered = np.eye(len(fixed) + visitors)
    if visitors > 1:
        centered[np.ix_(of_visits, of_visitors)] = 1.0 / visitors
        centered[np.ix_(of_visitors, of_visitors)] -= 1.0 / visitors
    return centered


def _posterior(found: Array, cov: Array, fixed: int) -> list[Severity]:
    """Return each visitor's severity, with how it follows levels and what is left beside that."""
    across = cov[fixed:, :fixed]
    follows = cho_solve((cholesky(cov[:fixed, :fixed]), True), across.T).T
    left = np.diag(cov)[fixed:] - (follows * across).sum(axis=1)
    return [
        Severity(float(m), max(float(v), 0.0), tuple(map(float, row)))
        for m, v, row in zip(found[fixed:], left, follows, strict=True)
    ]


def _held(name: Pair | str, settings: Settings, lean: float) -> tuple[float, float]:
    """Return the precision with which a level or reason is held, and to which change of it."""
    if isinstance(name, str):
        return 1.0 / REASONS, 0.0
    if name not in DEFAULT_USUAL:
        return OPEN, 0.0
    i = settings.instruments[name[0]]
    return lean / (i.piece + i.piece_element + i.own), DEFAULT_USUAL[name] - settings.usual[name]


def _seen_by(visitor: str) -> Name:
    """Return the name of a visitor's column, which is that of no level and no reason."""
    return "visitor", visitor


def _add(
    looks: Sequence[Look],
    settings: Settings,
    column: Mapping[Name, int],
    left: Array,
    right: Array,
) -> None:
    """Add one teacher's looks to the equations."""
    d, h = design(looks, settings), numbers(settings)
    cover, _ = weighted(d, h, settings.freedom)
    keys: list[list[Name]] = [
        [(k.source, k.element), k.reason, _seen_by(k.by)]
        if k.source == Source.VISIT
        else [(k.source, k.element)]
        for k in looks
    ]
    used = sorted({column[key] for of in keys for key in of if key in column})
    at = {c: i for i, c in enumerate(used)}
    X = np.zeros((len(looks), len(used)))
    for i, of in enumerate(keys):
        for key in of:
            if key in column:
                X[i, at[column[key]]] = 1.0
    solved = cho_solve((cholesky(cover.total), True), np.column_stack([X, d.residuals]))
    left[np.ix_(used, used)] += X.T @ solved[:, :-1]
    right[used] += X.T @ solved[:, -1]


def _reasons(some: Sequence[Sequence[Look]]) -> list[str]:
    return sorted({k.reason for looks in some for k in looks if k.reason})


def _visitors(some: Sequence[Sequence[Look]]) -> list[str]:
    """Return the visitors who saw two teachers or more, those who saw most first."""
    count = Counter(
        by
        for looks in some
        for by in {k.by for k in looks if k.source == Source.VISIT and not k.by.startswith(NOBODY)}
    )
    found = [by for by, teachers in count.items() if teachers > 1]
    return sorted(sorted(found, key=lambda by: (-count[by], by))[:MOST_VISITORS])
