"""The components, the layout, form fields and what is vendored."""

import hashlib
import re
from pathlib import Path

import pytest
from django import forms
from django.test import Client, override_settings

from trellis import ui
from trellis.ui.specimens import SpecimenForm
from trellis.ui.visibility import shared_with

STATIC = Path(ui.__file__).parent / "static" / "ui"
TEMPLATES = Path(ui.__file__).parent / "templates"


@pytest.fixture
def style_guide(client: Client, db: None) -> str:
    with override_settings(TRELLIS_DEMO=True):
        return client.get("/styleguide/").content.decode()


def test_the_style_guide_shows_every_component_with_none_left_unrendered(style_guide: str) -> None:
    assert "<c-" not in style_guide
    assert "</c-" not in style_guide
    for name in ("t-next", "t-sure--well", "t-vis", "t-state--wait", "t-notice--problem"):
        assert name in style_guide
    for name in ("t-empty", "t-hidden", "t-chart", "t-verdict", "t-stem", "t-table-stack"):
        assert name in style_guide


def test_the_style_guide_has_each_id_once_and_nothing_inline(style_guide: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', style_guide)

    assert sorted(ids) == sorted(set(ids))
    assert not re.search(r"\sstyle=", style_guide)
    assert not re.search(r"<script(?![^>]*\ssrc=)", style_guide)


@pytest.mark.django_db
def test_outside_the_demonstration_the_style_guide_asks_to_sign_in(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 302


def test_every_icon_that_a_template_uses_is_in_the_sprite() -> None:
    sprite = (TEMPLATES / "ui" / "icons.html").read_text()
    known = set(re.findall(r'symbol id="i-([a-z0-9-]+)"', sprite))
    written = re.compile(r'href="#i-([a-z0-9-]+)"|<c-icon name="([a-z0-9-]+)"')

    used = {
        found[1] or found[2]
        for template in Path(ui.__file__).parents[1].rglob("templates/**/*.html")
        for found in written.finditer(template.read_text())
    }

    assert used
    assert used <= known


def test_a_field_comes_with_its_label_who_sees_it_its_hint_and_its_problem() -> None:
    form = SpecimenForm({"target": "31 November", "question": "Who explains?"})

    html = str(form)

    assert 'value="31 November"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_target_error"' in html
    assert 'id="id_target_error"' in html
    assert "Did you mean November 30?" in html
    assert "You and Ben" in html
    assert 'class="form-select"' in html


def test_what_is_typed_into_a_field_and_its_label_are_escaped() -> None:
    class Sharp(forms.Form):
        claim = forms.CharField(label="A <claim>")

    html = str(Sharp({"claim": '"><script>'}))

    assert "<script>" not in html
    assert "A &lt;claim&gt;" in html


def test_a_problem_with_the_whole_form_stands_above_its_fields() -> None:
    form = SpecimenForm({})
    form.is_valid()
    form.add_error(None, "The two dates are the wrong way round.")

    html = str(form)

    assert html.index("wrong way round") < html.index("Your question")
    assert 'role="alert"' in html


@pytest.mark.parametrize(
    ("names", "words"),
    [([], "Only you"), (["Ben"], "You and Ben"), (["Ben", "Chi"], "You, Ben, Chi")],
)
def test_visibility_names_people(names: list[str], words: str) -> None:
    assert str(shared_with(names)) == words


def test_vendored_files_are_the_ones_that_are_written_down() -> None:
    listed: dict[str, str] = dict(
        re.findall(
            r"\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|",
            (STATIC / "vendor/VENDORED.md").read_text(),
        )
    )

    vendored = [p for p in (STATIC / "vendor").iterdir() if p.suffix in {".css", ".woff2", ".js"}]

    assert {p.name for p in vendored} == set(listed)
    for path in vendored:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[path.name], path.name


def test_our_own_style_sheets_stay_small() -> None:
    lines = sum(len(p.read_text().splitlines()) for p in (STATIC / "css").glob("*.css"))

    assert lines <= 650


def test_both_ways_to_ask_for_more_contrast_raise_the_same_colors() -> None:
    css = (STATIC / "css/tokens.css").read_text()

    chosen = re.search(r'data-contrast="more"\] \{([^}]*)\}', css)
    asked = re.search(r"prefers-contrast: more\) \{\s*:root \{([^}]*)\}", css)

    assert chosen is not None
    assert asked is not None
    assert chosen[1].split() == asked[1].split()


def test_a_component_can_stand_before_a_full_stop() -> None:
    """A line break at the end of its file would show as a space behind it."""
    for component in (TEMPLATES / "cotton").glob("*.html"):
        assert not component.read_text()[-1].isspace(), component.name
