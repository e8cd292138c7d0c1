"""Let administrators make and revoke the tokens by which other systems send files."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trellis.evidence import policies, systems
from trellis.people.requests import PersonRequest
from trellis.trust import clock
from trellis.web.imports import ADMINISTRATORS, administrator


def _last_day() -> object:
    return clock.today() + timedelta(days=365)


class TokenForm(forms.Form):
    name = forms.CharField(
        label="Which system sends files", max_length=60, help_text="For example “Nightly export”."
    )
    ends_on = forms.DateField(
        label="Valid until", initial=_last_day,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    may_accept_leavers = forms.BooleanField(
        label="Also apply files that leave many people out, without asking", required=False
    )
    visible_to = {"name": ADMINISTRATORS, "ends_on": ADMINISTRATORS,
                  "may_accept_leavers": ADMINISTRATORS}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: PersonRequest) -> HttpResponse:
    """List the systems that send files; make a token and show its key this once."""
    me = administrator(request)
    form, key = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, key = systems.make_token(by=me, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error("ends_on", problem)
        else:
            form = TokenForm()
    known = policies.tokens.visible(me).select_related("made_by")
    page = {"form": form, "key": key, "tokens": known, "today": clock.today(),
            "address": request.build_absolute_uri(reverse("web:api_imports"))}  # fmt: skip
    return render(request, "web/systems.html", page, status=422 if form.errors else 200)


@require_POST
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    me = administrator(request)
    token = policies.tokens.open(me, pk)
    systems.revoke(token, by=me)
    messages.success(request, f"“{token.name}” sends nothing any more. What it brought stays.")
    return redirect("web:systems")
