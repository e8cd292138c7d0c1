"""Hold what the practice model takes as given: elements, variances, usual levels, severities.

Everything here is data: fitted at the scheduled fit, versioned, stored as JSON, and the same for
all teachers. Variances are in squared units of the source's own scale (levels 0 to 3; logits for
talk), those of practice itself in squared levels, the drift per year.
"""

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field
from datetime import date
from math import inf, isfinite, isinf
from types import MappingProxyType
from typing import Any, TypeAlias

from trellis.diagnosis.looks import ELEMENTS, Source
from trellis.stats import TrellisNumbersError

Pair: TypeAlias = tuple[Source, str]  # a source and an element
JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | float | int | None"
FORMAT = "trellis practice hyperparameters 1"


@dataclass(frozen=True, slots=True)
class Instrument:
    """How a source reads practice; a variance of 0 says that the part does not exist there.

    loading : units of the source's scale per level of practice
    steady, steady_element : what this source sees differently from the one that an element's state
        is read by, for good: in all, and by element
    by : shared by what one visitor saw of a teacher, or one class
    piece : shared by all marks of one lesson, one administration, one reflection
    piece_element : shared by marks of one element in one lesson (two visitors side by side)
    own : of each mark alone, beside its known sampling variance
    """

    loading: float = 1.0
    steady: float = 0.0
    steady_element: float = 0.0
    by: float = 0.0
    piece: float = 0.0
    piece_element: float = 0.0
    own: float = 0.25


DEFAULT_INSTRUMENTS: Mapping[Source, Instrument] = MappingProxyType(
    {
        Source.VISIT: Instrument(by=0.03, piece=0.06, piece_element=0.05, own=0.20),
        Source.CLASS_FEEDBACK: Instrument(
            steady=0.04, steady_element=0.03, by=0.03, piece=0.01, own=0.02
        ),
        Source.SELF_REFLECTION: Instrument(steady=0.40, own=0.15),
        Source.TALK: Instrument(steady=0.10, steady_element=0.15, piece=0.10, own=0.30),
    }
)
DEFAULT_LEVELS = {Source.VISIT: 1.6, Source.CLASS_FEEDBACK: 1.9, Source.SELF_REFLECTION: 1.9}
DEFAULT_USUAL: Mapping[Pair, float] = MappingProxyType(
    {(source, element): level for source, level in DEFAULT_LEVELS.items() for element in ELEMENTS}
)
GENERAL, ELEMENT = 0.05, 0.06  # what all elements of a teacher share, and each one's own
DRIFT, DRIFT_SHARED = 0.03, 1 / 3


@dataclass(frozen=True, slots=True)
class Severity:
    """How far a visitor's marks lie from others', in levels, with the variance that is left.

    follows : by how much it would be another for each level (reason) that were one higher, in the
        order of `Settings.open_order`: who alone looks at an element cannot be told
        from an element that is usually low
    variance : what is left given those levels
    """

    mean: float
    variance: float
    follows: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Nominal levels of the central ranges that held 80 % and 90 % of the fitted evidence."""

    of80: float = 0.80
    of90: float = 0.90


@dataclass(frozen=True, slots=True)
class Settings:
    """What the model takes as given. B = factors' factors + diag(own), Q = drift (rho 11' + ...).

    origin : the day on which a teacher's practice is N(usual, B); None: her first look
    factors : rank rows of one loading for each element, in levels
    own : variance of each element alone, in squared levels
    drift, shared : q per year and rho of the random walk
    usual : usual level by source and element, on the source's scale
    rates : pooled rate of talk by element, at which the sampling variance of a rate is taken: taken
        at each lesson's own rate it would let lessons with few such turns count least
    spread : standard deviation of a lesson's noise by source and element, relative to the source's
    freedom : degrees of freedom of a lesson's noise; infinite: normal
    levels_left : lower factor of the covariance of what is left open of usual levels and reasons,
        in the order of `open_order`; nothing: they are taken as known
    coverage : how nominal levels are to be read for predictions, by source and element
    """

    origin: date | None = None
    elements: tuple[str, ...] = ELEMENTS
    factors: tuple[tuple[float, ...], ...] = ((GENERAL**0.5,) * len(ELEMENTS),)
    own: tuple[float, ...] = (ELEMENT,) * len(ELEMENTS)
    drift: float = DRIFT
    shared: float = DRIFT_SHARED
    instruments: Mapping[Source, Instrument] = field(default_factory=lambda: DEFAULT_INSTRUMENTS)
    usual: Mapping[Pair, float] = field(default_factory=lambda: DEFAULT_USUAL)
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    spread: Mapping[Pair, float] = field(default_factory=lambda: MappingProxyType({}))
    freedom: float = inf
    severities: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    reasons: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    levels_left: tuple[tuple[float, ...], ...] = ()
    coverage: Mapping[Pair, Coverage] = field(default_factory=lambda: MappingProxyType({}))

    def index(self, element: str) -> int:
        """Return where an element stands among the elements.

        Raises
        ------
        TrellisNumbersError
            if these settings do not know the element
        """
        if element not in self.elements:
            raise TrellisNumbersError(f"The element {element!r} has no fitted hyperparameters.")
        return self.elements.index(element)

    def open_order(self) -> list[Pair | str]:
        """Return the usual levels and reasons in the order in which what is left open is kept."""
        return [*sorted(self.usual), *sorted(self.reasons)]

    def anchor(self, element: str) -> Source:
        """Return the source on whose scale an element's state is told: the first that reads it."""
        found = [source for source in Source if (source, element) in self.usual]
        if not found:
            raise TrellisNumbersError(f"No source has a usual level for the element {element!r}.")
        return found[0]


def to_json(settings: Settings) -> dict[str, JSON]:
    """Return settings as plain JSON."""
    return {
        "format": FORMAT,
        "origin": settings.origin.isoformat() if settings.origin else None,
        "elements": list(settings.elements),
        "factors": [list(row) for row in settings.factors],
        "own": list(settings.own),
        "drift": settings.drift,
        "shared": settings.shared,
        "instruments": {s.value: asdict(i) for s, i in settings.instruments.items()},
        "usual": _by_source(settings.usual),
        "rates": dict(settings.rates),
        "spread": _by_source(settings.spread),
        "freedom": None if isinf(settings.freedom) else settings.freedom,
        "severities": {v: [s.mean, s.variance, *s.follows] for v, s in settings.severities.items()},
        "reasons": dict(settings.reasons),
        "levels left": [list(row) for row in settings.levels_left],
        "coverage": {
            "80": _by_source({pair: c.of80 for pair, c in settings.coverage.items()}),
            "90": _by_source({pair: c.of90 for pair, c in settings.coverage.items()}),
        },
    }


def _by_source(values: Mapping[Pair, float]) -> dict[str, JSON]:
    found: dict[str, dict[str, JSON]] = {}
    for (source, element), value in values.items():
        found.setdefault(source.value, {})[element] = value
    return dict(found)


def from_json(kept: object) -> Settings:
    """Return settings as `to_json` gave them.

    Raises
    ------
    TrellisNumbersError
        if something is missing, misnamed or out of its range
    """
    if not isinstance(kept, dict) or kept.get("format") != FORMAT:
        raise TrellisNumbersError(f"These are not hyperparameters: `format` is not {FORMAT!r}.")
    try:
        settings = _read(kept)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as problem:
        raise TrellisNumbersError(f"The hyperparameters cannot be read: {problem!r}.") from problem
    _check(settings)
    return settings


def _read(kept: Mapping[str, Any]) -> Settings:
    of80, of90 = (_pairs(kept["coverage"][level]) for level in ("80", "90"))
    return Settings(
        origin=date.fromisoformat(kept["origin"]) if kept["origin"] else None,
        elements=tuple(map(str, kept["elements"])),
        factors=tuple(tuple(map(float, row)) for row in kept["factors"]),
        own=tuple(map(float, kept["own"])),
        drift=float(kept["drift"]),
        shared=float(kept["shared"]),
        instruments=MappingProxyType(
            {
                Source(s): Instrument(**{part: float(x) for part, x in i.items()})
                for s, i in kept["instruments"].items()
            }
        ),
        usual=_pairs(kept["usual"]),
        rates=MappingProxyType({e: float(x) for e, x in kept["rates"].items()}),
        spread=_pairs(kept["spread"]),
        freedom=inf if kept["freedom"] is None else float(kept["freedom"]),
        severities=MappingProxyType(
            {
                v: Severity(float(m), float(r), tuple(map(float, follows)))
                for v, (m, r, *follows) in kept["severities"].items()
            }
        ),
        reasons=MappingProxyType({r: float(x) for r, x in kept["reasons"].items()}),
        levels_left=tuple(tuple(map(float, row)) for row in kept.get("levels left", ())),
        coverage=MappingProxyType({p: Coverage(of80[p], of90[p]) for p in of80}),
    )


def _pairs(kept: Mapping[str, Mapping[str, float]]) -> Mapping[Pair, float]:
    return MappingProxyType(
        {(Source(s), e): float(x) for s, of in kept.items() for e, x in of.items()}
    )


def _check(settings: Settings) -> None:
    k = len(settings.elements)
    variances = [
        *settings.own,
        settings.drift,
        *settings.spread.values(),
        *(x for i in settings.instruments.values() for x in astuple(i)),
        *(s.variance for s in settings.severities.values()),
    ]
    levels = [*settings.usual.values(), *settings.reasons.values(),
              *(x for row in settings.factors for x in row),
              *(s.mean for s in settings.severities.values())]  # fmt: skip
    nominal = [x for c in settings.coverage.values() for x in astuple(c)]
    p = len(settings.levels_left)
    rows = [*settings.levels_left, *(s.follows for s in settings.severities.values())]
    sound = (
        len(settings.own) == k == len(set(settings.elements)) > 0
        and all(len(row) == k for row in settings.factors)
        and p in (0, len(settings.open_order()))
        and all(len(row) == p and all(map(isfinite, row)) for row in rows)
        and all(isfinite(x) and x >= 0 for x in variances)
        and all(isfinite(x) for x in levels)
        and all(0 < x < 1 for x in nominal)
        and all(0 < x < 1 for x in settings.rates.values())
        and 0 <= settings.shared <= 1
        and settings.freedom > 0
    )
    if not sound:
        raise TrellisNumbersError(
            "The hyperparameters do not fit together: a variance is below 0, a number is not "
            "finite, or the counts of elements differ."
        )
