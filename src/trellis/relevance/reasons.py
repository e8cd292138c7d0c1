"""Add up named reasons, and nothing else, into what could be relevant; the teacher decides.

Each reason depends on one input, so that removing the input lowers the score by exactly the value
that is stated beside it. Docs: docs/methods/relevance.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from trellis.relevance import text

MOST_PER_PROVIDER = 2
WITHIN = 6  # at most two of one provider among six neighbors in the list


class Input(StrEnum):
    """What a reason rests on; each can be removed by the teacher."""

    SEARCH = "your search"
    GOAL_WORDS = "your goal's words"
    GOAL_ELEMENT = "your chosen focus"
    INSIGHT = "what stands out"
    GRADE = "your grade"
    SUBJECT = "your subject"
    TIME = "your time"
    EVIDENCE = "evidence of effect"
    NOVELTY = "new to you"


DEFAULT_WEIGHTS: Mapping[Input, float] = MappingProxyType(
    {
        Input.SEARCH: 4.0,
        Input.GOAL_WORDS: 3.0,
        Input.GOAL_ELEMENT: 3.0,
        Input.INSIGHT: 2.0,
        Input.GRADE: 0.5,
        Input.SUBJECT: 0.5,
        Input.TIME: 0.5,
        Input.EVIDENCE: 1.0,
        Input.NOVELTY: 0.3,
    }
)
ABOUT_HER = frozenset(Input) - {Input.SEARCH, Input.EVIDENCE}
EVIDENCE_STRENGTH = {"strong": 1.0, "moderate": 0.75, "promising": 0.5, "rationale": 0.25}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource as relevance sees it; empty grades or subjects mean all."""

    key: str
    title: str
    words: str
    elements: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    minutes: int | None = None
    provider: str = ""
    evidence: str = "none"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known of the teacher who asks; every part may be empty.

    insights : how sure (0 to 1) by element, for what stands out as a next step
    seen : keys that she has already opened or saved
    """

    search: str = ""
    goal_words: str = ""
    goal_element: str = ""
    insights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    grade: str = ""
    subject: str = ""
    minutes: int | None = None
    seen: Collection[str] | None = None

    def without_her_data(self) -> "Asking":
        """Return the same question as a stranger would ask it."""
        return Asking(search=self.search)


@dataclass(frozen=True, slots=True)
class Reason:
    """One named reason and what it adds to the score."""

    input: Input
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Relevant:
    """A resource with its reasons; the score is their sum and nothing else."""

    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """Return the sum of the reasons."""
        return sum(reason.value for reason in self.reasons)


class Always(StrEnum):
    """What is offered beside every list, because a resource is not always the answer."""

    ASK_A_COLLEAGUE = "Ask a colleague"
    LOOK_CLOSER = "Look closer first"
    NOTHING_NEW = "Nothing new for now"


def relevant(
    candidates: Sequence[Candidate],
    asking: Asking,
    *,
    titles: Mapping[str, str],
    weights: Mapping[Input, float] = DEFAULT_WEIGHTS,
    most: int = 12,
) -> tuple[Relevant, ...]:
    """Return what has at least one reason, by score; a search also filters.

    titles : the name of each element, for the words of a reason
    """
    among = text.index({c.key: f"{c.title} {c.words}" for c in candidates})
    in_search = text.matches(asking.search, among)
    in_goal = text.matches(asking.goal_words, among)
    results = []
    for candidate in candidates:
        if asking.search.strip() and candidate.key not in in_search:
            continue
        strengths = {
            Input.SEARCH: (in_search.get(candidate.key, 0.0), "in your search’s words"),
            Input.GOAL_WORDS: (in_goal.get(candidate.key, 0.0), "in your goal’s words"),
            **_about_elements(candidate, asking, titles),
            **_about_context(candidate, asking),
        }
        reasons = [
            Reason(name, weights[name] * strength, words)
            for name, (strength, words) in strengths.items()
            if weights[name] * strength > 0
        ]
        if reasons:
            reasons.sort(key=lambda reason: -reason.value)
            results.append(Relevant(candidate, tuple(reasons)))
    results.sort(key=lambda result: (-result.score, result.candidate.title))
    return _varied(results)[:most]


def _about_elements(
    candidate: Candidate, asking: Asking, titles: Mapping[str, str]
) -> dict[Input, tuple[float, str]]:
    found: dict[Input, tuple[float, str]] = {}
    if asking.goal_element in candidate.elements:
        name = titles.get(asking.goal_element, asking.goal_element)
        found[Input.GOAL_ELEMENT] = (1.0, f"serves your focus, “{name}”")
    standing_out = [e for e in candidate.elements if e in asking.insights]
    if standing_out:
        surest = max(standing_out, key=lambda e: asking.insights[e])
        name = titles.get(surest, surest)
        found[Input.INSIGHT] = (asking.insights[surest], f"serves “{name}”, which stands out")
    return found


def _about_context(candidate: Candidate, asking: Asking) -> dict[Input, tuple[float, str]]:
    found: dict[Input, tuple[float, str]] = {}
    if asking.grade and asking.grade in candidate.grades:
        found[Input.GRADE] = (1.0, f"for grade {asking.grade.lstrip('0')}")
    if asking.subject and asking.subject in candidate.subjects:
        found[Input.SUBJECT] = (1.0, f"for {asking.subject}")
    if asking.minutes is not None and candidate.minutes and candidate.minutes <= asking.minutes:
        found[Input.TIME] = (1.0, f"{candidate.minutes} minutes, within your time")
    if candidate.evidence in EVIDENCE_STRENGTH:
        strength = EVIDENCE_STRENGTH[candidate.evidence]
        found[Input.EVIDENCE] = (strength, f"evidence of effect: {candidate.evidence}")
    if asking.seen is not None and candidate.key not in asking.seen:
        found[Input.NOVELTY] = (1.0, "new to you")
    return found


def _varied(results: Sequence[Relevant]) -> tuple[Relevant, ...]:
    """Keep the order, but put off a provider's third result among six neighbors."""
    waiting = list(results)
    shown: list[Relevant] = []
    while waiting:
        near = [r.candidate.provider for r in shown[-(WITHIN - 1) :]]
        allowed = (
            r
            for r in waiting
            if not r.candidate.provider or near.count(r.candidate.provider) < MOST_PER_PROVIDER
        )
        chosen = next(allowed, waiting[0])
        waiting.remove(chosen)
        shown.append(chosen)
    return tuple(shown)
