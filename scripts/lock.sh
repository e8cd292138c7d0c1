#!/usr/bin/env bash
# Resolve the ranges of pyproject.toml into pinned, hashed requirements that name no registry.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:$PWD/.venv/bin
command -v uv >/dev/null || { echo "make lock needs uv: .venv/bin/python -m pip install uv" >&2; exit 1; }

lock() {
    UV_PYTHON_DOWNLOADS=never uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-config --custom-compile-command "make lock" \
        pyproject.toml --extra build "${@:2}" -o "requirements/$1.txt"
}

mkdir -p requirements
# The widest first: the narrower ones take its versions, so one environment serves all three.
lock dev --extra postgres --extra spark --extra dev ${UPGRADE:+--upgrade}
lock all --extra postgres --constraints requirements/dev.txt
lock demo --constraints requirements/dev.txt
