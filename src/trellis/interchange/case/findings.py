"""Collect what a package departs in, each departure with its place and what to do."""

import re
from dataclasses import dataclass, field

from trellis.interchange.problems import Problem, Severity, shorten

# A JSON pointer in a document, or the row of a table (the header is row 1).
Place = str | int
ITEM_OF_A_LIST = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class Findings:
    """The problems of one file; a notice that repeats from item to item is said once, counted."""

    file: str
    _errors: list[Problem] = field(default_factory=list)
    _notices: dict[tuple[str, str, str], tuple[int, Problem]] = field(default_factory=dict)

    def error(self, code: str, at: Place, found: object, expected: str, advice: str) -> None:
        """Say what stands in the way."""
        self._errors.append(self._problem(code, at, found, expected, advice, Severity.ERROR))

    def notice(self, code: str, at: Place, found: object, expected: str, advice: str) -> None:
        """Say what was read past, and what was made of it."""
        kind = (code, ITEM_OF_A_LIST.sub("/*", at) if isinstance(at, str) else "", advice)
        times, first = self._notices.get(kind, (0, None))
        first = first or self._problem(code, at, found, expected, advice, Severity.NOTICE)
        self._notices[kind] = (times + 1, first)

    def problems(self) -> tuple[Problem, ...]:
        """Return errors first, then notices in the order in which they were met."""
        return (*self._errors, *(_counted(first, n) for n, first in self._notices.values()))

    def _problem(
        self, code: str, at: Place, found: object, expected: str, advice: str, severity: Severity
    ) -> Problem:
        said = found if isinstance(found, str) else repr(found)
        row, field = (0, at) if isinstance(at, str) else (at, "")
        return Problem(
            self.file, row, field, shorten(said), expected, advice, f"case.{code}", severity
        )  # fmt: skip


def _counted(first: Problem, times: int) -> Problem:
    if times == 1:
        return first
    return Problem(
        first.file, first.row, first.field, shorten(f"{first.found} (and {times - 1:,} more)"),
        first.expected, first.advice, first.code, first.severity,
    )  # fmt: skip


def pointer(at: str, name: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of a property or place inside another."""
    return f"{at}/{str(name).replace('~', '~0').replace('/', '~1')}"
