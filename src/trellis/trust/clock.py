"""Tell the day on which Trellis stands; the only place that reads the clock."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present moment, moved to the day the installation stands on.

    The demonstration stands on a fixed day: the time of day goes on, the date does not.
    """
    moment = timezone.localtime()
    day: date | None = settings.TRELLIS_TODAY
    if day is None:
        return moment
    return moment + timedelta(days=(day - moment.date()).days)


def here(moment: datetime) -> datetime:
    """Return a stored moment as the district sees it: its evening is tomorrow already in UTC."""
    return timezone.localtime(moment)


def today() -> date:
    """Return the day on which Trellis stands, in the district's time zone."""
    return now().date()


def local(moment: datetime) -> datetime:
    """Return a stored moment in the district's time zone, as its people read it."""
    return timezone.localtime(moment)


def school_year(day: date) -> int:
    """Return a day's school year, named by the year in which it ends (July starts a new one)."""
    return day.year + (day.month >= 7)
