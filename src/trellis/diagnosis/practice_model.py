"""Lay one teacher's looks out as arrays, and give their covariance under the practice model.

Cov(x_e(t), x_f(s)) = B_ef + k(t, s) Q_ef,   k(t, s) = (|t| + |s| - |t - s|) / 2 from the origin
y_i = usual + severity + reason + c x_e(t) + steady + by + (piece + piece_element + own) / w
What is left open of usual levels, reasons and severities stands beside that, shared by all looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice_settings import Instrument, Settings
from trellis.stats.gaussian import Array, Ints

DAYS_PER_YEAR = 365.25
SOURCES = tuple(Source)
PARTS = ("loading", "steady", "steady_element", "by", "piece", "piece_element", "own")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Settings as arrays: K elements, S sources.

    factors : (r, K); own : (K,); parts : (7, S) in the order of PARTS; spread : (S, K)
    """

    factors: Array
    own: Array
    drift: float
    shared: float
    parts: Array
    spread: Array

    def prior(self) -> tuple[Array, Array]:
        """Return B and Q, each (K, K)."""
        k = len(self.own)
        B = self.factors.T @ self.factors + np.diag(self.own)
        Q = self.drift * (self.shared * np.ones((k, k)) + (1 - self.shared) * np.eye(k))
        return B, Q


@dataclass(frozen=True, slots=True)
class Design:
    """One teacher's n looks as arrays; what does not depend on variances.

    s, e : (n,) index of source and element; t : (n,) years from the origin; k : (n, n)
    by, piece, piece_element, view, view_element : (n, n) 1 where two looks share the part
    known : (n,) known sampling variance; known_by : (n,) variance left of a severity, or nan
    open : (n, p) what a look takes of p independent doubts about usual levels and reasons
    group : (n,) index of the piece; residuals : (n,)
    """

    s: Ints
    e: Ints
    t: Array
    k: Array
    by: Array
    piece: Array
    piece_element: Array
    view: Array
    view_element: Array
    known: Array
    known_by: Array
    open: Array
    group: Ints
    residuals: Array


@dataclass(frozen=True, slots=True)
class Cover:
    """The covariance of n looks in its parts, each (n, n): of practice, steady, of lessons."""

    state: Array
    lesson: Array
    total: Array = field(repr=False)


def design(looks: Sequence[Look], settings: Settings) -> Design:
    """Return ordered looks as arrays.

    Raises
    ------
    TrellisNumbersError
        if the settings do not know an element, or have no usual level for a source and element
    """
    s = np.array([SOURCES.index(look.source) for look in looks], dtype=np.intp)
    e = np.array([settings.index(look.element) for look in looks], dtype=np.intp)
    t = years([look.on for look in looks], start(looks, settings))
    anchors = anchor_indices(settings)
    viewed = (s != anchors[e]).astype(np.float64)
    view = np.equal.outer(s, s) * np.outer(viewed, viewed)
    same = np.equal.outer(e, e)
    group, piece = _alike([(look.source, look.piece) for look in looks])
    _, by = _alike([(look.source, look.by) for look in looks])
    return Design(
        s, e, t, kernel(t, t), by, piece, piece * same, view, view * same,
        np.array([sampling_variance(look, settings) for look in looks], dtype=np.float64),
        np.array([_known_by(look, settings) for look in looks], dtype=np.float64),
        _open(looks, settings),
        group,
        np.array([look.level - expected(look, settings) for look in looks], dtype=np.float64),
    )  # fmt: skip


def in_order(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return the looks in an order that does not depend on how they came."""
    return tuple(sorted(looks, key=place))


def place(look: Look) -> tuple[date, str, str, str, str, float]:
    """Return what looks are ordered by: the day first."""
    return look.on, look.source, look.piece, look.element, look.by, look.level


def expected(look: Look, settings: Settings) -> float:
    """Return what a look would say of a teacher at the usual level: severity, reason included."""
    level = settings.usual[look.source, look.element] + settings.reasons.get(look.reason, 0.0)
    if look.source == Source.VISIT and look.by in settings.severities:
        level += settings.severities[look.by].mean
    return level


def covariance(d: Design, h: Numbers, weights: Array | None = None) -> Cover:
    """Return the covariance of looks; weights (n,) divide the noise of each look's piece."""
    B, Q = h.prior()
    loading, steady, steady_element, by, piece, piece_element, own = h.parts[:, d.s]
    n, spread = len(d.s), h.spread[d.s, d.e]
    pairs = d.e[:, None] * len(B) + d.e
    state = d.k * Q.ravel()[pairs]
    state += B.ravel()[pairs]
    state *= loading[:, None] * loading
    lesson = d.piece * piece[:, None]
    lesson += d.piece_element * piece_element[:, None]
    lesson.flat[:: n + 1] += own
    lesson *= (spread if weights is None else spread / weights)[:, None] * spread
    left_by = np.where(np.isnan(d.known_by), by, d.known_by)
    total = state + lesson
    total += d.by * left_by[:, None]
    total += d.view * steady[:, None]
    total += d.view_element * steady_element[:, None]
    total += d.open @ d.open.T
    total.flat[:: n + 1] += d.known
    return Cover(state, lesson, total)


def cross(d: Design, h: Numbers, rows: Ints, at: Array) -> Array:
    """Return Cov(x_row(at), looks), (len(rows), n), in levels times the looks' units."""
    B, Q = h.prior()
    pairs = np.ix_(rows, d.e)
    return np.asarray((B[pairs] + kernel(at, d.t) * Q[pairs]) * h.parts[0, d.s])


def kernel(t: Array, s: Array) -> Array:
    """Return what a random walk from 0 shares at times t and s, (len(t), len(s))."""
    return (np.abs(t)[:, None] + np.abs(s)[None, :] - np.abs(np.subtract.outer(t, s))) / 2


def start(looks: Sequence[Look], settings: Settings) -> date:
    """Return the day on which a teacher's time starts."""
    return settings.origin or min((look.on for look in looks), default=date.min)


def years(days: Sequence[date], origin: date) -> Array:
    """Return years from the origin, (n,)."""
    return np.array([(day - origin).days for day in days], dtype=np.float64) / DAYS_PER_YEAR


def anchor_indices(settings: Settings) -> Ints:
    """Return for each element the index of the source on whose scale it is told, (K,)."""
    return np.array([SOURCES.index(settings.anchor(e)) for e in settings.elements], dtype=np.intp)


def numbers(settings: Settings) -> Numbers:
    """Return settings as arrays."""
    parts = [[getattr(_instrument(settings, s), part) for s in SOURCES] for part in PARTS]
    spread = [[settings.spread.get((s, e), 1.0) for e in settings.elements] for s in SOURCES]
    factors = np.array(settings.factors, dtype=np.float64).reshape(-1, len(settings.elements))
    return Numbers(
        factors, np.array(settings.own), settings.drift, settings.shared,
        np.array(parts, dtype=np.float64), np.array(spread, dtype=np.float64),
    )  # fmt: skip


def _instrument(settings: Settings, source: Source) -> Instrument:
    return settings.instruments.get(source, Instrument())


def sampling_variance(look: Look, settings: Settings) -> float:
    """Return the sampling variance of a look; that of talk at the usual rate of its element."""
    if look.source != Source.TALK or look.element not in settings.rates:
        return look.known_variance
    rate = settings.rates[look.element]
    return 1.0 / ((look.n + 1) * rate) + 1.0 / ((look.n + 1) * (1.0 - rate))


def _known_by(look: Look, settings: Settings) -> float:
    if look.source == Source.VISIT and look.by in settings.severities:
        return settings.severities[look.by].variance
    return float("nan")


def open_levels(settings: Settings) -> Array:
    """Return what the usual level of each element takes of the doubts about levels, (K, p)."""
    left, order = np.array(settings.levels_left), settings.open_order()
    if not len(left):
        return np.zeros((len(settings.elements), 0))
    return np.asarray(left[[order.index((settings.anchor(e), e)) for e in settings.elements]])


def _open(looks: Sequence[Look], settings: Settings) -> Array:
    """Return what each look takes of the doubts about usual levels and reasons, (n, p)."""
    left = np.array(settings.levels_left)
    takes = np.zeros((len(looks), len(left)))
    if not len(left):
        return takes
    column = {name: i for i, name in enumerate(settings.open_order())}
    for i, look in enumerate(looks):
        takes[i, column[look.source, look.element]] = 1.0
        if look.reason in settings.reasons:
            takes[i, column[look.reason]] += 1.0
        if look.source == Source.VISIT and look.by in settings.severities:
            takes[i] += settings.severities[look.by].follows
    return np.asarray(takes @ left)


def _alike(names: Sequence[tuple[Source, str]]) -> tuple[Ints, Array]:
    """Return a number for each distinct name, (n,), and where two are alike, (n, n)."""
    order = {name: i for i, name in enumerate(dict.fromkeys(names))}
    code = np.array([order[name] for name in names], dtype=np.intp)
    return code, np.equal.outer(code, code).astype(np.float64)
