"""Let administrators say what a vendor's columns mean, and keep that for the next file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.evidence import policies
from trellis.people.requests import PersonRequest
from trellis.ui.visibility import Visible
from trellis.web import tasks
from trellis.web.imports import administrator

if TYPE_CHECKING:
    import polars as pl

    from trellis.evidence.models import Import
    from trellis.interchange.csv_text import CsvText
    from trellis.interchange.mapping import ColumnMapping
    from trellis.interchange.mapping_proposal import Proposal, SeenColumn
    from trellis.interchange.problems import Problem
    from trellis.web.mapping_form import MappingForm

ROWS_SHOWN, PROBLEMS_SHOWN = 5, 8


class TakeInForm(forms.Form):
    shared = forms.FileField(
        label="A mapping that another district shares",
        help_text="A JSON file. It holds names of columns and words, no results.",
    )
    visible_to = {"shared": Visible("Administrators", "users")}


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as Trellis would read them, and what it stumbles over."""

    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    problems: Sequence[Problem]
    unshown: int
    read: int
    brought: int


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Ask what the columns of one file mean; every answer shows at once what comes of it."""
    from trellis.evidence import imports as flow

    me = administrator(request)
    brought = policies.imports.open(me, pk)
    if brought.state not in flow.AGAIN:
        return redirect("web:import", brought.pk)
    file = request.GET.get("file", "")
    text, proposal, form = _asked(request, brought, file)
    shown = form.proposed
    if form.is_bound and form.is_valid():
        shown = form.mapping
        if "save" in request.POST:
            form.ask_for_what_is_missing()
            if form.is_valid() and _save(request, brought, form):
                return redirect("web:import", brought.pk)
    page = {"brought": brought, "file": file, "form": form, "columns": _columns(text, proposal),
            "preview": _preview(text, shown, file), "table": form.table}  # fmt: skip
    return render(request, "web/mapping.html", page, status=422 if form.errors else 200)


def _asked(
    request: PersonRequest, brought: Import, file: str
) -> tuple[CsvText, Proposal, MappingForm]:
    from trellis.evidence import mappings as kept  # late: it reads polars
    from trellis.evidence.queries import objectives_by_code
    from trellis.interchange.mapping import best_fit
    from trellis.interchange.mapping_proposal import FEWEST_COLUMNS, Proposal, propose
    from trellis.people.numbers_loading import asked_about
    from trellis.web.mapping_form import MappingForm, table_named

    text = kept.first_rows(brought, file)
    if text is None or len(text.header) < FEWEST_COLUMNS or not text.rows.height:
        raise Http404
    table = table_named(request.GET.get("of", ""))
    proposal, name, vendor = propose(text, table), "", ""
    found = None if table else best_fit(kept.in_use(), text.header)
    if found:
        name = found[0]
        vendor = next(one.vendor for one in kept.newest() if one.name == name)
        proposal = Proposal(found[1], proposal.columns)
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        columns=proposal.columns, start=proposal.mapping, name=name, vendor=vendor,
        matches=lambda column: asked_about(_first(text, column)).shares(),
        objectives=objectives_by_code(),
    )  # fmt: skip
    return text, proposal, form


def _save(request: PersonRequest, brought: Import, form: MappingForm) -> bool:
    from trellis.evidence import imports as flow
    from trellis.evidence import mappings as kept

    said = form.cleaned_data
    try:
        saved = kept.save(form.mapping, name=said["name"], vendor=said["vendor"], by=request.user)
    except ValidationError as problem:
        form.add_error("name", problem)
        return False
    if flow.check_again(brought):
        tasks.check_import.enqueue(str(brought.pk))
    messages.success(request, f"“{saved.name}” is kept. Files of this layout are read by it now.")
    return True


def _first(text: CsvText, column: str) -> pl.Series:
    """Return the filled cells of a column in the first rows."""
    from trellis.interchange.mapping_proposal import ROWS_LOOKED_AT

    cells = text.rows.head(ROWS_LOOKED_AT)[column].str.strip_chars()
    return cells.filter(cells != "")


def _columns(text: CsvText, proposal: Proposal) -> list[tuple[SeenColumn, list[str]]]:
    """Turn the first rows on their side: a line for each column fits a phone."""
    first = text.rows.head(3)
    return [(one, [cell or "" for cell in first[one.name]]) for one in proposal.columns]


def _preview(text: CsvText, mapping: ColumnMapping, file: str) -> Preview:
    from trellis.interchange.checking import check
    from trellis.interchange.csv_text import CsvText
    from trellis.interchange.mapping import apply_mapping, in_the_files_words
    from trellis.interchange.mapping_proposal import ROWS_LOOKED_AT
    from trellis.interchange.student_numbers import SOURCED_ID, STUDENT
    from trellis.people.numbers_loading import asked_about
    from trellis.web.mapping_form import LABELS

    first = CsvText(text.header, text.rows.head(ROWS_LOOKED_AT), text.problems)
    mapped = apply_mapping(first, mapping, file)
    unnamed: list[Problem] = []
    if STUDENT in mapped.rows.columns and mapping.student_kind != SOURCED_ID:
        by_number = asked_about(mapped.rows[STUDENT]).by(mapping.student_kind)
        named, unnamed = by_number.name(mapped.rows, file)
        mapped = replace(mapped, rows=named)
    # Where one try counts, a test that is taken again is no problem.
    once = mapping.retakes == "listed"
    spec = mapping.spec if once else replace(mapping.spec, key=())
    checked = check(mapped, spec, file)
    problems = in_the_files_words([*checked.problems, *unnamed], mapping)
    names = [name for name in LABELS if name in mapped.rows.columns]
    rows = mapped.rows.select(names).head(ROWS_SHOWN).rows() if names else []
    return Preview(
        headings=tuple(LABELS[name] for name in names),
        rows=[[cell or "" for cell in row] for row in rows],
        problems=problems[:PROBLEMS_SHOWN],
        unshown=max(0, len(problems) - PROBLEMS_SHOWN),
        read=first.rows.height,
        brought=mapped.rows.height,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def mappings(request: PersonRequest) -> HttpResponse:
    """List the layouts that Trellis knows; take in one that another district shares."""
    from trellis.evidence import mappings as kept

    me = administrator(request)
    form = TakeInForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = TakeInForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                data = form.cleaned_data["shared"].read(kept.MOST_BYTES + 1)
                saved = kept.take_in(data, by=me)
            except ValidationError as problem:
                form.add_error("shared", problem)
            else:
                messages.success(request, f"“{saved.name}” is known now.")
                return redirect("web:mappings")
    page = {"form": form, "mappings": kept.newest()}
    return render(request, "web/mappings.html", page, status=422 if form.errors else 200)


@require_safe
def as_file(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a mapping as JSON, for another district."""
    from trellis.evidence import mappings as kept

    one = policies.mappings.open(administrator(request), pk)
    answer = HttpResponse(kept.as_file(one), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="mapping-{one.pk}.json"'
    return answer


@require_POST
def put_away(request: PersonRequest, pk: int) -> HttpResponse:
    from trellis.evidence import mappings as kept

    me = administrator(request)
    one = policies.mappings.open(me, pk)
    kept.put_away(one, by=me)
    messages.success(request, f"“{one.name}” was put away. What it brought stays.")
    return redirect("web:mappings")
