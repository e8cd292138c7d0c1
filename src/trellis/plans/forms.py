"""Take what a teacher or her collaborators write about a plan."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from trellis.evidence.framework import elements
from trellis.people.models import Person
from trellis.plans.actions import MeasureGiven
from trellis.plans.models import ActionStep, Suggestion
from trellis.ui.visibility import ONLY_YOU, Visible

LONGEST = 300


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def short_text(label: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """Return a field for a sentence or two."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Write a sentence, then save.",
            "max_length": f"Keep it within {LONGEST} signs; say more in the reason.",
        },
    )


def longer_text(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlanForm(forms.Form):
    """A form beside whose fields stands who can read them."""

    # Any: handed through to Django's form as it came.
    def __init__(self, *args: Any, visible: Visible = ONLY_YOU, **more: Any) -> None:
        super().__init__(*args, **more)
        self.visible_to = dict.fromkeys(self.fields, visible)


class MeasureFields(PlanForm):
    """What she counts, from where to where; all or nothing."""

    what = forms.CharField(
        label="What you count",
        required=False,
        max_length=200,
        help_text="For example: students who explain at least one step in the week.",
    )
    out_of = forms.IntegerField(label="Out of how many", required=False, min_value=1)
    baseline = forms.IntegerField(label="Where it stands now", required=False, min_value=0)
    target = forms.IntegerField(label="Where you want it", required=False, min_value=0)

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        if not given.get("what"):
            return given
        for name, words in (
            ("baseline", "Say where it stands now; 0 is fine."),
            ("target", "Say where you want it to be."),
        ):
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, words)
        return given

    def measure(self) -> MeasureGiven | None:
        given = self.cleaned_data
        if not given["what"]:
            return None
        return MeasureGiven(
            what=given["what"],
            out_of=given["out_of"],
            baseline=given["baseline"],
            target=given["target"],
        )


class GoalForm(MeasureFields):
    """A goal in her own words, why it matters, and how she will know."""

    text = short_text("Your goal", "Say what students will do: “Twelve of 24 students …”")
    why = longer_text("Why it matters to you")
    element = forms.ChoiceField(label="What it is about", required=False)
    due_on = forms.DateField(label="By when", required=False, widget=day_input())
    field_order = ["text", "why", "what", "out_of", "baseline", "target", "due_on", "element"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(e.code, e.title) for e in elements().values()]
        self.fields["element"].choices = [("", "Not said"), *named]  # type: ignore[attr-defined]  # a ChoiceField


class CheckInForm(PlanForm):
    """A count of a day."""

    value = forms.IntegerField(label="How many", min_value=0)
    on = forms.DateField(label="On which day", widget=day_input())
    note = longer_text("What happened", "A line for yourself, if you like.")


class RefineForm(PlanForm):
    """The goal in new words; the version says which text they replace."""

    text = short_text("Your goal in new words")
    reason = longer_text("Why you change it", "It is kept beside the earlier words.")
    version = forms.IntegerField(widget=forms.HiddenInput)


class RaiseForm(PlanForm):
    """The next, higher goal."""

    text = short_text("Your higher goal")
    target = forms.IntegerField(label="Where you want it", required=False, min_value=0)
    due_on = forms.DateField(label="By when", required=False, widget=day_input())
    why = longer_text("Why it matters to you")


class SetAsideForm(PlanForm):
    reason = longer_text("Why, if you want to say", "No reason is needed.")


class StepForm(PlanForm):
    """One small step and the day to look back on it."""

    text = short_text("What you will try", "Small enough for a week.")
    follow_up_on = forms.DateField(label="Look back on", widget=day_input())


class LookBackForm(PlanForm):
    """How a step went."""

    state = forms.ChoiceField(
        label="How did it go?",
        widget=forms.RadioSelect,
        choices=[
            (ActionStep.State.WORKING, "It works"),
            (ActionStep.State.ADAPTING, "I adapt it"),
            (ActionStep.State.DROPPED, "I let it go"),
        ],
    )
    note = longer_text("What you saw", "A line for next time.")


class MoveForm(PlanForm):
    follow_up_on = forms.DateField(label="Look back on", widget=day_input())


class SuggestForm(PlanForm):
    """An idea for somebody else's plan."""

    kind = forms.ChoiceField(
        label="What it is",
        widget=forms.RadioSelect,
        choices=[(Suggestion.Kind.STEP, "A next step"), (Suggestion.Kind.GOAL, "A goal")],
        initial=Suggestion.Kind.STEP,
    )
    text = short_text("Your suggestion")
    reason = longer_text("What you saw that makes you think of it")


class AdaptForm(PlanForm):
    """A suggestion in the owner's own words."""

    words = short_text("In your own words")
    follow_up_on = forms.DateField(label="Look back on", widget=day_input())


class CommentForm(PlanForm):
    text = forms.CharField(
        label="Write to the people of this plan",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write something first."},
    )


class CollaboratorForm(PlanForm):
    """Whom to invite into the plan."""

    person = forms.ModelChoiceField(label="Who", queryset=Person.objects.none(), empty_label=None)
    may_propose = forms.BooleanField(label="May also suggest", required=False, initial=True)

    def __init__(self, *args: Any, people: Sequence[Person], **more: Any) -> None:
        super().__init__(*args, **more)
        known = Person.objects.filter(pk__in=[p.pk for p in people])
        self.fields["person"].queryset = known  # type: ignore[attr-defined]  # a ModelChoiceField


class TimeForm(PlanForm):
    weekly_minutes = forms.IntegerField(
        label="Minutes a week", min_value=0, max_value=600, help_text="It is yours to give."
    )


def in_a_week(day: date) -> date:
    """Propose the same weekday of next week."""
    return day + timedelta(days=7)
