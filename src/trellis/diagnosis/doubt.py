"""Say what else could explain a claim, and which further look would settle it, cheapest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trellis.diagnosis import practice, sentences, sources
from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice import Shares
from trellis.diagnosis.practice_joint import Joint, level
from trellis.diagnosis.sureness import SEE_DIFFERENTLY

MOST_BY_ONE = 2 / 3
OLD_AFTER_DAYS = 90
CLOSE_TOGETHER_DAYS = 21


class Act(StrEnum):
    """A kind of further look; the page decides whom to invite."""

    SELF_REFLECTION = "self-reflection"
    CLASS_FEEDBACK = "class feedback"
    PEER_VISIT = "peer visit"
    COACH_VISIT = "coach visit"


@dataclass(frozen=True, slots=True)
class FurtherLook:
    """A look that could be made, with what it costs and by how much it would narrow the band."""

    act: Act
    minutes: int
    narrows: float
    words: str


MINUTES = {
    Act.SELF_REFLECTION: 5,
    Act.CLASS_FEEDBACK: 12,
    Act.PEER_VISIT: 30,
    Act.COACH_VISIT: 45,
}
MOST_BY_ONE_SOURCE = 0.5
MOST_ASSUMED = 0.5
IN_WORDS = {
    Source.VISIT: "visits, which see a lesson here and there",
    Source.CLASS_FEEDBACK: "students’ answers, which say how often, not how well",
    Source.SELF_REFLECTION: "your own readings",
    Source.TALK: "talk in recorded lessons, which says who spoke and how, not what was learned",
}
CLASS_SIZE = 22
ANSWER_VARIANCE = 0.6  # of one student's answer, in squared level units


def what_would_settle(
    element: str, known: Joint, on: date, coach: str = ""
) -> tuple[FurtherLook, ...]:
    """Return further looks, cheapest first, with the exact narrowing of the element's band.

    coach : the visitor who already comes, if any; a new pair of eyes tells more
    """
    offers = [
        practice.Offer(act.value, minutes, (_imagined(act, element, known.looks, on, coach),))
        for act, minutes in MINUTES.items()
    ]
    return tuple(
        FurtherLook(Act(w.offer.name), w.offer.minutes, w.narrows, narrowing_in_words(w.narrows))
        for w in practice.what_would_settle(known, level(element, on), offers)
    )


def narrowing_in_words(part: float) -> str:
    """Say by how much a band narrows."""
    for least, words in (
        (0.42, "about a half"),
        (0.29, "about a third"),
        (0.225, "about a quarter"),
        (0.15, "about a fifth"),
        (0.08, "about a tenth"),
    ):
        if part >= least:
            return words
    return "a little"


def other_explanations(
    element: str,
    known: Joint,
    shares: Shares,
    on: date,
    sections: int,
    *,
    of_sources: bool = False,
) -> tuple[str, ...]:
    """Return plain sentences that say what else could explain what the looks show.

    shares : what is known of the element's level rests on
    sections : how many classes the teacher has now
    of_sources : the claim is that sources differ, which does not explain itself
    """
    direct = [look for look in known.looks if look.element == element]
    visits = [look for look in direct if look.source == Source.VISIT]
    answers = [look for look in direct if look.source == Source.CLASS_FEEDBACK]
    reasons = [
        *_about_sections(visits, sections),
        *_about_visitors(visits),
        *_about_time(visits, direct, on),
        *([] if of_sources else _about_sources(element, known)),
        *_about_weight(shares),
    ]
    if visits or not answers:
        reasons.append(sentences.WORDS[element].other_explanation)
    return tuple(reasons)


def _about_sections(visits: Sequence[Look], sections: int) -> list[str]:
    seen = {look.section for look in visits if look.section}
    if len(visits) >= 2 and len(seen) == 1 and sections > 1:
        return [f"{_all(len(visits))} visits saw the same class. Your other classes may differ."]
    return []


def _about_visitors(visits: Sequence[Look]) -> list[str]:
    names = [look.by for look in visits]
    if len(names) < 3:
        return []
    most = max(names.count(name) for name in set(names))
    if most == len(names):
        return ["One visitor made all the visits. Another pair of eyes may see it differently."]
    if most >= MOST_BY_ONE * len(names):
        return ["One visitor made most of the visits. Another pair of eyes may see it differently."]
    return []


def _about_time(visits: Sequence[Look], direct: Sequence[Look], on: date) -> list[str]:
    said = []
    if len(visits) >= 2 and (visits[-1].on - visits[0].on).days <= CLOSE_TOGETHER_DAYS:
        said.append("The visits fell within three weeks. They may have met one unit, not a habit.")
    if direct and (on - direct[-1].on).days > OLD_AFTER_DAYS:
        said.append("The newest look is more than three months old. Much can have changed since.")
    return said


def _about_sources(element: str, known: Joint) -> list[str]:
    visits, answers = (
        [look for look in known.looks if look.element == element and look.source == source]
        for source in (Source.VISIT, Source.CLASS_FEEDBACK)
    )
    if not visits and answers:
        return [
            "It rests on students’ answers alone. How often something happens and how well it "
            "works are two questions, and students answer the first."
        ]
    if visits and not answers:
        return ["Only visitors have looked so far. Students may tell it differently."]
    apart = sources.apart(element, known)
    if apart is None or abs(apart.z) <= SEE_DIFFERENTLY:
        return []
    more = (
        "students say it happens more often than visitors see it"
        if apart.z > 0
        else "visitors see it more often than students say"
    )
    return [f"Your students and the visits see this differently: {more}."]


def _about_weight(shares: Shares) -> list[str]:
    if any(share > MOST_BY_ONE_SOURCE for share in shares.sources.values()):
        most = max(shares.sources, key=lambda source: shares.sources[source])
        return [f"Most of it rests on one kind of look: {IN_WORDS[most]}."]
    if shares.assumption > MOST_ASSUMED:
        return ["It still rests as much on what Trellis assumes of any class as on looks at yours."]
    return []


def _imagined(act: Act, element: str, looks: Sequence[Look], on: date, coach: str) -> Look:
    """Return a look as it would be made tomorrow; its level plays no part."""
    if act == Act.SELF_REFLECTION:
        return Look("next", Source.SELF_REFLECTION, element, on, 0.0, "own")
    if act == Act.CLASS_FEEDBACK:
        known = sorted({k.by for k in looks if k.source == Source.CLASS_FEEDBACK})
        variance = ANSWER_VARIANCE / CLASS_SIZE
        by = known[-1] if known else "class"
        return Look("next", Source.CLASS_FEEDBACK, element, on, 0.0, by, variance, CLASS_SIZE)
    by = coach if act == Act.COACH_VISIT and coach else "someone new"
    return Look("next", Source.VISIT, element, on, 0.0, by)


def _all(count: int) -> str:
    return "Both" if count == 2 else f"All {count}"
