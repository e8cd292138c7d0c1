#!/usr/bin/env bash
# Print the path of a Chromium for the tests: one that is there, else Debian's, else Playwright's.
set -euo pipefail
cd "$(dirname "$0")/.."

find_chromium() {
    local name
    for name in ${TRELLIS_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name"; then return; fi
    done
    .venv/bin/python scripts/playwright_chromium.py
}

if find_chromium 2>/dev/null; then exit 0; fi
echo "Getting Chromium for the tests (once)" >&2
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } >&2 ||
        .venv/bin/playwright install chromium >&2 || true
else
    .venv/bin/playwright install chromium >&2 || true
fi
find_chromium || {
    echo "The tests need Chromium. On Debian: apt-get install chromium" >&2
    exit 1
}
