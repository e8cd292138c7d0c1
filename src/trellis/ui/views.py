"""Show every component in every state, for those who build and those who check."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show the style guide: to anybody in a demonstration, else to those who are signed in."""
    # Late: the made-up figures of the guide are of no use to any other page.
    from trellis.ui import specimens

    is_open = settings.TRELLIS_DEMO or settings.DEBUG
    if not is_open and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    return render(request, "ui/style_guide.html", specimens.all_of_them())
