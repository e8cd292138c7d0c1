"""Draw the few shapes that every chart is made of, as escaped SVG text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

from django.utils.safestring import SafeString, mark_safe

WIDE = 688
NARROW = 343
# Public Sans at 13 px takes about this many pixels a letter. Too small a guess lets
# a label run into the drawing; too large a guess only cuts it a letter early.
LETTER_PX = 7.0

Point = tuple[float, float]

_KEY = re.compile(r"[a-z][a-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a chart is called on its page: `key` makes its ids, so it is unique on the page.

    `title` and `desc` are read aloud in place of the drawing.
    """

    key: str
    title: str
    desc: str

    def __post_init__(self) -> None:
        if not _KEY.match(self.key):
            raise ValueError(f"a chart's key is lower-case letters, digits, - and _: {self.key!r}")
        if not self.title or not self.desc:
            raise ValueError("a chart needs a title and a description for those who hear it")


def svg(width: float, height: float, name: Naming, body: str, css: str, part: str) -> str:
    ids = f"{name.key}-{part}"
    return (
        f'<svg class="{css}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img" '
        f'aria-labelledby="{ids}-t {ids}-d"><title id="{ids}-t">{escape(name.title)}</title>'
        f'<desc id="{ids}-d">{escape(name.desc)}</desc>{body}</svg>'
    )


def both(name: Naming, wide: tuple[float, str], narrow: tuple[float, str]) -> SafeString:
    """Join the wide and the narrow drawing, each a height and its shapes.

    The width of the figure chooses which is seen: drawn twice rather than scaled, so that
    words keep 13 px on a phone.
    """
    return trusted(
        svg(WIDE, wide[0], name, wide[1], "only-wide", "w")
        + svg(NARROW, narrow[0], name, narrow[1], "only-narrow", "n")
    )


def trusted(html: str) -> SafeString:
    """Mark HTML of this package as safe to print: every word in it went through `escape`."""
    return mark_safe(html)  # noqa: S308 - the one place; callers escape each text


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def rect(x: float, y: float, width: float, height: float, css: str, radius: int = 0) -> str:
    rounded = f' rx="{radius}"' if radius else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
        f'class="{css}"{rounded}/>'
    )


def diamond(x: float, y: float, half: float, css: str) -> str:
    return (
        f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" '
        f'height="{2 * half:.1f}" rx="3" class="{css}" transform="rotate(45 {x:.1f} {y:.1f})"/>'
    )


def hexagon(x: float, y: float, half: float, css: str) -> str:
    corners = ((-1, 0), (-0.5, -0.9), (0.5, -0.9), (1, 0), (0.5, 0.9), (-0.5, 0.9))
    joined = " ".join(f"{x + half * dx:.1f},{y + half * dy:.1f}" for dx, dy in corners)
    return f'<polygon class="{css}" points="{joined}"/>'


def dot(x: float, y: float, radius: float = 5, css: str = "c-dot") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{css}"/>'


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    named = f' class="{css}"' if css else ""
    placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{placed}>{escape(words)}</text>'


def path(d: str, css: str) -> str:
    return f'<path class="{css}" d="{d}"/>'


def polyline(points: Sequence[Point], css: str) -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{css}" points="{joined}"/>'


def smooth(points: Sequence[Point]) -> str:
    """Lead a cubic path through the points (Catmull-Rom)."""
    d = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for i in range(len(points) - 1):
        (x0, y0), (x1, y1) = points[max(i - 1, 0)], points[i]
        (x2, y2), (x3, y3) = points[i + 1], points[min(i + 2, len(points) - 1)]
        d += (
            f"C{x1 + (x2 - x0) / 6:.1f} {y1 + (y2 - y0) / 6:.1f} "
            f"{x2 - (x3 - x1) / 6:.1f} {y2 - (y3 - y1) / 6:.1f} {x2:.1f} {y2:.1f}"
        )
    return d


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Map low..high to start..end; a scale of no length puts everything at its start."""
    span = (high - low) or 1.0
    return lambda v: start + (end - start) * (v - low) / span


def cut(words: str, pixels: float) -> str:
    """Shorten a label to the room it has; the figure's table holds it in full."""
    most = int(pixels / LETTER_PX)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def signed(value: float, places: int = 2) -> str:
    """Write a difference with its sign, and a true minus; nothing at all has no sign."""
    if round(value, places) == 0:
        return f"{0:.{places}f}"
    return f"{value:+.{places}f}".replace("-", "−")


def ordered(low: float, middle: float, high: float) -> None:
    """Refuse an estimate that does not come with an interval around it."""
    if not all(isfinite(v) for v in (low, middle, high)):
        raise ValueError("an estimate is drawn only with a finite interval")
    if not low <= middle <= high:
        raise ValueError(f"the estimate {middle} lies outside its interval {low} to {high}")
