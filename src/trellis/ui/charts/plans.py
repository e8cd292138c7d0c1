"""Draw what a plan holds: the owner's own counts against the target, and the events of a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trellis.ui.charts.dates import short, ticks
from trellis.ui.charts.figures import Drawing, Table
from trellis.ui.charts.svg import (
    NARROW,
    WIDE,
    Naming,
    both,
    cut,
    dot,
    line,
    polyline,
    scale,
    text,
)

ROUND_STEPS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 6, 10, 20, 25, 50)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What the owner counted on a day; a note is written beside it ("met, raised")."""

    day: date
    count: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What the owner wants to reach between two days; a raised goal adds a second, higher one."""

    first: date
    last: date
    count: float
    words: str


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened or is planned; a milestone stands above the line, a contact below."""

    day: date
    words: str
    done: bool
    milestone: bool = False


def checkins(
    points: Sequence[CheckIn],
    targets: Sequence[Target],
    *,
    top: float,
    unit: str,
    name: Naming,
) -> Drawing:
    """Draw counts joined by a line, and targets as dashed steps. A count is not an estimate."""
    if not points and not targets:
        raise ValueError("a check-in line needs a check-in or a target")
    drawn = both(
        name,
        (280, _checkins(points, targets, top, WIDE, 280)),
        (260, _checkins(points, targets, top, NARROW, 260)),
    )
    rows = [(short(p.day), f"{p.count:g}", p.note) for p in points]
    rows += [(f"by {short(t.last)}", f"{t.count:g}", t.words) for t in targets]
    head = ("When", unit[:1].upper() + unit[1:], "What happened")
    return Drawing(drawn, Table(name.title, head, rows, frozenset({1})))


def timeline(events: Sequence[TimelineEvent], *, name: Naming) -> Drawing:
    """Draw events along the year: filled happened, open is planned; a list on a phone."""
    if not events:
        raise ValueError("a timeline needs at least one event")
    sequence = sorted(events, key=lambda event: event.day)
    narrow = 30 * len(sequence) + 10
    drawn = both(
        name, (136, _timeline_wide(sequence)), (narrow, _timeline_narrow(sequence, narrow))
    )
    rows = [(short(e.day), e.words, "happened" if e.done else "planned") for e in sequence]
    return Drawing(drawn, Table(name.title, ("When", "What", "State"), rows))


def _checkins(
    points: Sequence[CheckIn], targets: Sequence[Target], top: float, width: int, height: int
) -> str:
    narrow = width == NARROW
    left, right, ceiling, bottom = 30, width - (8 if narrow else 12), 22, height - 30
    days = [p.day for p in points] + [d for t in targets for d in (t.first, t.last)]
    x = scale(min(days).toordinal(), max(days).toordinal(), left + 10, right - 10)
    y = scale(0, top, bottom, ceiling)
    body = ""
    for v in _steps(top):
        body += line(left, y(v), right, y(v), "c-grid" if v else "c-axis")
        body += text(left - 8, y(v) + 4, f"{v:g}", anchor="end")
    for target in targets:
        first, last = x(target.first.toordinal()), x(target.last.toordinal())
        body += line(first, y(target.count), last, y(target.count), "c-target")
        words = f"target {target.count:g}" if narrow else target.words
        body += text(min(first, right - 8 * len(words)) + 2, y(target.count) - 7, words, "strong")
    at = [(x(p.day.toordinal()), y(p.count)) for p in points]
    body += polyline(at, "c-line") if len(at) > 1 else ""
    for point, (px, py) in zip(points, at, strict=True):
        body += dot(px, py, 6.5 if point.note else 4.5)
        body += "" if narrow and len(point.note) > 14 else _note(point.note, px, py, left)
    for day, words in ticks(min(days), max(days), right - left):
        tx = x(day.toordinal())
        body += line(tx, bottom, tx, bottom + 5, "c-axis")
        body += text(tx, height - 8, words)
    return body


def _note(words: str, x: float, y: float, left: float) -> str:
    if not words:
        return ""
    # Left of its dot, where a rising line leaves room; the first dots have room below only.
    if x - 7 * len(words) < left:
        return text(x - 2, y + 24, words)
    return text(x - 4, y - 13, words, anchor="end")


def _steps(top: float) -> list[float]:
    few = [s for s in ROUND_STEPS if top / s <= 5] or [top / 4]
    # A step that meets the top exactly (6 for a class of 24) reads better than a rounder one.
    step = next((s for s in few[:3] if top % s == 0), few[0])
    found = []
    i = 0
    while i * step <= top + 1e-9:
        found.append(round(i * step, 6))
        i += 1
    return found


def _timeline_wide(events: Sequence[TimelineEvent]) -> str:
    first, last = events[0].day, events[-1].day
    x = scale(first.toordinal(), last.toordinal(), 14, WIDE - 14)
    body = line(8, 66, WIDE - 8, 66, "c-axis")
    for day, words in ticks(first, last, WIDE):
        at = x(day.toordinal())
        body += line(at, 66, at, 78, "c-axis")
        body += text(at + 5, 92, words)
    ends = {True: 0.0, False: 0.0}
    for event in events:
        at = x(event.day.toordinal())
        y = 26 if event.milestone else 126
        body += line(at, 66, at, y + (8 if event.milestone else -14), "c-grid")
        body += dot(at, 66, 6, "c-dot" if event.done else "c-dot--open")
        start, anchor = _room(at, event.words)
        # Where two would run into each other the later one keeps its dot; the table has its words.
        if start >= ends[event.milestone]:
            body += text(at, y, event.words, "strong", anchor)
            ends[event.milestone] = start + 7.4 * len(event.words) + 8
    return body


def _room(at: float, words: str) -> tuple[float, str]:
    """Return where words centered on `at` would start, and how they are anchored at the edges."""
    long = 7.4 * len(words)
    if at - long / 2 < 0:
        return at, "start"
    if at + long / 2 > WIDE:
        return at - long, "end"
    return at - long / 2, "middle"


def _timeline_narrow(events: Sequence[TimelineEvent], height: int) -> str:
    body = line(10, 8, 10, height - 8, "c-axis")
    for i, event in enumerate(events):
        y = 18 + 30 * i
        body += dot(10, y, 5.5, "c-dot" if event.done else "c-dot--open")
        body += text(26, y + 4, short(event.day))
        body += text(84, y + 4, cut(event.words, NARROW - 84), "strong")
    return body
