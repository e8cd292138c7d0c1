"""Write the access table as a page for people: python -m tests.promises.reference."""

from pathlib import Path

from tests.promises.access import ANYBODY, ROLES, SIGNED_IN, TABLE, Row

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "access.md"
OPENING = """# Who opens what

Written from the table that the tests walk (`tests/promises/access.py`): every address, each of the
people below, reading and acting. An address that is missing there fails the tests, and so does an
answer that differs. Whoever is not named gets a page that says no: *404* where even the existence
of a record is its owner's affair, *403* where a page belongs to a role.

| who | is |
|---|---|
"""


def as_markdown() -> str:
    """Return the page: the people, then each app's addresses."""
    lines = [OPENING.rstrip()]
    lines += [f"| {role} | {words} |" for role, words in ROLES.items()]
    for app in dict.fromkeys(row.name.split(":")[0] for row in TABLE):
        lines += ["", f"## {app}", "", "| address | of what | opens | acts | others get |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_line(row) for row in TABLE if row.name.split(":")[0] == app]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    everybody = row.may_open() | row.may_act() >= frozenset(SIGNED_IN.split(", "))
    told = f"{row.told}: 403; " if row.told else ""
    otherwise = "" if everybody else f"{told}{row.otherwise}"
    return f"| `{row.name}` | {row.what} | {_who(row.opens)} | {_who(row.acts)} | {otherwise} |"


def _who(roles: str) -> str:
    if roles == ANYBODY:
        return "anybody"
    return "whoever is signed in" if roles == SIGNED_IN else roles


if __name__ == "__main__":
    REFERENCE.write_text(as_markdown())
