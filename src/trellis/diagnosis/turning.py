"""Find what a claim rests on: the smallest sets of pieces without which it would not be made."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations
from math import comb, isinf

from trellis.diagnosis import signals
from trellis.diagnosis.practice_joint import Joint
from trellis.diagnosis.rules import Case, Kind, Rule, Setting
from trellis.diagnosis.sureness import EARLY

MOST_TOGETHER = 3
# Sets of pieces that are tried, all of one size or none. Where odd lessons pull less, every set
# asks for the weights of all lessons anew.
MOST_SETS, MOST_SETS_WEIGHED = 1000, 30


@dataclass(frozen=True, slots=True)
class Deletion:
    """The smallest sets of pieces that turn a claim, all of `size` pieces; the first does it most.

    Where there is none, the claim stands without any `size` pieces.
    """

    size: int
    sets: tuple[tuple[str, ...], ...]


def smallest_deletion(
    rule: Rule, kind: Kind, element: str, known: Joint, around: Setting
) -> Deletion:
    """Return without which pieces of evidence on the element a claim would not be made.

    Exact: every single piece is tried, then every two, then every three, as far as the number of
    sets allows; leaving pieces out is never having had them.
    """
    pieces = list(dict.fromkeys(k.piece for k in known.looks if k.element == element))
    size = 0
    for size in _sizes(len(pieces), known):
        found = {
            gone: probability
            for gone in combinations(pieces, size)
            if (probability := _probability(rule, kind, element, known, around, gone)) < EARLY
        }
        if found:
            return Deletion(size, tuple(sorted(found, key=lambda gone: found[gone])))
    return Deletion(size, ())


def _sizes(pieces: int, known: Joint) -> range:
    """Return how many pieces are left out at once: one, and as many more as the sets allow."""
    most = MOST_SETS if isinf(known.settings.freedom) else MOST_SETS_WEIGHED
    sets = accumulate(comb(pieces, size) for size in range(1, min(pieces, MOST_TOGETHER) + 1))
    allowed = sum(count <= most for count in sets)
    return range(1, max(allowed, min(pieces, 1)) + 1)


def _probability(
    rule: Rule, kind: Kind, element: str, known: Joint, around: Setting, gone: Sequence[str]
) -> float:
    found = signals.reading(rule, Case(element, known.without(gone), around))
    return found.probability if found and found.kind == kind else 0.0
