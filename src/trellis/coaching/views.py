"""Open the pages of a partnership: look up through a policy, bind a form, call one action."""

from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.coaching import actions, forms, queries, sessions
from trellis.coaching.models import Partnership
from trellis.coaching.policies import PartnershipPolicy, own_promise, planned_session
from trellis.people.models import Role
from trellis.people.queries import has_role
from trellis.people.requests import PersonRequest
from trellis.plans.queries import people_to_invite
from trellis.trust import clock
from trellis.ui.forms import carried_out, one_tap
from trellis.ui.visibility import Visible, shared_with

USUAL_MINUTES = 30


def my_people(request: PersonRequest) -> HttpResponse:
    """Show with whom she works, and who waits for her answer."""
    return render(request, "coaching/my_people.html", {"people": queries.my_people(request.user)})


def invite(request: PersonRequest) -> HttpResponse:
    """Invite somebody to work together: a teacher asks for help, a coach offers it."""
    me = request.user
    is_teacher = has_role(me, Role.TEACHER)
    together = queries.partnership_with(me, request.GET.get("person", ""))
    if together and request.method == "GET":
        # The two work together already: what is asked for is a visit.
        asked = urlencode({"element": request.GET.get("element", "")})
        return redirect(f"{reverse('coaching:propose_visit', args=[together.pk])}?{asked}")
    start = {
        "person": request.GET.get("person"),
        "focus_element": request.GET.get("element", ""),
    }
    kind = request.GET.get("kind", "")
    form = forms.InviteForm(
        request.POST or None,
        people=people_to_invite(me, kind) if is_teacher else queries.teachers_to_offer(me),
        is_teacher=is_teacher,
        initial=start,
        visible=Visible("You and whom you invite"),
    )
    if form.is_valid():
        given = dict(form.cleaned_data)
        other = given.pop("person")
        teacher, partner = (me, other) if is_teacher else (other, me)
        if carried_out(form, lambda: actions.invite(teacher, partner, by=me, **given)):
            return redirect("coaching:my_people")
    return _write(
        request,
        form,
        title="Invite someone to work with you" if is_teacher else "Offer to work with a teacher",
        lede="A coach, a mentor, a consultant or a colleague. Nothing begins until they accept."
        if is_teacher
        else "Nothing begins until the teacher accepts. A decline needs no reason.",
        button="Invite" if is_teacher else "Offer",
        back=reverse("coaching:my_people"),
    )


def partnership(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show a partnership to one of its two."""
    pair = PartnershipPolicy().open(request.user, pk)
    page = queries.partnership_page(pair, request.user)
    template = "coaching/partnership.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        template += "#visits"
    return render(request, template, {"page": page, "visible": _visible(pair, request)})


@require_POST
def accept(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Begin a partnership."""
    pair = _pair(request, pk)
    if one_tap(request, lambda: actions.accept(pair, by=request.user)):
        return redirect("coaching:agreement", pk=pair.pk)
    return redirect("coaching:my_people")


@require_POST
def decline(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say no to an invitation."""
    pair = _pair(request, pk)
    one_tap(request, lambda: actions.decline(pair, by=request.user))
    return redirect("coaching:my_people")


@require_POST
def end(request: PersonRequest, pk: UUID) -> HttpResponse:
    """End a partnership or take an invitation back."""
    pair = _pair(request, pk)
    one_tap(request, lambda: actions.end(pair, by=request.user))
    return redirect("coaching:my_people")


def agreement(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Read the agreement, sign it, or propose other words."""
    pair = _pair(request, pk)
    newest = queries.agreement_of(pair, request.user)
    start = {
        "meets": newest.meets if newest else "",
        "leader_may_know_focus": newest.leader_may_know_focus if newest else False,
    }
    visible = _visible(pair, request)
    form = forms.AgreementForm(request.POST or None, initial=start, visible=visible)
    if form.is_valid() and carried_out(
        form,
        lambda: actions.propose_agreement(pair, by=request.user, **form.cleaned_data),
    ):
        return redirect("coaching:partnership", pk=pair.pk)
    return render(
        request,
        "coaching/agreement.html",
        {
            "pair": pair,
            "other": actions.the_other(pair, request.user),
            "agreement": newest,
            "form": form,
            "visible": visible,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def sign(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Sign the newest words of the agreement."""
    pair = _pair(request, pk)
    newest = pair.agreements.order_by("-version").first()
    if newest and one_tap(request, lambda: actions.sign(newest, by=request.user)):
        return redirect("coaching:partnership", pk=pair.pk)
    return redirect("coaching:agreement", pk=pair.pk)


def log(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Log a session."""
    pair = _pair(request, pk)
    planned = planned_session(pair, request.GET.get("session", ""))
    start = log_start(planned.held_on if planned else None, planned.minutes if planned else None)
    form = forms.LogForm(request.POST or None, initial=start, visible=_visible(pair, request))
    if form.is_valid() and carried_out(
        form,
        lambda: sessions.log_session(
            pair,
            by=request.user,
            held=form.held(),
            said=form.said(),
            again_on=form.meets_again_on(),
            planned=planned,
            key=form.cleaned_data["key"],
        ),
    ):
        return redirect("coaching:partnership", pk=pair.pk)
    return render(
        request,
        "coaching/log.html",
        {
            "form": form,
            "pair": pair,
            "other": actions.the_other(pair, request.user),
            "visible": _visible(pair, request),
        },
        status=422 if form.is_bound else 200,
    )


def log_start(held_on: date | None, minutes: int | None) -> dict[str, object]:
    """Fill a log form as far as the calendar knows it."""
    today = clock.today()
    return {
        "held_on": min(held_on, today) if held_on else today,
        "minutes": minutes or USUAL_MINUTES,
        "key": uuid4(),
    }


def promise(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Promise the other a next step."""
    pair = _pair(request, pk)
    start = {"due_on": clock.today() + timedelta(days=7)}
    form = forms.PromiseForm(request.POST or None, initial=start, visible=_visible(pair, request))
    if form.is_valid() and carried_out(
        form, lambda: actions.promise(pair, by=request.user, **form.cleaned_data)
    ):
        return redirect("coaching:partnership", pk=pair.pk)
    other = actions.the_other(pair, request.user).given_name
    return _write(
        request,
        form,
        title="Your next step",
        lede=f"What you promise {other}. {other} promises for herself or himself.",
        button="Promise it",
        back=reverse("coaching:partnership", args=[pair.pk]),
    )


@require_POST
def kept(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say that a promised step is done."""
    step = own_promise(request.user, pk)
    one_tap(request, lambda: actions.keep_promise(step, by=request.user))
    return redirect("coaching:partnership", pk=step.partnership_id)


@require_POST
def drop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Let a promised step go."""
    step = own_promise(request.user, pk)
    one_tap(request, lambda: actions.drop_promise(step, by=request.user))
    return redirect("coaching:partnership", pk=step.partnership_id)


def move(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Plan a promised step for another day."""
    step = own_promise(request.user, pk)
    start = {"due_on": clock.today() + timedelta(days=7)}
    form = forms.MovePromiseForm(
        request.POST or None, initial=start, visible=_visible(step.partnership, request)
    )
    if form.is_valid() and carried_out(
        form, lambda: actions.move_promise(step, by=request.user, **form.cleaned_data)
    ):
        return redirect("coaching:partnership", pk=step.partnership_id)
    return _write(
        request,
        form,
        title="Move your next step",
        lede="Pick the day that suits you. Nobody counts how often.",
        button="Move it",
        back=reverse("coaching:partnership", args=[step.partnership_id]),
        quotes=[("You promised", step.text)],
    )


def _pair(request: PersonRequest, pk: UUID) -> Partnership:
    # The page itself leaves the trace of a look; a form on it is not another one.
    return PartnershipPolicy().open(request.user, pk, look=False)


def _visible(pair: Partnership, request: PersonRequest) -> Visible:
    return shared_with([actions.the_other(pair, request.user).given_name])


def _write(request: HttpRequest, form: forms.PairForm, **words: object) -> HttpResponse:
    """Show the page on which one thing is written; 422 where it cannot be saved as it is."""
    return render(
        request,
        "ui/write.html",
        {"form": form, "keep": request.path, **words},
        status=422 if form.is_bound else 200,
    )
