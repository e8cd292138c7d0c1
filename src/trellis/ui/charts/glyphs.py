"""Draw the small signs that stand beside words: a verdict, and how far support reaches."""

from __future__ import annotations

from html import escape
from typing import Literal

from django.utils.safestring import SafeString

from trellis.ui.charts.svg import trusted

VerdictKind = Literal["helps", "harms", "none", "notyet", "unfair"]

VERDICT_WORDS: dict[VerdictKind, str] = {
    "helps": "Helps",
    "harms": "Harms",
    "none": "No meaningful difference",
    "notyet": "Cannot tell yet",
    "unfair": "Not a fair comparison",
}
# Where the sign's interval lies: "no effect" is at 22, the zone too small to matter 16 to 28.
_ENDS: dict[VerdictKind, tuple[int, int]] = {
    "helps": (25, 41),
    "harms": (3, 19),
    "none": (18, 26),
    "notyet": (8, 38),
    "unfair": (8, 38),
}
FIFTHS = 5


def verdict(kind: VerdictKind, words: str = "") -> SafeString:
    """Write a verdict in words with its sign; all five have one size and one weight."""
    low, high = _ENDS[kind]
    broken = kind == "unfair"
    bar = "c-int c-int--ref" if broken else "c-int"
    dashes = ' stroke-dasharray="3 3"' if broken else ""
    mark = "c-dot--open" if broken else "c-dot"
    return trusted(
        f'<p class="t-verdict"><span>{escape(words or VERDICT_WORDS[kind])}</span>'
        '<svg viewBox="0 0 44 24" aria-hidden="true">'
        '<rect x="16" y="2" width="12" height="20" class="c-zone"/>'
        '<line x1="22" y1="1" x2="22" y2="23" class="c-zero"/>'
        f'<line x1="{low}" y1="12" x2="{high}" y2="12" class="{bar}"{dashes}/>'
        f'<circle cx="{(low + high) / 2:g}" cy="12" r="4" class="{mark}"/></svg></p>'
    )


def reach(fifth: int) -> SafeString:
    """Draw a broad band: which fifth of the people was reached, 1 (few) to 5 (nearly all).

    Steps of a fifth, so that no one can be worked out. Its words stand in the table beside it.
    """
    if not 1 <= fifth <= FIFTHS:
        raise ValueError("reach is told in fifths, 1 to 5")
    wide = 160 // FIFTHS
    return _bar(
        '<rect width="160" height="12" rx="2" class="c-zone"/>'
        f'<rect x="{(fifth - 1) * wide}" width="{wide}" height="12" rx="2" class="c-inner"/>'
    )


def bar(count: float, most: float) -> SafeString:
    """Draw how many, against the most in its table; the number itself stands in the table."""
    if most <= 0 or not 0 <= count <= most:
        raise ValueError("a bar needs a count between 0 and the most")
    return _bar(f'<rect width="{160 * count / most:.0f}" height="12" rx="2" class="c-inner"/>')


def _bar(body: str) -> SafeString:
    return trusted(
        '<svg class="t-hbar" viewBox="0 0 160 12" preserveAspectRatio="none" aria-hidden="true">'
        f"{body}</svg>"
    )
