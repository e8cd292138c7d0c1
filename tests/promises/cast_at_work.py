"""Set the stage of the access table: Ana with one of everything, and who has to do with her."""

import json
from datetime import date

from django.utils.http import urlsafe_base64_encode

from tests.cast import (
    YEAR,
    a_goal,
    a_partnership,
    a_person,
    a_plan,
    a_school,
    a_section,
    ana,
    ben,
    chi,
    dee,
    eli,
    fay,
    grant,
    gus,
    hana,
)
from tests.insights.evidence import THINKING, anas_year
from tests.interchange import vendors
from tests.interchange.case.packages import a_package
from trellis.activities.models import CostItem, Offer, Participation, Program
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
from trellis.coaching.policies import VisitPolicy
from trellis.evidence import frameworks, mappings, systems
from trellis.evidence.models import ClassCollection, EvidenceItem, Import, LearningObjective, Source
from trellis.evidence.queries import folder_of
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.registration import fingerprint
from trellis.insights.actions import refresh
from trellis.insights.models import ClassGrowth, ClassLearning, Insight, LessonTalk, Reply
from trellis.insights.policies import InsightPolicy
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.mapping_proposal import propose
from trellis.people.models import Employment, EvaluatorRelation, Merge, Person, Role, TwoPeople
from trellis.plans.models import (
    ActionStep,
    CheckIn,
    Collaborator,
    Comment,
    Measure,
    SavedResource,
    Suggestion,
)
from trellis.plans.policies import GoalPolicy
from trellis.resources.models import Provider, Resource
from trellis.trust import clock
from trellis.trust.actions import share
from trellis.trust.models import Share

Objects = dict[str, object]
UNTIL = date(2026, 4, 1)
FIGURES = {
    "verdict": {"word": "cannot tell yet", "reason": "Too few places."},
    "effects": [
        {
            "outcome": "practice", "measured_by": "trained visitors", "estimate": 0.1,
            "low": -0.2, "high": 0.4, "n": 80, "treated": 40, "comparison": 40, "clusters": 8,
            "is_primary": True,
        }
    ],
    "checks": [{"name": "Balance", "holds": True, "finding": "Alike before."}],
    "flow": [{"step": "Drawn", "treated": "40", "comparison": "40"}],
}  # fmt: skip


def secret(kind: str) -> str:
    """Return words of content that nobody may find on a page who may not read that kind."""
    return f"s3cret-{kind}-t3rces"


def the_people() -> dict[str, Person | None]:
    """Return who knocks on every door; the keys are the roles of the table."""
    sharee = grant(a_person("Chi", "Sharee"), Role.TEACHER, school=a_school())
    named = grant(a_person("Dee", "Named"), Role.SCHOOL_LEADER, school=a_school())
    EvaluatorRelation.objects.get_or_create(evaluator=named, teacher=ana(), school_year=YEAR)
    return {
        "owner": ana(),
        "coach": ben(),
        "other coach": grant(a_person("Bo", "Other"), Role.COACH),
        "peer": chi(),
        "peer by name": sharee,
        "leader": dee(),
        "leader by name": named,
        "PD lead": eli(),
        "consultant": fay(),
        "analyst": gus(),
        "administrator": hana(),
        "no role": a_person("Nobody", "Yet"),
        "stranger": None,
    }


def the_things(people: dict[str, Person | None]) -> Objects:
    """Return the key of each thing that an address can name."""
    things: Objects = {}
    things |= _plan(people)
    things |= _evidence(people)
    things |= _partnership(people)
    things |= _programs()
    things["share"] = Share.objects.filter(owner=ana()).order_by("granted_at")[0].pk
    things["person"] = chi().pk
    things["grant"] = chi().role_grants.get().pk
    things["import"] = Import.objects.create(
        received_at=clock.now(), content_hash="x", state=Import.State.PREVIEWED, brought_by=hana()
    ).pk
    things["import that waits"], things["mapping"] = _a_vendors_file()
    things |= _frameworks()
    asked = ClassCollection.objects.create(
        section_id=things["section"], teacher=ana(), code="BCDF23", reading_level="younger",
        enrolled=20, counts={}, opened_at=clock.now(), closes_on=date(2026, 3, 25),
    )  # fmt: skip
    things["collection"], things["class code"] = asked.pk, "BCDF23"
    things["system"] = systems.make_token("Nightly export", by=hana())[0].pk
    things |= _records()
    things["token"] = "set-password"
    things["uid"] = urlsafe_base64_encode(str(ana().pk).encode())
    things["coach"] = ben().pk
    return things


def _a_vendors_file() -> tuple[object, object]:
    """Let a file of an unknown layout wait, and keep what columns of another one mean."""
    waits = Import.objects.create(received_at=clock.now(), state=Import.State.WAITING)
    folder_of(waits).mkdir(parents=True)
    (folder_of(waits) / "growth.csv").write_text(vendors.GROWTH)
    mapping = propose(read_csv_text(vendors.STATE.encode(), "state.csv")).mapping
    return waits.pk, mappings.save(mapping, name="State", by=hana()).pk


def _frameworks() -> Objects:
    shipped = frameworks.bring_shipped()
    assert shipped
    found = frameworks.read(
        json.dumps(a_package()).encode(),
        "private.json",
        frameworks.Stated(license_title="Licensed to this district", private=True),
    )
    private = frameworks.adopt(frameworks.bring(found, source="private.json", by=hana()), by=None)
    return {
        "framework": shipped.framework_id,
        "framework version": shipped.pk,
        "private version": private.pk,
    }


def _records() -> Objects:
    second, third = a_person("Chi", "Second"), a_person("Chi", "Third")
    merge = Merge.objects.create(
        kept=second, other=third, decided_by=hana(), decided_at=clock.now(), reason="One person."
    )
    fourth = a_person("Chi", "Fourth")
    apart = TwoPeople.objects.create(
        one=second, other=fourth, decided_by=hana(), decided_at=clock.now()
    )
    return {"second record": fourth.pk, "merge": merge.pk, "told apart": apart.pk}


def _plan(people: dict[str, Person | None]) -> Objects:
    now, plan = clock.now(), a_plan(ana())
    goal = a_goal(ana(), secret("plans.Goal"))
    goal.why, goal.element = secret("plans.Goal"), "instruction.thinking"
    goal.save()
    measure = Measure.objects.create(goal=goal, what=secret("plans.Goal"), baseline=6, target=12)
    CheckIn.objects.create(measure=measure, on=date(2026, 2, 2), value=8, note=secret("plans.Goal"))
    step = ActionStep.objects.create(
        plan=plan,
        goal=goal,
        text=secret("plans.Plan"),
        agreed_on=date(2026, 3, 2),
        follow_up_on=date(2026, 3, 9),
    )
    for person, may_propose in ((ben(), True),):
        Collaborator.objects.create(
            plan=plan, person=person, may_propose=may_propose, invited_at=now
        )
    suggestion = Suggestion.objects.create(
        plan=plan, by=ben(), kind="step", text=secret("words of Ben"), made_at=now
    )
    Comment.objects.create(plan=plan, by=ben(), text=secret("words of Ben"), at=now)
    resource = Resource.objects.create(
        external_id="r1", title="Number talks", kind="practice", summary="Short talks."
    )
    saved = SavedResource.objects.create(plan=plan, resource=resource, saved_at=now)
    for name in ("peer by name", "leader by name"):
        audience = people[name]
        assert audience
        share(goal, policy=GoalPolicy(), by=ana(), audience=audience, until=UNTIL)
    return {
        "plan": plan.pk,
        "goal": goal.pk,
        "step": step.pk,
        "suggestion": suggestion.pk,
        "collaborator": plan.collaborators.get(person=ben()).pk,
        "saved resource": saved.pk,
        "resource": resource.pk,
    }


def _evidence(people: dict[str, Person | None]) -> Objects:
    now, owner = clock.now(), anas_year()
    Employment.objects.create(
        person=owner, school=a_school(), school_year=YEAR, years_experience=6, grades="04"
    )
    item = EvidenceItem.objects.create(
        owner=owner,
        source=Source.SELF_REFLECTION,
        element=THINKING,
        seen_on=date(2026, 2, 2),
        value=1,
        text=secret("evidence.EvidenceItem"),
        added_at=now,
    )
    refresh(owner)
    insight = Insight.objects.get(element=THINKING)
    insight.title = insight.claim = secret("insights.Insight")
    insight.save()
    Reply.objects.create(
        owner=owner,
        element=insight.element,
        kind=insight.kind,
        answer="context",
        at=now,
        note=secret("insights.Reply"),
    )
    said = {"title": "Talk", "text": secret("insights.LessonTalk"), "range": "", "caveats": []}
    evidence = [{"element": THINKING, "rate": 0.5, "n": 20}]
    words = {"student": secret("insights.LessonTalk"), "teacher": secret("insights.LessonTalk")}
    talk = LessonTalk.objects.create(
        owner=owner, held_on=date(2026, 2, 2), kept_at=now, moments=[words],
        figures={"rules": "1", "said": [said], "parts": [], "evidence": evidence},
    )  # fmt: skip
    share(insight, policy=InsightPolicy(), by=owner, audience=_sharee(people), until=UNTIL)
    objective = LearningObjective.objects.create(identifier="o1", statement="Add fractions")
    section = a_section(owner)
    ClassLearning.objects.create(
        section=section,
        objective=objective,
        students=24,
        right=0.5,
        low=0.4,
        high=0.6,
        usual=0.7,
        behind=0.9,
        is_next=True,
        computed_at=now,
    )
    ClassGrowth.objects.create(
        section=section, test=secret("insights.ClassGrowth"), students=22, tested=20, among=480,
        grades="grade 4", two_before=18, term="winter", tested_on=date(2026, 1, 21),
        since=date(2025, 9, 10), mean=52, low=40, high=64, median=51, median_low=35,
        median_high=68, one_student=32, computed_at=now,
    )  # fmt: skip
    return {
        "section": section.pk,
        "evidence": item.pk,
        "lesson talk": talk.pk,
        "insight": insight.pk,
        "objective": objective.pk,
    }


def _sharee(people: dict[str, Person | None]) -> Person:
    sharee = people["peer by name"]
    assert sharee
    return sharee


def _partnership(people: dict[str, Person | None]) -> Objects:
    now = clock.now()
    between = a_partnership(ana(), ben())
    between.message, between.focus_element = secret("partnership"), "instruction.thinking"
    between.save()
    CoachingAgreement.objects.create(
        partnership=between, signed_by_teacher_at=now, signed_by_partner_at=now
    )
    session = Session.objects.create(
        partnership=between, held_on=date(2026, 2, 2), minutes=30, logged_at=now
    )
    text = secret("partnership")
    SessionContent.objects.create(session=session, strength=text, noticed=text, parked=text)
    step = NextStep.objects.create(
        partnership=between,
        owner=ben(),
        text=secret("words of Ben"),
        due_on=date(2026, 3, 20),
        made_at=now,
    )
    visits = {
        state: _visit(between, state)
        for state in (Visit.State.PROPOSED, Visit.State.ACCEPTED, Visit.State.DONE)
    }
    held = visits[Visit.State.DONE]
    share(held, policy=VisitPolicy(), by=ana(), audience=_sharee(people), until=UNTIL)
    invitation = a_partnership(ana(), fay(), kind="consultant", state=Partnership.State.INVITED)
    return {
        "partnership": between.pk,
        "invitation": invitation.pk,
        "session": session.pk,
        "next step": step.pk,
        "visit proposed": visits[Visit.State.PROPOSED].pk,
        "visit accepted": visits[Visit.State.ACCEPTED].pk,
        "visit held": held.pk,
        "note": visits[Visit.State.ACCEPTED].notes.get().pk,
    }


def _visit(between: Partnership, state: Visit.State) -> Visit:
    now, held = clock.now(), state == Visit.State.DONE
    words = secret("shared visit" if held else "partnership")
    visit = Visit.objects.create(
        partnership=between,
        proposed_by=ben(),
        state=state,
        question=words,
        planned_for=now,
        accepted_at=None if state == Visit.State.PROPOSED else now,
        held_on=now.date() if held else None,
        shared_at=now if held else None,
        section=a_section(ana()),
    )
    LookFor.objects.create(visit=visit, position=1, text=words)
    note = words if held else secret("note not shared yet")
    VisitNote.objects.create(visit=visit, text=note)
    return visit


def _programs() -> Objects:
    provider = Provider.objects.create(external_id="northstar", name="Northstar", kind="commercial")
    program = Program.objects.create(
        external_id="p1", title="Content coaching", provider=provider, description="Coaching."
    )
    offer = Offer.objects.create(
        external_id="o1",
        program=program,
        title="Fall",
        school_year=YEAR,
        starts_on=date(2025, 9, 1),
        ends_on=date(2026, 5, 1),
        place="online",
        assignment="lottery",
    )
    Participation.objects.create(offer=offer, teacher=ana(), state="attended", minutes=90)
    CostItem.objects.create(
        program=program,
        school_year=YEAR,
        ingredient="Coach",
        category="staff",
        quantity=1,
        unit="year",
        unit_price_usd=90_000,
        price_year=2026,
        source="budget",
    )
    return {"program": program.pk, "offer": offer.pk, "provider": provider.pk} | _reviews(program)


def _reviews(program: Program) -> Objects:
    """A review that was registered, one that was read out to participants, one for everybody."""
    reviews = {}
    for name in ("registered", "read out", "released"):
        plan = {
            "review_id": name, "program_id": "p1", "question": "Did practice change?",
            "registered_on": "2023-08-21", "registered_by": "gus", "design": "lottery",
            "unit": "teacher", "primary_outcome": "practice", "outcome_years": [2024],
            "baseline_year": 2023, "smallest_effect": 0.15, "decision_rule": "If it helps.",
        }  # fmt: skip
        review = ProgramReview.objects.create(
            external_id=name,
            program=program,
            registered_at=clock.now(),
            registration=plan,
            registration_hash=fingerprint(plan),
        )
        if name != "registered":
            ReadOut.objects.create(
                review=review, made_at=clock.now(), verdict=ReadOut.Verdict.CANNOT_TELL,
                figures=FIGURES, snapshot="none", seed=1, trellis_version="0",
                released_at=clock.now() if name == "released" else None,
            )  # fmt: skip
        reviews[f"review {name}"] = review.pk
    return dict(reviews)
