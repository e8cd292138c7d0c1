"""No cell of a table that we write is run by a spreadsheet, and each is read back as it was."""

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.house.tree import calls, modules
from trellis.interchange.spreadsheet import closed, opened

SIGNS = "=+-@\t\r\n' "
CELLS = st.one_of(st.text(), st.text(alphabet=SIGNS + "a1", max_size=8))


@given(CELLS)
@example("'=1+1")
@example("''@x")
@example(" =1+1")
def test_a_closed_cell_is_never_a_formula_and_opens_to_what_it_was(cell: str) -> None:
    kept = closed(cell)

    assert not kept.startswith(("\t", "\r", "\n"))
    assert not kept.lstrip().startswith(("=", "+", "-", "@"))
    assert opened(kept) == cell


@pytest.mark.parametrize("cell", ["", "Ana Ruiz", "2026-03-11", "it's", "'tis", "a=b", "x-1"])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert closed(cell) == cell == opened(cell)


# Files that other programs read by a standard, whose cells were checked when they came in.
BY_A_STANDARD = {"interchange/oneroster/writing.py", "simulate/tables.py"}


def test_every_table_for_people_goes_through_it() -> None:
    writers = {
        m.name
        for m in modules()
        for _line, name in calls(m.tree)
        if name.endswith(("csv.writer", "csv.DictWriter", "write_csv", "write_excel"))
    }
    closing = {
        m.name
        for m in modules()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "trellis.interchange.spreadsheet"
    }

    assert writers - BY_A_STANDARD <= closing, "Write each cell through spreadsheet.closed."
