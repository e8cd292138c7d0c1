"""Open reviews: look up through the policy, bind a form, call one action, render."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from trellis.activities.queries import program_list
from trellis.impact import actions, forms, queries, tasks
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.policies import ReviewPolicy, decides, runs_reviews
from trellis.people.requests import PersonRequest
from trellis.ui.forms import carried_out, one_tap


def reviews(request: PersonRequest) -> HttpResponse:
    """Show the reviews a person may read, and the one that waits for her."""
    found = queries.review_list(request.user, program=request.GET.get("program", ""))
    return render(
        request, "impact/reviews.html", {"page": found, "may_run": runs_reviews(request.user)}
    )


def district(request: PersonRequest) -> HttpResponse:
    """Show a PD lead what waits for her: a decision, then programs and reviews."""
    if not decides(request.user):
        raise PermissionDenied
    found = queries.review_list(request.user)
    return render(
        request, "impact/district.html", {"page": found, "programs": program_list(request.user)}
    )


def review(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show one review: what was registered, what was found, what was decided."""
    return _page(request, ReviewPolicy().open(request.user, pk))


def register(request: PersonRequest) -> HttpResponse:
    """Register a review: first see what it could detect, then lock it."""
    if not runs_reviews(request.user):
        raise PermissionDenied
    form = forms.RegisterForm(request.POST or None, initial={"program": request.GET.get("program")})
    if not form.is_valid():
        return render(
            request, "impact/register.html", {"form": form}, status=422 if form.is_bound else 200
        )
    sees = queries.detectable(form.cleaned_data)
    if request.POST.get("seen") == sees:
        plan = form.plan(name=f"review-{uuid4().hex[:12]}", by=request.user.external_id or "-")
        made = actions.register(form.cleaned_data["program"], plan=plan, by=request.user)
        messages.success(request, "Locked. From now on changes are shown as amendments.")
        return redirect("impact:review", made.pk)
    return render(request, "impact/register.html", {"form": form, "sees": sees})


@require_POST
def run(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Run a review in the background."""
    found = ReviewPolicy().open(request.user, pk)
    if one_tap(request, lambda: actions.ask_to_run(found, by=request.user)):
        messages.success(request, "The review runs. Open this page again in a moment.")
    return redirect("impact:review", pk)


@require_POST
def rerun(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Run the last read-out again from its own snapshot, and say whether it came out the same."""
    _, read_out = _read_out(request, pk)
    if not runs_reviews(request.user):
        raise PermissionDenied
    again = tasks.rerun(read_out)
    (messages.success if again.is_identical else messages.warning)(request, again.words)
    return redirect("impact:review", pk)


@require_POST
def release(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Open the last read-out to the district."""
    _, read_out = _read_out(request, pk)
    if one_tap(request, lambda: actions.release(read_out, by=request.user)):
        messages.success(request, "Open to the district: teachers and leaders can read it now.")
    return redirect("impact:review", pk)


@require_POST
def decide(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Record what the district does."""
    found, read_out = _read_out(request, pk)
    form = forms.DecisionForm(request.POST)
    if form.is_valid() and carried_out(
        form, lambda: actions.decide(read_out, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Recorded. It stands beside the read-out.")
        return redirect("impact:review", pk)
    return _page(request, found, decision=form)


@require_POST
def reply(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Put the provider's words beside the read-out."""
    found, read_out = _read_out(request, pk)
    form = forms.ReplyForm(request.POST)
    if form.is_valid() and carried_out(
        form, lambda: actions.reply(read_out, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Your reply stands beside the read-out.")
        return redirect("impact:review", pk)
    return _page(request, found, reply=form)


@require_POST
def amend(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Add an amendment to a registration."""
    found = ReviewPolicy().open(request.user, pk)
    form = forms.AmendForm(request.POST)
    if form.is_valid() and carried_out(
        form, lambda: actions.amend(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "The amendment stands beside the registration.")
        return redirect("impact:review", pk)
    return _page(request, found, amendment=form)


def data(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Download the registered plan and the figures, with their hashes."""
    found, read_out = _read_out(request, pk)
    answer = JsonResponse(queries.open_file(found, read_out), json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="review-{found.pk}.json"'
    return answer


def _read_out(request: PersonRequest, pk: UUID) -> tuple[ProgramReview, ReadOut]:
    found = ReviewPolicy().open(request.user, pk)
    read_out = queries.latest_read_out(found)
    if read_out is None:
        raise Http404
    return found, read_out


def _page(
    request: PersonRequest,
    found: ProgramReview,
    *,
    decision: Form | None = None,
    reply: Form | None = None,
    amendment: Form | None = None,
) -> HttpResponse:
    """Render a review; a form that could not be saved comes back with what was typed."""
    given = (decision, reply, amendment)
    context = {
        "page": queries.review_page(found, request.user),
        "decision": decision or forms.DecisionForm(),
        "reply": reply or forms.ReplyForm(),
        "amendment": amendment or forms.AmendForm(),
        "amending": amendment is not None,
        "everyone": forms.DISTRICT,
    }
    return render(request, "impact/review.html", context, status=422 if any(given) else 200)
