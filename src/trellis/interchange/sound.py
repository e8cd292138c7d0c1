"""Take the sound part of files, by choice: set aside what has an error, and what depends on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from trellis.interchange import oneroster
from trellis.interchange.aliases import with_one_name
from trellis.interchange.bundle import ONEROSTER, DistrictFiles
from trellis.interchange.csv_text import ROW
from trellis.interchange.problems import Problem, Severity, in_order, refuses
from trellis.interchange.together import (
    check_together,
    ids_of,
    names_known,
    rows_refused,
    with_bundle,
    with_counts,
)

Refused = Mapping[str, set[int]]


def sound_part(files: DistrictFiles) -> DistrictFiles:
    """Return the files without rows that have an error, nor rows that name one of those.

    Why each was set aside stands in `set_aside`. Where anything is missing, no file speaks for
    what it does not name: every table becomes a delta, so that nobody is deactivated because a
    row of hers could not be read. Where all errors stand in files that are never kept, nothing
    is missing, and full files stay full.
    """
    if not refuses(files.problems):
        return files
    why = [p for p in files.problems if p.severity is Severity.ERROR]
    refused = rows_refused(why)
    part = _without(files, refused)
    while new := [p for p in _errors_of(part) if p.row not in refused.get(p.file, ())]:
        why += [_for_another(problem) for problem in new]
        for file, rows in rows_refused(new).items():
            refused.setdefault(file, set()).update(rows)
        part = _without(files, refused)
    before, after = ids_of(files), ids_of(part)
    streamed = dict(files.streamed)
    for name, read in files.streamed.items():
        for reference in (one for one in read.spec.references if not one.dispensable):
            lost = before.get(reference.kind, set()) - after.get(reference.kind, set())
            streamed[name], told = streamed[name].without(reference.column, lost)
            why += told
    counted = with_counts(replace(files, problems=tuple(why), streamed=streamed))
    return replace(
        part,
        streamed=streamed,
        modes=part.modes if files.wrong_only_where_unused else dict.fromkeys(part.modes, "delta"),
        files=counted.files,
        problems=tuple(p for p in files.problems if p.severity is not Severity.ERROR),
        set_aside=in_order(why),
    )


def _errors_of(part: DistrictFiles) -> Iterator[Problem]:
    found = [*check_together(part)]
    if part.bundle is not None:
        found += oneroster.link(part.bundle, names_known(part.known))
    yield from (problem for problem in found if problem.severity is Severity.ERROR)


def _for_another(problem: Problem) -> Problem:
    """Say that a row is sound itself and waits for one that is not."""
    if not problem.code.startswith("reference."):
        return problem
    return replace(
        problem,
        code="reference.target_refused",
        expected="a row that is brought too",
        advice="The row is sound; it comes along once the row that it names is mended.",
    )


def _without(files: DistrictFiles, refused: Refused) -> DistrictFiles:
    """Take refused rows out, and whole tables whose file cannot be understood."""
    own = {
        name: _kept_rows(table, refused.get(files.sources[name], set()))
        for name, table in files.tables.items()
        if ONEROSTER not in name and name not in files.withheld
    }
    reviews = () if files.sources.get("reviews") in refused else files.reviews
    part = replace(files, tables=own, reviews=reviews, withheld=frozenset(), bundle=None)
    if files.bundle is None:
        return part
    return with_one_name(with_bundle(part, _bundle(files.bundle, refused)))


def _bundle(bundle: oneroster.Bundle, refused: Refused) -> oneroster.Bundle:
    tables = {
        name: _kept_rows(table, refused.get(bundle.parts[name].file, set()))
        for name, table in bundle.tables.items()
        if bundle.parts[name].usable
    }
    # Who names a row that could not be split waits for it, as for any other that stays out.
    parts = {name: replace(part, lost=frozenset()) for name, part in bundle.parts.items()}
    absent = {name for name, part in bundle.parts.items() if not part.usable}
    return replace(
        bundle,
        tables=tables,
        modes={n: "absent" if n in absent else mode for n, mode in bundle.modes.items()},
        parts={name: part for name, part in parts.items() if name not in absent},
    )


def _kept_rows(table: pl.DataFrame, refused: set[int]) -> pl.DataFrame:
    return table.filter(~pl.col(ROW).is_in(sorted(refused))) if ROW in table.columns else table
