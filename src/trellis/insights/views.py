"""Show an insight with its account, and what is held about the teacher who reads."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trellis.evidence.framework import titles
from trellis.insights import actions, class_account, classes, policies, queries
from trellis.insights.forms import OwnReadingForm, ReplyForm
from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.resources.queries import relevant_to
from trellis.ui.visibility import ONLY_YOU


def reader(request: HttpRequest) -> Person:
    """Return who reads; the middleware lets nobody in who is not signed in."""
    return cast(Person, request.user)


@require_GET
def insight(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the account of an insight; switches leave pieces out and compute it again."""
    from trellis.insights import explain  # loads numpy: only where numbers are made

    found = policies.insights.open(reader(request), pk)
    switched = "switched" in request.GET
    is_owner = found.owner == reader(request)
    account = explain.account(
        found,
        request.GET.getlist("counted") if switched else None,
        with_words=is_owner,
        with_others=is_owner and "others" in request.GET,
    )
    page = {"insight": found, "account": account, "is_owner": is_owner}
    if request.headers.get("HX-Request"):
        return render(request, "insights/_account.html", page)
    return render(request, "insights/insight.html", page | (_beside(found) if is_owner else {}))


@require_POST
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the owner's answer; a context without words comes back with what was chosen."""
    found = policies.insights.open(reader(request), pk)
    if found.owner != reader(request):
        raise PermissionDenied("Only she whose insight it is answers it.")
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            actions.reply(found, by=reader(request), **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, "Your answer is kept. Nobody else reads it.")
            return redirect("insights:insight", found.pk)
    return _with_problem(request, found, form)


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Explain every rule by which an insight is found."""
    from trellis.insights import rules_page  # loads numpy: only where rules are read

    return render(request, "insights/rules.html", {"page": rules_page.page()})


@require_GET
def my_evidence(request: HttpRequest) -> HttpResponse:
    """Show everything that is held about the reader's practice, and her classes."""
    page = {
        "held": queries.held_about(reader(request)),
        "classes": [
            (klass, class_account.account(klass)) for klass in classes.classes_of(reader(request))
        ],
        "only_you": ONLY_YOU,
    }
    return render(request, "insights/my_evidence.html", page)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a piece out of all estimates."""
    actions.withdraw(policies.evidence.open(reader(request), pk), by=reader(request))
    messages.success(request, "Withdrawn. Your insights are computed again without it.")
    return redirect("insights:my_evidence")


@require_POST
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bring a piece back into all estimates."""
    actions.restore(policies.evidence.open(reader(request), pk), by=reader(request))
    messages.success(request, "Brought back. Your insights count it again.")
    return redirect("insights:my_evidence")


@require_http_methods(["GET", "POST"])
def own_reading(request: HttpRequest) -> HttpResponse:
    """Let the reader add her own reading in level words."""
    form = OwnReadingForm(request.POST or None, first=request.GET.get("element", ""))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_own_reading(
                reader(request),
                by=reader(request),
                levels=form.levels(),
                note=form.cleaned_data["note"],
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, "Your reading is kept and counted. Only you see it.")
            return redirect("insights:my_evidence")
    status = 422 if form.errors else 200
    return render(request, "insights/own_reading.html", {"form": form}, status=status)


@require_GET
def my_class(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a class could learn next and how its students grew, to its own teachers."""
    klass = classes.class_of(policies.classes.open(reader(request), pk))
    page = {"klass": klass, "account": class_account.account(klass)}
    return render(request, "insights/my_class.html", page)


@require_GET
def look_again(request: HttpRequest, pk: UUID, objective_id: int) -> HttpResponse:
    """Name the students of an own class who could look at an objective again."""
    from trellis.insights import learning  # loads polars: only where results are read

    section = policies.classes.open(reader(request), pk)
    objective = classes.objective_of(section, objective_id)
    if objective is None:
        raise Http404
    page = {
        "klass": classes.class_of(section),
        "objective": objective,
        "students": learning.look_again(section, objective),
        "behind": learning.rows_behind(section, objective),
    }
    return render(request, "insights/look_again.html", page)


def _beside(found: Insight) -> dict[str, object]:
    """Return what stands below and beside the account, for its owner: resources, her answer."""
    said = queries.answer_to(found)
    answer = {"answer": said.answer, "note": said.note} if said else None
    wanted = {found.element: float(found.numbers["probability"])}
    return {
        "resources": relevant_to(found.owner, titles=titles(), insights=wanted, most=3),
        "asked": classes.asked_of_her_classes(found.owner, found.element),
        "said": said,
        "form": ReplyForm(initial=answer),
    }


def _with_problem(request: HttpRequest, found: Insight, form: ReplyForm) -> HttpResponse:
    from trellis.insights import explain  # loads numpy: only where numbers are made

    page = {"insight": found, "account": explain.account(found), "is_owner": True}
    return render(
        request, "insights/insight.html", page | _beside(found) | {"form": form}, status=422
    )
