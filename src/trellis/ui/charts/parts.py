"""Draw shares between nothing and all, each with its range: one line below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trellis.ui.charts.figures import Drawing, Table
from trellis.ui.charts.svg import NARROW, WIDE, Naming, both, dot, line, ordered, rect, scale, text

ROW_PX, TOP_PX = 46, 8
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class PartRow:
    """A share in percent, from `low` to `high`, counted over `n` things."""

    label: str
    low: float
    value: float
    high: float
    n: int

    def __post_init__(self) -> None:
        ordered(self.low, self.value, self.high)


def parts(rows: Sequence[PartRow], *, name: Naming, level: int = 95) -> Drawing:
    """Draw each share as a dot with its range on a line from 0 to 100 %."""
    if not rows:
        raise ValueError("a chart of shares needs at least one; say in words that none is there")
    drawn = both(name, _drawn(rows, WIDE), _drawn(rows, NARROW))
    table = Table(
        name.title,
        ("What", "Share", f"{level}% range", "Counted over"),
        [(r.label, f"{r.value:.0f}%", f"{r.low:.0f}% to {r.high:.0f}%", f"{r.n:,}") for r in rows],
        frozenset({1, 2, 3}),
    )
    return Drawing(drawn, table)


def _drawn(rows: Sequence[PartRow], width: int) -> tuple[float, str]:
    x = scale(0, 100, 14, width - 14)
    bottom = TOP_PX + ROW_PX * len(rows)
    body = "".join(line(x(v), TOP_PX, x(v), bottom, "c-grid") for v in TICKS)
    for place, row in enumerate(rows):
        body += _row(row, x(row.low), x(row.value), x(row.high), TOP_PX + ROW_PX * place)
    words = "".join(text(x(v), bottom + 18, f"{v}%", anchor="middle") for v in TICKS)
    return bottom + 26, body + words


def _row(row: PartRow, low: float, value: float, high: float, top: int) -> str:
    y = top + 30
    said = f"{row.label}: {row.value:.0f}%"
    return (
        text(14, top + 16, said, "halo")
        + rect(low, y - 5, high - low, 10, "c-inner", 3)
        + dot(value, y, 6.5, "c-dot")
    )
