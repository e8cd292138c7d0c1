"""Let a teacher ask her class, and let students answer by a code, without an account."""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trellis.evidence import asking, policies, queries
from trellis.evidence.instrument import ANSWERS, ITEMS, LABELS, level_for
from trellis.evidence.models import ClassCollection
from trellis.insights import actions as insights
from trellis.insights import policies as insight_policies
from trellis.people.models import Person
from trellis.people.requests import PersonRequest
from trellis.ui.visibility import COUNTED, ONLY_YOU

# Wrong codes from one place before it has to wait; a school often has one address for all.
MISSES, FORGET_AFTER = 200, timedelta(hours=1)
COOKIE = "trellis_class"
# Codes are read aloud and typed by children.
LONGEST_CODE = 12


class AskForm(forms.Form):
    reading_level = forms.ChoiceField(
        label="Words for", choices=[("younger", "Grades 3 to 5"), ("older", "Grades 6 to 12")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    visible_to = {"reading_level": ONLY_YOU}


class CodeForm(forms.Form):
    code = forms.CharField(
        label="The code of your class", max_length=LONGEST_CODE,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    visible_to = {"code": COUNTED}


class AnswersForm(forms.Form):
    """Ten questions; each may be left out."""

    def __init__(self, *args: object, collection: ClassCollection) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # passed on as given
        level = asking.level_of(collection)
        choices = list(zip(ANSWERS, LABELS[level], strict=True))
        for item in ITEMS:
            self.fields[item.code] = forms.ChoiceField(
                label=item.words(level), choices=choices, widget=forms.RadioSelect, required=False
            )


@require_safe
def ask_my_class(request: PersonRequest) -> HttpResponse:
    """List her classes, each with what is asked now and what was asked before."""
    _close_expired(request.user)
    page = {"classes": queries.classes_to_ask(request.user)}
    return render(request, "web/ask_my_class.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Open a collection for one of her classes."""
    section = insight_policies.classes.open(request.user, pk)
    form = AskForm(request.POST or None, initial={"reading_level": level_for(section.grade)})
    if request.method == "POST" and form.is_valid():
        try:
            level = form.cleaned_data["reading_level"]
            collection = asking.ask(section, by=request.user, level=level)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return redirect("web:class_collection", collection.pk)
    page = {"section": section, "form": form, "items": ITEMS}
    return render(request, "web/ask.html", page, status=422 if form.errors else 200)


@require_safe
def collection(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show the code and how many answered; once it is closed, what the class said."""
    _close_expired(request.user)
    found = policies.collections.open(request.user, pk)
    page = {"collection": found, "results": asking.results(found),
            "fewest": asking.FEWEST_ANSWERS,
            "address": request.build_absolute_uri("/class/")}  # fmt: skip
    return render(request, "web/class_collection.html", page)


@require_safe
def show_code(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show the code large, to project or to print."""
    found = policies.collections.open(request.user, pk)
    if not found.code:
        return redirect("web:class_collection", found.pk)
    page = {"collection": found, "address": request.get_host() + "/class/"}
    return render(request, "web/show_code.html", page)


@require_POST
def close(request: PersonRequest, pk: UUID) -> HttpResponse:
    """End a collection; what the class said counts in her insights at once."""
    found = policies.collections.open(request.user, pk)
    if asking.close(found, by=request.user):
        insights.refresh(request.user)
        messages.success(request, "Closed. Only you see what your class said.")
    return redirect("web:class_collection", found.pk)


def _close_expired(teacher: Person) -> None:
    if asking.close_expired(of=teacher):
        insights.refresh(teacher)


# for students: no account, nothing about who asks and who answers --------------------------


@never_cache
@login_not_required
@require_safe
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a class."""
    form = CodeForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("web:class_questions", form.cleaned_data["code"].strip().upper())
    return render(request, "web/class_code.html", {"form": form})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the ten questions, and count the answers once."""
    if _has_missed_too_often(request):
        return _no_such_code(
            request, "Too many codes were wrong. Wait a while, then try again.", 429
        )
    found = asking.open_by_code(code)
    if found is None:
        _remember_miss(request)
        return _no_such_code(request, "This code is not in use. Look at it again.", 404)
    once = request.COOKIES.get(_cookie(found), "")
    if request.method == "POST":
        return _answered(request, found, once)
    if "again" in request.GET or not once:
        once = secrets.token_urlsafe(16)
    page = {"collection": found, "form": AnswersForm(collection=found),
            "has_sent": asking.has_sent(found, once)}  # fmt: skip
    answer = render(request, "web/class_questions.html", page)
    # The one thing a browser keeps: a random word, so that the same answers count once.
    answer.set_cookie(_cookie(found), once, path=request.path, httponly=True, samesite="Strict",
                      secure=request.is_secure())  # fmt: skip
    return answer


def _answered(request: HttpRequest, found: ClassCollection, once: str) -> HttpResponse:
    form = AnswersForm(request.POST, collection=found)
    if form.is_valid():
        try:
            if not once:
                raise asking.NotTaken("This page was open for long. Open it again with the code.")
            asking.answer(found, form.cleaned_data, once=once)
        except asking.NotTaken as problem:
            form.add_error(None, problem)
        else:
            return redirect("web:class_thanks")
    page = {"collection": found, "form": form}
    return render(request, "web/class_questions.html", page, status=422)


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "web/class_thanks.html")


def _cookie(found: ClassCollection) -> str:
    """Name the word apart for each class: a shared machine serves several."""
    return f"{COOKIE}_{sha256(str(found.pk).encode()).hexdigest()[:8]}"


def _no_such_code(request: HttpRequest, words: str, status: int) -> HttpResponse:
    form = CodeForm()
    return render(request, "web/class_code.html", {"form": form, "problem": words}, status=status)


def _place(request: HttpRequest) -> str:
    # A digest in the memory of the process, for an hour; nothing of it is stored.
    address = request.META.get("REMOTE_ADDR", "")
    return f"class-code:{sha256(address.encode()).hexdigest()}"


def _has_missed_too_often(request: HttpRequest) -> bool:
    return int(cache.get(_place(request), 0)) >= MISSES


def _remember_miss(request: HttpRequest) -> None:
    place = _place(request)
    cache.add(place, 0, FORGET_AFTER.total_seconds())
    cache.incr(place)
