"""How a class grew is context about its students: no query, no table adds it up by teacher."""

import ast

from django.apps import apps

from tests.house.tree import modules, told
from trellis.insights.models import ClassGrowth
from trellis.people.models import Section

# Who may speak of it, and why.
MAY = {
    "diagnosis/class_growth.py": "the estimate of one class, by the same name",
    "insights/models.py": "the table",
    "insights/growth.py": "computes it, knowing sections and students alone",
    "insights/classes.py": "reads it for the page of a class, section by section",
    "web/loaders.py": "says that it is derived, so that an import can be undone",
}
ADDS_UP = {"aggregate", "annotate", "values", "values_list"}


def test_growth_is_kept_with_a_section_and_with_nobody() -> None:
    others = [field.related_model for field in ClassGrowth._meta.get_fields() if field.is_relation]
    leading_here = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model is ClassGrowth and model is not Section
    ]

    assert others == [Section]
    assert leading_here == []


def test_only_the_class_page_reads_growth() -> None:
    found = [m.name for m in modules() if m.name not in MAY and _speaks_of(m.tree)]

    assert not found, told(found, "Growth of a class is read by its own page alone:")


def test_nothing_adds_growth_up() -> None:
    found = [
        f"{m.name}:{node.lineno}"
        for m in modules()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ADDS_UP
        and _speaks_of(node.func.value)
    ]

    assert not found, told(found, "Growth of classes is never added up, by teacher or otherwise:")


def test_what_computes_growth_does_not_know_who_teaches() -> None:
    computes = ("insights/growth.py", "diagnosis/term_growth.py", "diagnosis/class_growth.py",
                "diagnosis/cohorts.py")  # fmt: skip
    known = {m.name: m.tree for m in modules() if m.name in computes}

    assert set(known) == set(computes)
    found = [
        f"{name}: {word}"
        for name, tree in known.items()
        for word in _words(tree)
        if "teach" in word.lower() or word == "Person"
    ]
    assert not found, told(found, "These compute growth of classes and must not know who teaches:")


def _speaks_of(tree: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "ClassGrowth")
        or (isinstance(node, ast.alias) and node.name == "ClassGrowth")
        for node in ast.walk(tree)
    )


def _words(tree: ast.AST) -> list[str]:
    """Return all names and texts of a module but its docstrings."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            words.append(node.id)
        elif isinstance(node, ast.Attribute):
            words.append(node.attr)
        elif isinstance(node, ast.arg):
            words.append(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words += [] if id(node) in documentation else [node.value]
    return words
