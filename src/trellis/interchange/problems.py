"""Say what is wrong with a file so that the person who made it can mend it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

FOUND_LENGTH = 80


class Severity(StrEnum):
    """Whether a problem stops the import or is only worth knowing."""

    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One departure from what a file promises.

    Attributes
    ----------
    file : name of the file, with the archive it came in (`oneroster.zip/users.csv`).
    row : record in the file, the header being 1; a record is one row, whatever line breaks stand
        in its cells. 0 when the whole file is meant.
    field : column or property; empty when a whole row or file is meant.
    found : what stands there, shortened.
    expected : what should stand there.
    advice : what to do, as a sentence.
    code : stable name of the kind of problem, for programs.
    """

    file: str
    row: int
    field: str
    found: str
    expected: str
    advice: str
    code: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.field:
            place += f", {self.field}"
        found = f"found “{self.found}”" if self.found else "found nothing"
        return f"{place}: {found}, expected {self.expected}. {self.advice}"


def as_record(problem: Problem) -> dict[str, object]:
    """Return a problem as plain values, for JSON; `row` is 0 where the whole file is meant."""
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "file": problem.file,
        "row": problem.row,
        "field": problem.field,
        "found": problem.found,
        "expected": problem.expected,
        "advice": problem.advice,
    }


def shorten(found: str) -> str:
    """Cut what was found to a length that fits a line of a table."""
    clean = " ".join(found.split())
    return clean if len(clean) <= FOUND_LENGTH else clean[: FOUND_LENGTH - 1] + "…"


def refuses(problems: Iterable[Problem]) -> bool:
    """Return True if any problem stands in the way of applying the files."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems as one reads them: by file, what refuses before what is only said, by row."""
    return tuple(sorted(problems, key=lambda p: (p.file, p.severity != Severity.ERROR, p.row)))


def limited(problems: Sequence[Problem], *, per_file: int) -> tuple[Problem, ...]:
    """Keep the first problems of each file and count the rest in one more, for a page."""
    kept: list[Problem] = []
    for file, of_file in groupby(in_order(problems), key=lambda p: p.file):
        group = list(of_file)
        kept.extend(group[:per_file])
        if len(group) > per_file:
            kept.append(_the_rest(file, group[per_file:]))
    return tuple(kept)


def _the_rest(file: str, rest: Sequence[Problem]) -> Problem:
    return Problem(
        file=file,
        row=0,
        field="",
        found=f"{len(rest):,} more like these",
        expected="no problems",
        advice="Mend the ones above first; the rest often share their cause.",
        code="report.more",
        severity=Severity.ERROR if refuses(rest) else Severity.NOTICE,
    )
