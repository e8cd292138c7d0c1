"""Render every form field of the product the same way: label, who sees it, hint, problem.

A form says who sees a field by an attribute `visible_to`, a dict of field name to Visible, set on
the class or, where it depends on people, in `__init__`. Everything else is Django's own: write
`{{ form }}`, `{{ form.field.as_field_group }}` or `<c-field :field="form.field" />`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BoundField, Widget, widgets
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from trellis.ui.visibility import Visible

# Drawn as words to tap by ui/field.html, which styles them through their label.
_TAPPED = (widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple)


class TrellisField(BoundField):
    """A field that knows who can see what is typed into it."""

    @property
    def visible_to(self) -> Visible | None:
        known: dict[str, Visible] = getattr(self.form, "visible_to", {})
        return known.get(self.name)

    @property
    def is_tapped(self) -> bool:
        return isinstance(self.field.widget, (widgets.RadioSelect, widgets.CheckboxSelectMultiple))

    @property
    def is_yes_or_no(self) -> bool:
        return isinstance(self.field.widget, widgets.CheckboxInput)

    # Any: the parent's signature, which django-stubs types so.
    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if isinstance(widget, _TAPPED) or widget.is_hidden:
            return built
        own = "form-select" if isinstance(widget, widgets.Select) else "form-control"
        given = widget.attrs.get("class", "")
        return {**built, "class": f"{own} {given}".strip()}


class FormRenderer(DjangoTemplates):
    """The form renderer of the product; named in the setting FORM_RENDERER."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = TrellisField


def carried_out(form: BaseForm, act: Callable[[], object]) -> bool:
    """Do what a valid form asks; what the action refuses in words stands on the form again."""
    try:
        act()
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True


def one_tap(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Do what a single button asks; what the action refuses is said on the next page."""
    try:
        act()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return False
    return True
