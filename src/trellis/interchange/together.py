"""Check what only all files together can tell: who names whom, and the wall."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.bundle import OBJECTIVES, ONEROSTER, SPECS, DistrictFiles, Known
from trellis.interchange.csv_text import ROW
from trellis.interchange.mapping import in_the_files_words
from trellis.interchange.problems import Problem, Severity
from trellis.interchange.references import HOME, Ids, dangling, defined_ids
from trellis.interchange.roster import check_staff
from trellis.interchange.separation import kept_apart

# The tables where each kind of thing is brought.
BROUGHT_BY = {
    "adult": {f"{ONEROSTER}users", f"{ONEROSTER}roles"},
    "student": {f"{ONEROSTER}users", f"{ONEROSTER}roles"},
    "school": {f"{ONEROSTER}orgs"},
    "section": {f"{ONEROSTER}classes"},
    "program": {"programs"},
    "provider": {"programs"},
    "partnership": {"partnerships"},
    "offer": {"offers"},
    "objective": {OBJECTIVES},
}


def check_together(files: DistrictFiles) -> Iterator[Problem]:
    """Yield what is wrong between files; what a bundle says within itself is checked there."""
    known = files.known or Known()
    ids, unknowable = ids_of(files), unknowable_kinds(files)
    for name, rows in files.tables.items():
        if name in SPECS and name not in files.withheld:
            found = dangling(rows, SPECS[name], files.sources[name], ids, unknowable=unknowable)
            mapping = files.mapped.get(name)
            yield from in_the_files_words(found, mapping) if mapping else found
    yield from _reviews_of_unknown_programs(files, ids, unknowable)
    yield from _unknown_objectives(files, ids, unknowable)
    bundle = {
        name.removeprefix(ONEROSTER): table
        for name, table in files.tables.items()
        if ONEROSTER in name and name not in files.withheld
    }
    sources = {n.removeprefix(ONEROSTER): f for n, f in files.sources.items() if ONEROSTER in n}
    yield from check_staff(bundle, sources, known.emails, _staff_known(files, known))
    yield from kept_apart(files.tables, known.tables, files.sources)


def ids_of(files: DistrictFiles) -> Ids:
    """Return the names of everything that the files bring or that is known, by kind."""
    ids = defined_ids(files.tables, SPECS)
    for kind, names in (files.known or Known()).ids.items():
        ids.setdefault(kind, set()).update(names)
    for name, part in (files.bundle.parts if files.bundle else {}).items():
        for kind in _KINDS.get(name, ()) if part.lost else ():
            ids.setdefault(kind, set()).update(part.lost)
    return ids


# What a row of a bundle may be that could not be split: what names it is not to blame.
_KINDS = {"users": ("adult", "student"), "orgs": ("school",), "classes": ("section",)}


def names_known(known: Known | None) -> Ids | None:
    """Return what is known already under the names of the tables of a bundle."""
    if known is None:
        return None
    adults, students = known.ids.get("adult", set()), known.ids.get("student", set())
    return {
        "users": {*adults, *students},
        "classes": known.ids.get("section", set()),
        "lineItems": known.ids.get("line_item", set()),
        "schools": known.ids.get("school", set()),
    }


def with_bundle(files: DistrictFiles, bundle: oneroster.Bundle) -> DistrictFiles:
    """Put the tables of a bundle beside those of the district's own files."""
    own = {name: table for name, table in files.tables.items() if ONEROSTER not in name}
    tables = {f"{ONEROSTER}{n}": t for n, t in oneroster.for_loading(bundle).items()}
    # What 1.1 says of roles stands in users.csv.
    home = {name: name if name.removeprefix(ONEROSTER) in bundle.parts else f"{ONEROSTER}users"
            for name in tables}  # fmt: skip
    parts = {f"{ONEROSTER}{name}": part for name, part in bundle.parts.items()}
    return replace(
        files,
        tables={**own, **tables},
        modes={
            **{name: files.modes.get(name, "bulk") for name in own},
            **{n: "delta" if bundle.modes[home[n].removeprefix(ONEROSTER)] == "delta" else "bulk"
               for n in tables},
        },
        sources={**files.sources, **{name: part.file for name, part in parts.items()},
                 **{name: parts[home[name]].file for name in tables}},
        withheld=files.withheld | {name for name, part in parts.items() if not part.usable}
        | {name for name in tables if not parts[home[name]].usable},
        bundle=bundle,
    )  # fmt: skip


def with_counts(files: DistrictFiles) -> DistrictFiles:
    """Say of each file how many of its rows are refused: rows = sound + refused, always."""
    wrong = rows_refused(files.problems)
    at_home = {files.sources[name]: name for name in reversed([*files.tables])}
    counted = []
    streamed = {files.sources[name]: read for name, read in files.streamed.items()}
    for file in files.files:
        if file.name in streamed:
            read = streamed[file.name]
            counted.append(replace(file, refused=read.refused, left_out=read.left_out))
            continue
        name = at_home.get(file.name)
        if name is None or name in files.withheld:
            lost = file.name in wrong or name in files.withheld
            counted.append(replace(file, refused=file.rows if lost else 0))
            continue
        table = files.tables[name]
        if ROW not in table.columns:
            counted.append(replace(file, refused=file.rows - table.height))
            continue
        sound = set(table[ROW].unique().to_list()) - wrong.get(file.name, set())
        counted.append(replace(file, refused=file.rows - len(sound)))
    return replace(files, files=tuple(counted))


def rows_refused(problems: Iterable[Problem]) -> dict[str, set[int]]:
    """Return the rows that an error stands in, by file; 0 and 1 stand for the file."""
    found: dict[str, set[int]] = {}
    for problem in problems:
        if problem.severity is Severity.ERROR:
            found.setdefault(problem.file, set()).add(problem.row)
    return found


def unknowable_kinds(files: DistrictFiles) -> set[str]:
    """Return the kinds of things about which nobody can tell what is missing.

    The file that brings them could not be read, and its problem is enough; or the files are
    checked alone and do not bring them, or only changes of them.
    """
    alone = files.known is None
    full = {
        name for name, mode in files.modes.items() if mode == "bulk" or not alone
    } & files.tables.keys()
    return {
        kind
        for kind in HOME
        if BROUGHT_BY[kind] & files.withheld or (alone and not BROUGHT_BY[kind] & full)
    }


def _staff_known(files: DistrictFiles, known: Known) -> set[str] | None:
    """Return who is staff beside the files' own roles; None where a bulk file says it all."""
    if f"{ONEROSTER}roles" in files.withheld:
        return None
    if files.modes.get(f"{ONEROSTER}users") == "delta":
        return set(known.ids.get("adult", ())) if files.known else None
    return set()


def _reviews_of_unknown_programs(
    files: DistrictFiles, ids: Ids, unknowable: set[str]
) -> Iterator[Problem]:
    if "program" in unknowable:
        return
    for place, review in enumerate(files.reviews):
        if review.program_id not in ids.get("program", frozenset()):
            yield Problem(
                files.sources["reviews"], 0, f"{place}.program_id", review.program_id,
                "a program that is known", "Add it to programs.csv, or correct the name here.",
                "reference.missing_target_record",
            )  # fmt: skip


def _unknown_objectives(files: DistrictFiles, ids: Ids, unknowable: set[str]) -> Iterator[Problem]:
    name = f"{ONEROSTER}lineItemLearningObjectiveIds"
    if name not in files.tables or "objective" in unknowable:
        return
    known = pl.Series(sorted(ids.get("objective", ())), dtype=pl.String)
    objective = pl.col("learningObjectiveId")
    unknown = files.tables[name].filter(
        (pl.col("source") == "case") & ~objective.is_in(known.implode())
    )
    for row, found in unknown.select(ROW, objective).iter_rows():
        yield Problem(
            files.sources[name], row, "learningObjectiveId", found, "an objective that is known",
            "Results of this objective are kept, but it will have no name until its package "
            "is imported.", "reference.unknown_objective", Severity.NOTICE,
        )  # fmt: skip
