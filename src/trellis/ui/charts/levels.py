"""Draw what is known about a practice: small interval, band over time, evidence shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal

from django.utils.safestring import SafeString

from trellis.ui.charts.dates import ticks, told
from trellis.ui.charts.figures import Drawing, Table
from trellis.ui.charts.svg import (
    NARROW,
    WIDE,
    Naming,
    Point,
    both,
    diamond,
    dot,
    hexagon,
    line,
    ordered,
    path,
    rect,
    scale,
    smooth,
    svg,
    text,
    trusted,
)

LEVELS = ("not seen this time", "beginning", "developing", "established")
TOP = len(LEVELS) - 1
# One to three visits alone say where a lesson stood, not which way it went.
VISITS_THAT_MAKE_A_LINE = 4
SHARES_SUM = 100
MARK_PX = 20.0
SHARE_CLASSES = ("c-s1", "c-s2", "c-s3", "c-s4")

At = Callable[[date, float], tuple[float, float]]
EvidenceKind = Literal["visit", "class", "own", "talk"]
KIND_WORDS = {
    "visit": "visit",
    "class": "class feedback",
    "own": "own words or student work",
    "talk": "classroom talk",
}


@dataclass(frozen=True, slots=True)
class BandPoint:
    """Where a practice stood on a day, on the level words 0 to 3, with its interval."""

    day: date
    level: float
    low: float
    high: float

    def __post_init__(self) -> None:
        ordered(self.low, self.level, self.high)


@dataclass(frozen=True, slots=True)
class EvidenceMark:
    """One piece of evidence on the band; its letter is the key to its row in a table beside it."""

    day: date
    level: float
    letter: str
    kind: EvidenceKind
    words: str


@dataclass(frozen=True, slots=True)
class Between:
    """Two levels that others lie between, on the day of the last point; a range, never one."""

    low: float
    high: float
    words: str

    def __post_init__(self) -> None:
        ordered(self.low, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a claim rests on one source, in percent; `assumed`: not on any evidence."""

    words: str
    percent: int
    assumed: bool = False


def level_words(low: float, high: float) -> str:
    """Say a range on the level words: "beginning to developing"."""
    first, last = _nearest(low), _nearest(high)
    return LEVELS[first] if first == last else f"{LEVELS[first]} to {LEVELS[last]}"


def mini(low: float, likely: float, high: float, *, key: str, title: str) -> SafeString:
    """Draw an 80% interval on the four level words, with its most likely value."""
    ordered(low, likely, high)
    words = level_words(low, high)
    x = scale(0, TOP, 2, 238)
    left, right = x(_inside(low)), x(_inside(high))
    body = line(x(0), 14, x(TOP), 14, "c-axis")
    body += "".join(line(x(v), 9, x(v), 19, "c-axis") for v in range(TOP + 1))
    body += rect(left, 9, right - left, 10, "c-inner", 3)
    body += rect(x(_inside(likely)) - 1.5, 5, 3, 18, "c-dot", 1)
    named = Naming(key, title, f"The estimate lies at {words}, 8 times in 10.")
    drawn = svg(240, 28, named, body, "", "m")
    return trusted(
        f'<div class="t-mini">{drawn}<small aria-hidden="true">{escape(words)}</small></div>'
    )


def band(
    points: Sequence[BandPoint],
    marks: Sequence[EvidenceMark],
    *,
    name: Naming,
    others: Between | None = None,
) -> Drawing:
    """Draw the 80% band over time with each piece of evidence as a lettered mark."""
    if not points:
        raise ValueError("a band needs at least one day; say in words that nothing is known yet")
    svg_text = both(
        name,
        (300, _band(points, marks, others, WIDE, 300)),
        (290, _band(points, marks, others, NARROW, 290)),
    )
    key = (
        f'<ul class="t-key"><li><i class="k-others"></i>{escape(others.words)}</li></ul>'
        if others
        else ""
    )
    return Drawing(svg_text, _band_table(points, marks, others), key)


def share(parts: Sequence[Share], *, name: Naming) -> Drawing:
    """Draw the evidence shares, largest first and the starting assumption hatched and last."""
    if sum(part.percent for part in parts) != SHARES_SUM:
        raise ValueError("evidence shares sum to 100")
    if any(part.percent < 0 for part in parts):
        raise ValueError("an evidence share is not negative")
    known = sorted((p for p in parts if not p.assumed), key=lambda p: -p.percent)
    sequence = [*known, *(p for p in parts if p.assumed)]
    classes = _share_classes(sequence)
    drawn = both(
        name,
        (44, _share(sequence, classes, WIDE, f"{name.key}-w-p")),
        (44, _share(sequence, classes, NARROW, f"{name.key}-n-p")),
    )
    rows = [(part.words, f"{part.percent}%") for part in sequence]
    table = Table("Shares of evidence", ("Source", "Share"), rows, frozenset({1}))
    return Drawing(drawn, table, _share_key(sequence, classes))


def _nearest(level: float) -> int:
    return int(_inside(level) + 0.5)


def _inside(level: float) -> float:
    return min(max(level, 0.0), float(TOP))


def _band(
    points: Sequence[BandPoint],
    marks: Sequence[EvidenceMark],
    others: Between | None,
    width: int,
    height: int,
) -> str:
    narrow = width == NARROW
    left, right, top, bottom = (
        (8 if narrow else 126),
        width - 8,
        (26 if narrow else 14),
        height - 30,
    )
    days = [p.day for p in points] + [m.day for m in marks]
    first, last = min(days), max(days)
    # Marks are 21 px wide: the first and last day keep clear of the edges.
    across = scale(first.toordinal(), last.toordinal(), left + 14, right - 14)
    up = scale(0, TOP, bottom, top)

    def at(day: date, level: float) -> tuple[float, float]:
        return across(day.toordinal()), up(_inside(level))

    body, words = _shade(points, at, right, left), ""
    for v, word in enumerate(LEVELS):
        body += line(left, up(v), right, up(v), "c-grid" if v else "c-axis")
        if narrow:
            words += text(left, up(v) - 6, word, "halo")
        else:
            words += text(left - 12, up(v) + 4, word, anchor="end")
    if len(points) > 1 and _speaks_of_change(marks):
        body += path(smooth([at(p.day, p.level) for p in points]), "c-line")
    for day, word in ticks(first, last, right - left):
        x = across(day.toordinal())
        body += line(x, bottom, x, bottom + 5, "c-axis") + text(x, height - 8, word)
    if others:
        ends = (up(_inside(others.low)), up(_inside(others.high)))
        body += "".join(line(left, y, right, y, "c-others") for y in ends)
    placed = _apart([at(mark.day, mark.level) for mark in marks])
    return body + "".join(_mark(m, *xy) for m, xy in zip(marks, placed, strict=True)) + words


def _apart(points: Sequence[Point]) -> list[Point]:
    """Stack marks that would hide one another above and below their level, on their own day."""
    placed: list[Point] = []
    for x, y in points:
        tries = (y + step * MARK_PX for step in (0, -1, 1, -2, 2))
        free = (ty for ty in tries if not any(_touch((x, ty), other) for other in placed))
        placed.append((x, next(free, y)))
    return placed


def _touch(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < MARK_PX - 2 and abs(one[1] - other[1]) < MARK_PX - 2


def _shade(points: Sequence[BandPoint], at: At, right: float, left: float) -> str:
    if len(points) == 1:
        only = points[0]
        top, bottom = at(only.day, only.high)[1], at(only.day, only.low)[1]
        return rect(left, top, right - left, bottom - top, "c-band")
    upper = smooth([at(p.day, p.high) for p in points])
    lower = smooth([at(p.day, p.low) for p in reversed(points)])
    return path(f"{upper}L{lower[1:]}Z", "c-band")


def _speaks_of_change(marks: Sequence[EvidenceMark]) -> bool:
    only_visits = all(mark.kind == "visit" for mark in marks)
    return not (only_visits and len(marks) < VISITS_THAT_MAKE_A_LINE)


def _mark(mark: EvidenceMark, x: float, y: float) -> str:
    match mark.kind:
        case "visit":
            shape = dot(x, y, 10.5, "c-ev")
        case "class":
            shape = rect(x - 10, y - 10, 20, 20, "c-ev c-ev--other", 3)
        case "own":
            shape = diamond(x, y, 9, "c-ev c-ev--other")
        case "talk":
            shape = hexagon(x, y, 11.5, "c-ev c-ev--other")
    return shape + text(x, y + 4, mark.letter, "on", "middle")


def _band_table(
    points: Sequence[BandPoint], marks: Sequence[EvidenceMark], others: Between | None
) -> Table:
    days = told([p.day for p in points] + [m.day for m in marks])
    rows = [
        (day, LEVELS[_nearest(p.low)], LEVELS[_nearest(p.level)], LEVELS[_nearest(p.high)])
        for day, p in zip(days, points, strict=False)
    ]
    for day, m in zip(days[len(points) :], marks, strict=True):
        words = f"{m.letter}: {m.words} ({KIND_WORDS[m.kind]})"
        rows.append((day, "", words, LEVELS[_nearest(m.level)]))
    if others:
        low, high = LEVELS[_nearest(others.low)], LEVELS[_nearest(others.high)]
        rows.append((days[len(points) - 1], low, others.words, high))
    head = ("Day", "From", "Most likely, or evidence", "To, or as seen")
    return Table("The band, and then each piece of evidence", head, rows)


def _share_classes(parts: Sequence[Share]) -> list[str]:
    # More than four sources share the lightest green: depth says "less", not which.
    return [
        "hatch" if part.assumed else SHARE_CLASSES[min(i, len(SHARE_CLASSES) - 1)]
        for i, part in enumerate(parts)
    ]


def _share(parts: Sequence[Share], classes: Sequence[str], width: int, pattern: str) -> str:
    body = (
        f'<defs><pattern id="{pattern}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="c-hatch" '
        'stroke-width="2.5"/></pattern></defs>'
    )
    x = 0.0
    for part, css in zip(parts, classes, strict=True):
        wide = width * part.percent / SHARES_SUM
        fill = (
            f'fill="url(#{pattern})" stroke="currentColor" stroke-opacity=".25"'
            if css == "hatch"
            else f'class="{css}"'
        )
        body += f'<rect x="{x + 1:.1f}" y="20" width="{max(wide - 2, 0):.1f}" height="22" '
        body += f'rx="2" {fill}/>'
        if wide > 26:
            body += text(x + 1, 13, f"{part.percent}%", "strong")
        x += wide
    return body


def _share_key(parts: Sequence[Share], classes: Sequence[str]) -> str:
    items = "".join(
        f'<li><i class="{"k-hatch" if css == "hatch" else "k-" + css}"></i>'
        f"{escape(part.words)}, {part.percent}%</li>"
        for part, css in zip(parts, classes, strict=True)
    )
    return f'<ul class="t-key">{items}</ul>'
