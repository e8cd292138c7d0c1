"""All addresses of Trellis, and an empty page to hold them against."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from trellis.web.urls import urlpatterns as trellis_patterns


@login_not_required
def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("empty/", empty), *trellis_patterns]
