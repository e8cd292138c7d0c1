"""Answer what reviews there are, what each found, and what waits to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString

from trellis.evidence.queries import warehouse
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.policies import ReviewPolicy, decides, replies_for, runs_reviews
from trellis.people.models import Person
from trellis.ui import charts

if TYPE_CHECKING:
    from trellis.impact.figures import CostFigure, Figures
    from trellis.interchange.registrations import Registration

State = ProgramReview.State
PLANNED_TEACHERS = 25.0  # measured in a school, where a plan does not say


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in a list: what was asked, and what was found so far."""

    id: UUID
    program: str
    provider: str
    question: str
    state: str
    state_words: str
    registered_on: date
    verdict: SafeString | None
    finding: str
    read_out_on: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewList:
    """All reviews a person may read, and the ones that wait for her."""

    rows: tuple[ReviewRow, ...]
    next: ReviewRow | None
    next_is: str  # run, decide, or empty


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A line of the cost table, in words."""

    name: str
    how_much: str
    price: str
    total: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's words beside a read-out: a decision or a reply."""

    by: str
    at: datetime
    text: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """The same question asked another way: estimate and interval in one."""

    way: str
    numbers: str
    n: int


@dataclass(frozen=True, slots=True)
class ReadOutPage:
    """What a run found, ready to be read."""

    id: int
    made_at: datetime
    verdict: SafeString
    finding: str
    chance: str
    settle: str
    effects: SafeString | None
    events: SafeString | None
    balance: SafeString | None
    checks: Sequence[Fact]
    flow_head: tuple[str, str]
    flow: Sequence[tuple[str, str, str]]
    randomization: str
    sensitivity: Sequence[SensitivityRow]
    cost: str
    ingredients: Sequence[Ingredient]
    total: str
    chain: Sequence[tuple[str, str, bool]]
    caveats: Sequence[str]
    released_at: datetime | None
    snapshot: str
    version: str
    decisions: Sequence[Said]
    replies: Sequence[Said]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review: registered question and design, and what its last run found."""

    id: UUID
    program: str
    program_id: UUID
    provider: str
    is_commercial: bool
    years: str
    registered_by: str
    registered_on: date
    fingerprint: str
    is_as_registered: bool
    design: Sequence[Fact]
    amendments: Sequence[Said]
    state: str
    read_out: ReadOutPage | None
    may_run: bool
    may_decide: bool
    may_reply: bool


def current_manifest() -> str:
    """Return the state of the warehouse that the last applied import set."""
    return warehouse().manifest


def review_list(who: Person, *, program: str = "") -> ReviewList:
    """Return the reviews a person may read, longest registered first, and what waits for her."""
    of_program = Q(program__external_id=program) if program else Q()
    reviews = (
        ReviewPolicy()
        .visible(who)
        .filter(of_program)
        .select_related("program__provider")
        .prefetch_related("read_outs")
        .order_by("registered_at", "program__title")
    )
    rows = tuple(_row(review) for review in reviews)
    waits = {}
    if decides(who):
        waits["decide"] = [r for r in rows if r.state == State.READ_OUT]
    if runs_reviews(who):
        waits["run"] = [r for r in rows if r.state == State.REGISTERED]
    kind = next((k for k, waiting in waits.items() if waiting), "")
    return ReviewList(rows, waits[kind][0] if kind else None, kind)


def reviews_named(name: str) -> list[ProgramReview]:
    """Return the review that a district knows by a name; all of them where none is given."""
    named = ProgramReview.objects.filter(external_id=name) if name else ProgramReview.objects.all()
    in_order = named.select_related("program__provider").order_by("external_id")
    return list(in_order.prefetch_related("read_outs"))


def latest_read_out(review: ProgramReview) -> ReadOut | None:
    """Return the newest read-out of a review."""
    return review.read_outs.first()


def review_page(review: ProgramReview, who: Person) -> ReviewPage:
    """Return everything that the page of a review says."""
    from trellis.impact.registration import fingerprint
    from trellis.interchange.registrations import Registration

    plan = Registration.model_validate(review.registration)
    read_out = latest_read_out(review)
    page = _read_out(review, plan, read_out) if read_out else None
    return ReviewPage(
        id=review.pk,
        program=review.program.title,
        program_id=review.program_id,
        provider=review.program.provider.name,
        is_commercial=review.program.provider.kind == "commercial",
        years=_years(plan),
        registered_by=str(review.registered_by or plan.registered_by),
        registered_on=plan.registered_on,
        fingerprint=review.registration_hash,
        is_as_registered=fingerprint(review.registration) == review.registration_hash,
        design=_design(plan, read_out),
        amendments=[
            Said(str(a.by or ""), a.at, a.text) for a in review.amendments.select_related("by")
        ],
        state=review.state,
        read_out=page,
        may_run=runs_reviews(who),
        may_decide=decides(who),
        may_reply=replies_for(who, review),
    )


def detectable(given: Mapping[str, Any]) -> str:
    """Say what a planned design could detect, from the numbers of its form alone."""
    import numpy as np

    from trellis.efficacy.detectable import whole_schools, within_blocks
    from trellis.efficacy.effects import Outcome
    from trellis.impact import words
    from trellis.impact.analysis import detectable_figure

    schools, treated, comparison = given["schools"], given["treated"], given["comparison"]
    planned = None
    if given["design"] == "staggered":
        planned = whole_schools(treated, comparison, PLANNED_TEACHERS)
    elif given["design"] == "lottery":
        sides = (_spread(n, schools) for n in (treated, comparison))
        drawn, waiting = (np.array(side, dtype=np.int64) for side in sides)
        planned = within_blocks(drawn, waiting, Outcome(given["primary_outcome"]))
    return words.could_detect(detectable_figure(planned))


def open_file(review: ProgramReview, read_out: ReadOut) -> dict[str, object]:
    """Return a review as an open file: the plan and the figures with what they rest on."""
    return {
        "registration": review.registration,
        "registration_hash": review.registration_hash,
        "amendments": [{"at": str(a.at), "text": a.text} for a in review.amendments.all()],
        "figures": read_out.figures,
        "made_at": str(read_out.made_at),
        "snapshot": read_out.snapshot,
        "seed": read_out.seed,
        "trellis_version": read_out.trellis_version,
    }


def _spread(people: int, schools: int) -> list[int]:
    """Spread people over schools as evenly as whole people can be."""
    return [people // schools + (i < people % schools) for i in range(schools)]


def _row(review: ProgramReview) -> ReviewRow:
    from trellis.impact import words
    from trellis.impact.figures import Figures

    read_out = next(iter(review.read_outs.all()), None)
    found = Figures.model_validate(read_out.figures) if read_out else None
    return ReviewRow(
        id=review.pk,
        program=review.program.title,
        provider=review.program.provider.name,
        question=str(review.registration["question"]),
        state=review.state,
        state_words=review.get_state_display(),
        registered_on=date.fromisoformat(str(review.registration["registered_on"])),
        verdict=charts.verdict(words.KINDS[found.verdict.word]) if found else None,
        finding=words.finding(found) if found else "",
        read_out_on=read_out.made_at if read_out else None,
    )


def _design(plan: "Registration", read_out: ReadOut | None) -> list[Fact]:
    from trellis.impact import words
    from trellis.impact.figures import Figures

    facts = [
        Fact("Question", plan.question),
        Fact("Comparison", words.comparison(plan)),
        Fact("Outcome", f"{words.OUTCOMES[plan.primary_outcome]}, {_years(plan)}"),
        Fact("Matters from", f"{plan.smallest_effect:.2f} standard deviations"),
        Fact("Then", plan.decision_rule),
    ]
    if read_out:
        planned = Figures.model_validate(read_out.figures).planned
        facts.insert(4, Fact("Could detect", words.could_detect(planned)))
    return facts


def _years(plan: "Registration") -> str:
    years = sorted(plan.outcome_years)
    first, last = years[0], years[-1]
    return f"{first - 1}-{last % 100:02d}" if first == last else f"{first - 1} to {last}"


def _read_out(review: ProgramReview, plan: "Registration", read_out: ReadOut) -> ReadOutPage:
    from trellis.impact import pictures, words
    from trellis.impact.figures import Figures

    found = Figures.model_validate(read_out.figures)
    zone, program = plan.smallest_effect, review.program.title
    return ReadOutPage(
        id=read_out.pk,
        made_at=read_out.made_at,
        verdict=charts.verdict(words.KINDS[found.verdict.word]),
        finding=words.finding(found),
        chance=words.chance(found),
        settle=words.settle(found),
        effects=pictures.effects(found, zone=zone, program=program),
        events=pictures.events(found, zone=zone, program=program),
        balance=pictures.balance(found),
        checks=[Fact(c.name, c.finding) for c in found.checks],
        flow_head=words.TABLE.get(plan.design, ("In the program", "Compared with")),
        flow=[(f.step, f.treated, f.comparison) for f in found.flow],
        randomization=_randomization(found),
        sensitivity=[_sensitivity(found, i) for i in range(len(found.sensitivity))],
        cost=words.cost(found.cost) if found.cost else "No cost was brought for these years.",
        ingredients=_ingredients(found.cost),
        total=words.dollars(found.cost.total_usd) if found.cost else "",
        chain=[(link.link, link.words, link.known) for link in found.chain],
        caveats=found.caveats,
        released_at=read_out.released_at,
        snapshot=read_out.snapshot,
        version=read_out.trellis_version,
        decisions=[
            Said(str(d.by or ""), d.at, d.why, d.choice)
            for d in read_out.decisions.select_related("by")
        ],
        replies=[
            Said(str(r.by or ""), r.at, r.text) for r in read_out.replies.select_related("by")
        ],
    )


def _randomization(found: "Figures") -> str:
    if found.randomization_p is None:
        return ""
    share = (
        "fewer than 1 in 1,000"
        if found.randomization_p < 0.001
        else (f"{found.randomization_p * 1000:.0f} in 1,000")
    )
    return f"If the program did nothing, {share} repeated draws would differ this much by chance."


def _sensitivity(found: "Figures", i: int) -> SensitivityRow:
    s = found.sensitivity[i]
    interval = f"{charts.signed(s.low)} to {charts.signed(s.high)}"
    return SensitivityRow(s.way, f"{charts.signed(s.estimate)} ({interval})", s.n)


def _ingredients(cost: "CostFigure | None") -> list[Ingredient]:
    from trellis.impact import words

    return [
        Ingredient(
            name=i.name,
            how_much=f"{i.quantity:,.0f} {i.unit}",
            price=words.dollars(i.unit_price_usd),
            total=words.dollars(i.total_usd),
            source=f"{i.source}, {i.price_year}",
        )
        for i in (cost.ingredients if cost else ())
    ]
