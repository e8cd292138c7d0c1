"""Translate between browsers and frameworks: read them, bring them, put a version in use."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.evidence import framework_queries as queries
from trellis.evidence import policies
from trellis.evidence.forms import BringCrosswalkForm, BringFrameworkForm, FindItemsForm
from trellis.evidence.framework import elements, shipped_terms
from trellis.evidence.models import Framework, FrameworkVersion
from trellis.people.models import Person, Role
from trellis.people.queries import has_role, roles_of
from trellis.people.requests import PersonRequest

if TYPE_CHECKING:
    from trellis.interchange.problems import Problem


def administrator(request: PersonRequest) -> Person:
    """Return the administrator who asks; nobody else brings frameworks."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise PermissionDenied
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
def frameworks(request: PersonRequest) -> HttpResponse:
    """List the frameworks with their terms; take a file, and say what is wrong with it."""
    me = administrator(request)
    form = BringFrameworkForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        version, problems = _bring(form, by=me)
        if version is not None:
            return redirect("evidence:version", version.pk)
    rows = queries.framework_rows(policies.frameworks.visible(me))
    context = {"form": form, "rows": rows, "problems": problems}
    refused = request.method == "POST"
    return render(request, "evidence/frameworks.html", context, status=422 if refused else 200)


def _bring(
    form: BringFrameworkForm, *, by: Person
) -> "tuple[FrameworkVersion | None, tuple[Problem, ...]]":
    from trellis.evidence import frameworks as actions  # late: it reads pydantic

    said = dict(form.cleaned_data)
    file = said.pop("file")
    stated = actions.Stated(**said | {"kind": said["kind"] or None})
    found = actions.read(file.read(), _name(file), stated)
    try:
        return actions.bring(found, source=_name(file), by=by), ()
    except actions.CannotBring as refusal:
        return None, refusal.problems


# Any: what an uploaded file holds is not typed.
def _name(file: UploadedFile[Any]) -> str:
    return file.name or "file"


@require_safe
def framework(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the version in use to whoever works here; to administrators, also what came before."""
    one = policies.frameworks.open(request.user, pk)
    version = queries.shown_version(one)
    may_manage = has_role(request.user, Role.ADMINISTRATOR)
    if version is None and not may_manage:
        raise Http404
    find = FindItemsForm(request.GET)
    words = find.cleaned_data["words"] if find.is_valid() else ""
    context = {
        "framework": one,
        "page": queries.version_page(version, words=words) if version else None,
        "versions": queries.version_rows(one) if may_manage else (),
        "may_manage": may_manage,
        "find": find,
    }
    return render(request, "evidence/framework.html", context)


@require_safe
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one version, what was read past in its file, and what it would change."""
    return _version_page(request, policies.versions.open(request.user, pk))


def _version_page(
    request: PersonRequest, one: FrameworkVersion, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    from trellis.evidence.frameworks import difference_to_current

    find = FindItemsForm(request.GET)
    context = {
        "page": queries.version_page(one, words=find.data.get("words", "")),
        "findings": one.findings,
        "change": difference_to_current(one),
        "refusal": refusal,
        "find": find,
    }
    return render(request, "evidence/version.html", context, status=status)


@require_POST
def adopt(request: PersonRequest, pk: int) -> HttpResponse:
    from trellis.evidence import frameworks as actions

    one = policies.versions.open(request.user, pk)
    actions.adopt(one, by=request.user)
    messages.success(request, f"Version {one.number} of “{one.framework.title}” is in use.")
    return redirect("evidence:framework", one.framework_id)


@require_POST
def put_away(request: PersonRequest, pk: int) -> HttpResponse:
    from trellis.evidence import frameworks as actions

    me = administrator(request)
    one: Framework = policies.frameworks.open(me, pk)
    actions.put_away(one, by=me)
    messages.success(request, f"“{one.title}” is out of use. Its versions are kept.")
    return redirect("evidence:frameworks")


@require_safe
def version_file(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a version out as a package or a table; a private one stays, and the page says why."""
    from trellis.evidence import frameworks as actions

    one = policies.versions.open(request.user, pk)
    table = request.GET.get("as") == "table"
    try:
        data = actions.export(one, table=table)
    except actions.CannotLeave as refusal:
        return _version_page(request, one, refusal=str(refusal), status=403)
    name = f"framework-{one.framework_id}-version-{one.number}.{'csv' if table else 'json'}"
    kind = "text/csv; charset=utf-8" if table else "application/json"
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def crosswalk(request: PersonRequest) -> HttpResponse:
    """List how items of frameworks relate; take a table of relations."""
    from trellis.evidence import frameworks as actions

    me = administrator(request)
    form = BringCrosswalkForm(request.POST or None, request.FILES or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            added = actions.bring_crosswalk(file.read(), _name(file), by=me)
        except actions.CannotBring as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"{added:,} new relations. Those that were there stay.")
            return redirect("evidence:crosswalk")
    rows, total = queries.link_rows()
    context = {"form": form, "rows": rows, "total": total, "problems": problems}
    refused = request.method == "POST"
    return render(request, "evidence/crosswalk.html", context, status=422 if refused else 200)


@require_safe
def practice(request: PersonRequest) -> HttpResponse:
    """Say what the words of the practice framework mean, element by element."""
    # Relations quote other frameworks, and a private one is read by those who work here alone.
    relations = queries.relations_of_elements() if roles_of(request.user) else {}
    rows = [(element, relations.get(code, ())) for code, element in elements().items()]
    return render(request, "evidence/practice.html", {"rows": rows, "terms": shipped_terms()})
