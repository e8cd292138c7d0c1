"""Turn the bytes of a file into JSON that any program can hold, saying what had to be mended."""

import json
import math

from pydantic import JsonValue

from trellis.interchange.case.findings import Findings, pointer

BOM = b"\xef\xbb\xbf"


def read_json(data: bytes, findings: Findings) -> JsonValue:
    """Return the document, or None with an error said."""
    if data.startswith(BOM):
        data = data[len(BOM) :]
        findings.notice("bom", "", "a byte order mark", "plain UTF-8", "It was read past.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        findings.error(
            "bad_json", "", f"byte {problem.start:,} is not UTF-8", "a JSON document in UTF-8",
            "Save the file again as UTF-8.",
        )  # fmt: skip
        return None
    try:
        found: JsonValue = json.loads(text, object_pairs_hook=lambda p: _object(p, findings))
    except (ValueError, RecursionError) as problem:
        findings.error(
            "bad_json", "", str(problem), "a JSON document",
            "The file is cut off or damaged: export it again.",
        )  # fmt: skip
        return None
    return mend(found, "", findings)


def _object(pairs: list[tuple[str, JsonValue]], findings: Findings) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            findings.error(
                "double_property", "", f"“{name}” twice in one object", "each property once",
                "Decide which of the two is meant and remove the other.",
            )  # fmt: skip
        found[name] = value
    return found


def mend(value: JsonValue, at: str, findings: Findings) -> JsonValue:
    """Return the value without characters and numbers that no database keeps."""
    if isinstance(value, str):
        return _mend_text(value, at, findings)
    if isinstance(value, float) and not math.isfinite(value):
        findings.notice("not_a_number", at, value, "a number", "It was left out.")
        return None
    if isinstance(value, list):
        return [mend(one, pointer(at, place), findings) for place, one in enumerate(value)]
    if isinstance(value, dict):
        return {
            _mend_text(name, at, findings): mend(one, pointer(at, name), findings)
            for name, one in value.items()
        }
    return value


def _mend_text(said: str, at: str, findings: Findings) -> str:
    if said.isascii() and "\x00" not in said:
        return said
    kept = said.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if kept != said:
        findings.notice(
            "bad_character", at, kept, "text without null or broken characters",
            "Null characters were left out and broken ones replaced; correct the source.",
        )  # fmt: skip
    return kept
