"""Ask what a file with a framework does not say itself."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from trellis.evidence.models import Framework
from trellis.ui.visibility import Visible

MOST_MEGABYTES = 50
MEGABYTE = 1_000_000
ADMINISTRATORS = Visible("Administrators")
EVERYBODY = Visible("Everybody who works here")


class BringFrameworkForm(forms.Form):
    file = forms.FileField(
        label="The framework",
        help_text="A CASE package (JSON, version 1.0 or 1.1), or a table of its items (CSV).",
    )
    kind = forms.ChoiceField(
        label="What it is",
        required=False,
        choices=[("", "As the file says"), *Framework.Kind.choices],
    )
    license_title = forms.CharField(
        label="License",
        required=False,
        max_length=300,
        help_text="Only where the file names none, for example CC BY 4.0.",
    )
    attribution = forms.CharField(
        label="Whom to credit",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As the license asks. It is shown wherever the text is.",
    )
    private = forms.BooleanField(
        label="Keep it private",
        required=False,
        help_text="For a text that this district may use and not pass on: it is read here and "
        "never exported.",
    )
    title = forms.CharField(
        label="Title, for a table", required=False, max_length=300,
        help_text="A table of items does not say what it is called.",
    )  # fmt: skip
    creator = forms.CharField(label="Author, for a table", required=False, max_length=300)
    visible_to = {
        "file": ADMINISTRATORS, "kind": EVERYBODY, "license_title": EVERYBODY,
        "attribution": EVERYBODY, "private": EVERYBODY, "title": EVERYBODY, "creator": EVERYBODY,
    }  # fmt: skip

    # Any: django-stubs types an uploaded file by what it holds, which nothing here needs.
    def clean_file(self) -> UploadedFile[Any]:
        return small_enough(self.cleaned_data["file"])


class BringCrosswalkForm(forms.Form):
    file = forms.FileField(
        label="A table of relations",
        help_text="CSV with the columns from, relation, to (and note): items by code or "
        "identifier, relations as isRelatedTo or exactMatchOf.",
    )
    visible_to = {"file": ADMINISTRATORS}

    def clean_file(self) -> UploadedFile[Any]:
        return small_enough(self.cleaned_data["file"])


class FindItemsForm(forms.Form):
    words = forms.CharField(label="Code or words", required=False, max_length=100)
    visible_to = {"words": Visible("Only you", "lock")}


def small_enough(file: UploadedFile[Any]) -> UploadedFile[Any]:
    if (file.size or 0) > MOST_MEGABYTES * MEGABYTE:
        raise forms.ValidationError(
            f"This file is larger than {MOST_MEGABYTES} MB. Bring it by command: "
            "trellis framework import."
        )
    return file
