"""Find in the warehouse what leads nowhere: results without a class or an objective, and terms."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from trellis.evidence import queries
from trellis.evidence.models import LearningObjective

# A term's tests come in within a month of the day on which they came in last year.
LEEWAY = timedelta(days=30)
TERMS = ("fall", "winter", "spring")


@dataclass(frozen=True, slots=True)
class TermResults:
    """One test of a subject and term: how many results came in this school year and the last.

    `test` is its name; empty where the district named none.
    """

    subject: str
    term: str
    test: str
    before: int
    now: int
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What stands in the warehouse and leads nowhere.

    Attributes
    ----------
    students : students with tests of this school year who sit in no class of it.
    results : results by objective whose objective nobody has brought.
    """

    students: int
    results: int


@dataclass(frozen=True, slots=True)
class _Scan:
    students: int
    by_objective: dict[str, int]
    terms: tuple[tuple[int, str, str, str, int, date], ...]


def unlinked(year: int) -> Unlinked:
    """Count what leads nowhere in a school year."""
    scan = _scan(queries.warehouse().manifest, year)
    known = set(LearningObjective.objects.values_list("identifier", flat=True))
    lost = sum(n for objective, n in scan.by_objective.items() if objective not in known)
    return Unlinked(scan.students, lost)


def terms(year: int, today: date) -> list[TermResults]:
    """Compare each test of this school year with the last, subject by subject and term by term."""
    scan = _scan(queries.warehouse().manifest, year)
    found = {(y, *what): (n, last) for y, *what, n, last in scan.terms}
    came = {(subject, term) for y, subject, term, *_rest in scan.terms if y == year}
    rows = []
    for subject, test in sorted({(subject, test) for _y, subject, _term, test, *_ in scan.terms}):
        for term in TERMS:
            before, expected = found.get((year - 1, subject, term, test), (0, None))
            now, _last = found.get((year, subject, term, test), (0, None))
            if before or now:
                is_due = expected is not None and _a_year_on(expected) + LEEWAY < today
                # A test without a name may go on under one.
                is_other = not test and (subject, term) in came
                is_missing = is_due and not now and not is_other
                rows.append(TermResults(subject, term, test, before, now, is_missing))
    return rows


def _a_year_on(day: date) -> date:
    return day + timedelta(days=365)


@lru_cache(maxsize=2)
def _scan(manifest: str, year: int) -> _Scan:
    """Read a state of the warehouse once: it never changes."""
    state = queries.Snapshot(manifest)
    tests = state.read("assessment_results")
    seated = state.read("rosters").filter(pl.col("school_year") == year).select("student").unique()
    without = (
        tests.filter(pl.col("school_year") == year).select("student").unique()
        .join(seated, on="student", how="anti").select(pl.len())
    )  # fmt: skip
    by_objective = (
        state.read("objective_results").filter(pl.col("school_year") == year)
        .group_by("objective_id").len()
    )  # fmt: skip
    by_term = (
        tests.filter(pl.col("school_year").is_between(year - 1, year))
        .group_by("school_year", "subject", "term", pl.col("test").fill_null(""))
        .agg(pl.len().alias("n"), pl.col("tested_on").max().alias("last"))
    )
    found = pl.collect_all([without, by_objective, by_term])
    return _Scan(int(found[0].item()), dict(found[1].iter_rows()), tuple(found[2].iter_rows()))
