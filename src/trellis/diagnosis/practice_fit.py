"""Fit the practice model to the looks of many teachers: what is usual, how much varies, and how.

Steps: leaning means; variances by pooled likelihood; usual levels, reasons and severities together
by generalized least squares; variances again. How elements go together (rank of B) and whether a
lesson's noise has heavy tails are chosen by how well evidence of teachers that the fit did not see
is foretold one step ahead. Last, nominal levels of ranges are read off what was foretold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from math import exp, inf
from types import MappingProxyType

import numpy as np

from trellis.diagnosis.looks import ELEMENTS, Look, Source
from trellis.diagnosis.practice_ahead import ahead, least_levels
from trellis.diagnosis.practice_levels import levels, visitors_apart
from trellis.diagnosis.practice_likelihood import LOOSE, PULL, Shape, expected, search
from trellis.diagnosis.practice_model import (
    PARTS,
    SOURCES,
    Design,
    Numbers,
    design,
    in_order,
    numbers,
    place,
)
from trellis.diagnosis.practice_settings import (
    DEFAULT_INSTRUMENTS,
    DEFAULT_USUAL,
    ELEMENT,
    GENERAL,
    Coverage,
    Instrument,
    Pair,
    Settings,
)
from trellis.diagnosis.practice_tails import weighted
from trellis.stats import TrellisNumbersError
from trellis.stats.gaussian import Array

LEAN_OF_MEANS = 20.0  # a usual level or a scale leans on its default as if on this many looks
MOST_UNITS = 140  # teachers whose likelihood is searched
MOST_LOOKS = 80  # looks of one of them: a look's cost grows with its cube
MOST_CHECKED = 400  # teachers whose evidence is foretold to read nominal levels
HEAVY = 4.0  # degrees of freedom of a lesson's noise that are held against normal noise
ROUNDS = (20, 12, 8)  # of a search: the first, one that goes on, one after the levels
FEWEST_TO_CHOOSE = 20  # teachers; below that the shipped shape stands
TURNS = 4  # of EM where tails are heavy
TILT = 0.4  # of a second factor relative to the first, where its search starts
SURER = 2.0  # a second factor or heavy tails must foretell better by so many standard errors
LEAN_OF_COVERAGE = 100.0  # a nominal level leans on the source's as if on this many looks


def fit(
    evidence: Sequence[Sequence[Look]],
    origin: date | None = None,
    elements: Sequence[str] | None = None,
) -> Settings:
    """Return settings fitted to the looks of many teachers, leaning on the shipped defaults.

    Parameters
    ----------
    evidence : each teacher's looks
    origin : the day on which practice is N(usual, B); None: each teacher's first look
    elements : names of elements that must be known, looked at or not; those looked at come along

    Raises
    ------
    TrellisNumbersError
        if there is neither evidence nor an element
    """
    seen = _seen(evidence)
    start = _start(seen, origin, elements)
    if not seen:
        return start
    units = [_thinned(looks) for looks in _spread(seen, MOST_UNITS)]
    return _finished(seen, units, _chosen(units, start), start)


def fit_as(evidence: Sequence[Sequence[Look]], rank: int, freedom: float) -> Settings:
    """Return settings of a given shape, to hold shapes against each other."""
    seen = _seen(evidence)
    start = _start(seen, None, None)
    units = [_thinned(looks) for looks in _spread(seen, MOST_UNITS)]
    now = _searched(units, _of_rank(start, rank, TILT), _of_rank(start, rank), ROUNDS[0])
    if freedom < inf:
        now = replace(_heavy(now), freedom=freedom)
    return _finished(seen, units, now, start)


def _seen(evidence: Sequence[Sequence[Look]]) -> list[tuple[Look, ...]]:
    """Return teachers' looks in an order that does not depend on how teachers or looks came."""
    return sorted((in_order(looks) for looks in evidence if looks),
                  key=lambda looks: [place(look) for look in looks])  # fmt: skip


def _finished(
    seen: Sequence[tuple[Look, ...]],
    units: Sequence[tuple[Look, ...]],
    settings: Settings,
    start: Settings,
) -> Settings:
    """Return settings of a chosen shape: searched on, levels estimated, searched again."""
    lean = _of_rank(start, len(settings.factors))
    settings = _searched(units, settings, lean, ROUNDS[1])
    settings = _leveled(seen, units, settings, lean)
    return replace(settings, coverage=_coverage(seen, settings, lean))


def _leveled(
    seen: Sequence[tuple[Look, ...]],
    units: Sequence[tuple[Look, ...]],
    settings: Settings,
    lean: Settings,
) -> Settings:
    """Return settings with levels and variances that go together, and what is left open of both.

    Until severities are known they look like noise of lessons, hence the levels twice.
    """
    searched = settings.instruments[Source.VISIT].by
    settings = levels(seen, settings, LEAN_OF_MEANS)
    found = settings.instruments[Source.VISIT].by  # known now from how far visitors lie apart
    settings = _searched(units, settings, visitors_apart(lean, found), ROUNDS[2])
    return _expected(units, levels(seen, visitors_apart(settings, searched), LEAN_OF_MEANS))


def _start(
    seen: Sequence[tuple[Look, ...]], origin: date | None, elements: Sequence[str] | None
) -> Settings:
    """Return leaning means and the variances that are leaned on, in proportion to the data."""
    named = {look.element for looks in seen for look in looks} | set(elements or ())
    if not named:
        raise TrellisNumbersError("There is no evidence to fit the practice model to.")
    order = [e for e in ELEMENTS if e in named] + sorted(named - set(ELEMENTS))
    usual = _usual(seen, named, shipped=elements is not None)
    start = Settings(
        origin,
        tuple(order),
        ((GENERAL**0.5,) * len(order),),
        (ELEMENT,) * len(order),
        usual=usual,
        rates=_rates(seen),
    )
    return start if _is_shipped(start) else _scaled(seen, start)


def _is_shipped(settings: Settings) -> bool:
    return set(settings.elements) <= set(ELEMENTS)


def _usual(
    seen: Sequence[tuple[Look, ...]], named: set[str], *, shipped: bool
) -> MappingProxyType[Pair, float]:
    """Return means by source and element that lean on their default where one is shipped."""
    count = {p: LEAN_OF_MEANS for p in DEFAULT_USUAL if shipped and p[1] in named}
    total = {p: LEAN_OF_MEANS * DEFAULT_USUAL[p] for p in count}
    for look in (look for looks in seen for look in looks):
        pair = (look.source, look.element)
        if pair not in count:
            leans = pair in DEFAULT_USUAL
            count[pair] = LEAN_OF_MEANS if leans else 0.0
            total[pair] = LEAN_OF_MEANS * DEFAULT_USUAL[pair] if leans else 0.0
        count[pair] += 1.0
        total[pair] += look.level
    return MappingProxyType({pair: total[pair] / count[pair] for pair in sorted(count)})


def _rates(seen: Sequence[tuple[Look, ...]]) -> MappingProxyType[str, float]:
    """Return pooled rates of talk by element, half a turn added on each side."""
    yes: dict[str, float] = {}
    all_: dict[str, float] = {}
    for look in (k for looks in seen for k in looks if k.source == Source.TALK):
        counted = (look.n + 1) / (1 + exp(-look.level)) - 0.5
        yes[look.element] = yes.get(look.element, 0.5) + counted
        all_[look.element] = all_.get(look.element, 1.0) + look.n
    return MappingProxyType({element: yes[element] / all_[element] for element in sorted(yes)})


def _scaled(seen: Sequence[tuple[Look, ...]], start: Settings) -> Settings:
    """Return default variances in proportion to how much each source's looks vary at all."""
    away: dict[Source, list[float]] = {}
    for look in (look for looks in seen for look in looks):
        level = look.level - start.usual[look.source, look.element]
        away.setdefault(look.source, []).append(level**2)
    scale = {source: _scale(source, away[source]) for source in Source if source in away}
    first = next(iter(scale))
    instruments = dict(DEFAULT_INSTRUMENTS)
    for source, s in scale.items():
        loading = 1.0 if source == first else (s / scale[first]) ** 0.5
        instruments[source] = _times(instruments[source], s, loading)
    k, s = len(start.elements), scale[first]
    return replace(
        start, factors=((float((GENERAL * s) ** 0.5),) * k,), own=(ELEMENT * s,) * k,
        drift=start.drift * s, instruments=MappingProxyType(instruments),
    )  # fmt: skip


def _scale(source: Source, squares: Sequence[float]) -> float:
    """Return how many times as much a source varies as its defaults say, on which few lean."""
    i = DEFAULT_INSTRUMENTS[source]
    noise = i.steady + i.steady_element + i.by + i.piece + i.piece_element + i.own
    default = noise + (GENERAL + ELEMENT) * i.loading**2
    lean = LEAN_OF_MEANS * default
    return (sum(squares) + lean) / (len(squares) + LEAN_OF_MEANS) / default


def _times(instrument: Instrument, variance: float, loading: float) -> Instrument:
    scaled = {k: v * variance for k, v in asdict(instrument).items() if k != "loading"}
    return Instrument(loading=instrument.loading * loading, **scaled)


def _spread(seen: Sequence[tuple[Look, ...]], most: int) -> list[tuple[Look, ...]]:
    """Return at most so many teachers: those with most sources, then evenly from short to long."""
    order = sorted(seen, key=lambda looks: (_sources(looks), len(looks), looks[0].piece))
    if len(order) <= most:
        return order
    return [order[round(i * (len(order) - 1) / (most - 1))] for i in range(most)]


def _sources(looks: Sequence[Look]) -> int:
    return len({look.source for look in looks})


def _thinned(looks: tuple[Look, ...]) -> tuple[Look, ...]:
    """Return the looks of evenly spaced days, about `MOST_LOOKS` of them."""
    days = sorted({look.on for look in looks})
    keep = max(2, len(days) * MOST_LOOKS // max(len(looks), 1))
    if keep >= len(days):
        return looks
    kept = {days[round(i * (len(days) - 1) / (keep - 1))] for i in range(keep)}
    return tuple(look for look in looks if look.on in kept)


def _chosen(units: Sequence[tuple[Look, ...]], start: Settings) -> Settings:
    """Return settings whose shape foretells teachers best that its fit did not see."""
    if len(units) < FEWEST_TO_CHOOSE:
        return _searched(units, start, start, ROUNDS[0])
    known, new = units[::2], units[1::2]
    best = _searched(known, start, start, ROUNDS[0])
    if len(start.elements) > 2:
        two = _searched(known, _of_rank(best, 2, TILT), _of_rank(start, 2), ROUNDS[1])
        best = _better(best, two, new)
    heavy = _heavy(best)
    heavy = _searched(known, heavy, _of_rank(start, len(best.factors)), ROUNDS[1])
    closer = _squared_error(new, heavy) <= _squared_error(new, best)
    return _better(best, heavy, new) if closer else best


def _better(plain: Settings, rich: Settings, new: Sequence[tuple[Look, ...]]) -> Settings:
    """Return the plainer settings, unless the richer foretell surely better."""
    gain = np.array([_log_score(looks, rich) - _log_score(looks, plain) for looks in new])
    surely = gain.mean() > SURER * gain.std(ddof=1) / len(gain) ** 0.5
    return rich if surely else plain


def _log_score(looks: Sequence[Look], settings: Settings) -> float:
    """Return the log density of what was seen, each look foretold from earlier days, summed."""
    return float(ahead(looks, settings).log_density(_levels(looks)).sum())


def _squared_error(new: Sequence[tuple[Look, ...]], settings: Settings) -> float:
    """Return the sum of squared distances of what was seen from what was foretold."""
    return sum(float(((ahead(looks, settings).mean - _levels(looks)) ** 2).sum()) for looks in new)


def _levels(looks: Sequence[Look]) -> Array:
    return np.array([look.level for look in looks])


def _heavy(settings: Settings) -> Settings:
    """Return settings with heavy tails, of about the same variance of a lesson's noise."""
    part = (HEAVY - 2.0) / HEAVY
    return replace(
        settings,
        freedom=HEAVY,
        instruments=MappingProxyType(
            {
                source: replace(i, piece=i.piece * part, piece_element=i.piece_element * part,
                                own=i.own * part)
                for source, i in settings.instruments.items()
            }
        ),
    )  # fmt: skip


def _of_rank(settings: Settings, rank: int, tilt: float = 0.0) -> Settings:
    """Return settings with as many shared factors; a second one starts off by a tilt."""
    k = len(settings.elements)
    g = float(np.mean(settings.factors[0])) if settings.factors else GENERAL**0.5
    if rank == 0:
        own = tuple(v + x**2 for v, x in zip(settings.own, settings.factors[0], strict=True))
        return replace(settings, factors=(), own=own)
    factors = [settings.factors[0] if settings.factors else (g,) * k]
    if rank == 2:
        factors.append(tuple(tilt * g * float(np.cos(np.pi * (i + 0.5) / k)) for i in range(k)))
    return replace(settings, factors=tuple(factors))


def _searched(
    units: Sequence[tuple[Look, ...]], now: Settings, lean: Settings, rounds: int
) -> Settings:
    """Return settings with more likely variances, searched from `now` and leaning on `lean`.

    With heavy tails the weights of lessons stand still during a search, a step of EM.
    """
    designs = _designs(units, now)
    h, shape = numbers(now), _shape(units, now)
    if now.freedom == inf:
        plain = [None] * len(designs)
        return _with(now, search(designs, plain, h, shape, rounds, numbers(lean)))
    for _ in range(TURNS):
        weights = [weighted(d, h, now.freedom)[1] for d in designs]
        h = search(designs, weights, h, shape, rounds // TURNS, numbers(lean))
    return _with(now, h)


def _designs(units: Sequence[tuple[Look, ...]], settings: Settings) -> list[Design]:
    """Return teachers' looks as arrays; what is open of levels, all share, and it stays out."""
    settled = replace(settings, levels_left=())
    return [design(looks, settled) for looks in units]


def _expected(units: Sequence[tuple[Look, ...]], settings: Settings) -> Settings:
    """Return settings with variances as they are in the mean rather than at their likeliest."""
    designs, h = _designs(units, settings), numbers(settings)
    weights: list[Array | None] = [None] * len(designs)
    if settings.freedom < inf:
        weights = [weighted(d, h, settings.freedom)[1] for d in designs]
    return _with(settings, expected(designs, weights, h, _shape(units, settings)))


def _shape(units: Sequence[tuple[Look, ...]], settings: Settings) -> Shape:
    """Return which numbers the evidence can speak of."""
    pairs = sorted(
        {(SOURCES.index(k.source), settings.index(k.element)) for looks in units for k in looks}
    )
    present = sorted({s for s, _ in pairs})
    anchored = {SOURCES.index(settings.anchor(e)) for e in settings.elements}
    loose = not _is_shipped(settings)
    parts, pulls = [], []
    for s in present:
        default = DEFAULT_INSTRUMENTS[SOURCES[s]]
        fitted = loose or SOURCES[s] == Source.TALK
        for p, name in enumerate(PARTS):
            exists = getattr(default, name) > 0 and not (p == 0 and s == min(anchored))
            if exists:
                parts.append((p, s))
                pulls.append(LOOSE if fitted else PULL)
    return Shape(
        len(settings.factors), np.array(parts, dtype=np.intp).reshape(-1, 2),
        np.array(pairs, dtype=np.intp), LOOSE if loose else PULL, np.array(pulls),
    )  # fmt: skip


def _with(settings: Settings, h: Numbers) -> Settings:
    """Return settings with other variances."""
    instruments = {
        source: Instrument(**{part: float(h.parts[p, s]) for p, part in enumerate(PARTS)})
        for s, source in enumerate(SOURCES)
    }
    spread = {
        (source, element): float(h.spread[SOURCES.index(source), settings.index(element)])
        for source, element in settings.usual
    }
    return replace(
        settings,
        factors=tuple(tuple(map(float, row)) for row in h.factors),
        own=tuple(map(float, h.own)),
        drift=h.drift,
        shared=h.shared,
        instruments=MappingProxyType(instruments),
        spread=MappingProxyType(spread),
    )


def _coverage(
    seen: Sequence[tuple[Look, ...]], settings: Settings, lean: Settings
) -> MappingProxyType[Pair, Coverage]:
    """Return the nominal levels that held 80 % and 90 % of what was foretold.

    Each half of the teachers is foretold by what is fitted on the other, as strangers will be.
    """
    checked = _spread(seen, MOST_CHECKED)
    of_pair: dict[Pair, list[float]] = {}
    of_source: dict[Source, list[float]] = {}
    for looks, reads in _crossed(checked, settings, lean):
        least = least_levels(ahead(looks, reads), looks)
        for look, level in zip(looks, least, strict=True):
            of_pair.setdefault((look.source, look.element), []).append(float(level))
            of_source.setdefault(look.source, []).append(float(level))
    return MappingProxyType(
        {
            pair: Coverage(*(_nominal(found, of_source[pair[0]], aim) for aim in (0.8, 0.9)))
            for pair, found in sorted(of_pair.items())
        }
    )


def _crossed(
    checked: Sequence[tuple[Look, ...]], settings: Settings, lean: Settings
) -> Iterator[tuple[tuple[Look, ...], Settings]]:
    """Yield teachers, each with settings that were fitted on the others' half where there are."""
    if len(checked) < FEWEST_TO_CHOOSE:
        yield from ((looks, settings) for looks in checked)
        return
    for known, new in ((checked[::2], checked[1::2]), (checked[1::2], checked[::2])):
        units = [_thinned(looks) for looks in _spread(known, MOST_UNITS // 2)]
        reads = _leveled(known, units, settings, lean)
        yield from ((looks, reads) for looks in new)


def _nominal(found: Sequence[float], around: Sequence[float], aim: float) -> float:
    n, m = len(found), len(around)
    whole = (m * _holding(around, aim) + LEAN_OF_COVERAGE * aim) / (m + LEAN_OF_COVERAGE)
    own = (n * _holding(found, aim) + LEAN_OF_COVERAGE * whole) / (n + LEAN_OF_COVERAGE)
    return float(np.clip(own, 0.02, 0.999))


def _holding(least: Sequence[float], aim: float) -> float:
    """Return the level that holds closest to a share of the looks; ties are held together."""
    level, counts = np.unique(np.round(np.asarray(least, dtype=np.float64), 9), return_counts=True)
    held = np.cumsum(counts) / counts.sum()
    return float(level[np.argmin(np.abs(held - aim))]) + 1e-6
