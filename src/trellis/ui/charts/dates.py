"""Choose the dates that are written under a chart, so that their words never run together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

DAYS_THAT_WANT_WEEKS = 70
DAYS_THAT_WANT_YEARS = 330
DAY_PX, YEAR_PX = 62.0, 80.0


def ticks(first: date, last: date, pixels: float) -> list[tuple[date, str]]:
    """Return dates with their words: first of months, or days when the span is short.

    Each has room for its words between its own place and the next one, or the right edge.
    """
    days = max((last - first).days, 1)
    wide = YEAR_PX if days > DAYS_THAT_WANT_YEARS else DAY_PX
    most = max(2, int(pixels / wide))
    few = days <= DAYS_THAT_WANT_WEEKS
    found = _weeks(first, last, most) if few else _months(first, last, most)
    with_room = [tick for tick in found if (last - tick[0]).days * pixels / days > wide / 2]
    return with_room or found[:1]


def short(day: date) -> str:
    """Write a day as people say it in a school year: Nov 12."""
    return f"{day:%b} {day.day}"


def told(days: Sequence[date]) -> list[str]:
    """Write days for a table: with their year where they span more than a school year."""
    if (max(days) - min(days)).days <= DAYS_THAT_WANT_YEARS:
        return [short(day) for day in days]
    return [f"{short(day)}, {day.year}" for day in days]


def _weeks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    weeks = (last - first).days // 7 + 1
    step = 7 * max(1, -(-weeks // most))
    days = (last - first).days // step + 1
    return [(day, short(day)) for day in (first + timedelta(days=i * step) for i in range(days))]


def _months(first: date, last: date, most: int) -> list[tuple[date, str]]:
    starts = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    if not starts or (starts[0] - first).days > (last - first).days // most:
        starts.insert(0, first)  # the part of a month that the span begins in
    chosen = starts[:: max(1, -(-len(starts) // most))]
    # Months alone would repeat themselves over more than a year.
    pattern = "%b %Y" if (last - first).days > DAYS_THAT_WANT_YEARS else "%b"
    return [(day, day.strftime(pattern)) for day in chosen]
