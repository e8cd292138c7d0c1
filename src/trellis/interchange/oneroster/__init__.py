"""Read, check and write OneRoster CSV bundles of version 1.1 and 1.2, in bulk or as changes.

    bundle = read(Path("oneroster.zip"))
    for finding in bundle.findings:
        print(finding)
    bundle.tables["users"]  # a polars frame, every column of the standard, with its type
    write(bundle, Path("again.zip"))

It stands on its own: no settings, no database, no clock.
"""

from trellis.interchange.oneroster.border import UNUSED, for_loading, in_unused, kept
from trellis.interchange.oneroster.linking import link
from trellis.interchange.oneroster.meaning import check_meaning
from trellis.interchange.oneroster.model import Bundle, Part
from trellis.interchange.oneroster.one_form import one_form
from trellis.interchange.oneroster.reading import near_name, read, read_files, table_of
from trellis.interchange.oneroster.standard import (
    EVERY_FILE,
    FILES,
    GONE,
    Mode,
    Version,
    types_of,
)
from trellis.interchange.oneroster.writing import as_csv, as_files, write, write_zip

__all__ = [
    "EVERY_FILE",
    "FILES",
    "GONE",
    "UNUSED",
    "Bundle",
    "Mode",
    "Part",
    "Version",
    "as_csv",
    "as_files",
    "check_meaning",
    "for_loading",
    "in_unused",
    "kept",
    "link",
    "near_name",
    "one_form",
    "read",
    "read_files",
    "table_of",
    "types_of",
    "write",
    "write_zip",
]
