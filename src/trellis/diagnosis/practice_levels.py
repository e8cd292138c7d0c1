"""Estimate usual levels, offsets of reasons and visitors' severities across all teachers at once.

Generalized least squares with normal penalties (the mixed-model equations): a usual level leans
on its shipped default, the offset of a reason and a visitor's severity on none. What stays open
of a severity is kept beside it. A visitor who saw one teacher only stays a part of her noise.

Source: Henderson (1975), Biometrics 31, 423-447.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from trellis.diagnosis.looks import NOBODY, Look, Source
from trellis.diagnosis.practice_model import design, numbers
from trellis.diagnosis.practice_settings import DEFAULT_USUAL, Pair, Settings, Severity
from trellis.diagnosis.practice_tails import weighted
from trellis.stats.gaussian import Array, cholesky

MOST_TEACHERS = 1500
MOST_LOOKS = 200  # of one teacher, the latest
MOST_VISITORS = 1500
REASONS = 0.02  # variance of the offsets of reasons, in squared levels
OPEN = 1e-6  # precision of a level that leans on nothing


def levels(seen: Sequence[Sequence[Look]], settings: Settings, lean: float) -> Settings:
    """Return settings with usual levels, reasons and severities estimated from all teachers.

    lean : as how many looks a usual level counts its default
    """
    some = [looks[-MOST_LOOKS:] for looks in seen[:: len(seen) // MOST_TEACHERS + 1]]
    reasons, visitors = _reasons(some), _visitors(some)
    pairs = list(settings.usual)
    column: dict[tuple[str, str], int] = {}
    for key in (*pairs, *(("reason", r) for r in reasons), *(("visitor", v) for v in visitors)):
        column[key] = len(column)
    bare = replace(
        settings,
        reasons=MappingProxyType({}),
        severities=MappingProxyType(dict.fromkeys(visitors, Severity(0.0, 0.0))),
    )
    left, right = np.zeros((len(column), len(column))), np.zeros(len(column))
    for looks in some:
        _add(looks, bare, column, left, right)
    by = settings.instruments[Source.VISIT].by
    held = [_held(pair, settings, lean) for pair in pairs]
    held += [(1.0 / REASONS, 0.0)] * len(reasons) + [(1.0 / max(by, OPEN), 0.0)] * len(visitors)
    precision = np.array([p for p, _ in held])
    right += precision * np.array([toward for _, toward in held])
    factor = cholesky(left + np.diag(precision))
    found = cho_solve((factor, True), right)
    open_left = (solve_triangular(factor, np.eye(len(column)), lower=True) ** 2).sum(axis=0)
    return replace(
        settings,
        usual=MappingProxyType({p: settings.usual[p] + float(found[column[p]]) for p in pairs}),
        reasons=MappingProxyType({r: float(found[column["reason", r]]) for r in reasons}),
        severities=MappingProxyType(
            {
                v: Severity(
                    float(found[column["visitor", v]]), float(open_left[column["visitor", v]])
                )
                for v in visitors
            }
        ),
    )


def _held(pair: Pair, settings: Settings, lean: float) -> tuple[float, float]:
    """Return the precision with which a level is held, and to which change of it."""
    if pair not in DEFAULT_USUAL:
        return OPEN, 0.0
    i = settings.instruments[pair[0]]
    return lean / (i.piece + i.piece_element + i.own), DEFAULT_USUAL[pair] - settings.usual[pair]


def _add(
    looks: Sequence[Look],
    settings: Settings,
    column: Mapping[tuple[str, str], int],
    left: Array,
    right: Array,
) -> None:
    """Add one teacher's looks to the equations."""
    d, h = design(looks, settings), numbers(settings)
    cover, _ = weighted(d, h, settings.freedom)
    keys = [
        [(k.source, k.element), ("reason", k.reason), ("visitor", k.by)]
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
