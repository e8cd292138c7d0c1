"""Hana's evening: a bundle full of errors, the mended one, its diff, Data quality, and undo."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import servers
from tests.journeys.browsing import look
from tests.journeys.conftest import NewPage

NIA = "nia@alder-valley.example"
NEW = f"new-1,,,{{enabled}},{NIA},,Nia,Park,,,{NIA},,,,,,,,,,cedar,"
ROLE = "role-new-1,,,new-1,primary,teacher,,,cedar,"


def bundle(district: Path, to: Path, *, enabled: str, role: str) -> Path:
    """Write the district's own bundle with one new teacher in it."""
    with (
        zipfile.ZipFile(district / "oneroster.zip") as whole,
        zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in whole.namelist():
            text = whole.read(name).decode()
            if name == "users.csv":
                text = text.rstrip() + f"\r\n{NEW.format(enabled=enabled)}\r\n"
            if name == "roles.csv":
                text = text.rstrip() + f"\r\n{role}\r\n"
            changed.writestr(name, text)
    return to


@pytest.fixture
def broken(district: servers.Served, tmp_path: Path) -> list[Path]:
    files = district.home / "demo" / "district"
    header, first, *_rest = (files / "sessions.csv").read_text().splitlines()
    sessions = tmp_path / "sessions.csv"
    number, partnership, *_others = first.split(",")
    sessions.write_text(
        f"{header}\n{first}\n"
        f"n-1,{partnership},held,03/10/2026,,20,in person,modeling\n"
        f"n-2,p-nobody,held,2026-03-10,,20,in person,modeling\n"
        f"{number},{partnership},held,2026-03-10,,20,in person,modeling\n"
    )
    one = bundle(files, tmp_path / "oneroster.zip", enabled="perhaps", role=ROLE)
    return [one, sessions]


@pytest.fixture
def mended(district: servers.Served, tmp_path: Path) -> list[Path]:
    files = district.home / "demo" / "district"
    header, first, *_rest = (files / "sessions.csv").read_text().splitlines()
    folder = tmp_path / "mended"
    folder.mkdir()
    sessions = folder / "sessions.csv"
    partnership = first.split(",")[1]
    sessions.write_text(f"{header}\n{first}\nn-1,{partnership},held,2026-03-10,,20,in person,\n")
    one = bundle(files, folder / "oneroster.zip", enabled="true", role=ROLE)
    return [one, sessions]


def drop(page: Page, files: list[Path]) -> None:
    page.goto("/imports/")
    page.locator('input[type="file"]').set_input_files(files)
    page.get_by_role("button", name="Check these files").click()
    expect(page).to_have_url(re.compile(r"/imports/[0-9a-f-]{36}/$"))


def row_about(page: Page, *words: str) -> None:
    row = page.get_by_role("row")
    for word in words:
        row = row.filter(has_text=word)
    expect(row.first).to_be_visible()


def test_hana_finds_each_error_and_mends_the_bundle_and_can_take_it_back(
    new_page: NewPage, broken: list[Path], mended: list[Path]
) -> None:
    page = new_page("Hana")

    drop(page, broken)
    expect(page.get_by_role("heading", name="What to mend")).to_be_visible()
    row_about(page, "sessions.csv", "3", "held_on", "“03/10/2026”", "YYYY-MM-DD")
    row_about(page, "sessions.csv", "4", "partnership_id", "“p-nobody”")
    row_about(page, "oneroster.zip/users.csv", "enabledUser", "“perhaps”", "true")
    look(page, "import-with-errors")

    drop(page, mended)
    expect(page.get_by_role("heading", name="Ready to apply")).to_be_visible()
    expect(page.get_by_text("Nia Park").first).to_be_visible()
    look(page, "import-mended")
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_role("heading", name="Applied", exact=True)).to_be_visible()
    imported = re.sub(r"^https?://[^/]+", "", page.url)

    page.goto("/data-quality/")
    expect(
        page.get_by_role("row").filter(has_text="Sessions").get_by_role("link")
    ).to_have_attribute("href", imported)
    row_about(page, "People", "Mar 11, 2026")
    look(page, "data-quality")

    page.goto(imported)
    page.get_by_role("link", name="See what undoing it would take back").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    page.goto("/data-quality/")
    link = page.get_by_role("row").filter(has_text="Sessions").get_by_role("link")
    expect(link).not_to_have_attribute("href", imported)
