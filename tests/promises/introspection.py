"""Find what the product has, so that a test can say what it has forgotten."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from trellis.trust.policies import Policy

PRODUCT = Path(__file__).resolve().parents[2] / "src" / "trellis"


@cache
def policies() -> tuple[Policy[Any], ...]:
    """Return one of each policy of the product; each app keeps its own in policies.py."""
    for module in PRODUCT.glob("*/policies.py"):
        import_module(f"trellis.{module.parent.name}.policies")
    return tuple(sorted((found() for found in _below(Policy)), key=lambda p: type(p).__name__))


def _below(parent: type[Policy[Any]]) -> Iterator[type[Policy[Any]]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("trellis."):
            yield child
        yield from _below(child)


@cache
def addresses() -> dict[str, tuple[str, ...]]:
    """Return each url name of the product with the names of its arguments."""
    return dict(_named(get_resolver().url_patterns, ""))


def _named(
    patterns: list[URLPattern | URLResolver], within: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (within, pattern.namespace) if part)
            yield from _named(pattern.url_patterns, inner)
        else:
            name = pattern.name or str(pattern.pattern)
            full = f"{within}:{name}" if within else name
            yield full, tuple(pattern.pattern.converters) or ()
