"""What a person does in a browser, and how a page is looked at: axe, widths, light and dark."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

VENDOR = Path(__file__).parent / "vendor"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE, TABLET, DESK = 390, 820, 1440
# The rules of WCAG 2.2 AA, with those of the earlier versions that it contains.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = (
    "tags => axe.run(document, {runOnly: {type: 'tag', values: tags},"
    " resultTypes: ['violations'], preload: false})"
)


def chromium() -> str | None:
    """Return a Chromium that is there; None lets Playwright look for its own."""
    named = os.environ.get("TRELLIS_CHROMIUM")
    there = (shutil.which(n) for n in ("chromium", "chromium-browser", "google-chrome"))
    return named or next((path for path in there if path), None)


def sign_in(page: Page, given_name: str) -> None:
    """Sign in as one of the cast by one click on her card."""
    page.goto("/sign-in/")
    page.locator(f'button[name="cast"][value="{given_name.lower()}"]').click()
    expect(page).not_to_have_url("/sign-in/")


def look(page: Page, name: str) -> None:
    """Hold the page against axe, light on a desk and dark on a phone; keep pictures if asked."""
    before = page.viewport_size
    faults = [
        *_faults(page, DESK, "light"),
        *_faults(page, PHONE, "dark"),
        *_sideways(page),
    ]
    _keep_pictures(page, name)
    page.emulate_media(color_scheme=None)
    if before:
        page.set_viewport_size(before)
    assert not faults, f"{name} ({page.url}):\n" + "\n".join(faults)


def _faults(page: Page, width: int, scheme: str) -> list[str]:
    _show(page, width, scheme)
    if not page.evaluate("typeof axe === 'object'"):
        # Evaluated rather than added as a script: the page's own policy forbids foreign scripts.
        page.evaluate((VENDOR / "axe.min.js").read_text())
    found = page.evaluate(AXE, AXE_TAGS)
    return [
        f"{width} px, {scheme}: {v['id']}: {v['help']}\n    {node['html'][:160]}"
        for v in found["violations"]
        for node in v["nodes"][:3]
    ]


def _sideways(page: Page) -> list[str]:
    """A page on a phone moves up and down, never sideways."""
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"the page is {over} px wider than the phone"] if over > 0 else []


def _keep_pictures(page: Page, name: str) -> None:
    folder = os.environ.get("TRELLIS_SCREENSHOTS")
    if not folder:
        return
    for scheme in ("light", "dark"):
        for width in (PHONE, TABLET, DESK):
            _show(page, width, scheme)
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)


def _show(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    # Without motion: a color that is still on its way would be judged by what it passes through.
    page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
