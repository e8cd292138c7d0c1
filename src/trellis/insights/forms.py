"""Take a teacher's answer to an insight, and her own reading of her teaching."""

from django import forms

from trellis.evidence.framework import elements, level_words
from trellis.insights.models import Reply
from trellis.ui.visibility import ONLY_YOU


class ReplyForm(forms.Form):
    """Agree, see it differently, add context, not about me, or mute; a sentence if she likes."""

    answer = forms.ChoiceField(
        label="What do you say?", choices=Reply.Answer.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="In your words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Stands beside the claim on this page.",
    )
    visible_to = {"answer": ONLY_YOU, "note": ONLY_YOU}  # read, never changed


class OwnReadingForm(forms.Form):
    """One level word for as many parts of her teaching as she likes."""

    def __init__(self, *args: object, first: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's forms take them
        words = [(str(i), word.capitalize()) for i, word in enumerate(level_words())]
        known = elements()
        self.codes = sorted(known, key=lambda code: code != first)
        for code in self.codes:
            self.fields[code] = forms.ChoiceField(
                label=known[code].title,
                choices=[*words, ("", "Not today")],
                required=False,
                widget=forms.RadioSelect,
                help_text="; ".join(known[code].behaviors),
            )
        self.fields["note"] = forms.CharField(
            label="What makes you say so?",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.visible_to = dict.fromkeys(self.fields, ONLY_YOU)

    def levels(self) -> dict[str, int]:
        """Return the chosen level by element."""
        chosen = ((code, self.cleaned_data.get(code, "")) for code in self.codes)
        return {code: int(level) for code, level in chosen if level != ""}
