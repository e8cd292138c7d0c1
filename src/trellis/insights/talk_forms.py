"""Take a lesson's transcript, and what its teacher keeps of it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from trellis.insights import queries
from trellis.people.models import Person, Section
from trellis.trust import clock
from trellis.ui.visibility import ONLY_YOU

if TYPE_CHECKING:
    from datetime import date

    from trellis.insights.talk import Look

MOST_BYTES = 1_000_000  # of the file; as `interchange.transcripts`, which forms do not load


class LessonForm(forms.Form):
    """Which class, and on what day."""

    section = forms.ModelChoiceField(
        label="Class", queryset=Section.objects.none(), required=False, empty_label="Not said"
    )
    held_on = forms.DateField(
        label="Day of the lesson", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    # Any: handed through to Django's form as it came.
    def __init__(self, *args: Any, owner: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["section"].queryset = queries.sections_of(owner)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["held_on"].initial = clock.today()
        self.visible_to = dict.fromkeys(self.fields, ONLY_YOU)

    def clean_held_on(self) -> "date":
        """Refuse a lesson that has not been held yet."""
        held_on: date = self.cleaned_data["held_on"]
        if held_on > clock.today():
            raise ValidationError("This day is still to come. Choose the day of the lesson.")
        return held_on


class TranscriptForm(LessonForm):
    """The file, which is read and forgotten."""

    file = forms.FileField(
        label="Transcript",
        help_text="A .vtt, .srt or .csv file that says who speaks. It is read while this page is "
        "made and stored nowhere.",
        widget=forms.FileInput({"accept": ".vtt,.srt,.csv,text/vtt,text/csv"}),
    )
    field_order = ("file", "section", "held_on")

    # Any: an uploaded file, as Django's forms give it.
    def clean_file(self) -> Any:
        """Refuse what is too long to be the text of a lesson."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                "That is longer than the text of a school day. Choose the transcript of one "
                "lesson, not its recording."
            )
        return file


class KeepTalkForm(LessonForm):
    """Who of the speakers she is, which moments she keeps, and whether it counts."""

    lines = forms.CharField(widget=forms.HiddenInput)
    teacher = forms.ChoiceField(label="Which speaker are you?", widget=forms.RadioSelect)
    moments = forms.MultipleChoiceField(
        label="Moments to keep", required=False, widget=forms.CheckboxSelectMultiple
    )
    counts = forms.BooleanField(
        label="Count this lesson as a piece of evidence about my teaching", required=False
    )

    # Any: handed through to Django's form as it came.
    def __init__(self, *args: Any, look: "Look", **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["teacher"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (one.label, f"{one.label}: {one.words:,} words, begins “{one.begins}”")
            for one in look.speakers
        ]
        self.fields["moments"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (str(moment.turn), moment) for moment in look.moments
        ]
        if not look.can_count:
            self.fields["counts"].disabled = True
            self.fields["counts"].help_text = (
                "There is too little in this lesson’s talk to count: fewer than 16 questions and "
                "16 exchanges."
            )
