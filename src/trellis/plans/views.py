"""Open a plan's pages: look up through a policy, bind a form, call one action, render."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from trellis.insights.models import Insight
from trellis.people.models import Person
from trellis.people.requests import PersonRequest
from trellis.plans import actions, forms, proposals, queries
from trellis.plans.drawings import check_in_figure
from trellis.plans.models import ActionStep, Collaborator, Goal, Plan, SavedResource, Suggestion
from trellis.plans.policies import GoalPolicy, PlanPolicy, only_the_owner, own, own_insight
from trellis.trust import clock
from trellis.ui.forms import carried_out, one_tap
from trellis.ui.visibility import ONLY_YOU, Visible, shared_with


def plan(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show a plan to somebody whom its owner invited into it."""
    opened = PlanPolicy().open(request.user, pk)
    return render(request, "plans/my_plan.html", plan_frame(request, opened))


def new_goal(request: PersonRequest) -> HttpResponse:
    """Set a goal, from an insight of hers or from scratch."""
    insight = _own_insight(request)
    start = {"element": insight.element if insight else request.GET.get("element", "")}
    visible = _visible(queries.plan_of(request.user))
    form = forms.GoalForm(request.POST or None, initial=start, visible=visible)
    if form.is_valid():
        given = {k: form.cleaned_data[k] for k in ("text", "why", "element", "due_on")}
        measure = form.measure()
        if carried_out(
            form,
            lambda: actions.set_goal(
                request.user, by=request.user, insight=insight, measure=measure, **given
            ),
        ):
            return redirect("plans:my_plan")
    return _answer(request, "plans/new_goal.html", form, insight=insight)


def goal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show one goal with its versions side by side, to whoever may read it."""
    opened = GoalPolicy().open(request.user, pk)
    row = queries.goal_row(opened)
    lineage = queries.Lineage((row,))
    return render(
        request,
        "plans/goal.html",
        {
            "goal": row,
            "owner": opened.plan.teacher,
            "is_owner": opened.plan.teacher_id == request.user.pk,
            "figure": check_in_figure(lineage),
            "visible": _visible(opened.plan),
        },
    )


def check_in(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Write down what she counted; say first what she counts, where that is missing."""
    mine = _own_goal(request, pk)
    if not hasattr(mine, "measure"):
        return _say_what_counts(request, mine)
    form = forms.CheckInForm(
        request.POST or None, initial={"on": clock.today()}, visible=_visible(mine.plan)
    )
    if form.is_valid() and carried_out(
        form, lambda: actions.check_in(mine, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Check in",
        lede=f"You count {mine.measure.what}. It is your count, not an estimate.",
        button="Save the count",
        quotes=[("Your goal", mine.text)],
    )


def refine(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Put a goal in new words; where it was changed elsewhere, show both texts."""
    mine = _own_goal(request, pk)
    start = {"text": mine.text, "version": mine.version}
    form = forms.RefineForm(request.POST or None, initial=start, visible=_visible(mine.plan))
    if form.is_valid():
        try:
            if carried_out(
                form, lambda: actions.refine_goal(mine, by=request.user, **form.cleaned_data)
            ):
                return redirect("plans:my_plan")
        except actions.StaleText as stale:
            return _both_texts(request, form, stale)
    return _write(
        request,
        form,
        title="Refine your goal",
        lede="The earlier words are kept beside the new ones.",
        button="Save the new words",
    )


def raise_goal(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Set a higher goal on the one that is met."""
    mine = _own_goal(request, pk)
    form = forms.RaiseForm(request.POST or None, visible=_visible(mine.plan))
    if form.is_valid() and carried_out(
        form, lambda: actions.raise_goal(mine, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:my_plan")
    row = queries.goal_row(mine)
    return _write(
        request,
        form,
        title="You met it. How high next?",
        lede="Your new goal grows from this one, and this one stays below it.",
        button="Raise the goal",
        quotes=[("You met", mine.text), ("It stands at", row.measure.last_words)]
        if row.measure
        else [("You met", mine.text)],
    )


@require_POST
def meet(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Record that she considers the goal met."""
    mine = _own_goal(request, pk)
    if one_tap(request, lambda: actions.meet_goal(mine, by=request.user)):
        return redirect("plans:raise_goal", pk=mine.pk)
    return redirect("plans:my_plan")


def set_aside(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Let a goal rest."""
    mine = _own_goal(request, pk)
    form = forms.SetAsideForm(request.POST or None, visible=_visible(mine.plan))
    if form.is_valid() and carried_out(
        form, lambda: actions.set_aside(mine, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Set this goal aside",
        lede="It stays in your plan with all its check-ins. You can set another at any time.",
        button="Set it aside",
        quotes=[("Your goal", mine.text)],
    )


def new_step(request: PersonRequest) -> HttpResponse:
    """Take one small step into her plan."""
    start = {"follow_up_on": forms.in_a_week(clock.today())}
    visible = _visible(queries.plan_of(request.user))
    form = forms.StepForm(request.POST or None, initial=start, visible=visible)
    if form.is_valid():
        begun = actions.start_plan(request.user, by=request.user)
        actions.take_step(begun, by=request.user, **form.cleaned_data)
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="A next step",
        lede="One small thing to try, and a day to look back on it.",
        button="Take this step",
    )


def look_back(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say how a step went."""
    step = own(ActionStep, request.user, pk)
    form = forms.LookBackForm(request.POST or None, visible=_visible(step.plan))
    if form.is_valid() and carried_out(
        form, lambda: actions.look_back(step, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="How did it go?",
        lede="Working, adapting and letting go are all good answers.",
        button="Save",
        quotes=[
            ("Your step", step.text),
            ("Agreed", date_format(step.agreed_on, "F j")),
        ],
    )


def move_step(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Look back on another day."""
    step = own(ActionStep, request.user, pk)
    start = {"follow_up_on": forms.in_a_week(clock.today())}
    form = forms.MoveForm(request.POST or None, initial=start, visible=_visible(step.plan))
    if form.is_valid() and carried_out(
        form, lambda: actions.move_step(step, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Move the look back",
        lede="Pick the day that suits you.",
        button="Move it",
        quotes=[("Your step", step.text)],
    )


def suggest(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Lay an idea beside somebody's plan."""
    opened = PlanPolicy().open(request.user, pk, look=False)
    seen_by = Visible(f"You, {opened.teacher.given_name} and the people of this plan")
    form = forms.SuggestForm(request.POST or None, visible=seen_by)
    if form.is_valid() and carried_out(
        form, lambda: proposals.suggest(opened, by=request.user, **form.cleaned_data)
    ):
        return redirect("plans:plan", pk=opened.pk)
    name = opened.teacher.given_name
    return _write(
        request,
        form,
        title=f"Suggest something to {name}",
        lede=f"It stands beside the plan until {name} accepts, adapts or declines it.",
        button="Suggest",
        back=opened.pk,
    )


@require_POST
def accept(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a suggestion as it is."""
    waiting = own(Suggestion, request.user, pk)
    in_a_week = forms.in_a_week(clock.today())
    one_tap(
        request,
        lambda: proposals.accept_suggestion(waiting, by=request.user, follow_up_on=in_a_week),
    )
    return redirect("plans:my_plan")


def adapt(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take a suggestion in her own words."""
    waiting = own(Suggestion, request.user, pk)
    start = {"words": waiting.text, "follow_up_on": forms.in_a_week(clock.today())}
    form = forms.AdaptForm(request.POST or None, initial=start, visible=_visible(waiting.plan))
    if form.is_valid() and carried_out(
        form,
        lambda: proposals.accept_suggestion(waiting, by=request.user, **form.cleaned_data),
    ):
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Make it yours",
        lede=f"{waiting.by.given_name} suggested it; your words go into your plan.",
        button="Take it into my plan",
    )


@require_POST
def decline(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say no to a suggestion."""
    waiting = own(Suggestion, request.user, pk)
    one_tap(request, lambda: proposals.decline_suggestion(waiting, by=request.user))
    return redirect("plans:my_plan")


@require_POST
def comment(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say something to the people of a plan."""
    opened = PlanPolicy().open(request.user, pk, look=False)
    form = forms.CommentForm(request.POST, visible=_visible(opened))
    if form.is_valid():
        proposals.comment(opened, by=request.user, text=form.cleaned_data["text"])
        return redirect(_home_of(opened, request.user))
    return render(request, "plans/my_plan.html", plan_frame(request, opened, form), status=422)


def invite(request: PersonRequest) -> HttpResponse:
    """Let a person whom she works with read her plan, and propose."""
    people = queries.people_to_invite(request.user)
    form = forms.CollaboratorForm(request.POST or None, people=people)
    if form.is_valid():
        mine = actions.start_plan(request.user, by=request.user)
        if carried_out(
            form,
            lambda: proposals.invite_collaborator(mine, by=request.user, **form.cleaned_data),
        ):
            return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Invite someone into your plan",
        lede="They read all of it. Only you change it, and you can end this at any time.",
        button="Invite",
    )


@require_POST
def end_collaboration(request: PersonRequest, pk: int) -> HttpResponse:
    """Close her plan to a person."""
    known = own(Collaborator, request.user, pk)
    proposals.end_collaboration(known, by=request.user)
    return redirect("plans:my_plan")


def grant_time(request: PersonRequest) -> HttpResponse:
    """Say how many minutes a week she gives."""
    mine = queries.plan_of(request.user)
    start = {"weekly_minutes": mine.weekly_minutes if mine else 60}
    form = forms.TimeForm(request.POST or None, initial=start)
    if form.is_valid():
        begun = actions.start_plan(request.user, by=request.user)
        actions.grant_time(begun, by=request.user, **form.cleaned_data)
        return redirect("plans:my_plan")
    return _write(
        request,
        form,
        title="Your time",
        lede="What Trellis offers you in a week stays inside the minutes that you give.",
        button="Save",
    )


@require_POST
def remove_resource(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a resource off her plan."""
    saved = own(SavedResource, request.user, pk)
    actions.remove_resource(saved, by=request.user)
    return redirect("plans:my_plan")


def open_file(request: PersonRequest) -> HttpResponse:
    """Hand her the whole plan as an open file."""
    mine = queries.plan_of(request.user)
    if mine is None:
        raise Http404
    answer = JsonResponse(queries.open_file(mine), json_dumps_params={"indent": 2})
    name = f"plan-{queries.year_words(mine.school_year)}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def plan_frame(
    request: PersonRequest, opened: Plan, form: forms.CommentForm | None = None
) -> dict[str, object]:
    """Return what the page of a plan shows to this reader."""
    page = queries.plan_page(opened)
    visible = _visible_to(page, request.user)
    mine = [c for c in page.collaborators if c.person_id == request.user.pk]
    return {
        "page": page,
        "figures": [(x, check_in_figure(x)) for x in page.open],
        "is_owner": opened.teacher_id == request.user.pk,
        "may_suggest": any(c.may_propose for c in mine),
        "visible": visible,
        "form": form or forms.CommentForm(visible=visible),
    }


def _say_what_counts(request: PersonRequest, mine: Goal) -> HttpResponse:
    form = forms.MeasureFields(request.POST or None, visible=_visible(mine.plan))
    if form.is_valid():
        given = form.measure()
        if given is None:
            form.add_error("what", "Say what you count.")
        elif carried_out(form, lambda: actions.measure_goal(mine, by=request.user, measure=given)):
            return redirect("plans:check_in", pk=mine.pk)
    return _write(
        request,
        form,
        title="How will you know?",
        lede="Say what you count, from where to where. Then check in.",
        button="Save",
        quotes=[("Your goal", mine.text)],
    )


def _both_texts(
    request: PersonRequest, form: forms.RefineForm, stale: actions.StaleText
) -> HttpResponse:
    again = forms.RefineForm(
        initial={**form.cleaned_data, "version": stale.version}, visible=ONLY_YOU
    )
    return render(
        request,
        "plans/both_texts.html",
        {"form": again, "current": stale.current, "typed": form.cleaned_data["text"]},
        status=409,
    )


def _write(
    request: PersonRequest, form: forms.PlanForm, *, back: UUID | None = None, **words: object
) -> HttpResponse:
    """Show the page on which one thing is written."""
    return _answer(
        request,
        "ui/write.html",
        form,
        keep=request.path,
        back=reverse("plans:plan", args=[back]) if back else reverse("plans:my_plan"),
        **words,
    )


def _answer(
    request: HttpRequest, template: str, form: forms.PlanForm, **more: object
) -> HttpResponse:
    """Show a form; with status 422 where what was typed cannot be saved as it is."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **more}, status=status)


def _own_goal(request: PersonRequest, pk: UUID) -> Goal:
    opened = GoalPolicy().open(request.user, pk, look=False)
    only_the_owner(opened.plan, request.user)
    return opened


def _own_insight(request: PersonRequest) -> Insight | None:
    asked = request.GET.get("insight")
    return own_insight(request.user, asked) if asked else None


def _visible(plan: Plan | None) -> Visible:
    """Name those who read what she writes into her plan."""
    if plan is None:
        return ONLY_YOU
    return shared_with([c.given_name for c in queries.collaborators_of(plan)])


def _visible_to(page: queries.PlanPage, reader: Person) -> Visible:
    names = [c.given_name for c in page.collaborators if c.person_id != reader.pk]
    if page.teacher.pk != reader.pk:
        names.insert(0, page.teacher.given_name)
    return shared_with(names)


def _home_of(plan: Plan, reader: Person) -> str:
    if plan.teacher_id == reader.pk:
        return reverse("plans:my_plan")
    return reverse("plans:plan", kwargs={"pk": plan.pk})
