"""Show a person who sees what of hers, and let her share, take back, look as another, and leave."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from trellis.coaching.models import Partnership, Visit
from trellis.people.models import Person, Role, RoleGrant
from trellis.people.queries import open_on
from trellis.people.requests import PersonRequest
from trellis.trust import actions, clock
from trellis.trust.forms import ShareForm
from trellis.trust.queries import share_of, shares_given, who_looked
from trellis.web.holdings import BY_LABEL, HOLDINGS, everything_about, shared_with_me

FOUR_WEEKS = timedelta(weeks=4)
TITLES = 12  # of one kind, in the preview


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of record: how many there are, and who can read it."""

    words: str
    read_by: str
    count: int


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One share that the reader gave: what it is, in her own words, and its end."""

    id: UUID
    title: str
    words: str
    audience: str
    until: object


@dataclass(frozen=True, slots=True)
class SeenRow:
    """What another person can open of one kind, of how many there are."""

    words: str
    titles: tuple[str, ...]
    seen: int
    count: int


def who_sees_what(request: PersonRequest) -> HttpResponse:
    """Open the page: what is held, who reads it, what is shared, who has looked."""
    me = request.user
    return render(
        request,
        "web/who_sees_what.html",
        {
            "kinds": kinds_about(me),
            "given": given_by(me),
            "received": shared_with_me(me),
            "looks": who_looked(me),
            "people": circle_of(me),
        },
    )


def share(request: PersonRequest) -> HttpResponse:
    """Share one thing of hers with one person until a day."""
    me = request.user
    form = ShareForm(
        request.POST or None,
        things=shareable(me),
        people=[(str(p.pk), p.full_name) for p in circle_of(me)],
        until=clock.today() + FOUR_WEEKS,
        thing=request.GET.get("thing", ""),
    )
    if form.is_valid():
        label, _, pk = form.cleaned_data["thing"].partition(":")
        policy = BY_LABEL[label].policy
        if policy is None:
            raise Http404
        audience = next(p for p in circle_of(me) if str(p.pk) == form.cleaned_data["audience"])
        thing = policy().open(me, pk)
        until = form.cleaned_data["until"]
        try:
            actions.share(thing, policy=policy(), by=me, audience=audience, until=until)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(
                request, f"{audience.given_name} can read it until {date_format(until)}."
            )
            return redirect("trust:who_sees_what")
    return render(request, "web/share.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a share back."""
    given = actions.revoke(share_of(request.user, pk), by=request.user)
    messages.success(request, f"{given.audience.given_name} can no longer read it.")
    return redirect("trust:who_sees_what")


def seen_by(request: PersonRequest) -> HttpResponse:
    """Show what one other person sees of the reader, as the policies decide it."""
    asked = request.GET.get("who", "")
    other = next((p for p in circle_of(request.user) if str(p.pk) == asked), None)
    if other is None:
        raise Http404
    rows = preview(request.user, other)
    return render(request, "web/seen_by.html", {"other": other, "rows": rows})


def download(request: PersonRequest) -> StreamingHttpResponse:
    """Send everything that is held about the reader as one open file."""
    response = StreamingHttpResponse(_as_json(request.user), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="trellis-about-me.json"'
    return response


def kinds_about(owner: Person) -> list[KindRow]:
    """Return each kind of record about a person, with its number and its readers."""
    rows: dict[str, KindRow] = {}
    for holding in HOLDINGS:
        before = rows.get(holding.words)
        count = holding.of(owner).count() + (before.count if before else 0)
        read_by = before.read_by if before else holding.read_by
        rows[holding.words] = KindRow(holding.words, read_by, count)
    return [row for row in rows.values() if row.count]


def given_by(owner: Person) -> list[GivenRow]:
    """Return what a person shares today, each thing by its own words."""
    rows = shares_given(owner)
    titles: dict[tuple[str, UUID], str] = {}
    for kind in {row.kind for row in rows} & set(BY_LABEL):
        ids = [row.subject_id for row in rows if row.kind == kind]
        things = BY_LABEL[kind].of(owner).filter(pk__in=ids)
        titles |= {(kind, thing.pk): title_of(thing) for thing in things}
    return [
        GivenRow(
            id=row.id,
            title=titles.get((row.kind, row.subject_id), "Something you have deleted since"),
            words=BY_LABEL[row.kind].words if row.kind in BY_LABEL else "",
            audience=row.audience,
            until=row.until,
        )
        for row in rows
    ]


def shareable(owner: Person) -> list[tuple[str, str]]:
    """Return what a person can share: key and words of each thing, newest first."""
    return [
        (f"{holding.label}:{thing.pk}", title_of(thing))
        for holding in HOLDINGS
        for thing in holding.shareable_of(owner)
    ]


def title_of(thing: Model) -> str:
    """Return how a person reads one of her own records in a list."""
    if isinstance(thing, Visit):
        day = thing.held_on or (thing.planned_for and thing.planned_for.date())
        return f"Visit of {date_format(day)}" if day else "Visit"
    kind = str(thing._meta.verbose_name)
    return f"{kind[0].upper()}{kind[1:]}: {thing}"


def circle_of(person: Person) -> list[Person]:
    """Return whom a person works with or answers to: the people of the preview and of shares."""
    today = clock.today()
    schools = RoleGrant.objects.filter(open_on(today), person=person, school__isnull=False)
    grants = RoleGrant.objects.filter(open_on(today))
    near = grants.filter(school__in=schools.values("school")).values("person")
    district = grants.filter(role__in=[Role.PD_LEAD, Role.ADMINISTRATOR, Role.ANALYST])
    partners = Partnership.objects.filter(teacher=person).values("partner")
    teachers = Partnership.objects.filter(partner=person).values("teacher")
    return list(
        Person.objects.filter(
            Q(pk__in=near)
            | Q(pk__in=district.values("person"))
            | Q(pk__in=partners)
            | Q(pk__in=teachers)
            | Q(shares_received__owner=person)
            | Q(reads_made__owner=person)
            | Q(evaluates__teacher=person),
            is_active=True,
        )
        .exclude(pk=person.pk)
        .distinct()
    )


def preview(owner: Person, other: Person) -> list[SeenRow]:
    """Return what the other can open of the owner's, kind by kind."""
    rows: dict[str, SeenRow] = {}
    for holding in HOLDINGS:
        if holding.policy is None:
            continue
        before = rows.get(holding.words, SeenRow(holding.words, (), 0, 0))
        # What the other wrote and has not shared yet is not hers to read here either.
        hers = holding.readable(owner, owner)
        seen = hers.filter(pk__in=holding.readable(other, owner).values("pk"))
        some = seen.select_related(*holding.mine)[:TITLES]
        rows[holding.words] = SeenRow(
            words=holding.words,
            titles=(*before.titles, *(title_of(thing) for thing in some))[:TITLES],
            seen=before.seen + seen.count(),
            count=before.count + hers.count(),
        )
    return [row for row in rows.values() if row.count]


def _as_json(owner: Person) -> Iterator[str]:
    """Write record by record, so that a long career needs no more memory than one line of it."""
    yield "{"
    for i, (label, records) in enumerate(everything_about(owner)):
        yield f"{',' if i else ''}\n{json.dumps(label)}: ["
        for j, record in enumerate(records):
            yield f"{',' if j else ''}\n  {json.dumps(record, cls=DjangoJSONEncoder)}"
        yield "]"
    yield "\n}\n"


urls = [
    path("", who_sees_what, name="who_sees_what"),
    path("share/", share, name="share"),
    path("shares/<uuid:pk>/revoke/", revoke, name="revoke"),
    path("seen-by/", seen_by, name="seen_by"),
    path("download/", download, name="download"),
]
