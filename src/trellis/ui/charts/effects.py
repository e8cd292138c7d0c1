"""Draw what a review found: effects with intervals, before and after, how alike groups were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from trellis.ui.charts.figures import Drawing, Table
from trellis.ui.charts.svg import (
    LETTER_PX,
    NARROW,
    WIDE,
    Naming,
    both,
    cut,
    dot,
    line,
    ordered,
    rect,
    scale,
    signed,
    text,
)

STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_STEPS = 7
LABEL_MOST = 250
NUMBERS_PX = 168
# Bands of the What Works Clearinghouse: no adjustment up to .05, with adjustment up to .25.
ALIKE, ADJUSTABLE = 0.05, 0.25

_GREEN = ("c-int", "c-dot")
_GRAY = ("c-int c-int--ref", "c-dot c-dot--ref")

Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """An estimate with its interval. `counts` is False for what does not decide: drawn in gray."""

    label: str
    sub: str
    estimate: float
    low: float
    high: float
    counts: bool = True

    def __post_init__(self) -> None:
        ordered(self.low, self.estimate, self.high)


@dataclass(frozen=True, slots=True)
class EventPoint:
    """The difference from the comparison, `period` periods after the start (negative: before)."""

    period: int
    estimate: float
    low: float
    high: float

    def __post_init__(self) -> None:
        ordered(self.low, self.estimate, self.high)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """Difference between the groups at the start, in standard deviations, and after adjusting."""

    label: str
    before: float
    after: float


def interval(
    rows: Sequence[IntervalRow],
    *,
    name: Naming,
    zone: float | None = None,
    level: int = 95,
    unit: str = "standard deviations",
) -> Drawing:
    """Draw dots and capped bars against zero and the zone that is too small to matter."""
    if not rows:
        raise ValueError("an interval plot needs at least one row; say in words that none is there")
    reach = [v for r in rows for v in (r.low, r.high)] + [-(zone or 0), zone or 0]
    axis = _axis(min(reach), max(reach))
    drawn = both(name, _interval_wide(rows, axis, zone), _interval_narrow(rows, axis, zone))
    table = Table(
        f"{name.title}, in {unit}",
        ("What", "Measured", "Estimate", f"{level}% interval"),
        [(r.label, r.sub, signed(r.estimate), _range(r.low, r.high)) for r in rows],
        frozenset({2, 3}),
    )
    return Drawing(drawn, table)


def event_study(
    points: Sequence[EventPoint],
    *,
    name: Naming,
    zone: float | None = None,
    reference: int = -1,
    periods: str = "half-terms before and after the start",
    start: str = "start",
) -> Drawing:
    """Draw the periods before the start in gray and after it in green; the reference is open."""
    if not points:
        raise ValueError("an event study needs at least one period")
    drawn = both(
        name,
        (310, _event(points, zone, reference, periods, start, WIDE, 310)),
        (300, _event(points, zone, reference, periods, start, NARROW, 300)),
    )
    rows = [(p.period, signed(p.estimate), _range(p.low, p.high)) for p in points]
    rows.append((reference, signed(0), "reference"))
    table = Table(
        name.title,
        (periods[:1].upper() + periods[1:], "Estimate", "Interval"),
        [(_period(k), estimate, words) for k, estimate, words in sorted(rows)],
        frozenset({1, 2}),
    )
    return Drawing(drawn, table)


def balance(rows: Sequence[BalanceRow], *, name: Naming) -> Drawing:
    """Draw how alike the groups were: open before adjusting, filled after."""
    if not rows:
        raise ValueError("a balance plot needs at least one row")
    drawn = both(name, _balance(rows, WIDE), _balance(rows, NARROW))
    table = Table(
        f"{name.title}, in standard deviations",
        ("What", "Before", "After"),
        [(r.label, signed(r.before), signed(r.after)) for r in rows],
        frozenset({1, 2}),
    )
    return Drawing(drawn, table)


def _range(low: float, high: float) -> str:
    return f"{signed(low)} to {signed(high)}"


def _period(k: int) -> str:
    return f"{k:+d}".replace("-", "−") if k else "0"


def _axis(low: float, high: float) -> list[float]:
    """Return round values that hold low to high, few enough for their words to stand apart."""
    step = next(
        (s for s in STEPS if (high - low) / s <= MOST_STEPS), STEPS[-1] * ceil((high - low) / 30)
    )
    first, last = floor(low / step - 1e-9), ceil(high / step + 1e-9)
    return [round(i * step, 4) for i in range(first, last + 1)]


def _words(value: float, axis: Sequence[float]) -> str:
    places = 2 if len(axis) > 1 and round(axis[1] - axis[0], 4) == 0.05 else 1
    return "0" if abs(value) < 1e-9 else signed(value, places)


def _bar(row: IntervalRow, x: Scale, y: float) -> str:
    bar, mark = _GREEN if row.counts else _GRAY
    caps = "".join(line(x(v), y - 5, x(v), y + 5, bar) for v in (row.low, row.high))
    return line(x(row.low), y, x(row.high), y, bar) + caps + dot(x(row.estimate), y, 6.5, mark)


def _numbers(row: IntervalRow) -> str:
    return f"{signed(row.estimate)}  ({_range(row.low, row.high)})"


def _interval_wide(
    rows: Sequence[IntervalRow], axis: Sequence[float], zone: float | None
) -> tuple[float, str]:
    longest = max(len(words) for r in rows for words in (r.label, r.sub))
    left = min(max(120, longest * LETTER_PX + 24), LABEL_MOST)
    top, each = 34, 46
    foot = top + each * len(rows)
    x = scale(axis[0], axis[-1], left, WIDE - NUMBERS_PX)
    body = ""
    if zone:
        body += rect(x(-zone), top - 8, x(zone) - x(-zone), foot - top + 8, "c-zone")
        body += text(x(0), 14, "too small to matter", anchor="middle")
    for v in axis:
        body += line(x(v), top - 8, x(v), foot, "c-grid" if v else "c-zero")
        body += text(x(v), foot + 18, _words(v, axis), anchor="middle")
    for i, row in enumerate(rows):
        y = top + each * (i + 0.5)
        body += _bar(row, x, y)
        body += text(0, y - 3 if row.sub else y + 4, cut(row.label, left - 12), "strong")
        body += text(0, y + 14, cut(row.sub, left - 12)) if row.sub else ""
        body += text(WIDE, y + 4, _numbers(row), "strong" if row.counts else "", "end")
    return foot + 34, body


def _interval_narrow(
    rows: Sequence[IntervalRow], axis: Sequence[float], zone: float | None
) -> tuple[float, str]:
    left, top, each = 14, 34, 62
    foot = top + each * len(rows)
    x = scale(axis[0], axis[-1], left, NARROW - left)
    body = text(x(0), 14, "too small to matter", anchor="middle") if zone else ""
    for v in axis[:: 1 if len(axis) <= 6 else 2] if 0 not in axis else _around_zero(axis):
        body += text(x(v), foot + 18, _words(v, axis), anchor="middle")
    for i, row in enumerate(rows):
        head, y = top + each * i + 14, top + each * (i + 0.68)
        body += rect(x(-zone), y - 13, x(zone) - x(-zone), 26, "c-zone") if zone else ""
        body += line(left, y, NARROW - left, y, "c-grid") + line(
            x(0), y - 13, x(0), y + 13, "c-zero"
        )
        body += _bar(row, x, y)
        body += text(0, head, cut(row.label, NARROW - NUMBERS_PX), "strong")
        body += text(NARROW, head, _numbers(row), anchor="end")
    return foot + 34, body


def _around_zero(axis: Sequence[float]) -> list[float]:
    """Keep zero and every other value when there are too many for a phone."""
    if len(axis) <= 6:
        return list(axis)
    zero = list(axis).index(0)
    return [v for i, v in enumerate(axis) if (i - zero) % 2 == 0]


def _event(
    points: Sequence[EventPoint],
    zone: float | None,
    reference: int,
    periods: str,
    start: str,
    width: int,
    height: int,
) -> str:
    left, right, top, bottom = 44, width - 10, 26, height - 46
    seen = [p.period for p in points] + [reference]
    reach = [v for p in points for v in (p.low, p.high)] + [-(zone or 0), zone or 0]
    axis = _axis(min(reach), max(reach))
    x = scale(min(seen) - 0.5, max(seen) + 0.5, left, right)
    y = scale(axis[0], axis[-1], bottom, top)
    body = rect(left, y(zone), right - left, y(-zone) - y(zone), "c-zone") if zone else ""
    for v in axis:
        body += line(left, y(v), right, y(v), "c-grid" if v else "c-zero")
        body += text(left - 8, y(v) + 4, _words(v, axis), anchor="end")
    body += line(x(-0.5), top - 20, x(-0.5), bottom, "c-event")
    body += text(x(-0.5) + 7, top - 11, start, "strong")
    for point in points:
        bar, mark = _GRAY if point.period < 0 else _GREEN
        at = x(point.period)
        body += line(at, y(point.low), at, y(point.high), bar) + dot(at, y(point.estimate), 6, mark)
    body += dot(x(reference), y(0), 6, "c-dot--open")
    apart = max(1, ceil(len(seen) * 30 / (right - left)))
    for k in sorted(set(seen)):
        body += text(x(k), height - 26, _period(k), anchor="middle") if k % apart == 0 else ""
    return body + text((left + right) / 2, height - 6, periods, anchor="middle")


def _balance(rows: Sequence[BalanceRow], width: int) -> tuple[float, str]:
    narrow = width == NARROW
    left, top, each = (14, 30, 52) if narrow else (205, 30, 32)
    foot = top + each * len(rows)
    most = max(0.4, *(abs(v) for r in rows for v in (r.before, r.after)))
    x = scale(-most, most, left, width - 20)

    def bands(y: float, tall: float) -> str:
        body = rect(x(-ADJUSTABLE), y, x(ADJUSTABLE) - x(-ADJUSTABLE), tall, "c-zone")
        body += rect(x(-ALIKE), y, x(ALIKE) - x(-ALIKE), tall, "c-band")
        return body + line(x(0), y, x(0), y + tall, "c-zero")

    body = "" if narrow else bands(top - 6, foot - top + 6)
    for v in (-ADJUSTABLE, -ALIKE, ALIKE, ADJUSTABLE):
        crowded = abs(v) == ALIKE and (narrow or most > 0.5)
        body += "" if crowded else text(x(v), 14, signed(v), anchor="middle")
    for i, row in enumerate(rows):
        y = top + each * (i + (0.7 if narrow else 0.5))
        body += bands(y - 9, 18) if narrow else ""
        label = top + each * i + 14 if narrow else y + 4
        body += text(0, label, cut(row.label, (width if narrow else left) - 12), "strong")
        body += line(x(row.before), y, x(row.after), y, "c-axis")
        body += dot(x(row.before), y, 5, "c-dot--open") + dot(x(row.after), y, 5.5)
    words = "difference between the groups, in standard deviations"
    body += text(0, foot + 24, words) if narrow else text(x(0), foot + 24, words, anchor="middle")
    return foot + 30, body
