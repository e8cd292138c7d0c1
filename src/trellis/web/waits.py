"""Say what waits for a person, each with its words and its one button."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from trellis.coaching import queries as coaching
from trellis.coaching.models import Visit
from trellis.insights import queries as insights
from trellis.people.models import Person
from trellis.plans import queries as plans
from trellis.trust import clock
from trellis.ui.visibility import ONLY_YOU, shared_with
from trellis.web.next_thing import Candidate, Urge


def visits_to_answer(visits: tuple[coaching.VisitRow, ...], reader: Person) -> Iterator[Candidate]:
    """Return visits that somebody proposed and the reader has not answered."""
    for visit in visits:
        if not visit.waits_for_answer or visit.proposed_by_id == reader.pk:
            continue
        is_host = reader.pk == visit.host.pk
        other = visit.visitor if is_host else visit.host
        day = visit.day or clock.today()
        asks = "asks to visit you" if is_host else "invites you to a visit"
        yield Candidate(
            urge=Urge.ANSWER_A_VISIT,
            day=day,
            title=f"{other.given_name} {asks} on {date_format(day, 'l, F j')}",
            text="It takes place only if you accept. Your answer needs no reason.",
            button="Answer",
            href=reverse("coaching:answer_visit", args=[visit.id]),
            takes="about a minute",
            visible=shared_with([other.given_name]),
        )


def look_backs(
    steps: tuple[plans.StepRow, ...], promises: tuple[coaching.StepRow, ...]
) -> Iterator[Candidate]:
    """Return steps and promises of the reader's own, each on the day that she chose."""
    for step in steps:
        if step.waits:
            yield Candidate(
                urge=Urge.LOOK_BACK,
                day=step.follow_up_on,
                title="How did it go?",
                text=f"On {date_format(step.agreed_on, 'F j')} you took one step: "
                f"{_quoted(step.text)} You planned to look back on it {_on(step.follow_up_on)}.",
                button="Say how it went",
                href=reverse("plans:look_back", args=[step.id]),
                takes="about 2 minutes",
                visible=ONLY_YOU,
                other_button="Move it",
                other_href=reverse("plans:move_step", args=[step.id]),
            )
    for promise in promises:
        if promise.is_mine:
            yield Candidate(
                urge=Urge.LOOK_BACK,
                day=promise.due_on,
                title=f"What you promised {promise.with_whom}",
                text=f"{_quoted(promise.text)} "
                f"It was planned for {_on(promise.due_on, plain=True)}.",
                button="Look at it",
                href=reverse("coaching:partnership", args=[promise.partnership_id]),
                takes="about a minute",
                visible=shared_with([promise.with_whom]),
                other_button="Move it",
                other_href=reverse("coaching:move", args=[promise.id]),
            )


def fresh_notes(
    visits: tuple[coaching.VisitRow, ...], reader: Person, day: date
) -> Iterator[Candidate]:
    """Return visits whose notes were shared within a week and not talked about yet."""
    week_ago = day - timedelta(days=7)
    for visit in visits:
        fresh = visit.shared_at and localtime(visit.shared_at).date() >= week_ago
        if visit.state == Visit.State.DONE and fresh and reader.pk == visit.host.pk:
            name = visit.visitor.given_name
            yield Candidate(
                urge=Urge.READ_NOTES,
                day=visit.day or day,
                title=f"{name} shared notes of the visit",
                text="Read what was seen, then agree on what comes next.",
                button="Read the notes",
                href=reverse("coaching:visit", args=[visit.id]),
                takes="about 3 minutes",
                visible=shared_with([name]),
            )


def invitations(people: coaching.MyPeople) -> Iterator[Candidate]:
    """Return invitations to work together that wait for the reader."""
    for pair in people.to_answer:
        yield Candidate(
            urge=Urge.ANSWER_AN_INVITATION,
            day=clock.today(),
            title=f"{pair.other.full_name} would like to work with you",
            text="Nothing begins until you accept. Your answer needs no reason.",
            button="Answer",
            href=f"{reverse('coaching:my_people')}#to-answer",
            takes="about a minute",
            visible=shared_with([pair.other.given_name]),
        )


def suggestions(waiting: tuple[plans.SuggestionRow, ...]) -> Iterator[Candidate]:
    """Return others' ideas that wait beside her plan."""
    for idea in waiting:
        yield Candidate(
            urge=Urge.ANSWER_A_SUGGESTION,
            day=localtime(idea.made_at).date(),
            title=f"{idea.by} suggests something for your plan",
            text=f"{_quoted(idea.text)} It is not in your plan until you say so.",
            button="Look at it",
            href=f"{reverse('plans:my_plan')}#suggestions",
            takes="about a minute",
        )


def questions(
    shown: list[insights.InsightRow],
) -> Iterator[Candidate]:
    """Return insights to look into, for somebody who has no goal yet."""
    for row in shown:
        if not row.is_strength:
            yield Candidate(
                urge=Urge.CONSIDER_AN_INSIGHT,
                day=row.since,
                title=row.title,
                text="Does this match what you see? Look at what it rests on, then decide.",
                button="Look closer",
                href=reverse("insights:insight", args=[row.id]),
                takes="about 3 minutes",
                visible=ONLY_YOU,
            )


def first_goal(day: date) -> Candidate:
    """Return the invitation to a first goal."""
    return Candidate(
        urge=Urge.SET_A_GOAL,
        day=day,
        title="Choose one thing to work on",
        text="Something that your students will do, and how you will know.",
        button="Set a goal",
        href=reverse("plans:new_goal"),
        takes="about 5 minutes",
        visible=ONLY_YOU,
    )


def _on(day: date, *, plain: bool = False) -> str:
    if day == clock.today():
        return "today"
    return date_format(day, "F j") if plain else f"on {date_format(day, 'F j')}"


def _quoted(text: str) -> str:
    """Put somebody's own words into a sentence of ours."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
