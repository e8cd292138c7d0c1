"""Pages are built in one way and speak in one voice."""

import re

from tests.house.tree import Page, modules, templates, told

# What a reader never sees: comments, tags, attributes, addresses.
UNSEEN = re.compile(
    r"\{#.*?#\}|\{% comment.*?endcomment %\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->"
    r"|<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>",
    re.DOTALL,
)
FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=\"(https?:[^\"]+)")
BARE_ESTIMATE = re.compile(r"\{\{\s*[\w.]*\b(estimate|mean|effect)\b(\.\w+)?\s*(\|[^}]*)?\}\}")
# Word -> what to say instead. `\b` on both sides is added.
BANNED = {
    r"scores?|scored|scoring": "level words, or 'result' where a student's test is meant",
    r"rank(ed|ing|s)?": "nothing: people are not ranked; of programs say 'place'",
    r"assign(ed|s|ment)?": "offered, chosen or invited; of a lottery say 'drawn'",
    r"complian(ce|t)|non-?compliant": "participation, tried in class",
    r"overdue|late": "'was planned for Nov 12. Move it?'",
    r"deficits?|weakness(es)?|gaps?": "focus, next step, strength to build on",
    r"observations?|observed|observer": "visit, what was seen, looks",
    r"mandat(ed|ory)|must complete": "offered, chosen",
    r"remediation|underperform\w*|low[- ]perform\w*|at-risk": "focus, next step",
    r"proves?|proven": "evidence suggests",
    r"users?|entit(y|ies)": "the person: teacher, coach, you",
    r"failing|failure": "what happened and what to do next",
    r"audit|inspection|walkthrough": "visit, who has looked",
}
# (part of a template's name, word) -> why the word is right there.
ALLOWED: dict[tuple[str, str], str] = {
    ("ui/templates/ui/style_guide.html", "failure"): "says what a verdict is not",
}
# Fragments and frames: they are put into a page, or are the page around one. The page for a
# broken server stands alone, for it is shown when no layout can be trusted to render.
NOT_A_PAGE = re.compile(
    r"templates/cotton/|templates/ui/|/_\w+\.html$|/parts?/|/e?mail/|templates/500\.html$"
)
# A line that fits a screen beside an editor's own margins.
LONGEST_LINE = 160


def _pages() -> list[Page]:
    return [page for page in templates() if not NOT_A_PAGE.search(page.name)]


def test_no_page_carries_style_or_script_of_its_own() -> None:
    inside = re.compile(r"<style\b|\sstyle=|<script\b(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:")
    found = [
        f"{page.name}: {match.group(0).strip()}"
        for page in templates()
        for match in inside.finditer(page.text)
    ]

    assert not found, told(
        found,
        "The content policy lets none of it run. Use a class of trellis.css, an SVG attribute, or "
        "a module under static/:",
    )


def test_each_page_stands_in_a_layout() -> None:
    found = [
        page.name
        for page in _pages()
        if not re.match(r"\s*(\{#.*?#\}\s*)*\{% extends ", page.text, re.DOTALL)
        and re.search(r"<html|\{% block main|<h1", page.text)
    ]

    assert not found, told(found, 'Begin with {% extends "ui/base.html" %} (or ui/plain.html):')


def test_nothing_comes_from_elsewhere() -> None:
    found = [
        f"{page.name}: {address}"
        for page in templates()
        for address in re.findall(
            r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=\"(https?:[^\"]+)", page.text
        )
    ]

    assert not found, told(found, "Vendor the file under ui/static/ with its license:")


def test_pages_use_the_words_of_the_field() -> None:
    found = []
    for page in templates():
        seen = UNSEEN.sub(" ", page.text)
        for words, instead in BANNED.items():
            for match in re.finditer(rf"\b(?:{words})\b", seen, re.IGNORECASE):
                if (page.name, match.group(0).lower()) not in ALLOWED:
                    around = " ".join(seen[max(0, match.start() - 30) : match.end() + 30].split())
                    found.append(f"{page.name}: “{around}” - say {instead}")

    assert not found, told(found, "These words cost trust. Say instead:")


def test_each_figure_of_an_estimate_comes_with_its_interval() -> None:
    found = [
        f"{page.name}: {match.group(0)}"
        for page in templates()
        for match in BARE_ESTIMATE.finditer(page.text)
    ]

    assert not found, told(
        found, "Print the sentence that holds estimate, interval and n, made in a query:"
    )


def test_a_line_of_a_template_can_be_read_without_scrolling() -> None:
    found = [
        f"{page.name}:{number} {len(line)} characters"
        for page in templates()
        for number, line in enumerate(page.text.splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]

    assert not found, told(
        found,
        "One block element a line, two spaces in for each nesting, `{% if %}` and `{% for %}` on "
        "lines of their own. Inside a sentence break only where a space stands already: elsewhere "
        "a line break shows as a space. The longest line is of "
        f"{LONGEST_LINE} characters:",
    )


def test_template_tags_hold_no_logic_of_the_product() -> None:
    found = [
        m.name
        for m in modules()
        if "/templatetags/" in m.name
        and re.search(r"\.objects\b|from trellis\.\w+\.models", m.text)
    ]

    assert not found, told(found, "A tag only draws. Read in queries.py, pass the row to the page:")


def test_no_page_sorts_people() -> None:
    sorting = re.compile(r"\|\s*dictsort(reversed)?\b")
    found = [
        f"{page.name}: {match.group(0)}"
        for page in templates()
        for match in sorting.finditer(page.text)
    ]

    assert not found, told(
        found,
        "A page shows rows in the order in which its query gives them, and queries list people "
        "by name, never by a measure:",
    )
