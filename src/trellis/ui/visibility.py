"""Say who can see a field or a record, in the words that stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

VisibilityIcon = Literal["lock", "users", "hash", "clock"]


@dataclass(frozen=True, slots=True)
class Visible:
    """The words beside a field, and the sign before them."""

    words: str
    icon: VisibilityIcon = "users"

    def __str__(self) -> str:
        return self.words


ONLY_YOU = Visible("Only you", "lock")
COUNTED = Visible("Counted, no names", "hash")
TIME_ONLY = Visible("Time only, not content", "clock")


def shared_with(first_names: Sequence[str], *, until: date | None = None) -> Visible:
    """Name those who can read it besides the reader: "You and Ben", "You, Ben, Chi"."""
    names = list(first_names)
    if not names:
        return ONLY_YOU
    words = f"You and {names[0]}" if len(names) == 1 else ", ".join(["You", *names])
    if until is not None:
        words += f", until {until:%b} {until.day}"
    return Visible(words)
