"""Take a registration, a decision, a reply and an amendment."""

from typing import TYPE_CHECKING, Any

from django import forms

from trellis.activities.models import Program
from trellis.impact.models import Decision
from trellis.trust import clock
from trellis.ui.visibility import Visible

if TYPE_CHECKING:
    from trellis.interchange.registrations import Registration

DISTRICT = Visible("District, participants, the provider")
DESIGN_CHOICES = [
    ("lottery", "Lottery within schools"),
    ("staggered", "Schools start in turn"),
    ("before-after", "Before and after, as a description"),
]
OUTCOME_CHOICES = [
    ("practice", "Practice, seen on study visits"),
    ("class feedback", "Class feedback"),
    ("math", "Math test"),
    ("ela", "ELA test"),
    ("retention", "Staying at the school"),
]
RULE = (
    "Continue if the program helps; study further if we cannot tell yet; stop or change it if "
    "there is no meaningful difference or it harms."
)


def _year(value: int) -> str:
    return f"{value - 1}-{value % 100:02d}"


def _longer(label: str, help_text: str = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Write a sentence or two, then save."},
    )


class RegisterForm(forms.Form):
    """The question and its comparison, with the numbers that say what it could detect."""

    program = forms.ModelChoiceField(Program.objects.none(), label="Program")
    question = _longer("Question", "One question that can be answered by a comparison.")
    design = forms.ChoiceField(label="Comparison", choices=DESIGN_CHOICES, widget=forms.RadioSelect)
    primary_outcome = forms.ChoiceField(
        label="Outcome that decides", choices=OUTCOME_CHOICES, widget=forms.RadioSelect
    )
    baseline_year = forms.TypedChoiceField(label="School year before it starts", coerce=int)
    outcome_years = forms.TypedMultipleChoiceField(
        label="School years in which it is measured",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    schools = forms.IntegerField(label="Schools", min_value=1, max_value=500, initial=12)
    treated = forms.IntegerField(
        label="Teachers offered the program",
        help_text="Over all years; for a start in turn, the schools that start.",
        min_value=1,
        max_value=100_000,
    )
    comparison = forms.IntegerField(
        label="Teachers to compare with",
        help_text="Those not drawn; for a start in turn, the schools that wait.",
        min_value=0,
        max_value=100_000,
    )
    smallest_effect = forms.FloatField(
        label="Smallest effect that matters",
        help_text="In standard deviations of the outcome; 0.15 of practice is a usual choice.",
        min_value=0.01,
        max_value=2,
        initial=0.15,
    )
    decision_rule = _longer("What will be done with each answer")

    # Any: handed through to Django's form as it came.
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        this_year = clock.school_year(clock.today())
        years = [(y, _year(y)) for y in range(this_year - 3, this_year + 4)]
        programs = Program.objects.filter(is_active=True).select_related("provider")
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]  # a model choice
        self.fields["baseline_year"].choices = years  # type: ignore[attr-defined]  # a choice field
        self.fields["outcome_years"].choices = years  # type: ignore[attr-defined]  # a choice field
        self.initial.setdefault("baseline_year", this_year)
        self.initial.setdefault("decision_rule", RULE)
        self.visible_to = dict.fromkeys(self.fields, DISTRICT)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        years, before = given.get("outcome_years"), given.get("baseline_year")
        if years and before and min(years) <= before:
            self.add_error("outcome_years", "Choose years after the year before it starts.")
        return given

    def plan(self, *, name: str, by: str) -> "Registration":
        """Return what is locked."""
        from trellis.interchange.registrations import Registration

        given = self.cleaned_data
        return Registration(
            review_id=name,
            program_id=given["program"].external_id,
            question=given["question"],
            registered_on=clock.today(),
            registered_by=by,
            design=given["design"],
            unit="school" if given["design"] == "staggered" else "teacher",
            primary_outcome=given["primary_outcome"],
            outcome_years=tuple(sorted(given["outcome_years"])),
            baseline_year=given["baseline_year"],
            smallest_effect=given["smallest_effect"],
            decision_rule=given["decision_rule"],
        )


class DecisionForm(forms.Form):
    """What the district does, and why."""

    choice = forms.ChoiceField(
        label="After the participants and the provider have read it",
        choices=Decision.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the four."},
    )
    why = _longer("Why, in a sentence or two")
    visible_to = {"why": DISTRICT}


class ReplyForm(forms.Form):
    """The provider's own words."""

    text = _longer("Your reply, printed beside the read-out", rows=4)
    visible_to = {"text": DISTRICT}


class AmendForm(forms.Form):
    """What is done otherwise than registered."""

    text = _longer("What is done otherwise, and why", "The registration itself stays as it was.")
    visible_to = {"text": DISTRICT}
