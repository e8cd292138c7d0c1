"""Read the product's own source, once, for the tests of its habits."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "src" / "trellis"


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the product."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(PRODUCT).as_posix()


@dataclass(frozen=True, slots=True)
class Page:
    """One template of the product."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(PRODUCT).as_posix()


@cache
def modules() -> tuple[Module, ...]:
    paths = sorted(p for p in PRODUCT.rglob("*.py") if "migrations" not in p.parts)
    texts = ((path, path.read_text()) for path in paths)
    return tuple(Module(path, text, ast.parse(text)) for path, text in texts)


@cache
def templates() -> tuple[Page, ...]:
    paths = sorted(p for p in PRODUCT.rglob("*.html") if "templates" in p.parts)
    return tuple(Page(path, path.read_text()) for path in paths)


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of each call: (12, "timezone.now")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def told(found: list[str], advice: str) -> str:
    """Join what was found with what to do instead: the message of a house test."""
    return "\n  ".join([advice, *found])
