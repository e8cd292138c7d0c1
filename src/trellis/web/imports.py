"""Let administrators bring files in: drop, look at what is wrong and what would change, apply."""

import csv
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.evidence import listing, policies, queries
from trellis.evidence.models import Import
from trellis.evidence.words import WHOLE, back_row
from trellis.interchange.spreadsheet import closed
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


class AcceptForm(forms.Form):
    """The word of a person who was told how many would leave."""

    accept_leavers = forms.BooleanField(
        label="I have checked it: they are rightly no longer in the files",
        error_messages={"required": "Tick this first, or refuse the import and look at the files."},
    )
    visible_to = {"accept_leavers": ADMINISTRATORS}


class LinesForm(forms.Form):
    """Which part of an import's changes to show; what cannot be read is left out."""

    kind = forms.CharField(max_length=60)
    what = forms.ChoiceField(choices=[(what, words) for what, words in WHOLE.items()])
    page = forms.IntegerField(required=False, min_value=1)
    visible_to = {"kind": ADMINISTRATORS, "what": ADMINISTRATORS, "page": ADMINISTRATORS}


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
    return _import_page(request, brought, AcceptForm())


def _import_page(
    request: PersonRequest, brought: Import, form: AcceptForm, status: int = 200
) -> HttpResponse:
    context = {"page": queries.import_page(brought), "form": form}
    return render(request, "web/import.html", context, status=status)


@require_safe
def lines(request: PersonRequest, pk: UUID) -> HttpResponse:
    """List by name all things of one kind that an import adds, changes or sets aside."""
    brought = policies.imports.open(administrator(request), pk)
    form = LinesForm(request.GET)
    if not form.is_valid():
        return redirect("web:import", brought.pk)
    kind, what = form.cleaned_data["kind"], form.cleaned_data["what"]
    page = listing.page(brought, kind, what, form.cleaned_data["page"] or 1)
    context = {"brought": brought, "kind": kind, "title": WHOLE[what], "page": page}
    return render(request, "web/import_lines.html", context)


@require_POST
def sound_rows(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Look at refused files anew, without the rows that have problems."""
    from trellis.evidence.imports import begin_with_sound_rows

    brought = policies.imports.open(administrator(request), pk)
    if begin_with_sound_rows(brought):
        tasks.check_import.enqueue(str(brought.pk))
    else:
        messages.error(request, "These files were put away. Bring them again.")
    return redirect("web:import", brought.pk)


@require_safe
def left_out(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Give the list of what stays out as a table for a spreadsheet."""
    brought = policies.imports.open(administrator(request), pk)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="stays-out.csv"'
    table = csv.writer(answer)
    table.writerow(("file", "row", "field", "found", "expected", "what to do"))
    for said in listing.left_out(brought):
        table.writerow(closed(str(cell)) for cell in said)
    return answer


@require_POST
def apply(request: PersonRequest, pk: UUID) -> HttpResponse:
    from trellis.evidence.imports import begin_applying

    brought = policies.imports.open(administrator(request), pk)
    form = AcceptForm(request.POST)
    accepted = form.is_valid()
    if queries.import_page(brought).asks and not accepted:
        return _import_page(request, brought, form, status=422)
    if begin_applying(brought, accept_leavers=accepted):
        tasks.apply_import.enqueue(str(brought.pk))
    return redirect("web:import", brought.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say what undoing the last import would take back, and do it when told to."""
    from trellis.evidence import undoing
    from trellis.web.loaders import DERIVED

    brought = policies.imports.open(administrator(request), pk)
    if not undoing.can_be_undone(brought):
        messages.error(request, "Only the last import that was applied can be undone, and once.")
        return redirect("web:import", brought.pk)
    if request.method == "POST":
        if undoing.begin_undoing(brought):
            tasks.undo_import.enqueue(str(brought.pk), str(request.user.pk))
        return redirect("web:import", brought.pk)
    rows = [back_row(one) for one in undoing.preview(brought, derived=DERIVED)]
    return render(request, "web/import_undo.html", {"brought": brought, "rows": rows})


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
