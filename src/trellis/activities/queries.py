"""Answer what was offered, how far it reached and what it cost; no row is about a person."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from trellis.activities.models import CostItem, Offer, Participation, Program
from trellis.activities.policies import ProgramPolicy
from trellis.evidence.framework import title_of
from trellis.people.models import Person
from trellis.resources.models import EvidenceTier, Provider
from trellis.trust.suppression import TEACHERS, TOO_FEW, Cell, Hidden, Shown, coded_share, guard

TOOK_PART = ("joined", "attended", "partly")
CAME = {
    "lottery": "drawn by lot",
    "staggered": "school by school",
    "volunteers": "chosen by those who came",
    "referred": "invited after a referral",
    "everyone": "open to all it is meant for",
    "matched pairs": "paired, both agreed",
}
TIERS = {
    EvidenceTier.STRONG: "Meets the criteria of strong evidence that we can check.",
    EvidenceTier.MODERATE: "Meets the criteria of moderate evidence that we can check.",
    EvidenceTier.PROMISING: "Meets the criteria of promising evidence that we can check.",
    EvidenceTier.RATIONALE: "Demonstrates a rationale; no study that meets more was brought.",
    EvidenceTier.NONE: "Not yet known: no study was brought.",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many took part, how long, and what they said of it; closed where too few."""

    teachers: Cell[int]
    hours: Cell[str]
    useful: Cell[str]
    tried: Cell[str]
    answers: Cell[int]


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One program in the list."""

    id: UUID
    external_id: str
    title: str
    provider_id: int
    provider: str
    is_commercial: bool
    came: str
    years: str
    reach: Reach
    per_teacher: Cell[str]
    tier: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer of a program."""

    title: str
    year: str
    came: str
    place: str
    seats: int | None
    reach: Reach


@dataclass(frozen=True, slots=True)
class CostRow:
    ingredient: str
    year: str
    how_much: str
    price: str
    total: str
    source: str


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """One program: what it is, how far it reached, what it cost."""

    row: ProgramRow
    description: str
    theory_of_action: str
    mechanisms: str
    elements: str
    evidence_source: str
    offers: Sequence[OfferRow]
    costs: Sequence[CostRow]
    total: str
    teacher_time: str
    per_hour: Cell[str]


@dataclass(frozen=True, slots=True)
class _Part:
    teacher: UUID
    minutes: int
    useful: str
    tried: str


@dataclass(frozen=True, slots=True)
class _Spent:
    total: Decimal
    teacher_time: Decimal


def program_list(who: Person) -> list[ProgramRow]:
    """Return the programs a person may read, by title; never by anything measured."""
    programs = list(ProgramPolicy().visible(who).select_related("provider").order_by("title"))
    return _rows(programs)


def programs_of(provider: Provider) -> list[ProgramRow]:
    """Return the programs of one provider, by title."""
    return _rows(list(provider.programs.select_related("provider").order_by("title")))


def program_page(program: Program) -> ProgramPage:
    """Return everything that the page of a program says."""
    row = _rows([program])[0]
    offers = list(program.offers.order_by("-school_year"))
    parts = _parts([program])
    items = list(program.cost_items.order_by("-school_year", "ingredient"))
    spent, hours = _spent(items), _hours(p for o in offers for p in parts[o.pk])
    per_hour = _dollars(spent.total / hours) if hours else ""
    return ProgramPage(
        row=row,
        description=program.description,
        theory_of_action=program.theory_of_action,
        mechanisms=", ".join(program.mechanisms),
        elements=", ".join(title_of(code) for code in program.elements),
        evidence_source=program.evidence_source,
        offers=_offers(offers, parts),
        costs=[_cost(item) for item in items],
        total=_dollars(spent.total),
        teacher_time=_dollars(spent.teacher_time),
        per_hour=Shown(per_hour)
        if per_hour and isinstance(row.per_teacher, Shown)
        else Hidden(TOO_FEW),
    )


def _rows(programs: list[Program]) -> list[ProgramRow]:
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.filter(program__in=programs).order_by("school_year"):
        offers[offer.program_id].append(offer)
    parts = _parts(programs)
    items: dict[UUID, list[CostItem]] = defaultdict(list)
    for item in CostItem.objects.filter(program__in=programs):
        items[item.program_id].append(item)
    return [_row(p, offers[p.pk], parts, _spent(items[p.pk])) for p in programs]


def _row(
    program: Program, offers: list[Offer], parts: dict[int, list[_Part]], spent: _Spent
) -> ProgramRow:
    everyone = [part for offer in offers for part in parts[offer.pk]]
    reach = _reach(everyone, None)
    teachers = len({p.teacher for p in everyone})
    known = isinstance(reach.teachers, Shown) and spent.total > 0
    years = [o.school_year for o in offers]
    return ProgramRow(
        id=program.pk,
        external_id=program.external_id,
        title=program.title,
        provider_id=program.provider_id,
        provider=program.provider.name,
        is_commercial=program.provider.kind == Provider.Kind.COMMERCIAL,
        came=", ".join(dict.fromkeys(CAME.get(o.assignment, o.assignment) for o in offers)),
        years=_span(years),
        reach=reach,
        per_teacher=Shown(_dollars(spent.total / teachers)) if known else Hidden(TOO_FEW),
        tier=TIERS[EvidenceTier(program.evidence_tier)],
    )


def _parts(programs: list[Program]) -> dict[int, list[_Part]]:
    """Everyone who took part, by offer, in one query."""
    rows = Participation.objects.filter(offer__program__in=programs, state__in=TOOK_PART)
    parts: dict[int, list[_Part]] = defaultdict(list)
    columns = ("offer_id", "teacher_id", "minutes", "useful", "tried_in_class")
    for offer, teacher, minutes, useful, tried in rows.values_list(*columns):
        parts[offer].append(_Part(teacher, minutes, useful, tried))
    return parts


def _offers(offers: list[Offer], parts: dict[int, list[_Part]]) -> list[OfferRow]:
    """Each year beside the whole, so that no difference of what is shown is a handful of people."""
    groups = [{p.teacher for p in parts[o.pk]} for o in offers]
    everyone = set().union(*groups)
    closed = guard([*groups, everyone], sizes=dict.fromkeys(everyone, 1), minimum=TEACHERS)
    return [
        OfferRow(
            title=offer.title,
            year=_year(offer.school_year),
            came=CAME.get(offer.assignment, offer.assignment),
            place=offer.place,
            seats=offer.seats,
            reach=_reach(parts[offer.pk], reason),
        )
        for offer, reason in zip(offers, closed, strict=False)
    ]


def _reach(parts: list[_Part], closed: str | None) -> Reach:
    teachers = len({p.teacher for p in parts})
    if closed is not None or teachers < TEACHERS:
        hidden = Hidden(closed or TOO_FEW)
        return Reach(hidden, hidden, hidden, hidden, hidden)
    hours = _hours(parts) / teachers
    useful, tried = [p.useful for p in parts if p.useful], [p.tried for p in parts if p.tried]
    return Reach(
        teachers=Shown(teachers),
        hours=Shown(f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"),
        useful=_share(useful),
        tried=_share(tried),
        answers=Shown(len(useful)) if len(useful) >= TEACHERS else Hidden(TOO_FEW),
    )


def _share(answers: list[str]) -> Cell[str]:
    return coded_share(answers.count("yes"), len(answers), minimum=TEACHERS)


def _hours(parts: Iterable[_Part]) -> Decimal:
    return Decimal(sum(p.minutes for p in parts)) / 60


def _spent(items: list[CostItem]) -> _Spent:
    sums = [(i.category, i.quantity * i.unit_price_usd) for i in items]
    total = sum((s for _, s in sums), Decimal(0))
    return _Spent(total, sum((s for c, s in sums if c == "teacher time"), Decimal(0)))


def _cost(item: CostItem) -> CostRow:
    return CostRow(
        ingredient=item.ingredient,
        year=_year(item.school_year),
        how_much=f"{item.quantity:,.0f} {item.unit}",
        price=_dollars(item.unit_price_usd),
        total=_dollars(item.quantity * item.unit_price_usd),
        source=f"{item.source}, {item.price_year}",
    )


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}" if amount < 10 else f"${amount:,.0f}"


def _year(year: int) -> str:
    return f"{year - 1}-{year % 100:02d}"


def _span(years: list[int]) -> str:
    if not years:
        return "not offered yet"
    first, last = min(years), max(years)
    return _year(first) if first == last else f"{first - 1} to {last}"
