"""Draw where things stand on a scale that has ends, such as percent, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trellis.ui.charts.figures import Drawing, Table
from trellis.ui.charts.svg import (
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
    text,
)

TOP, FOOT = 8, 26
ZONE_WORDS = 22  # room above the rows for what the zone means
EACH, EACH_NARROW = 54, 72  # of a row; on a phone its numbers have a line of their own
ABOVE_FOOT = 16  # of the bar, above the end of its row
END = 18  # room for half a number at both ends of the scale
BESIDE_PX = 118  # the numbers of a row


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where one thing stands, with its interval, and where such things usually stand, if known.

    `stands_out` is drawn in green, all else in gray.
    """

    label: str
    value: float
    low: float
    high: float
    usual: float | None = None
    stands_out: bool = False

    def __post_init__(self) -> None:
        ordered(self.low, self.value, self.high)


@dataclass(frozen=True, slots=True)
class Ruler:
    """A scale: the numbers written below it, the first and last being its ends, and their unit."""

    marks: tuple[int, ...] = (0, 25, 50, 75, 100)
    unit: str = "%"


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the scale that is shaded, and what it means."""

    low: float
    high: float
    words: str


def places(
    rows: Sequence[PlaceRow],
    *,
    name: Naming,
    level: int,
    usual: str = "",
    ruler: Ruler = Ruler(),
    zone: Zone | None = None,
) -> Drawing:
    """Draw a dot with its capped bar for each row, and a tick at what is usual.

    `usual` says in the table what the tick is, where there is one; `level` is that of the
    intervals, in percent.
    """
    if not rows:
        raise ValueError("a plot of places needs at least one row; say in words that none is there")
    drawn = both(name, _places(rows, ruler, zone, WIDE), _places(rows, ruler, zone, NARROW))
    unit = ruler.unit
    table = Table(
        name.title,
        ("What", "Estimate", f"{level}% interval", *([usual] if usual else [])),
        [
            (r.label, f"{r.value:.0f}{unit}", _range(r, unit), *_usual(r, unit, said=bool(usual)))
            for r in rows
        ],
        frozenset({1, 2, 3}),
    )
    return Drawing(drawn, table)


def _usual(row: PlaceRow, unit: str, *, said: bool) -> list[str]:
    """Return the cell of what is usual; none where the table has no such column."""
    if not said:
        return []
    return ["" if row.usual is None else f"{row.usual:.0f}{unit}"]


def _range(row: PlaceRow, unit: str) -> str:
    return f"{row.low:.0f}{unit} to {row.high:.0f}{unit}"


def _places(
    rows: Sequence[PlaceRow], ruler: Ruler, zone: Zone | None, width: int
) -> tuple[float, str]:
    narrow = width == NARROW
    each = EACH_NARROW if narrow else EACH
    top = TOP + (ZONE_WORDS if zone else 0)
    foot = top + each * len(rows)
    x = scale(ruler.marks[0], ruler.marks[-1], END, width - END)
    body = ""
    if zone:
        body += rect(x(zone.low), top, x(zone.high) - x(zone.low), foot - top, "c-zone")
        body += text((x(zone.low) + x(zone.high)) / 2, TOP + 6, zone.words, anchor="middle")
    for mark in ruler.marks:
        body += text(x(mark), foot + 18, f"{mark}{ruler.unit}", anchor="middle")
    for i, row in enumerate(rows):
        head, y = top + each * i + 16, top + each * (i + 1) - ABOVE_FOOT
        bar, shape = ("c-int", "c-dot") if row.stands_out else ("c-int c-int--ref", "c-dot--ref")
        body += line(END, y, width - END, y, "c-grid")
        if row.usual is not None:
            body += line(x(row.usual), y - 10, x(row.usual), y + 10, "c-zero")
        body += line(x(row.low), y, x(row.high), y, bar)
        body += "".join(line(x(v), y - 5, x(v), y + 5, bar) for v in (row.low, row.high))
        body += dot(x(row.value), y, 6, shape)
        body += text(0, head, cut(row.label, width - (0 if narrow else BESIDE_PX)), "strong")
        numbers = f"{row.value:.0f}{ruler.unit}  ({row.low:.0f} to {row.high:.0f})"
        body += text(0, head + 18, numbers) if narrow else text(width, head, numbers, anchor="end")
    return foot + FOOT, body
