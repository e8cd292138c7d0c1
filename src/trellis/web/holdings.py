"""List what Trellis holds about a person, kind by kind: who reads it, and how it leaves with her.

One table for four uses: "Who sees what", the preview as somebody else, the download of
everything, and the links to what was shared. An app that begins to hold something about a person
adds its row here; a test walks all models and names the one that is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model, OneToOneField, Q, QuerySet
from django.urls import reverse

from trellis.activities.models import Participation
from trellis.coaching.models import (
    CoachingAgreement,
    LookFor,
    NextStep,
    Partnership,
    Session,
    SessionContent,
    Visit,
    VisitNote,
)
from trellis.coaching.policies import (
    PartnershipPolicy,
    SessionPolicy,
    VisitNotePolicy,
    VisitPolicy,
)
from trellis.evidence import asking
from trellis.evidence.models import (
    ClassCollection,
    EvidenceItem,
    Import,
)
from trellis.evidence.policies import ClassCollectionPolicy
from trellis.insights.models import FocusArea, Insight, LessonTalk, Reply
from trellis.insights.policies import EvidencePolicy, InsightPolicy, LessonTalkPolicy
from trellis.people.models import (
    Employment,
    EvaluatorRelation,
    Person,
    PersonAlias,
    RoleGrant,
    Teaching,
)
from trellis.plans.models import (
    ActionStep,
    CheckIn,
    Collaborator,
    Comment,
    Goal,
    GoalVersion,
    Measure,
    Plan,
    SavedResource,
    Suggestion,
)
from trellis.plans.policies import GoalPolicy, PlanPolicy
from trellis.trust.models import AccessEvent, Event, Share
from trellis.trust.policies import Policy
from trellis.trust.queries import shares_received

PARTNERS = ("partnership__teacher", "partnership__partner")
ONLY_YOU = "Only you."
YOUR_PLAN = "You, and those whom you let into your plan."
YOUR_GOALS = "You, those whom you let into your plan, and whom you share a goal with by name."
BY_NAME = "Only you, and whom you share one of them with by name."
YOU_TWO = "You and your partner. No role opens it, not even the administrator's."
FACTS = "You and your partner. Your school's leader may know who met, when and for how long."
OFFICE = "You, and the administrators who keep the list."
LOG = "You, and the administrators who run the installation. It holds days and kinds, no words."


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of record about a person.

    `mine` are the paths from a record to the person it is about; `policy` decides who reads it,
    and where none is named nobody but that person does; `page` is the address of one record;
    `can_be_shared` matches those that make sense to somebody else, where any do. `through` leads
    from a part to the thing that the policy is about. `content` are the fields of a record of
    facts that stay with its owner when her partner takes the facts along. `kept_back` nobody takes
    along: a count that is still open. `told` says in words what the fields alone would not.
    """

    words: str
    read_by: str
    model: type[Model]
    mine: tuple[str, ...]
    policy: type[Policy[Any]] | None = None  # Any: each row is about another kind of thing
    page: str = ""
    can_be_shared: Q | None = None
    through: str = "pk"
    content: tuple[str, ...] = ()
    kept_back: tuple[str, ...] = ()
    told: Callable[[Any], dict[str, object]] | None = None  # Any: a record of `model`

    @property
    def label(self) -> str:
        return self.model._meta.label

    def of(self, owner: Person) -> QuerySet[Model]:
        """Return all records of this kind that are about the owner."""
        about = Q()
        for path in self.mine:
            about |= Q(**{path: owner})
        return self.model._default_manager.filter(about).distinct()

    def shareable_of(self, owner: Person) -> list[Model]:
        """Return those of the owner's records that are hers to share."""
        if self.policy is None or self.can_be_shared is None:
            return []
        policy, found = self.policy(), self.of(owner).filter(self.can_be_shared)
        return [r for r in found.select_related(*self.mine) if policy.owner_of(r) == owner]

    def readable(self, reader: Person, owner: Person) -> QuerySet[Model]:
        """Return those of the owner's records that the reader may read, as the policy says."""
        if self.policy is None:
            return self.of(owner) if reader == owner else self.model._default_manager.none()
        visible = self.policy().visible(reader).values("pk")
        return self.of(owner).filter(**{f"{self.through}__in": visible})


def _what_a_class_said(collection: ClassCollection) -> dict[str, object]:
    """Return the answers as the page of a closed collection shows them; none while it is open."""
    return {
        "said": [
            {"question": words, "answered": n, "counts": dict(counts)}
            for words, n, counts in asking.results(collection)
        ]
    }


_PLAN = "Your plan, with its steps, check-ins and comments"
_EVIDENCE = "Evidence about your practice"
_INSIGHTS = "Insights, and your answers to them"
_CONTENT = "What was said and seen: session notes, visit notes, next steps"
_FACTS = "That you met: partnerships, sessions, visits, minutes"
_WORK = "Where and what you teach, and your roles"
_LOG = "What happened, what you shared, and who looked"

HOLDINGS: tuple[Holding, ...] = (
    Holding(_PLAN, YOUR_PLAN, Plan, ("teacher",), PlanPolicy, "plans:plan"),
    Holding(
        "Your goals",
        YOUR_GOALS,
        Goal,
        ("plan__teacher",),
        GoalPolicy,
        "plans:goal",
        can_be_shared=Q(),
    ),
    Holding(_PLAN, YOUR_PLAN, GoalVersion, ("goal__plan__teacher",)),
    Holding(_PLAN, YOUR_PLAN, Measure, ("goal__plan__teacher",)),
    Holding(_PLAN, YOUR_PLAN, CheckIn, ("measure__goal__plan__teacher",)),
    Holding(_PLAN, YOUR_PLAN, ActionStep, ("plan__teacher",)),
    Holding(_PLAN, YOUR_PLAN, SavedResource, ("plan__teacher",)),
    Holding(_PLAN, YOUR_PLAN, Suggestion, ("plan__teacher", "by")),
    Holding(_PLAN, YOUR_PLAN, Comment, ("plan__teacher", "by")),
    Holding(_PLAN, YOUR_PLAN, Collaborator, ("plan__teacher", "person")),
    Holding(_EVIDENCE, BY_NAME, EvidenceItem, ("owner",), EvidencePolicy),
    # What the class said stands on its page once it is closed, and in the evidence.
    Holding(
        _EVIDENCE,
        ONLY_YOU,
        ClassCollection,
        ("teacher",),
        ClassCollectionPolicy,
        "web:class_collection",
        kept_back=("counts", "code"),
        told=_what_a_class_said,
    ),
    Holding(
        "What the talk of your lessons shows, and the moments that you kept",
        ONLY_YOU,
        LessonTalk,
        ("owner",),
        LessonTalkPolicy,
        "insights:talk",
    ),
    Holding(
        _INSIGHTS,
        BY_NAME,
        Insight,
        ("owner",),
        InsightPolicy,
        "insights:insight",
        can_be_shared=Q(is_current=True),
    ),
    Holding(_INSIGHTS, ONLY_YOU, Reply, ("owner",)),
    Holding(_INSIGHTS, ONLY_YOU, FocusArea, ("owner",)),
    Holding(
        _CONTENT,
        YOU_TWO,
        SessionContent,
        ("session__partnership__teacher",),
        SessionPolicy,
        through="session",
    ),
    Holding(_CONTENT, YOU_TWO, VisitNote, ("visit__partnership__teacher",), VisitNotePolicy),
    Holding(
        _CONTENT, YOU_TWO, LookFor, ("visit__partnership__teacher",), VisitPolicy, through="visit"
    ),
    Holding(
        _CONTENT,
        YOU_TWO,
        NextStep,
        ("partnership__teacher", "owner"),
        PartnershipPolicy,
        through="partnership",
    ),
    Holding(
        _FACTS,
        FACTS,
        Partnership,
        ("teacher", "partner"),
        PartnershipPolicy,
        content=("message", "focus_element"),
    ),
    Holding(_FACTS, FACTS, CoachingAgreement, PARTNERS),
    Holding(_FACTS, FACTS, Session, PARTNERS, SessionPolicy),
    Holding(
        _FACTS,
        FACTS,
        Visit,
        PARTNERS,
        VisitPolicy,
        "coaching:visit",
        can_be_shared=Q(shared_at__isnull=False),
        content=("question",),
    ),
    Holding(
        "Programs you took part in",
        "You, and those who run programs: that you took part, and for how long.",
        Participation,
        ("teacher",),
    ),
    Holding(_WORK, OFFICE, Employment, ("person",)),
    Holding(_WORK, OFFICE, Teaching, ("person",)),
    Holding(_WORK, OFFICE, RoleGrant, ("person",)),
    Holding(
        "Who evaluates whom",
        "You, and the administrators. Kept for one purpose: that person can never coach you.",
        EvaluatorRelation,
        ("teacher", "evaluator"),
    ),
    Holding(_LOG, LOG, Event, ("about", "by")),
    Holding(_LOG, LOG, AccessEvent, ("owner", "reader")),
    Holding(_LOG, LOG, Share, ("owner", "audience")),
    Holding(_WORK, OFFICE, PersonAlias, ("person",)),
    Holding("Files that you brought", OFFICE, Import, ("brought_by",)),
)
BY_LABEL = {holding.label: holding for holding in HOLDINGS}


@dataclass(frozen=True, slots=True)
class SharedThing:
    """One thing that somebody shared with the reader by name."""

    id: UUID
    words: str
    owner: str
    until: date
    href: str
    is_opened: bool


def shared_with_me(reader: Person) -> list[SharedThing]:
    """Return what is shared with the reader today, with the page where she opens it."""
    rows = [(r, BY_LABEL[r.kind]) for r in shares_received(reader) if r.kind in BY_LABEL]
    opened = set(
        AccessEvent.objects.filter(
            reader=reader, subject__in=[str(row.subject_id) for row, _ in rows]
        ).values_list("subject", flat=True)
    )
    return [
        SharedThing(
            id=row.id,
            words=_with_article(str(holding.model._meta.verbose_name)),
            owner=row.owner,
            until=row.until,
            href=reverse(holding.page, args=[row.subject_id]),
            is_opened=str(row.subject_id) in opened,
        )
        for row, holding in rows
        if holding.page
    ]


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def everything_about(owner: Person) -> Iterator[tuple[str, Iterable[dict[str, object]]]]:
    """Yield each kind of record with all that is held about the owner, other people by name."""
    fields = [f.name for f in Person._meta.concrete_fields if f.name not in {"password", "id"}]
    yield "people.Person", [{name: getattr(owner, name) for name in fields}]
    for holding in HOLDINGS:
        yield holding.label, _plain(holding, owner)


def _plain(holding: Holding, owner: Person) -> Iterator[dict[str, object]]:
    records = holding.readable(owner, owner)
    people = [
        field
        for field in records.model._meta.concrete_fields
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model is Person
    ]
    named = records.order_by("pk").select_related(*holding.mine, *(f.name for f in people))
    for record in named.iterator(chunk_size=500):
        row = {f.attname: f.value_from_object(record) for f in record._meta.concrete_fields}
        for field in people:
            row.pop(field.attname)
            person = getattr(record, field.name)
            row[field.name] = str(person) if person else None
        for name in holding.kept_back:
            del row[name]
        if holding.told:
            row |= holding.told(record)
        if holding.content and holding.policy and holding.policy().owner_of(record) != owner:
            row = {name: value for name, value in row.items() if name not in holding.content}
        yield row
