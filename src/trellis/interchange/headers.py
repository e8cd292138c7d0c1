"""Hold the header of a file against its description, and recognize what it must have meant."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from trellis.interchange.columns import Column, FileSpec
from trellis.interchange.problems import Problem, Severity

# Words of evaluation and employment. Trellis has no place for them about a person,
# so a file that brings one is refused before anything of it is read.
FORBIDDEN = re.compile(
    r"(^|_)(ratings?|rated|apprais\w*|appr|summative|effectiveness|evaluations?|tiers?|value_?added|vam"
    r"|disciplin\w*|terminat\w*|dismiss\w*|non_?renew\w*|probation\w*|tenure\w*|merit|bonus|layoff"
    r"|rank|ranking|pip|improvement_plan|employment_action|personnel_action"
    r"|performance_(level|score|band))(_|$)"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What the names in a header stand for.

    Attributes
    ----------
    names : column of the description -> name in the file, for those that differ.
    extra : columns beyond the description that are kept: of another version, or of `metadata.`.
    """

    names: dict[str, str]
    extra: tuple[Column, ...]
    problems: tuple[Problem, ...]


def forbidden_columns(header: tuple[str, ...], known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the columns that would bring an evaluation or an employment action."""
    unknown = [name for name in header if name not in known]
    return tuple(name for name in unknown if FORBIDDEN.search(_snake(name)))


def forbidden_problem(file: str, name: str) -> Problem:
    """Refuse a column about evaluation or employment, with the reason."""
    return Problem(
        file, 1, name, name, "no evaluation rating, tier or employment action about a person",
        "Remove the column. Trellis supports growth and stays apart from evaluation: "
        "it has no place for ratings of people, and files that carry them are refused whole.",
        "header.forbidden_column",
    )  # fmt: skip


def understand(header: tuple[str, ...], spec: FileSpec, file: str) -> Header:
    """Find each column of the description in a header, and say what departs from it."""
    names: dict[str, str] = {}
    extra: list[Column] = []
    problems: list[Problem] = []
    elsewhere = {column.name: column for column in spec.elsewhere}
    banned = forbidden_columns(header, spec.names)
    for name in header:
        meant = _meant(name, spec, header) if spec.foreign else None
        if name in spec.names:
            continue
        if name in banned:
            problems.append(forbidden_problem(file, name))
        elif meant and meant not in names:
            names[meant] = name
            problems.append(_renamed(file, name, meant, spec))
        elif name in elsewhere:
            extra.append(elsewhere[name])
            problems.append(_of_another_version(file, name, spec))
        elif spec.extra_prefix and name.startswith(spec.extra_prefix):
            extra.append(Column(name, "free", private=True))
        else:
            problems.append(_unknown(file, name, spec, header))
    problems += _missing({*header, *names}, spec, file)
    return Header(names, tuple(extra), tuple(problems))


def _meant(name: str, spec: FileSpec, header: tuple[str, ...]) -> str | None:
    """Return the column that a name certainly stands for: another case, or an old name."""
    folded = {known.lower(): known for known in spec.names}
    old = {before.lower(): now for before, now in spec.old_names.items()}
    bare = name.strip().lower()
    meant = folded.get(bare) or old.get(bare)
    return meant if meant not in header else None


def _renamed(file: str, name: str, meant: str, spec: FileSpec) -> Problem:
    if name.strip().lower() == meant.lower():
        code, expected = "header.wrong_case", f"{meant}, in exactly these letters"
    else:
        code, expected = "header.old_name", f"{meant}: so it is called in {spec.standard}"
    return Problem(
        file, 1, name, name, expected,
        f"It was read as {meant}. Rename the column where the file is made.",
        code, Severity.NOTICE,
    )  # fmt: skip


def _of_another_version(file: str, name: str, spec: FileSpec) -> Problem:
    return Problem(
        file, 1, name, name, f"the columns of {spec.standard}",
        "The column belongs to another version of OneRoster. It was read; "
        "let the manifest and the files speak of one version.",
        "header.other_version", Severity.NOTICE,
    )  # fmt: skip


def _unknown(file: str, name: str, spec: FileSpec, header: tuple[str, ...]) -> Problem:
    missing = {known.lower(): known for known in spec.names if known not in header}
    near = difflib.get_close_matches(name.lower(), missing, n=1, cutoff=0.7)
    severity = Severity.NOTICE if spec.foreign and not near else Severity.ERROR
    if near:
        advice = f"Rename it to {missing[near[0]]}; names are written exactly so."
    elif spec.foreign:
        advice = "The column was left aside. Columns of your own begin with metadata."
    else:
        advice = "Remove the column; Trellis has no use for it."
    return Problem(
        file, 1, name, name, "only the columns " + ", ".join(spec.names), advice,
        "header.unknown_column", severity,
    )  # fmt: skip


def _missing(found: set[str], spec: FileSpec, file: str) -> Iterator[Problem]:
    for column in spec.columns:
        if column.name in found or column.optional:
            continue
        if column.required:
            advice = "Add the column and fill it in each row."
        elif spec.foreign:
            advice = "It was read as empty. The standard wants the column, with empty cells."
        else:
            advice = "Add the column; it may be empty where nothing is known."
        usable = spec.foreign and not column.required
        yield Problem(
            file, 1, column.name, "no such column", f"a column {column.name}", advice,
            "header.missing_column", Severity.NOTICE if usable else Severity.ERROR,
        )  # fmt: skip


def _snake(name: str) -> str:
    bare = name.removeprefix("metadata.")
    return re.sub(r"[\s.\-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare)).lower()
