"""Give the full account of an insight: its numbers now, and as they would be without some pieces.

Everything is computed when the page is opened, from the evidence that is there. It loads numpy, so
import it where it is used.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from trellis.diagnosis import doubt, practice, signals
from trellis.diagnosis.doubt import Act
from trellis.diagnosis.looks import Look, Source, near_word, without
from trellis.diagnosis.norm import Norm
from trellis.diagnosis.practice import Settings, Shares, in_order
from trellis.diagnosis.practice_joint import Joint, joint, level
from trellis.diagnosis.rules import BY_NAME, EARLIER_SELF, Case, Kind, Rule, Setting
from trellis.diagnosis.signals import Reading
from trellis.diagnosis.sureness import EARLY, sure
from trellis.diagnosis.turning import smallest_deletion
from trellis.evidence.models import EvidenceItem
from trellis.evidence.provenance import NOT_READ, where_from
from trellis.insights import estimates, others, rests_on
from trellis.insights.models import Insight
from trellis.insights.queries import talk_in_words
from trellis.people.models import Person, Role, RoleGrant
from trellis.people.queries import open_on
from trellis.trust import clock
from trellis.ui import charts
from trellis.ui.charts.levels import EvidenceKind

DAYS_IN_BAND = 14
MIDDLE_HALF = "middle half of teachers here"
MOST_LETTERS = 26
FREQUENCIES = ("never", "rarely", "sometimes", "often", "always")
KINDS: dict[Source, EvidenceKind] = {
    Source.VISIT: "visit",
    Source.CLASS_FEEDBACK: "class",
    Source.SELF_REFLECTION: "own",
    Source.TALK: "talk",
}
PLURALS = {
    Source.VISIT: ("visit", "visits"),
    Source.CLASS_FEEDBACK: ("class’s answers", "classes’ answers"),
    Source.SELF_REFLECTION: ("own reading", "own readings"),
    Source.TALK: ("lesson’s talk", "lessons’ talk"),
}


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A piece of evidence on this part of her teaching."""

    piece: str
    letter: str
    kind: str
    source: str
    on: date
    seen: str
    from_where: str
    share: int
    counted: bool

    @property
    def name(self) -> str:
        """Return how a sentence names the piece: by its letter, where it has one."""
        return f"{self.source} of {self.on:%B} {self.on.day}" if self.letter == "·" else self.letter


@dataclass(frozen=True, slots=True)
class SettleRow:
    """A further look, what it takes, and by how much it narrows the band."""

    act: str
    words: str
    takes: str
    narrows: str
    name: str  # of whom to invite; empty where that is hers to choose
    query: str  # what fills in the invitation
    section: str  # the class to ask; empty where that is hers to choose


@dataclass(frozen=True, slots=True)
class Account:
    """All that the page of an insight says; figures are drawn already."""

    sure: str
    stands: bool
    title: str
    claim: str
    pieces: int
    first: date | None
    last: date | None
    band: str
    others: str  # where others stand, or why that is not said; only if she asked
    shares: str
    rows: tuple[PieceRow, ...]
    elsewhere: int  # percent that rests on looks at other parts of her teaching
    assumption: int
    turns: str
    explanations: tuple[str, ...]
    settle: tuple[SettleRow, ...]
    goal_since: date | None  # the day on which she set the open goal that is about this
    rule: Rule | None  # none for a claim by a rule that is no longer in use


@dataclass(frozen=True, slots=True)
class _Case:
    """What the parts of an account are made from."""

    insight: Insight
    around: Setting
    items: dict[str, EvidenceItem]  # by piece, of this element
    looks: tuple[Look, ...]  # all of the teacher's, in order
    known: Joint  # what is counted of them
    shares: Shares

    @property
    def element(self) -> str:
        return self.insight.element

    @property
    def direct(self) -> list[Look]:
        """Return all looks at this element, switched off or not, oldest first."""
        return [look for look in self.looks if look.element == self.element]

    @property
    def rule(self) -> Rule | None:
        """Return the rule that made the claim; none where it is no longer in use."""
        return BY_NAME.get(self.insight.rule)

    @property
    def reading(self) -> Reading | None:
        """Return the comparison of this insight with what is counted."""
        if self.rule is None:
            return None
        found = signals.reading(self.rule, Case(self.element, self.known, self.around))
        return found if found and found.kind == self.insight.kind else None


def account(
    insight: Insight,
    counted: Collection[str] | None = None,
    *,
    with_words: bool = True,
    with_others: bool = False,
) -> Account:
    """Return the account of an insight, counting only some pieces of it if asked.

    An insight that was shared comes without the words of its pieces: a share opens one thing, and
    what partners or she herself wrote is another.

    with_others : the teacher herself asks where the middle half of teachers stand
    """
    case = _case(insight, counted)
    asked = others.asked(insight.element) if with_others else None
    reading = case.reading
    probability = reading.probability if reading else 0.0
    direct = [look for look in case.known.looks if look.element == case.element]
    if reading and probability >= EARLY:
        title, claim = signals.words(reading, case.known, case.around)
    else:
        title, claim = insight.title, _not_enough(direct, _levels(case))
    percents = _percents(case)
    rows = _rows(case, percents, with_words=with_words)
    return Account(
        sure=estimates.SURE[sure(probability)].value,
        stands=probability >= EARLY,
        title=title,
        claim=claim,
        pieces=len({look.piece for look in direct}),
        first=direct[0].on if direct else None,
        last=direct[-1].on if direct else None,
        band=_band(case, rows, asked.norm if asked else None) if direct else "",
        others=asked.words if asked else "",
        shares=_shares(rows, percents),
        rows=rows,
        elsewhere=percents["elsewhere"],
        assumption=percents["assumption"],
        turns=_turns(case, rows) if probability >= EARLY else "",
        explanations=doubt.other_explanations(
            case.element,
            case.known,
            case.shares,
            case.around.on,
            case.around.classes,
            of_sources=insight.kind == Insight.Kind.DISAGREEMENT,
        ),
        settle=_settle(case),
        goal_since=case.around.goals.get(case.element),
        rule=case.rule,
    )


def _case(insight: Insight, wanted: Collection[str] | None) -> _Case:
    today = clock.today()
    settings = estimates.current_settings(today)
    items = list(
        EvidenceItem.objects.filter(owner_id=insight.owner_id, withdrawn_at=None)
        .select_related("visitor", "section", "brought_by")
        .defer(*NOT_READ)
        .order_by("seen_on", "pk")
    )
    looks = in_order(estimates.readable(estimates.looks_of(items, today), settings))
    pieces = {look.piece for look in looks if look.element == insight.element}
    counted = without(looks, pieces - set(wanted) if wanted is not None else ())
    here = {
        estimates.piece_of(item): item
        for item in reversed(items)
        if item.element == insight.element
    }
    subjects = {
        str(item.section_id): estimates.said_subject(item.section.subject)
        for item in items
        if item.section
    }
    around = estimates.setting(
        today,
        subjects,
        goals=estimates.goals_of([insight.owner_id])[insight.owner_id],
        classes=estimates.classes_of([insight.owner_id], today)[insight.owner_id],
    )
    known = joint(counted, settings)
    shares = practice.shares(known, level(insight.element, today))
    return _Case(insight, around, here, looks, known, shares)


def _levels(case: _Case) -> str:
    """Say in words where the element stands today."""
    estimate = signals.level_estimate(case.element, case.known, case.around.on)
    return signals.levels_in_words(estimate.interval)


def _not_enough(direct: Sequence[Look], levels: str) -> str:
    if not direct:
        return "With these pieces left out, nothing is left that speaks of this."
    return f"From what is counted here there is not enough to say more than this: {levels}."


def _percents(case: _Case) -> dict[str, int]:
    """Return whole percents by piece of this element, for looks elsewhere and the assumption."""
    by_piece = case.shares.pieces
    here = {look.piece for look in case.known.looks if look.element == case.element}
    parts = {piece: share for piece, share in sorted(by_piece.items()) if piece in here}
    parts["elsewhere"] = sum(share for piece, share in by_piece.items() if piece not in here)
    parts["assumption"] = case.shares.assumption
    return whole_percents(parts)


def whole_percents(parts: dict[str, float]) -> dict[str, int]:
    """Round parts of one to whole percents that sum to 100 (largest remainders)."""
    down = {name: int(part * 100) for name, part in parts.items()}
    by_rest = sorted(parts, key=lambda name: -(parts[name] * 100 - down[name]))
    for name in by_rest[: 100 - sum(down.values())]:
        down[name] += 1
    return down


def _rows(case: _Case, percents: dict[str, int], *, with_words: bool) -> tuple[PieceRow, ...]:
    counted = {look.piece for look in case.known.looks}
    pieces = list(dict.fromkeys(look.piece for look in case.direct))
    by_piece = {look.piece: look for look in case.direct}
    return tuple(
        PieceRow(
            piece=piece,
            letter="abcdefghijklmnopqrstuvwxyz"[i] if i < MOST_LETTERS else "·",
            kind=KINDS[by_piece[piece].source],
            source=_source_words(case.items[piece]),
            on=by_piece[piece].on,
            seen=(what_was_seen if with_words else what_others_read)(case.items[piece]),
            from_where=where_from([case.items[piece]]),
            share=percents.get(piece, 0),
            counted=piece in counted,
        )
        for i, piece in enumerate(pieces)
    )


def _source_words(item: EvidenceItem) -> str:
    if item.source == Source.VISIT and item.visitor:
        return f"Visit, {item.visitor.given_name}"
    return item.get_source_display()


def what_was_seen(item: EvidenceItem) -> str:
    """Say in words what an item holds: what was noticed, or what students answered."""
    return item.text or what_it_says(item)


def what_others_read(item: EvidenceItem) -> str:
    """Say what an item counts for to whom an insight was shared; figures of talk stay behind."""
    return "" if item.source == Source.TALK else what_it_says(item)


def what_it_says(item: EvidenceItem) -> str:
    """Say what an item counts for, without the words in which somebody wrote it."""
    if item.value is None:
        return ""
    if item.source == Source.TALK:
        return talk_in_words(item)
    if item.source == Source.CLASS_FEEDBACK:
        place = min(max(item.value - 1.0, 0.0), 4.0)
        low, high = FREQUENCIES[int(place)], FREQUENCIES[min(int(place) + 1, 4)]
        part = place - int(place)
        said = low if part < 0.25 else high if part > 0.75 else f"between {low} and {high}"
        return f"{item.n} students answered, on the whole: {said}"
    return near_word(item.value).capitalize()


def _band(case: _Case, rows: Sequence[PieceRow], norm: Norm | None) -> str:
    on = case.around.on
    direct = [look for look in case.direct if look.piece in {r.piece for r in rows if r.counted}]
    first = min(direct[0].on, on - timedelta(days=30))
    span = (on - first).days
    days = [first + timedelta(days=span * i // (DAYS_IN_BAND - 1)) for i in range(DAYS_IN_BAND)]
    mean, sd = practice.path(case.known, case.element, days)
    half = 1.2816 * sd
    points = [
        charts.BandPoint(day, _inside(m), _inside(m - h), _inside(m + h))
        for day, m, h in zip(days, mean, half, strict=True)
    ]
    letters = {row.piece: row for row in rows}
    marks = [
        charts.EvidenceMark(
            look.on, _on_one_scale(look, case.known.settings), letters[look.piece].letter,
            KINDS[look.source], letters[look.piece].source,
        )
        for look in direct
    ]  # fmt: skip
    dotted = " Two dotted lines hold the middle half of teachers here." if norm else ""
    name = charts.Naming(
        "band",
        f"{case.insight.title}, {first:%B %Y} to {on:%B %Y}",
        f"Today the estimate lies {_levels(case)}. {len(marks)} pieces of evidence are marked."
        f"{dotted}",
    )
    between = charts.Between(norm.low, norm.high, MIDDLE_HALF) if norm else None
    return charts.figure(
        charts.band(points, marks, name=name, others=between),
        caption="Over time",
        note=_note(direct, marks, points[-1]),
        level=2,
    )


def _note(
    direct: Sequence[Look], marks: Sequence[charts.EvidenceMark], now: charts.BandPoint
) -> str:
    said = "The line is the best estimate; the band holds the truth 8 times in 10."
    if len(direct) < 2 * EARLIER_SELF.fewest_each_side:
        said += " There are too few looks yet to speak of a change."
    outside = [m for m in marks if not now.low <= m.level <= now.high]
    if 2 * len(outside) > len(marks):
        said += (
            " Most pieces lie outside it: a single look is rough, and in this district the parts "
            "of one person’s teaching seldom lie far apart, so the estimate holds back."
        )
    return said


def _on_one_scale(look: Look, settings: Settings) -> float:
    """Return a look's level as visits read it: each source has its own usual level and unit."""
    usual, instruments = settings.usual, settings.instruments
    unit = instruments[look.source].loading / instruments[Source.VISIT].loading
    away = (look.level - usual[look.source, look.element]) / unit
    return _inside(usual[Source.VISIT, look.element] + away)


def _inside(level: float) -> float:
    return float(min(max(level, 0.0), 3.0))


def _shares(rows: Sequence[PieceRow], percents: dict[str, int]) -> str:
    parts = []
    for source, kind in KINDS.items():
        mine = [row for row in rows if row.kind == kind and row.counted]
        if mine:
            noun = PLURALS[source][len(mine) > 1]
            words = f"{rests_on.count(len(mine))} {noun}"
            parts.append(charts.Share(words, sum(row.share for row in mine)))
    if percents["elsewhere"]:
        parts.append(charts.Share("the rest of your teaching", percents["elsewhere"]))
    parts.append(charts.Share("starting assumption", percents["assumption"], assumed=True))
    said = ", ".join(f"{part.words} {part.percent} percent" for part in parts)
    drawing = charts.share(parts, name=charts.Naming("shares", "Shares of the evidence", said))
    return charts.figure(
        drawing,
        caption="What it rests on",
        note="How much each kind of look narrows what can be said. It sums to 100%.",
        level=2,
        summary="Show the shares as a table",
    )


def _turns(case: _Case, rows: Sequence[PieceRow]) -> str:
    """Say which piece, left out, would leave not enough to say; or which few together."""
    if case.rule is None:
        return ""
    kind = Kind(case.insight.kind)
    found = smallest_deletion(case.rule, kind, case.element, case.known, case.around)
    return rests_on.in_words(found, {row.piece: row.name for row in rows})


def _settle(case: _Case) -> tuple[SettleRow, ...]:
    coach, peer = _visitors(case)
    section = _class_asked(case)
    offers = doubt.what_would_settle(
        case.element, case.known, case.around.on, str(coach.pk) if coach else ""
    )
    said = {
        Act.SELF_REFLECTION: ("Add your own reading", "alone"),
        Act.CLASS_FEEDBACK: (
            "Ask your class again, the same questions" if section else "Ask your class",
            "of class",
        ),
        Act.PEER_VISIT: (
            f"Invite {peer.given_name if peer else 'a peer'} to look at this",
            "and a word after it",
        ),
        Act.COACH_VISIT: (
            f"Ask {coach.given_name} to look again" if coach else "Ask a coach to look at this",
            "with the conversation after it",
        ),
    }
    who = {Act.PEER_VISIT: peer, Act.COACH_VISIT: coach}
    return tuple(
        SettleRow(
            act=offer.act.value,
            words=said[offer.act][0],
            takes=f"{offer.minutes} min, {said[offer.act][1]}",
            narrows=offer.words,
            name=_name(who.get(offer.act)),
            query=_invitation(case.element, offer.act, who.get(offer.act)),
            section=section,
        )
        for offer in offers
    )


def _visitors(case: _Case) -> tuple[Person | None, Person | None]:
    """Return the coach and the peer who have looked at this most often; None where nobody has."""
    visitors = [item.visitor for item in case.items.values() if item.visitor]
    today = case.around.on
    peers = set(
        RoleGrant.objects.filter(open_on(today), role=Role.TEACHER, person__in=visitors)
        .values_list("person", flat=True)
    )  # fmt: skip
    return (
        _most_frequent([visitor for visitor in visitors if visitor.pk not in peers]),
        _most_frequent([visitor for visitor in visitors if visitor.pk in peers]),
    )


def _most_frequent(people: Sequence[Person]) -> Person | None:
    return max(people, key=people.count) if people else None


def _class_asked(case: _Case) -> str:
    """Return the class of this school year that was asked last, if one was."""
    year = clock.school_year(case.around.on)
    asked = [
        item
        for item in case.items.values()
        if item.source == Source.CLASS_FEEDBACK and item.section
        and item.section.school_year == year and item.section.is_active
    ]  # fmt: skip
    return str(max(asked, key=lambda item: item.seen_on).section_id) if asked else ""


def _invitation(element: str, act: Act, person: Person | None) -> str:
    kind = "peer" if act == Act.PEER_VISIT else "coach"
    asked = {"kind": kind, "element": element}
    return urlencode(asked | {"person": str(person.pk)} if person else asked)


def _name(person: Person | None) -> str:
    return person.given_name if person else ""
