"""The floors of the house: each may use only what stands below it, and start-up stays quick."""

import ast
import os
import subprocess
import sys

from tests.house.tree import ROOT, modules, told

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
HEAVY = ("scipy", "polars", "numpy", "pandas", "diff_diff", "pydantic", "statsmodels")


def test_each_floor_uses_only_what_stands_below_it() -> None:
    found = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=ROOT,
        env={"PYTHONPATH": "src", "PATH": "", "NO_COLOR": "1", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, (
        "An import goes upward, or between neighbors. What spans neighbors is wired in "
        "trellis.web; what a lower floor needs from above comes in as an argument.\n"
        + found.stdout[-3000:]
        + found.stderr[-2000:]
    )


def heavy_loaded_by(script: str) -> list[str]:
    """Return the heavy libraries that are loaded after a script, in a Python of its own."""
    told = f"\nimport sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", script + told],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def test_starting_django_loads_no_heavy_library() -> None:
    loaded = heavy_loaded_by(
        "import os, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'trellis.web.settings'\n"
        "django.setup()\n"
        "import trellis.web.urls"
    )

    assert not loaded, (
        f"django.setup() and the urls load {', '.join(loaded)}, which cost each command seconds. "
        "Import them inside the function of queries.py or tasks.py that needs them."
    )


def test_the_command_line_loads_no_heavy_library_before_a_command_needs_it() -> None:
    loaded = heavy_loaded_by("import trellis.cli.main")

    assert not loaded, (
        f"trellis.cli.main loads {', '.join(loaded)}, which costs each command a second. "
        "Import them inside the function of the command that needs them."
    )


def test_the_pure_floor_knows_no_django() -> None:
    pure = {"stats", "diagnosis", "relevance", "efficacy", "interchange", "warehouse", "simulate"}
    found = [
        f"{module.name}:{node.lineno} {name}"
        for module in modules()
        if module.name.split("/")[0] in pure
        for node in ast.walk(module.tree)
        for name in _imported(node)
        if name.split(".")[0] in {"django", "django_tasks"}
    ]

    assert not found, told(
        found, "Take what you need as an argument: anybody may use this floor without the platform:"
    )


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
