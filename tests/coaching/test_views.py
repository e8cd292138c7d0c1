"""The pages of a partnership and of a visit, as the two of them meet them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import a_partnership, a_plan, a_section, ana, ben, chi, dee, eli, hana
from trellis.coaching import actions, sessions, visiting
from trellis.coaching.models import NextStep, Partnership, Session, Visit, VisitNote
from trellis.coaching.sessions import Held, Said
from trellis.coaching.visiting import LookForGiven, NoteGiven
from trellis.people.models import Person
from trellis.plans.policies import PlanPolicy
from trellis.trust import clock
from trellis.trust.models import AccessEvent

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def an_agreed_visit(host: Person, visitor: Person, pair: Partnership | None = None) -> Visit:
    visit = visiting.propose_visit(
        pair or a_partnership(host, visitor),
        by=host,
        planned_for=clock.now() + timedelta(minutes=30),
        section=a_section(host),
        look_fors=[LookForGiven(text="Who explains", element="instruction.thinking")],
    )
    return visiting.accept_visit(visit, by=visitor)


def test_ana_invites_ben_he_accepts_visits_and_she_reads_his_notes() -> None:
    me, coach = ana(), ben()
    a_plan(me)
    hers, his = signed_in(me), signed_in(coach)

    hers.post(
        "/people/invite/",
        {"person": str(coach.pk), "message": "Explanations", "opens_plan": "on"},
    )
    pair = Partnership.objects.get()
    assert "would like to work with you" in his.get("/people/").content.decode()
    his.post(f"/people/{pair.pk}/accept/")
    his.post(f"/people/{pair.pk}/agreement/sign/")
    hers.post(f"/people/{pair.pk}/agreement/sign/")
    hers.post(
        f"/people/{pair.pk}/visit/",
        {
            "day": "2026-03-12",
            "at": "10:20",
            "look_for_1": "Who explains",
            "element": "instruction.thinking",
        },
    )
    visit = Visit.objects.get()
    assert "Accept the visit" in his.get(f"/people/visits/{visit.pk}/answer/").content.decode()
    his.post(f"/people/visits/{visit.pk}/answer/", {"accept": "yes"})
    assert "Who explains" in his.get(f"/people/visits/{visit.pk}/").content.decode()
    key = str(uuid4())
    his.post(
        f"/people/visits/{visit.pk}/notes/",
        {"key": key, "kind": "noticing", "text": "Eleven hands went up", "seconds": "61"},
    )
    assert "Eleven hands" not in hers.get(f"/people/visits/{visit.pk}/").content.decode()
    his.post(f"/people/visits/{visit.pk}/share/", {"minutes": "35"})

    page = hers.get(f"/people/visits/{visit.pk}/").content.decode()
    assert "Ben shared these notes" in page
    assert "Eleven hands went up" in page
    assert PlanPolicy().may_read(coach, a_plan(me))
    assert pair.agreements.get().signed_by_partner_at


def test_inviting_a_peer_offers_colleagues_and_inviting_a_coach_offers_coaches() -> None:
    hers = signed_in(ana())
    people = {"Ben": ben(), "Chi": chi(), "Dee": dee()}

    def offered(address: str) -> set[str]:
        page = hers.get(address).content.decode()
        return {name for name, person in people.items() if str(person.pk) in page}

    assert offered("/people/invite/?kind=peer") == {"Chi"}
    assert offered("/people/invite/?kind=coach") == {"Ben"}
    assert offered("/people/invite/") == {"Ben", "Chi"}


def test_a_replayed_line_answers_as_the_first_time() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    client, key = signed_in(visitor), str(uuid4())

    answers = [
        client.post(
            f"/people/visits/{visit.pk}/notes/",
            {"kind": "noticing", "text": "Eleven hands", "seconds": "61"},
            headers={"Idempotency-Key": key},
        )
        for _ in range(2)
    ]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == {"id": key}
    assert VisitNote.objects.count() == 1


def test_a_replayed_share_answers_as_the_first_time() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)
    client = signed_in(visitor)

    answers = [
        client.post(
            f"/people/visits/{visit.pk}/share/",
            {"minutes": "30"},
            headers={"Idempotency-Key": str(uuid4())},
        )
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert [a.status_code for a in answers] == [200, 200]


def test_a_refused_line_says_why_to_the_device() -> None:
    host, visitor = ana(), ben()
    visit = an_agreed_visit(host, visitor)

    answer = signed_in(visitor).post(
        f"/people/visits/{visit.pk}/notes/",
        {"kind": "noticing", "text": " "},
        headers={"Idempotency-Key": str(uuid4())},
    )

    assert answer.status_code == 422
    assert "Write what you saw" in answer.json()["problems"][0]


@pytest.mark.parametrize("stranger", [chi, dee, eli, hana])
def test_nobody_else_opens_a_partnership_or_a_visit(stranger: object) -> None:
    visit = an_agreed_visit(ana(), ben())
    client = signed_in(stranger())  # type: ignore[operator]  # one of the cast
    pair = visit.partnership_id

    for address in (
        f"/people/{pair}/",
        f"/people/{pair}/agreement/",
        f"/people/{pair}/log/",
        f"/people/{pair}/promise/",
        f"/people/{pair}/visit/",
        f"/people/visits/{visit.pk}/",
        f"/people/visits/{visit.pk}/answer/",
    ):
        assert client.get(address).status_code == 404, address
    for address in (f"/people/{pair}/end/", f"/people/visits/{visit.pk}/share/"):
        assert client.post(address).status_code == 404, address


def test_the_teacher_sees_that_her_coach_opened_the_partnership() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)

    signed_in(coach).get(f"/people/{pair.pk}/")
    signed_in(me).get(f"/people/{pair.pk}/")

    assert AccessEvent.objects.get().reader == coach


def test_a_session_is_logged_in_three_taps_and_a_line() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)
    client = signed_in(coach)
    page = client.get(f"/people/{pair.pk}/log/").content.decode()
    assert 'value="30"' in page

    client.post(
        f"/people/{pair.pk}/log/",
        {
            "held_on": "2026-03-11",
            "minutes": "30",
            "mode": "in person",
            "moves": ["rehearsal"],
            "stands": "trying in class",
            "again": "week",
            "parked": "Cut the launch to four minutes",
            "key": str(uuid4()),
        },
    )

    logged = Session.objects.get(logged_at__isnull=False)
    assert logged.moves == ["rehearsal"]
    assert logged.content.parked == "Cut the launch to four minutes"
    assert Session.objects.get(logged_at=None).held_on.isoformat() == "2026-03-18"


def test_a_picked_day_wins_over_in_a_week() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)

    signed_in(coach).post(
        f"/people/{pair.pk}/log/",
        {
            "held_on": "2026-03-11",
            "minutes": "30",
            "mode": "in person",
            "again": "week",
            "again_on": "2026-03-25",
            "key": str(uuid4()),
        },
    )

    assert Session.objects.get(logged_at=None).held_on.isoformat() == "2026-03-25"


def test_a_log_that_cannot_be_saved_keeps_what_was_typed() -> None:
    coach = ben()
    pair = a_partnership(ana(), coach)

    answer = signed_in(coach).post(
        f"/people/{pair.pk}/log/",
        {
            "held_on": "2026-03-11",
            "minutes": "0",
            "mode": "in person",
            "again": "week",
            "parked": "Cut the launch",
            "key": str(uuid4()),
        },
    )

    assert answer.status_code == 422
    assert "Cut the launch" in answer.content.decode()
    assert '<details class="t-more" open>' in answer.content.decode()


def test_a_promise_of_an_earlier_day_is_never_called_overdue() -> None:
    me, coach = ana(), ben()
    pair = a_partnership(me, coach)
    step = actions.promise(pair, by=me, text="Wait five seconds", due_on=clock.today())
    NextStep.objects.filter(pk=step.pk).update(due_on="2026-03-05")

    hers = signed_in(me).get(f"/people/{pair.pk}/").content.decode()
    his = signed_in(coach).get(f"/people/{pair.pk}/").content.decode()

    assert "was planned for March 5." in hers
    assert "Move it?" in hers
    assert "was planned for March 5." in his
    assert "Move it?" not in his
    assert "overdue" not in (hers + his).lower()


def test_an_evaluator_is_refused_with_a_sentence() -> None:
    me, principal = ana(), dee()

    answer = signed_in(me).post("/people/invite/", {"person": str(principal.pk)})

    assert answer.status_code == 422
    assert not Partnership.objects.exists()


def fill(pair: Partnership, things: int) -> None:
    coach, teacher = pair.partner, pair.teacher
    for i in range(things):
        actions.promise(pair, by=coach, text=f"Promise {i}", due_on=clock.today())
        actions.promise(pair, by=teacher, text=f"Promise back {i}", due_on=clock.today())
        held = Held(on=clock.today() - timedelta(days=i), minutes=30)
        sessions.log_session(pair, by=coach, held=held, said=Said(parked="Here"))
        visit = an_agreed_visit(teacher, coach, pair)
        note = NoteGiven(key=uuid4(), text=f"Line {i}", element="instruction.thinking", level=2)
        visiting.write_note(visit, by=coach, note=note)
        visiting.share_notes(visit, by=coach, minutes=30)


def queries_of(person: Person, address: str) -> int:
    client = signed_in(person)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_a_partnership_page_asks_as_many_queries_for_two_things_as_for_five() -> None:
    coach = ben()
    small, large = a_partnership(ana(), coach), a_partnership(chi(), coach)
    fill(small, 2)
    fill(large, 5)

    assert queries_of(coach, f"/people/{small.pk}/") == queries_of(coach, f"/people/{large.pk}/")


def test_the_list_of_people_asks_as_many_queries_for_two_as_for_five() -> None:
    coach = ben()
    few = [ana(), chi()]
    for teacher in few:
        a_partnership(teacher, coach)
    with_two = queries_of(coach, "/people/")

    for teacher in (dee(), eli(), hana()):
        a_partnership(teacher, coach)

    assert queries_of(coach, "/people/") == with_two


def test_a_coach_offers_to_work_with_a_teacher_who_decides() -> None:
    me, coach = ana(), ben()
    his = signed_in(coach)
    assert "Offer to work with a teacher" in his.get("/people/invite/").content.decode()

    his.post("/people/invite/", {"person": str(me.pk), "message": "I could model a talk"})
    pair = Partnership.objects.get()
    signed_in(me).post(f"/people/{pair.pk}/accept/")

    pair.refresh_from_db()
    assert (pair.teacher, pair.partner, pair.kind) == (me, coach, "coach")
    assert pair.state == Partnership.State.ACTIVE


def test_nobody_who_does_not_teach_is_coached() -> None:
    answer = signed_in(ben()).post("/people/invite/", {"person": str(eli().pk)})

    assert answer.status_code == 422
    assert not Partnership.objects.exists()
