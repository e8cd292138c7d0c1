"""The habits that keep a stranger from getting lost; each failure says what to do instead."""

import ast
import re

from tests.house.tree import PRODUCT, ROOT, calls, dotted, functions, modules, told

SAME_NAMES = ["utils", "helpers", "common", "core", "misc", "shared", "lib", "base"]
BARE_EXCEPTION = re.compile(
    r"#\s*(noqa|type: ignore)(\[[\w, -]+\]|: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?\s*$"
)
ELSEWHERE = re.compile(r"(?<![\w.])/(root|home|Users|opt|work)\b/|/simple/")


def test_views_reach_things_through_a_policy() -> None:
    found = [
        f"{m.name}:{line} {name}"
        for m in modules()
        if m.name.endswith("views.py") or "/views/" in m.name
        for line, name in calls(m.tree)
        if name.endswith(("objects.get", "get_object_or_404", "objects.filter", "objects.all"))
    ]

    assert not found, told(
        found,
        "A view looks things up through a policy (`GoalPolicy().open(request.user, pk)`) or a "
        "named query in queries.py, so that permission cannot be forgotten:",
    )


def test_only_the_clock_tells_the_time() -> None:
    clocks = ("datetime.now", "timezone.now", "date.today", "timezone.localdate", "datetime.today")
    found = [
        f"{m.name}:{line} {name}()"
        for m in modules()
        if m.name != "trust/clock.py" and not m.name.startswith("cli/")
        for line, name in calls(m.tree)
        if name.endswith((*clocks, "datetime.utcnow", "timezone.localtime"))
    ]

    assert not found, told(
        found,
        "Ask `trellis.trust.clock` for the day (the demonstration stands on a fixed one); on the "
        "pure floor take `now` as an argument:",
    )


def test_the_pure_floor_takes_its_randomness_as_an_argument() -> None:
    pure = ("stats", "diagnosis", "relevance", "efficacy", "interchange", "warehouse", "simulate")
    unseeded = ("random.random", "random.choice", "random.shuffle", "random.seed")
    unseeded += ("np.random.normal", "np.random.seed", "np.random.rand", "np.random.choice")
    found = [
        f"{m.name}:{node.lineno} {dotted(node.func)}()"
        for m in modules()
        if m.name.split("/")[0] in pure
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call)
        and (
            dotted(node.func) in unseeded
            or (dotted(node.func).endswith("default_rng") and not node.args and not node.keywords)
        )
    ]

    assert not found, told(found, "Take a seeded `rng` as an argument, so that a run repeats:")


def test_nothing_happens_in_save() -> None:
    found = [
        f"{m.name}:{f.lineno} {f.name}"
        for m in modules()
        if m.name.endswith("models.py")
        for f in functions(m.tree)
        if f.name in {"save", "delete", "full_clean", "clean"}
    ]

    assert not found, told(
        found, "A write is an action in actions.py: checked, atomic, recorded. Move this there:"
    )


def test_nothing_happens_in_signals() -> None:
    found = [
        f"{m.name}:{line} {name}"
        for m in modules()
        for line, name in calls(m.tree)
        if name.endswith(("post_save.connect", "pre_save.connect", "m2m_changed.connect"))
        or name == "receiver"
        or name.endswith(("post_delete.connect", "pre_delete.connect"))
    ]

    assert not found, told(
        found, "A reaction is called by name: from the action, or from `web` where it spans apps:"
    )


def test_a_function_fits_on_a_screen() -> None:
    found = [
        f"{m.name}:{f.lineno} {f.name}: {f.end_lineno - f.lineno + 1} lines"
        for m in modules()
        for f in functions(m.tree)
        if f.end_lineno and f.end_lineno - f.lineno >= 80
    ]

    assert not found, told(
        found, "More than 80 lines is several thoughts. Name each and call them in order:"
    )


def test_a_file_can_be_read_at_one_sitting() -> None:
    found = [
        f"{m.name}: {lines} lines" for m in modules() if (lines := m.text.count("\n") + 1) > 500
    ]

    assert not found, told(found, "More than 500 lines is several rooms. Give each its file:")


def test_a_module_opens_with_what_it_is_for() -> None:
    found = [
        m.name
        for m in modules()
        if m.text.strip()
        and not (ast.get_docstring(m.tree) or "").strip().split("\n")[0].endswith((".", "?", ":"))
    ]

    assert not found, told(
        found, 'Begin the module with one sentence that says what it is for ("""Decide ..."""):'
    )


def test_there_is_no_attic() -> None:
    found = [m.name for m in modules() if m.path.stem in SAME_NAMES or m.path.parent.name == "lib"]

    assert not found, told(
        found, "Name the module by its one purpose, in the app whose word it is:"
    )


def test_every_exception_from_a_rule_says_why() -> None:
    found = [
        f"{m.name}:{i} {line.strip()}"
        for m in modules()
        for i, line in enumerate(m.text.splitlines(), 1)
        if BARE_EXCEPTION.search(line)
    ]

    assert not found, told(found, "Write the reason behind it, on the same line:")


def test_an_app_says_on_one_page_what_it_owns() -> None:
    found = []
    for app in sorted(p.parent for p in PRODUCT.glob("*/models.py")):
        readme = app / "README.md"
        if not readme.exists():
            found.append(f"{app.name}/README.md is missing")
        elif len(readme.read_text().splitlines()) > 60:
            found.append(f"{app.name}/README.md has more than 60 lines")

    assert not found, told(
        found, "README.md of an app: what it owns, its words, its rules, what it does not do:"
    )


def test_the_project_speaks_of_itself_alone() -> None:
    kinds = {".py", ".md", ".html", ".css", ".js", ".toml", ".json", ".txt", ".sh", ".yml", ""}
    skipped = {".git", ".venv", ".trellis", "vendor", "node_modules"}
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if skipped & set(parts) or any(p.startswith(".") and p != ".ci" for p in parts[:-1]):
            continue
        if path.suffix not in kinds or not path.is_file() or path == ROOT / ".git":
            continue
        if path.samefile(__file__) or any(p.endswith((".egg-info", "_cache")) for p in parts):
            continue
        for i, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if ELSEWHERE.search(line):
                found.append(f"{'/'.join(parts)}:{i} {line.strip()[:90]}")

    assert not found, told(
        found, "No path of one machine and no address of a registry: a stranger has neither:"
    )
