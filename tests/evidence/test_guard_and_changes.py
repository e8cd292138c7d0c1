"""Many never leave by a file without a person's word; a file of changes touches what it names."""

from pathlib import Path

import pytest
from django.test import override_settings

from tests.cast import a_goal, a_partnership, ana, hana
from tests.evidence.later import write_later
from tests.interchange import tiny
from trellis.evidence import imports, listing, queries
from trellis.evidence.guard import asks
from trellis.evidence.models import EvidenceItem, Import
from trellis.people.models import Enrollment, Person, RoleGrant, School, Section, Student, Teaching
from trellis.plans.models import Goal
from trellis.trust import clock
from trellis.trust.loading import Change
from trellis.trust.models import Event
from trellis.web.loaders import LOADERS

pytestmark = pytest.mark.django_db

DELTA = "2026-03-01T08:00:00Z"


def checked(folder: Path, *, accept: bool = False) -> imports.Checked:
    brought = Import.objects.create(received_at=clock.now(), accepts_leavers=accept)
    found = imports.check(brought, [folder], LOADERS)
    assert found.files.sound, [str(problem) for problem in found.files.problems]
    return found


def bring(folder: Path, *, accept: bool = True) -> Import:
    return imports.apply(checked(folder, accept=accept), LOADERS, by=None)


def change(**counts: int) -> Change:
    given = {"added": 0, "changed": 0, "gone": counts["leaving"], "same": 0} | counts
    return Change(kind="people", guarded=True, **given)


@pytest.mark.parametrize(
    ("leaving", "stood", "added", "asked"),
    [
        (0, 900, 0, False),
        (90, 900, 0, False),  # a tenth is the course of a year
        (91, 900, 0, True),
        (2, 5, 0, False),  # two of a small school
        (3, 5, 0, True),
        (1, 1, 0, True),  # nobody is left
        (1, 1, 1, False),  # the one was replaced by another
    ],
)
def test_more_than_a_tenth_are_asked_about_and_one_or_two_are_not(
    leaving: int, stood: int, added: int, *, asked: bool
) -> None:
    found = asks([change(leaving=leaving, stood=stood, added=added, same=stood - leaving)])

    assert bool(found) is asked


def test_the_share_that_may_leave_is_a_setting() -> None:
    with override_settings(TRELLIS_MOST_LEAVERS=0.5):
        assert not asks([change(leaving=400, stood=900, same=500)])


def _half_a_bundle(folder: Path) -> Path:
    """Write a bundle whose export was cut short: no students, one class with no one in it."""
    gone = ("p-1", "p-2", "p-3")
    cut = {
        name: "".join(
            line for line in text.splitlines(keepends=True) if not any(p in line for p in gone)
        )
        for name, text in tiny.ONEROSTER.items()
        if name in ("users", "roles", "enrollments", "results")
    }
    folder.mkdir()
    empty = tiny.ONEROSTER["resultLearningObjectiveIds"].split("\n")[0] + "\n"
    return tiny.write_bundle(folder / "oneroster.zip", **cut, resultLearningObjectiveIds=empty)


def test_a_bundle_that_leaves_out_many_is_not_applied_without_a_word(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    found = checked(_half_a_bundle(tmp_path / "two"))

    with pytest.raises(imports.ManyWouldLeave) as told:
        imports.apply(found, LOADERS, by=None)

    assert "These files leave out 3 of 3 students." in str(told.value)
    assert Student.objects.filter(is_active=True).count() == 3


def test_with_a_persons_word_they_are_set_aside_and_the_word_is_an_event(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    found = checked(_half_a_bundle(tmp_path / "two"), accept=True)

    imports.apply(found, LOADERS, by=hana())

    assert Student.objects.filter(is_active=False).count() == 3
    event = Event.objects.get(kind="LeaversAccepted")
    assert event.by == hana()
    assert event.data["leaving"] == 6  # three students, and their three places in a class


def test_a_file_that_closes_everybody_is_asked_about_like_one_that_leaves_them_out(
    tmp_path: Path,
) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    closed = tiny.ONEROSTER["users"].replace(",,,true,", ",,,false,")
    found = checked(tiny.write_bundle(tmp_path / "oneroster.zip", users=closed))

    # The administrator alone stays: nobody is locked out by a roster.
    assert [ask.sentence for ask in found.asks if ask.kind == "people"] == [
        "These files leave out 4 of 4 people."
    ]


def test_what_changed_since_the_preview_is_asked_about_again(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    stale = checked(write_later(tmp_path / "two", ["a note is mended"]))
    for number in range(20):
        Student.objects.create(external_id=f"new-{number}", given_name="N", family_name="N")

    with pytest.raises(imports.ManyWouldLeave):
        imports.apply(stale, LOADERS, by=None)

    assert Student.objects.filter(is_active=True).count() == 23


def test_who_leaves_keeps_plan_evidence_and_partnerships(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    teacher = Person.objects.get(external_id="t-chi")
    goal = a_goal(teacher)
    pair = a_partnership(teacher, ana())
    item = EvidenceItem.objects.create(
        owner=teacher, source="self-reflection", element="culture.support",
        seen_on=clock.today(), value=2, added_at=clock.now(),
    )  # fmt: skip
    gone = {
        name: "\n".join(x for x in tiny.ONEROSTER[name].split("\n") if "t-chi" not in x)
        for name in ("users", "roles", "enrollments")
    }
    bring(tiny.write_bundle(tmp_path / "gone.zip", **gone))
    teacher.refresh_from_db()
    left = (teacher.is_active, teacher.deactivated_on)

    bring(tiny.write_bundle(tmp_path / "back.zip"))

    teacher.refresh_from_db()
    assert left == (False, clock.today())
    assert (teacher.is_active, teacher.deactivated_on) == (True, None)
    assert Goal.objects.get().plan.teacher == goal.plan.teacher == teacher
    assert list(teacher.evidence.all()) == [item]
    assert pair in teacher.partnerships.all()


def test_a_new_school_year_is_no_mass_drop_and_last_years_classes_stay_as_history(
    tmp_path: Path,
) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    new = {
        "academicSessions": tiny.ONEROSTER["academicSessions"]
        .replace("y26", "y27").replace("2025-26", "2026-27").replace(",2026\n", ",2027\n")
        .replace("2025-08-18,2026-06-12", "2026-08-17,2027-06-11"),
        "courses": tiny.ONEROSTER["courses"].replace("y26", "y27"),
        "classes": tiny.ONEROSTER["classes"].replace("c1", "c7").replace("y26", "y27"),
        "enrollments": tiny.ONEROSTER["enrollments"].replace(",c1,", ",c7,"),
    }  # fmt: skip
    empty = {
        name: tiny.ONEROSTER[name].split("\n")[0] + "\n"
        for name in ("lineItems", "results", "lineItemLearningObjectiveIds",
                     "resultLearningObjectiveIds")
    }  # fmt: skip
    found = checked(tiny.write_bundle(tmp_path / "oneroster.zip", **new, **empty))

    assert found.asks == ()
    imports.apply(found, LOADERS, by=None)

    old, now = Section.objects.order_by("school_year")
    assert (old.external_id, old.is_active, now.external_id, now.is_active) == (
        "c1", False, "c7", True,
    )  # fmt: skip
    assert old.teachings.count() == 1
    assert old.enrollments.count() == 3
    assert EvidenceItem.objects.filter(section=old).exists()
    assert found.record.changes["sections of earlier years"]["gone"] == 1


def test_a_section_of_this_year_that_is_gone_is_asked_about(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    other = tiny.ONEROSTER["classes"].replace("c1", "c8")
    for number in range(5):
        Section.objects.create(
            external_id=f"x{number}", title="X", school=School.objects.get(), school_year=2026
        )
    files = {"classes": other, "enrollments": tiny.ONEROSTER["enrollments"].replace(",c1,", ",c8,")}
    files |= {n: tiny.ONEROSTER[n].replace(",c1,", ",c8,") for n in ("lineItems", "results")}

    found = checked(tiny.write_bundle(tmp_path / "oneroster.zip", **files))

    assert "These files leave out 6 of 6 sections." in [ask.sentence for ask in found.asks]


def test_an_import_is_listed_by_name_with_what_changes(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    found = checked(
        write_later(tmp_path / "two", ["a teacher marries", "a teacher comes", "a student comes"])
    )

    people = found.record.changes["people"]
    assert (people["added"], people["renamed"], people["names"]["added"]) == (1, 1, ("Nia Ode",))
    (line,) = listing.page(found.record, "people", "changed", 1).lines
    assert (line.name, line.said) == ("Ana Reyes", "family name: Ruiz → Reyes")
    (taught,) = listing.page(found.record, "teachers of sections", "added", 1).lines
    assert taught.name == "Nia Ode in Grade 4 Math"
    (sits,) = listing.page(found.record, "enrollments", "added", 1).lines
    assert sits.name == "p-4 in Grade 4 Math"


def test_no_student_is_named_and_no_content_is_listed(tmp_path: Path) -> None:
    found = checked(tiny.write_district(tmp_path))

    kinds = set(found.record.lists.values_list("kind", flat=True))
    (student, *_) = listing.page(found.record, "students", "added", 1).lines
    assert student.name == "p-1"
    assert not kinds & {"evidence from visits", "visit notes", "partnerships", "sessions",
                        "evaluators (kept apart from coaching)"}  # fmt: skip


def test_a_long_list_is_read_in_pages_and_kept_for_the_latest_import(tmp_path: Path) -> None:
    pupils = "".join(f"q-{i:04},,,true,q{i},,A,B,,,,,,,04,,,,,,s1,\n" for i in range(2_120))
    roles = "".join(f"rq{i},,,q-{i:04},primary,student,2025-08-18,,s1,\n" for i in range(2_120))
    files = {"users": tiny.ONEROSTER["users"] + pupils, "roles": tiny.ONEROSTER["roles"] + roles}
    first = bring(tiny.write_bundle(tmp_path / "oneroster.zip", **files))

    page = listing.page(first, "students", "added", 42)
    last = listing.page(first, "students", "added", 999)

    assert (page.total, page.pages, page.lines[0].name) == (2_123, 43, "q-2047")
    assert (last.number, len(last.lines)) == (43, 23)
    bring(write_later(tmp_path / "two", ["a class comes"]))
    assert listing.page(first, "students", "added", 1).lines == ()


def _changes(folder: Path, **rows: str) -> Path:
    """Write a bundle of changes: each file has its header and the given rows."""
    files = {name: tiny.ONEROSTER[name].split("\n")[0] + "\n" + text for name, text in rows.items()}
    said = "".join(f"file.{name},delta\n" for name in files)
    manifest = f"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n{said}"
    folder.mkdir(exist_ok=True)
    members: dict[str, str | bytes] = {f"{name}.csv": text for name, text in files.items()}
    return tiny.write_zip(folder / "changes.zip", {"manifest.csv": manifest} | members)


def test_a_file_of_changes_touches_what_it_names_and_nobody_else_leaves(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    users = (
        f"t-chi,tobedeleted,{DELTA},true,chi,,Chi,Nguyen,,,chi@tiny.example,,,,,,,,,,s1,\n"
        f"p-2,tobedeleted,{DELTA},true,p2,,Jon,Moss,,,,,,,04,,,,,,s1,\n"
        f"t-ana,active,{DELTA},true,ana,,Ana,Reyes,,,ana@tiny.example,,,,,,,,,,s1,\n"
        f"p-1,active,{DELTA},true,p1,,Ivy,Lark,,,,,,,04,,,,,,s1,\n"
    )

    brought = bring(_changes(tmp_path / "two", users=users), accept=False)

    assert dict(Person.objects.values_list("external_id", "is_active")) == {
        "t-ana": True, "t-ben": True, "t-chi": False, "t-dee": True, "t-hana": True,
    }  # fmt: skip
    assert Person.objects.get(external_id="t-ana").family_name == "Reyes"
    assert dict(Student.objects.values_list("external_id", "is_active")) == {
        "p-1": True, "p-2": False, "p-3": True,
    }  # fmt: skip
    assert Student.objects.get(external_id="p-1").family_name == "Lark"
    assert brought.changes["people"]["added"] == brought.changes["students"]["added"] == 0
    assert Enrollment.objects.count() == 3


def test_a_change_of_enrollments_adds_and_removes_those_alone(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    users = f"p-9,active,{DELTA},true,p9,,Lea,Orr,,,,,,,04,,,,,,s1,\n"
    roles = f"r9,active,{DELTA},p-9,primary,student,2026-03-01,,s1,\n"
    classes = f"c1,active,{DELTA},Grade 4 Math,04,math4,,scheduled,,s1,y26,,,\n"
    enrollments = (
        f"e2,tobedeleted,{DELTA},c1,s1,p-1,student,,2025-08-18,\n"
        f"e9,active,{DELTA},c1,s1,p-9,student,,2026-03-01,\n"
        f"e8,active,{DELTA},c1,s1,t-chi,teacher,false,2026-03-01,\n"
    )
    folder = _changes(
        tmp_path / "two", users=users, roles=roles, classes=classes, enrollments=enrollments
    )

    bring(folder, accept=False)

    section = Section.objects.get()
    assert (section.subject, section.school_year, section.is_active) == ("math", 2026, True)
    in_class = section.enrollments.order_by("student__external_id")
    assert list(in_class.values_list("student__external_id", flat=True)) == ["p-2", "p-3", "p-9"]
    assert Teaching.objects.count() == 2
    rosters = queries.warehouse().read("rosters").collect()
    assert set(rosters["student"]) == {queries.person_key(p) for p in ("p-2", "p-3", "p-9")}
    assert set(rosters["teacher"]) == {queries.person_key("t-ana")}


def test_two_imports_at_once_the_second_waits_and_says_so(tmp_path: Path) -> None:
    import threading

    from django.conf import settings

    from trellis.warehouse.store import Warehouse

    found = checked(tiny.write_district(tmp_path))
    told: list[str] = []
    done = threading.Event()

    def tell(now: str, _done: int, _total: int) -> None:
        told.append(now)
        if now == imports.WAITING:
            done.set()

    def hold() -> None:
        with Warehouse(settings.TRELLIS_WAREHOUSE).alone():
            held.set()
            done.wait(20)

    held = threading.Event()
    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    imports.apply(found, LOADERS, by=None, tell=tell)
    other.join()

    assert told[0] == "Another import is being applied; yours begins when it ends"
    assert found.record.state == Import.State.APPLIED


def test_what_no_longer_fits_after_another_import_is_told_and_not_applied(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    late = tmp_path / "sessions.csv"
    late.write_text(tiny.FILES["sessions.csv"].replace("se1", "se2").replace("30", "45"))
    waiting = checked(late)
    apart = tmp_path / "partnerships.csv"
    apart.write_text(
        tiny.FILES["partnerships.csv"].split("\n")[0] + "\npa7,t-chi,t-dee,peer,2025-09-08,,,\n"
    )
    conflict = checked(apart)
    evaluators = tmp_path / "evaluators.csv"
    evaluators.write_text("evaluator_id,teacher_id,school_year\nt-dee,t-chi,2026\n")
    bring(evaluators)

    with pytest.raises(imports.CannotApply) as told:
        imports.apply(conflict, LOADERS, by=None)
    imports.apply(waiting, LOADERS, by=None)

    assert "Another import was applied in the meantime" in str(told.value)
    assert waiting.record.state == Import.State.APPLIED


def test_a_role_that_a_later_file_leaves_out_ends_and_one_opened_by_hand_stays(
    tmp_path: Path,
) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    by_hand = RoleGrant.objects.create(
        person=Person.objects.get(external_id="t-chi"), role="mentor", scope_kind="district",
        starts_on=clock.today(), legitimate_interest="mentors",
    )  # fmt: skip

    brought = bring(write_later(tmp_path / "two", ["a role ends"]))

    ended = RoleGrant.objects.get(person__external_id="t-chi", role="teacher")
    assert ended.ends_on == clock.today()
    by_hand.refresh_from_db()
    assert by_hand.ends_on is None
    assert brought.changes["roles"]["names"]["gone"] == ["Chi Nguyen: teacher s1"]


def test_no_file_ends_the_role_of_an_administrator(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))
    file = tmp_path / "role_grants.csv"
    kept = [line for line in tiny.FILES["role_grants.csv"].split("\n") if "t-hana" not in line]
    file.write_text("\n".join(kept))

    bring(file)

    assert RoleGrant.objects.get(role="administrator").ends_on is None


def test_a_roster_alone_opens_the_role_of_a_teacher_and_suggests_who_leads(
    tmp_path: Path,
) -> None:
    hana()
    brought = bring(tiny.write_bundle(tmp_path / "oneroster.zip"))

    grants = RoleGrant.objects.filter(origin="roster").order_by("person__external_id")
    assert [(g.person.external_id, g.role, g.scope_id, g.starts_on) for g in grants] == [
        (who, "teacher", "s1", clock.today()) for who in ("t-ana", "t-ben", "t-chi")
    ]
    assert brought.suggested == [
        {"person": "t-dee", "name": "Dee Walker", "school": "Cedar Elementary"}
    ]
    assert not RoleGrant.objects.filter(role="school_leader").exists()


def test_the_same_roster_again_opens_no_second_role_and_a_leavers_ends(tmp_path: Path) -> None:
    bring(tiny.write_bundle(tmp_path / "one.zip"))
    gone = {
        name: "\n".join(x for x in tiny.ONEROSTER[name].split("\n") if "t-chi" not in x)
        for name in ("users", "roles", "enrollments")
    }

    bring(tiny.write_bundle(tmp_path / "two.zip", **gone))

    assert RoleGrant.objects.filter(origin="roster").count() == 3
    chi = RoleGrant.objects.get(person__external_id="t-chi")
    assert chi.ends_on == clock.today()


def test_a_role_that_stands_already_is_not_opened_twice(tmp_path: Path) -> None:
    bring(tiny.write_district(tmp_path / "one"))

    bring(
        tiny.write_bundle(tmp_path / "two.zip", users=tiny.ONEROSTER["users"].replace("Ivy", "Iv"))
    )

    assert RoleGrant.objects.filter(person__external_id="t-ana", role="teacher").count() == 1
