"""Build random little districts in which everybody has to do with everybody, in every state."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from django.db.models import Model

from tests.cast import YEAR, a_goal, a_person, a_plan, a_school, a_section, grant
from trellis.activities.models import Offer, Participation, Program
from trellis.coaching.models import (
    CoachingAgreement,
    NextStep,
    Partnership,
    Session,
    SessionContent,
    Visit,
    VisitNote,
)
from trellis.evidence.models import (
    ClassCollection,
    EvidenceItem,
    Framework,
    FrameworkVersion,
    Import,
    SavedMapping,
    Source,
    SystemToken,
)
from trellis.impact.models import ProgramReview, ReadOut
from trellis.insights.models import Insight, LessonTalk
from trellis.people.models import EvaluatorRelation, Merge, Person, Role, RoleGrant, TwoPeople
from trellis.plans.models import Collaborator, Goal
from trellis.resources.models import Provider, Resource
from trellis.trust import clock
from trellis.trust.models import Share

Item = TypeVar("Item")
CAN_BE_SHARED: tuple[type[Model], ...] = (Goal, EvidenceItem, Insight, Session, Visit)


def a_random_world(rng: Random) -> list[Person]:
    """Fill the database; return its people, fresh from it."""
    names = ("Ana", "Ben", "Chi", "Dee", "Eli", "Fay", "Gus", "Hana")
    people = [a_person(name, f"Random{rng.randrange(10**9)}") for name in names]
    for person in people:
        _roles(rng, person)
    for teacher in people[:3]:
        _work_of(rng, teacher, people)
    for evaluator, teacher in _pairs(rng, people, 3):
        EvaluatorRelation.objects.get_or_create(
            evaluator=evaluator, teacher=teacher, school_year=rng.choice([YEAR, YEAR - 1])
        )
    _programs(rng, people)
    _shares(rng, people)
    return list(Person.objects.filter(pk__in=[p.pk for p in people]))


def _roles(rng: Random, person: Person) -> None:
    for role in rng.sample(list(Role), rng.randint(0, 2)):
        grant(person, role, school=a_school() if rng.random() < 0.5 else None)
        if rng.random() < 0.2:
            RoleGrant.objects.filter(person=person, role=role).update(ends_on=date(2026, 1, 1))


def _work_of(rng: Random, teacher: Person, people: Sequence[Person]) -> None:
    now = clock.now()
    section = a_section(teacher, f"Grade 4 {rng.randrange(10**6)}")
    ClassCollection.objects.create(
        section=section, teacher=teacher, code=None, reading_level="younger", enrolled=20,
        counts={}, opened_at=now, closes_on=date(2026, 3, 25),
    )  # fmt: skip
    plan = a_plan(teacher)
    a_goal(teacher), a_goal(teacher)
    for other in rng.sample(list(people), 3):
        if other != teacher:
            revoked = now if rng.random() < 0.3 else None
            Collaborator.objects.create(plan=plan, person=other, invited_at=now, revoked_at=revoked)
    _import(rng, people)
    Resource.objects.create(
        external_id=str(rng.random()),
        title="x",
        kind="practice",
        summary="y",
        is_active=rng.random() < 0.5,
    )
    EvidenceItem.objects.create(
        owner=teacher,
        source=Source.SELF_REFLECTION,
        element="agency.autonomy",
        seen_on=date(2026, 2, 2),
        added_at=now,
        withdrawn_at=now if rng.random() < 0.3 else None,
    )
    LessonTalk.objects.create(owner=teacher, held_on=date(2026, 2, 2), figures={}, kept_at=now)
    Insight.objects.create(
        owner=teacher,
        element="agency.autonomy",
        kind="strength",
        sure="early",
        title="x",
        claim="y",
        rule="r",
        rule_version="1",
        computed_at=now,
        is_current=rng.random() < 0.8,
    )
    for other in rng.sample(list(people), 3):
        if other != teacher:
            _partnership(rng, teacher, other)


def _import(rng: Random, people: Sequence[Person]) -> None:
    one, other = rng.sample(list(people), 2)
    Merge.objects.create(kept=one, other=other, decided_at=clock.now(), reason="One person.")
    TwoPeople.objects.create(one=one, other=other, decided_at=clock.now())
    Import.objects.create(
        received_at=clock.now(),
        content_hash=str(rng.random()),
        brought_by=rng.choice([None, *people]),
        state=rng.choice(Import.State.values),
    )
    framework = Framework.objects.create(
        identifier=str(rng.random()), title="x", creator="y", kind="learning standards"
    )
    FrameworkVersion.objects.create(
        framework=framework, number=1, content_hash="x", package="{}", items_count=0,
        imported_at=clock.now(),
    )  # fmt: skip
    SystemToken.objects.create(
        name="x", digest=str(rng.random()), made_at=clock.now(), ends_on=date(2026, 12, 31)
    )
    SavedMapping.objects.create(
        name=str(rng.random()), version=1, mapping={}, made_at=clock.now(), made_by=people[0]
    )


def _partnership(rng: Random, teacher: Person, partner: Person) -> None:
    now = clock.now()
    between = Partnership.objects.create(
        teacher=teacher,
        partner=partner,
        kind=rng.choice(Partnership.Kind.values),
        state=rng.choice(Partnership.State.values),
        invited_by=rng.choice([teacher, partner]),
        invited_at=now,
        started_on=date(2025, 9, 8),
        ended_on=rng.choice([None, date(2026, 2, 1)]),
    )
    CoachingAgreement.objects.create(partnership=between, leader_may_know_focus=rng.random() < 0.5)
    session = Session.objects.create(
        partnership=between,
        held_on=date(2026, 2, 2),
        minutes=30,
        logged_at=rng.choice([None, now]),
    )
    SessionContent.objects.create(session=session, noticed="x")
    NextStep.objects.create(
        partnership=between,
        owner=rng.choice([teacher, partner]),
        text="x",
        due_on=date(2026, 4, 1),
        made_at=now,
    )
    for state in rng.sample(Visit.State.values, 3):
        held = state in {Visit.State.DONE, Visit.State.DEBRIEFED}
        visit = Visit.objects.create(
            partnership=between,
            proposed_by=rng.choice([teacher, partner]),
            state=state,
            accepted_at=now if held else None,
            shared_at=now if held and rng.random() < 0.6 else None,
        )
        VisitNote.objects.create(visit=visit, text="x")


def _programs(rng: Random, people: Sequence[Person]) -> None:
    """Two programs of two providers, with participants, consultants and reviews in each state."""
    for _ in range(2):
        key = f"provider {rng.random()}"
        provider = Provider.objects.create(external_id=key, name=key, kind="commercial")
        for consultant in rng.sample(list(people), 2):
            grant(consultant, Role.CONSULTANT, scope=key)
        program = Program.objects.create(external_id=key, title=key, provider=provider)
        offer = Offer.objects.create(
            external_id=key, program=program, title=key, school_year=YEAR, place="online",
            starts_on=date(2025, 9, 1), ends_on=date(2026, 5, 1), assignment="lottery",
        )  # fmt: skip
        for teacher in rng.sample(list(people), 3):
            Participation.objects.create(offer=offer, teacher=teacher, state="joined")
        for _ in range(3):
            _review(rng, program)


def _review(rng: Random, program: Program) -> None:
    review = ProgramReview.objects.create(
        program=program, registered_at=clock.now(), registration={}, registration_hash="x"
    )
    for released_at in rng.choice([[], [None], [None, clock.now()]]):
        ReadOut.objects.create(
            review=review, made_at=clock.now(), verdict=ReadOut.Verdict.CANNOT_TELL, figures={},
            snapshot="x", seed=1, trellis_version="0", released_at=released_at,
        )  # fmt: skip


def _shares(rng: Random, people: Sequence[Person]) -> None:
    today = clock.today()
    for model in CAN_BE_SHARED:
        for thing in model._default_manager.all():
            for audience in rng.sample(list(people), 2):
                Share.objects.create(
                    owner=rng.choice(list(people)),
                    audience=audience,
                    subject_kind=model._meta.label,
                    subject_id=thing.pk,
                    granted_at=clock.now(),
                    until=today + timedelta(days=rng.choice([-1, 0, 30])),
                    revoked_at=rng.choice([None, None, clock.now()]),
                )


def _pairs(rng: Random, people: Sequence[Item], number: int) -> list[tuple[Item, Item]]:
    drawn = [rng.sample(list(people), 2) for _ in range(number)]
    return [(first, second) for first, second in drawn]
