"""Say in a sentence on which few pieces of evidence a claim rests."""

from collections.abc import Mapping, Sequence

from trellis.diagnosis.turning import Deletion

SETS = {2: ("pair", "pairs"), 3: ("set of three", "sets of three")}
COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(found: Deletion, names: Mapping[str, str]) -> str:
    """Say which piece, left out, would leave not enough to say; or which few together."""
    named = [sorted(names[piece] for piece in gone) for gone in found.sets]
    if not named:
        return f"No single piece decides it: it stands without any {count(found.size)} of them."
    if found.size == 1:
        alone = sorted(name for (name,) in named)
        return f"It turns to “not enough to say” without {_either(alone)}."
    fewer = "No single piece decides it." if found.size == 2 else "No one or two pieces decide it."
    return f"{fewer} Without {_together(named)} it turns to “not enough to say”."


def _either(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"piece {names[0]} alone"
    return f"any one of {', '.join(names[:-1])} or {names[-1]}"


def _together(sets: Sequence[Sequence[str]]) -> str:
    """Name the set that matters most, and say how many others matter enough."""
    *most, last = sets[0]
    said = f"{', '.join(most)} and {last} together"
    one, several = SETS[len(sets[0])]
    match len(sets) - 1:
        case 0:
            return said
        case 1:
            return f"{said}, or one other {one},"
        case others:
            return f"{said}, or one of {count(others)} other {several},"


def count(number: int) -> str:
    return COUNT_WORDS[number] if number < len(COUNT_WORDS) else str(number)
