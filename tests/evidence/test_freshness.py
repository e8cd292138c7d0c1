"""How old data is, against how often it usually comes; a habit needs more than one step."""

from datetime import date, timedelta

import pytest

from trellis.evidence.freshness import freshness

TODAY = date(2026, 3, 11)


def days(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=n) for n in ago]


@pytest.mark.parametrize(
    ("came", "words"),
    [
        (days(), "It never came."),
        (days(0), "Today."),
        (days(21), "3 weeks old."),
        (days(21, 51), "3 weeks old."),  # one step is no habit
        (days(21, 51, 81), "3 weeks old; usually every month."),
        (days(1, 2, 3, 4), "Yesterday; usually every day."),
        (days(3, 10, 17, 17, 24), "3 days old; usually every week."),
        (days(100, 460, 825), "3 months old; usually once a year."),
    ],
)
def test_age_and_habit_are_told_in_words(came: list[date], words: str) -> None:
    assert freshness(came, TODAY).words == words


@pytest.mark.parametrize(
    ("came", "is_old"),
    [
        (days(200), False),  # without a habit nothing is too old
        (days(40, 70, 100), False),
        (days(46, 76, 106), True),
        (days(3, 4, 5, 6), False),  # a weekend
        (days(4, 5, 6, 7), True),
    ],
)
def test_what_is_half_as_old_again_as_usual_is_old(came: list[date], is_old: bool) -> None:
    assert freshness(came, TODAY).is_old is is_old
