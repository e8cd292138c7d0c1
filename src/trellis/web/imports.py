"""Let administrators bring files in: drop, look at what is wrong and what would change, apply."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.evidence import policies, queries
from trellis.evidence.models import Import
from trellis.people.models import Person, Role
from trellis.people.queries import has_role
from trellis.people.requests import PersonRequest
from trellis.ui.visibility import Visible
from trellis.web import tasks

MOST_MEGABYTES = 1_500
MEGABYTE = 1_000_000
ADMINISTRATORS = Visible("Administrators", "users")


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Several files at once; Django's own field takes the last one alone."""

    widget = ManyFilesInput

    # Any: the parent's signature, which django-stubs types so.
    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        if not chosen:
            raise ValidationError("Choose at least one file.", code="required")
        if sum(file.size or 0 for file in chosen) > MOST_MEGABYTES * MEGABYTE:
            raise ValidationError(
                f"These files are larger than {MOST_MEGABYTES:,} MB together. "
                "Bring one school year at a time."
            )
        return [super(ManyFilesField, self).clean(file, initial) for file in chosen]


class BringForm(forms.Form):
    chosen = ManyFilesField(
        label="Files of the district",
        help_text="The OneRoster bundle (zip) and the CSV and JSON files of the reference, "
        "or one zip with all of them. Choose several at once, or drop them on the field.",
    )
    visible_to = {"chosen": ADMINISTRATORS}


def administrator(request: PersonRequest) -> Person:
    """Return the administrator who asks; nobody else sees imports."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise PermissionDenied
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PersonRequest) -> HttpResponse:
    """Take files and begin to check them; show what was imported before."""
    me = administrator(request)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = BringForm(request.POST, request.FILES)
        if form.is_valid():
            return redirect("web:import", _receive(form.cleaned_data["chosen"], by=me).pk)
    history = queries.import_rows(policies.imports.visible(me))
    context = {"form": form, "history": history}
    return render(request, "web/imports.html", context, status=422 if form.errors else 200)


def _receive(files: list[UploadedFile[Any]], *, by: Person) -> Import:
    from trellis.evidence.imports import receive  # late: it reads polars

    streams = [(file.name or "file", cast("BinaryIO", file.file)) for file in files]
    brought = receive(streams, by=by)
    tasks.check_import.enqueue(str(brought.pk))
    return brought


@require_safe
def one_import(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show where an import stands: at work, its problems, its preview, or what it did."""
    brought = policies.imports.open(administrator(request), pk)
    return render(request, "web/import.html", {"page": queries.import_page(brought)})


@require_POST
def apply(request: PersonRequest, pk: UUID) -> HttpResponse:
    from trellis.evidence.imports import begin_applying

    brought = policies.imports.open(administrator(request), pk)
    if begin_applying(brought):
        tasks.apply_import.enqueue(str(brought.pk))
    return redirect("web:import", brought.pk)


@require_POST
def refuse(request: PersonRequest, pk: UUID) -> HttpResponse:
    from trellis.evidence import imports as flow

    me = administrator(request)
    try:
        flow.refuse(policies.imports.open(me, pk), by=me)
    except flow.CannotApply as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The files were put away. Nothing was changed.")
    return redirect("web:imports")
