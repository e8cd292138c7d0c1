"""The reference names every kind of finding that the code can make, and no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(
    r"(csv|header|json|import|manifest|mapping|package|reference|report|row|semantic|transcript)\.[a-z_]+"
)
# A file and a property of OneRoster that look like codes.
NO_CODES = {"manifest.csv", "manifest.version"}
SOURCES = ("src/trellis/interchange", "src/trellis/evidence")


def in_the_code() -> set[str]:
    found = set()
    for folder in SOURCES:
        for module in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= {node.value} if CODE.fullmatch(node.value) else set()
    return found - NO_CODES


def test_the_reference_lists_every_code_and_no_other() -> None:
    text = (ROOT / "docs/reference/findings.md").read_text()

    listed = {code for code in re.findall(r"`([a-z]+\.[a-z_]+)`", text) if CODE.fullmatch(code)}

    assert listed - NO_CODES == in_the_code()
