"""Say how old data is against how often it usually comes, in words and without a promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

# From fewer steps nobody could tell a habit from chance.
FEWEST_STEPS = 2
# Half as long again as usual: a holiday does not make a file old.
PATIENCE = 1.5


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old one kind of data is.

    Attributes
    ----------
    last : the day on which it last came; None when it never did.
    usual : the days that usually lie between two times; None while no habit is known.
    """

    last: date | None
    age: int
    usual: float | None

    @property
    def is_old(self) -> bool:
        return self.usual is not None and self.age > max(self.usual * PATIENCE, self.usual + 2)

    @property
    def words(self) -> str:
        if self.last is None:
            return "It never came."
        if self.usual is None:
            return f"{_ago(self.age)}."
        return f"{_ago(self.age)}; usually {_every(self.usual)}."


def freshness(days: Sequence[date], today: date) -> Freshness:
    """Tell the age of what came on some days, and how often it usually comes."""
    distinct = sorted(set(days))
    if not distinct:
        return Freshness(None, 0, None)
    steps = [(later - earlier).days for earlier, later in pairwise(distinct)]
    usual = float(median(steps)) if len(steps) >= FEWEST_STEPS else None
    return Freshness(distinct[-1], (today - distinct[-1]).days, usual)


def _ago(days: int) -> str:
    if days <= 1:
        return "Yesterday" if days == 1 else "Today"
    if days < 14:
        return f"{days} days old"
    if days < 60:
        return f"{days // 7} weeks old"
    return f"{days // 30} months old"


def _every(days: float) -> str:
    for most, words in ((1.5, "every day"), (4.5, f"every {days:.0f} days"), (9, "every week"),
                        (18, "every two weeks"), (45, "every month"), (75, "every two months"),
                        (300, f"every {days / 30:.0f} months")):  # fmt: skip
        if days <= most:
            return words
    return "once a year"
