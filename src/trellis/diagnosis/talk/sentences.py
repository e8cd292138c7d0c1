"""Say the figures of a lesson's talk in sentences: what was there first, a range beside each."""

from dataclasses import dataclass

from trellis.diagnosis.talk.measures import Figures, Rate
from trellis.stats import Estimate

A_QUESTION = "Which of these moments would you like more of next week, and what brought it about?"


@dataclass(frozen=True, slots=True)
class Said:
    """One figure in words.

    Attributes
    ----------
    title : what it is about.
    text : what was counted.
    range : how far a lesson of the same kind of talk could lie from it, or why that is not said.
    caveats : what a reader must know beside it.
    """

    title: str
    text: str
    range: str
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A share with its range in percent, ready to be drawn."""

    label: str
    low: float
    value: float
    high: float
    n: int


def said(figures: Figures) -> tuple[Said, ...]:
    """Return the figures as sentences; what was there comes before what was not."""
    all_of_it = [
        (figures.uptake.hits > 0, _uptake(figures)),
        (figures.thinking.hits > 0, _thinking(figures.thinking)),
        (figures.student_words > 0, _voices(figures)),
        *((True, one) for one in (_wait(figures.wait),) if one),
        (True, _stretch(figures)),
    ]
    return tuple(one for _, one in sorted(all_of_it, key=lambda pair: not pair[0]))


def parts(figures: Figures) -> tuple[Part, ...]:
    """Return the shares that have a range, in the order in which they are said."""
    found = (
        ("Ideas taken up", figures.uptake.estimate),
        ("Questions that ask for thinking", figures.thinking.estimate),
        ("Words that students say", figures.voice.estimate),
        ("Time that you speak", figures.time),
    )
    return tuple(
        Part(label, 100 * one.interval.low, 100 * one.value, 100 * one.interval.high, one.n)
        for label, one in found
        if one is not None
    )


def _uptake(figures: Figures) -> Said:
    found = figures.uptake
    text = (
        f"You took up what a student said in {found.hits} of {_things(found.of, 'exchange')} in "
        f"which a student said enough to be taken up"
    )
    text += f", and built on it in {figures.built_on}." if found.hits else "."
    if figures.chance is not None and found.hits:
        text += (
            f" With your answers at other places of the lesson {_percent(figures.chance)} would "
            "look so, too: so much comes of the topic alone."
        )
    return Said("Students’ ideas taken up", text, _range(found), _caveats(found.estimate))


def _thinking(found: Rate) -> Said:
    asked = _things(found.of, "question")
    text = f"{found.hits} of your {asked} asked for a reason, a way or an idea."
    return Said("Questions that ask for thinking", text, _range(found), _caveats(found.estimate))


def _voices(figures: Figures) -> Said:
    share = figures.voice
    text = (
        f"Students spoke {share.hits:,} of {_things(share.of, 'word')}, in "
        f"{_things(figures.student_turns, 'turn')}"
    )
    each = figures.student_turn
    if each:
        low, high = each.interval.low, each.interval.high
        text += f" of {each.value:.0f} words on average (between {low:.0f} and {high:.0f})"
    if figures.time:
        inside = figures.time.interval
        text += (
            f". By the clock you spoke {_percent(figures.time.value)} of the time that somebody "
            f"spoke (between {_percent(inside.low)} and {_percent(inside.high)})"
        )
    return Said("Students’ voices", f"{text}.", _range(share), _caveats(share.estimate))


def _wait(wait: Estimate | None) -> Said | None:
    if wait is None:
        return None
    low, high = wait.interval.low, wait.interval.high
    return Said(
        "Time to think",
        f"After a question of yours it was quiet for {wait.value:.1f} seconds: half of the "
        f"{wait.n} times it was shorter, half longer.",
        f"In lessons with talk like this the middle would lie between {low:.1f} and {high:.1f} "
        "seconds.",
        wait.caveats,
    )


def _stretch(figures: Figures) -> Said:
    text = (
        f"Your longest stretch without another voice was {_things(figures.longest_words, 'word')}"
    )
    if figures.longest_seconds:
        text += f", about {figures.longest_seconds:.0f} seconds"
    return Said("Your longest stretch", f"{text}.", "That is counted once, so it has no range.")


def _range(rate: Rate) -> str:
    if rate.estimate is None:
        return "That is too little to say how other lessons would be: it is a count of this one."
    inside = rate.estimate.interval
    return (
        f"That is {_percent(rate.estimate.value)}. In lessons with talk like this it would lie "
        f"between {_percent(inside.low)} and {_percent(inside.high)}."
    )


def _caveats(estimate: Estimate | None) -> tuple[str, ...]:
    return estimate.caveats if estimate else ()


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _things(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
