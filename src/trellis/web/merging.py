"""Let administrators say that two records are of one person, and take it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.coaching.models import Partnership
from trellis.people import merging, policies
from trellis.people.models import EvaluatorRelation, Person
from trellis.people.pairs import likely_pairs
from trellis.people.queries import grant_rows
from trellis.people.requests import PersonRequest
from trellis.trust import clock
from trellis.ui.visibility import Visible
from trellis.web.holdings import BY_LABEL
from trellis.web.imports import administrator

ADMINISTRATORS = Visible("Administrators", "users")
STANDING = (Partnership.State.INVITED, Partnership.State.ACTIVE, Partnership.State.ENDED)
OPEN_END = 9_999
# What tells an administrator which of two records is in use. No numbers: two people stand here
# side by side until somebody has decided that they are one.
KINDS = (
    ("a plan", "plans.Plan"),
    ("evidence", "evidence.EvidenceItem"),
    ("partnerships", "coaching.Partnership"),
    ("classes", "people.Teaching"),
    ("years at a school", "people.Employment"),
    ("programs", "activities.Participation"),
    ("shares", "trust.Share"),
)


class MergeForm(forms.Form):
    """Which record stays, why, and the word of a person that both are one human being."""

    kept = forms.ChoiceField(label="The record that stays", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="How you know that this is one person",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say how you know. It is kept with your name."},
    )
    same_person = forms.BooleanField(
        label="Both records are one human being, and she knows that they become one",
        error_messages={"required": "Tick this, or leave the two records apart."},
    )
    visible_to = dict.fromkeys(("kept", "reason", "same_person"), ADMINISTRATORS)

    # Any: what Django's own forms take.
    def __init__(self, *args: Any, pair: tuple[Person, Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pair = {str(person.pk): person for person in pair}
        kept = self.fields["kept"]
        if isinstance(kept, forms.ChoiceField):
            kept.choices = [
                (pk, f"{person.full_name}, {person.email}") for pk, person in self.pair.items()
            ]

    def kept_and_other(self) -> tuple[Person, Person]:
        kept = self.pair[self.cleaned_data["kept"]]
        return kept, next(person for person in self.pair.values() if person != kept)


@dataclass(frozen=True, slots=True)
class Side:
    """What one of two records has: roles and kinds of things, never how many or what they say."""

    person: Person
    roles: tuple[str, ...]
    has: tuple[str, ...]


@require_safe
def merges(request: PersonRequest) -> HttpResponse:
    """Suggest records that may be of one person, and list the merges that stand."""
    me = administrator(request)
    done = policies.merges.visible(me).select_related("kept", "other", "decided_by")
    rows = [(one, merging.can_be_undone(one)) for one in done[:20]]
    apart = policies.two_people.visible(me).select_related("one", "other", "decided_by")
    context = {"pairs": likely_pairs(), "done": rows, "apart": apart[:20]}
    return render(request, "web/merges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: PersonRequest, one: UUID, other: UUID) -> HttpResponse:
    """Show two records side by side, and merge them when told to."""
    me = administrator(request)
    pair = policies.accounts.open(me, one), policies.accounts.open(me, other, look=one != other)
    form = MergeForm(request.POST or None, pair=pair)
    if request.method == "POST" and form.is_valid():
        kept, gone = form.kept_and_other()
        said = {key: form.cleaned_data[key] for key in ("reason", "same_person")}
        try:
            merging.merge(kept, gone, by=me, apart=why_apart, **said)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, f"The two records of {kept} are one now.")
            return redirect("web:merges")
    context = {"sides": [_side(person) for person in pair], "form": form}
    return render(request, "web/merge.html", context, status=422 if form.errors else 200)


@require_POST
def undo(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Put two records apart again."""
    me = administrator(request)
    try:
        staying = merging.undo_merge(policies.merges.open(me, pk), by=me)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        left = f" {staying} stayed, changed since." if staying else ""
        messages.success(request, f"The two records stand apart again.{left}")
    return redirect("web:merges")


@require_POST
def tell_apart(request: PersonRequest, one: UUID, other: UUID) -> HttpResponse:
    """Remember that two records are of two people."""
    me = administrator(request)
    pair = policies.accounts.open(me, one), policies.accounts.open(me, other)
    try:
        merging.tell_apart(*pair, by=me)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, "They stay two people, and are suggested no more.")
    return redirect("web:merges")


@require_POST
def take_back_apart(request: PersonRequest, pk: int) -> HttpResponse:
    """Leave it open again whether two records are of two people."""
    me = administrator(request)
    merging.take_back_apart(policies.two_people.open(me, pk), by=me)
    messages.success(request, "It is open again whether they are two people.")
    return redirect("web:merges")


def why_apart(kept: Person, other: Person) -> str:
    """Say why two records cannot be one person: the wall, or that they work with each other."""
    pair = (kept.pk, other.pk)
    if EvaluatorRelation.objects.filter(evaluator__in=pair, teacher__in=pair).exists():
        return "One of these records evaluates the other. They cannot be one person."
    met = Partnership.objects.filter(state__in=STANDING)
    if met.filter(partner__in=pair, teacher__in=pair).exists():
        return "These two records are partners of each other. They cannot be one person."
    evaluated = EvaluatorRelation.objects.filter(Q(evaluator__in=pair) | Q(teacher__in=pair))
    for relation in evaluated:
        partners = pair if relation.evaluator_id in pair else (relation.evaluator_id,)
        teachers = pair if relation.teacher_id in pair else (relation.teacher_id,)
        for meeting in met.filter(partner__in=partners, teacher__in=teachers):
            if relation.school_year in _years(meeting):
                return (
                    "Together they would evaluate a teacher and coach her in the same year. "
                    "Coaching stays apart from evaluation: end one of the two first."
                )
    return ""


def _years(meeting: Partnership) -> range:
    first = clock.school_year(meeting.started_on or clock.today())
    last = clock.school_year(meeting.ended_on) if meeting.ended_on else OPEN_END
    return range(first, last + 1)


def _side(person: Person) -> Side:
    roles = tuple(f"{row.role}, {row.place}" for row in grant_rows(person) if row.is_open)
    has = (words for words, model in KINDS if BY_LABEL[model].of(person).exists())
    return Side(person, roles, tuple(has))
