"""Give each story a district of its own and a fresh browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys import servers
from tests.journeys.browsing import DESK, FLAGS, chromium, sign_in

NewPage = Callable[..., Page]
HERE = Path(__file__).parent
PATIENCE = 20_000  # milliseconds; the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="module")
def district(
    demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.Served]:
    """A copy of the demonstration, served for one file of stories."""
    with servers.served(demonstration, tmp_path_factory.mktemp("served") / "home") as district:
        yield district


# One browser a package, not a session: Playwright's event loop would make Django refuse its
# database to every later test of the same process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, district: servers.Served) -> Iterator[NewPage]:
    """Open a browser of its own for a person: `new_page("Ana", width=390)`."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(given_name: str = "", *, width: int = DESK) -> Page:
        context = browser.new_context(
            base_url=district.address,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",  # a color on its way to another is no color to judge
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        if given_name:
            sign_in(page, given_name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, "Scripts failed on the way:\n" + "\n".join(errors)
