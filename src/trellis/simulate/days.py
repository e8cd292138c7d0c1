"""Know which days are school days, and which school year a day belongs to."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

ONE_DAY = timedelta(days=1)
A_WEEK = timedelta(weeks=1)


def school_year_of(day: date) -> int:
    """Name the school year by the year in which it ends; it turns on July 1."""
    return day.year + 1 if day.month >= 7 else day.year


def first_day(school_year: int) -> date:
    """Return the third Monday of August before the named year."""
    first = date(school_year - 1, 8, 1)
    return first + timedelta(days=(-first.weekday()) % 7) + 2 * A_WEEK


def last_day(school_year: int) -> date:
    """Return the first Friday of June."""
    first = date(school_year, 6, 1)
    return first + timedelta(days=(4 - first.weekday()) % 7)


def day_in(school_year: int, month: int, day: int) -> date:
    """Return the day of a month inside a school year, or the Monday after its weekend."""
    return after_weekend(date(school_year - 1 if month >= 7 else school_year, month, day))


def after_weekend(day: date) -> date:
    """Return the day, or the Monday after its weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _is_break(day: date, school_year: int) -> bool:
    winter = day_in(school_year, 12, 20) <= day <= day_in(school_year, 1, 4)
    spring = day_in(school_year, 3, 28) <= day <= day_in(school_year, 4, 5)
    thanksgiving = day.month == 11 and day.weekday() >= 2 and 22 <= day.day <= 28
    return winter or spring or thanksgiving


@dataclass(frozen=True, slots=True)
class Year:
    """A school year as far as it has happened.

    Attributes
    ----------
    name : the year in which it ends.
    days : school days in order, none after today.
    """

    name: int
    days: tuple[date, ...]

    def between(self, start: date, end: date) -> list[date]:
        """Return the school days from start to end, both included."""
        return [day for day in self.days if start <= day <= end]


def year_until(school_year: int, today: date) -> Year:
    """Return a school year with its days up to today."""
    day, days = first_day(school_year), []
    while day <= min(last_day(school_year), today):
        if day.weekday() < 5 and not _is_break(day, school_year):
            days.append(day)
        day += ONE_DAY
    return Year(school_year, tuple(days))


def pick_days(rng: np.random.Generator, days: list[date], count: int) -> list[date]:
    """Draw days in order, each at most once while there are enough of them."""
    if not days:
        return []
    chosen: NDArray[np.int64] = np.sort(
        rng.choice(len(days), size=count, replace=count > len(days))
    )
    return [days[i] for i in chosen]
