"""Print where Playwright keeps its own Chromium; fail when there is none."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = Path(playwright.chromium.executable_path)
sys.stdout.write(f"{path}\n" if path.exists() else "")
raise SystemExit(not path.exists())
