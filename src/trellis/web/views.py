"""Open the right first page, and say that the server is well."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from trellis.web.navigation import menu_of


def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the first page of her first role."""
    menu = menu_of(request.user, "")  # type: ignore[arg-type]  # the middleware lets no anonymous in
    if menu:
        return redirect(menu[0].href)
    return render(request, "web/no_role.html")


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Answer a load balancer: the process runs and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def visit_worker(request: HttpRequest) -> HttpResponse:
    """Hand out the script that opens a visit without a connection.

    From the root, since a worker may only answer for addresses below its own.
    """
    found = finders.find("ui/js/visit-worker.js")
    script = Path(str(found)).read_text()
    return HttpResponse(
        script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )
