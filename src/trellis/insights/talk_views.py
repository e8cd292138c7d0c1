"""Let a teacher drop a lesson's transcript, look at its talk, and keep of it what she chooses.

Until she keeps something nothing is stored: the transcript lives in the memory of one request and,
names masked, in the form on her own page.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trellis.insights import policies, queries
from trellis.insights.talk_forms import KeepTalkForm, TranscriptForm
from trellis.interchange.problems import Problem, refuses
from trellis.people.requests import PersonRequest
from trellis.ui import charts
from trellis.ui.forms import one_tap
from trellis.ui.visibility import ONLY_YOU

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trellis.diagnosis.talk.sentences import Part
    from trellis.insights.talk import Look

SHOWN_FIRST = 8


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def classroom_talk(request: PersonRequest) -> HttpResponse:
    """Take a transcript and show what its talk shows; nothing is stored."""
    from trellis.insights import talk  # loads numpy: only where numbers are made
    from trellis.interchange.transcripts import read_transcript

    form = TranscriptForm(request.POST or None, request.FILES or None, owner=request.user)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        read = read_transcript(file.read(), file.name)
        problems = read.problems
        if not refuses(problems):
            try:
                seen = talk.look(talk.masked(read.lines, request.user))
            except ValidationError as nothing:
                form.add_error("file", nothing)
            else:
                asked = KeepTalkForm(
                    owner=request.user,
                    look=seen,
                    initial={
                        "lines": talk.carried(seen.lines),
                        "section": form.cleaned_data["section"],
                        "held_on": form.cleaned_data["held_on"],
                        "teacher": seen.teacher,
                    },
                )
                return render(request, "insights/talk_look.html", _page(seen, asked, problems))
    page = {"form": form, "problems": problems, "kept": queries.talks_of(request.user)}
    wrong = form.errors or refuses(problems)
    return render(request, "insights/classroom_talk.html", page, status=422 if wrong else 200)


@never_cache
@sensitive_post_parameters()
@require_POST
def keep(request: PersonRequest) -> HttpResponse:
    """Keep what she chose, or look again with another speaker as the teacher."""
    from trellis.insights import talk  # loads numpy: only where numbers are made

    try:
        lines = talk.taken_back(request.POST.get("lines", ""), request.user)
        seen = talk.look(lines, request.POST.get("teacher", ""))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("insights:classroom_talk")
    form = KeepTalkForm(request.POST, owner=request.user, look=seen)
    if not form.is_valid() or "again" in request.POST:
        status = 422 if form.errors and "again" not in request.POST else 200
        return render(request, "insights/talk_look.html", _page(seen, form), status=status)
    chosen = form.cleaned_data
    try:
        kept = talk.keep(
            request.user,
            by=request.user,
            seen=seen,
            held_on=chosen["held_on"],
            section=chosen["section"],
            turns={int(turn) for turn in chosen["moments"]},
            counts=chosen["counts"],
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return render(request, "insights/talk_look.html", _page(seen, form), status=422)
    messages.success(request, "Kept. Only you see it; the transcript is gone.")
    return redirect("insights:talk", kept.pk)


@require_GET
def talk(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show what was kept of a lesson's talk."""
    from trellis.diagnosis.talk.sentences import Part  # loads numpy

    kept = policies.talks.open(request.user, pk)
    chart = _chart([Part(**part) for part in kept.figures["parts"]])
    page = {"page": queries.talk_page(kept), "kept": kept, "chart": chart, "only_you": ONLY_YOU}
    return render(request, "insights/talk.html", page)


@require_POST
def count(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Let it count as a piece of evidence."""
    from trellis.insights import talk  # loads numpy: only where numbers are made

    kept = policies.talks.open(request.user, pk)
    if one_tap(request, lambda: talk.count(kept, by=request.user)):
        messages.success(request, "It counts now, in your own insights alone.")
    return redirect("insights:talk", kept.pk)


@require_POST
def delete(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Delete what was kept, with the evidence made from it."""
    from trellis.insights import talk  # loads numpy: only where numbers are made

    talk.delete(policies.talks.open(request.user, pk), by=request.user)
    messages.success(request, "Deleted. Nothing of that lesson's talk is left here.")
    return redirect("insights:classroom_talk")


def _page(
    seen: "Look", form: KeepTalkForm, problems: "Iterable[Problem]" = ()
) -> dict[str, object]:
    from trellis.diagnosis.talk.sentences import A_QUESTION

    choices = list(form["moments"])
    return {
        "look": seen,
        "form": form,
        "problems": tuple(problems),
        "chart": _chart(seen.parts),
        "first": choices[:SHOWN_FIRST],
        "rest": choices[SHOWN_FIRST:],
        "question": A_QUESTION,
        "only_you": ONLY_YOU,
    }


def _chart(parts: "Sequence[Part]") -> str:
    if not parts:
        return ""
    rows = [
        charts.PlaceRow(part.label, part.value, part.low, part.high, stands_out=True)
        for part in parts
    ]
    told = "; ".join(f"{row.label} {row.value:.0f} percent" for row in rows)
    name = charts.Naming("talk", "Shares in this lesson’s talk", f"{told}.")
    return charts.figure(
        charts.places(rows, name=name, level=95),
        caption="The shares and their ranges",
        note="A dot is what was counted. The bar is where a lesson of the same kind of talk would "
        "lie 19 times in 20; it is wide because one lesson is little.",
        level=3,
    )
