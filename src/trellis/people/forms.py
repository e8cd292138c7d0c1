"""Bind what people type to sign in, to choose a password, and to open and end roles."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.password_validation import validate_password

from trellis.people.models import Person, Role, RoleGrant
from trellis.people.queries import schools
from trellis.trust import clock


def _day() -> forms.DateInput:
    # type=date needs the ISO form whatever the reader's language is.
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _school_choices() -> list[tuple[str, str]]:
    return [("", "Any school"), *schools().values_list("external_id", "name")]


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="School e-mail",
        widget=forms.EmailInput({"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": "Type the e-mail that your school knows you by."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "Type your password."},
    )


class AskForPasswordForm(PasswordResetForm):
    """Ask for a link; also for a person who came with an import and has no password yet.

    Django leaves such people out, since elsewhere they sign in by other means. Here the link is
    how they get in for the first time.
    """

    def get_users(self, email: str) -> Iterator[Person]:
        return Person.objects.filter(email__iexact=email, is_active=True).iterator()


class NewPasswordForm(forms.Form):
    """Ask for the present password and a new one; only for the person herself."""

    present = forms.CharField(
        label="Your password now",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        help_text="At least ten signs. A short sentence is easier to remember than a word.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as given
        self.person = person

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.person.check_password(present):
            raise forms.ValidationError("This is not your password now. Try again.")
        return present

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.person)
        return new


class PeopleFilterForm(forms.Form):
    """Narrow the list of accounts; every field is optional and a wrong one is left out."""

    words = forms.CharField(label="Name or e-mail", required=False, max_length=100)
    school = forms.ChoiceField(label="School", required=False, choices=_school_choices)
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "Any role"), *Role.choices]
    )


class GrantForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Role.choices)
    scope_kind = forms.ChoiceField(
        label="Where", choices=RoleGrant.Scope.choices, widget=forms.RadioSelect
    )
    school = forms.ModelChoiceField(
        label="School",
        queryset=schools(),
        required=False,
        empty_label="Choose where it is a school",
    )
    scope_id = forms.CharField(
        label="Provider", required=False, help_text="For a consultant: who sends her."
    )
    starts_on = forms.DateField(label="First day", widget=_day(), initial=clock.today)
    ends_on = forms.DateField(
        label="Last day", required=False, widget=_day(), help_text="Empty: until you end it."
    )
    legitimate_interest = forms.CharField(
        label="Why this person needs it",
        max_length=300,
        help_text="One sentence. The person sees it, and so does an audit.",
        widget=forms.Textarea({"rows": 2}),
    )


class EndRoleForm(forms.Form):
    ends_on = forms.DateField(label="Last day", widget=_day(), initial=clock.today)
