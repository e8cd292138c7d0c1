"""Keep a spreadsheet from running a cell of a table that we write, and read such a cell back.

A spreadsheet takes a cell that begins with one of a few signs for a formula, which may call other
programs or send what stands beside it elsewhere. Every table for people goes through `closed`.
"""

SIGNS = ("=", "+", "-", "@")
BLANKS = ("\t", "\r", "\n")
MARK = "'"  # what a spreadsheet takes for "this is text", and does not show


def closed(cell: str) -> str:
    """Return a cell that no spreadsheet runs; what is harmless stays as it is."""
    return MARK + cell if _is_run(cell) else cell


def opened(cell: str) -> str:
    """Return what was closed: `opened(closed(cell)) == cell`, whatever the cell."""
    return cell[1:] if cell.startswith(MARK) and _is_run(cell[1:]) else cell


def _is_run(cell: str) -> bool:
    # A text that already begins with marks gets one more, so that it can be told from a closed one.
    bare = cell.lstrip(MARK)
    return bare.startswith(BLANKS) or bare.lstrip().startswith(SIGNS)
