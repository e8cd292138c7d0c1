"""Translate between browsers and accounts: signing in, one's own account, administration."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from trellis.people import actions, demonstration, policies, queries
from trellis.people.forms import (
    AskForPasswordForm,
    EndRoleForm,
    GrantForm,
    NewPasswordForm,
    PeopleFilterForm,
    SignInForm,
)
from trellis.people.models import Person, Role

BACKEND = "django.contrib.auth.backends.ModelBackend"


def reader(request: HttpRequest) -> Person:
    """Return the person who is signed in; the middleware lets no one else this far."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


@sensitive_post_parameters()
@never_cache
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail and password; in the demonstration also offer a card for each of the cast."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.check_sign_in(
                **form.cleaned_data, address=request.META.get("REMOTE_ADDR", "")
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            login(request, person, backend=BACKEND)
            return redirect(_wanted_page(request))
    context = {"form": form, "cast": demonstration.cards(), "next": _wanted_page(request)}
    return render(request, "people/sign_in.html", context, status=422 if form.errors else 200)


@require_POST
@login_not_required
def sign_in_as_cast(request: HttpRequest) -> HttpResponse:
    """Be one of the cast, in the demonstration and nowhere else."""
    person = demonstration.cast_member(request.POST.get("cast", ""))
    logout(request)  # nothing of the one before stays in the session
    login(request, person, backend=BACKEND)
    return redirect(_wanted_page(request))


@require_POST
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _wanted_page(request: HttpRequest) -> str:
    """Return the page that was asked for before signing in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"


class AskForPassword(PasswordResetView):
    """Send a link to choose a password; says the same whether or not the address is known."""

    form_class = AskForPasswordForm
    template_name = "people/password_ask.html"
    email_template_name = "people/password_email.txt"
    subject_template_name = "people/password_email_subject.txt"
    success_url = reverse_lazy("people:password_sent")


@login_not_required
def password_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "people/password_sent.html")


class ChoosePassword(PasswordResetConfirmView):
    """Let the holder of a link choose a password."""

    template_name = "people/password_choose.html"
    success_url = reverse_lazy("people:sign_in")

    def form_valid(self, form: SetPasswordForm[Person]) -> HttpResponse:
        actions.change_password(form.user, password=form.cleaned_data["new_password1"])
        messages.success(self.request, "Your new password is set. Sign in with it.")
        return super().form_valid(form)


@require_safe
def appearance(request: HttpRequest) -> HttpResponse:
    return render(request, "people/appearance.html")


@sensitive_post_parameters()
def account(request: HttpRequest) -> HttpResponse:
    """Show a person her own account, and let her change her password."""
    me = reader(request)
    form = NewPasswordForm(request.POST or None, person=me)
    if request.method == "POST" and form.is_valid():
        actions.change_password(me, password=form.cleaned_data["new"])
        update_session_auth_hash(request, me)  # stay signed in here, be signed out elsewhere
        messages.success(request, "Your password is changed. Other devices are signed out.")
        return redirect("people:account")
    context = {"form": form, "grants": queries.grant_rows(me)}
    return render(request, "people/account.html", context, status=422 if form.errors else 200)


def _administrator(request: HttpRequest) -> Person:
    me = reader(request)
    if not queries.has_role(me, Role.ADMINISTRATOR):
        raise PermissionDenied
    return me


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List accounts for administrators, by name."""
    me = _administrator(request)
    form = PeopleFilterForm(request.GET)
    form.is_valid()  # a filter that cannot be read is left out, and its field says so
    number = request.GET.get("page", "1")
    page = queries.people_page(
        policies.accounts.visible(me),
        **form.cleaned_data,
        number=int(number) if number.isdecimal() else 1,
    )
    return render(request, "people/people.html", {"form": form, "page": page})


@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    account_of = policies.accounts.open(_administrator(request), pk)
    return _person_page(request, account_of, GrantForm())


def _person_page(
    request: HttpRequest, account_of: Person, form: GrantForm, status: int = 200
) -> HttpResponse:
    context = {
        "account": account_of,
        "grants": queries.grant_rows(account_of),
        "form": form,
        "end_form": EndRoleForm(),
    }
    return render(request, "people/person.html", context, status=status)


@require_POST
def grant_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a role for a person."""
    me = _administrator(request)
    account_of = policies.accounts.open(me, pk, look=False)
    form = GrantForm(request.POST)
    if form.is_valid():
        wanted = dict(form.cleaned_data)
        role, reason = Role(wanted.pop("role")), wanted.pop("legitimate_interest")
        try:
            actions.grant_role(account_of, by=me, role=role, reason=reason, **wanted)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, f"The role “{role.label}” is open for {account_of}.")
            return redirect("people:person", pk)
    return _person_page(request, account_of, form, status=422)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role its last day."""
    me = _administrator(request)
    grant = policies.grants.open(me, pk, look=False)
    form = EndRoleForm(request.POST)
    problem = "Type the last day of the role as a date."
    if form.is_valid():
        try:
            actions.end_role(grant, by=me, ends_on=form.cleaned_data["ends_on"])
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            messages.success(request, f"The role “{grant.get_role_display()}” has its last day.")
            return redirect("people:person", grant.person_id)
    messages.error(request, problem)
    return redirect("people:person", grant.person_id)


@require_POST
def close_account(request: HttpRequest, pk: UUID) -> HttpResponse:
    me = _administrator(request)
    account_of = policies.accounts.open(me, pk, look=False)
    try:
        actions.close_account(account_of, by=me)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("people:person", pk)


@require_POST
def open_account(request: HttpRequest, pk: UUID) -> HttpResponse:
    me = _administrator(request)
    actions.open_account(policies.accounts.open(me, pk, look=False), by=me)
    return redirect("people:person", pk)
