"""Put a drawing, its words and its numbers together: no chart stands without its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from trellis.ui.charts.svg import trusted


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart as rows of words; `numeric` names the columns set to the right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready for `figure`: its SVG, the table of its data, and a key if it needs one."""

    svg: SafeString
    table: Table
    key: str = ""


def figure(
    drawing: Drawing,
    *,
    caption: str,
    note: str,
    level: int = 3,
    summary: str = "Show the numbers",
) -> SafeString:
    """Return the figure as HTML: caption in words first, drawing second, table on demand.

    The result is safe to print in a template as it is; all words given are escaped here.
    """
    if level not in (2, 3, 4):
        raise ValueError("a figure's caption is a heading of level 2, 3 or 4")
    return trusted(
        f'<figure class="t-chart"><figcaption><h{level}>{escape(caption)}</h{level}>'
        f"<p>{escape(note)}</p></figcaption>{drawing.svg}{drawing.key}"
        f"<details><summary>{escape(summary)}</summary>"
        f'<div class="t-scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f"{_table(drawing.table)}</div></details></figure>"
    )


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_right(i, table)}>{escape(word)}</th>'
        for i, word in enumerate(table.head)
    )
    body = "".join(f"<tr>{_row(row, table)}</tr>" for row in table.rows)
    return (
        f"<table><caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(row: Sequence[str], table: Table) -> str:
    first, *others = row
    cells = "".join(
        f"<td{_right(i, table)}>{escape(word)}</td>" for i, word in enumerate(others, start=1)
    )
    return f'<th scope="row">{escape(first)}</th>{cells}'


def _right(column: int, table: Table) -> str:
    return ' class="t-num"' if column in table.numeric else ""
