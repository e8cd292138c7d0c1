"""Fit linear quantile regressions at many probabilities, exactly and with a proof of it.

For each tau the fit minimizes sum_i w_i rho_tau(y_i - x_i'b), rho_tau(r) = r (tau - [r < 0]), a
linear program (Koenker & Bassett 1978). Its dual has one number a_i in [0, w_i] for each row, with
X'a = (1 - tau) X'w; a_i = w_i above the fit, 0 below it. A fit that interpolates p rows is optimal
if and only if the p numbers of those rows lie in their bounds, so optimality is checked, not hoped.

The solver walks along the taus. It holds a basis (the p interpolated rows) and moves by long-step
exchanges: along an edge it passes row after row until the slope turns (Barrodale & Roberts 1973;
Koenker & d'Orey 1987). Only rows near the fit foreseen from the two neighboring taus may be passed;
the others keep their side, which is verified afterwards on all rows and mended where it was wrong
(the preprocessing of Portnoy & Koenker 1997). A neighbor's basis is a few dozen exchanges away.
Ties are broken by moving the responses by less than a billionth of their range; the answer is
computed and verified with the responses themselves. Docs: docs/methods/growth.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from trellis.stats.errors import TrellisNumbersError
from trellis.stats.gaussian import Array

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

# A column whose part outside the columns before it is smaller than this share of it adds nothing.
DEPENDENT = 1e-7
NUDGE = 1e-9  # of the range of the responses: far above rounding, far below what a score can be
NOISE = 1e-10  # a residual below this share of the range is zero
FLAT = 1e-11  # along an edge a residual that changes slower than this does not change
FEASIBLE = 1e-9  # how far outside its bounds a dual number may lie, in mean weights
AT_BOUND = 1e-7  # nearer to its bound than this a dual number leaves another fit as good
WORST_GAP = 1e-9  # largest duality gap that is returned, as a share of the loss
FIRST_ROWS = 4000  # rows of the thinned sample on which the walk begins
WINDOW = 2.5  # rows that may change sides: this times sqrt(rows x columns), and at least
FEWEST = 200
EXCHANGES = 200  # for each row and column of a window, before the solver gives up


@dataclass(frozen=True, slots=True)
class QuantileFit:
    """The fits at all taus.

    taus : (t,), in the order asked for
    coefficients : (t, p); a column that adds nothing has zeros
    kept : the columns that were used, by their place
    gap : largest relative duality gap over the taus: how far the loss can be above the least one
    not_unique : for how many taus another fit may be as good (a dual number lies at its bound)
    """

    taus: Array
    coefficients: Array
    kept: tuple[int, ...]
    gap: float
    not_unique: int


def fit(design: Array, response: Array, taus: Array, weights: Array | None = None) -> QuantileFit:
    """Return exact weighted quantile regressions at all taus.

    Parameters
    ----------
    design : (n, p); columns that are combinations of columns before them are left out
    response : (n,), in any unit
    taus : (t,), each strictly between 0 and 1
    weights : (n,), positive: how many equal rows a row stands for

    Raises
    ------
    TrellisNumbersError
        if an argument is not finite or out of its range, or if no optimal fit could be verified
    """
    weights = np.ones(len(response)) if weights is None else weights
    _check(design, response, taus, weights)
    kept = independent_columns(design)
    if not kept:
        raise TrellisNumbersError("Every column of the design is zero.")
    walk = _Walk(np.ascontiguousarray(design[:, kept]), response, weights)
    coefficients = np.zeros((len(taus), design.shape[1]))
    gap, not_unique = 0.0, 0
    for place, found in walk.along(taus):
        coefficients[place, kept] = found.coefficients
        gap = max(gap, found.gap)
        not_unique += not found.unique
    return QuantileFit(taus, coefficients, kept, gap, not_unique)


def independent_columns(design: Array) -> tuple[int, ...]:
    """Return the places of the columns that are no combination of columns before them."""
    triangle: Array = np.asarray(np.linalg.qr(design, mode="r"))
    directions: list[Array] = []
    kept = []
    for place, column in enumerate(triangle.T):
        rest = column.copy()
        for _ in range(2):  # twice, so that rounding leaves nothing of the directions behind
            for direction in directions:
                rest -= (direction @ rest) * direction
        length = float(np.linalg.norm(rest))
        if length > DEPENDENT * float(np.linalg.norm(column)):
            directions.append(rest / length)
            kept.append(place)
    return tuple(kept)


def _check(design: Array, response: Array, taus: Array, weights: Array) -> None:
    rows = len(response)
    if design.ndim != 2 or design.shape[0] != rows or weights.shape != (rows,) or not rows:
        raise TrellisNumbersError("Design, response and weights must have the same rows, some.")
    if not (np.isfinite(design).all() and np.isfinite(response).all()):
        raise TrellisNumbersError("Design and response must be finite numbers.")
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise TrellisNumbersError("Weights must be finite and positive.")
    if not len(taus) or not ((taus > 0) & (taus < 1)).all():
        raise TrellisNumbersError("Each tau must lie strictly between 0 and 1.")


@dataclass(frozen=True, slots=True)
class _Verified:
    """An optimal fit: its coefficients (p,), its relative gap, and whether it is the only one."""

    coefficients: Array
    gap: float
    unique: bool


@dataclass(slots=True)
class _Rows:
    """Rows that may change sides, and what the exchanges change.

    design (m, p), response (m,), weights (m,); basis (p,) places of the interpolated rows; above
    (m,) which rows count as above the fit; due (p,) the part of X'a that these rows have to bring.
    """

    design: Array
    response: Array
    weights: Array
    basis: Places
    above: Flags
    due: Array

    def exchange(self, tolerance: float) -> Array | None:
        """Exchange until optimal; return the dual numbers of the basis, None if there is no end."""
        inverse: Array = np.asarray(np.linalg.inv(self.design[self.basis]))
        rest = self.response - self.design @ (inverse @ self.response[self.basis])
        rest[self.basis] = 0
        held = np.where(self.above, self.weights, 0)
        held[self.basis] = 0
        owed = self.due - held @ self.design
        for _ in range(EXCHANGES * (len(rest) + len(owed))):
            dual = owed @ inverse
            outside = np.maximum(-dual, dual - self.weights[self.basis])
            leaving = int(np.argmax(outside / np.sqrt((inverse * inverse).sum(axis=0))))
            if outside[leaving] <= tolerance:
                return dual
            up = bool(dual[leaving] > 0)
            step = self._step(inverse[:, leaving] if up else -inverse[:, leaving], rest)
            passed = step.until(float(outside[leaving]), self.weights)
            if passed is None:
                return None
            owed = owed + self._pass(step, passed, leaving, up, rest)
            inverse = np.asarray(np.linalg.inv(self.design[self.basis]))
        raise TrellisNumbersError("The quantile regression did not come to an end.")

    def _step(self, edge: Array, rest: Array) -> "_Step":
        """Return which rows the fit meets along an edge, and when."""
        slope = self.design @ edge
        meets = np.where(self.above, slope < -FLAT, slope > FLAT)
        meets[self.basis] = False
        rows = np.flatnonzero(meets)
        when = np.maximum(-rest[rows] / slope[rows], 0)
        return _Step(slope, rows, when)

    def _pass(self, step: "_Step", passed: Places, leaving: int, up: bool, rest: Array) -> Array:
        """Move to the last of the passed rows, which enters; return the change of what is owed."""
        *between, entering = passed
        length = float(step.when[entering])
        rest += length * step.slope
        turned = step.rows[between]
        change = np.where(self.above[turned], self.weights[turned], -self.weights[turned])
        owed: Array = change @ self.design[turned]
        self.above[turned] = ~self.above[turned]
        old, new = self.basis[leaving], step.rows[entering]
        if up:
            owed = owed - self.weights[old] * self.design[old]
        if self.above[new]:
            owed = owed + self.weights[new] * self.design[new]
        self.above[old] = up
        rest[old] = length if up else -length
        rest[new] = 0
        self.basis[leaving] = new
        return owed


@dataclass(frozen=True, slots=True)
class _Step:
    """An edge: slope (m,) of the residuals, the rows that the fit meets (k,), and when (k,)."""

    slope: Array
    rows: Places
    when: Array

    def until(self, downhill: float, weights: Array) -> Places | None:
        """Return places of the rows passed, in order, until the loss would rise; None if never."""
        order = np.argsort(self.when)
        rows = self.rows[order]
        rise = np.cumsum(weights[rows] * np.abs(self.slope[rows]))
        last = int(np.searchsorted(rise, downhill))
        return order[: last + 1] if last < len(order) else None


class _Walk:
    """The walk along the taus on one design of full column rank."""

    def __init__(self, design: Array, response: Array, weights: Array) -> None:
        rows, columns = design.shape
        self.design, self.response, self.weights = design, response, weights
        orthogonal = np.linalg.qr(design)[0] * np.sqrt(rows)
        self.orthogonal = np.ascontiguousarray(orthogonal)
        self.range = float(np.ptp(response)) or float(np.abs(response).max()) or 1.0
        # The same nudges every time: equal input gives equal output.
        nudges = np.random.default_rng(0).uniform(-1, 1, rows)
        self.nudged = response + NUDGE * self.range * nudges
        self.total = weights @ self.orthogonal
        # Sums over more rows round more coarsely.
        self.tolerance = FEASIBLE * float(weights.mean()) * max(1.0, rows / 1e5)
        self.window = min(rows, max(FEWEST, int(WINDOW * np.sqrt(rows * columns))))
        self.basis = self._first_basis()

    def along(self, taus: Array) -> Iterator[tuple[int, _Verified]]:
        """Yield the place and the fit of each tau: from the middle upward, then downward."""
        order = np.argsort(taus, kind="stable")
        middle = len(order) // 2
        self._begin(float(taus[order[middle]]))
        basis = self.basis.copy()
        for way in (order[middle:], order[:middle][::-1]):
            self.basis = basis.copy()
            yield from self._one_way(way, taus)

    def _one_way(self, way: Places, taus: Array) -> Iterator[tuple[int, _Verified]]:
        before: tuple[float, Array] | None = None
        now = self._rest(self.basis)
        tau_now = 0.0
        for place in way:
            tau = float(taus[place])
            foreseen = now
            if before is not None and tau_now != before[0]:
                foreseen = now + (now - before[1]) * ((tau - tau_now) / (tau_now - before[0]))
            found, rest = self._at(tau, foreseen)
            before = (tau_now, now) if tau_now else None
            now, tau_now = rest, tau
            yield int(place), found

    def _first_basis(self) -> Places:
        """Return p rows that determine a fit, from a thinned sample if that has them."""
        rows, columns = self.orthogonal.shape
        for some in (self._thinned(), np.arange(rows)):
            triangle, order = qr(self.orthogonal[some].T, mode="r", pivoting=True)
            if len(some) >= columns and abs(triangle[columns - 1, columns - 1]) > DEPENDENT:
                return np.asarray(some[order[:columns]], dtype=np.int64)
        raise TrellisNumbersError("The design does not determine a fit.")

    def _thinned(self) -> Places:
        rows = len(self.response)
        return np.arange(0, rows, max(1, rows // FIRST_ROWS))

    def _begin(self, tau: float) -> None:
        """Move the basis to the optimum of a thinned sample."""
        some = np.union1d(self._thinned(), self.basis)
        design, weights = self.orthogonal[some], self.weights[some]
        above = self._rest(self.basis)[some] > 0
        basis = np.searchsorted(some, self.basis)
        due = (1 - tau) * (weights @ design)
        rows = _Rows(design, self.nudged[some], weights, basis, above, due)
        if rows.exchange(self.tolerance) is not None:
            self.basis = some[rows.basis]

    def _rest(self, basis: Places) -> Array:
        """Return the residuals (n,) of the nudged responses from the fit through the basis."""
        return self.nudged - self._through(basis, self.nudged)

    def _through(self, basis: Places, response: Array) -> Array:
        fit_ = np.linalg.solve(self.orthogonal[basis], response[basis])
        return np.asarray(self.orthogonal @ fit_)

    def _at(self, tau: float, foreseen: Array) -> tuple[_Verified, Array]:
        """Return the verified fit at a tau and its residuals, given those foreseen."""
        distance = np.abs(foreseen)
        free = np.zeros(len(foreseen), dtype=np.bool_)
        free[np.argpartition(distance, self.window - 1)[: self.window]] = True
        free[self.basis] = True
        above = foreseen > 0
        while True:
            dual, sides = self._solve(tau, free, above, self.nudged)
            if dual is None:
                if free.all():
                    raise TrellisNumbersError("The quantile regression has no least loss.")
                wider = min(len(free), 4 * int(free.sum()))
                free[np.argpartition(distance, wider - 1)[:wider]] = True
                continue
            rest = self._rest(self.basis)
            wrong = ~free & ((rest > 0) != above)
            if not wrong.any():
                return self._verified(tau, dual, sides), rest
            free |= wrong

    def _solve(
        self, tau: float, free: Flags, above: Flags, response: Array
    ) -> tuple[Array | None, Flags]:
        """Move the basis to the optimum over the free rows; return its duals and all sides."""
        some = np.flatnonzero(free)
        basis = np.searchsorted(some, self.basis)
        design = self.orthogonal[some]
        inner = response[some] - design @ np.linalg.solve(design[basis], response[some][basis])
        sure = np.abs(inner) > NOISE * self.range
        sides = np.where(sure, inner > 0, above[some])
        fixed = np.where(free | ~above, 0, self.weights)
        due = (1 - tau) * self.total - fixed @ self.orthogonal
        rows = _Rows(design, response[some], self.weights[some], basis, sides, due)
        dual = rows.exchange(self.tolerance)
        self.basis = some[rows.basis]
        every = above.copy()
        every[some] = rows.above
        return dual, every

    def _verified(self, tau: float, dual: Array, above: Flags) -> _Verified:
        """Return the fit of the responses themselves with its gap, mended where nudges misled."""
        for _ in range(3):
            rest = self.response - self._through(self.basis, self.response)
            rest[self.basis] = 0
            side = np.where(above, self.weights, 0)
            side[self.basis] = np.clip(dual, 0, self.weights[self.basis])
            balance = side @ self.orthogonal - (1 - tau) * self.total
            loss = float(self.weights @ (np.abs(rest) * np.where(rest > 0, tau, 1 - tau)))
            excess = np.where(rest > 0, self.weights - side, side) @ np.abs(rest)
            excess += float(np.abs(balance).max()) * self.range
            gap = float(excess) / max(loss, NOISE * self.range * float(self.weights.sum()))
            if gap <= WORST_GAP:
                return self._told(dual, gap)
            found, above = self._solve(tau, np.ones_like(above), above, self.response)
            if found is None:
                break
            dual = found
        raise TrellisNumbersError("No optimal quantile regression could be verified.")

    def _told(self, dual: Array, gap: float) -> _Verified:
        room = np.minimum(dual, self.weights[self.basis] - dual)
        unique = bool(room.min() > AT_BOUND * float(self.weights.mean()))
        own = np.linalg.solve(self.design[self.basis], self.response[self.basis])
        return _Verified(np.asarray(own), gap, unique)
