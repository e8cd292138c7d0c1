"""Say when so many would leave that a person has to say so first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from trellis.trust.loading import Change

# One or two who leave a small school are ordinary, whatever share of it they are.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """How many of a kind the files leave out, of how many."""

    kind: str
    leaving: int
    stood: int

    @property
    def sentence(self) -> str:
        return f"These files leave out {self.leaving:,} of {self.stood:,} {self.kind}."


def asks(changes: Iterable[Change]) -> tuple[Ask, ...]:
    """Return what a person must confirm before these changes are applied."""
    return tuple(
        Ask(change.kind, change.leaving, change.stood)
        for change in changes
        if change.guarded and _are_many(change)
    )


def _are_many(change: Change) -> bool:
    if change.leaving == 0:
        return False
    if change.leaving == change.stood and not change.added:  # the wrong file, more likely
        return True
    share = change.leaving / max(change.stood, 1)
    return change.leaving >= FEWEST and share > settings.TRELLIS_MOST_LEAVERS
