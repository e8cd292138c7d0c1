"""Ask what to share, with whom, and until when."""

from collections.abc import Sequence
from datetime import date

from django import forms

Choices = Sequence[tuple[str, str]]


class ShareForm(forms.Form):
    """Share one thing with one person; the caller says which things and people there are."""

    thing = forms.ChoiceField(label="What")
    audience = forms.ChoiceField(label="With whom")
    until = forms.DateField(
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="On the day after, it closes by itself. You can take it back at any time.",
    )

    def __init__(
        self,
        data: object = None,
        *,
        things: Choices,
        people: Choices,
        until: date,
        thing: str = "",
    ) -> None:
        super().__init__(data, initial={"until": until, "thing": thing})  # type: ignore[arg-type]  # a QueryDict or nothing
        for name, choices in (("thing", things), ("audience", people)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared so above)
            field.choices = [("", "Choose"), *choices]
