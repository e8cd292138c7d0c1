"""Decide what of a bundle may pass to whoever stores things: what growth needs, and no more."""

from dataclasses import replace

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.oneroster.model import Bundle
from trellis.interchange.oneroster.one_form import one_form
from trellis.interchange.oneroster.standard import EVERY_FILE, FILES
from trellis.interchange.problems import Problem

# The tables that Trellis uses. Demographics, profiles with passwords, scales and vendors' resources
# are checked, and stay behind.
USED = (
    "orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments", "categories",
    "lineItems", "results", "lineItemLearningObjectiveIds", "resultLearningObjectiveIds",
)  # fmt: skip
UNUSED = EVERY_FILE - set(USED)


def in_unused(problem: Problem, bundle: Bundle) -> bool:
    """Ask whether a problem stands in a file of which nothing is ever kept."""
    files = {part.file for name, part in bundle.parts.items() if name in UNUSED}
    return problem.file in files or problem.field in {f"file.{name}" for name in UNUSED}


def kept(bundle: Bundle) -> Bundle:
    """Return a bundle without what is never kept: passwords, phones, demographics, metadata."""
    tables = {
        name: table.select(column for column in table.columns if _passes(name, column))
        for name, table in bundle.tables.items()
        if name in USED
    }
    return replace(bundle, tables=tables)


def for_loading(bundle: Bundle) -> dict[str, pl.DataFrame]:
    """Return the tables that are used, in the form of 1.2, without the private columns."""
    return {
        name: table.select(ROW, *(c.name for c in FILES["1.2"][name].columns if not c.private))
        for name, table in one_form(bundle).items()
        if name in USED
    }


def _passes(name: str, column: str) -> bool:
    known = {
        c.name: c
        for version in ("1.1", "1.2")
        for c in (FILES[version][name].columns if name in FILES[version] else ())
    }
    return column == ROW or (column in known and not known[column].private)
