#!/usr/bin/env bash
# Make the environment .venv from requirements/KIND.txt, or bring it up to date; quick when it is.
# usage: scripts/environment.sh demo|all|dev     (PYTHON=... names an interpreter to use)
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1
requirements=requirements/$kind.txt
log=.venv/setup.log

stop() { printf '\nTrellis cannot be set up yet: %s\n' "$1" >&2; exit 1; }

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if fits "$name"; then command -v "$name"; return; fi
    done
    stop "it needs Python 3.11, 3.12 or 3.13, and found $(${PYTHON:-python3} --version 2>/dev/null || echo none).
On Debian: apt-get install python3. Another place: PYTHON=/path/to/python make $kind"
}

# The same requirements on the same Python need no second look, however new the files look.
fingerprint() {
    { .venv/bin/python --version; sed -n '/^\[project/,/^\[tool/p' pyproject.toml; cat "$requirements"; pwd; } |
        sha256sum | cut -d' ' -f1
}

make_venv() {
    [ ! -x .venv/bin/python ] || fits .venv/bin/python || rm -rf .venv
    [ -x .venv/bin/python ] && return
    echo "Making the environment .venv with $("$python" --version)"
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --allow-existing --python "$python" .venv
    elif "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif "$python" -c 'import venv' 2>/dev/null && "$python" -m pip --python "$python" --version >/dev/null 2>&1; then
        "$python" -m venv --without-pip .venv  # Debian without python3-venv: its pip serves as well
    else
        stop "python3-venv is missing. On Debian: apt-get install python3-venv"
    fi
}

installer() {
    if [ -n "$uv" ]; then
        echo "$uv pip install --python .venv/bin/python"
    elif .venv/bin/python -m pip --version >/dev/null 2>&1; then
        echo ".venv/bin/python -m pip install --disable-pip-version-check --retries 2"
    else
        echo "$python -m pip --python .venv/bin/python install --disable-pip-version-check --retries 2"
    fi
}

explain() {
    tail -n 5 "$log" >&2
    if grep -qiE 'name resolution|connection (error|refused)|network is unreachable|failed to fetch|NewConnectionError|dns error|No matching distribution' "$log"; then
        stop "the packages could not be fetched. It needs the network once; check the connection or the
proxy (HTTPS_PROXY) and repeat. The whole story is in $log"
    fi
    stop "the packages could not be installed. The whole story is in $log"
}

show_progress() {
    if [ -t 1 ]; then
        awk -v all="$1" '/^Collecting/ {printf "\r  %d of at most %d", ++n, all; fflush()} END {if (n) print ""}'
    else
        cat >/dev/null
    fi
}

install() {
    local packages install
    packages=$(grep -c '==' "$requirements")
    install=$(installer)
    echo "Installing $packages packages (once; one or two minutes)"
    # shellcheck disable=SC2086  # the installer is a command with its words
    $install --require-hashes -r "$requirements" 2>&1 | tee "$log" |
        show_progress "$packages" || explain
    # shellcheck disable=SC2086
    $install --no-deps --no-build-isolation -e . >>"$log" 2>&1 || explain
}

python=$(find_python)
uv=$(command -v uv || true)
make_venv
mark=$(fingerprint)
if [ "$(cat ".venv/$kind.ready" 2>/dev/null)" = "$mark" ]; then
    touch ".venv/$kind.ready"
    exit 0
fi
install
echo "$mark" >".venv/$kind.ready"
