"""Take what two partners ask, agree, log and promise."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from trellis.coaching.models import Session
from trellis.coaching.queries import sections_of
from trellis.coaching.sessions import MOVES, STANDS, Held, Said
from trellis.coaching.visiting import LookForGiven
from trellis.evidence.framework import elements
from trellis.people.models import Person, Section
from trellis.ui.visibility import ONLY_YOU, TIME_ONLY, Visible

NEXT_WEEK, IN_TWO_WEEKS, NOT_YET = "week", "two weeks", "not yet"


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def lines(label: str, help_text: str = "", rows: int = 2) -> forms.CharField:
    """Return a field for some lines that may stay empty."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=area)


def element_field(label: str) -> forms.ChoiceField:
    named = [(e.code, e.title) for e in elements().values()]
    return forms.ChoiceField(label=label, required=False, choices=[("", "Not said"), *named])


class PairForm(forms.Form):
    """A form beside whose fields stands who can read them."""

    # Any: handed through to Django's form as it came.
    def __init__(self, *args: Any, visible: Visible = ONLY_YOU, **more: Any) -> None:
        super().__init__(*args, **more)
        self.visible_to = dict.fromkeys(self.fields, visible)


class InviteForm(PairForm):
    """Whom to ask for help, and with what."""

    person = forms.ModelChoiceField(
        label="Who", queryset=Person.objects.none(), empty_label="Choose a person"
    )
    message = lines("What you would like to work on", "A sentence is enough.")
    focus_element = element_field("What it is about")
    opens_plan = forms.BooleanField(label="May read my plan and suggest", required=False)

    def __init__(self, *args: Any, people: Sequence[Person], is_teacher: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        known = Person.objects.filter(pk__in=[p.pk for p in people])
        self.fields["person"].queryset = known  # type: ignore[attr-defined]  # a ModelChoiceField
        if not is_teacher:
            del self.fields["opens_plan"]  # only the teacher opens her plan


class AgreementForm(PairForm):
    """What two partners may set themselves; the floor below it stands fixed."""

    meets = forms.CharField(
        label="When you meet", max_length=120, required=False, help_text="For example: Tuesdays."
    )
    leader_may_know_focus = forms.BooleanField(
        label="The school leader may know what we work on", required=False
    )


class LogForm(PairForm):
    """A session in three taps and a line."""

    held_on = forms.DateField(label="Day", widget=day_input())
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=480)
    mode = forms.ChoiceField(label="How", choices=Session.Mode.choices)
    moves = forms.MultipleChoiceField(
        label="What you did",
        choices=[(m, m.capitalize()) for m in MOVES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stands = forms.ChoiceField(
        label="Where it stands",
        choices=[(s, s.capitalize()) for s in STANDS],
        required=False,
        widget=forms.RadioSelect,
    )
    again = forms.ChoiceField(
        label="Meet again",
        choices=[
            (NEXT_WEEK, "In a week"),
            (IN_TWO_WEEKS, "In two weeks"),
            (NOT_YET, "Not yet"),
        ],
        widget=forms.RadioSelect,
        initial=NEXT_WEEK,
    )
    again_on = forms.DateField(label="On another day", required=False, widget=day_input())
    parked = lines("Where you parked")
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        counted = ("held_on", "minutes", "mode", "moves", "again", "again_on")
        self.visible_to |= dict.fromkeys(counted, TIME_ONLY)

    @property
    def is_prefilled(self) -> bool:
        """Return whether the calendar's facts can stay folded: nothing is wrong with them."""
        return not any(name in self.errors for name in ("held_on", "minutes", "mode"))

    def held(self) -> Held:
        given = self.cleaned_data
        return Held(
            on=given["held_on"], minutes=given["minutes"], mode=given["mode"], moves=given["moves"]
        )

    def said(self) -> Said:
        return Said(stands=self.cleaned_data["stands"], parked=self.cleaned_data["parked"])

    def meets_again_on(self) -> date | None:
        given = self.cleaned_data
        held_on: date = given["held_on"]
        picked: date | None = given["again_on"]
        days = {NEXT_WEEK: 7, IN_TWO_WEEKS: 14}
        if picked is not None or given["again"] not in days:
            return picked
        return held_on + timedelta(days=days[given["again"]])


class PromiseForm(PairForm):
    """A next step that one promises the other."""

    text = forms.CharField(
        label="What you will do", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = forms.DateField(label="By when", widget=day_input())


class MovePromiseForm(PairForm):
    due_on = forms.DateField(label="By when", widget=day_input())


class LookForFields(PairForm):
    """At most three things that the host asks the visitor to watch for."""

    question = lines("What you want to find out", "Your question leads the visit.")
    look_for_1 = forms.CharField(label="Look for, first", required=False, max_length=200)
    look_for_2 = forms.CharField(label="Look for, second", required=False, max_length=200)
    look_for_3 = forms.CharField(label="Look for, third", required=False, max_length=200)
    element = element_field("What it is about")

    def look_fors(self) -> list[LookForGiven]:
        texts = [self.cleaned_data.get(f"look_for_{i}", "").strip() for i in (1, 2, 3)]
        element = self.cleaned_data.get("element", "")
        return [LookForGiven(text=t, element=element) for t in texts if t]


class VisitForm(LookForFields):
    """When and where a visit takes place."""

    day = forms.DateField(label="Day", widget=day_input())
    at = forms.TimeField(
        label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    section = forms.ModelChoiceField(
        label="Class", queryset=Section.objects.none(), required=False, empty_label="Not said"
    )
    field_order = ["day", "at", "section", "question", "look_for_1", "look_for_2", "look_for_3"]

    def __init__(self, *args: Any, host: Person, is_host: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["section"].queryset = sections_of(host)  # type: ignore[attr-defined]  # a ModelChoiceField
        if not is_host:
            # What to look for is the host's to choose, when she answers.
            for name in ("question", "look_for_1", "look_for_2", "look_for_3", "element"):
                del self.fields[name]

    def planned_for(self) -> datetime:
        day: date = self.cleaned_data["day"]
        at: time = self.cleaned_data["at"]
        return timezone.make_aware(datetime.combine(day, at))


class NoteForm(forms.Form):
    """A line of a visit, as a device sends it."""

    key = forms.UUIDField()
    kind = forms.ChoiceField(choices=[("noticing", "Noticing"), ("wondering", "Wondering")])
    text = forms.CharField(required=False)
    seconds = forms.IntegerField(required=False, min_value=0)
    element = forms.CharField(required=False, max_length=40)
    level = forms.IntegerField(required=False, min_value=0, max_value=3)


class ShareForm(forms.Form):
    minutes = forms.IntegerField(min_value=1, max_value=480)
