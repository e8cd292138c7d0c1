"""Open the pages of a visit: ask, answer, note on a phone, share, talk about it."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from trellis.coaching import actions, forms, queries, visiting
from trellis.coaching.models import Partnership, Visit
from trellis.coaching.policies import PartnershipPolicy, VisitPolicy
from trellis.evidence.framework import elements, level_words
from trellis.people.requests import PersonRequest
from trellis.trust import clock
from trellis.ui.forms import carried_out, one_tap
from trellis.ui.visibility import Visible, shared_with


def propose(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Ask for a visit."""
    pair = PartnershipPolicy().open(request.user, pk, look=False)
    is_host = request.user.pk == pair.teacher_id
    form = forms.VisitForm(
        request.POST or None,
        host=pair.teacher,
        is_host=is_host,
        initial={
            "day": clock.today() + timedelta(days=1),
            "at": "10:20",
            "element": request.GET.get("element", ""),
        },
        visible=_visible(pair, request),
    )
    if form.is_valid() and carried_out(
        form,
        lambda: visiting.propose_visit(
            pair,
            by=request.user,
            planned_for=form.planned_for(),
            section=form.cleaned_data["section"],
            question=form.cleaned_data.get("question", ""),
            look_fors=form.look_fors(),
        ),
    ):
        return redirect("coaching:partnership", pk=pair.pk)
    return render(
        request,
        "coaching/propose_visit.html",
        {"form": form, "pair": pair, "is_host": is_host, "other": _other(pair, request)},
        status=422 if form.is_bound else 200,
    )


def answer(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Accept a visit that the other proposed; the host says what to look for."""
    visit = VisitPolicy().open(request.user, pk, look=request.method == "GET")
    is_host = request.user.pk == visit.partnership.teacher_id
    visible = _visible(visit.partnership, request)
    form = forms.LookForFields(request.POST or None, visible=visible)
    if form.is_valid():
        given = (
            {"look_fors": form.look_fors(), "question": form.cleaned_data["question"]}
            if is_host
            else {}
        )
        if carried_out(form, lambda: visiting.accept_visit(visit, by=request.user, **given)):
            return redirect("coaching:partnership", pk=visit.partnership_id)
    return render(
        request,
        "coaching/answer_visit.html",
        {
            "form": form,
            "page": queries.visit_page(visit, request.user),
            "is_host": is_host,
            "other": _other(visit.partnership, request),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def decline(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say no to a visit."""
    visit = _visit(request, pk)
    one_tap(request, lambda: visiting.decline_visit(visit, by=request.user))
    return redirect("coaching:partnership", pk=visit.partnership_id)


@require_POST
def cancel(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Call a visit off."""
    visit = _visit(request, pk)
    one_tap(request, lambda: visiting.cancel_visit(visit, by=request.user))
    return redirect("coaching:partnership", pk=visit.partnership_id)


@ensure_csrf_cookie
def visit(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show a visit: to its visitor the notebook, to its host what was shared, once it is."""
    opened = VisitPolicy().open(request.user, pk, look=_is_read(request))
    page = queries.visit_page(opened, request.user)
    pair = opened.partnership
    frame = {
        "page": page,
        "visible": _visible(pair, request),
        "levels": list(enumerate(level_words())),
        "about": _about(page),
        "key": uuid4(),
    }
    if page.is_visitor and page.visit.is_coming:
        return render(request, "coaching/visit.html", frame)
    template = "coaching/debrief.html"
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        template += "#shared"
    return render(request, template, frame)


@require_POST
def note(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a line of a visit; sent again, it answers as the first time."""
    opened = _visit(request, pk)
    sent = request.POST.copy()
    by_device = "Idempotency-Key" in request.headers
    if by_device:
        sent["key"] = request.headers["Idempotency-Key"]
    form = forms.NoteForm(sent)
    if form.is_valid() and carried_out(
        form,
        lambda: visiting.write_note(
            opened, by=request.user, note=visiting.NoteGiven(**form.cleaned_data)
        ),
    ):
        if by_device:
            return JsonResponse({"id": str(form.cleaned_data["key"])})
        return redirect("coaching:visit", pk=opened.pk)
    return _refused(request, form, opened, by_device=by_device)


@require_POST
def share(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Share the notes of a visit with its host; sent again, it answers as the first time."""
    opened = _visit(request, pk)
    form = forms.ShareForm(request.POST)
    by_device = "Idempotency-Key" in request.headers
    if form.is_valid() and carried_out(
        form,
        lambda: visiting.share_notes(opened, by=request.user, minutes=form.cleaned_data["minutes"]),
    ):
        if by_device:
            return JsonResponse({"id": str(opened.pk)})
        return redirect("coaching:visit", pk=opened.pk)
    return _refused(request, form, opened, by_device=by_device)


@require_POST
def debrief(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Note that the two talked about the visit."""
    opened = _visit(request, pk)
    one_tap(request, lambda: visiting.debrief(opened, by=request.user))
    return redirect("coaching:visit", pk=opened.pk)


def _refused(request: PersonRequest, form: Form, opened: Visit, *, by_device: bool) -> HttpResponse:
    """Say why a line was not taken; a device keeps it, a page says it at its top."""
    words = [str(word) for problems in form.errors.values() for word in problems]
    if by_device:
        return JsonResponse({"problems": words}, status=422)

    def refuse() -> None:
        raise ValidationError(words)

    one_tap(request, refuse)
    return redirect("coaching:visit", pk=opened.pk)


def _visit(request: PersonRequest, pk: UUID) -> Visit:
    return VisitPolicy().open(request.user, pk, look=False)


def _about(page: queries.VisitPage) -> list[tuple[str, str]]:
    """Return what a level word can be about: what the host asked for, else all elements."""
    asked = {x.element: x.element_title for x in page.look_fors if x.element}
    return list(asked.items()) or [(e.code, e.title) for e in elements().values()]


def _is_read(request: PersonRequest) -> bool:
    # A part of the page that refreshes itself is the same look as the page around it.
    return not request.htmx  # type: ignore[attr-defined]  # set by django-htmx


def _other(pair: Partnership, request: PersonRequest) -> str:
    return actions.the_other(pair, request.user).given_name


def _visible(pair: Partnership, request: PersonRequest) -> Visible:
    if request.user.pk not in (pair.teacher_id, pair.partner_id):
        return Visible(f"{pair.teacher.given_name}, {pair.partner.given_name} and you, by a share")
    return shared_with([_other(pair, request)])
