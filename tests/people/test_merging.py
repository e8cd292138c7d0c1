"""Two records of one person become one by a person's decision, and stand apart again by another."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

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
    grant,
    hana,
)
from tests.evidence.test_guard_and_changes import bring
from tests.evidence.test_undo import everything
from tests.interchange import tiny
from trellis.evidence import queries
from trellis.evidence.models import EvidenceItem
from trellis.people import merging
from trellis.people.actions import OnlyAdministrators
from trellis.people.models import (
    EvaluatorRelation,
    Merge,
    Person,
    PersonAlias,
    Role,
    RoleGrant,
    TwoPeople,
)
from trellis.people.pairs import likely_pairs
from trellis.plans.models import Collaborator, Goal
from trellis.trust import clock
from trellis.trust.models import AccessEvent, Event
from trellis.web.merging import why_apart

pytestmark = pytest.mark.django_db

WHY = "She married in June; the office of Cedar called."


def merge(kept: Person, other: Person) -> Merge:
    return merging.merge(kept, other, by=hana(), reason=WHY, same_person=True, apart=why_apart)


def nia() -> Person:
    """Ana's second record: she came in again under her new name."""
    return grant(a_person("Ana", "Reyes"), Role.COACH)


def a_life(person: Person) -> None:
    """Give a record one of most things."""
    a_goal(person)
    a_section(person, "Grade 5 Math")
    a_partnership(person, ben())
    a_partnership(chi(), person, kind="peer")
    EvidenceItem.objects.create(
        owner=person, source="self-reflection", element="culture.support",
        seen_on=date(2026, 2, 2), value=2, added_at=clock.now(),
    )  # fmt: skip
    AccessEvent.objects.create(
        at=clock.now(), reader=ben(), owner=person, what="your plan", subject="x"
    )


def test_all_that_the_other_record_has_is_with_the_kept_one() -> None:
    kept, other = ana(), nia()
    a_life(other)

    done = merge(kept, other)

    other.refresh_from_db()
    assert Goal.objects.get().plan.teacher == kept
    assert kept.teachings.count() == kept.evidence.count() == kept.reads_of_mine.count() == 1
    assert (kept.partnerships.count(), kept.caseload.count()) == (1, 1)
    assert {g.role for g in kept.role_grants.all()} == {"teacher", "coach"}
    assert (other.is_active, other.external_id) == (False, None)
    assert PersonAlias.objects.get().external_id == "ana.reyes"
    assert (done.reason, done.decided_by) == (WHY, hana())


def test_undoing_a_merge_puts_everything_back() -> None:
    kept, other = ana(), nia()
    a_life(kept)
    a_life(other)
    Collaborator.objects.create(plan=a_plan(kept), person=ben(), invited_at=clock.now())
    Collaborator.objects.create(plan=a_plan(other), person=ben(), invited_at=clock.now())
    hana()
    before = everything()

    done = merge(kept, other)
    between = everything()
    staying = merging.undo_merge(done, by=hana())

    assert staying == 0
    after = everything()
    del before["people.Merge"], after["people.Merge"]
    assert after == before != between


def test_two_plans_of_a_year_become_one_and_no_goal_is_lost() -> None:
    kept, other = ana(), nia()
    mine, hers = a_goal(kept, "Mine"), a_goal(other, "Hers")

    merge(kept, other)

    hers.refresh_from_db()
    assert hers.plan == mine.plan
    assert Goal.objects.filter(plan__teacher=kept).count() == 2


def test_what_was_made_since_stays_with_the_kept_record() -> None:
    kept, other = ana(), nia()
    done = merge(kept, other)
    goal = a_goal(kept)
    RoleGrant.objects.filter(person=kept, role="coach").update(person=chi())

    staying = merging.undo_merge(done, by=hana())

    assert staying == 1
    goal.refresh_from_db()
    assert goal.plan.teacher == kept


def test_a_merge_that_would_let_an_evaluator_coach_is_refused() -> None:
    kept, other = a_person("Dee", "Walker"), grant(a_person("Dee", "Wells"), Role.COACH)
    EvaluatorRelation.objects.create(evaluator=kept, teacher=ana(), school_year=YEAR)
    a_partnership(ana(), other)

    with pytest.raises(ValidationError, match="evaluate a teacher and coach her in the same year"):
        merge(kept, other)

    assert not Merge.objects.exists()


def test_a_merge_that_would_let_a_teacher_be_coached_by_her_evaluator_is_refused() -> None:
    dee, other = a_person("Dee", "Walker"), nia()
    EvaluatorRelation.objects.create(evaluator=dee, teacher=ana(), school_year=YEAR)
    a_partnership(other, dee)

    with pytest.raises(ValidationError, match="same year"):
        merge(ana(), other)


def test_an_evaluation_of_another_year_stands_in_nobodys_way() -> None:
    kept, other = a_person("Dee", "Walker"), grant(a_person("Dee", "Wells"), Role.COACH)
    EvaluatorRelation.objects.create(evaluator=kept, teacher=ana(), school_year=YEAR - 1)
    a_partnership(ana(), other)

    assert merge(kept, other).other == other


def test_partners_of_each_other_are_two_people() -> None:
    a_partnership(ana(), nia())

    with pytest.raises(ValidationError, match="partners of each other"):
        merge(ana(), nia())


@pytest.mark.parametrize("missing", ["reason", "word", "role", "own"])
def test_a_merge_needs_a_reason_a_word_and_an_administrator_who_is_neither(missing: str) -> None:
    kept, other, by = ana(), nia(), hana()
    if missing == "own":
        by = grant(kept, Role.ADMINISTRATOR)
    if missing == "role":
        by = ben()
    refused = OnlyAdministrators if missing == "role" else ValidationError

    with pytest.raises(refused):
        merging.merge(
            kept, other, by=by, apart=why_apart, same_person=missing != "word",
            reason="" if missing == "reason" else WHY,
        )  # fmt: skip

    assert not Merge.objects.exists()


def test_a_merge_and_its_undoing_are_events_without_words_about_either() -> None:
    done = merge(ana(), nia())
    merging.undo_merge(done, by=hana())

    kinds = ("RecordsMerged", "MergeUndone")
    events = Event.objects.filter(kind__in=kinds, subject=str(done.pk), by=hana())
    assert events.count() == 2
    assert not [e for e in events if "married" in str(e.data) or e.about]


def test_only_the_last_merge_of_a_record_is_undone_first() -> None:
    first = merge(ana(), nia())
    second = merge(ana(), a_person("Anna", "Ruiz"))
    Merge.objects.filter(pk=first.pk).update(decided_at=first.decided_at.replace(year=2025))
    first.refresh_from_db()

    with pytest.raises(ValidationError):
        merging.undo_merge(first, by=hana())
    merging.undo_merge(second, by=hana())
    merging.undo_merge(first, by=hana())

    assert not PersonAlias.objects.exists()


def test_later_files_reach_the_kept_record_by_both_ids(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    kept, other = (Person.objects.get(external_id=x) for x in ("t-ana", "t-chi"))
    RoleGrant.objects.filter(person=other).delete()
    other.caseload.all().delete()
    merge(kept, other)
    tests = tiny.FILES["sessions.csv"].replace("se1", "se2")

    # The roster knows her by the other id alone, with another address; the staff file by both.
    users = "\n".join(
        line for line in tiny.ONEROSTER["users"].split("\n") if not line.startswith("t-ana")
    )
    enrolled = tiny.ONEROSTER["enrollments"].replace("t-ana", "t-chi")
    roles = "\n".join(x for x in tiny.ONEROSTER["roles"].split("\n") if "t-ana" not in x)
    (tmp_path / "two").mkdir()
    bundle = {"users": users, "enrollments": enrolled, "roles": roles}
    tiny.write_bundle(tmp_path / "two" / "oneroster.zip", **bundle)
    (tmp_path / "two" / "sessions.csv").write_text(tests)
    (tmp_path / "two" / "staff.csv").write_text(tiny.FILES["staff.csv"])
    bring(tmp_path / "two")

    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.is_active, kept.family_name, kept.email) == (True, "Nguyen", "chi@tiny.example")
    assert (other.is_active, other.external_id) == (False, None)
    assert kept.employments.count() == 1
    rosters = queries.warehouse().read("rosters").collect()
    assert set(rosters["teacher"]) == {queries.person_key("t-ana")}


def test_a_file_cannot_climb_the_wall_by_a_persons_other_id(tmp_path: Path) -> None:
    from trellis.evidence import imports
    from trellis.evidence.models import Import
    from trellis.web.loaders import LOADERS

    bring(tiny.write_district(tmp_path / "one"))
    dee = Person.objects.get(external_id="t-dee")
    PersonAlias.objects.create(external_id="t-dee-2", person=dee)
    later = tmp_path / "partnerships.csv"
    later.write_text(
        tiny.FILES["partnerships.csv"].split("\n")[0] + "\npa9,t-ana,t-dee-2,coach,2025-09-08,,,\n"
    )

    found = imports.check(Import.objects.create(received_at=clock.now()), [later], LOADERS)

    assert [problem.code for problem in found.files.problems] == ["semantic.evaluator_conflict"]


def test_records_that_look_alike_are_suggested_and_namesakes_elsewhere_are_not() -> None:
    grant(a_person("José", "O'Neil"), Role.TEACHER, school=a_school())
    grant(a_person("Jose", "ONeil"), Role.TEACHER, school=a_school())
    grant(a_person("Kim", "Lee"), Role.TEACHER, school=a_school())
    elsewhere = grant(a_person("Kim", "Lée"), Role.TEACHER, school=a_school("Dogwood"))
    moved = a_person("Ana", "Reyes")
    Person.objects.filter(pk=moved.pk).update(email="ana.ruiz@other.example")
    ana()

    pairs = [(pair.name, pair.other_name) for pair in likely_pairs()]

    assert ("Jose ONeil", "José O'Neil") in [tuple(sorted(pair)) for pair in pairs]
    assert ("Ana Reyes", "Ana Ruiz") in [tuple(sorted(pair)) for pair in pairs]
    assert not [pair for pair in pairs if elsewhere.full_name in pair]


def test_hana_merges_and_puts_apart_again_in_the_browser() -> None:
    browser = Client()
    browser.force_login(hana())
    kept, other = ana(), nia()
    a_life(other)
    address = f"/administration/merges/{kept.pk}/{other.pk}/"

    side_by_side = browser.get(address).content.decode()
    unsure = browser.post(address, {"kept": str(kept.pk), "reason": WHY})
    browser.post(address, {"kept": str(kept.pk), "reason": WHY, "same_person": "on"})
    listed = browser.get("/administration/merges/").content.decode()

    assert "Twelve of 24 students" not in side_by_side
    assert "a plan, evidence, partnerships, classes" in side_by_side
    assert unsure.status_code == 422
    assert "leave the two records apart" in unsure.content.decode()
    assert WHY in listed.replace("&#x27;", "'")
    browser.post(f"/administration/merges/{Merge.objects.get().pk}/undo/")
    other.refresh_from_db()
    assert other.is_active


def test_two_people_who_look_alike_are_told_apart_once_and_asked_about_again_when_taken_back() -> (
    None
):
    one = grant(a_person("José", "O'Neil"), Role.TEACHER, school=a_school())
    other = grant(a_person("Jose", "ONeil"), Role.TEACHER, school=a_school())
    browser = Client()
    browser.force_login(hana())
    assert len(likely_pairs()) == 1

    for _ in range(2):
        browser.post(f"/administration/merges/{one.pk}/{other.pk}/apart/")

    assert likely_pairs() == []
    with pytest.raises(ValidationError, match="two people"):
        merge(other, one)
    assert "Told apart" in browser.get("/administration/merges/").content.decode()
    browser.post(f"/administration/merges/apart/{TwoPeople.objects.get().pk}/back/")
    assert len(likely_pairs()) == 1
    kinds = ("RecordsToldApart", "TellingApartTakenBack")
    assert Event.objects.filter(kind__in=kinds, by=hana()).count() == 2


def test_only_administrators_tell_apart() -> None:
    with pytest.raises(OnlyAdministrators):
        merging.tell_apart(ana(), nia(), by=ben())
